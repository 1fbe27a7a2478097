"""Routes and thresholds in words: what each rule is about, when a queue is open, and why a conversation would have gone
another way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textback.engine.adjusting import parts
from textback.engine.bot import Bot
from textback.engine.hours import Hours
from textback.engine.queues import Queue, Route
from textback.engine.routing import hours_of
from textback.pipeline.comparing import Weighed
from textback.web.handoff_words import LIMITS, minutes, queue_label
from textback.web.phrases import tell
from textback.web.reasons import reason_words

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ASSIGN = {"manual": "taken by hand", "round_robin": "given in turn", "least_busy": "given to whoever has fewest"}
OUTCOMES = {
    "answer": "Answered", "draft": "Drafted for a person", "clarify": "Asked what they meant",
    "handoff": "Handed over", "left": "Left to what comes next",
}  # fmt: skip
BECOMES = {
    "answer": "sent", "draft": "a draft for a person", "clarify": "a question what they meant",
    "handoff": "a hand-over", "left": "left to what comes next",
}  # fmt: skip
VALUES = {
    "answer": "answer from", "clarify": "ask from", "send": "send from", "least": "draft from", "queue": "Queue",
    "priority": "Priority",
}  # fmt: skip


def about(key: str) -> str:
    """What a change is about: "Billing: queue", "clerk, refund: send from"."""
    kind, name, intent, which = parts(key)
    value = tell(VALUES.get(which, which)).lower()
    if kind == "knowledge":
        return f"{tell('Knowledge base')}: {value}"
    if kind == "usual":
        return f"{tell('Everything else')}: {value}"
    if kind == "reason":
        return f"{reason_words(name)}: {value}"
    return f"{name}{', ' + intent if intent else ''}: {value}"


def condition(route: Route) -> str:
    """When a rule of the files fits: "billing or legal, in es, tagged vip"."""
    said = []
    if route.reasons:
        said.append(_either(reason_words(one) for one in route.reasons))
    if route.languages:
        said.append(tell("in {what}", what=_either(route.languages)))
    if route.skills:
        said.append(tell("skill {what}", what=_either(route.skills)))
    if route.places:
        said.append(tell("in {what}", what=_either(one.title() for one in route.places)))
    if route.tags:
        said.append(tell("tagged {what}", what=_either(route.tags)))
    if route.when is not None:
        said.append(tell("if {what}", what=route.when.source))
    return ", ".join(said) or tell("always")


def _either(names: Iterable[str]) -> str:
    return f" {tell('or')} ".join(names)


def opening(hours: Hours | None) -> str:
    """When somewhere is open: "Mon to Fri 9:00–17:00, Sat 10:00–14:00"."""
    if hours is None:
        return tell("always open")
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
    return "; ".join(said) or tell("never open")


def _days(days: Sequence[int]) -> str:
    first, last = tell(DAYS[days[0]]), tell(DAYS[days[-1]])
    return first if len(days) == 1 else tell("{first} to {last}", first=first, last=last)


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
        return QueueInfo(name, queue_label(bot, name), [(tell("Hours"), tell("always: bot.yml only names it"))])
    facts = [(tell("Hours"), opening(hours_of(bot, queue)))]
    serves = [*queue.languages, *queue.skills, *(one.title() for one in queue.places)]
    if serves:
        facts.append((tell("For"), ", ".join(serves)))
    who = tell("{n} people", n=len(queue.people)) if len(queue.people) != 1 else tell("1 person")
    facts.append((tell("People"), who if queue.people else tell("everybody who answers")))
    given = tell("{how}, up to {n} at once", how=tell(ASSIGN[queue.assign]), n=queue.capacity)
    facts.append((tell("Assigned"), given))
    facts += [(tell("Limit"), one) for one in _limits(queue)]
    if queue.overflow:
        facts.append((tell("While closed"), tell("goes to {where}", where=queue_label(bot, queue.overflow))))
    if queue.late_queue or queue.late_person:
        late = queue_label(bot, queue.late_queue) if queue.late_queue else queue.late_person
        facts.append((tell("When late"), tell("goes to {where}", where=late)))
    return QueueInfo(name, queue_label(bot, name), facts)


def _limits(queue: Queue) -> list[str]:
    said = []
    for limit, words in LIMITS.items():
        spans = [minutes(queue.within[limit])] if limit in queue.within else []
        spans += [
            tell("{limit} if {name}", limit=minutes(of[limit]), name=name)
            for name, of in queue.sooner.items()
            if limit in of
        ]
        if spans:
            said.append(f"{tell(words)}: {', '.join(spans)}")
    return said


def why(bot: Bot, one: Weighed) -> str:
    """Why a conversation would have gone another way, in one line."""
    if one.kind == "handoff":
        said = []
        if one.before != one.after:
            places = [queue_label(bot, name) or tell("no queue") for name in (one.before, one.after)]
            said.append(tell("from {before} to {after}", before=places[0], after=places[1]))
        if one.priorities[0] != one.priorities[1]:
            before, after = (tell(rank) for rank in one.priorities)
            said.append(tell("{after} instead of {before} priority", after=after, before=before))
        return f"{reason_words(one.name)}: {', '.join(said)}"
    what = tell("An answer")
    if one.kind == "reply" and one.intent:
        what = tell("A reply as {name}, about {what}", name=one.name, what=one.intent)
    elif one.kind == "reply":
        what = tell("A reply as {name}", name=one.name)
    sure, after, before = f"{one.sure * 100:.0f}", tell(BECOMES[one.after]), tell(BECOMES[one.before])
    return tell("{what}, {n}% sure: {after} instead of {before}", what=what, n=sure, after=after, before=before)
