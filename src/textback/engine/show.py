"""Values as people write them: dates, times and amounts, in their language."""

import re
from datetime import date
from typing import Any

import msgspec

from textback.core.phone import is_e164, pretty

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}):(\d{2}))?")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Calendar(msgspec.Struct, frozen=True):
    """How one language writes dates and times: its short names and the order of the parts."""

    days: tuple[str, ...]  # Monday first
    months: tuple[str, ...]
    date: str  # {day} {month} {n}
    moment: str  # {date} {time}
    twelve: bool  # 4:00 PM, else 16:00


CALENDARS: dict[str, Calendar] = {
    "en": Calendar(
        tuple("Mon Tue Wed Thu Fri Sat Sun".split()),
        tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()),
        "{day} {month} {n}",
        "{date} at {time}",
        twelve=True,
    ),
    "es": Calendar(
        tuple("lun mar mie jue vie sab dom".split()),  # without accents: GSM-7 has no á, í, ó, ú
        tuple("ene feb mar abr may jun jul ago sep oct nov dic".split()),
        "{day} {n} {month}",
        "{date} a las {time}",
        twelve=False,
    ),
}
_SYMBOLS = {"USD": "${}", "CAD": "CA${}", "MXN": "MX${}", "EUR": "{} €", "GBP": "£{}"}


def show(value: Any, locale: str) -> str:
    """A value as a contact reads it: "Tue Mar 3 at 4:00 PM", "$20"; what is none of these as it is."""
    if isinstance(value, dict):
        return _of_parts(value)
    text = str(value)
    calendar = CALENDARS.get(locale.partition("-")[0], CALENDARS["en"])
    if found := _DATE.fullmatch(text):
        try:
            day = date.fromisoformat(found[1])
        except ValueError:
            return text
        names = {"day": calendar.days[day.weekday()], "month": calendar.months[day.month - 1], "n": day.day}
        shown = calendar.date.format(**names)
        return calendar.moment.format(date=shown, time=_clock(calendar, found[2], found[3])) if found[2] else shown
    if found := _TIME.fullmatch(text):
        return _clock(calendar, found[1], found[2])
    return pretty(text) if is_e164(text) else text


def _clock(calendar: Calendar, hour: str, minute: str) -> str:
    if not calendar.twelve:
        return f"{int(hour)}:{minute}"
    return f"{int(hour) % 12 or 12}:{minute} {'AM' if int(hour) < 12 else 'PM'}"


def _of_parts(value: dict[str, Any]) -> str:
    if "amount" in value:
        amount = str(value["amount"]).removesuffix(".00")
        return _SYMBOLS.get(str(value.get("currency")), "{} " + str(value.get("currency"))).format(amount)
    if "address" in value:
        return str(value["address"])
    return ", ".join(str(part) for part in value.values())
