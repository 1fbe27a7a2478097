"""Opening hours: open or not, and when next, over weekends, holidays, midnights and changes of the clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.core.when import MINUTE
from textback.engine.hours import DAY_MINUTES, Hours, is_open, next_open

CHICAGO = "America/Chicago"
SHOP = Hours({**dict.fromkeys(range(5), ((540, 720), (780, 1080))), 5: ((600, 840),)}, frozenset({"2026-03-04"}))
BAR = Hours({4: ((1080, 1560),)})


def at(text: str, zone: str = CHICAGO) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("hours", "when", "open_", "following"),
    [
        (SHOP, "2026-03-02T10:00", True, "2026-03-02T10:00"),
        (SHOP, "2026-03-02T08:59", False, "2026-03-02T09:00"),
        (SHOP, "2026-03-02T09:00", True, "2026-03-02T09:00"),
        (SHOP, "2026-03-02T12:30", False, "2026-03-02T13:00"),
        (SHOP, "2026-03-02T18:00", False, "2026-03-03T09:00"),
        (SHOP, "2026-03-03T18:00", False, "2026-03-05T09:00"),  # a holiday between
        (SHOP, "2026-03-04T10:00", False, "2026-03-05T09:00"),
        (SHOP, "2026-03-07T15:00", False, "2026-03-09T09:00"),  # over a Sunday and a change of the clock
        (BAR, "2026-03-06T23:00", True, "2026-03-06T23:00"),
        (BAR, "2026-03-07T01:59", True, "2026-03-07T01:59"),
        (BAR, "2026-03-07T02:00", False, "2026-03-13T18:00"),
    ],
)
def test_open_and_next_open(hours: Hours, when: str, open_: bool, following: str) -> None:
    assert is_open(hours, CHICAGO, at(when)) is open_
    assert next_open(hours, CHICAGO, at(when)) == at(following)


@pytest.mark.parametrize("hours", [Hours({}), Hours({0: ((600, 600),)})])
def test_a_place_that_never_opens(hours: Hours) -> None:
    assert not is_open(hours, CHICAGO, at("2026-03-02T10:00"))
    assert next_open(hours, CHICAGO, at("2026-03-02T10:00")) is None


def test_an_opening_that_the_clock_leaves_out_is_an_hour_later() -> None:
    early = Hours({6: ((150, 300),)})  # Sunday 2:30; on March 8 there is none
    assert next_open(early, CHICAGO, at("2026-03-08T01:00")) == at("2026-03-08T03:30")


@given(
    opens=st.integers(0, DAY_MINUTES - 1),
    length=st.integers(1, DAY_MINUTES),
    day=st.integers(0, 6),
    minute=st.integers(0, 21 * DAY_MINUTES),
    zone=st.sampled_from([CHICAGO, "Europe/Madrid", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]),
)
def test_it_is_open_when_it_opens_next(opens: int, length: int, day: int, minute: int, zone: str) -> None:
    hours = Hours({day: ((opens, opens + length),)})
    now = at("2026-03-02T00:00") + minute * MINUTE
    following = next_open(hours, zone, now)
    assert following is not None
    assert following >= now
    assert is_open(hours, zone, following) or length <= 60  # a change of the clock may leave out a short opening
