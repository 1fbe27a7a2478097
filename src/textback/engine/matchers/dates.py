"""Dates in a line: which days it may mean, relative to today."""

import re
from collections.abc import Callable, Iterator
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from typing import NamedTuple

from textback.core.when import to_datetime
from textback.engine.matchers.lexicon import Form, Lexicon, lexicon
from textback.engine.matchers.line import NEAR, Span, mask
from textback.engine.matchers.numerals import spell
from textback.engine.matchers.regions import EITHER_ORDER, MONTH_FIRST, YEAR_FIRST
from textback.engine.matchers.shapes import Here

WEEK = 7


class Days(NamedTuple):
    """A date in a line: the days it may mean. `weekday` is set when the words name one; `sure` when they can only be a
    date; `today` when the first of two days is today, which a time of day that has passed rules out. No days: there is
    no such day (February 30)."""

    span: Span
    days: tuple[date, ...]
    how: str
    sure: bool = True
    weekday: int | None = None
    today: bool = False
    kind: str = "written"


class Day:
    """What the readings of one text need: the business's date and time, and where an unsaid year lies."""

    def __init__(self, here: Here) -> None:
        self.here = here
        self.lex = lexicon(here.locale)
        self.now: datetime = to_datetime(here.now, here.timezone).replace(tzinfo=None)
        self.today = self.now.date()
        self.past = here.prefer == "past"

    def coming(self, weekday: int) -> date:
        """The next such weekday after today; the last one before it where dates lie behind."""
        if self.past:
            return self.today - timedelta((self.today.weekday() - weekday - 1) % WEEK + 1)
        return self.today + timedelta((weekday - self.today.weekday() - 1) % WEEK + 1)

    def in_week(self, weekday: int, weeks: int) -> date:
        """That weekday of a week (Monday to Sunday): 0 is this one."""
        return self.today + timedelta(weekday - self.today.weekday() + WEEK * weeks)

    def over_today(self) -> bool:
        """Whether the business has closed for today, or does not open."""
        hours = self.here.hours
        if hours is None:
            return False
        minute = self.now.hour * 60 + self.now.minute
        return all(closes <= minute for _, closes in hours.of(self.today))


def shifted(base: date, count: float, unit: str) -> date:
    """A date so many days, weeks, months or years later. Raises ValueError and OverflowError."""
    if unit in {"month", "year"}:
        months = base.year * 12 + base.month - 1 + int(count * (12 if unit == "year" else 1))
        year, month = divmod(months, 12)
        if not MINYEAR <= year <= MAXYEAR:
            raise ValueError("out of the calendar")
        return date(year, month + 1, min(base.day, last_of(year, month + 1)))
    return base + timedelta(days=int(count * {"day": 1, "week": 7, "fortnight": 14}[unit]))


