"""When a business is open: weekly opening times and holidays, on its own clock. Pure functions.

Times of day are minutes since local midnight. An opening that goes past midnight ends after 1440 ("18:00 to 02:00" is
1080 to 1560) and belongs to the day on which it begins.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from textback.core.when import to_datetime, to_ms

DAY_MINUTES = 24 * 60

#: A place that does not open within so many days is closed for good.
FARTHEST_DAYS = 400


class Hours(msgspec.Struct, frozen=True):
    """Opening times. `weekly` has the (opens, closes) pairs of each weekday, 0 is Monday; a day left out is closed.

    `holidays` are local dates such as "2026-12-25" on which nothing opens.
    """

    weekly: dict[int, tuple[tuple[int, int], ...]]
    holidays: frozenset[str] = frozenset()

    def of(self, day: date) -> tuple[tuple[int, int], ...]:
        """The openings that begin on this date, in order."""
        if day.isoformat() in self.holidays:
            return ()
        return tuple(sorted(self.weekly.get(day.weekday(), ())))


def instant(local: datetime, timezone: str) -> datetime:
    """The moment of a wall-clock time, in UTC. One that daylight saving leaves out moves forward by the gap."""
    return local.replace(tzinfo=ZoneInfo(timezone), fold=0).astimezone(UTC)


def at_minute(day: date, minute: int, timezone: str) -> int:
    """The time in ms of a minute of a local day; minutes over 1440 are in the next day."""
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 - `instant` adds the zone
    return to_ms(instant(local, timezone))


def is_open(hours: Hours, timezone: str, at_ms: int) -> bool:
    """Whether the business is open at a moment. The closing minute itself is closed."""
    today = to_datetime(at_ms, timezone).date()
    return any(
        at_minute(day, opens, timezone) <= at_ms < at_minute(day, closes, timezone)
        for day in (today - timedelta(days=1), today)
        for opens, closes in hours.of(day)
    )


def next_open(hours: Hours, timezone: str, at_ms: int) -> int | None:
    """The same moment when it is open then, else when it opens next, in ms; None when it doesn't within 400 days."""
    if is_open(hours, timezone, at_ms):
        return at_ms
    today = to_datetime(at_ms, timezone).date()
    for ahead in range(FARTHEST_DAYS):
        day = today + timedelta(days=ahead)
        for opens, closes in hours.of(day):
            start = at_minute(day, opens, timezone)
            if start > at_ms and closes > opens:
                return start
    return None


def after_open(hours: Hours | None, timezone: str, at_ms: int, span: int) -> int | None:
    """When so much opening time (ms) has gone by since a moment; None where that is not within 400 days. Without hours
    it is always open."""
    if hours is None:
        return at_ms + span
    today = to_datetime(at_ms, timezone).date()
    left = span
    for opens, closes in _openings(hours, timezone, today - timedelta(days=1), FARTHEST_DAYS):
        begins = max(opens, at_ms)
        if closes > begins:
            if closes - begins >= left:
                return begins + left
            left -= closes - begins
            at_ms = closes  # openings may overlap
    return None


def open_between(hours: Hours | None, timezone: str, from_ms: int, to_ms_: int) -> int:
    """How much opening time (ms) lies between two moments."""
    if hours is None or to_ms_ <= from_ms:
        return max(0, to_ms_ - from_ms)
    first = to_datetime(from_ms, timezone).date() - timedelta(days=1)
    days = min((to_datetime(to_ms_, timezone).date() - first).days + 1, FARTHEST_DAYS)
    found, at = 0, from_ms
    for opens, closes in _openings(hours, timezone, first, days):
        begins, ends = max(opens, at), min(closes, to_ms_)
        if ends > begins:
            found += ends - begins
            at = ends
    return found


def _openings(hours: Hours, timezone: str, first: date, days: int) -> Iterator[tuple[int, int]]:
    """The openings (ms) that begin within so many days, in order."""
    for ahead in range(days):
        day = first + timedelta(days=ahead)
        for opens, closes in hours.of(day):
            yield at_minute(day, opens, timezone), at_minute(day, closes, timezone)
