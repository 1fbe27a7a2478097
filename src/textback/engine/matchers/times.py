"""Times of day in a line, and which half of the day they lie in."""

import re
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from textback.engine.hours import DAY_MINUTES, Hours
from textback.engine.matchers.dates import count
from textback.engine.matchers.lexicon import Form, Lexicon
from textback.engine.matchers.line import NEAR, Span, either, mask, whole
from textback.engine.matchers.numerals import spell

NOON = DAY_MINUTES // 2


class Clock(NamedTuple):
    """A time of day in a line, in minutes. `half` is set when 4 may be 4:00 or 16:00. `sure` when the words can only
    be a time. `moment` is set instead when it was said relative to now."""

    span: Span
    minute: int
    half: bool
    how: str
    sure: bool = True
    moment: datetime | None = None
    named: bool = False


class Part(NamedTuple):
    """A part of the day in a line: morning, afternoon, evening or night; `day` is days from today, where it says."""

    span: Span
    name: str
    day: int | None


def parts(lex: Lexicon, line: str) -> tuple[list[Part], str]:
    """The parts of the day that are named, and the line with them and all greetings masked."""
    line = mask(line, [found.span() for found in lex.greeting.finditer(line)])
    found = [Part(m.span(), *lex.parts[m[0].replace("-", " ")]) for m in lex.part.finditer(line)]
    return found, mask(line, [part.span for part in found])


