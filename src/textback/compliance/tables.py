"""The rules' numbers as dated data with sources: data/*.yml, read once. An operator overrides them by policy.yml."""

import pkgutil
import re
from functools import cache
from typing import Any, TypeVar

import msgspec
import yaml

_T = TypeVar("_T")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")


class StateRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a state asks of promotional texts. `hours` by days ("mon-sat": "8:00-20:00")."""

    name: str
    source: str
    confidence: str
    hours: dict[str, str] = {}
    holidays: str = ""
    closed_sunday_from: Any = ""
    per_day: int = 0


class States(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The states' rows by their code."""

    as_of: Any
    states: dict[str, StateRow]


class CountryRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a country, or a union of countries, asks."""

    name: str
    source: str
    confidence: str
    consent: str
    content: str
    opt_out: str
    hours: dict[str, str] = {}
    holidays: str = ""
    strictest: bool = False
    members: tuple[str, ...] = ()


class Countries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The countries' rows by their code."""

    as_of: Any
    countries: dict[str, CountryRow]


class Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Holidays by name, each a rule; with those of the calendar it is `like`."""

    source: str
    confidence: str
    days: dict[str, str]
    like: str = ""


class Calendars(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The calendars by name."""

    as_of: Any
    calendars: dict[str, Calendar]


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours for the United States, and whether states with rows of their own go by those."""

    hours: dict[str, str]
    holidays: str = ""
    states: bool = False


class Federal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What federal law alone allows."""

    hours: dict[str, str]
    source: str
    confidence: str


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers that hold where nobody has said otherwise."""

    margin_minutes: int
    jitter_minutes: int
    promotional_per_day: int
    hold_hours: int
    conversational_hours: int
    registry_days: int


class Presets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of presets.yml."""

    as_of: Any
    source: str
    presets: dict[str, Preset]
    federal: Federal
    limits: Limits
    serves: tuple[str, ...]


class Status(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a registration's status means: whether texts may go to the United States, and what to do."""

    sends: bool
    says: str = ""
    fix: str = ""


class Registrations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of registration.yml."""

    as_of: Any
    source: str
    statuses: dict[str, Status]
    kinds: tuple[str, ...]
    promotional_use_cases: tuple[str, ...]


class AreaCodes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Area codes of North America by state or province."""

    source: str
    as_of: Any
    confidence: str
    US: dict[str, tuple[int, ...]]
    CA: dict[str, tuple[int, ...]]


def _read(name: str, type_: type[_T]) -> _T:
    data = pkgutil.get_data("textback.compliance", f"data/{name}.yml")
    if data is None:
        raise FileNotFoundError(f"{name}.yml is missing from this installation of Textback")
    return msgspec.convert(yaml.load(data, Loader=_Loader), type_)  # noqa: S506 (a safe loader)


@cache
def presets() -> Presets:
    """Presets and limits."""
    return _read("presets", Presets)


@cache
def states() -> States:
    """The states of the US with rules of their own."""
    return _read("us_states", States)


@cache
def countries() -> Countries:
    """Other countries."""
    return _read("countries", Countries)


@cache
def calendars() -> dict[str, Calendar]:
    """Holidays."""
    return _read("holidays", Calendars).calendars


@cache
def registrations() -> Registrations:
    """What lines' registrations mean."""
    return _read("registration", Registrations)


@cache
def area_codes() -> dict[str, tuple[str, str]]:
    """Country and state of each area code of North America that is one state's: {"206": ("US", "WA")}."""
    read = _read("area_codes", AreaCodes)
    found: dict[str, tuple[str, str]] = {}
    for country, by_state in (("US", read.US), ("CA", read.CA)):
        for state, codes in by_state.items():
            found |= {str(code): (country, state) for code in codes}
    return found


def week(hours: dict[str, str]) -> tuple[tuple[int, int] | None, ...]:
    """Seven spans in minutes, Monday first, of `{mon-sat: "8:00-20:00"}`; None where a day is left out."""
    found: list[tuple[int, int] | None] = [None] * 7
    for days, span in hours.items():
        first, _, last = days.partition("-")
        match = _SPAN.fullmatch(span)
        if match is None:
            raise ValueError(f"{span!r} is no span of time")
        start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        for day in range(_DAYS.index(first), _DAYS.index(last or first) + 1):
            found[day] = (start, end)
    return tuple(found)
