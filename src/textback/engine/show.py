"""Values as people write them: dates, times and amounts, in their language."""

import re
from datetime import date
from typing import Any

from textback.core.phone import is_e164, pretty
from textback.engine.matchers.language import Words
from textback.engine.matchers.saying import said_date, said_moment, said_time
from textback.engine.matchers.words_en import ENGLISH
from textback.engine.matchers.words_es import SPANISH

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}):(\d{2}))?")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_WORDS: dict[str, Words] = {"en": ENGLISH, "es": SPANISH}
_SYMBOLS = {"USD": "${}", "CAD": "CA${}", "MXN": "MX${}", "EUR": "{} €", "GBP": "£{}"}


def show(value: Any, locale: str, year: int | None = None) -> str:
    """A value as a contact reads it: "Tue Mar 3 at 4:00 PM", "$20"; what is none of these as it is. Dates of another
    year than `year` have theirs with them."""
    if isinstance(value, dict):
        return _of_parts(value)
    text = str(value)
    words = _WORDS.get(locale.partition("-")[0], ENGLISH)
    if found := _DATE.fullmatch(text):
        try:
            shown = said_date(date.fromisoformat(found[1]), words, year)
        except ValueError:
            return text
        return said_moment(shown, _minute(found[2], found[3]), words) if found[2] else shown
    if found := _TIME.fullmatch(text):
        return said_time(_minute(found[1], found[2]), words)
    return pretty(text) if is_e164(text) else text


def _minute(hour: str, minute: str) -> int:
    return int(hour) * 60 + int(minute)


def _of_parts(value: dict[str, Any]) -> str:
    if "amount" in value:
        amount = str(value["amount"]).removesuffix(".00")
        return _SYMBOLS.get(str(value.get("currency")), "{} " + str(value.get("currency"))).format(amount)
    if "address" in value:
        return str(value["address"])
    return ", ".join(str(part) for part in value.values())