@cache
def _patterns(home: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    before = "|".join(words.before_time for words in home.languages)
    after = "|".join(words.after_time for words in home.languages)
    spoken = either([word for word, value in home.numbers.items() if 1 <= value <= 12 and word not in {"un", "una"}])
    minutes = either([word for word, value in home.numbers.items() if 10 <= value <= 59])
    ones = either([word for word, value in home.numbers.items() if 1 <= value <= 9])
    half = r"(?P<half> ?[ap]\.? ?m\b\.?|[ap](?!\w|\.\w)| p(?!\w|\.\w))?"
    tail = rf"(?: ?(?P<after>{after})(?!\w))?"
    clock = re.compile(
        rf"(?<![\w.,:/$€£#+-])(?P<h>\d{{1,2}})(?:(?P<sep> ?[:.h] ?)(?P<m>\d\d)|(?P<hm>[0-5]\d))?(?P<h24> ?h(?![\w]))?"
        rf"(?:h)?{tail}{half}(?!\w|[:/%$€£]|[.,-]\d| ?[$€£%])"
    )
    minute = rf"(?:oh|o) (?:{ones})|(?:{minutes})(?:[ -](?:{ones}))?"
    words = whole(rf"(?P<h>{spoken})(?:[ -](?P<m>{minute}))?{tail}{half}")
    named = whole(either([*home.clock, *home.all("now")]))
    return clock, words, named, re.compile(rf"(?:{before}) ?$")


def clocks(lex: Lexicon, line: str, now: datetime) -> tuple[list[Clock], list[Span]]:
    """Every time of day in a normal line whose parts and dates are masked, and where times are that are no one time:
    "after 5", "4 to 5"."""
    clock, words, named, before = _patterns(lex)
    found: list[Clock] = []

    def add(one: Clock | None) -> None:
        if one is not None:
            found.append(one)

    text = line
    for form in lex.time_forms:
        spans = []
        for m in form.pattern.finditer(text):
            made = _formed(lex, form, m, now)
            add(made)
            if made is not None:
                spans.append(m.span())
        text = mask(text, spans)
    for m in named.finditer(text):
        add(
            Clock(m.span(), lex.clock[m[0]], half=False, how=f'"{m[0]}"', named=True)
            if m[0] in lex.clock
            else _now(m, now)
        )
    text = mask(text, [one.span for one in found])
    if any(char.isdigit() for char in text):
        for m in clock.finditer(text):
            add(_digital(m, before.search(text, max(0, m.start() - NEAR), m.start()) is not None))
        text = mask(text, [one.span for one in found])
    for m in words.finditer(text):
        add(_spoken(lex, m, before.search(text, max(0, m.start() - NEAR), m.start()) is not None))
    found.sort()
    vague = _vague(lex, line, found)
    return [one for one in found if one.span not in vague], vague


def _now(found: re.Match[str], now: datetime) -> Clock:
    return Clock(found.span(), now.hour * 60 + now.minute, half=False, how=f'"{found[0]}"', sure=False, moment=now)


def _hour(lex: Lexicon, text: str) -> int | None:
    value = spell(text, lex)
    return value if value is not None and 0 <= value <= 24 else None


def _formed(lex: Lexicon, form: Form, found: re.Match[str], now: datetime) -> Clock | None:
    how = f'"{found[0]}"'
    if form.meaning == "ahead":
        many, unit = count(form.slot(found, "n"), lex), form.language.units[form.slot(found, "unit")]
        if many is None or unit not in {"minute", "hour"}:
            return None
        moment = now + timedelta(minutes=many * (60 if unit == "hour" else 1))
        return Clock(found.span(), moment.hour * 60 + moment.minute, half=False, how=how, moment=moment)
    hour = _hour(lex, form.slot(found, "h"))
    if hour is None:
        return None
    minutes = {"half_past": 30, "quarter_past": 15, "quarter_to": -15}.get(form.meaning)
    if minutes is None:
        spelt = spell(form.slot(found, "m") or form.slot(found, "fives"), lex)
        if spelt is None or not 1 <= spelt <= 59:
            return None
        minutes = spelt if form.meaning == "past" else -spelt
    half = 1 <= hour <= 12
    return Clock(found.span(), (hour * 60 + minutes) % (NOON if half else DAY_MINUTES), half, how)


def _digital(found: re.Match[str], announced: bool) -> Clock | None:
    hour, minute = int(found["h"]), int(found["m"] or found["hm"] or 0)
    colon = found["sep"] is not None and found["sep"].strip() in {":", "h"}
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    sure = bool(found["half"] or found["after"] or found["h24"] or colon or announced)
    if found["hm"] and not (sure or len(found["h"]) == 2):
        return None
    return _on_clock(found.span(), found["h"], hour, minute, found["half"], sure)


def _on_clock(span: Span, written: str, hour: int, minute: int, half: str | None, sure: bool) -> Clock | None:
    half = (half or "").strip()
    if half and not 1 <= hour <= 12:
        return (
            None if hour == 0 or half[0] == "a" else Clock(span, hour % 24 * 60 + minute, False, "24-hour time", sure)
        )
    if half:
        return Clock(span, hour % 12 * 60 + minute + (NOON if half[0] == "p" else 0), False, f"{half[0]}m", sure)
    if hour > 12 or hour == 0 or (written[0] == "0" and len(written) == 2):
        return Clock(span, hour % 24 * 60 + minute, False, "24-hour time", sure and hour <= 24)
    return Clock(span, hour % 12 * 60 + minute, True, "hour", sure)


def _spoken(lex: Lexicon, found: re.Match[str], announced: bool) -> Clock | None:
    hour = _hour(lex, found["h"])
    text = re.sub(r"^oh? ", "", found["m"] or "zero")
    minute = spell(text, lex) if found["m"] else 0
    if hour is None or minute is None or minute > 59:
        return None
    return _on_clock(
        found.span(), found["h"], hour, minute, found["half"], bool(found["half"] or found["after"] or announced)
    )


def _vague(lex: Lexicon, line: str, found: list[Clock]) -> list[Span]:
    """The times that begin or end a stretch of time."""
    vague: list[Span] = [one.span for one in found if lex.bound.search(line, max(0, one.span[0] - NEAR), one.span[0])]
    for one, other in pairwise(found):
        if lex.range.fullmatch(line, one.span[1], other.span[0]) or (
            one.span in vague and lex.joint.fullmatch(line, one.span[1], other.span[0])
        ):
            vague += [one.span, other.span]
    return vague


def halves(clock: Clock, part: str | None) -> tuple[int, ...]:
    """The minutes of the day that a time may be, given the part of the day that was named. Over 1440: the next day."""
    minute = clock.minute
    if not clock.half:
        return (minute + DAY_MINUTES,) if minute < 6 * 60 and part == "night" and clock.moment is None else (minute,)
    if part == "morning":
        return (minute,)
    if part in {"afternoon", "evening"}:
        return (minute + NOON,)
    if part == "night":  # "at 12 tonight" is midnight, "at 2 tonight" after it
        return (minute + NOON if minute >= 5 * 60 else minute + DAY_MINUTES,)
    return (minute, minute + NOON)


def while_open(hours: Hours | None, minutes: tuple[int, ...], day: date | None) -> tuple[int, ...]:
    """Those of the minutes at which the business is open (or just closing); all of them when that does not decide."""
    if hours is None or len(minutes) < 2:
        return minutes
    openings = hours.of(day) if day is not None else ()
    if not openings:
        openings = tuple({opening for day_ in hours.weekly.values() for opening in day_})
    within = tuple(minute for minute in minutes if any(opens <= minute <= closes for opens, closes in openings))
    return within or minutes
