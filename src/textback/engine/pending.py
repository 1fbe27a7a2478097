"""Asking another system for something, and waiting for what it says."""

from collections.abc import Mapping
from typing import Any

import msgspec

from textback.engine.actions import LONGEST_TIMEOUT, Action
from textback.engine.bot import Step
from textback.engine.context import Context, LimitHit
from textback.engine.effects import Perform
from textback.engine.reading import Draft, Reader
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node, nearest
from textback.engine.state import Pending
from textback.engine.template import Expression, RenderError, Text, plain


class Asked(msgspec.Struct, frozen=True):
    """What a step asks for: the action, its arguments by name (plain, a text or an expression), and its patience."""

    action: str
    given: dict[str, Any]
    timeout: int
    retries: int


def read_action(draft: Draft, node: Node) -> Action | None:
    """The action of this name in bot.yml; where only one has it behind its dot, `slot_free` is calendar.slot_free."""
    flow = draft.flow
    name = flow.string(node, "The action's name")
    if name is None:
        return None
    if name not in flow.actions:
        behind = [full for full in flow.actions if full.partition(".")[2] == name]
        if len(behind) == 1:
            return flow.actions[behind[0]]
        fix = nearest(name, flow.actions) or f"Declare it in bot.yml: actions: {{{name}: {{http: ...}}}}."
        flow.source.error(node, f"There is no action {name!r} in bot.yml.", fix)
    return flow.actions.get(name)


def read_timeout(reader: Reader, node: Node | None) -> int:
    """How long one try may take (ms); 0 where nothing is said."""
    span = reader.duration(node, "timeout") or 0
    if span > LONGEST_TIMEOUT:
        reader.source.error(node, "timeout can't be more than 60s: somebody waits for the answer.", "Write 10s.")
    return min(span, LONGEST_TIMEOUT)


def read_given(draft: Draft, node: Node | None, read: Any) -> dict[str, Any]:
    """`with: {name: value}`. `read` reads one value."""
    flow = draft.flow
    if node is None:
        return {}
    if not isinstance(node, MappingNode):
        flow.source.error(node, "with must have names with values.", 'For example: with: {day: "{{ day }}"}')
        return {}
    said = len(flow.said)
    given = {name: read(draft, value) for name, value in node.values.items()}
    del flow.said[said:]  # no contact reads these
    return given


def check_given(draft: Draft, node: Node, action: Action | None, given: Mapping[str, Any]) -> None:
    """Report arguments that the action must get and does not, and those that it knows nothing of."""
    takes = action.takes if action is not None else None
    for name in sorted(given.keys() - takes) if takes is not None else ():
        what = f"{action.name if action else ''} knows nothing of {name!r}."
        draft.flow.source.error(node, what, nearest(name, takes or ()))
    missing = sorted(action.needs - set(given)) if action is not None else []
    if action is not None and missing:
        fix = f'Add them: with: {{{missing[0]}: "{{{{ ... }}}}"}}.'
        draft.flow.source.error(node, f"{action.name} needs {', '.join(map(repr, missing))}.", fix)


def hold(
    ctx: Context, step: Step, asked: Asked, *, rule: int = -1, held: Any = None, again: bool = False,
    more: Mapping[str, Any] = {},
) -> None:  # fmt: skip
    """Ask for it, and have the session wait at this step. `more` are values that are not kept yet. Raises LimitHit and
    RenderError."""
    session = ctx.session
    session.calls += 1
    if session.calls > ctx.bot.limits.actions:
        raise LimitHit("calls_in_a_session", ctx.bot.limits.actions)
    arguments = {name: _argument(ctx, value, more) for name, value in asked.given.items()}
    job = f"{session.id}-{session.calls}"
    session.pending = Pending(job, asked.action, rule, held, again)
    key = f"{session.id}.{step.id}.{session.calls}"
    patience = {"timeout": asked.timeout, "retries": asked.retries}
    ctx.effects.append(
        Perform(job, session.id, session.version, ctx.source(step), asked.action, arguments, key, **patience)
    )
    ctx.event("action_asked", session=session.id, flow=session.flow, step=step.id, action=asked.action)


def _argument(ctx: Context, value: Any, more: Mapping[str, Any]) -> Any:
    """An argument as JSON has it. Raises RenderError for what it can't."""
    if isinstance(value, Text):
        return ctx.render(value, **{name: str(one) for name, one in more.items()})
    if not isinstance(value, Expression):
        return value
    found = plain(ctx.value(value, more))
    if found is None or isinstance(found, bool | int | float | str | dict | list):
        return found
    raise RenderError(f"an action can't be given {type(found).__name__}")
