"""Reading bot.yml's queues, the rules of where a hand-over goes, who is a VIP, and where people are told."""

import re
from collections.abc import Collection, Mapping

from textback.core.when import MINUTE
from textback.engine.bot import Destination
from textback.engine.match import normalise
from textback.engine.opening import read_hours
from textback.engine.queues import ASSIGN, CAPACITY, CLOSED_NAMES, LIMITS, PRIORITIES, Queue, Route, Vip
from textback.engine.reading import NAME, QUEUE, Reader
from textback.engine.routing import ROUTE_NAMES
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node, Scalar, Sequence, nearest

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
REFERENCE = re.compile(r"\$\{[A-Z][A-Z0-9_]*\}")
SHOWS = ("name", "number", "text")
MOST_AT_ONCE = 500
QUEUE_KEYS = (
    "label", "languages", "skills", "places", "hours", "holidays", "people", "assign", "capacity", *LIMITS,
    "priorities", "overflow", "late", "notify", "alert", "closed", "nobody",
)  # fmt: skip
ROUTE_KEYS = ("reason", "language", "skill", "place", "tag", "if", "queue", "priority")


def read_destinations(reader: Reader, node: Node | None) -> dict[str, Destination]:
    """`notify: {front_desk: "${SLACK_URL}", office: {to: "${MAIL_URL}", shows: [name]}}`: where people are told."""
    if node is None:
        return {}
    if not isinstance(node, MappingNode):
        reader.source.error(node, "notify must name each destination.", "Write `notify: {desk: '${DESK_URL}'}`.")
        return {}
    found = {}
    for name, value in node.values.items():
        if not NAME.fullmatch(name):
            reader.source.error(node.keys[name], f"A destination can't be called {name!r}.", "Use small letters and _.")
        keys = reader.mapping(value, f"{name!r}", ("to", "shows")) if isinstance(value, MappingNode) else {"to": value}
        fix = "Write the name of the variable that holds it, such as ${DESK_URL}, and set that in the environment."
        to = reader.string(keys.get("to"), f"Where {name!r} is", REFERENCE, fix)
        if "to" not in keys:
            reader.source.error(value, f"{name!r} has no address.", "Add `to: ${NAME}`.")
        shows = [text for text, one in _several(reader, keys.get("shows"), "shows", SHOWS)]
        found[name] = Destination(name, (to or "")[2:-1], frozenset(shows))
    return found


def read_queues(reader: Reader, node: Node | None, destinations: Collection[str]) -> dict[str, Queue]:
    """`queues: {repairs: {languages: [en], first_answer: 10m, assign: least_busy}}`."""
    if node is None:
        return {}
    if not isinstance(node, MappingNode):
        reader.source.error(node, "queues must name each queue.", "Write `queues: {repairs: {first_answer: 10m}}`.")
        return {}
    found: dict[str, Queue] = {}
    for name, value in node.values.items():
        if not QUEUE.fullmatch(name):
            fix = "Use small letters, digits, - and _."
            reader.source.error(node.keys[name], f"A queue can't be called {name!r}.", fix)
            continue
        keys = reader.mapping(value, f"The queue {name!r}", QUEUE_KEYS)
        found[name] = _queue(reader, name, keys, tuple(node.values), destinations)
    for name, queue in found.items():
        if name in (queue.overflow, queue.late_queue):
            reader.source.error(node.keys[name], f"The queue {name!r} leads to itself.", "Name another queue.")
    return found


def _queue(
    reader: Reader, name: str, keys: Mapping[str, Node], others: tuple[str, ...], destinations: Collection[str]
) -> Queue:
    late = keys.get("late")
    late_keys = reader.mapping(late, "late", ("queue", "person")) if late is not None else {}
    if len(late_keys) > 1:
        reader.source.error(late, "late is a queue or a person, not both.", "Remove one of them.")
    sooner = _sooner(reader, keys.get("priorities"))
    within = _limits(reader, keys, f"The queue {name!r}")
    if late is not None and not within and not sooner:
        reader.source.warn(late, f"The queue {name!r} has no limit that could pass.", "Add `first_answer: 10m`.")
    return Queue(
        name,
        label=reader.text(keys.get("label"), "The label of a queue"),
        languages=tuple(text for text, _ in _shaped(reader, keys.get("languages"), "languages", LANGUAGE, "en or es")),
        skills=tuple(text for text, _ in _shaped(reader, keys.get("skills"), "skills", NAME, "wheels")),
        places=tuple(normalise(text) for text, _ in reader.strings(keys.get("places"), "places")),
        hours=read_hours(reader, keys.get("hours"), keys.get("holidays")),
        people=tuple(
            text.lower() for text, _ in _shaped(reader, keys.get("people"), "people", EMAIL, "ana@example.com")
        ),
        assign=reader.one_of(keys.get("assign"), "assign", ASSIGN) or "manual",
        capacity=reader.integer(keys.get("capacity"), "capacity", 1, MOST_AT_ONCE, CAPACITY),
        within=within,
        sooner=sooner,
        overflow=_other(reader, keys.get("overflow"), others),
        late_queue=_other(reader, late_keys.get("queue"), others),
        late_person=(
            reader.string(late_keys.get("person"), "person", EMAIL, "Write their e-mail address.") or ""
        ).lower(),
        notify=told(reader, keys.get("notify"), "notify", destinations),
        alert=told(reader, keys.get("alert"), "alert", destinations),
        closed=reader.text(keys.get("closed"), "The words of a closed queue", CLOSED_NAMES),
        nobody=reader.text(keys.get("nobody"), "The words where nobody is there", CLOSED_NAMES),
    )


