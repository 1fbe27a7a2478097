"""Where a contact may be: country, states and time zones, from what is known of them and from their number (Q2)."""

from functools import cache, lru_cache

import msgspec
import phonenumbers
from phonenumbers.tzdata import TIMEZONE_DATA

from textback.compliance.tables import area_codes
from textback.core.phone import is_e164, is_toll_free, zone_of

US = "US"
UNKNOWN = ""
_NANP = "+1"
_AREA = 5  # "+1206": numbers move within an area code, so that all of it counts


class Place(msgspec.Struct, frozen=True):
    """Where somebody may be. `country` is empty when it is not known; several `states` or `zones` are candidates, none
    at all means that it may be any. `source` says how the zone is known: contact, address, area code, prefix or
    unknown."""

    country: str
    states: tuple[str, ...]
    zones: tuple[str, ...]
    source: str


def place_of(number: str, zone: str = "", region: str = "") -> Place:
    """Where this number's owner may be.

    What the contact has stated (`zone`, an IANA name) wins over the number; a stated `region` ("TX", or "US-TX") counts
    beside that of the number, so that the stricter of both holds.
    """
    found = _of_number(number[:_AREA] if number.startswith(_NANP) else number)
    if not zone and not region:
        return found
    state = region.rpartition("-")[2].upper()
    states = tuple(dict.fromkeys([*found.states, *([state] if state else [])]))
    country = found.country or (US if state in _zones_by_state() else UNKNOWN)
    if zone:
        return Place(country, states, (zone,), "contact")
    zones = _zones_by_state().get(state)
    return Place(country, states, zones, "address") if zones else Place(country, states, found.zones, found.source)


@lru_cache(8192)
def _of_number(number: str) -> Place:
    if number.startswith(_NANP):
        code = number[2:5]
        known = area_codes().get(code)
        if known is not None:
            zones = _zones_by_code().get(code) or (_zones_by_state().get(known[1], ()) if known[0] == US else ())
            return Place(known[0], (known[1],) if known[0] == US else (), zones, "area code" if zones else "unknown")
        if is_toll_free(f"{_NANP}{code}5550100"):
            return Place(US, (), (), "unknown")
        other = _region(f"{_NANP}{code}2345678")
        if other not in (UNKNOWN, US, "CA"):
            return Place(other, (), zone_of(f"{_NANP}{code}2345678"), "prefix")
        return Place(US, (), (), "unknown")
    if not is_e164(number):
        return Place(UNKNOWN, (), (), "unknown")
    zones = zone_of(number)
    return Place(_region(number), (), zones, "prefix" if zones else "unknown")


def _region(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return UNKNOWN
    region = phonenumbers.region_code_for_number(parsed)
    if region is None and not number.startswith(_NANP) and parsed.country_code is not None:
        region = phonenumbers.region_code_for_country_code(parsed.country_code)
    return UNKNOWN if region in (None, "ZZ", "001") else str(region)


@cache
def _zones_by_code() -> dict[str, tuple[str, ...]]:
    """All time zones of each area code of North America."""
    found: dict[str, dict[str, None]] = {}
    for prefix, zones in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) > 3:
            found.setdefault(prefix[1:4], {}).update(dict.fromkeys(zones))
    return {code: tuple(sorted(zones)) for code, zones in found.items()}


@cache
def _zones_by_state() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for code, (country, state) in area_codes().items():
        if country == US:
            found.setdefault(state, {}).update(dict.fromkeys(_zones_by_code().get(code, ())))
    return {state: tuple(zones) for state, zones in found.items() if zones}
