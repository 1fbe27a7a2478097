"""Accept: store arrivals before anyone is told that we have them. Requests that come together share one commit.

What providers send takes a detour by the spool, on this machine's disk, when the database is away.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, TypeAlias

import msgspec

from textback.core.faults import point
from textback.core.ids import new_id
from textback.core.messages import FAMILY
from textback.engine.arrivals import AnyArrival, DeliveryStatus, Message
from textback.pipeline.detour import PATIENCE, Detour, Patience
from textback.pipeline.metrics import BATCH_STORED
from textback.pipeline.spool import Spool
from textback.store import requests
from textback.store.db import Batch, Tx
from textback.store.inbox import Home, Incoming, store_arrivals
from textback.store.requests import Once, Taken
from textback.store.trouble import is_away, is_held_up, reason

_encode = msgspec.json.Encoder().encode
LONGEST_KIND = 48
"""Characters of an arrival's kind that the inbox keeps."""
_HOMES = 50_000  # addresses remembered; each is about 300 bytes


def incoming(
    line: str,
    arrival: AnyArrival,
    *,
    contact_id: str = "",
    address: str = "",
    key: str = "",
    once: Once | None = None,
    family: str = "phone",
) -> Incoming:
    """The inbox row of an arrival: for a known contact, or for whoever has the address of this family.

    `key` makes it unique where no provider id does; without one it always is. `once` is the request that brought it.
    """
    id_ = new_id()
    kind: str = arrival.__struct_config__.tag  # type: ignore[assignment]
    data = _encode(arrival).decode()
    if isinstance(arrival, Message):
        return Incoming(id_, line, kind, arrival.provider_id, data, FAMILY[arrival.channel], arrival.sender, contact_id)
    if isinstance(arrival, DeliveryStatus):
        # One message has many statuses; the same one delivered twice is one arrival.
        kind = f"status/{arrival.status}/{arrival.code or ''}"[:LONGEST_KIND]
        return Incoming(id_, line, kind, arrival.provider_id, data, "phone", arrival.recipient, contact_id, False)
    return Incoming(id_, line, kind, key or id_, data, family, address, contact_id, once=once)


class Put(msgspec.Struct, eq=False):
    """Arrivals that somebody waits for. `lasting` ones may take the detour; `detoured` says that they did. `taken` are
    requests that were made before, by what this one would have been: they are not stored again."""

    items: Sequence[Incoming]
    future: asyncio.Future[None]
    lasting: bool
    detoured: bool = False
    taken: dict[str, Taken] = {}


Homes: TypeAlias = dict[tuple[str, str], Home]


class Acceptor:
    """Group commit for arrivals: while one commit is on its way to the disk, the next group gathers."""

    def __init__(
        self,
        workspace: str,
        clock: Callable[[], int],
        write: Callable[..., asyncio.Future[Any]],
        spool: Spool | None = None,
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._write = write
        self._batch: Batch[Put] | None = None
        self._homes: OrderedDict[tuple[str, str], Home] = OrderedDict()
        self.detour = None if spool is None else Detour(spool, clock, self._insert, self._straight)

    def home_of(self, address: str) -> Home | None:
        """Where a phone number lives, if it was seen lately."""
        return self._homes.get(("phone", address))

    def forget(self, contact_ids: Collection[str]) -> None:
        """These contacts were erased; "" stands for any. Whoever has their number now is looked up again."""
        gone = [key for key, home in self._homes.items() if "" in contact_ids or home.contact_id in contact_ids]
        for key in gone:
            del self._homes[key]

    async def put(self, items: Sequence[Incoming], *, lasting: bool = False) -> dict[str, Taken]:
        """Return once these are on disk: in the database or, where they are `lasting`, in the spool while the database
        is away. Gives the requests among them that were made before. Raises what the database (or the spool) raised
        when they could not be kept."""
        point("accept.received")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        put = Put(items, future, lasting)
        if lasting and self.detour is not None and self.detour.active:
            self.detour.put(items, future)
        else:
            self._gather(put)
        await future
        return put.taken

    async def _insert(self, items: Sequence[Incoming]) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gather(Put(items, future, False))
        await future

    def _straight(self, items: Sequence[Incoming], future: asyncio.Future[None]) -> None:
        self._gather(Put(items, future, True))

    def _gather(self, put: Put) -> None:
        if self._batch is None or not self._batch.add(put):
            batch = self._batch = Batch()
            batch.add(put)
            self._submit(batch)

    def _submit(self, batch: Batch[Put]) -> None:
        self._write(self._store, batch).add_done_callback(partial(self._stored, batch, self._patience(batch)))

    def _patience(self, batch: Batch[Put]) -> Patience | None:
        """Begin to wait for what was just handed to the database."""
        return None if self.detour is None else Patience(partial(self._late, batch))

    def _late(self, batch: Batch[Put]) -> None:
        """The database takes its time. It may store these yet; then it meets them twice and keeps the first."""
        self._divert(batch, f"no answer in {PATIENCE} seconds")

    def _divert(self, batch: Batch[Put], why: str) -> None:
        detour = self.detour
        for put in batch.close():
            if detour is not None and put.lasting and not put.detoured and not put.future.done():
                put.detoured = True
                detour.take(why)
                detour.put(put.items, put.future)

    def _store(self, tx: Tx, batch: Batch[Put]) -> Homes:
        """Runs in the database's thread. Addresses are only learnt once they are committed, in `_stored`."""
        point("accept.storing")
        items = self._fresh(tx, batch.close())
        known = {}
        for item in items:
            key = (item.family, item.identifier)
            home = self._homes.get(key)
            if home is not None:
                known[key] = home
        found = store_arrivals(tx, self._workspace, items, known, self._clock())
        point("accept.stored")
        return found

    def _fresh(self, tx: Tx, puts: Sequence[Put]) -> list[Incoming]:
        """The arrivals of these, without the requests that were made before."""
        items = [item for put in puts for item in put.items]
        wanted = [item.once for item in items if item.once is not None]
        if not wanted:
            return items
        taken = requests.take(tx, self._workspace, wanted, self._clock())
        for put in puts:
            mine = {item.once.message_id for item in put.items if item.once is not None}
            put.taken = {id_: taken[id_] for id_ in mine & taken.keys()}
        return [item for item in items if item.once is None or item.once.message_id not in taken]

    def _learn(self, homes: Homes) -> None:
        """These are committed."""
        self._homes.update(homes)
        while len(self._homes) > _HOMES:
            self._homes.popitem(last=False)

    def _stored(self, batch: Batch[Put], late: Patience | None, written: asyncio.Future[Any]) -> None:
        if late is not None:
            late.cancel()
        error = written.exception()
        if error is None:
            point("accept.committed")
            BATCH_STORED.observe(sum(len(put.items) for put in batch.close()))
            self._learn(written.result())
        if error is not None and is_held_up(error) and len(batch.close()) > 1:
            self._one_by_one(batch)
        else:
            self._settle(batch, error)

    def _settle(self, batch: Batch[Put], error: BaseException | None) -> None:
        """Tell those who wait."""
        if error is not None and is_away(error):
            self._divert(batch, reason(error))
        for put in batch.close():
            if put.future.done():
                continue
            if error is None:
                put.future.set_result(None)
            elif not put.detoured:
                put.future.set_exception(error)

    def _one_by_one(self, batch: Batch[Put]) -> None:
        """One of these waits for another node, which may be frozen while it stores the same; the others need not."""
        for put in batch.close():
            if not put.future.done() and not put.detoured:
                alone: Batch[Put] = Batch()
                alone.add(put)
                alone.close()
                self._submit(alone)
