"""Hand-overs in words: what happened to one, how long somebody has waited, and of how long."""

from collections.abc import Mapping
from typing import Any

from textback.core.when import HOUR, MINUTE
from textback.engine.bot import Bot
from textback.engine.hours import open_between
from textback.engine.routing import hours_of
from textback.engine.state import Handoff, State
from textback.web.phrases import tell

LIMITS = {
    "first_answer": "a first answer", "next_answer": "the next answer", "resolution": "being settled",
}  # fmt: skip
PRIORITIES = {"high": "High priority", "urgent": "Urgent"}


def handoff_event(kind: str, data: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Icon, sentence, detail and tone of an event of a hand-over."""
    if kind == "assigned":
        given = tell("Given to {to}", to=data.get("to_name") or tell("somebody"))
        return "person", given, str(data.get("queue", "")), "turn"
    if kind == "requeued":
        moved = tell("Moved from {before} to {to}", before=data.get("from", ""), to=data.get("to", ""))
        return "up-person", moved, tell("Nobody answered in time"), "wait"
    what = tell(LIMITS.get(str(data.get("limit", "")), "an answer"))
    return "clock", tell("The limit for {what} has passed", what=what), str(data.get("queue", "")), "wait"


def minutes(span: int) -> str:
    """A span (ms) as short as it can be said: "6 min", "2 h 5 min", "3 h"."""
    whole = span // MINUTE
    if whole < 60:
        return f"{whole} min"
    hours, rest = divmod(whole, HOUR // MINUTE)
    return f"{hours} h {rest} min" if rest and hours < 10 else f"{hours} h"


def waited_of(handoff: Handoff, bot: Bot, now: int) -> int:
    """How much of the running limit (ms of opening time) is used up; 0 where none runs."""
    if not handoff.span or not handoff.timed_from:
        return 0
    hours = hours_of(bot, bot.queues.get(handoff.queue))
    return open_between(hours, bot.timezone, handoff.timed_from, now)


def waiting_chip(state: State, bot: Bot, now: int) -> tuple[str, str, str] | None:
    """Tone, icon and words of how long the contact has waited, of how long they may: "6 of 10 min", amber past half and
    red when it has passed. Without a limit it is the wait alone; None where nobody waits."""
    handoff = state.handoff
    if handoff is None or not handoff.since:
        return None
    if not handoff.span:
        waited = now - handoff.since
        return ("wait" if waited > 5 * MINUTE else "quiet"), "clock", minutes(waited)
    used = waited_of(handoff, bot, now)
    late = used >= handoff.span or handoff.limit in handoff.late
    if late:
        words = tell("{used}, limit {limit}", used=minutes(used), limit=minutes(handoff.span))
        return "fail", "clock", words
    if handoff.span < HOUR:
        words = tell("{used} of {limit}", used=used // MINUTE, limit=minutes(handoff.span))
    else:
        words = tell("{used} of {limit}", used=minutes(used), limit=minutes(handoff.span))
    return ("wait" if used * 2 > handoff.span else "quiet"), "clock", words


def queue_label(bot: Bot, name: str, locale: str = "") -> str:
    """What people call a queue."""
    queue = bot.queues.get(name)
    if queue is not None and queue.label is not None:
        return queue.label.render(locale or bot.locale, dict)
    return name.replace("_", " ").replace("-", " ")


def handoff_chips(state: State, bot: Bot, now: int) -> list[tuple[str, str, str]]:
    """The chips of a conversation that waits, for lists: how long, how urgent, and in which queue, where there are
    several."""
    handoff = state.handoff
    if handoff is None:
        return []
    found = [chip for chip in (waiting_chip(state, bot, now),) if chip is not None]
    if handoff.queue and len(bot.handoff.queues) > 1:
        found.append(("", "", queue_label(bot, handoff.queue)))
    return found
