"""When each line was last heard of, kept beside the road: a text that comes or goes only leaves a mark in memory."""

import asyncio
from collections.abc import Callable

import structlog

from textback.pipeline.pausing import woken
from textback.store import line_seen
from textback.store.db import Db

log = structlog.get_logger("textback.seen")

WHAT = ("webhook", "greeted", "stranger", "unsigned", "malformed", "wrong_type", "wrong_method", "too_large", "sent")
"""What is remembered of a line: a webhook that was signed as it should be, or a mail that came; a provider that asked
whether the address is ours, with our token or with another; webhooks that were refused, and why; a text that the
provider took."""
OF_BOX = ("box_read", "box_away")
"""And of one with a mailbox: that it could be read, or could not."""
PAUSE = 1.0
"""Seconds until the first mark is written."""
EVERY = 5.0
"""Seconds between two writes at least, however much comes."""
LEAVING = 2.0
"""Seconds that the last write may take when the server stops."""


class LineMarks:
    """What last happened to which line, and when, as one server saw it."""

    def __init__(self, db: Db, workspace: str, now: Callable[[], int], *, pause: float = PAUSE) -> None:
        self._db = db
        self._workspace = workspace
        self._now = now
        self._pause = pause
        self._marks: dict[tuple[str, str], int] = {}
        self._written = -EVERY  # in seconds of the event loop
        self._writer: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    def note(self, line: str, what: str) -> None:
        """It happened now. Never raises, never waits."""
        self._marks[line, what] = self._now()
        if self._writer is None and not self._stopping.is_set():
            self._writer = asyncio.get_running_loop().create_task(self._write(), name="line marks")

    async def stop(self) -> None:
        """Write what is left."""
        self._stopping.set()
        try:
            async with asyncio.timeout(LEAVING):
                if self._writer is not None:
                    await self._writer
                await self._flush()
        except TimeoutError:
            log.debug("last marks of lines not written")

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        if not await woken(self._stopping, max(self._pause, self._written + EVERY - loop.time())):
            await self._flush()
        self._written = loop.time()
        self._writer = None
        if self._marks and not self._stopping.is_set():
            self._writer = loop.create_task(self._write(), name="line marks")

    async def _flush(self) -> None:
        marks, self._marks = self._marks, {}
        if not marks:
            return
        rows = [
            {"workspace": self._workspace, "line": line, "what": what, "first_at": at, "at": at}
            for (line, what), at in sorted(marks.items())
        ]
        try:
            await self._db.write_in("line marks", line_seen.note, rows)
        except Exception as error:  # the next ones say as much
            log.warning("marks of lines not written", error=type(error).__name__)
