"""textback match: what a matcher reads in a text."""

import re
import time
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import typer

from textback.core.errors import TextbackError
from textback.core.when import to_ms
from textback.engine.hours import DAY_MINUTES, Hours
from textback.engine.matchers import MATCHERS, Ambiguous, Found, Here, PatternError, Reading, compile_pattern, find
from textback.engine.matchers.language import numbered

_DAYS = numbered("mon tue wed thu fri sat sun")
_OPENING = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? +(?P<from>\d{1,2}(?::\d\d)?)-(?P<to>\d{1,2}(?::\d\d)?)"
)


def read_hours(text: str) -> Hours:
    """Opening hours such as "mon-fri 9-18, sat 10:00-14:00". Raises TextbackError with an example."""
    weekly: dict[int, tuple[tuple[int, int], ...]] = {}
    for part in text.lower().split(","):
        found = _OPENING.fullmatch(part.strip())
        if found is None or found["first"] not in _DAYS or (found["last"] or "mon") not in _DAYS:
            raise TextbackError(f"Hours {part.strip()!r} can't be read. Write them like: mon-fri 9-18, sat 10:00-14:00")
        opens, closes = _minutes(found["from"]), _minutes(found["to"])
        if opens >= DAY_MINUTES or closes > DAY_MINUTES:
            raise TextbackError(f"Hours {part.strip()!r} go past 24:00. Write them like: mon-fri 9-18")
        first, last = _DAYS[found["first"]], _DAYS[found["last"] or found["first"]]
        for day in range(first, first + (last - first) % 7 + 1):
            opening = (opens, closes if closes > opens else closes + DAY_MINUTES)
            weekly[day % 7] = (*weekly.get(day % 7, ()), opening)
    return Hours(weekly)


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute or 0)


def match(
    type_: str,
    text: str,
    *,
    at: str,
    timezone: str,
    country: str,
    locale: str,
    hours: str,
    pattern: str,
    inside: bool,
    as_json: bool,
) -> int:
    """Print what is read; returns the exit code: 1 when nothing is."""
    if type_ not in MATCHERS:
        raise TextbackError(f"There is no matcher {type_!r}. Known are: {', '.join(MATCHERS)}.")
    options = {"pattern": pattern} if pattern else {}
    if type_ == "pattern":
        try:
            compile_pattern(pattern)
        except PatternError as error:
            raise TextbackError(f"--pattern {pattern!r}: {error}") from None
        if not pattern:
            raise TextbackError("The type pattern needs --pattern, for example --pattern '[A-Z]{2}-[0-9]{4}'.")
    here = Here(
        now=_moment(at, timezone) if at else time.time_ns() // 1_000_000,
        timezone=_zone(timezone),
        country=country.upper(),
        locale=locale,
        hours=read_hours(hours) if hours else None,
    )
    found = find(type_, text, here, options) if inside else MATCHERS[type_](text, here, options)
    typer.echo(msgspec.json.encode(_plain(found)).decode() if as_json else _shown(found))
    return 0 if found else 1


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TextbackError(f"There is no time zone {name!r}. Write an IANA name, such as America/Chicago.") from None
    return name


def _moment(at: str, timezone: str) -> int:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise TextbackError(f"--at {at!r} is no date and time. Write it like 2026-03-02T10:00.") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(_zone(timezone)))
    return to_ms(moment)


def _plain(found: Found) -> dict[str, object]:
    """The result as one JSON object."""
    if found is None:
        return {"result": "none"}
    if isinstance(found, Ambiguous):
        return {"result": "ambiguous", "how": found.how, "readings": [msgspec.to_builtins(r) for r in found.readings]}
    return {"result": "value", **msgspec.to_builtins(found)}


def _shown(found: Found) -> str:
    """The result as lines for people."""
    if found is None:
        return "No match."
    if isinstance(found, Reading):
        return _line(found)
    return "\n".join([f"Ambiguous: {found.how}", *(f"  {_line(reading)}" for reading in found.readings)])


def _line(reading: Reading) -> str:
    value = msgspec.json.encode(reading.value).decode()
    rest = f"; rest: {reading.rest}" if reading.rest else ""
    return f"{value}  says: {reading.said}  ({reading.how}{rest})"
