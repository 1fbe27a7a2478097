"""When a reminder may go: never in anybody's night."""

import pytest

from tests.pipeline.working import moment
from textback.pipeline.quiet import allowed_from

SEATTLE, NEW_YORK, LONDON = "+12065550123", "+12125550123", "+442079460123"


@pytest.mark.parametrize(
    ("number", "zone", "at", "allowed"),
    [
        (SEATTLE, "America/Los_Angeles", "2026-06-03T12:00", "2026-06-03T12:00"),
        (SEATTLE, "America/Los_Angeles", "2026-06-03T08:00", "2026-06-03T08:00"),
        (SEATTLE, "America/Los_Angeles", "2026-06-03T07:59", "2026-06-03T08:00"),
        (SEATTLE, "America/Los_Angeles", "2026-06-03T19:59", "2026-06-03T19:59"),
        (SEATTLE, "America/Los_Angeles", "2026-06-03T20:00", "2026-06-04T08:00"),
        (NEW_YORK, "America/New_York", "2026-12-31T23:59", "2027-01-01T08:00"),
        (LONDON, "Europe/London", "2026-10-24T22:00", "2026-10-25T08:00"),  # the clocks go back that night
    ],
)
def test_the_night_ends_at_eight_where_the_contact_is(number: str, zone: str, at: str, allowed: str) -> None:
    assert allowed_from(moment(at, zone), number, "Asia/Tokyo") == moment(allowed, zone)


def test_a_number_from_nowhere_has_the_bots_zone() -> None:
    at = moment("2026-06-03T21:00", "Asia/Tokyo")
    assert allowed_from(at, "12345", "Asia/Tokyo") == moment("2026-06-04T08:00", "Asia/Tokyo")
