"""The index of words follows the messages from behind, so that no text waits for it: within seconds when there is
little to do, and for a small share of the time when there is much."""

import asyncio
import time
from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

import structlog

from textback.core.faults import point
from textback.core.ids import made_at, new_id
from textback.core.when import DAY, HOUR, SECOND
from textback.pipeline.pausing import woken
from textback.store import search
from textback.store.db import Db
from textback.store.sweep import id_at
from textback.store.trouble import is_away, reason

log = structlog.get_logger("textback.indexing")

BATCH = 250
"""Messages that one transaction adds."""
PEOPLE = 100
"""Contacts that are looked at, one after the other, for names that have changed in other ways than by a turn."""
PAUSE = 0.7
"""Seconds between looks where there was nothing left to do."""
SHARE = 12
"""After work of one second it rests for so many, so that it takes less than a tenth of the writer's time."""
MARGIN = 10 * SECOND
"""Time (ms) in which a transaction may still be under way whose messages have older ids."""
AGAIN = HOUR
"""How often (ms) the last day is gone through again, for texts whose ids were made long before they were written."""
LEASE = 15 * SECOND
REST = 60.0
"""Seconds between two walks through all contacts."""

_Key = TypeVar("_Key", bound="tuple[Any, ...]")


class Indexer:
    """Keeps the index of one workspace. Of any number of nodes one does the work."""

    def __init__(self, db: Db, workspace: str) -> None:
        self._db = db
        self._workspace = workspace
        self._done: set[str] = set()  # added already, though the position is before them
        self._me = new_id()
        self._at = ""
        self._again_at = 0
        self._person: tuple[int, str] = (-1, "")
        self._walk_at = 0.0
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Begin no more work."""
        self._stopping.set()

    async def run(self) -> None:
        """Index until told to stop."""
        while not self._stopping.is_set():
            began = time.monotonic()
            more = False
            try:
                more = await self.once()
                await self.walk()
            except Exception as error:
                log.error("indexing failed", error=reason(error), exc_info=None if is_away(error) else error)
            took = time.monotonic() - began
            await self._pause(min(SHARE * took, 3.0) if more else max(PAUSE, min(SHARE * took, 3.0)))

    async def _pause(self, seconds: float) -> None:
        await woken(self._stopping, seconds)

    async def once(self) -> bool:
        """Add one batch; whether there is more. Where nothing is new, nothing is written."""
        now = made_at(new_id())  # ids have the clock of this machine
        position = await self._db.read(search.position, self._workspace)
        if now >= self._again_at:
            self._again_at = now + AGAIN
            self._at = min(position, id_at(now - DAY - HOUR))
        at = self._at or position
        keys = await self._db.read(search.unread, self._workspace, at, BATCH)
        more = len(keys) == BATCH
        self._at = keys[-1][2] if more else ""
        new = [key for key in keys if key[2] not in self._done]
        # What may still come with an older id keeps the position back; from there it is looked again.
        oldest = await self._db.read(search.oldest_waiting) if keys else None
        safe = id_at(min(now, made_at(oldest) if oldest else now) - MARGIN)
        reached = min(keys[-1][2], safe) if keys else position
        if not new and reached <= position:
            return more
        if not await self._db.write_in("index", search.take, self._workspace, self._me, now, LEASE):
            return False
        if new:
            await self._add(new)
            point("index.added")
        self._done.update(key[2] for key in new)
        if reached > position:
            await self._db.write_in("index", search.move, self._workspace, self._me, reached)
            self._done = {id_ for id_ in self._done if id_ > reached}
        return more

    async def _add(self, keys: Sequence[tuple[int, str, str]]) -> None:
        for bucket, some in self._by_bucket(keys):
            await self._db.write_within(bucket, "index", search.add_texts, self._workspace, some)
        await self._name({key[:2] for key in keys})

    async def _name(self, keys: Collection[tuple[int, str]]) -> None:
        stale = await self._db.read(search.stale_people, keys) if keys else []
        for bucket, some in self._by_bucket(stale):
            await self._db.write_within(bucket, "index", search.set_people, some)

    def _by_bucket(self, keys: Iterable[_Key]) -> Iterable[tuple[int | None, list[_Key]]]:
        """The keys as transactions take them: each in one bucket where that must be."""
        found: dict[int | None, list[_Key]] = {}
        for key in keys:
            found.setdefault(key[0] if self._db.by_bucket else None, []).append(key)
        return found.items()

    async def walk(self) -> None:
        """Look at some contacts; after the last one it begins again after a while."""
        if time.monotonic() < self._walk_at:
            return
        keys = await self._db.read(search.contacts_after, self._workspace, self._person, PEOPLE)
        await self._name(keys)
        self._person = keys[-1] if len(keys) == PEOPLE else (-1, "")
        if len(keys) < PEOPLE:
            self._walk_at = time.monotonic() + REST
