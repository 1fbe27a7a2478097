"""What a correction changes: "actually 5pm" the time of a known date and time, "I meant Tuesday" its date."""

import re
from datetime import date, datetime, timedelta

from textback.engine.hours import DAY_MINUTES
from textback.engine.matchers.dates import Day, Days, count, shifted
from textback.engine.matchers.line import Line
from textback.engine.matchers.moments import as_date, as_moment, as_time, minutes_of, pairs, read_moment
from textback.engine.matchers.numerals import unused
from textback.engine.matchers.scan import Scan, spans_of
from textback.engine.matchers.shapes import LONGEST, Found, Here, Reading, settle
from textback.engine.matchers.times import Clock, halves

#: Nobody comes at 5 in the morning, unless they say so: of 5:00 and 17:00 a correction means the one in these hours.
_WAKING = (7 * 60, 22 * 60 - 1)
_NO = re.compile(r"^\W{0,20}(?:no+|nope|nah)\b[ ,.!]{0,20}(?!puedo)", re.IGNORECASE)
_HALF = re.compile(r"(?<!\w)([ap])\.?m\b")


def merge(type_: str, old: str, text: str, here: Here) -> Found:
    """The known date, time or datetime `old` with what the text changes in it; None when it changes nothing.

    `old` may also be the date or the time alone of a datetime; then the other part completes it.
    """
    if len(text) > LONGEST or type_ not in {"date", "time", "datetime"}:
        return None
    old_day, old_minute = _parts(old)
    later = _later(old_day, old_minute, text, here, type_)
    if later is not None:
        return later
    # In "no tuesday" the "no" is about what was understood before.
    scan = Scan(_NO.sub("", text), here, only_dates=type_ == "date")
    if scan.broken:
        return None
    days, times = scan.believable(strict=False)
    days = [_anchored(scan.day, one, old_day) for one in days]
    if type_ == "date":
        rest = unused(scan.line, [*spans_of(days), *scan.refused], scan.day.lex)
        return settle(
            [as_date(day, one.how, scan, rest) for one in days for day in one.days], ", ".join(one.how for one in days)
        )
    if not times and not days:
        times = _other_half(scan, old_minute)
    if type_ == "time":
        return _times(scan, times, old_day, old_minute)
    if not times and old_minute is not None:
        times = [Clock((0, 0), old_minute, half=False, how="the same time")]
    elif not days and old_day is not None:
        return _times_on(scan, times, old_day, old_minute)
    return read_moment(scan, days, times) if days and times and pairs(days, times) else None


def _parts(old: str) -> tuple[date | None, int | None]:
    """The date and the minute of the day in a stored value."""
    try:
        if len(old) <= 5:
            hour, _, minute = old.partition(":")
            return None, int(hour) * 60 + int(minute)
        if "T" not in old:
            return date.fromisoformat(old), None
        moment = datetime.fromisoformat(old)
    except ValueError:
        return None, None
    return moment.date(), moment.hour * 60 + moment.minute


def _anchored(day: Day, found: Days, old: date | None) -> Days:
    """A bare weekday or "the 10th" in a correction is one of the same week or month, when that is still to come."""
    if old is None or not found.days:
        return found
    if found.kind == "weekday" and found.weekday is not None:
        near = old + timedelta(found.weekday - old.weekday())
    elif found.kind == "nth":
        try:
            near = old.replace(day=found.days[0].day)
        except ValueError:
            return found
    else:
        return found
    return found._replace(days=(near,), today=False) if near > day.today else found


def _near(scan: Scan, clock: Clock, day: date | None, old_minute: int | None) -> tuple[tuple[int, ...], str]:
    """The minutes a time may be; when hours don't decide, the half of the day in which the old time was."""
    minutes, how = minutes_of(scan, clock, day)
    if old_minute is None or not clock.half or len(minutes) < 2:
        return minutes, how
    waking = [minute for minute in minutes if _WAKING[0] <= minute <= _WAKING[1]]
    half = DAY_MINUTES // 2
    if len(waking) == 1 and waking[0] // half == old_minute // half:
        return (waking[0],), f"{how}, as the time before"
    return minutes, how


def _other_half(scan: Scan, old_minute: int | None) -> list[Clock]:
    """ "I meant pm", "in the evening rather": the old time in another half of the day."""
    if old_minute is None:
        return []
    said = _HALF.search(scan.line.normal)
    names = {part.name for part in scan.parts} | ({"afternoon" if said[1] == "p" else "morning"} if said else set())
    if len(names) != 1:
        return []
    name = names.pop()
    (minute,) = halves(Clock((0, 0), old_minute % (DAY_MINUTES // 2), half=True, how=""), name)
    return [Clock(said.span() if said else scan.parts[0].span, minute, half=False, how=name)]


def _rest(scan: Scan, times: list[Clock]) -> str:
    spans = [*spans_of(times, scan.parts), *scan.refused]
    return unused(scan.line, spans, scan.day.lex)


def _times(scan: Scan, times: list[Clock], day: date | None, old_minute: int | None) -> Found:
    readings = []
    for clock in times:
        minutes, how = _near(scan, clock, day, old_minute)
        readings += [as_time(minute, how, scan, _rest(scan, times)) for minute in minutes]
    return settle(readings, ", ".join(clock.how for clock in times))


def _times_on(scan: Scan, times: list[Clock], day: date, old_minute: int | None) -> Found:
    """The old date at a new time."""
    readings = []
    for clock in times:
        minutes, how = _near(scan, clock, day, old_minute)
        for minute in minutes:
            try:
                local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 - local
            except OverflowError:
                continue
            readings.append(as_moment(clock.moment or local, how, scan, _rest(scan, times)))
    return settle(readings, ", ".join(clock.how for clock in times))


def _later(old_day: date | None, old_minute: int | None, text: str, here: Here, type_: str) -> Reading | None:
    """ "An hour later", "a day earlier"."""
    scan = Scan("", here)
    line = Line(text)
    for form in scan.day.lex.later_forms:
        found = form.pattern.search(line.normal)
        many = count(form.slot(found, "n"), scan.day.lex) if found else None
        if found is None or many is None:
            continue
        sign = 1 if form.meaning == "later" else -1
        unit, how = form.language.units[form.slot(found, "unit")], f'"{found[0]}"'
        rest = unused(line, [found.span()], scan.day.lex)
        try:
            if unit in {"minute", "hour"}:
                if old_minute is None:
                    return None
                minute = old_minute + sign * int(many * (60 if unit == "hour" else 1))
                if type_ == "time" or old_day is None:
                    return as_time(minute % DAY_MINUTES, how, scan, rest)
                local = datetime(old_day.year, old_day.month, old_day.day) + timedelta(minutes=minute)  # noqa: DTZ001
                return as_moment(local, how, scan, rest) if type_ == "datetime" else None
            if old_day is None:
                return None
            day = shifted(old_day, sign * many, unit)
        except (ValueError, OverflowError):
            return None
        if type_ == "date":
            return as_date(day, how, scan, rest)
        if old_minute is not None:
            local = datetime(day.year, day.month, day.day) + timedelta(minutes=old_minute)  # noqa: DTZ001 - local
            return as_moment(local, how, scan, rest)
    return None
