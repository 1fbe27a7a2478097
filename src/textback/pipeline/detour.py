"""The detour: while the database is away, arrivals wait in the spool, and go on to the inbox in order when it is back.

While the spool holds anything, new arrivals go behind it. So that this ends under load too, the last of them are let
through in one go: what comes meanwhile is held in memory, not yet acknowledged, and follows straight after.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import msgspec
import structlog

from textback.core.when import SECOND
from textback.pipeline.spool import Spool
from textback.store.inbox import Incoming
from textback.store.trouble import is_refusal, reason

log = structlog.get_logger("textback.spool")

PATIENCE = 1.5
"""Seconds that an arrival waits for the database. Providers want their answer within two to five."""
STEPS = 5
"""In so many steps it is waited out: a server that was frozen for a while has not waited."""
PAUSES = (0.2, 2.0)
"""Seconds between tries to reach the database: at first, and at most."""
CHUNK = 256
"""Records that go to the inbox at once."""
FEW = 512
"""With so many records left and a database that works, new arrivals are held until they are through."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Incoming).decode

_Held = tuple[Sequence[Incoming], asyncio.Future[None]]


class Patience:
    """Calls `over` when the loop has been alive for PATIENCE seconds."""

    def __init__(self, over: Callable[[], None]) -> None:
        self._over = over
        self._left = STEPS
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(PATIENCE / STEPS, self._step)

    def _step(self) -> None:
        self._left -= 1
        if self._left:
            self._timer = self._loop.call_later(PATIENCE / STEPS, self._step)
        else:
            self._over()

    def cancel(self) -> None:
        """It need not wait any more."""
        self._timer.cancel()


def _settle(future: asyncio.Future[None], kept: asyncio.Future[None]) -> None:
    """The arrival is as safe as its record."""
    error = kept.exception()
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)


class Detour:
    """Takes arrivals in while the database is away. `store` writes some to the inbox and raises what the database
    raised; `straight` sends one on as if it had just come."""

    def __init__(
        self,
        spool: Spool,
        clock: Callable[[], int],
        store: Callable[[Sequence[Incoming]], Awaitable[None]],
        straight: Callable[[Sequence[Incoming], asyncio.Future[None]], None],
    ) -> None:
        self.spool = spool
        self.active = not spool.empty
        """Whether new arrivals must come here."""
        self._clock = clock
        self._store = store
        self._straight = straight
        self._held: list[_Held] | None = None
        self._timer: Patience | None = None
        self._wanted = asyncio.Event()
        if self.active:
            self._wanted.set()

    def take(self, why: str) -> None:
        """From now on arrivals come here, until the spool is empty again."""
        if not self.active:
            self.active = True
            self._wanted.set()
            log.warning("the database is away; texts are kept in the spool", reason=why, folder=str(self.spool.folder))

    def put(self, items: Sequence[Incoming], future: asyncio.Future[None]) -> None:
        """Keep these, behind all others; the future is done when they are on the disk."""
        if self._held is None:
            self._keep(items, future)
        else:
            self._held.append((items, future))

    def _keep(self, items: Sequence[Incoming], future: asyncio.Future[None]) -> None:
        now = self._clock()
        try:
            records = [_encode(msgspec.structs.replace(item, received_at=item.received_at or now)) for item in items]
        except UnicodeError as error:
            future.set_exception(error)
            return
        self.spool.append(records).add_done_callback(partial(_settle, future))

    async def run(self) -> None:
        """Drain whenever there is something, until cancelled. What is left then is for the next process."""
        pause, told = PAUSES[0], ""
        try:
            while True:
                await self._wanted.wait()
                try:
                    await self._drain()
                except Exception as error:
                    self._give_up_holding()
                    if (why := reason(error)) != told:
                        told = why
                        log.warning("the spool can't be drained yet", reason=why, records=self.spool.records)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, PAUSES[1])
                else:
                    pause, told = PAUSES[0], ""
        finally:
            self._give_up_holding()

    async def _drain(self) -> None:
        """Send everything on, oldest first. Raises what the database or the disk raised."""
        spool = self.spool
        before = spool.drained
        while not spool.empty:
            oldest = await spool.first()
            if oldest is None:
                await spool.settled()
                continue
            name, found = oldest
            refused = []
            for begin in range(0, len(found.records), CHUNK):
                refused += await self._store_records(found.records[begin : begin + CHUNK])
            await spool.done(name, found, refused)
            self._hold_when_few()
        self._finish(spool.drained - before)

    async def _store_records(self, records: Sequence[bytes]) -> list[bytes]:
        """Put these into the inbox; returns those that can never be stored."""
        try:
            await self._store([_decode(record) for record in records])
        except Exception as error:
            if not (is_refusal(error) or isinstance(error, msgspec.MsgspecError)):
                raise
            if len(records) == 1:
                log.error("a text from the spool can't be stored", reason=reason(error))
                return list(records)
            return [bad for record in records for bad in await self._store_records([record])]
        return []

    def _hold_when_few(self) -> None:
        """The database works, or we would not be here."""
        if self._held is None and not self.spool.empty and self.spool.records <= FEW:
            self._held = []
            self._timer = Patience(self._give_up_holding)

    def _give_up_holding(self) -> None:
        """The last records took too long: what was held meanwhile goes behind them after all."""
        for items, future in self._let_go():
            self._keep(items, future)

    def _let_go(self) -> list[_Held]:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        held, self._held = self._held or [], None
        return held

    def _finish(self, records: int) -> None:
        """Nothing is kept any more: arrivals go straight to the inbox again, those that were held first."""
        self.active = False
        self._wanted.clear()
        for items, future in self._let_go():
            self._straight(items, future)
        log.info("the database is back; the spool is drained", records=records)

    def oldest_seconds(self) -> float:
        """How long the oldest record has waited, roughly: since its file was begun. 0 when there is none."""
        oldest = self.spool.oldest
        return 0.0 if oldest is None else max(self._clock() - oldest, 0) / SECOND
