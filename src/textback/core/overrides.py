"""What an operator's policy.yml says: read by the engine with the rest of the bot folder, applied by compliance."""

from typing import Literal

import msgspec

from textback.core.messages import MessageClass

Week = tuple[tuple[int, int] | None, ...]
"""For each weekday, Monday first, the minutes from and until which texts may go; None for a day on which none do."""
PRESETS = ("default", "us_strict", "by_state")
PROOFS = ("express", "ledger")
CALENDARS = ("US", "US-AL", "US-LA", "US-MS", "US-OK", "US-PA", "US-RI", "FR")


class PlaceHours(msgspec.Struct, frozen=True):
    """The hours of one state or country, in place of those of the tables."""

    code: str
    week: Week
    holidays: str = ""
    per_day: int = 0


class Overrides(msgspec.Struct, frozen=True):
    """What policy.yml says; None and empty leave it to the tables of compliance/data.

    `closed` are dates on which nothing promotional goes; `serves` the time zones of contacts whose number tells none.
    `proof` is what informational texts need: "express" takes the contact's own text, or a program that vouches for
    them, "ledger" only an agreement on record. `informational_hours`: whether quiet hours hold for those too.
    `unlabelled` is the class of an API text that names none.
    """

    preset: str = "default"
    week: Week | None = None
    states: tuple[PlaceHours, ...] = ()
    countries: tuple[PlaceHours, ...] = ()
    closed: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    promotional_per_day: int | None = None
    hold_hours: int | None = None
    conversational_hours: int | None = None
    proof: Literal["express", "ledger"] = "express"
    informational_hours: bool = False
    unlabelled: MessageClass = "informational"
