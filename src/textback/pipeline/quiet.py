"""When what a timer says may go: never in the contact's night, in whichever of their possible time zones (Q1, Q2)."""

from textback.compliance.policy import out_of_quiet_hours
from textback.core.phone import zone_of

UNASKED = ("remind:", "wait:", "expire:")
"""What the keys of timers begin with that may say something unasked."""


def allowed_from(at: int, address: str, fallback_zone: str) -> int:
    """The same moment, or the next one (ms) at which every zone the number may be in is awake."""
    zones = zone_of(address) or (fallback_zone,)
    for _ in range(4):  # moving out of one zone's night can move into another's; a few rounds settle it
        later = max(out_of_quiet_hours(at, zone) for zone in zones)
        if later == at:
            break
        at = later
    return at
