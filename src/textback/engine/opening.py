"""Reading bot.yml's country, hours, holidays, burst, routing and limits."""

import re
from datetime import date
from typing import Literal

import msgspec

from textback.core.when import SECOND
from textback.engine.bot import Limits, Routing
from textback.engine.hours import Hours
from textback.engine.nodes.answer import share
from textback.engine.reading import Reader
from textback.engine.source import Mapping, Node, Scalar, nearest

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COUNTRY = re.compile(r"[A-Z]{2}")
SPAN = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?\s*(?:-|–|to)\s*([01]?\d|2[0-4])(?::([0-5]\d))?")
MIDNIGHT = 24 * 60
LONGEST_BURST = 10 * SECOND


MOST = {"steps": 1000, "texts": 1000, "flows": 20, "actions": 500}
"""How high each limit can be set."""


def read_limits(reader: Reader, node: Node | None) -> Limits:
    """`limits: {steps: 200, texts: 100, flows: 8, actions: 50}`."""
    keys = reader.mapping(node, "limits", tuple(MOST)) if node is not None else {}
    usual = msgspec.structs.asdict(Limits())
    return Limits(**{name: reader.integer(keys.get(name), name, 1, most, usual[name]) for name, most in MOST.items()})


def read_routing(reader: Reader, node: Node | None) -> Routing:
    """`routing: {act: 0.6, clarify: 0.3}`."""
    keys = reader.mapping(node, "routing", ("act", "clarify")) if node is not None else {}
    found = Routing(**{name: share(reader, value, name, 0.5) for name, value in keys.items()})
    if node is not None and found.act is not None and found.clarify is not None and found.clarify > found.act:
        message = f"clarify ({found.clarify:g}) is above act ({found.act:g})."
        reader.source.error(node, message, "Below clarify a text is not understood; from act on its flow starts.")
    return found


def read_country(reader: Reader, node: Node | None) -> str:
    """The country whose phone numbers, postcodes and order of day and month are meant."""
    return reader.string(node, "country", COUNTRY, "Use two capital letters such as US, CA, GB or ES.") or "US"


def read_answers(reader: Reader, node: Node | None) -> Literal["bot", "program"]:
    """Who answers: `answers: bot`, or `answers: program` where another program does."""
    value = reader.string(node, "answers", re.compile("bot|program"), "Write bot or program.")
    return "program" if value == "program" else "bot"


def read_burst(reader: Reader, node: Node | None) -> int:
    """How long (ms) a text waits for the next one: `burst: 1.5s`."""
    if isinstance(node, Scalar) and node.value.strip() == "0":
        return 0
    window = reader.duration(node, "burst") or 0
    if window > LONGEST_BURST:
        reader.source.error(node, "burst can be 10s at most.", "Nobody waits that long for an answer. Try 1.5s.")
    return window


def read_hours(reader: Reader, hours: Node | None, holidays: Node | None) -> Hours | None:
    """`hours: {mon-fri: "9:00-18:00", sat: ["9-12", "14-17"]}` and `holidays: [2026-12-25]`."""
    if hours is None:
        if holidays is not None:
            reader.source.error(holidays, "holidays need hours.", "Say when you are open: `hours: {mon-fri: '9-18'}`.")
        return None
    weekly: dict[int, tuple[tuple[int, int], ...]] = {}
    if not isinstance(hours, Mapping) or not hours.values:
        reader.source.error(hours, "hours must say when you are open on which days.", "Write `mon-fri: '9:00-18:00'`.")
        return None
    for name, node in hours.values.items():
        spans = _spans(reader, node)
        for day in _days(reader, hours.keys[name], name):
            if day in weekly:
                reader.source.error(hours.keys[name], f"{DAYS[day]} is there twice.", "Name each day once.")
            weekly[day] = spans
    return Hours(weekly, frozenset(_holidays(reader, holidays)))


def _days(reader: Reader, node: Node, name: str) -> list[int]:
    first, dash, last = name.lower().replace(" ", "").partition("-")
    for day in (first, last) if dash else (first,):
        if day not in DAYS:
            reader.source.error(node, f"There is no day {day!r}.", nearest(day, DAYS))
            return []
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]


def _spans(reader: Reader, node: Node) -> tuple[tuple[int, int], ...]:
    if isinstance(node, Scalar) and node.value.strip().lower() in ("closed", ""):
        return ()
    found = []
    for text, place in reader.strings(node, "Opening times"):
        match = SPAN.fullmatch(text.strip())
        if match is None:
            reader.source.error(place, f"{text!r} is no span of time.", "For example: '9:00-18:00', or closed.")
            continue
        opens, closes = (int(match[n]) * 60 + int(match[n + 1] or 0) for n in (1, 3))
        found.append((opens, closes if closes > opens else closes + MIDNIGHT))
    return tuple(sorted(found))


def _holidays(reader: Reader, node: Node | None) -> list[str]:
    found = []
    for text, place in reader.strings(node, "holidays"):
        try:
            found.append(date.fromisoformat(text).isoformat())
        except ValueError:
            reader.source.error(place, f"{text!r} is no date.", "Write it as 2026-12-25.")
    return found
