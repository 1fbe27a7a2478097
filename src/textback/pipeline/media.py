"""Media: fetch the files that came with texts, each once, after the text had its turn.

A turn only notes that there are files; they are claimed here in one transaction, fetched outside any, and what came of
them is written in another. A server that dies in between leaves a file whose lease ends; then it is fetched again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
import structlog

from textback.actions.fetch import Allowed
from textback.actions.files import MOST_STEPS, File, NoFile, download
from textback.channels.base import Holding
from textback.core.files import FileAsk
from textback.core.ids import new_id
from textback.core.text import clean
from textback.core.when import HOUR, MINUTE, SECOND
from textback.engine.arrivals import Media
from textback.pipeline.buckets import Places, told
from textback.pipeline.dead import Redriven
from textback.pipeline.lines import Line
from textback.pipeline.pausing import woken
from textback.store import dead, media, spread
from textback.store.db import Db, Row, Tx
from textback.store.trouble import reason

log = structlog.get_logger("textback.media")

AT_ONCE = 4
"""Files that one server fetches at the same time. Each may be in memory as a whole."""
PATIENCE = 30.0
"""Seconds for each request."""
LEASE = int(PATIENCE * MOST_STEPS) * SECOND + MINUTE
"""How long (ms) a file is ours once it is claimed."""
POLL = 5.0
"""Seconds between looks when nothing wakes us."""
PAUSES = (10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR)
"""Time (ms) before each further try; after the last it is given up."""
TRIES = len(PAUSES) + 1
LOST = NoFile("failed", "Each server that fetched it stopped before it had it.")

Downloads = Callable[[FileAsk, float, Allowed, int], Awaitable[File | NoFile]]


class Keeping(msgspec.Struct, frozen=True):
    """How much is kept: bytes of one file, and of all files of a conversation; and which private hosts may be asked."""

    most: int
    together: int
    allowed: Allowed


def rows_of(key: Mapping[str, Any], line: Line | None, files: Sequence[Media], now: int) -> list[dict[str, Any]]:
    """The files of a text that has its turn, under the key of its message; none where the line's provider has none to
    fetch."""
    if line is None or not isinstance(line.provider, Holding):
        return []
    return [
        {
            **key,
            "id": new_id(),
            "message_id": key["id"],
            "place": place,
            "line": line.name,
            "url": one.url,
            "said": one.content_type[:120],
            "state": "waiting",
            "content_type": "",
            "size": one.size,
            "digest": "",
            "detail": "",
            "attempts": 0,
            "due_at": now,
            "fence": 0,
            "at": now,
        }
        for place, one in enumerate(files)
    ]


def claim(tx: Tx, now: int, most: int) -> list[Row[Any]]:
    """Lease files that are due, this many at most. One that had all its tries is given up instead (`is_lost`): nothing
    came of its last lease, so that it may be what ends servers."""
    rows = media.claim(tx, now, most, now + LEASE)
    for row in rows:
        if is_lost(row):
            _end(tx, row, LOST, row.attempts, now)
    return rows


def is_lost(row: Row[Any]) -> bool:
    """Whether a row that was claimed had all its tries before."""
    return bool(row.attempts >= TRIES)


def record(tx: Tx, row: Row[Any], came: File | NoFile, keeping: Keeping, now: int, jitter: float) -> str:
    """Write down what came of a file that we claimed as this row. Says how it stands then; "" where another server has
    it since, or it is gone."""
    if isinstance(came, File):
        known = media.has(tx, row.contact_id, came.digest)
        if not known and media.size_of(tx, row.contact_id) + len(came.data) > keeping.together:
            came = NoFile("full", "", len(came.data))
        else:
            kept = {"state": "kept", "content_type": came.kind, "size": len(came.data), "digest": came.digest}
            if not media.settle(tx, row, {**kept, "detail": ""}):
                return ""
            media.keep(tx, row, came.digest, came.data)
            return "kept"
    if came.why == "retry" and row.attempts + 1 < TRIES:
        pause = max(PAUSES[row.attempts] * (0.5 + jitter), (came.retry_after or 0) * SECOND)
        return "waiting" if media.settle(tx, row, {"due_at": now + int(pause)}) else ""
    return _end(tx, row, came, row.attempts + 1, now)


def _end(tx: Tx, row: Row[Any], came: NoFile, tries: int, now: int) -> str:
    """There is no file, and will be none unless somebody asks for it again. Says how it stands then."""
    state = "failed" if came.why == "retry" else came.why
    values = {"state": state, "detail": clean(came.detail)[:200], "size": row.size if came.size is None else came.size}
    if not media.settle(tx, row, values):
        return ""
    if state == "failed":
        dead.make_room(tx, row)
        dead.add(tx, [_letter(row, came, tries, now)])
    return state


def _letter(row: Row[Any], came: NoFile, tries: int, now: int) -> dict[str, Any]:
    """The dead letter of a file that is given up. Its address may be a key to it, so it is not in it."""
    payload = {"file": row.place + 1, "type": row.said, "message": row.message_id}
    return {
        "bucket": row.bucket,
        "contact_id": row.contact_id,
        "id": row.id,
        "workspace": row.workspace,
        "kind": "file",
        "line": row.line,
        "reason": "no_answer" if came.why == "retry" else "not_fetched",
        "code": "",
        "detail": clean(came.detail)[:200],
        "payload": msgspec.json.encode(payload).decode(),
        "attempts": tries,
        "at": now,
        "redriven_at": None,
    }


def try_again(tx: Tx, contact_id: str, id_: str, now: int) -> bool:
    """Have a file fetched once more, as somebody wants; False where it is kept, waits already, or is gone. A dead
    letter of it is dealt with by that."""
    file = media.find(tx, contact_id, id_)
    if file is None or not media.again(tx, file, now):
        return False
    dead.take(tx, file, now)
    return True


def redrive(tx: Tx, letter: Row[Any], now: int) -> Redriven:
    """Fetch the file of a dead letter once more."""
    file = media.find(tx, letter.contact_id, letter.id)
    if file is None:
        return Redriven("lost", "The file is gone.")
    if not dead.take(tx, letter, now):
        return Redriven("done")
    media.again(tx, file, now)
    return Redriven("handled")


class Fetcher:
    """Fetches files, a few at once. `changed` is told whose page shows something else now."""

    def __init__(
        self,
        db: Db,
        lines: Mapping[str, Line],
        clock: Callable[[], int],
        changed: Callable[[Sequence[str]], None],
        keeping: Keeping,
        downloads: Downloads = download,
    ) -> None:
        self._db = db
        self._lines = lines
        self._clock = clock
        self._changed = changed
        self._keeping = keeping
        self._downloads = downloads
        self._places = Places(db, spread.with_files)
        self._working: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """A turn has files, or somebody wants one tried again."""
        self._wake.set()

    def stop(self) -> None:
        """Claim no more."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Claim and fetch until told to stop; what is under way is left to its lease."""
        while not self._stopping:
            self._wake.clear()
            await self._look()
            await woken(self._wake, POLL)
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    async def _look(self) -> None:
        """Claim what is due and begin it."""
        for place in await self._places(self._clock()):
            room = AT_ONCE - len(self._working)
            if room <= 0 or self._stopping:
                return
            try:
                rows = await self._db.write_within(place, "media", claim, self._clock(), room)
            except Exception as error:
                if not told(place, error):
                    log.warning("claim of files failed", error=reason(error))
                continue
            for row in rows:
                if is_lost(row):
                    self._settled(row, "failed", LOST, row.attempts)
                    continue
                task = asyncio.create_task(self._fetch(row))
                self._working.add(task)
                task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._wake.set()  # more may wait until one of ours is done
        if not task.cancelled() and task.exception() is not None:  # a defect of ours: the lease runs out
            log.error("a file broke", error=type(task.exception()).__name__, exc_info=task.exception())

    async def _fetch(self, row: Row[Any]) -> None:
        line = self._lines.get(row.line)
        came: File | NoFile = NoFile("failed", "The line is gone, or its provider has no files.")
        if line is not None and isinstance(line.provider, Holding):
            ask = line.provider.ask_for(row.url)
            came = await self._downloads(ask, PATIENCE, self._keeping.allowed, self._keeping.most)
        state = await self._record(row, came)
        if state not in ("", "waiting"):
            self._settled(row, state, came, row.attempts + 1)

    def _settled(self, row: Row[Any], state: str, came: File | NoFile, tries: int) -> None:
        """Tell of a file of which it is known how it stands."""
        said = log.warning if state == "failed" else log.info
        detail = came.detail if isinstance(came, NoFile) else ""
        said("file of a text", trace=row.message_id, file=row.id, state=state, attempt=tries, detail=detail)
        self._changed([row.contact_id])

    async def _record(self, row: Row[Any], came: File | NoFile) -> str:
        """Write it down: tried until the database is back."""
        place = row.bucket if self._db.by_bucket else None
        while True:
            write = partial(record, keeping=self._keeping, now=self._clock(), jitter=random.random())  # noqa: S311
            try:
                return await self._db.write_within(place, "media", write, row, came)
            except Exception as error:
                log.warning("recording a file failed", error=reason(error))
                await asyncio.sleep(POLL)
