"""Reconcile: compare with the provider's own list, because a provider that could not reach us gives up.

What came in while nobody listened is taken in as ordinary arrivals, and the inbox stores each once, whichever way it
comes. What became of *unknown* sends is looked up. One node at a time reads a line's list; how far it was read is kept
in the database, so that down time, of this server or of the provider, only makes the next reading longer.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog

from textback.channels.base import Failure, Found, Heard, ListFailed, Lists, ListTooLong, Outgoing, Recent
from textback.core.ids import new_id
from textback.core.messages import RANK
from textback.core.when import DAY, HOUR, MINUTE
from textback.engine.arrivals import AnyArrival, DeliveryStatus, Media, Message
from textback.pipeline.accept import incoming
from textback.pipeline.buckets import sorted_by
from textback.pipeline.claim import LEASE as CLAIM_LEASE
from textback.pipeline.claim import Claim
from textback.pipeline.dead import of_send
from textback.pipeline.deliver import MAX_ATTEMPTS
from textback.pipeline.lines import Line
from textback.pipeline.pausing import woken
from textback.store import dead, inbox, outbox
from textback.store import reconcile as store
from textback.store.db import Db, Row, Tx
from textback.store.trouble import is_away, reason

log = structlog.get_logger("textback.reconcile")

FURTHEST = 3 * DAY
"""How far back a list is read after a long down time."""
SLICE = 6 * HOUR
SHORTEST = MINUTE
"""A list is read in stretches of time, shorter ones where there is much."""
LEASE = 5 * MINUTE
"""How long a node may take for one stretch until another may read the list."""
RETRY = MINUTE
"""When a list that could not be read is asked for again."""
SETTLED = 10 * MINUTE
"""How long after a post ended a list that doesn't have the text says that it was not sent."""
SLACK = 2 * MINUTE
"""How far the provider's clock may be from ours."""
MOST = 50
"""Unknown sends looked up in one reading."""
BATCH = 100
LOOK = 5.0
"""Seconds between looks whether a line's list is due."""

NOT_SENT = Failure("unknown", "not_sent", "The provider never had it: it was not sent.")

_media = msgspec.json.Decoder(tuple[Media, ...])
Receive = Callable[[str, Sequence[AnyArrival]], Awaitable[object]]


class Looked(msgspec.Struct, frozen=True):
    """An unknown send and what the provider's list has of its contact at that time."""

    row: Any
    found: Found


class Settled(msgspec.Struct):
    """What came of looking up unknown sends, by contact."""

    found: list[str] = []
    not_sent: list[str] = []
    queued: list[str] = []


