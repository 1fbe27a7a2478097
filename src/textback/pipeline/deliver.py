"""Deliver: post what is claimed, and record what the provider said.

A row is marked *sending* and committed before anything is posted. So a crash never posts twice: what may have gone is
*unknown* afterwards, and unknown is never posted again.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog

from textback.channels.base import Accepted, Failure, Outgoing
from textback.core.when import SECOND
from textback.engine.arrivals import DeliveryStatus
from textback.pipeline.accept import incoming
from textback.pipeline.claim import Claim, Claimed, claim
from textback.pipeline.lines import Line
from textback.store import inbox, outbox
from textback.store.db import Batch, Db, Tx

log = structlog.get_logger("textback.deliver")

MAX_ATTEMPTS = 8
POLL = 0.5
"""Seconds between looks at the outbox when nothing wakes us: another node may have queued something."""


class Receipt(msgspec.Struct, frozen=True):
    """What came of posting a claim."""

    claim: Claim
    result: Accepted | Failure


def record(tx: Tx, workspace: str, batch: Batch[Receipt], now: int, jitter: float) -> bool:
    """Write down what came of a batch of posts. Says whether some are to be tried again."""
    accepted: list[dict[str, Any]] = []
    again: list[dict[str, Any]] = []
    over: list[dict[str, Any]] = []
    unknown: list[dict[str, Any]] = []
    opted_out: list[Receipt] = []
    for receipt in batch.close():
        mine, result = receipt.claim, receipt.result
        key = {"b": mine.bucket, "k": mine.contact_id, "i": mine.id}
        if isinstance(result, Accepted):
            accepted.append({**key, "p": result.provider_id})
        elif result.kind == "unknown":
            unknown.append({**key, "f": mine.fence, "d": result.detail})
        elif result.kind in ("retry", "throttled") and mine.attempts < MAX_ATTEMPTS:
            again.append({**key, "f": mine.fence, "due": now + _pause(mine.attempts, result, jitter)})
        else:
            status = "filtered" if result.kind == "filtered" else "failed"
            over.append({**key, "s": status, "r": result.kind, "c": result.code, "d": result.detail})
            if result.kind == "opted_out":
                opted_out.append(receipt)
    if accepted:
        outbox.accepted(tx, accepted)
    if again:
        outbox.try_again(tx, again)
    if unknown:
        outbox.unknown(tx, unknown)
    if over:
        outbox.settle(tx, over)
    if opted_out:
        # V2: the provider knows of an opt-out that we don't. It enters by the road, like everything else.
        inbox.store_arrivals(tx, workspace, [_opt_out_arrival(r) for r in opted_out], {}, now)
    return bool(again)


def _opt_out_arrival(receipt: Receipt) -> inbox.Incoming:
    mine, failure = receipt.claim, receipt.result
    code = failure.code if isinstance(failure, Failure) else ""
    arrival = DeliveryStatus(f"refused-{mine.id}", mine.recipient, "failed", mine.id, code, opted_out=True)
    return incoming(mine.line, arrival, contact_id=mine.contact_id)


def _pause(attempts: int, failure: Failure, jitter: float) -> int:
    """How long to wait (ms): what the provider asked for, else doubling from one second to five minutes, spread out."""
    if failure.retry_after is not None:
        return int((failure.retry_after + jitter) * SECOND)
    return int(min(2 ** (attempts - 1), 300) * (0.5 + jitter) * SECOND)


def expire_leases(tx: Tx, now: int) -> list[str]:
    """Rows that a dead node was posting become unknown; returns their contacts."""
    rows = outbox.abandoned(tx, now)
    if rows:
        detail = "The server stopped while it was sending this."
        outbox.unknown(tx, [{"b": r.bucket, "k": r.contact_id, "i": r.id, "f": r.fence, "d": detail} for r in rows])
    return [row.contact_id for row in rows]


class Pace:
    """Lets at most `rate` texts a second go out on one line, evenly spaced. Times are seconds of the event loop."""

    CATCH_UP = 0.1
    """How much unused time may be made up for, so that a look at the outbox that comes late costs nothing."""

    def __init__(self, rate: float) -> None:
        self._gap = 1.0 / rate
        self._next = 0.0

    def ready(self, now: float) -> int:
        """How many texts may go at this moment."""
        self._next = max(self._next, now - self.CATCH_UP)
        return int((now - self._next) / self._gap) + 1 if self._next <= now else 0

    def took(self, texts: int) -> None:
        """So many go."""
        self._next += texts * self._gap

    def pause(self, now: float) -> float:
        """Seconds until the next text may go."""
        return max(self._next - now, 0.0)


class Deliverer:
    """Posts what the outbox holds, many conversations at once, one text at a time within each."""

    def __init__(
        self,
        db: Db,
        workspace: str,
        lines: Mapping[str, Line],
        clock: Callable[[], int],
        changed: Callable[[list[str]], None],
        status_url: Callable[[str, str], str | None],
        *,
        most: int = 256,
    ) -> None:
        self._db = db
        self._workspace = workspace
        self._lines = lines
        self._clock = clock
        self._changed = changed
        self._status_url = status_url
        self._most = most
        self._paces = {name: Pace(line.rate) for name, line in lines.items() if line.rate}
        self._posting: set[asyncio.Task[None]] = set()
        self._reserved = 0
        self._batch: Batch[Receipt] | None = None
        self._recording: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._behind = True  # whether the outbox may hold rows that wait for one of ours to be settled
        self._stopping = False

    async def run(self) -> None:
        """Claim and post until told to stop; then finish what was claimed."""
        while not self._stopping:
            free = self._free()
            claimed = None
            self._wake.clear()
            if free > 0:
                claimed = await self._claim(free)
            if claimed is None or len(claimed.claims) < free:
                try:
                    async with asyncio.timeout(self._pause()):
                        await self._wake.wait()
                except TimeoutError:
                    continue
        while self._posting:
            await asyncio.wait(self._posting)
        if self._recording:
            await asyncio.wait(self._recording)

    def stop(self) -> None:
        """Claim no more."""
        self._stopping = True
        self._wake.set()

    def wake(self) -> None:
        """Something was queued."""
        self._behind = True
        self._wake.set()

    def _pause(self) -> float:
        """Seconds until the outbox is worth another look if nothing wakes us."""
        now = asyncio.get_running_loop().time()
        return min([POLL, *(max(pace.pause(now), 0.01) for pace in self._paces.values() if pace.pause(now))])

    def _free(self) -> int:
        return self._most - len(self._posting) - self._reserved

    def reserve(self) -> int:
        """How many texts a batch of turns may claim for us; `take` gives the reservation back."""
        room = 0 if self._stopping else max(self._free() // 2, 0)
        self._reserved += room
        return room

    def take(self, reserved: int, claims: Sequence[Claim]) -> None:
        """Post these claims, made under a reservation."""
        self._reserved -= reserved
        for mine in claims:
            task = asyncio.create_task(self._post(mine))
            self._posting.add(task)
            task.add_done_callback(self._posted)

    async def _claim(self, most: int) -> Claimed | None:
        now = asyncio.get_running_loop().time()
        paced = {name: min(pace.ready(now), most) for name, pace in self._paces.items()}
        try:
            claimed = await self._db.write_in("deliver", claim, self._clock(), most, paced)
        except Exception as error:
            log.warning("claim failed", error=type(error).__name__)
            await asyncio.sleep(0.5)
            return None
        for name, texts in Counter(mine.line for mine in claimed.claims if mine.line in paced).items():
            self._paces[name].took(texts)
        self.take(0, claimed.claims)
        self._behind = claimed.more
        if claimed.refused:
            self._changed(claimed.refused)
        return claimed

    def _posted(self, task: asyncio.Task[None]) -> None:
        self._posting.discard(task)
        if task.exception() is not None:  # a defect of ours: the lease runs out and the text becomes unknown
            log.error("posting broke", error=repr(task.exception()))

    async def _post(self, mine: Claim) -> None:
        line = self._lines.get(mine.line)
        if line is None:
            result: Accepted | Failure = Failure("misconfigured", detail=f"There is no line {mine.line} any more.")
        else:
            result = await line.provider.send(
                Outgoing(
                    mine.id,
                    line.number,
                    mine.recipient,
                    mine.text,
                    mine.media,
                    self._status_url(mine.line, mine.id),
                )
            )
        receipt = Receipt(mine, result)
        if self._batch is None or not self._batch.add(receipt):
            batch = self._batch = Batch()
            batch.add(receipt)
            task = asyncio.create_task(self._record(batch))
            self._recording.add(task)
            task.add_done_callback(self._recording.discard)

    async def _record(self, batch: Batch[Receipt]) -> None:
        """Write receipts down. What a provider took must be written: tried until the database is back."""
        while True:
            try:
                again = await self._db.write_in(
                    "deliver",
                    record,
                    self._workspace,
                    batch,
                    self._clock(),
                    random.random(),  # noqa: S311
                )
            except Exception as error:
                log.warning("recording failed", error=type(error).__name__)
                await asyncio.sleep(POLL)
                continue
            self._changed([receipt.claim.contact_id for receipt in batch.close()])
            if again:
                self.wake()
            elif self._behind:
                self._wake.set()
            return
