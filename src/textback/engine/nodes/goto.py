"""goto: goes on at another step of the flow."""

from textback.engine.bot import Step
from textback.engine.context import Context
from textback.engine.reading import Draft, Kind


class Goto(Step, frozen=True, kw_only=True):
    """Go to `target`, a step's id."""

    target: str

    def targets(self) -> tuple[str, ...]:
        """The target; the next step too when an `if` may skip this one."""
        return (self.target,) if self.when is None else (self.target, self.next)


def read(draft: Draft) -> Goto | None:
    """`goto: ID`, or the name of a question."""
    target = draft.flow.string(draft.value, "goto")
    if target is None:
        return None
    draft.flow.gotos[draft.id] = (draft.value, target)
    return Goto(**draft.base(), target=target)


def run(_ctx: Context, step: Goto) -> str:
    """The target."""
    return step.target


KIND = Kind("goto", Goto, (), read, run)
