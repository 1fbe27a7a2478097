"""The policy in force: the tables of data/*.yml with what the operator's policy.yml puts in their place."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from textback.compliance.hours import Clock, Hours, next_open
from textback.compliance.places import US, Place
from textback.compliance.tables import countries, presets, states, week
from textback.core.messages import MessageClass
from textback.core.overrides import Overrides, PlaceHours
from textback.core.when import DAY, HOUR, MINUTE

_UNION = "EU"


class Policy(msgspec.Struct, frozen=True):
    """Everything the gate goes by. Times are ms but for `margin`, which is minutes.

    `us` are the hours of states without a row in `states`, `anywhere` all of these together, `countries` those of other
    countries, `unknown` of one that nobody knows, `other` of the rest. `caps` are states' own limits of promotional
    texts in 24 hours. `nights` are the hours in which timers may speak unasked. `window` is how long after a contact's
    text an answer is one (C2), `hold` how long a text waits at most (Q4), `registry` how old data of the do-not-call
    registry may be (D1).
    """

    name: str
    us: Hours
    states: Mapping[str, Hours]
    anywhere: tuple[Hours, ...]
    countries: Mapping[str, Hours]
    other: Hours
    unknown: Hours
    caps: Mapping[str, int]
    nights: Hours
    serves: tuple[str, ...]
    margin: int
    jitter: int
    per_day: int
    hold: int
    window: int
    registry: int
    proof: str
    informational_hours: bool
    unlabelled: MessageClass

    def clocks(self, place: Place, fallback: str) -> tuple[Clock, ...]:
        """The hours that must all allow a promotional text to somebody who may be there (Q2). `fallback` is the zone of
        the business, for a number that tells none outside of the United States."""
        zones = place.zones or (self.serves if place.country == US else (fallback,))
        hours = self._hours_of(place)
        return tuple(Clock(zone, hours) for zone in zones)

    def _hours_of(self, place: Place) -> tuple[Hours, ...]:
        if place.country != US:
            return (self.countries.get(place.country, self.other) if place.country else self.unknown,)
        if not self.states:
            return (self.us,)
        if place.states:
            return tuple(self.states.get(state, self.us) for state in place.states)
        return self.anywhere

    def most_per_day(self, place: Place) -> int:
        """How many promotional texts somebody there may get in 24 hours, on all lines (Q3)."""
        if place.country != US:
            return self.per_day
        codes = place.states or tuple(self.caps)
        return min([self.per_day, *(self.caps[code] for code in codes if code in self.caps)])


@lru_cache(64)
def policy_of(overrides: Overrides) -> Policy:
    """The policy that follows from the tables and a policy.yml. ValueError when it names a preset that there is not."""
    tables = presets()
    chosen = tables.presets.get(overrides.preset)
    if chosen is None:
        raise ValueError(f"{overrides.preset!r} is no preset")
    closed = frozenset(overrides.closed)
    own = overrides.week
    said: dict[str, Any] = {} if own else {"source": tables.source, "as_of": str(tables.as_of)}
    us = Hours("policy.yml" if own else overrides.preset, own or week(chosen.hours), chosen.holidays, closed, **said)
    everywhere = own or week(tables.presets["default"].hours)
    plain = Hours("policy.yml" if own else "default", everywhere, "", closed, **said)
    by_state = _states(us, closed) if chosen.states else {}
    by_state |= {one.code: _own(one, closed) for one in overrides.states}
    by_country, unknown = _countries(plain, closed)
    by_country |= {one.code: _own(one, closed) for one in overrides.countries}
    caps = {code: row.per_day for code, row in states().states.items() if row.per_day}
    caps |= {one.code: one.per_day for one in overrides.states if one.per_day}
    limits = tables.limits
    return Policy(
        name=overrides.preset,
        us=us,
        states=by_state,
        anywhere=_different([us, *by_state.values()]),
        countries=by_country,
        other=plain,
        unknown=unknown,
        caps=caps,
        nights=Hours("nights", plain.week),
        serves=overrides.serves or tables.serves,
        margin=limits.margin_minutes,
        jitter=limits.jitter_minutes * MINUTE,
        per_day=_given(overrides.promotional_per_day, limits.promotional_per_day),
        hold=_given(overrides.hold_hours, limits.hold_hours) * HOUR,
        window=_given(overrides.conversational_hours, limits.conversational_hours) * HOUR,
        registry=limits.registry_days * DAY,
        proof=overrides.proof,
        informational_hours=overrides.informational_hours,
        unlabelled=overrides.unlabelled,
    )


def _different(hours: Iterable[Hours]) -> tuple[Hours, ...]:
    """Each of these once, whichever states have it."""
    found = {(one.week, one.calendar, one.closed, one.closed_sunday_from): one for one in hours}
    return tuple(found.values())


def _given(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _own(one: PlaceHours, closed: frozenset[str]) -> Hours:
    return Hours(f"{one.code} in policy.yml", one.week, one.holidays, closed, per_day=one.per_day)


def _states(us: Hours, closed: frozenset[str]) -> dict[str, Hours]:
    table = states()
    return {
        code: Hours(
            code,
            week(row.hours) if row.hours else us.week,
            row.holidays,
            closed,
            str(row.closed_sunday_from),
            row.per_day,
            row.source,
            str(table.as_of),
            row.confidence,
        )
        for code, row in table.states.items()
    }


def _countries(plain: Hours, closed: frozenset[str]) -> tuple[dict[str, Hours], Hours]:
    table = countries()
    found: dict[str, Hours] = {}
    strictest = plain
    for code, row in table.countries.items():
        hours = Hours(
            code,
            week(row.hours) if row.hours else plain.week,
            row.holidays,
            closed,
            source=row.source,
            as_of=str(table.as_of),
            confidence=row.confidence,
        )
        for member in row.members if code == _UNION else (code,):
            found[member] = hours
        strictest = hours if row.strictest else strictest
    return found, strictest


def awake(at: int, zones: tuple[str, ...], policy: Policy) -> int:
    """The same moment, or the next one (ms) at which nobody in these zones is woken: for what nobody waits for."""
    if not zones:
        return at
    found = next_open([Clock(zone, (policy.nights,)) for zone in zones], at, 0)
    return at if found is None else found
