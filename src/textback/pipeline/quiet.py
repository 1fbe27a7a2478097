"""When what a timer says may go: never in the contact's night, in whichever of their possible time zones (Q1, Q2)."""

from textback.compliance.gate import DEFAULT
from textback.compliance.places import place_of
from textback.compliance.policy import Policy, awake
from textback.core.phone import zone_of

UNASKED = ("remind:", "wait:", "expire:")
"""What the keys of timers begin with that may say something unasked."""


def allowed_from(at: int, address: str, fallback_zone: str, policy: Policy = DEFAULT) -> int:
    """The same moment, or the next one (ms) at which every zone the number may be in is awake."""
    return awake(at, place_of(address).zones or zone_of(address) or (fallback_zone,), policy)
