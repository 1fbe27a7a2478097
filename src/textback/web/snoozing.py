"""Out of sight until later, and how urgent a conversation is: what a person asks of one conversation or of several."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from textback.core.when import HOUR, to_datetime, to_ms
from textback.engine.arrivals import SetPriority, Snooze, Unsnooze
from textback.engine.nodes.priority import PRIORITIES
from textback.engine.state import Priority
from textback.web.composer import read_local
from textback.web.desk import act, conversation_of
from textback.web.security import Denied

MORNING = 9
"""The hour at which a snoozed conversation comes back in the morning."""


def until(choice: str, at: str, zone: str, now: int) -> int:
    """When a snooze is over (ms); 0: when they text. `at` is a time of the business, for the choice "at". Raises
    Denied."""
    today = to_datetime(now, zone)
    morning = today.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    if choice == "3h":
        return now + 3 * HOUR
    if choice == "tomorrow":
        return to_ms(morning + timedelta(days=1))
    if choice == "monday":
        return to_ms(morning + timedelta(days=7 - today.weekday()))
    if choice == "text":
        return 0
    if choice == "at":
        try:
            return read_local(at[:16], zone, now)
        except ValueError as wrong:
            raise Denied(400, str(wrong)) from None
    raise Denied(400, "Say until when to snooze it.")


def priority_of(text: str) -> Priority:
    """A priority by its name. Raises Denied."""
    for priority in PRIORITIES:
        if priority == text:
            return priority
    raise Denied(400, "A priority is normal, high or urgent.")


async def snooze(request: Request) -> Response:
    """POST /c/{contact}/snooze: out of sight until `for` (3h, tomorrow, monday, text, or at with `at`); `now` brings it
    back."""
    ctx, user = request.app.state.ctx, request.state.user
    row = await conversation_of(request)
    form = request.state.form
    if form.get("for") == "now":
        return await act(request, row, Unsnooze(user.id, user.name), "unsnooze")
    due = until(form.get("for", ""), form.get("at", ""), ctx.bot().timezone, ctx.road.now())
    return await act(request, row, Snooze(user.id, user.name, due), "snooze", until=str(due))


async def set_priority(request: Request) -> Response:
    """POST /c/{contact}/priority: how urgent it is; `priority` is normal, high or urgent."""
    user = request.state.user
    row = await conversation_of(request)
    priority = priority_of(request.state.form.get("priority", ""))
    return await act(request, row, SetPriority(user.id, user.name, priority), "priority", priority=priority)
