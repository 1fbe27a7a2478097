"""Hours in which texts may go, on the contact's own clock (Q1): a moment goes in, the next allowed one comes out."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from textback.compliance.holidays import days_of
from textback.core.when import DAY, to_ms

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FARTHEST = 400 * DAY
"""A text that may not go within this time (ms) may never go."""

Span = tuple[int, int]
"""From and until, in minutes since midnight; the end is not in it."""


class Hours(msgspec.Struct, frozen=True):
    """When texts may go in one place: for each weekday, Monday first, its span or None for none at all.

    `calendar` names holidays on which none go, `closed` further dates; from the date `closed_sunday_from` on Sundays
    are closed too. `code` is the row it comes from, `source` who says so.
    """

    code: str
    week: tuple[Span | None, ...]
    calendar: str = ""
    closed: frozenset[str] = frozenset()
    closed_sunday_from: str = ""
    per_day: int = 0
    source: str = ""
    as_of: str = ""
    confidence: str = ""

    def of(self, day: date) -> Span | None:
        """The span of a date, None when it is closed."""
        span = self.week[day.weekday()]
        if span is None:
            return None
        if self.closed_sunday_from and day.weekday() == 6 and day.isoformat() >= self.closed_sunday_from:
            return None
        if self.calendar and day in days_of(self.calendar, day.year):
            return None
        return None if self.closed and day.isoformat() in self.closed else span


class Clock(msgspec.Struct, frozen=True):
    """A time zone, and the hours that apply in it. All of them must allow a moment."""

    zone: str
    hours: tuple[Hours, ...]


@lru_cache(512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(at: int, zone: str) -> datetime:
    """The wall clock of a zone at a moment (ms)."""
    return datetime.fromtimestamp(at / 1000, _zone(zone))


def shut_at(clock: Clock, at: int, margin: int) -> Hours | None:
    """The first of its hours that do not allow this moment (ms); None when all do. `margin` is in minutes before the
    end of a span (Q1)."""
    now = local(at, clock.zone)
    day, minute = now.date(), now.hour * 60 + now.minute
    for hours in clock.hours:
        span = hours.of(day)
        if span is None or not span[0] <= minute < span[1] - margin:
            return hours
    return None


def next_open(clocks: Sequence[Clock], at: int, margin: int) -> int | None:
    """The same moment, or the next one (ms) that all of these allow (Q2); None when there is none within 400 days."""
    end = at + FARTHEST
    while at < end:
        later = at
        for clock in clocks:
            while (hours := shut_at(clock, later, margin)) is not None:
                found = _next_of(hours, clock.zone, later, margin)
                if found is None:
                    return None
                later = found
        if later == at:
            return at
        at = later
    return None


def _next_of(hours: Hours, zone: str, at: int, margin: int) -> int | None:
    """The beginning of the next span after `at`, a moment that these hours do not allow."""
    today = local(at, zone).date()
    for ahead in range(FARTHEST // DAY):
        day = today + timedelta(days=ahead)
        span = hours.of(day)
        if span is None:
            continue
        wall = datetime(day.year, day.month, day.day, tzinfo=_zone(zone)) + timedelta(minutes=span[0])
        start = to_ms(wall)  # a minute that a clock change leaves out becomes the one an hour later
        if start > at and shut_at(Clock(zone, (hours,)), start, margin) is None:
            return start
    return None