def told(reader: Reader, node: Node | None, what: str, destinations: Collection[str]) -> tuple[str, ...] | None:
    """Destinations by name; None where nothing is said."""
    if node is None:
        return None
    if isinstance(node, Sequence) and not node.items:
        return ()
    names = reader.strings(node, what)
    for name, place in names:
        if name not in destinations:
            fix = nearest(name, destinations) if destinations else "Add it under notify: in bot.yml."
            reader.source.error(place, f"There is no destination {name!r} in bot.yml.", fix)
    return tuple(name for name, _ in names)


def read_routes(reader: Reader, node: Node | None, reasons: Collection[str]) -> tuple[Route, ...]:
    """`routes: [{language: es, queue: taller}, {tag: vip, priority: urgent}]`, the first that fits first."""
    if node is None:
        return ()
    items = node.items if isinstance(node, Sequence) else [node]
    found = []
    mine = Reader(reader.source, reader.locales, reader.queues)
    for item in items:
        keys = mine.mapping(item, "A route", ROUTE_KEYS)
        if isinstance(item, MappingNode) and not {"queue", "priority"} & set(keys):
            reader.source.error(item, "This route leads nowhere.", "Add queue: or priority: to it.")
        found.append(
            Route(
                queue=mine.queue(keys.get("queue")),
                priority=mine.one_of(keys.get("priority"), "priority", PRIORITIES) or "",
                reasons=tuple(text for text, _ in mine.strings(keys.get("reason"), "reason")),
                languages=tuple(
                    text for text, _ in _shaped(mine, keys.get("language"), "language", LANGUAGE, "en or es")
                ),
                skills=tuple(text for text, _ in _shaped(mine, keys.get("skill"), "skill", NAME, "wheels")),
                places=tuple(normalise(text) for text, _ in mine.strings(keys.get("place"), "place")),
                tags=tuple(text for text, _ in mine.strings(keys.get("tag"), "tag")),
                when=mine.expression(keys.get("if"), "The condition of a route"),
            )
        )
        if "reason" in keys:
            _check_reasons(reader, keys["reason"], reasons)
    mine.check_uses(ROUTE_NAMES)
    return tuple(found)


def _check_reasons(reader: Reader, node: Node, reasons: Collection[str]) -> None:
    """A reason that the bot does not give by itself may be a flow's own, but is worth a look."""
    for text, place in reader.strings(node, "reason"):
        if text not in reasons:
            message = f"The bot gives no reason {text!r} by itself; only a flow's `reason: {text}` would fit."
            reader.source.warn(place, message, nearest(text, reasons))


def read_vip(reader: Reader, node: Node | None) -> Vip:
    """`vip: {tags: [vip], fields: {tier: [gold]}}`."""
    if node is None:
        return Vip()
    keys = reader.mapping(node, "vip", ("tags", "fields"))
    if isinstance(node, MappingNode) and not keys:
        reader.source.error(node, "vip names nobody.", "Add `tags: [vip]`, or `fields: {tier: [gold]}`.")
    fields: dict[str, tuple[str, ...]] = {}
    given = keys.get("fields")
    if given is not None:
        if isinstance(given, MappingNode):
            for name, value in given.values.items():
                empty = isinstance(value, Scalar) and (value.empty or not value.value.strip())
                fields[name] = () if empty else tuple(normalise(text) for text, _ in reader.strings(value, name))
        else:
            reader.source.error(given, "fields must name fields and their values.", "Write `fields: {tier: [gold]}`.")
    return Vip(frozenset(text for text, _ in reader.strings(keys.get("tags"), "tags")), fields)


def _sooner(reader: Reader, node: Node | None) -> dict[str, dict[str, int]]:
    """`priorities: {urgent: {first_answer: 2m}}`."""
    if node is None:
        return {}
    return {
        name: _limits(reader, reader.mapping(value, f"{name!r}", LIMITS), f"{name!r}")
        for name, value in reader.mapping(node, "priorities", PRIORITIES).items()
    }


def _limits(reader: Reader, keys: Mapping[str, Node], what: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for limit in LIMITS:
        span = reader.duration(keys.get(limit), limit)
        if span is not None and span < MINUTE:
            reader.source.error(keys[limit], f"{what}: {limit} is below a minute.", "Nobody is that quick. Try 5m.")
        elif span is not None:
            found[limit] = span
    return found


def _other(reader: Reader, node: Node | None, known: tuple[str, ...]) -> str:
    """Another queue that is declared as well."""
    name = reader.string(node, "A queue", QUEUE, "Use small letters, digits, - and _.") or ""
    if name and name not in known:
        reader.source.error(node, f"There is no queue {name!r} under queues.", nearest(name, known))
    return name


def _shaped(
    reader: Reader, node: Node | None, what: str, shape: re.Pattern[str], example: str
) -> list[tuple[str, Node]]:
    found = []
    for text, place in reader.strings(node, what):
        if shape.fullmatch(text):
            found.append((text, place))
        else:
            reader.source.error(place, f"{what} can't be {text!r}.", f"For example: {example}.")
    return found


def _several(reader: Reader, node: Node | None, what: str, known: tuple[str, ...]) -> list[tuple[str, Node]]:
    found = []
    for text, place in reader.strings(node, what):
        if text in known:
            found.append((text, place))
        else:
            reader.source.error(place, f"{what} can't be {text!r}.", nearest(text, known))
    return found


def all_queues(declared: Mapping[str, Queue], named: tuple[str, ...]) -> tuple[str, ...]:
    """Every queue that may be named: those that are only names, and those that say more."""
    return tuple(dict.fromkeys([*named, *declared]))
