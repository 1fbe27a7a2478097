"""How each webhook's other end does, on one node, and so how much may be under way to it. Pure.

Who answers well and at once may be asked several things at a time. Who has failed, or takes long, is asked one thing
at a time; and who fails again and again, now and then. So none of them costs the others more than a connection.
"""

from collections.abc import Collection

from textback.store.hooks import Health

AT_ONCE = 8
"""Deliveries under way to one webhook, of different conversations."""
IN_ALL = 256
"""Deliveries under way to those that do well."""
IN_DOUBT = 256
"""Deliveries under way to those that don't."""
AFTER = 5
"""Failures in a row after which nothing is tried for a while."""
FIRST = 5_000
MOST = 300_000
"""How long (ms) nothing is tried, doubled each time up to the most."""
WRITE_EVERY = 60_000
"""Time (ms) between two notes that a webhook does well."""


class Endpoint:
    """One webhook's other end. Times are ms."""

    def __init__(self, health: Health = Health()) -> None:  # noqa: B008 (it never changes)
        self.failures = health.failures
        self.open_until = health.open_until or 0
        self.why = health.failed_why
        self.under_way = 0
        self.slow = 0  # of these, how many take long
        self._noted_at = 0
        self._succeeded_at: int | None = None
        self._failed_at: int | None = None

    @property
    def doubtful(self) -> bool:
        """Whether it has failed, or takes long, so that one thing at a time is enough."""
        return self.failures > 0 or self.slow > 0

    def room(self, now: int) -> int:
        """How much more may be under way to it."""
        if not self.doubtful:
            return max(AT_ONCE - self.under_way, 0)
        return 1 if not self.under_way and now >= self.open_until else 0

    def succeeded(self, now: int) -> bool:
        """It has taken something. Whether that is worth a note."""
        news = self.failures > 0 or now - self._noted_at >= WRITE_EVERY
        self.failures, self.open_until, self.why = 0, 0, ""
        self._succeeded_at = now
        return news

    def failed(self, why: str, now: int, retry_after: int = 0) -> bool:
        """It has not. Whether that is worth a note: when it begins, and when nothing is tried for a while."""
        self.failures += 1
        self.why = why
        self._failed_at = now
        if self.failures >= AFTER:
            pause = min(FIRST * 2 ** min(self.failures - AFTER, 10), MOST)
            self.open_until = now + max(pause, retry_after)
        elif retry_after:
            self.open_until = now + retry_after
        return self.failures == 1 or self.failures >= AFTER

    def health(self, now: int) -> Health:
        """How it does, to be written down."""
        self._noted_at = now
        return Health(self.failures, self.open_until or None, self._succeeded_at, self._failed_at, self.why)


def rooms(endpoints: Collection[tuple[str, Endpoint]], now: int, free: int, free_in_doubt: int) -> dict[str, int]:
    """How much may be claimed for each of these webhooks, where at all: as much for one as for another."""
    found: dict[str, int] = {}
    well = [one for one in endpoints if not one[1].doubtful]
    for place, (id_, endpoint) in enumerate(well):
        share = max(free // (len(well) - place), 1) if free > 0 else 0
        room = min(endpoint.room(now), share)
        free -= room
        if room:
            found[id_] = room
    for id_, endpoint in endpoints:
        if endpoint.doubtful and free_in_doubt > 0 and endpoint.room(now):
            free_in_doubt -= 1
            found[id_] = 1
    return found
