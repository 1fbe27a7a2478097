"""Accept: store arrivals before anyone is told that we have them. Requests that come together share one commit."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import msgspec

from textback.core.ids import new_id
from textback.core.messages import FAMILY
from textback.engine.arrivals import AnyArrival, DeliveryStatus, Message
from textback.store.db import Batch, Tx
from textback.store.inbox import Home, Incoming, store_arrivals

_encode = msgspec.json.Encoder().encode
_HOMES = 50_000  # addresses remembered; each is about 300 bytes


def incoming(line: str, arrival: AnyArrival, *, contact_id: str = "", address: str = "", key: str = "") -> Incoming:
    """The inbox row of an arrival: for a known contact, or for whoever has the address (a phone number).

    `key` makes it unique where no provider id does; without one it always is.
    """
    id_ = new_id()
    kind: str = arrival.__struct_config__.tag  # type: ignore[assignment]
    data = _encode(arrival).decode()
    if isinstance(arrival, Message):
        return Incoming(id_, line, kind, arrival.provider_id, data, FAMILY[arrival.channel], arrival.sender, contact_id)
    if isinstance(arrival, DeliveryStatus):
        # One message has many statuses; the same one delivered twice is one arrival.
        kind = f"status/{arrival.status}/{arrival.code or ''}"
        return Incoming(id_, line, kind, arrival.provider_id, data, "phone", arrival.recipient, contact_id, False)
    return Incoming(id_, line, kind, key or id_, data, "phone", address, contact_id)


_Put: TypeAlias = tuple[Sequence[Incoming], asyncio.Future[None]]
_Homes: TypeAlias = dict[tuple[str, str], Home]


class Acceptor:
    """Group commit for arrivals: while one commit is on its way to the disk, the next group gathers."""

    def __init__(self, workspace: str, clock: Callable[[], int], write: Callable[..., asyncio.Future[Any]]) -> None:
        self._workspace = workspace
        self._clock = clock
        self._write = write
        self._batch: Batch[_Put] | None = None
        self._homes: OrderedDict[tuple[str, str], Home] = OrderedDict()

    def home_of(self, address: str) -> Home | None:
        """Where a phone number lives, if it was seen lately."""
        return self._homes.get(("phone", address))

    async def put(self, items: Sequence[Incoming]) -> None:
        """Return once these are on disk. Raises what the database raised when they could not be stored."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._batch is None or not self._batch.add((items, future)):
            batch = self._batch = Batch()
            batch.add((items, future))
            self._write(self._store, batch).add_done_callback(partial(self._stored, batch))
        await future

    def _store(self, tx: Tx, batch: Batch[_Put]) -> _Homes:
        """Runs in the database's thread. Addresses are only learnt once they are committed, in `_stored`."""
        items = [item for some, _ in batch.close() for item in some]
        known = {}
        for item in items:
            key = (item.family, item.identifier)
            home = self._homes.get(key)
            if home is not None:
                known[key] = home
        return store_arrivals(tx, self._workspace, items, known, self._clock())

    def _stored(self, batch: Batch[_Put], written: asyncio.Future[_Homes]) -> None:
        error = written.exception()
        if error is None:
            self._homes.update(written.result())
            while len(self._homes) > _HOMES:
                self._homes.popitem(last=False)
        for _, future in batch.close():
            if future.done():
                continue
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)
