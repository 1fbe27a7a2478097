"""Lists of numbers that people hand over at the desk, read in beside everything else: one file after the other."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import msgspec
import structlog

from textback.core.when import DAY
from textback.pipeline.imports import Import
from textback.store import accounts
from textback.store.db import Db
from textback.store.imports import Kind, Progress, Source, progress_of

log = structlog.get_logger("textback.imports")

BATCH = 1_000
"""Lines in one transaction, which texts wait for on SQLite."""
KEPT = 30 * DAY
"""How long (ms) bad lines are kept."""
MOST_BAD = 1_000
"""Bad lines that are handed out."""


class Stopped(Exception):
    """The server stops; the file is read on when it is handed over again."""


class Job(msgspec.Struct):
    """A file that waits to be read in, or is being read."""

    path: Path
    source: Source
    region: str
    running: bool = False


Key = tuple[str, str, int]
"""What tells a file: its kind, its digest, and the date of its data."""


def key_of(source: Source) -> Key:
    """What tells this file from others."""
    return source.kind, source.digest, source.as_of


def rest(seconds: float) -> None:
    """Wait as long as a batch took, so that whoever else works on this machine and in this database gets on."""
    time.sleep(seconds)


class Uploads:
    """The files of this server. `folder` keeps them until they are read in, and their bad lines for a month."""

    def __init__(self, db: Db, folder: Path, now: Callable[[], int]) -> None:
        self.folder = folder
        self._db = db
        self._now = now
        self._jobs: deque[Job] = deque()
        self._failed: set[Key] = set()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def place(self) -> Path:
        """The folder, made and cleared."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.clear()
        return self.folder

    def clear(self) -> None:
        """Throw away bad lines that are too old, and files that a server which died has left."""
        busy = {job.path for job in self._jobs}
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            age = _age(path)
            if path not in busy and (age > KEPT or (path.suffix == ".part" and age > DAY)):
                path.unlink(missing_ok=True)

    def state_of(self, key: Key) -> str:
        """Where a file stands here: running, waiting, failed, or empty where this server does not have it."""
        for job in self._jobs:
            if key_of(job.source) == key:
                return "running" if job.running else "waiting"
        return "failed" if key in self._failed else ""

    @property
    def waiting(self) -> list[Job]:
        """What is read now, and after it."""
        return list(self._jobs)

    async def add(self, path: Path, source: Source, region: str) -> str:
        """Read this file in, in its turn, and delete it then. Returns "begun", "again" (on from where it stood),
        "known" (it was read in before) or "busy" (it is being read)."""
        before = await self._db.read(progress_of, source)
        if before is not None and before.finished:
            return "known"
        if self.state_of(key_of(source)) in ("running", "waiting"):
            return "busy"
        self._queue(path, source, region)
        return "begun" if before is None else "again"

    def _queue(self, path: Path, source: Source, region: str) -> None:
        self._failed.discard(key_of(source))
        kept = path.with_name(f"{self._name(key_of(source))}.part")
        path.replace(kept)
        self._jobs.append(Job(kept, source, region))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Break off after the batch that is being written."""
        self._stopping = True
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    def has_bad_lines(self, key: Key) -> bool:
        """Whether this server has the bad lines of a file."""
        path = self._bad(key)
        return path.is_file() and _age(path) <= KEPT

    def bad_lines(self, key: Key) -> Iterator[bytes]:
        """The first bad lines of a file, as a CSV file with its head."""
        with self._bad(key).open("rb") as file:
            yield from islice(file, MOST_BAD + 1)

    def _bad(self, key: Key) -> Path:
        return self.folder / f"{self._name(key)}.bad.csv"

    def _name(self, key: Key) -> str:
        return "-".join(str(part) for part in key)

    async def _run(self) -> None:
        while self._jobs and not self._stopping:
            job = self._jobs[0]
            job.running = True
            try:
                await asyncio.to_thread(self._read_in, job)
            except Stopped:
                pass
            except Exception:
                self._failed.add(key_of(job.source))
                log.exception("a file could not be read in", kind=job.source.kind)
            finally:
                self._jobs.popleft()
                job.path.unlink(missing_ok=True)
        for job in self._jobs:
            job.path.unlink(missing_ok=True)
        self._jobs.clear()

    def _read_in(self, job: Job) -> None:
        work = Import(job.path, job.source, self._bad(key_of(job.source)), self._db.transaction, self._now)
        work.begin()
        began = time.monotonic()

        def told(progress: Progress) -> None:
            """The server may be about to stop; and texts get their share."""
            nonlocal began
            if self._stopping and not progress.finished:
                raise Stopped
            rest(min(time.monotonic() - began, 1.0))
            began = time.monotonic()

        done = work.run(job.region, told, batch=BATCH)
        source = job.source
        with self._db.transaction() as tx:
            data = {"file": source.name, "digest": source.digest, **done.counts}
            action = f"{source.kind}.import"
            accounts.write_audit(tx, source.workspace, source.actor, action, source.name, self._now(), data)


def _age(path: Path) -> float:
    """How long ago (ms) a file was written to; nothing where it has just gone."""
    try:
        return (time.time() - path.stat().st_mtime) * 1000
    except FileNotFoundError:
        return 0


def kind_of(text: str) -> Kind | None:
    """The kind of list that a form names."""
    return "suppressions" if text == "suppressions" else "registry" if text == "registry" else None
