"""Dates and times as people write them, in the words of a language."""

from datetime import date

from textback.engine.matchers.language import Words


def said_date(day: date, words: Words, year: int | None) -> str:
    """Tue Mar 3; with the year where it is not `year`."""
    form = words.say_date if year is None or day.year == year else words.say_date_year
    weekday, month = words.weekday_names[day.weekday()], words.month_names[day.month - 1]
    return form.format(weekday=weekday, month=month, day=day.day, year=day.year)


def said_time(minute: int, words: Words) -> str:
    """A minute of the day as people there write it: 4:00 PM or 16:00."""
    hour, rest = divmod(minute % (24 * 60), 60)
    if not words.half_day:
        return f"{hour}:{rest:02}"
    return f"{hour % 12 or 12}:{rest:02} {'AM' if hour < 12 else 'PM'}"


def said_moment(day: str, minute: int, words: Words) -> str:
    """A date, as said_date has it, and a time."""
    return words.say_datetime.format(date=day, time=said_time(minute, words))
