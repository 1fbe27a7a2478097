"""run: another flow of the same version, and back. Both see the same variables."""

from textback.engine.bot import Step
from textback.engine.context import Context
from textback.engine.reading import FLOW_NAME, Draft, Kind


class Run(Step, frozen=True, kw_only=True):
    """Go through the flow `flow`, then to the next step."""

    flow: str


def read(draft: Draft) -> Run | None:
    """`run: FLOW`."""
    name = draft.flow.string(draft.value, "run", FLOW_NAME)
    if name is None:
        return None
    draft.flow.runs.append((draft.value, name))
    return Run(**draft.base(), flow=name)


def run(ctx: Context, step: Run) -> str:
    """The first step of the other flow."""
    return ctx.enter_flow(step.flow, step.next)


KIND = Kind("run", Run, (), read, run)
