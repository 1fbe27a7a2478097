"""Quiet hours: nobody is woken, nothing goes early, and nothing waits longer than a day (Q1, Q2)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.compliance.gate import DEFAULT
from textback.compliance.hours import Clock, Hours, next_open
from textback.compliance.places import place_of
from textback.compliance.policy import awake
from textback.core.phone import zone_of
from textback.core.when import DAY, HOUR, to_datetime, to_ms
from textback.pipeline.quiet import allowed_from

NEW_YORK = "America/New_York"
#: Zones with plain rules, half hours, changes at midnight, southern summers, and a skipped day.
ZONES = [
    "UTC", NEW_YORK, "America/Los_Angeles", "America/Phoenix", "Pacific/Honolulu", "America/St_Johns",
    "Europe/London", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Australia/Sydney",
    "Africa/Cairo", "America/Havana", "America/Santiago", "America/Asuncion", "Asia/Beirut", "Africa/Casablanca",
    "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Chatham", "Antarctica/Troll",
]  # fmt: skip
MOMENTS = st.integers(*(to_ms(datetime(year, 1, 1, tzinfo=ZoneInfo("UTC"))) for year in (2005, 2038)))


QUIET_FROM, QUIET_UNTIL = 20, 8
place_of("+12065550123", region="WA")  # reads its tables, once


def out_of_quiet_hours(at: int, zone: str, start: int = QUIET_FROM, end: int = QUIET_UNTIL) -> int:
    if (start, end) == (QUIET_FROM, QUIET_UNTIL):
        return awake(at, (zone,), DEFAULT)
    found = next_open([Clock(zone, (Hours("own", ((end * 60, start * 60),) * 7),))], at, 0)
    assert found is not None
    return found


def at(local: str, zone: str = NEW_YORK, fold: int = 0) -> int:
    return to_ms(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold))


def shown(ms: int, zone: str = NEW_YORK) -> str:
    return to_datetime(ms, zone).strftime("%Y-%m-%d %H:%M %z")


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("2026-06-10 08:00", "2026-06-10 08:00 -0400"),
        ("2026-06-10 12:34", "2026-06-10 12:34 -0400"),
        ("2026-06-10 19:59", "2026-06-10 19:59 -0400"),
        ("2026-06-10 20:00", "2026-06-11 08:00 -0400"),
        ("2026-06-10 23:59", "2026-06-11 08:00 -0400"),
        ("2026-06-11 00:00", "2026-06-11 08:00 -0400"),
        ("2026-06-11 07:59", "2026-06-11 08:00 -0400"),
        ("2026-12-31 22:00", "2027-01-01 08:00 -0500"),
        ("2028-02-28 22:00", "2028-02-29 08:00 -0500"),
        # 8 March 2026: 02:00 becomes 03:00, a night of eleven hours.
        ("2026-03-07 21:00", "2026-03-08 08:00 -0400"),
        ("2026-03-08 01:59", "2026-03-08 08:00 -0400"),
        ("2026-03-08 03:00", "2026-03-08 08:00 -0400"),
        ("2026-03-08 20:00", "2026-03-09 08:00 -0400"),
        # 1 November 2026: 02:00 becomes 01:00, a night of thirteen.
        ("2026-10-31 21:00", "2026-11-01 08:00 -0500"),
        ("2026-11-01 01:30", "2026-11-01 08:00 -0500"),
        ("2026-11-01 20:00", "2026-11-02 08:00 -0500"),
    ],
)
def test_the_night_ends_at_eight_on_the_wall_clock(asked: str, goes: str) -> None:
    assert shown(out_of_quiet_hours(at(asked), NEW_YORK)) == goes


def test_both_halves_of_a_doubled_hour_wait_for_the_same_morning() -> None:
    first, second = at("2026-11-01 01:30"), at("2026-11-01 01:30", fold=1)
    assert second - first == HOUR
    assert out_of_quiet_hours(first, NEW_YORK) == out_of_quiet_hours(second, NEW_YORK) == at("2026-11-01 08:00")


@pytest.mark.parametrize(
    ("asked", "hours"), [("2026-03-07 20:00", 11), ("2026-10-31 20:00", 13), ("2026-06-10 20:00", 12)]
)
def test_a_night_lasts_as_long_as_the_clock_change_makes_it(asked: str, hours: int) -> None:
    assert out_of_quiet_hours(at(asked), NEW_YORK) - at(asked) == hours * HOUR


def test_the_edges_are_exact_to_the_millisecond() -> None:
    """Q1: half open, so 20:00 itself is quiet and 08:00 is not."""
    evening, morning = at("2026-06-10 20:00"), at("2026-06-11 08:00")
    assert out_of_quiet_hours(evening - 1, NEW_YORK) == evening - 1
    assert out_of_quiet_hours(evening, NEW_YORK) == morning
    assert out_of_quiet_hours(morning - 1, NEW_YORK) == morning
    assert out_of_quiet_hours(morning, NEW_YORK) == morning


@pytest.mark.parametrize(
    ("asked", "zone", "goes"),
    [
        ("2026-06-10 21:00", "Asia/Kathmandu", "2026-06-11 08:00 +0545"),
        ("2026-06-10 07:00", "Europe/London", "2026-06-10 08:00 +0100"),
        ("2026-10-03 23:00", "Australia/Lord_Howe", "2026-10-04 08:00 +1100"),
        ("2011-12-29 21:00", "Pacific/Apia", "2011-12-31 08:00 +1400"),  # 30 December never came
    ],
)
def test_zones_of_every_kind(asked: str, zone: str, goes: str) -> None:
    assert shown(out_of_quiet_hours(at(asked, zone), zone), zone) == goes


@pytest.mark.parametrize(
    ("asked", "start", "end", "goes"),
    [
        ("2026-06-10 21:00", 21, 9, "2026-06-11 09:00 -0400"),
        ("2026-06-10 20:30", 21, 9, "2026-06-10 20:30 -0400"),
        ("2026-06-10 00:30", 24, 6, "2026-06-10 06:00 -0400"),
    ],
)
def test_other_hours(asked: str, start: int, end: int, goes: str) -> None:
    assert shown(out_of_quiet_hours(at(asked), NEW_YORK, start, end)) == goes


@given(MOMENTS, st.sampled_from(ZONES), st.integers(17, 23), st.integers(5, 12))
def test_never_at_night_never_early_and_never_a_day_late(asked: int, zone: str, start: int, end: int) -> None:
    goes = out_of_quiet_hours(asked, zone, start, end)
    assert end <= to_datetime(goes, zone).hour < start
    assert asked <= goes <= asked + DAY
    assert out_of_quiet_hours(goes, zone, start, end) == goes
    if end <= to_datetime(asked, zone).hour < start:
        assert goes == asked


@given(MOMENTS, st.sampled_from(["+12065550123", "+18005550123", "+61491570006", "+18085550123", "+442079460123"]))
def test_q2_every_zone_that_a_number_may_be_in_is_awake(asked: int, number: str) -> None:
    goes = allowed_from(asked, number, NEW_YORK)
    assert asked <= goes <= asked + 2 * DAY
    for zone in zone_of(number):
        assert QUIET_UNTIL <= to_datetime(goes, zone).hour < QUIET_FROM


@pytest.mark.parametrize("number", ["+19995550123", "12345"])
def test_q2_a_number_that_tells_no_zone_follows_the_business(number: str) -> None:
    assert shown(allowed_from(at("2026-06-10 21:00"), number, NEW_YORK)) == "2026-06-11 08:00 -0400"


def test_q2_a_number_that_tells_its_zone_does_not_follow_the_business() -> None:
    assert shown(allowed_from(at("2026-06-10 21:00"), "+12065550123", NEW_YORK)) == "2026-06-10 21:00 -0400"
