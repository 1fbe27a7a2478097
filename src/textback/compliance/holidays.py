"""Holidays by rule: which dates of a year are days on which some places take no promotional texts."""

from datetime import date, timedelta
from functools import lru_cache

from textback.compliance.tables import calendars

_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}


@lru_cache(256)
def named_days(calendar: str, year: int) -> dict[date, str]:
    """The holidays of a calendar in a year, by date. KeyError when there is no such calendar."""
    found: dict[date, str] = {}
    rows = calendars()
    row = rows[calendar]
    if row.like:
        found |= named_days(row.like, year)
    for about in (year - 1, year, year + 1):  # New Year's Day may be observed in the year before
        for name, rule in row.days.items():
            for day in dates(rule, about):
                if day.year == year:
                    found.setdefault(day, name)
    return found


@lru_cache(256)
def days_of(calendar: str, year: int) -> frozenset[date]:
    """The dates of a calendar in a year."""
    return frozenset(named_days(calendar, year))


def dates(rule: str, year: int) -> list[date]:
    """The dates of one rule in a year; see data/holidays.yml. ValueError when it is none."""
    words = rule.split()
    try:
        if words[0] == "easter":
            return [easter(year) + timedelta(days=int(words[1]))]
        if words[0] == "election":
            return [_nth(year, 11, 0, 1) + timedelta(days=1)] if year % 2 == 0 else []
        if words[0] in _DAYS:
            day = _nth(year, int(words[2]), _DAYS[words[0]], int(words[1]))
            return [day + timedelta(days=int(words[3]) if len(words) > 3 else 0)]
        month, number = words[0].split("-")
        day = date(year, int(month), int(number))
    except (IndexError, ValueError, KeyError):
        raise ValueError(f"{rule!r} is no rule for a holiday") from None
    if words[1:] == ["observed"]:
        shift = {5: -1, 6: 1}.get(day.weekday(), 0)
        return [day, day + timedelta(days=shift)] if shift else [day]
    if words[1:]:
        raise ValueError(f"{rule!r} is no rule for a holiday")
    return [day]


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    if which > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian computus."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap, left = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap - shift + 15) % 30
    week = (32 + 2 * left + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)
