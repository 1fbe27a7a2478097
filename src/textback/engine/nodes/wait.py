"""wait: goes on later: after a while, at a time of day, or when the business opens."""

import re
from datetime import timedelta
from typing import Literal, get_args

from textback.core.when import to_datetime
from textback.engine.bot import Step
from textback.engine.context import Context
from textback.engine.hours import at_minute, next_open
from textback.engine.reading import Draft, Kind
from textback.engine.source import Mapping, Scalar

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
OnReply = Literal["go_on", "keep", "end"]
REPLIES: tuple[OnReply, ...] = get_args(OnReply)


class Wait(Step, frozen=True, kw_only=True):
    """Wait `span` ms, or until `minute` of the local day, or until it is `open`.

    `reply` is what a text of the contact does meanwhile: the flow goes on at once (go_on), or it still waits while the
    text is handled like any other (keep), or the session ends (end).
    """

    span: int = 0
    minute: int | None = None
    open: bool = False
    reply: OnReply = "go_on"


def read(draft: Draft) -> Wait | None:
    """`wait: 2h`, or `wait: {for: 2h}`, `wait: {until: "09:00"}`, `wait: {until: open}`, with `reply`."""
    flow = draft.flow
    node = draft.value
    if not isinstance(node, Mapping):
        span = flow.duration(node, "wait")
        return None if span is None else Wait(**draft.base(), span=span)
    keys = flow.mapping(node, "wait", ("for", "until", "reply"))
    if ("for" in keys) == ("until" in keys):
        flow.source.error(node, "wait needs either `for` or `until`.", "Write `wait: {for: 2h}` or `{until: '09:00'}`.")
        return None
    reply = flow.one_of(keys.get("reply"), "reply", REPLIES) or "go_on"
    if "for" in keys:
        span = flow.duration(keys["for"], "wait for")
        return None if span is None else Wait(**draft.base(), span=span, reply=reply)
    until = keys["until"].value.strip() if isinstance(keys["until"], Scalar) else ""
    found = CLOCK.fullmatch(until)
    if until == "open":
        return Wait(**draft.base(), open=True, reply=reply)
    if found is None:
        flow.source.error(keys["until"], "until must be a time of day or `open`.", "For example: until: '09:00'.")
        return None
    return Wait(**draft.base(), minute=int(found[1]) * 60 + int(found[2]), reply=reply)


def run(ctx: Context, step: Wait) -> str | None:
    """Set the timer and stop, unless there is nothing to wait for."""
    due = _due(ctx, step)
    if due <= ctx.now:
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
