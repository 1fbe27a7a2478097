"""A model's circuit breaker: when it is away it is not asked again and again, so that the next one answers sooner.
Pure."""

from textback.llm.base import Why

AFTER = 3
"""Failures in a row after which it is left alone. One answer, whatever is in it, ends the row."""
FIRST = 2.0
MOST = 60.0
"""Seconds until it may be asked again, doubled each time up to the most."""
MISCONFIGURED = 60.0
"""Seconds that a model whose key or name is wrong is left alone: somebody has to mend it."""

_AWAY: frozenset[Why] = frozenset({"timeout", "throttled", "unavailable"})


class Breaker:
    """One model's breaker, on one node. Times are seconds of a clock that nobody sets."""

    def __init__(self) -> None:
        self.why: Why | None = None
        self._failed = 0
        self._opened = 0
        self._until = 0.0

    def lets(self, now: float) -> bool:
        """Whether it may be asked. After a pause one call at a time is let through, until one is answered."""
        if self.holds(now):
            return False
        if self._opened:
            self._until = now + min(FIRST * 2**self._opened, MOST)  # others wait for what this one says
        return True

    def holds(self, now: float) -> bool:
        """Whether it is left alone at this moment."""
        return now < self._until

    def answered(self) -> None:
        """It answered, be it nonsense or a refusal: it is there."""
        self.why = None
        self._failed = self._opened = 0
        self._until = 0.0

    def fails(self, why: Why, now: float, retry_after: float = 0.0) -> bool:
        """It did not. Returns whether it is left alone from now on and was not before."""
        if why == "misconfigured":
            fresh = self.why != why
            self.why, self._until, self._opened = why, now + MISCONFIGURED, max(self._opened, 1)
            return fresh
        if why not in _AWAY:
            self.answered()
            return False
        self._failed += 1
        if self._failed < AFTER and not self._opened and retry_after <= 0:
            return False
        fresh = self.why != why
        pause = min(FIRST * 2**self._opened, MOST)
        self.why, self._until = why, now + max(pause if self._failed >= AFTER else 0.0, min(retry_after, MOST))
        self._opened = min(self._opened + 1, 10)
        return fresh