def last_of(year: int, month: int) -> int:
    """The last day of a month."""
    return (
        ((date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day if year < MAXYEAR else 28
    )


def count(text: str, lex: Lexicon) -> float | None:
    """How many units: "2", "two", "a", "a couple of"."""
    return lex.some[text] if text in lex.some else spell(text, lex)


def _ahead(day: Day, form: Form, found: re.Match[str], sign: int = 1, base: date | None = None) -> tuple[date, ...]:
    many = count(form.slot(found, "n"), day.lex)
    unit = form.language.units[form.slot(found, "unit")]
    if many is None or many != int(many):
        return ()
    return (shifted(base or day.today, sign * many, unit),)


def _from_weekday(day: Day, form: Form, found: re.Match[str]) -> tuple[date, ...]:
    return _ahead(day, form, found, base=day.coming(form.language.weekdays[form.slot(found, "wd")]))


def _from_day(day: Day, form: Form, found: re.Match[str]) -> tuple[date, ...]:
    offset = form.language.days[form.slot(found, "day")]
    return _ahead(day, form, found, base=day.today + timedelta(offset))


def _next(day: Day, form: Form, weekday: int) -> tuple[date, ...]:
    """ "next Friday": the coming one, unless that is still this week; then it may be the one after."""
    coming = day.coming(weekday)
    if form.language.next_weekday == "ask" and coming <= day.in_week(6, 0):
        return (coming, coming + timedelta(WEEK))
    return (coming,)


_WEEKDAYS: dict[str, Callable[[Day, Form, int], tuple[date, ...]]] = {
    "next_week": lambda day, _form, wd: (day.in_week(wd, 1),),
    "week_later": lambda day, _form, wd: (day.coming(wd) + timedelta(WEEK),),
    "last": lambda day, _form, wd: (day.today - timedelta((day.today.weekday() - wd - 1) % WEEK + 1),),
    "coming": lambda day, _form, wd: (day.coming(wd),),
    "this": lambda day, _form, wd: (day.today if day.today.weekday() == wd else day.coming(wd),),
    "next": _next,
}


def _weekday(day: Day, weekday: int) -> tuple[date, ...]:
    """A bare weekday. Said on the same weekday it is today or in a week."""
    coming = day.coming(weekday)
    if day.today.weekday() == weekday and not day.past and not day.over_today():
        return (day.today, coming)
    return (coming,)


def _number(text: str, lex: Lexicon) -> int | None:
    """A day of the month: "5", "5th", "fifth", "five"."""
    if text[:1].isdigit():
        return int("".join(char for char in text[:2] if char.isdigit()))
    return lex.ordinals[text] if text in lex.ordinals else spell(text, lex)


def dated(day: Day, month: int, number: int, year: int | None = None) -> tuple[date, ...]:
    """A day of a month; without a year the next one there is (or the last, where dates lie behind)."""
    if year is not None:
        return (date(year, month, number),)
    step = -1 if day.past else 1
    for ahead in range(9):  # February 29 comes every eighth year at the latest
        try:
            made = date(day.today.year + step * ahead, month, number)
        except ValueError:
            continue
        if (made <= day.today) if day.past else (made >= day.today):
            return (made,)
    return ()


def _nth(day: Day, number: int) -> tuple[date, ...]:
    """ "the 5th": of this month, or of the next that has one. Said on the 5th it is today or in a month."""
    made: list[date] = []
    year, month = day.today.year, day.today.month
    while len(made) < 1 or (made[0] == day.today and len(made) < 2):
        if 1 <= number <= last_of(year, month):
            candidate = date(year, month, number)
            if (candidate <= day.today) if day.past else (candidate >= day.today):
                made.append(candidate)
        elif not 1 <= number <= 31:
            break
        year, month = divmod(year * 12 + month - 1 + (-1 if day.past else 1), 12)
        month += 1
    return tuple(made)


def _form_days(day: Day, form: Form, found: re.Match[str]) -> tuple[date, ...]:
    """What one form means today. Raises ValueError and OverflowError for days that there are not."""
    meaning, lex = form.meaning, day.lex
    if meaning in {"ahead", "ago"}:
        return _ahead(day, form, found, 1 if meaning == "ahead" else -1)
    if meaning == "from_weekday":
        return _from_weekday(day, form, found)
    if meaning == "from_day":
        return _from_day(day, form, found)
    if meaning == "month_day":
        number = _number(form.slot(found, "nth"), lex)
        month = form.language.months[form.slot(found, "month").rstrip(".")]
        year = form.slot(found, "year")
        return dated(day, month, number, int(year) if year else None) if number else ()
    if meaning == "nth":
        number = _number(form.slot(found, "nth") or form.slot(found, "dd") or form.slot(found, "ord"), lex)
        return _nth(day, number) if number else ()
    if meaning == "month_end":
        return (day.today.replace(day=last_of(day.today.year, day.today.month)),)
    if meaning == "weekend":
        saturday, sunday = day.in_week(5, 0), day.in_week(6, 0)
        return (saturday, sunday) if saturday >= day.today else (sunday,)
    if meaning == "day":
        return (day.today + timedelta(form.language.days[form.slot(found, "day")]),)
    weekday = form.language.weekdays[form.slot(found, "wd")]
    return _WEEKDAYS[meaning](day, form, weekday) if meaning in _WEEKDAYS else _weekday(day, weekday)


_ISO = re.compile(r"(?<![\w/.-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:t(?=\d)|(?![\w/-]|\.\d))")
_SHORT = re.compile(r"(?<![\w/.,:-])(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\w/-]|\.\d)")
_ON = re.compile(r"(?:^|\b(?:on|by|for|until|the|date|el|al|dia|para)) ?$")
_ON_DAY = re.compile(r"\b(?:on|for|el|para el) $")


def _written(day: Day, text: str) -> Iterator[Days]:
    """Dates in digits: 2026-03-03, 3/4/26, 3/4."""
    for found in _ISO.finditer(text):
        try:
            yield Days(found.span(), (date(int(found[1]), int(found[3]), int(found[4])),), "date in digits")
        except ValueError:
            yield Days(found.span(), (), "date in digits")
    for found in _SHORT.finditer(text):
        if found[4] is None and found[2] != "/":
            continue
        days, how = _ordered(day, int(found[1]), int(found[3]), found[4])
        if days or found[4] is not None:
            sure = found[4] is not None or _ON.search(text, max(0, found.start() - NEAR), found.start()) is not None
            yield Days(found.span(), days, how, sure)


def _ordered(day: Day, first: int, second: int, year_text: str | None) -> tuple[tuple[date, ...], str]:
    """The days that 3/4 or 3/4/26 may be, by the country's order; both where it has none or is not known."""
    year = int(year_text) if year_text else None
    if year_text and len(year_text) == 2:
        year = day.today.year // 100 * 100 + int(year_text)
        if day.past and year > day.today.year:
            year -= 100
    country = day.here.country
    orders = [(first, second), (second, first)]
    if country and country not in EITHER_ORDER:
        orders = orders[:1] if country in MONTH_FIRST | YEAR_FIRST else orders[1:]
        if not 1 <= orders[0][0] <= 12:  # there is no month 25, whatever the country
            orders = [(orders[0][1], orders[0][0])]
    days: list[date] = []
    for month, number in orders:
        try:
            days += dated(day, month, number, year) if 1 <= month <= 12 else ()
        except ValueError:
            continue
    return tuple(dict.fromkeys(days)), "date in digits" if len(orders) == 1 else "the order of day and month"


def numbered(day: Day, text: str) -> Iterator[Days]:
    """Weekdays followed by a number which is the date of one that comes soon: "Mon 9". It could be a time as well."""
    for found in day.lex.weekday_number.finditer(text):
        weekday, number = day.lex.weekdays[found[1]], int(found[2])
        days = tuple(one for one in _nth(day, number) if one.weekday() == weekday)
        if days:
            yield Days(
                found.span(), days, f'"{found[0]}"', weekday=None, kind="month_day" if number > 12 else "numbered"
            )


def dates(day: Day, text: str) -> tuple[list[Days], str]:
    """Every date in a normal line, in order, and the line with them masked."""
    found: list[Days] = list(_written(day, text)) if any(char.isdigit() for char in text) else []
    text = mask(text, [one.span for one in found])
    for form in day.lex.date_forms:
        spans: list[Span] = []
        for match in form.pattern.finditer(text):
            if form.language.units.get(form.slot(match, "unit")) in {"minute", "hour"}:
                continue
            try:
                days = _form_days(day, form, match)
            except (ValueError, OverflowError):
                days = ()
            spans.append(match.span())
            word = form.slot(match, "wd")
            found.append(
                Days(
                    match.span(),
                    days,
                    f'"{match[0]}"',
                    _sure(day, form, match),
                    form.language.weekdays[word] if word and form.meaning != "from_weekday" else None,
                    form.meaning == "weekday" and len(days) > 1,
                    form.meaning,
                )
            )
        text = mask(text, spans)
    return sorted(found), text


def _sure(day: Day, form: Form, found: re.Match[str]) -> bool:
    """Whether the words can only be a date: "the 5th", "on sat", "monday", but not "may" or "the second"."""
    if form.meaning == "nth":
        said = form.slot(found, "ord") or form.slot(found, "dd")
        return not said or (said[:1].isdigit() and not said[-1:].isdigit() and found[0] != said)
    if form.meaning == "weekday" and form.slot(found, "wd") in day.lex.weak:
        return _ON_DAY.search(found.string, max(0, found.start() - NEAR), found.start()) is not None
    return True
