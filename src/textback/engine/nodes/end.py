"""end: finishes the session, with an outcome that reports count."""

import re

from textback.engine.bot import Step
from textback.engine.context import Context
from textback.engine.reading import LONGEST_OUTCOME, Draft, Kind
from textback.engine.source import Scalar

OUTCOME = re.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST_OUTCOME - 1}}}")


class End(Step, frozen=True, kw_only=True):
    """Finish. Without an outcome it is what the flow has come to: completed, expired or not_understood."""

    outcome: str = ""

    def targets(self) -> tuple[str, ...]:
        """Nothing follows, unless an `if` may skip this step."""
        return () if self.when is None else (self.next,)


def read(draft: Draft) -> End:
    """`end` or `end: OUTCOME`."""
    node = draft.value
    outcome = ""
    if not (isinstance(node, Scalar) and node.empty):
        outcome = draft.flow.string(node, "The outcome", OUTCOME, "Use up to 32 small letters, digits and _.") or ""
    return End(**draft.base(), outcome=outcome)


def run(ctx: Context, step: End) -> str | None:
    """Finish, and stop; a flow that another one runs goes back to it."""
    ctx.session.step = step.id
    if ctx.session.frames:
        return ctx.leave_flow()
    ctx.end_session(step.outcome or ctx.outcome)
    return None


KIND = Kind("end", End, (), read, run, bare=True)
