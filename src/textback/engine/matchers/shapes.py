"""What every matcher takes and gives."""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from textback.engine.hours import Hours

Value = str | int | float | bool | list[str] | dict[str, str | float]
"""A JSON value. docs/reference/matchers.md says which shape each type has."""


class Here(msgspec.Struct, frozen=True):
    """What a reading is relative to: the business's clock, country, language and opening times.

    `now` is in ms; `country` is an ISO code such as "US", or empty when it is not known. `prefer` says where a date
    without a year lies: ahead, as bookings do, or behind, as birthdays do.
    """

    now: int
    timezone: str = "UTC"
    country: str = ""
    locale: str = "en"
    hours: Hours | None = None
    prefer: Literal["future", "past"] = "future"


class Reading(msgspec.Struct, frozen=True):
    """One value, and how it was read.

    `how` is for the trace, `said` is how to repeat the value to the customer, and `rest` is what of the text was not
    used, which may answer another question.
    """

    value: Value
    how: str
    said: str
    rest: str = ""


class Ambiguous(msgspec.Struct, frozen=True):
    """Two to four readings that are equally likely: ask which."""

    readings: tuple[Reading, ...]
    how: str


Found = Reading | Ambiguous | None
Matcher = Callable[[str, Here, Mapping[str, str]], Found]

#: No text message is longer. What is longer is read by no matcher but `text`.
LONGEST = 1600

#: More readings than this are no question that one can put to a customer.
MOST_READINGS = 4


def settle(readings: list[Reading], how: str) -> Found:
    """The one reading, or a question between those that differ; None when there are none or too many."""
    different: list[Reading] = []
    for reading in readings:
        if all(reading.value != other.value for other in different):
            different.append(reading)
    if len(different) == 1:
        return different[0]
    return Ambiguous(tuple(different), how) if 1 < len(different) <= MOST_READINGS else None
