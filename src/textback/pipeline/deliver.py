"""Deliver: post what is claimed, and record what the provider said.

A row is marked *sending* and committed before anything is posted. So a crash never posts twice: what may have gone is
*unknown* afterwards, and unknown is never posted again.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
import structlog

from textback.actions.fetch import Allowed
from textback.channels.base import Accepted, Failure, Outgoing, Thread
from textback.core.faults import point
from textback.core.ids import BUCKETS, made_at
from textback.core.tracing import Tracer
from textback.core.when import DAY, MINUTE, SECOND
from textback.engine.arrivals import DeliveryStatus
from textback.pipeline import spans
from textback.pipeline.accept import incoming
from textback.pipeline.attaching import Attacher
from textback.pipeline.breaker import Condition
from textback.pipeline.buckets import FEW, Places, told
from textback.pipeline.claim import LEASE, Claim, Claimed, claim, give_up_late
from textback.pipeline.dead import of_send
from textback.pipeline.fairness import Ahead, Allowance, Cap, bulk_room, give_back, take_ahead
from textback.pipeline.gating import Gatekeeper
from textback.pipeline.lines import Line
from textback.pipeline.mailboxes import thread_of
from textback.pipeline.metrics import BATCH_CLAIMS, BATCH_RECEIPTS, POSTS, REFUSED, REPLY_SECONDS
from textback.pipeline.posting import post
from textback.pipeline.seen import LineMarks
from textback.pipeline.slots import Slots
from textback.pipeline.unsubscribing import leaves_by_click
from textback.store import dead, inbox, outbox, spread
from textback.store.db import Batch, Db, Tx
from textback.store.limits import begin_paces
from textback.store.trouble import reason

log = structlog.get_logger("textback.deliver")

MAX_ATTEMPTS = 20
"""With the pauses between them these take an hour, more or less: as long as a reply is of use."""
KEEP = DAY
"""How long (ms) a text is kept whose line is misconfigured: somebody must see it first, and mend it."""
MEND = 5 * MINUTE
"""The pause (ms) before it is tried again."""
LATE_EVERY = 5.0
"""Seconds between looks at what became too old on lines that are away."""
LATE = Failure("retry", detail="This server was held up until another took over.", retry_after=0.0)
"""Its lease was over before it was posted. Whether it is tried again is for the fence to say."""
POLL = 0.5
"""Seconds between looks at the outbox when nothing wakes us: another node may have queued something."""
EAGER = 0.02
IN_ONE = 2
"""Answers that the turns of one bucket may claim at once."""
AT_ONCE = 8
"""Buckets claimed in at the same time."""


class Receipt(msgspec.Struct, frozen=True):
    """What came of posting a claim."""

    claim: Claim
    result: Accepted | Failure


def record(tx: Tx, workspace: str, batch: Batch[Receipt], now: int, jitter: float) -> bool:
    """Write down what came of a batch of posts. Says whether some are to be tried again."""
    accepted: list[dict[str, Any]] = []
    went: list[dict[str, Any]] = []
    again: list[dict[str, Any]] = []
    over: list[dict[str, Any]] = []
    unknown: list[dict[str, Any]] = []
    told: list[Receipt] = []
    letters: list[dict[str, Any]] = []
    for receipt in batch.close():
        mine, result = receipt.claim, receipt.result
        key = {"b": mine.bucket, "k": mine.contact_id, "i": mine.id}
        if isinstance(result, Accepted):
            accepted.append({**key, "p": result.provider_id})
            if result.channel is not None and result.channel != mine.channel:
                went.append({**key, "ch": result.channel})
        elif result.kind == "unknown":
            unknown.append({**key, "f": mine.fence, "d": result.detail})
        elif result.kind in ("retry", "throttled", "later") and mine.attempts < MAX_ATTEMPTS:
            again.append({**key, "f": mine.fence, "due": now + _pause(mine.attempts, result, jitter)})
        elif result.kind == "misconfigured" and now < mine.made + KEEP:
            again.append({**key, "f": mine.fence, "due": now + int(MEND * (0.5 + jitter))})
        else:
            status = "filtered" if result.kind == "filtered" else "failed"
            over.append({**key, "f": mine.fence, "s": status, "r": result.kind, "c": result.code, "d": result.detail})
            if result.kind == "opted_out" or result.bad_number:
                told.append(receipt)
            if result.kind != "opted_out":
                letters.append(of_send(mine, result, workspace, now))
    if accepted:
        outbox.accepted(tx, accepted)
    if went:
        outbox.went(tx, went)
    if again:
        outbox.try_again(tx, again)
    if unknown or over:
        # Whoever has judged or claimed a row since knows more than we do. What was accepted is true all the same.
        held = outbox.held(tx, [*unknown, *over])
        unknown = [row for row in unknown if row["i"] in held]
        over = [row for row in over if row["i"] in held]
        letters = [letter for letter in letters if letter["id"] in held]
    if unknown:
        outbox.unknown(tx, unknown)
    if over:
        outbox.settle(tx, over)
    if letters:
        dead.add(tx, letters)
    if told:
        # V2, N1: the provider knows of an opt-out or a bad number that we don't. It enters by the road, like all else.
        inbox.store_arrivals(tx, workspace, [_refused_arrival(r) for r in told], {}, now)
    point("deliver.recording")
    return bool(again)


def _refused_arrival(receipt: Receipt) -> inbox.Incoming:
    mine, failure = receipt.claim, receipt.result
    code, out = (failure.code, failure.kind == "opted_out") if isinstance(failure, Failure) else ("", False)
    arrival = DeliveryStatus(f"refused-{mine.id}", mine.recipient, "failed", mine.id, code, opted_out=out)
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
        gate: Gatekeeper,
        *,
        most: int = 256,
        lease: int = LEASE,
        eager: bool = False,
        tracer: Tracer | None = None,
        marks: LineMarks | None = None,
        public_url: str = "",
        private: Allowed | None = None,
    ) -> None:
        self._public_url = public_url
        self._attacher = Attacher(db, workspace, public_url, private)
        self._tracer = tracer
        self._marks = marks
        self._debug: bool = log.is_enabled_for(logging.DEBUG)
        self._db = db
        self._workspace = workspace
        self._lines = lines
        self._clock = clock
        self._changed = changed
        self._status_url = status_url
        self._gate = gate
        self._most = most
        self._lease = lease
        self._eager = eager  # whether all that it delivers was queued by other nodes
        self._rates = {name: line.rate for name, line in lines.items() if line.rate}
        self._open_at = dict.fromkeys(self._rates, 0.0)  # when these may send again, in seconds of the event loop
        self._granted: dict[str, int] = {}  # segments of these that were taken ahead
        self._caps = {name: Cap(line.counter, line.cap) for name, line in lines.items() if line.cap is not None}
        self._slots = Slots(lines, most)
        self._late_at = 0.0
        self._posting: set[asyncio.Task[None]] = set()
        self._bulk: set[asyncio.Task[None]] = set()  # those of them that post no answers
        self._reserved = 0
        self._batches: dict[int | None, Batch[Receipt]] = {}
        self._recording: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._places = Places(db, spread.with_texts)
        self._late_places = Places(db, spread.with_late_texts)
        self._named: dict[int, None] = {}  # buckets with texts that may be due
        self._behind_in: set[int] = set()  # buckets with texts that are queued
        self._look_at = 0.0
        self._skipped = 0  # buckets from which nothing could go
        self._behind = True  # whether the outbox may hold rows that wait for one of ours to be settled
        self._stopping = False

    async def run(self) -> None:
        """Claim and post until told to stop; then finish what was claimed."""
        await self._begin()
        while not self._stopping:
            free = self._free()
            limits = self._slots.limits(asyncio.get_running_loop().time())
            claimed = None
            self._wake.clear()
            if free > 0 or any(limits.values()):
                claimed = await (self._claim_each() if self._db.by_bucket else self._claim(free, limits))
            if claimed is None or (len(claimed.claims) < max(free, 1) and not claimed.refused):
                await self._give_up_late()
                try:
                    async with asyncio.timeout(self._pause(claimed)):
                        await self._wake.wait()
                except TimeoutError:
                    continue
        while self._posting:
            await asyncio.wait(self._posting)
        if self._recording:
            await asyncio.wait(self._recording)

    async def _begin(self) -> None:
        while self._rates and not self._stopping:
            try:
                await self._db.write_in("deliver", begin_paces, self._workspace, list(self._rates))
                break
            except Exception as error:
                log.warning("claim failed", error=type(error).__name__)
                await asyncio.sleep(POLL)

    def stop(self) -> None:
        """Claim no more."""
        self._stopping = True
        self._wake.set()

    def wake(self, *buckets: int) -> None:
        """Something was queued: in these buckets, or who knows where."""
        self._behind = True
        self._named.update(dict.fromkeys(buckets))
        if not buckets:
            self._look_at = 0.0
        self._wake.set()

    def _pause(self, claimed: Claimed | None) -> float:
        """Seconds until the outbox is worth another look if nothing wakes us."""
        if self._eager and claimed is not None and claimed.claims:
            return EAGER  # there is probably more
        now = asyncio.get_running_loop().time()
        waits = [at - now for at in self._open_at.values()] + [self._slots.pause(now) or 0.0]
        return min([POLL, *(max(wait, 0.01) for wait in waits if wait > 0)])

    @property
    def shut(self) -> Collection[str]:
        """Lines whose texts must be queued: they are away, or have their hands full."""
        return self._slots.shut

    def conditions(self) -> dict[str, Condition]:
        """How each line's provider is, as far as this node knows."""
        return self._slots.conditions(asyncio.get_running_loop().time())

    def _free(self) -> int:
        """How many texts may go on any line that is not shut."""
        return self._slots.room() - self._reserved

    def reserve(self, bucket: int | None = None) -> int:
        """How many texts a batch of turns may claim for us; `take` gives the reservation back. Where each bucket has a
        batch of its own there are many, with few texts each."""
        room = 0 if self._stopping else max(self._free() // 2, 0)
        if bucket is not None:
            room = min(room, IN_ONE)
        self._reserved += room
        return room

    def take(self, reserved: int, claims: Sequence[Claim]) -> None:
        """Post these claims, made under a reservation."""
        self._reserved -= reserved
        for mine in claims:
            task = asyncio.create_task(self._post(mine))
            self._posting.add(task)
            self._slots.took(mine.line)
            task.add_done_callback(partial(self._posted, mine.line))
            if mine.bulk:
                self._bulk.add(task)
                task.add_done_callback(self._bulk.discard)

    async def _claim_each(self) -> Claimed:
        """Claim bucket by bucket, several at once. Where lines count what goes one by one, the most urgent first."""
        taken_at = asyncio.get_running_loop().time()
        taken = await self._take_ahead()
        try:
            return await self._claim_in_each()
        finally:
            await self._give_back(taken, taken_at)

    async def _claim_in_each(self) -> Claimed:
        loop = asyncio.get_running_loop()
        total = Claimed([], [], False)
        places, self._named = list(self._named), {}
        limits = self._slots.limits(loop.time())
        counted = bool(limits or self._rates or self._caps)
        if counted or not places or loop.time() >= self._look_at:
            self._look_at = loop.time() + POLL
            found = [place for place in await self._places(self._clock(), self._full()) if place is not None]
            places = found[self._skipped :] + found[: self._skipped] if counted else list(dict.fromkeys(found + places))
        tried = 0
        while places and not self._stopping:
            free, limits = self._free(), self._slots.limits(loop.time())
            if free <= 0 and not any(limits.values()):
                self._named.update(dict.fromkeys(places))
                break
            bulk = bulk_room(self._most, len(self._bulk))
            width = 1 if counted else max(min(AT_ONCE, free, bulk or free), 1)
            some, places = places[:width], places[width:]
            full = self._full()
            for claimed in await asyncio.gather(*[self._claim(free, limits, place, len(some)) for place in some]):
                if claimed is not None:
                    total.claims += claimed.claims
                    total.refused += claimed.refused
            tried += 1
            if counted and self._full() != full:  # what may go next is for another look to say
                self._skipped = 0
                self._wake.set()
                break
            if counted and not total.claims and tried == FEW:
                self._skipped = (self._skipped + FEW) % BUCKETS
                break
        return total

    def _full(self) -> list[str]:
        """Lines that nothing may go on at this moment."""
        now = asyncio.get_running_loop().time()
        full = {line for line, room in self._slots.limits(now).items() if room <= 0}
        full.update(line for line, at in self._open_at.items() if now < at)
        full.update(line for line, segments in self._granted.items() if segments <= 0)
        return sorted(full)

    async def _take_ahead(self) -> dict[str, Ahead]:
        """Take segments of lines with a rate that have texts to send, before it is known in which buckets these are:
        a line's pace is kept on a server of its own. What is not used is given back."""
        now = asyncio.get_running_loop().time()
        lines = [line for line, at in self._open_at.items() if now >= at]
        taken: dict[str, Ahead] = {}
        if not lines:
            return taken
        try:
            lines = await self._db.read(spread.lines_with_texts, self._clock(), lines)
        except Exception as error:
            log.debug("not all servers of the database can be asked", reason=reason(error))  # `Places` says it
        for line in lines:
            try:
                ahead = await self._db.write_in("deliver", take_ahead, self._workspace, line, self._rates[line])
            except Exception as error:
                log.warning("claim failed", error=type(error).__name__)
                self._open_at[line] = now + POLL
                continue
            if ahead.segments:
                taken[line] = ahead
                self._granted[line] = ahead.segments
            else:
                self._open_at[line] = now + ahead.wait(0)
        return taken

    async def _give_back(self, taken: Mapping[str, Ahead], taken_at: float) -> None:
        """Say how much of what was taken ahead went."""
        for line, ahead in taken.items():
            used = ahead.segments - self._granted.pop(line)
            self._open_at[line] = taken_at + ahead.wait(used)
            if used == ahead.segments:
                continue
            try:
                await self._db.write_in("deliver", give_back, self._workspace, line, ahead, used)
            except Exception as error:  # then the line may send a little later
                log.warning("claim failed", error=type(error).__name__)

    async def _claim(
        self, free: int, limits: Mapping[str, int], bucket: int | None = None, share: int = 1
    ) -> Claimed | None:
        """Claim up to `free` texts on lines that are not shut, and on those up to their `limits`. So many claims
        `share` what is free."""
        now = asyncio.get_running_loop().time()
        most = free // share if free > 0 else max(limits.values())
        held = {**limits, **{line: 0 for line, at in self._open_at.items() if now < at}}
        bulk = bulk_room(self._most, len(self._bulk)) // share
        granted = None if bucket is None else dict(self._granted)
        allowed = Allowance(self._workspace, most, bulk, held, self._rates, self._caps, granted)
        began = time.time_ns() if self._tracer is not None else 0
        try:
            claimed = await self._db.write_within(
                bucket, "deliver", claim, self._clock(), allowed, self._gate, self._lease
            )
        except Exception as error:
            if not told(bucket, error):
                log.warning("claim failed", error=type(error).__name__)
            if bucket is None:
                await asyncio.sleep(0.5)
            return None
        if claimed.claims:
            point("deliver.claimed")
            BATCH_CLAIMS.observe(len(claimed.claims))
            if self._tracer is not None:
                self._tracer.note(spans.of_claims(self._tracer, claimed.claims, began, time.time_ns()))
        for one in claimed.refusals:
            REFUSED.labels(one.line, one.rule).inc()
        if claimed.refusals and self._tracer is not None:
            self._tracer.note(spans.of_refusals(self._tracer, claimed.refusals, time.time_ns()))
        now = asyncio.get_running_loop().time()
        self._open_at |= {line: now + wait for line, wait in claimed.waits.items()}
        for line, segments in claimed.used.items():
            self._granted[line] -= segments
        for mine in claimed.claims:
            if mine.line in limits:
                self._slots.probed(mine.line, now)
        self.take(0, claimed.claims)
        self._behind = claimed.more
        if bucket is not None:
            (self._behind_in.add if claimed.more else self._behind_in.discard)(bucket)
        if claimed.refused:
            self._changed(claimed.refused)
        return claimed

    async def _give_up_late(self) -> None:
        """On lines that are away nothing is claimed, and so nobody else looks at what becomes too old."""
        now = asyncio.get_running_loop().time()
        away = self._slots.away()
        if not away or now < self._late_at:
            return
        self._late_at = now + LATE_EVERY
        try:
            for place in await self._late_places(self._clock(), away):
                self._changed(await self._db.write_within(place, "deliver", give_up_late, self._clock(), away))
        except Exception as error:
            log.warning("claim failed", error=type(error).__name__)

    def _posted(self, line: str, task: asyncio.Task[None]) -> None:
        self._posting.discard(task)
        self._slots.gave_back(line)
        if task.exception() is not None:  # a defect of ours: the lease runs out and the text becomes unknown
            log.error("posting broke", error=type(task.exception()).__name__, exc_info=task.exception())

    def _held(self, mine: Claim) -> bool:
        return mine.held(self._clock())

    async def _post(self, mine: Claim) -> None:
        line = self._lines.get(mine.line)
        answered: list[int] = []
        began = time.time_ns() if self._tracer is not None else 0
        if line is None:
            result: Accepted | Failure = Failure("rejected", detail=f"There is no line {mine.line} any more.")
        elif not mine.held(self._clock()) or mine.permit is None:
            result = LATE
        else:
            point("deliver.posting")
            result = await post(
                line.provider,
                Outgoing(
                    mine.id,
                    line.number,
                    mine.recipient,
                    mine.text,
                    mine.media,
                    self._status_url(mine.line, mine.id),
                    partial(self._held, mine),
                    None if self._tracer is None else answered.append,
                    mine.channel,
                    mine.offer,
                    await self._thread(mine, line) if line.threads else None,
                    mine.template,
                    await self._attacher.files_of(line, mine.media) if line.attaches and mine.media else (),
                ),
                mine.permit,
            )
            if mine.held(self._clock()):  # else it may be that nothing was posted
                self._heard(mine, result)
        point("deliver.posted")
        self._tell(mine, line, result, answered[0] if answered else 0, began)
        receipt = Receipt(mine, result)
        place = mine.bucket if self._db.by_bucket else None
        batch = self._batches.get(place)
        if batch is None or not batch.add(receipt):
            batch = self._batches[place] = Batch()
            batch.add(receipt)
            task = asyncio.create_task(self._record(batch, place))
            self._recording.add(task)
            task.add_done_callback(self._recording.discard)

    async def _thread(self, mine: Claim, line: Line) -> Thread:
        """What a text goes on with, for a line that says so. Without it goes all the same."""
        try:
            base = self._public_url if leaves_by_click(line) else ""
            return await self._db.read(thread_of, mine.bucket, mine.contact_id, mine.id, mine.line, base)
        except Exception as error:
            log.warning("thread not found", message=mine.id, error=reason(error))
            return Thread()

    def _tell(self, mine: Claim, line: Line | None, result: Accepted | Failure, status: int, began: int) -> None:
        """Count a post, and note it for its text's trace."""
        if isinstance(result, Accepted):
            POSTS.labels(mine.line, "accepted").inc()
            if mine.arrival_id and not mine.bulk:
                waited = (self._clock() - made_at(mine.arrival_id)) / SECOND
                REPLY_SECONDS.labels(mine.line).observe(max(waited, 0.0))
            if self._debug:
                log.debug("text posted", trace=mine.arrival_id, message=mine.id, line=mine.line, attempt=mine.attempts)
        else:
            POSTS.labels(mine.line, result.kind).inc()
            log.info(
                "text not taken",
                trace=mine.arrival_id,
                message=mine.id,
                line=mine.line,
                attempt=mine.attempts,
                why=result.kind,
                code=result.code,
            )
        if self._tracer is not None and mine.arrival_id and self._tracer.wants(mine.arrival_id):
            self._tracer.note(spans.of_post(mine, line, result, status, began, time.time_ns()))

    def _heard(self, mine: Claim, result: Accepted | Failure) -> None:
        """Let the line's breaker know, and say so once where that changes anything."""
        if self._marks is not None and isinstance(result, Accepted):
            self._marks.note(mine.line, "sent")
        now = asyncio.get_running_loop().time()
        if not self._slots.heard(mine.line, result, mine.contact_id, now):
            return
        condition = self.conditions()[mine.line]
        if condition.state != "closed":
            log.error(
                "line paused",
                line=mine.line,
                why=condition.why,
                code=condition.code,
                next_try_in=round(condition.next_try),
                fix="mend the line's key or account" if condition.why == "misconfigured" else "texts wait for it",
            )
        elif condition.why:
            log.error("line misconfigured", line=mine.line, code=condition.code, fix="mend the line's key or account")
        else:
            log.info("line works again", line=mine.line)
            self.wake()

    async def _record(self, batch: Batch[Receipt], place: int | None) -> None:
        """Write receipts down. What a provider took must be written: tried until the database is back."""
        while True:
            try:
                again = await self._db.write_within(
                    place,
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
            point("deliver.recorded")
            BATCH_RECEIPTS.observe(len(batch.close()))
            self._changed([receipt.claim.contact_id for receipt in batch.close()])
            if place is not None and (again or place in self._behind_in):
                self.wake(place)
            elif place is None and again:
                self.wake()
            elif place is None and self._behind:
                self._wake.set()
            return
