"""Routes and thresholds in words: what each rule is about, when a queue is open, and why a conversation would have gone
another way."""

from collections.abc import Sequence
from dataclasses import dataclass

from textback.engine.adjusting import parts
from textback.engine.bot import Bot
from textback.engine.hours import Hours
from textback.engine.queues import Queue, Route
from textback.engine.routing import hours_of
from textback.pipeline.comparing import Weighed
from textback.web.handoff_words import LIMITS, minutes, queue_label
from textback.web.reasons import reason_words

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ASSIGN = {"manual": "taken by hand", "round_robin": "given in turn", "least_busy": "given to whoever has fewest"}
OUTCOMES = {
    "answer": "Answered", "draft": "Drafted for a person", "clarify": "Asked what they meant",
    "handoff": "Handed over", "left": "Left to what comes next",
}  # fmt: skip
_BECOMES = {
    "answer": "sent", "draft": "a draft for a person", "clarify": "a question what they meant",
    "handoff": "a hand-over", "left": "left to what comes next",
}  # fmt: skip
VALUES = {
    "answer": "answer from", "clarify": "ask from", "send": "send from", "least": "draft from", "queue": "queue",
    "priority": "priority",
}  # fmt: skip


def about(key: str) -> str:
    """What a change is about: "Billing: queue", "clerk, refund: send from"."""
    kind, name, intent, which = parts(key)
    value = VALUES.get(which, which)
    if kind == "knowledge":
        return f"Knowledge base: {value}"
    if kind == "usual":
        return "Everything else: queue"
    if kind == "reason":
        return f"{reason_words(name)}: {value}"
    return f"{name}{', ' + intent if intent else ''}: {value}"


def condition(route: Route) -> str:
    """When a rule of the files fits: "billing or legal, in es, tagged vip"."""
    said = []
    if route.reasons:
        said.append(" or ".join(reason_words(one) for one in route.reasons))
    if route.languages:
        said.append(f"in {' or '.join(route.languages)}")
    if route.skills:
        said.append(f"skill {' or '.join(route.skills)}")
    if route.places:
        said.append(f"in {' or '.join(one.title() for one in route.places)}")
    if route.tags:
        said.append(f"tagged {' or '.join(route.tags)}")
    if route.when is not None:
        said.append(f"if {route.when.source}")
    return ", ".join(said) or "always"


def opening(hours: Hours | None) -> str:
    """When somewhere is open: "Mon to Fri 9:00–17:00, Sat 10:00–14:00"."""
    if hours is None:
        return "always open"
    groups: list[tuple[list[int], tuple[tuple[int, int], ...]]] = []
    for day in range(7):
        spans = tuple(sorted(hours.weekly.get(day, ())))
        if not spans:
            continue
        if groups and groups[-1][1] == spans and groups[-1][0][-1] == day - 1:
            groups[-1][0].append(day)
        else:
            groups.append(([day], spans))
    said = [f"{_days(days)} {', '.join(f'{_clock(a)}–{_clock(b)}' for a, b in spans)}" for days, spans in groups]
    return "; ".join(said) or "never open"


def _days(days: Sequence[int]) -> str:
    return DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]} to {DAYS[days[-1]]}"


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24}:{minute % 60:02}"


@dataclass(frozen=True, slots=True)
class QueueInfo:
    """A queue as the page shows it: its name, what people call it, and facts as pairs of words."""

    name: str
    label: str
    facts: list[tuple[str, str]]


def queue_info(bot: Bot, name: str) -> QueueInfo:
    """What the files say of a queue. One that is only a name has no facts but that."""
    queue = bot.queues.get(name)
    if queue is None:
        return QueueInfo(name, queue_label(bot, name), [("Open", "always: bot.yml only names it")])
    facts = [("Open", opening(hours_of(bot, queue)))]
    serves = [*queue.languages, *queue.skills, *(one.title() for one in queue.places)]
    if serves:
        facts.append(("For", ", ".join(serves)))
    who = f"{len(queue.people)} people" if len(queue.people) != 1 else "1 person"
    facts.append(("People", who if queue.people else "everybody who answers"))
    facts.append(("Assigned", f"{ASSIGN[queue.assign]}, up to {queue.capacity} at once"))
    facts += [("Limit", one) for one in _limits(queue)]
    if queue.overflow:
        facts.append(("While closed", f"goes to {queue_label(bot, queue.overflow)}"))
    if queue.late_queue or queue.late_person:
        late = queue_label(bot, queue.late_queue) if queue.late_queue else queue.late_person
        facts.append(("When late", f"goes to {late}"))
    return QueueInfo(name, queue_label(bot, name), facts)


def _limits(queue: Queue) -> list[str]:
    said = []
    for limit, words in LIMITS.items():
        spans = [minutes(queue.within[limit])] if limit in queue.within else []
        spans += [f"{minutes(of[limit])} if {name}" for name, of in queue.sooner.items() if limit in of]
        if spans:
            said.append(f"{words}: {', '.join(spans)}")
    return said


def why(bot: Bot, one: Weighed) -> str:
    """Why a conversation would have gone another way, in one line."""
    if one.kind == "handoff":
        said = []
        if one.before != one.after:
            places = [queue_label(bot, name) or "no queue" for name in (one.before, one.after)]
            said.append(f"from {places[0]} to {places[1]}")
        if one.priorities[0] != one.priorities[1]:
            said.append(f"{one.priorities[1]} instead of {one.priorities[0]} priority")
        return f"{reason_words(one.name)}: {', '.join(said)}"
    sure = f"{one.sure * 100:.0f}% sure"
    of = f" as {one.name}{', about ' + one.intent if one.intent else ''}"
    what = f"A reply{of}" if one.kind == "reply" else "An answer"
    return f"{what}, {sure}: {_BECOMES[one.after]} instead of {_BECOMES[one.before]}"
