"""policy.yml of a bot folder: what the operator wants otherwise than the tables of compliance say, and how lines are
registered. It is read with the bot, so it has versions, and reaches every server with them."""

import re
from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from textback.core.overrides import CALENDARS, PRESETS, PROOFS, Overrides, PlaceHours, Week
from textback.core.registration import UNDECLARED, Registration
from textback.engine.opening import read_hours
from textback.engine.reading import Reader
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node, Problem, Scalar, Source

POLICY_FILE = "policy.yml"
KEYS = (
    "quiet_hours", "hours", "states", "countries", "closed", "serves", "promotional_per_day", "hold_hours",
    "conversational_hours", "informational", "api",
)  # fmt: skip
CODE = re.compile(r"[A-Z]{2}")
CLASSES = ("informational", "promotional")
STATUSES = ("verified", "pending", "rejected", "suspended", "dormant", "none")
REGISTRATION = ("status", "kind", "brand", "campaign", "use_case")
MIDNIGHT = 24 * 60


def read_policy(files: Mapping[str, str], problems: list[Problem]) -> Overrides:
    """What policy.yml says; where there is none, or it is wrong, what holds without."""
    if POLICY_FILE not in files:
        return Overrides()
    source = Source(POLICY_FILE, problems)
    top = source.parse(files[POLICY_FILE])
    if top is None:
        return Overrides()
    reader = Reader(source, ("en",))
    keys = reader.mapping(top, POLICY_FILE, KEYS)
    plain = Overrides()
    informational = _part(reader, keys, "informational", ("proof", "quiet_hours"))
    api = _part(reader, keys, "api", ("class",))
    vouched = reader.one_of(informational.get("proof"), "proof", PROOFS) != "ledger"
    sells = reader.one_of(api.get("class"), "class", CLASSES) == "promotional"
    return Overrides(
        preset=reader.one_of(keys.get("quiet_hours"), "quiet_hours", PRESETS) or plain.preset,
        week=_week(reader, keys.get("hours")) if "hours" in keys else None,
        states=_places(reader, keys.get("states"), "state"),
        countries=_places(reader, keys.get("countries"), "country"),
        closed=_dates(reader, keys.get("closed")),
        serves=_zones(reader, keys.get("serves")),
        promotional_per_day=_number(reader, keys, "promotional_per_day", 0, 50),
        hold_hours=_number(reader, keys, "hold_hours", 1, 24 * 14),
        conversational_hours=_number(reader, keys, "conversational_hours", 1, 24 * 30),
        proof="express" if vouched else "ledger",
        informational_hours=reader.flag(informational.get("quiet_hours"), "quiet_hours"),
        unlabelled="promotional" if sells else "informational",
    )


def _part(reader: Reader, keys: Mapping[str, Node], name: str, known: tuple[str, ...]) -> dict[str, Node]:
    return reader.mapping(keys[name], name, known) if name in keys else {}


def _number(reader: Reader, keys: Mapping[str, Node], name: str, low: int, high: int) -> int | None:
    return reader.integer(keys[name], name, low, high, low) if name in keys else None


def _week(reader: Reader, node: Node | None) -> Week | None:
    """One span a day, none over midnight: `{mon-sat: "9:00-20:00"}`."""
    hours = read_hours(reader, node, None)
    if hours is None or node is None:
        return None
    found: list[tuple[int, int] | None] = [None] * 7
    for day, spans in hours.weekly.items():
        if len(spans) > 1 or any(end > MIDNIGHT for _, end in spans):
            fix = "Write `mon-sat: '9:00-20:00'`."
            reader.source.error(node, "A day has one span here, which ends by midnight.", fix)
            return None
        found[day] = spans[0] if spans else None
    if not any(found):
        reader.source.error(node, "On no day may anything go.", "Open at least one.")
        return None
    return tuple(found)


def _places(reader: Reader, node: Node | None, what: str) -> tuple[PlaceHours, ...]:
    if node is None:
        return ()
    if not isinstance(node, MappingNode):
        fix = "Write `TX: {hours: {mon-sat: '9:00-21:00'}}`."
        reader.source.error(node, f"Each {what} must be named by its two letters.", fix)
        return ()
    found = []
    for code, value in node.values.items():
        if not CODE.fullmatch(code):
            fix = "Use two capital letters such as TX or FR."
            reader.source.error(node.keys[code], f"There is no {what} {code!r}.", fix)
            continue
        keys = reader.mapping(value, f"The {what} {code}", ("hours", "holidays", "promotional_per_day"))
        week = _week(reader, keys.get("hours"))
        if week is None:
            if "hours" not in keys:
                reader.source.error(value, f"The {what} {code} has no hours.", "Add `hours: {mon-sat: '9:00-20:00'}`.")
            continue
        calendar = reader.one_of(keys.get("holidays"), "holidays", CALENDARS)
        most = _number(reader, keys, "promotional_per_day", 0, 50)
        found.append(PlaceHours(code, week, calendar or "", most or 0))
    return tuple(found)


def _dates(reader: Reader, node: Node | None) -> tuple[str, ...]:
    found = []
    for text, place in reader.strings(node, "closed"):
        try:
            found.append(date.fromisoformat(text).isoformat())
        except ValueError:
            reader.source.error(place, f"{text!r} is no date.", "Write it as 2026-12-24.")
    return tuple(found)


def _zones(reader: Reader, node: Node | None) -> tuple[str, ...]:
    found = []
    for name, place in reader.strings(node, "serves"):
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            reader.source.error(place, f"There is no time zone {name!r}.", "Use an IANA name such as America/New_York.")
            continue
        found.append(name)
    return tuple(found)


def read_registration(reader: Reader, node: Node | None, line: str) -> Registration:
    """A line's `registration: {status: verified, kind: 10dlc, campaign: ..., use_case: ...}` (N1)."""
    if node is None:
        return UNDECLARED
    if isinstance(node, Scalar) and node.empty:
        reader.source.error(node, f"The registration of line {line!r} says nothing.", "Write `{status: verified}`.")
        return UNDECLARED
    keys = reader.mapping(node, f"The registration of line {line!r}", REGISTRATION)
    status = reader.one_of(keys.get("status"), "status", STATUSES)
    if "status" not in keys:
        fix = f"Use one of {', '.join(STATUSES)}."
        reader.source.error(node, f"The registration of line {line!r} has no status.", fix)
    rest = {key: reader.string(keys.get(key), key) or "" for key in REGISTRATION if key != "status"}
    return Registration(status or "", **rest)
