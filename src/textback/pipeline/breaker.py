"""A line's circuit breaker: when its provider is away, texts wait instead of being tried one after the other. Pure."""

from typing import Literal

import msgspec

from textback.channels.base import Accepted, Failure

AFTER = 5
"""Conversations whose texts must fail in a row. One number that can't be reached says nothing about the provider."""
FIRST = 2.0
MOST = 60.0
"""Seconds until the first probe, doubled each time up to the most."""
PATIENCE = 60.0
"""Seconds after which a probe that nobody has heard of again is given up."""

State = Literal["open", "probing", "closed"]
Why = Literal["", "away", "misconfigured"]

_AWAY = ("retry", "throttled", "unknown")


class Condition(msgspec.Struct, frozen=True):
    """How a line is, for people and for machines. Times are seconds before and after now.

    `state`: closed lets texts through, open holds them back, probing waits for the one that was let through. `why` is
    what the last answer said: "" when it was a good one, and it can say "misconfigured" before the breaker opens.
    """

    state: State = "closed"
    why: Why = ""
    code: str = ""
    since: float = 0.0
    next_try: float = 0.0


class Breaker:
    """One line's breaker, on one node. Times are seconds of a clock that nobody sets."""

    def __init__(self) -> None:
        self.state: State = "closed"
        self.why: Why = ""
        self.code = ""
        self._failed: set[str] = set()
        self._since = 0.0
        self._until = 0.0
        self._opened = 0

    def room(self, now: float) -> int | None:
        """How many texts may be claimed: None is any number, and 1 is a probe."""
        if self.state == "closed":
            return None
        return 1 if now >= self._until else 0

    def pause(self, now: float) -> float | None:
        """Seconds until a text may be claimed; None when it may be at any time."""
        return None if self.state == "closed" else max(self._until - now, 0.0)

    def probe(self, now: float) -> None:
        """The text that `room` allowed is under way."""
        self.state = "probing"
        self._until = now + PATIENCE

    def heard(self, result: Accepted | Failure, contact_id: str, now: float) -> bool:
        """The provider's answer to a text of this contact. Whether texts may go, or why not, has changed with it."""
        before = (self.state == "closed", self.why)
        failure = result if isinstance(result, Failure) and result.kind in (*_AWAY, "misconfigured") else None
        if failure is None:
            self._back()
        else:
            self._fails(failure, contact_id, now)
        return before != (self.state == "closed", self.why)

    def _back(self) -> None:
        """It took a text, or refused it for the text's own sake: it is there."""
        if self._failed:
            self.state, self.why, self.code = "closed", "", ""
            self._failed.clear()
            self._opened = 0

    def _fails(self, failure: Failure, contact_id: str, now: float) -> None:
        misconfigured = failure.kind == "misconfigured"
        if not self._failed:
            self._since = now
        if self.state == "closed":
            self._failed.add(contact_id)
        many = len(self._failed) >= AFTER
        if misconfigured or many:
            self.why = "misconfigured" if misconfigured else "away"
            self.code = failure.code
        if self.state == "open" or not many:
            return  # what was under way when it opened says nothing new
        self.state = "open"
        pause = min(FIRST * 2**self._opened, MOST)
        self._until = now + max(pause, failure.retry_after or 0.0)
        self._opened = min(self._opened + 1, 10)

    def condition(self, now: float) -> Condition:
        """How the line is at this moment."""
        since = now - self._since if self.why else 0.0
        return Condition(self.state, self.why, self.code, since, self.pause(now) or 0.0)
