"""Mailboxes: the texts of lines that nobody posts to. One node at a time reads a line's mailbox.

What is new is stored before the mailbox is told, and before it is noted how far it was read. So a node that dies
between reads some mails again, and the inbox stores each once.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar, cast

import msgspec
import structlog

from textback.channels.base import Thread
from textback.channels.mailbox import BoxAway, Fetched, Mailbox, Mark
from textback.core.ids import new_id
from textback.core.when import MINUTE
from textback.engine.arrivals import AnyArrival
from textback.pipeline.lines import Line
from textback.pipeline.metrics import MAILS_LEFT
from textback.pipeline.unsubscribing import address_of
from textback.store import mailboxes as store
from textback.store.db import Db, Tx
from textback.store.trouble import is_away, reason

log = structlog.get_logger("textback.mail")

EVERY = 5.0
"""Seconds between looks into a mailbox."""
AWAY = 30.0
"""The same, while it can't be read."""
LEASE = 4 * MINUTE
"""How long a node may be silent until another may read its mailbox. It is renewed when half of it is over."""
PATIENCE = 90.0
"""Seconds that one look may take: less than what is left of the lease."""

_T = TypeVar("_T")
Receive = Callable[[str, Sequence[AnyArrival]], Awaitable[object]]
_beside = msgspec.json.Decoder(dict[str, str])


class Mailboxes:
    """Reads the mailboxes of this node's lines, each on its own beat. `mark` is told what happened to a line, in the
    words of pipeline.seen."""

    def __init__(
        self,
        db: Db,
        workspace: str,
        lines: Mapping[str, Line],
        clock: Callable[[], int],
        receive: Receive,
        mark: Callable[[str, str], None],
        *,
        every: float = EVERY,
    ) -> None:
        self._db = db
        self._workspace = workspace
        self._boxes: dict[str, Mailbox] = {
            name: line.provider
            for name, line in lines.items()
            if isinstance(line.provider, Mailbox) and line.provider.box
        }
        self._clock = clock
        self._receive = receive
        self._mark = mark
        self._every = every
        self._me = new_id()
        self._away: set[str] = set()
        self._begun: set[str] = set()
        self._read: set[str] = set()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Break off. What was not stored is read by whoever is next."""
        self._stopping.set()
        for box in self._boxes.values():
            box.leave()

    async def run(self) -> None:
        """Read all of them until told to stop."""
        await asyncio.gather(*[self._run(line) for line in self._boxes])

    async def _run(self, line: str) -> None:
        while not self._stopping.is_set():
            pause = self._every
            try:
                while await self.once(line) and not self._stopping.is_set():
                    continue
            except BoxAway as error:
                pause = max(AWAY, self._every)
                if line not in self._away and not self._stopping.is_set():
                    self._away.add(line)
                    self._mark(line, "box_away")
                    log.error("mailbox not read", line=line, error=str(error))
            except Exception as error:
                log.error("mailbox failed", line=line, error=reason(error), exc_info=None if is_away(error) else error)
            try:
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            except TimeoutError:
                continue
        await self._let_go(line)

    async def once(self, line: str) -> bool:
        """Take in what is new, where no other node does. Says whether there is more. Raises BoxAway."""
        box, now = self._boxes[line], self._clock()
        if line not in self._begun:
            await self._db.write_in("tick", store.begin, self._workspace, line)
            self._begun.add(line)
        read = await self._db.write_in("tick", store.take, self._workspace, line, self._me, now, now + LEASE)
        if read is None:
            box.leave()
            return False
        mark = Mark(read.box, read.validity, read.uid, read.read_at) if read.box else None
        found = await self._waited(box, in_thread(box.look, mark, now))
        if line in self._away or line not in self._read:
            log.info("mailbox is read", line=line)
            self._mark(line, "box_read")
            self._read.add(line)
            self._away.discard(line)
        if found.arrivals:
            await self._receive(line, found.arrivals)
            self._mark(line, "webhook")
        self._count(line, found)
        if found.mark.uid != read.uid or found.mark.validity != read.validity or found.mark.box != read.box:
            kept = store.Read(found.mark.box, found.mark.validity, found.mark.uid, now)
            if not await self._db.write_in("tick", store.keep, self._workspace, line, self._me, kept):
                return False
        if found.taken:
            await self._waited(box, in_thread(box.seen, found.taken))
        return found.more

    async def _waited(self, box: Mailbox, work: "asyncio.Future[_T]") -> _T:
        """Wait for what a thread does, for so long that nobody else may have the mailbox meanwhile."""
        stopped: asyncio.Future[Any] = asyncio.ensure_future(self._stopping.wait())
        either = [cast("asyncio.Future[Any]", work), stopped]
        try:
            await asyncio.wait(
                either,
                timeout=PATIENCE,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            stopped.cancel()
        if not work.done():
            box.leave()
            raise BoxAway("The mailbox takes too long to answer.")
        return work.result()

    def _count(self, line: str, found: Fetched) -> None:
        for why, count in found.left.items():
            MAILS_LEFT.labels(line, why).inc(count)
        if found.arrivals or found.left:
            log.info("mailbox read", line=line, taken=len(found.arrivals), left=dict(found.left))

    async def _let_go(self, line: str) -> None:
        self._boxes[line].leave()
        try:
            await self._db.write_in("tick", store.release, self._workspace, line, self._me)
        except Exception as error:
            log.debug("mailbox not given back", line=line, error=reason(error))


def in_thread(fn: Callable[..., _T], *args: object) -> "asyncio.Future[_T]":
    """Do it in a thread that nothing waits for when the process ends: a server that says nothing must not keep it."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def tell(result: _T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
            future.exception()  # whoever waited may have gone
        else:
            future.set_result(cast(_T, result))

    def work() -> None:
        result, wrong = None, None
        try:
            result = fn(*args)
        except Exception as error:
            wrong = error
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(tell, result, wrong)

    threading.Thread(target=work, name="mailbox", daemon=True).start()
    return future


def thread_of(tx: Tx, bucket: int, contact_id: str, message_id: str, line: str, public_url: str = "") -> Thread:
    """What a text of ours goes on with. With a `public_url` it says where they leave by one click."""
    found = store.before(tx, bucket, contact_id, message_id, line)
    try:
        subject = _beside.decode(found.metadata).get("subject", "") if found.metadata else ""
    except msgspec.DecodeError:
        subject = ""
    leave = address_of(tx, public_url, line, contact_id) if public_url else ""
    return Thread(found.answers, subject, found.author == "person", leave)
