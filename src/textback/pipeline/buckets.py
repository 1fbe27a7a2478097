"""The road bucket by bucket, where the database is spread over several servers: see store.spread.

What comes for one bucket is stored and takes its turn in a transaction of that bucket's own, on one server, without the
others. So a stranger's address, which lives elsewhere, is settled in a transaction before.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

import structlog

from textback.core.faults import point
from textback.core.ids import BUCKETS, bucket_of
from textback.pipeline.accept import Acceptor, Homes, Put
from textback.pipeline.detour import Patience
from textback.pipeline.spool import Spool
from textback.store.db import Batch, Db, Place, Tx, Work
from textback.store.inbox import Home, Incoming, open_conversations, settle_address, store_arrivals
from textback.store.trouble import is_away, reason

log = structlog.get_logger("textback.buckets")

FEW = 16
"""Buckets that are looked into at once when it can't be asked which of them have work."""

T = TypeVar("T")
Address = tuple[str, str]
"""A family and an identifier, such as a phone number."""


class Places:
    """Place to look for work of one kind: in the buckets that `find`, a read without locks, says have some."""

    def __init__(self, db: Db, find: Callable[..., list[int]]) -> None:
        self._db = db
        self._find = find
        self._next = 0
        self._blind = False

    async def __call__(self, *args: Any) -> Sequence[int | None]:
        """These buckets; or one place, None, where a transaction may go anywhere.

        The read needs all servers. While one is away, the buckets are gone through a few at a time instead: those that
        are on the others can be worked in.
        """
        if not self._db.by_bucket:
            return (None,)
        try:
            found = await self._db.read(self._find, *args)
        except Exception as error:
            if not self._blind:
                log.warning("not all servers of the database can be asked", reason=reason(error))
            self._blind = True
            first, self._next = self._next, (self._next + FEW) % BUCKETS
            return range(first, first + FEW)
        self._blind = False
        return found


def told(place: int | None, error: BaseException) -> bool:
    """Whether `Places` has said already what keeps this bucket from being worked in: a server is away."""
    return place is not None and is_away(error)


def sorted_by(db: Db, items: Iterable[T], bucket: Callable[[T], int]) -> dict[int | None, list[T]]:
    """The items by their bucket, each to be worked on in a transaction of its own; all together where they may be."""
    found: dict[int | None, list[T]] = {}
    for item in items:
        found.setdefault(bucket(item) if db.by_bucket else None, []).append(item)
    return found


def _address(item: Incoming) -> Address:
    return item.family, item.identifier


class BucketAcceptor(Acceptor):
    """Group commit for the arrivals of each bucket. Those of an address wait until it is known where it lives, and then
    go on in the order in which they came."""

    def __init__(
        self,
        workspace: str,
        clock: Callable[[], int],
        write: Callable[..., asyncio.Future[Any]],
        write_for: Callable[[Place, Work], list[asyncio.Future[Any]]],
        spool: Spool | None = None,
    ) -> None:
        super().__init__(workspace, clock, write, spool)
        self._write_for = write_for
        self._batches: dict[Place, Batch[Put]] = {}
        self._seeking: Counter[Address] = Counter()
        self._new: dict[Address, Home] = {}  # whose conversation this node has not seen yet

    def _gather(self, put: Put) -> None:
        parts: dict[Place, list[Incoming]] = {}
        for item in put.items:
            key = _address(item)
            place = self._place_of(item)
            if not item.contact_id and self._seeking[key]:
                place = key
            parts.setdefault(place, []).append(item)
        self._spread(put, parts)

    def _place_of(self, item: Incoming) -> Place:
        """The bucket where it belongs; its address, where that is not known."""
        if item.contact_id:
            return bucket_of(item.contact_id)
        home = self._homes.get(_address(item))
        return _address(item) if home is None else home.bucket

    def _spread(self, put: Put, parts: dict[Place, list[Incoming]]) -> None:
        """Have each part written where it belongs. The whole is kept when all of them are."""
        if len(parts) == 1:
            self._join(next(iter(parts)), put)
            return
        loop = asyncio.get_running_loop()
        some = [Put(items, loop.create_future(), put.lasting) for items in parts.values()]
        gathered = asyncio.gather(*[part.future for part in some], return_exceptions=True)
        gathered.add_done_callback(partial(_together, put))
        for place, part in zip(parts, some, strict=True):
            self._join(place, part)

    def _join(self, place: Place, put: Put) -> None:
        seek = not isinstance(place, int)
        if seek:
            self._seeking[place] += 1  # type: ignore[index]
        batch = self._batches.get(place)
        if batch is not None and batch.add(put):
            return
        batch = self._batches[place] = Batch()
        batch.add(put)
        self._hand_over(place, batch)

    def _hand_over(self, place: Place, batch: Batch[Put]) -> None:
        late = self._patience(batch)
        if isinstance(place, int):
            self._write(place, self._store, batch).add_done_callback(partial(self._stored, batch, late))
        else:
            (found,) = self._write_for(place, (self._seek, (place, batch)))
            found.add_done_callback(partial(self._found, place, batch, late))

    def _submit(self, batch: Batch[Put]) -> None:
        """Once more, without those that it came with. What is here was at home in one bucket."""
        (put,) = batch.close()
        place = self._place_of(put.items[0])
        if isinstance(place, int):
            self._hand_over(place, batch)
        else:
            self._join(place, put)

    def _seek(self, tx: Tx, address: Address, batch: Batch[Put]) -> Home | None:
        """Runs in the database's thread: where this address lives. One that nobody has is made, if any arrival may."""
        create = any(item.create for put in batch.close() for item in put.items)
        return settle_address(tx, self._workspace, address, create=create)

    def _found(
        self, address: Address, batch: Batch[Put], late: Patience | None, sought: asyncio.Future[Home | None]
    ) -> None:
        puts = batch.close()
        if self._batches.get(address) is batch:
            del self._batches[address]
        self._seeking[address] -= len(puts)
        if not self._seeking[address]:
            del self._seeking[address]
        if late is not None:
            late.cancel()
        if (error := sought.exception()) is not None:
            self._settle(batch, error)
            return
        home = sought.result()
        if home is not None and address not in self._homes:
            self._new[address] = home
            super()._learn({address: home})
        for put in puts:
            if put.future.done() or put.detoured:
                continue
            if home is None:
                put.future.set_result(None)  # it is for nobody
            else:
                self._join(home.bucket, put)

    def _store(self, tx: Tx, batch: Batch[Put]) -> Homes:
        """Runs in the database's thread."""
        point("accept.storing")
        items = [item for put in batch.close() for item in put.items]
        known = {}
        for item in items:
            key = _address(item)
            # What was forgotten meanwhile must be opened all the same: its text comes here because of it.
            if not item.contact_id and (home := self._new.get(key) or self._homes.get(key)) is not None:
                known[key] = home
        new = {
            key: (home, next(item.line for item in items if _address(item) == key))
            for key, home in known.items()
            if key in self._new
        }
        now = self._clock()
        if new:
            open_conversations(tx, self._workspace, new, now)
        store_arrivals(tx, self._workspace, items, known, now)
        point("accept.stored")
        return {key: home for key, (home, _) in new.items()}

    def _learn(self, homes: Homes) -> None:
        """Their conversations are committed too."""
        for key in homes:
            self._new.pop(key, None)


def _together(put: Put, parts: asyncio.Future[list[BaseException | None]]) -> None:
    if put.future.done():
        return
    error = next((result for result in parts.result() if result is not None), None)
    if error is None:
        put.future.set_result(None)
    else:
        put.future.set_exception(error)
