"""wait: goes on later: after a while, at a time of day, when the business opens, or when another program says so."""

import re
from datetime import timedelta
from typing import Any, Literal, get_args

from textback.core.when import to_datetime
from textback.engine.bot import Step
from textback.engine.context import Context
from textback.engine.hours import at_minute, next_open
from textback.engine.reading import NAME, Draft, Kind
from textback.engine.source import Mapping, Node, Scalar

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
OnReply = Literal["go_on", "keep", "end"]
REPLIES: tuple[OnReply, ...] = get_args(OnReply)


class Wait(Step, frozen=True, kw_only=True):
    """Wait `span` ms, or until `minute` of the local day, or until it is `open`; for an `event`, no longer than that.

    `reply` is what a text of the contact does meanwhile: the flow goes on at once (go_on), or it still waits while the
    text is handled like any other (keep), or the session ends (end). `otherwise` is the step to go to when the event
    has not come in time; None is the next.
    """

    span: int = 0
    minute: int | None = None
    open: bool = False
    reply: OnReply = "go_on"
    event: str = ""
    otherwise: str | None = None

    def targets(self) -> tuple[str, ...]:
        """The next step, and the one for when the event has not come."""
        return (self.next,) if self.otherwise is None else (self.next, self.otherwise)


def read(draft: Draft) -> Wait | None:
    """`wait: 2h`, or `wait: {for: 2h}`, `wait: {until: "09:00"}`, `wait: {until: open}`, with `reply`; and with `event`
    and perhaps `else`."""
    flow = draft.flow
    node = draft.value
    if not isinstance(node, Mapping):
        span = flow.duration(node, "wait")
        return None if span is None else Wait(**draft.base(), span=span)
    keys = flow.mapping(node, "wait", ("for", "until", "event", "reply", "else"))
    if ("for" in keys) == ("until" in keys):
        flow.source.error(node, "wait needs either `for` or `until`.", "Write `wait: {for: 2h}` or `{until: '09:00'}`.")
        return None
    fields = {**draft.base(), **_awaited(draft, keys)}
    if "for" in keys:
        span = flow.duration(keys["for"], "wait for")
        return None if span is None else Wait(**fields, span=span)
    until = keys["until"].value.strip() if isinstance(keys["until"], Scalar) else ""
    found = CLOCK.fullmatch(until)
    if until == "open":
        return Wait(**fields, open=True)
    if found is None:
        flow.source.error(keys["until"], "until must be a time of day or `open`.", "For example: until: '09:00'.")
        return None
    return Wait(**fields, minute=int(found[1]) * 60 + int(found[2]))


def _awaited(draft: Draft, keys: dict[str, Node]) -> dict[str, Any]:
    """The event, what to do without it, and what a text does meanwhile."""
    flow = draft.flow
    reply = flow.one_of(keys.get("reply"), "reply", REPLIES)
    if "event" not in keys:
        if "else" in keys:
            flow.source.error(keys["else"], "else is for an event that does not come.", "Add event:, or remove else.")
        return {"reply": reply or "go_on"}
    name = flow.string(keys["event"], "event", NAME) or ""
    if reply == "go_on":
        flow.source.error(
            keys["reply"], "A text is not the event, so it can't go on.", "Use keep, the default, or end."
        )
    flow.names.add("event")
    otherwise = flow.block(keys["else"], f"{draft.id}.else.", draft.next) if "else" in keys else None
    return {"reply": reply or "keep", "event": name, "otherwise": otherwise}


def run(ctx: Context, step: Wait) -> str | None:
    """Set the timer and stop, unless there is nothing to wait for."""
    due = _due(ctx, step)
    if step.event:
        ctx.session.vars["event"] = {"name": "", "data": {}}
    elif due <= ctx.now:
        return step.next
    ctx.sleep(step, due)
    return None


def _due(ctx: Context, step: Wait) -> int:
    bot = ctx.bot
    if step.minute is not None:
        day = to_datetime(ctx.now, bot.timezone).date()
        today = at_minute(day, step.minute, bot.timezone)
        return today if today > ctx.now else at_minute(day + timedelta(days=1), step.minute, bot.timezone)
    if step.open:
        opens = next_open(bot.hours, bot.timezone, ctx.now) if bot.hours else None
        return ctx.now if opens is None else opens
    return ctx.now + step.span


KIND = Kind("wait", Wait, (), read, run)
