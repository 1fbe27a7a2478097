"""How long each kind of data is kept, and the least that may be set (rule K10). Pure."""

from datetime import timedelta

import msgspec

from textback.core.when import DAY, to_datetime, to_ms

AS_OF = "2026-11-20"
"""When the sources below were read."""
LEAST_DAYS = {
    "audit": (730, "privacy requests must be on record for 24 months (11 CCR 7101), and who answered them"),
    "requests": (730, "privacy requests must be on record for 24 months (11 CCR 7101)"),
}
"""The fewest days that the law leaves for a kind of data, and why."""
NEVER = {
    "suppressions": "opt-outs are kept for at least 10 years (Virginia), and so for good",
    "consent_events": "evidence of consent is kept while the consent lasts and for 5 years after (TCPA, 16 CFR 310.5)",
}
"""What no sweep touches, and why."""
HOUR = 3
"""The hour of the night, on the business's clock, at which the sweep begins."""


class Retention(msgspec.Struct, frozen=True):
    """Days that each kind is kept: the words of texts, their media, records of turns, the inbox's marks of what was
    handled, dead letters that wait, the audit log, the log of privacy requests, and the log of events."""

    messages: int = 365
    media: int = 365
    turns: int = 90
    arrivals: int = 30
    letters: int = 90
    audit: int = 1095
    requests: int = 1095
    events: int = 30

    def floors(self, now: int) -> dict[str, int]:
        """For each kind the time (ms) before which it is old."""
        return {name: now - days * DAY for name, days in msgspec.structs.asdict(self).items()}


def next_night(now: int, zone: str) -> int:
    """When (ms) the clock shows the hour of the sweep next."""
    here = to_datetime(now, zone)
    then = here.replace(hour=HOUR, minute=0, second=0, microsecond=0, fold=0)
    return to_ms(then if then > here else then + timedelta(days=1))
