"""Bulk sends at work: their texts go into the inbox a few at a time, so that nobody's answer waits for them."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from textback.core.ids import new_id
from textback.pipeline.pausing import woken
from textback.store import bulk
from textback.store.bulk import BulkSend, BulkText
from textback.store.db import Db

log = structlog.get_logger("textback.bulk")

CHUNK = 50
"""Texts that go into the inbox together."""
LOOK = 2.0
"""Seconds between looks for a bulk send that another server has taken in, or left."""

HandIn = Callable[[BulkText, str], Awaitable[None]]
"""Stores a text under this message id; durable on return. The same id is stored once."""


class BulkSender:
    """Works on the bulk sends of a workspace, one after the other."""

    def __init__(self, db: Db, workspace: str, now: Callable[[], int], hand_in: HandIn) -> None:
        self._db = db
        self._workspace = workspace
        self._now = now
        self._hand_in = hand_in
        self._wake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """There is a new one."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the chunk that is under way, then no more."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until told to stop."""
        while not self._stopping:
            self._wake.clear()
            try:
                while await self._one():
                    pass
            except Exception as error:  # a database that is away is somebody else's to report
                log.debug("no bulk send went on", error=type(error).__name__)
            await woken(self._wake, LOOK)

    async def _one(self) -> bool:
        """Work on the oldest that waits; False when there is none, or this server stops."""
        if not self._goes_on() or not await self._db.read(bulk.is_work, self._workspace, self._now()):
            return False
        one = await self._db.write(bulk.claim, self._workspace, self._now())
        if one is None:
            return False
        while one.position < len(one.texts):
            if not self._goes_on():
                await self._db.write(bulk.give_back, self._workspace, one)
                return False
            if len(one.ids) == one.position:  # else a server has stopped between the two
                more = min(CHUNK, len(one.texts) - one.position)
                one = msgspec.structs.replace(one, ids=[*one.ids, *(new_id() for _ in range(more))])
                if not await self._db.write(bulk.keep, self._workspace, one, self._now()):
                    return True
            one = await self._chunk(one)
        await self._db.write(bulk.keep, self._workspace, one, self._now())
        return True

    def _goes_on(self) -> bool:
        return not self._stopping

    async def _chunk(self, one: BulkSend) -> BulkSend:
        """Put what has an id, and may not be there yet, into the inbox."""
        here = slice(one.position, len(one.ids))
        texts = zip(one.texts[here], one.ids[here], strict=True)
        await asyncio.gather(*[self._hand_in(text, id_) for text, id_ in texts])
        return msgspec.structs.replace(one, position=len(one.ids))
