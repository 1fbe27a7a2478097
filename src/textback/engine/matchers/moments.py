"""Dates and times as answers: date, time and datetime."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from textback.engine.hours import DAY_MINUTES, instant
from textback.engine.matchers.dates import Days
from textback.engine.matchers.numerals import unused
from textback.engine.matchers.saying import said_date, said_moment, said_time
from textback.engine.matchers.scan import Scan, spans_of
from textback.engine.matchers.shapes import LONGEST, Found, Here, Reading, settle
from textback.engine.matchers.times import Clock, halves, while_open


def _clock_text(minute: int) -> str:
    return f"{minute % DAY_MINUTES // 60:02}:{minute % 60:02}"


def as_date(value: date, how: str, scan: Scan, rest: str) -> Reading:
    return Reading(value.isoformat(), how, said_date(value, scan.day.lex.home, scan.day.today.year), rest)


def as_time(minute: int, how: str, scan: Scan, rest: str) -> Reading:
    return Reading(_clock_text(minute), how, said_time(minute, scan.day.lex.home), rest)


def as_moment(local: datetime, how: str, scan: Scan, rest: str) -> Reading:
    """A date and time. One that daylight saving leaves out moves forward."""
    here = scan.day.here
    real = instant(local, here.timezone).astimezone(ZoneInfo(here.timezone)).replace(tzinfo=None)
    if real != local:
        how = f"{how}; there is no {local:%H:%M} that day, the clocks go forward, so {real:%H:%M}"
    words = scan.day.lex.home
    day = said_date(real.date(), words, scan.day.today.year)
    said = said_moment(day, real.hour * 60 + real.minute, words)
    return Reading(real.isoformat(timespec="minutes"), how, said, rest)


def minutes_of(scan: Scan, clock: Clock, day: date | None) -> tuple[tuple[int, ...], str]:
    """The minutes of the day that a time may be, on this day where one is known, and what decided."""
    part = scan.part_of(clock)
    minutes = halves(clock, part)
    if clock.minute == 0 and clock.named and day is not None and part is None:
        return (0, DAY_MINUTES), clock.how  # midnight begins a day and ends it
    if clock.half and len(minutes) == 1:
        return minutes, f"{clock.how}, {part}"
    open_minutes = while_open(scan.day.here.hours, minutes, day)
    return open_minutes, f"{clock.how}, by the opening hours" if len(open_minutes) < len(minutes) else clock.how


def _timely(scan: Scan, locals_: list[datetime]) -> list[datetime]:
    """Without the moments on the wrong side of now, when there are others."""
    now = scan.day.now
    timely = [local for local in locals_ if (local <= now if scan.day.past else local > now)]
    return timely or locals_


def _locals(scan: Scan, days: tuple[date, ...], clock: Clock) -> tuple[list[datetime], str]:
    if clock.moment is not None:
        return [clock.moment.replace(second=0, microsecond=0)], clock.how
    made: list[datetime] = []
    how = clock.how
    for day in days:
        minutes, how = minutes_of(scan, clock, day)
        for minute in minutes:
            try:
                made.append(datetime(day.year, day.month, day.day) + timedelta(minutes=minute))  # noqa: DTZ001 - local
            except OverflowError:
                continue
    return _timely(scan, made), how


def _read_date(text: str, here: Here, *, strict: bool) -> Found:
    if len(text) > LONGEST:
        return None
    scan = Scan(text, here, only_dates=True)
    days, times = scan.believable(strict)
    if scan.broken:
        return None
    if not days:
        days = [
            Days(one.span, (one.moment.date(),), one.how) for one in times if one.moment is not None and not scan.days
        ]
    rest = unused(scan.line, [*spans_of(days), *scan.refused], scan.day.lex)
    readings = []
    for one in days:
        left = one.days
        if one.today and times and all(_locals(scan, left[:1], clock)[0][-1] <= scan.day.now for clock in times):
            left = left[1:]
        readings += [as_date(day, one.how, scan, rest) for day in left]
    return settle(readings, ", ".join(dict.fromkeys(one.how for one in days)))


def _read_time(text: str, here: Here, *, strict: bool) -> Found:
    if len(text) > LONGEST:
        return None
    scan = Scan(text, here)
    days, times = scan.believable(strict)
    day = days[0].days[0] if len(days) == 1 and len(days[0].days) == 1 else None
    spans = [*spans_of(times, scan.parts if times else ()), *scan.refused]
    rest = unused(scan.line, spans, scan.day.lex)
    readings = []
    for clock in times:
        minutes, how = minutes_of(scan, clock, day)
        readings += [as_time(minute, how, scan, rest) for minute in minutes]
    return settle(readings, ", ".join(dict.fromkeys(clock.how for clock in times)))


def _soon(scan: Scan, clock: Clock) -> tuple[date, ...]:
    """The days of a time without one: today while it is still to come, or tomorrow; when open, where hours tell."""
    today = scan.day.today
    days = [
        day
        for day in (today, today + timedelta(1))
        if any(local > scan.day.now for local in _locals(scan, (day,), clock)[0])
    ]
    return tuple([day for day in days if _fits(scan, clock, day)] or days)


def _fits(scan: Scan, clock: Clock, day: date) -> bool:
    hours = scan.day.here.hours
    minutes, _ = minutes_of(scan, clock, day)
    return hours is not None and any(a <= minute < b for minute in minutes for a, b in hours.of(day))


def pairs(days: list[Days], times: list[Clock]) -> list[tuple[Days, Clock]]:
    """Which time belongs to which date; empty when that can't be said."""
    if len(days) == 1 or len(times) == 1:
        return [(day, clock) for day in days for clock in times]
    return list(zip(days, times, strict=True)) if len(days) == len(times) else []


def read_moment(scan: Scan, days: list[Days], times: list[Clock]) -> Found:
    """A date and time from those that were found."""
    spans = [*spans_of(days, times, scan.parts), *scan.refused]
    rest = unused(scan.line, spans, scan.day.lex)
    readings = []
    for day, clock in pairs(days, times):
        locals_, how = _locals(scan, day.days, clock)
        readings += [as_moment(local, f"{day.how}, {how}" if day.how else how, scan, rest) for local in locals_]
    hows = dict.fromkeys(how for how in (*(day.how for day in days), *(clock.how for clock in times)) if how)
    return settle(readings, ", ".join(hows))


def _read_datetime(text: str, here: Here, *, strict: bool) -> Found:
    if len(text) > LONGEST:
        return None
    scan = Scan(text, here)
    days, times = scan.believable(strict)
    if scan.broken or not times:
        return None
    if not scan.days and (not strict or times[0].moment is not None):
        days = [Days(clock.span, _soon(scan, clock), "") for clock in times]
    return read_moment(scan, days, times) if days else None


def date_(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A day, as "2026-03-03"."""
    return _read_date(text, here, strict=False)


def time_(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A time of day, as "16:00". Opening hours decide between morning and afternoon, where they can."""
    return _read_time(text, here, strict=False)


def datetime_(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A day and a time, as "2026-03-03T16:00" on the business's clock. A time alone is today or tomorrow."""
    return _read_datetime(text, here, strict=False)


def find_date(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A day inside a longer text."""
    return _read_date(text, here, strict=True)


def find_time(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A time of day inside a longer text."""
    return _read_time(text, here, strict=True)


def find_datetime(text: str, here: Here, _options: Mapping[str, str]) -> Found:
    """A day with a time inside a longer text; never one of them alone."""
    return _read_datetime(text, here, strict=True)
