"""priority: how urgent the conversation is, for people's lists."""

from typing import get_args

from textback.engine.bot import Step
from textback.engine.context import Context
from textback.engine.reading import Draft, Kind
from textback.engine.state import Priority

PRIORITIES: tuple[Priority, ...] = get_args(Priority)


class SetsPriority(Step, frozen=True, kw_only=True):
    """Say how urgent it is."""

    priority: Priority


def read(draft: Draft) -> SetsPriority | None:
    """`priority: normal`, `high` or `urgent`."""
    priority = draft.flow.one_of(draft.value, "priority", PRIORITIES)
    return None if priority is None else SetsPriority(**draft.base(), priority=priority)


def run(ctx: Context, step: SetsPriority) -> str:
    """Say it, and go on."""
    if ctx.state.priority != step.priority:
        ctx.state.priority = step.priority
        ctx.event("prioritised", flow=ctx.session.flow, priority=step.priority)
    return step.next


KIND = Kind("priority", SetsPriority, (), read, run, once=True)
