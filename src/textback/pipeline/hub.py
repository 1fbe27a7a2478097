"""The hub: tells live pages which conversations have changed, those of this node and of the others."""

import asyncio
from collections.abc import Callable, Iterable
from types import TracebackType

from textback.pipeline.pausing import woken

EVERYTHING = "*"
"""Stands among changed contacts for all of them: there were too many to name, or some may have been missed."""


class Subscription:
    """One page's view of the changes: what changed since it last looked, coalesced. `shows` is the contact whose
    conversation is open on it, "" for none."""

    def __init__(self, hub: "Hub", shows: str = "") -> None:
        self._hub = hub
        self._changed: set[str] = set()
        self._wake = asyncio.Event()
        self._near = asyncio.Event()
        self.shows = shows
        self.closed = False

    async def __aenter__(self) -> "Subscription":
        self._hub.subscriptions.add(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        self._hub.subscriptions.discard(self)

    def push(self, contact_ids: Iterable[str]) -> None:
        """Add changes and wake the reader."""
        self._changed.update(contact_ids)
        self._wake.set()
        if self.shows in self._changed:
            self._near.set()

    def close(self) -> None:
        """End the stream: the server is stopping."""
        self.closed = True
        self._wake.set()
        self._near.set()

    async def changes(self, timeout: float) -> frozenset[str]:
        """The contacts whose conversations changed; empty when none did within `timeout` seconds."""
        if not await woken(self._wake, timeout):
            return frozenset()
        self._wake.clear()
        self._near.clear()
        changed = frozenset(self._changed)
        self._changed.clear()
        return changed

    async def near(self, timeout: float) -> None:
        """Return when the open conversation has changed since `changes`, at the latest after `timeout` seconds."""
        await woken(self._near, timeout)


def _nobody(_: set[str]) -> None:
    """There is no other node."""


class Hub:
    """All live pages of this node."""

    def __init__(self) -> None:
        self.subscriptions: set[Subscription] = set()
        self.tell: Callable[[set[str]], None] = _nobody
        """What else must hear of changes: the other nodes."""

    def subscribe(self, shows: str = "") -> Subscription:
        """A new subscription, used as `async with hub.subscribe() as changes`, of a page that `shows` a contact."""
        return Subscription(self, shows)

    def publish(self, contact_ids: Iterable[str]) -> None:
        """These conversations have changed here (and the change is committed)."""
        changed = set(contact_ids)
        if changed:
            self.hear(changed)
            self.tell(changed)

    def hear(self, contact_ids: Iterable[str]) -> None:
        """These conversations have changed, on whichever node. Pages that show one of them hear it first."""
        if self.subscriptions:
            changed = set(contact_ids)
            for subscription in sorted(self.subscriptions, key=lambda one: one.shows not in changed):
                subscription.push(changed)

    def close(self) -> None:
        """End every stream."""
        for subscription in list(self.subscriptions):
            subscription.close()
