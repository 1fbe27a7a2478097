"""Quiet hours: when a text that nobody is waiting for may go (rule Q1)."""

from datetime import datetime, time, timedelta

from textback.core.when import to_datetime, to_ms

QUIET_FROM = 20
QUIET_UNTIL = 8
"""Nobody is woken between these hours of their own clock (section 5: promotional texts blocked 20:00 to 08:00)."""


def out_of_quiet_hours(at: int, zone: str, start_hour: int = QUIET_FROM, end_hour: int = QUIET_UNTIL) -> int:
    """The same moment (ms), or when it is in the zone's night, the coming morning at `end_hour`.

    Half open: `start_hour` itself is quiet, `end_hour` is not. Nights that a clock change shortens or lengthens end at
    `end_hour` on the wall clock.
    """
    local = to_datetime(at, zone)
    if start_hour == end_hour or not _quiet(local.hour, start_hour, end_hour):
        return at
    day = local.date() if local.hour < end_hour or start_hour < end_hour else local.date() + timedelta(days=1)
    return to_ms(datetime.combine(day, time(end_hour), local.tzinfo))


def _quiet(hour: int, start_hour: int, end_hour: int) -> bool:
    if start_hour > end_hour:
        return hour >= start_hour or hour < end_hour
    return start_hour <= hour < end_hour
