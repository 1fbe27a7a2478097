"""Resting: arrivals that a node has looked at and that can't have their turn yet.

Only a hint, in memory: it spares the looks that would be in vain. What must wait is decided anew from the database at
every look, on every node and after every start, so nothing is lost, doubled or out of order without it.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from textback.store.db import Row

MOST = 5_000
"""Arrivals that may rest at once. So many more are a flood, which is not made to wait."""


class Resting:
    """The arrivals that rest, by contact. Used from the loop and from the database's threads."""

    def __init__(self) -> None:
        self._until: dict[str, tuple[int, Collection[str]]] = {}
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._until)

    def rest(self, contact_id: str, ids: Collection[str], until: int) -> None:
        """Leave these arrivals of a contact alone until then (ms), or until it is woken. They replace earlier ones."""
        with self._lock:
            self._until[contact_id] = (until, ids)

    def take(self, rows: Sequence[Row[Any]], done: Sequence[Row[Any]], until: Mapping[str, int]) -> None:
        """Of a batch's arrivals, leave those of these contacts that were not done alone until then (ms)."""
        over = {row.id for row in done}
        for contact_id, end in until.items():
            self.rest(contact_id, [row.id for row in rows if row.contact_id == contact_id and row.id not in over], end)

    def wake(self, contact_id: str) -> None:
        """Look at this contact's arrivals again."""
        with self._lock:
            self._until.pop(contact_id, None)

    def ids(self, now: int) -> list[str]:
        """The arrivals to leave alone at this time (ms)."""
        with self._lock:
            for contact_id in [key for key, (until, _) in self._until.items() if until <= now]:
                del self._until[contact_id]
            return [id_ for _, ids in self._until.values() for id_ in ids]

    @property
    def full(self) -> bool:
        """Whether nothing more should be made to wait."""
        with self._lock:
            return sum(len(ids) for _, ids in self._until.values()) >= MOST

    def any(self, contact_ids: Collection[str]) -> bool:
        """Whether arrivals of one of these contacts rest."""
        with self._lock:
            return any(contact_id in self._until for contact_id in contact_ids)
