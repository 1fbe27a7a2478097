"""Where a hand-over goes, and whether anybody is there. Pure: the same conversation always goes to the same queue."""

from typing import Any

import msgspec

from textback.engine.bot import Bot
from textback.engine.hours import is_open, next_open
from textback.engine.match import normalise
from textback.engine.queues import Queue, Route
from textback.engine.state import State
from textback.engine.template import Fields, RenderError

PLACE_FIELDS = ("place", "city", "region", "state", "postcode")
"""Fields of a contact that say where they are."""
ROUTE_NAMES = ("contact", "reason", "queue", "language", "skill")
"""What the condition of a route may speak of."""


class Wanted(msgspec.Struct, frozen=True):
    """What is known of a hand-over before it has a queue: `queue` is the one that the flow names."""

    reason: str
    queue: str = ""
    skill: str = ""


class Placed(msgspec.Struct, frozen=True):
    """Where a hand-over goes: its queue (as declared, None for one that is only a name), its priority, and how it is
    there: `open`, `closed`, or `nobody` where it is open and nobody can answer. It opens again at `opens` (ms)."""

    queue: str
    declared: Queue | None = None
    priority: str = ""
    how: str = "open"
    opens: int | None = None


def place(bot: Bot, state: State, wanted: Wanted, now: int) -> Placed:
    """Choose the queue. The first route that fits and names one decides; then the queue that the flow names; then the
    one whose languages, skills and places fit best; then the bot's usual one."""
    language = language_of(bot, state)
    priority, name = "", ""
    for route in bot.handoff.routes:
        says = (route.queue and not name) or (route.priority and not priority)
        if says and _fits_route(route, state, wanted, language):
            name = name or route.queue
            priority = priority or route.priority
    name = name or wanted.queue or _best(bot, state, wanted.skill, language, now) or bot.handoff.queue
    queue, how = _open_one(bot, name, now)
    declared = bot.queues.get(queue)
    hours = hours_of(bot, declared)
    opens = next_open(hours, bot.timezone, now) if how == "closed" and hours is not None else None
    return Placed(queue, declared, priority, how, opens)


def language_of(bot: Bot, state: State) -> str:
    """The contact's language, such as es."""
    locale = state.fields.get("locale")
    return (locale if isinstance(locale, str) and locale else bot.locale).partition("-")[0]


def hours_of(bot: Bot, queue: Queue | None) -> Any:
    """When a queue is open: its own hours, else the bot's; None: always."""
    return queue.hours if queue is not None and queue.hours is not None else bot.hours


def standing(bot: Bot, name: str, now: int) -> str:
    """How a queue is: `open`, `closed`, or `nobody`. One that is only a name is always open: nobody has said who is
    behind it."""
    queue = bot.queues.get(name)
    if queue is None:
        return "open"
    hours = hours_of(bot, queue)
    if hours is not None and not is_open(hours, bot.timezone, now):
        return "closed"
    there = bot.staff.there(queue.people) if bot.staff is not None else None
    return "nobody" if there is False else "open"


def _open_one(bot: Bot, name: str, now: int) -> tuple[str, str]:
    """The queue, or the one in its place while it is closed or nobody is there; and how that is."""
    seen: list[str] = []
    at = name
    while at and at not in seen:
        how = standing(bot, at, now)
        if how == "open":
            return at, how
        seen.append(at)
        queue = bot.queues.get(at)
        at = queue.overflow if queue is not None else ""
    return name, standing(bot, name, now)


def _best(bot: Bot, state: State, skill: str, language: str, now: int) -> str:
    """The queue that is for just this: of several the one that says most, and rather one that is open."""
    here = _places(state)
    found = []
    for order, queue in enumerate(bot.queues.values()):
        says = (
            (queue.languages, language in queue.languages),
            (queue.skills, skill in queue.skills),
            (queue.places, bool(here.intersection(queue.places))),
        )
        named = [fits for given, fits in says if given]
        if named and all(named):
            found.append((standing(bot, queue.name, now) != "open", -len(named), order, queue.name))
    return min(found)[3] if found else ""


def _places(state: State) -> set[str]:
    return {normalise(str(state.fields[name])) for name in PLACE_FIELDS if state.fields.get(name)}


def _fits_route(route: Route, state: State, wanted: Wanted, language: str) -> bool:
    if route.reasons and wanted.reason not in route.reasons:
        return False
    if route.languages and language not in route.languages:
        return False
    if route.skills and wanted.skill not in route.skills:
        return False
    if route.places and not _places(state).intersection(route.places):
        return False
    if route.tags and not set(state.tags).intersection(route.tags):
        return False
    if route.when is None:
        return True
    scope = {
        "contact": Fields({**state.fields, "tags": state.tags}), "reason": wanted.reason, "queue": wanted.queue,
        "language": language, "skill": wanted.skill,
    }  # fmt: skip
    try:
        return route.when.holds(scope)
    except RenderError:
        return False  # a rule that can't be read must not keep anybody from a person