class Reconciler:
    """Reads the lists of this node's lines. `every` ms; 0 is never. With `resend`, what was surely not sent is queued
    again; otherwise a person sees that it failed. `lease` is how long (ms) a node may take to post."""

    def __init__(
        self,
        db: Db,
        workspace: str,
        lines: Mapping[str, Line],
        clock: Callable[[], int],
        receive: Receive,
        changed: Callable[[list[str]], None],
        *,
        every: int,
        resend: bool = False,
        lease: int = CLAIM_LEASE,
    ) -> None:
        self._db = db
        self._workspace = workspace
        self._numbers = {name: line.number for name, line in lines.items()}
        self._lists: dict[str, Lists] = {
            name: line.provider for name, line in lines.items() if isinstance(line.provider, Lists)
        }
        self._clock = clock
        self._receive = receive
        self._changed = changed
        self._every = every
        self._resend = resend
        self._lease = lease
        self._me = new_id()
        self._stopping = asyncio.Event()
        self._reading: asyncio.Task[bool] | None = None

    @property
    def wanted(self) -> bool:
        """Whether there is anything to do, ever."""
        return bool(self._every and self._lists)

    def stop(self) -> None:
        """Break off. What was not read is read next time."""
        self._stopping.set()
        if self._reading is not None:
            self._reading.cancel()

    async def run(self) -> None:
        """Read every list now, and then on its beat, until told to stop."""
        begun = False
        while not self._stopping.is_set():
            try:
                if not begun:
                    lines = sorted(self._lists)
                    await self._db.write_in("tick", store.begin, self._workspace, lines, self._clock())
                    begun = True
                if self._stopping.is_set():
                    return
                self._reading = asyncio.create_task(self.once())
                await asyncio.wait([self._reading])
                if not self._reading.cancelled() and self._reading.result():
                    continue
            except Exception as error:
                log.error("reconciliation failed", error=reason(error), exc_info=None if is_away(error) else error)
            await woken(self._stopping, LOOK)

    async def once(self) -> bool:
        """Read one line's list, if one is due. Says whether one was."""
        now = self._clock()
        reading = await self._db.write_in(
            "tick", store.take, self._workspace, sorted(self._lists), self._me, now, now + LEASE
        )
        if reading is None:
            return False
        next_at = now  # a node that stops half-way gives the line to the others at once
        try:
            if await self._catch_up(reading):
                await self._resolve(reading.line)
            next_at = now + self._every
        except ListFailed as error:
            log.warning("list not read", line=reading.line, error=str(error))
            next_at = now + min(RETRY, self._every)
        except Exception:
            next_at = now + min(RETRY, self._every)
            raise
        finally:
            given_back = self._db.write_in("tick", store.release, self._workspace, reading.line, self._me, next_at)
            await asyncio.shield(given_back)
        return True

    async def _catch_up(self, reading: store.Reading) -> bool:
        """Take in what is missing since the list was last read; False when another node has taken over."""
        provider = self._lists[reading.line]
        now = self._clock()
        start = max(min(reading.read_until, now) - provider.lag, reading.began_at, now - FURTHEST)
        length = SLICE
        while start < now:
            end = min(start + length, now)
            try:
                recent = await provider.recent(start, end)
            except ListTooLong:
                if length <= SHORTEST:
                    raise
                length = max(length // 2, SHORTEST)
                continue
            await self._take_in(reading.line, recent)
            start = end
            read, until = max(end, reading.read_until), self._clock() + LEASE
            if not await self._db.write_in("tick", store.keep, self._workspace, reading.line, self._me, read, until):
                return False
        return True

    async def _take_in(self, line: str, recent: Recent) -> None:
        """Store what the list has and we have not, in the order in which it happened."""
        listed = [(heard.sender, heard.provider_id) for heard in recent.heard]
        missing = await self._db.read(store.missing, self._workspace, listed) if listed else set()
        texts = [heard for heard in recent.heard if heard.provider_id in missing]
        for start in range(0, len(texts), BATCH):
            await self._receive_all(line, texts[start : start + BATCH])
        reports = [store.Report(s.provider_id, s.recipient, s.status, s.message_id) for s in recent.statuses]
        news = await self._db.read(store.climbing, self._workspace, reports) if reports else set()
        statuses = [status for status in recent.statuses if (status.provider_id, status.status) in news]
        for start in range(0, len(statuses), BATCH):
            await self._receive(line, statuses[start : start + BATCH])
        if texts or statuses:
            log.info("reconciled", line=line, texts=len(texts), statuses=len(statuses))

    async def _receive_all(self, line: str, missing: Sequence[Heard]) -> None:
        """Store these texts. When one can't be read now, those before it are stored all the same."""
        texts: list[Message] = []
        try:
            for heard in missing:
                message = heard.message or await self._lists[line].read(heard)
                if message is None:
                    log.error("a text that came in can't be had from the provider", line=line, id=heard.provider_id)
                else:
                    texts.append(message)
        finally:
            if texts:
                await self._receive(line, texts)

    async def _resolve(self, line: str) -> None:
        """Look up sends whose fate is unknown."""
        now = self._clock()
        rows = await self._db.read(store.unknown_sends, self._workspace, line, now, MOST)
        looked = []
        for row in rows:
            after, before = _posted(row, self._lease, now)
            if now >= before:
                out = Outgoing(row.id, self._numbers[line], row.recipient, row.text, _media.decode(row.media))
                looked.append(Looked(row, await self._lists[line].find(out, after, before)))
        if not looked:
            return
        done = Settled()
        # What fits more than one text fits texts to one contact, and so of one bucket.
        for place, some in sorted_by(self._db, looked, lambda one: int(one.row.bucket)).items():
            part = await self._db.write_within(
                place, "tick", settle, self._workspace, some, self._clock(), self._resend
            )
            done.found += part.found
            done.not_sent += part.not_sent
            done.queued += part.queued
        log.info(
            "unknown texts looked up",
            line=line,
            asked=len(looked),
            found=len(done.found),
            not_sent=len(done.not_sent),
            queued=len(done.queued),
        )
        self._changed([*done.found, *done.not_sent, *done.queued])


def _claim(row: Row[Any]) -> Claim:
    """The claim under which it was posted, long over."""
    key = (row.bucket, row.id, row.contact_id, row.line, row.recipient)
    return Claim(*key, row.text, _media.decode(row.media), row.fence, row.attempts, until=0, deadline=0.0)


def _posted(row: Row[Any], lease: int, now: int) -> tuple[int, int]:
    """Between which times (ms) it was posted, if it was: while it was leased. One that comes from a backup may
    have been posted whenever since it was written."""
    if row.lease_until is None:
        return row.at - SLACK, now
    return row.lease_until - lease - SLACK, row.lease_until + SLACK


def settle(tx: Tx, workspace: str, looked: Sequence[Looked], now: int, resend: bool) -> Settled:
    """Write down what became of unknown sends. One text that fits, and only one, was it; none at all, in a list that is
    surely whole, was not sent. Otherwise it stays unknown and is looked up again, less and less often."""
    rows = store.still_unknown(tx, [one.row for one in looked])
    ids = {(one.row.bucket, id_) for one in looked for id_ in _ids(one.found)}
    ours = store.already_ours(tx, ids)
    fits = Counter(status.provider_id for one in looked for status in one.found.same)
    done = Settled()
    accepted: list[dict[str, Any]] = []
    arrivals: list[inbox.Incoming] = []
    failed: list[dict[str, Any]] = []
    letters: list[dict[str, Any]] = []
    again: list[dict[str, Any]] = []
    later: list[dict[str, Any]] = []
    for one in looked:
        row = one.row
        if row.id not in rows:
            continue
        key = {"b": row.bucket, "k": row.contact_id, "i": row.id}
        same = [status for status in one.found.same if status.provider_id not in ours]
        it = next((status for status in same if status.message_id == row.id), None)
        if it is None and len(same) == 1 and fits[same[0].provider_id] == 1 and not store.has_twin(tx, row):
            it = same[0]
        if it is not None:
            accepted.append({**key, "p": it.provider_id})
            done.found.append(row.contact_id)
            if RANK[it.status] > RANK["accepted"]:
                arrivals.append(incoming(row.line, _report(it, row), contact_id=row.contact_id))
        elif same or not _surely_not(one, ours, now):
            later.append({**key, "due": now + max(MINUTE, now - row.at)})
        elif resend and row.attempts < MAX_ATTEMPTS:
            again.append(key)
            done.queued.append(row.contact_id)
        else:
            failed.append({**key, "s": "failed", "r": NOT_SENT.kind, "c": NOT_SENT.code, "d": NOT_SENT.detail})
            letters.append(of_send(_claim(row), NOT_SENT, workspace, now))
            done.not_sent.append(row.contact_id)
    if accepted:
        outbox.accepted(tx, accepted)
    if arrivals:
        inbox.store_arrivals(tx, workspace, arrivals, {}, now)
    if failed:
        outbox.settle(tx, failed)
        dead.add(tx, letters)
    if again:
        store.queue_again(tx, again, now)
    if later:
        store.look_again(tx, later)
    return done


def _ids(found: Found) -> list[str]:
    return [*(status.provider_id for status in found.same), *found.others]


def _surely_not(one: Looked, ours: set[str], now: int) -> bool:
    """The list is whole, time enough has passed, and whatever else went to this contact is accounted for: a provider
    may have changed the words."""
    strangers = [id_ for id_ in one.found.others if id_ not in ours]
    return one.found.surely and not strangers and now >= (one.row.lease_until or one.row.at) + SETTLED


def _report(status: DeliveryStatus, row: Row[Any]) -> DeliveryStatus:
    """The status as the road takes it, for the message that it turned out to be about."""
    return msgspec.structs.replace(status, recipient=row.recipient, message_id=row.id)
