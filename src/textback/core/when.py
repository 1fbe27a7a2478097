"""Times are whole milliseconds since 1970 in UTC wherever they are stored or passed."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


EARLIEST = 1_577_836_800_000
"""2020, in ms. Whoever says that a text is older than this has no clock."""


def named_wait(text: str | None, most: float) -> float | None:
    """A waiting time (seconds) that somebody named in a header such as Retry-After, at most so long; None when it named
    none that makes sense."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return min(value, most) if 0 <= value < float("inf") else None


def to_datetime(ms: int, zone: str = "UTC") -> datetime:
    """The aware datetime of a stored time, in the named IANA zone."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(zone))


def to_ms(moment: datetime) -> int:
    """The stored form of an aware datetime. A naive one is a programming error."""
    if moment.tzinfo is None:
        raise ValueError("to_ms needs an aware datetime")
    return int(moment.timestamp() * 1000)


def to_iso(ms: int) -> str:
    """ISO 8601 with seconds and Z, as the HTTP API shows times."""
    return _iso(ms // SECOND)


@lru_cache(maxsize=1_000)
def _iso(seconds: int) -> str:
    """Many times are of the same second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
