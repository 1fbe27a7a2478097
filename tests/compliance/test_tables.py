"""The tables of data/*.yml, row by row: each has a source and a date, and means what section 5 and 8 say (Q1)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from textback.compliance.agreement import Agreement
from textback.compliance.gate import Ask, decide_send
from textback.compliance.holidays import dates, easter, named_days
from textback.compliance.places import place_of
from textback.compliance.policy import policy_of
from textback.compliance.tables import area_codes, calendars, countries, presets, registrations, states
from textback.core.overrides import CALENDARS, PRESETS, Overrides
from textback.core.when import to_ms
from textback.engine.policy_file import STATUSES

AGREED = [Agreement("phone", "", "promotional", "agreed", 1, "e1")]
BY_STATE = Overrides(preset="by_state", hold_hours=24 * 14)

#: Section 5 as it was written on 20 November 2026: weekdays, Saturday, Sunday; holidays; most in a day.
STATES = {
    "FL": ("8-20", "8-20", "8-20", "", 3), "OK": ("8-20", "8-20", "8-20", "US-OK", 3),
    "MD": ("8-20", "8-20", "8-20", "", 3), "WA": ("8-20", "8-20", "8-20", "", 0),
    "OR": ("8-20", "8-20", "8-20", "", 3), "TX": ("9-21", "9-21", "12-21", "", 0),
    "CT": ("9-20", "9-20", "9-20", "", 0), "VA": ("8-21", "8-21", "8-21", "", 0),
    "KY": ("10-21", "10-21", "10-21", "", 0), "NV": ("9-20", "9-20", "9-20", "", 0),
    "AL": ("8-20", "8-20", "", "US-AL", 0), "LA": ("8-20", "8-20", "", "US-LA", 0),
    "MS": ("8-20", "8-20", "", "US-MS", 0), "RI": ("9-18", "10-17", "", "US-RI", 0),
    "MA": ("8-20", "8-20", "8-20", "", 0), "WY": ("8-20", "8-20", "8-20", "", 0),
    "MI": ("9-21", "9-21", "9-21", "", 0), "MN": ("9-21", "9-21", "9-21", "", 0),
    "NM": ("9-21", "9-21", "9-21", "", 0), "UT": ("8-20", "8-20", "", "", 0),
    "SD": ("8-20", "8-20", "", "", 0), "PA": ("8-20", "8-20", "", "US-PA", 0),
    "NJ": ("8-20", "8-20", "8-20", "", 0),
}  # fmt: skip
#: No holiday of any calendar: a Wednesday, a Saturday and a Sunday after 18 October 2026.
DAYS = ("2026-12-09", "2026-12-12", "2026-12-13")


def goes(moment: str, to: str, zone: str, overrides: Overrides = BY_STATE, region: str = "") -> bool:
    now = to_ms(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)))
    policy = policy_of(overrides)
    asked = Ask(message_class="promotional", now=now, to=to, region=region, zone=zone, agreements=AGREED, policy=policy)
    return decide_send(asked).outcome == "go"


def number_in(state: str) -> str:
    code = next(code for code, (country, mine) in area_codes().items() if (country, mine) == ("US", state))
    return f"+1{code}5550123"


def check_span(day: str, span: str, to: str, zone: str, overrides: Overrides = BY_STATE) -> None:
    """One minute inside, one outside, and one on the margin, at both ends; no minute at all of a closed day."""
    if not span:
        assert not any(goes(f"{day}T{hour:02}:30", to, zone, overrides) for hour in range(24)), day
        return
    start, end = (int(hour) for hour in span.split("-"))
    assert not goes(f"{day}T{start - 1:02}:59", to, zone, overrides)
    assert goes(f"{day}T{start:02}:00", to, zone, overrides)
    assert goes(f"{day}T{end - 1:02}:54", to, zone, overrides)
    assert not goes(f"{day}T{end - 1:02}:55", to, zone, overrides)
    assert not goes(f"{day}T{end:02}:00", to, zone, overrides)


def test_every_row_of_section_five_is_there_and_no_other() -> None:
    assert set(states().states) == set(STATES)


@pytest.mark.parametrize("state", STATES)
def test_a_states_row(state: str) -> None:
    *spans, calendar, most = STATES[state]
    row = states().states[state]
    assert (row.holidays, row.per_day) == (calendar, most)
    assert row.source
    assert row.confidence in "PSU"
    zone = place_of(number_in(state)).zones[0]
    for day, span in zip(DAYS, spans, strict=True):
        check_span(day, str(span), number_in(state), zone)
        assert goes(f"{day}T12:00", number_in(state), zone) is bool(span)
        assert goes(f"{day}T12:00", "+12025550123", zone, region=state) is bool(span)  # by their address


@pytest.mark.parametrize("state", [state for state, row in STATES.items() if row[3]])
def test_no_texts_on_a_states_holidays(state: str) -> None:
    zone = place_of(number_in(state)).zones[0]
    days = named_days(str(STATES[state][3]), 2026)
    assert len(days) >= 11
    for day in days:
        assert not goes(f"{day}T12:30", number_in(state), zone), day


def test_pennsylvanias_sundays_are_closed_from_their_day_on() -> None:
    assert goes("2026-10-11T12:00", "+12155550123", "America/New_York")
    assert not goes("2026-10-18T12:00", "+12155550123", "America/New_York")


def test_states_without_a_row_have_the_hours_of_the_preset() -> None:
    for day in DAYS:
        check_span(day, "8-20", "+12025550123", "America/New_York")


def test_the_default_preset_is_the_same_everywhere_and_meets_federal_law() -> None:
    default = Overrides(hold_hours=24 * 14)
    for state in STATES:
        check_span(DAYS[2], "8-20", number_in(state), place_of(number_in(state)).zones[0], default)
    assert presets().federal.hours == {"mon-sun": "8:00-21:00"}


def test_the_strict_preset() -> None:
    strict = Overrides(preset="us_strict", hold_hours=24 * 14)
    zone = "America/Los_Angeles"
    for day, span in zip(DAYS, ("9-20", "9-20", "12-20"), strict=True):
        check_span(day, span, "+12065550123", zone, strict)
    assert not goes("2026-11-26T13:00", "+12065550123", zone, strict)  # Thanksgiving
    assert not goes("2026-07-03T13:00", "+12065550123", zone, strict)  # the 4th is a Saturday


@pytest.mark.parametrize(
    ("country", "number", "zone", "spans"),
    [
        ("CA", "+14165550123", "America/Toronto", ("8-20", "8-20", "8-20")),
        ("GB", "+442079460123", "Europe/London", ("8-20", "8-20", "8-20")),
        ("FR", "+33612345678", "Europe/Paris", ("8-20", "8-20", "")),
        ("DE", "+4915112345678", "Europe/Berlin", ("8-20", "8-20", "8-20")),
        ("AU", "+61412345678", "Australia/Sydney", ("8-20", "8-20", "8-20")),
        ("", "+99912345678", "Europe/Paris", ("8-20", "8-20", "")),  # nobody knows it: the strictest row
        ("BR", "+5511912345678", "America/Sao_Paulo", ("8-20", "8-20", "8-20")),  # known, but without a row
    ],
)
def test_a_countrys_row(country: str, number: str, zone: str, spans: tuple[str, ...]) -> None:
    assert place_of(number).country == country
    for day, span in zip(DAYS, spans, strict=True):
        check_span(day, span, number, zone)


def test_every_country_of_section_eight_is_there() -> None:
    assert set(countries().countries) == {"CA", "GB", "FR", "EU", "AU"}
    for row in countries().countries.values():
        assert row.source
        assert row.confidence in "PSU"
        assert row.consent
        assert row.opt_out
    assert sum(row.strictest for row in countries().countries.values()) == 1


def test_french_holidays() -> None:
    assert not goes("2026-07-14T12:00", "+33612345678", "Europe/Paris")
    assert not goes("2026-04-06T12:00", "+33612345678", "Europe/Paris")  # Easter Monday


# Holidays


FEDERAL_2026 = {
    "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03", "2026-07-04", "2026-09-07",
    "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
}  # fmt: skip


def test_federal_holidays_and_the_days_on_which_they_are_observed() -> None:
    assert {str(day) for day in named_days("US", 2026)} == FEDERAL_2026
    assert date(2027, 12, 31) in named_days("US", 2027)  # for 1 January 2028, a Saturday
    assert date(2023, 1, 2) in named_days("US", 2023)  # for a Sunday


@pytest.mark.parametrize(
    ("year", "day"), [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25))]
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


@pytest.mark.parametrize("rule", ["", "13-01", "mon", "mon x 01", "easter", "01-01 maybe", "someday"])
def test_what_is_no_rule_for_a_holiday_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="no rule"):
        dates(rule, 2026)


def test_election_day_is_in_even_years() -> None:
    assert dates("election", 2026) == [date(2026, 11, 3)]
    assert dates("election", 2027) == []


# What must agree


def test_the_names_that_policy_yml_may_use_are_those_of_the_tables() -> None:
    assert set(PRESETS) == set(presets().presets)
    assert set(CALENDARS) == set(calendars())
    assert set(STATUSES) == set(registrations().statuses)
    used = {row.holidays for row in states().states.values()} | {row.holidays for row in countries().countries.values()}
    assert used - {""} <= set(calendars())
    assert {calendar.like for calendar in calendars().values()} - {""} <= set(calendars())


def test_every_table_is_dated() -> None:
    assert {str(table().as_of) for table in (presets, states, countries, registrations)} == {"2026-11-20"}


def test_area_codes() -> None:
    found = area_codes()
    assert len(found) > 400
    assert {state for country, state in found.values() if country == "US"} >= set(STATES)
    assert len({state for country, state in found.values() if country == "US"}) == 56  # 50, DC and 5 territories
    for number, country, state in (
        ("+12065550123", "US", ("WA",)), ("+14165550123", "CA", ()), ("+18005550123", "US", ()),
        ("+12425550123", "BS", ()), ("+447700900123", "GB", ()), ("12345", "", ()),
    ):  # fmt: skip
        assert (place_of(number).country, place_of(number).states) == (country, state), number
