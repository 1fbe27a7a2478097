"""Learning what programs ask for, beside everything else: pages are read, documents taken in, and the bot that knows
them is published. One training at a time in a workspace; what a server that died has begun, another begins again."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import msgspec
import structlog

from textback.core.ids import new_id
from textback.core.text import MOST_PARTS
from textback.engine.load import Problem
from textback.pipeline import lessons
from textback.pipeline.pausing import woken
from textback.pipeline.publishing import NotPublished, publish_change
from textback.sources.crawl import Crawled, Known, clean_url, crawl
from textback.sources.fetch import Fetcher
from textback.sources.urls import Site, read_sites
from textback.store import bots, trainings
from textback.store.bots import Files
from textback.store.db import Db, Tx
from textback.store.trainings import Asked, Progress, Training, Trouble

log = structlog.get_logger("textback.training")

LOOK = 10.0
"""Seconds between looks for a training that another server has left."""
BEAT, SIGN = 1.0, 30.0
"""Seconds between two looks at how far it is, and after which it is said although nothing has changed."""
LONGEST = 30 * 60.0
"""Seconds that reading websites may take."""
MOST_TROUBLES = 100
"""Problems that are kept of a training."""

UNSEEN = "not everything was seen: a page could not be had now, or there are more than may be read"

_T = TypeVar("_T")


class NotLearned(Exception):
    """The training has failed: why, in a sentence."""


class Stopped(Exception):
    """The server stops, or the training is another server's by now."""


class Reading:
    """How far a training is, told from the thread that reads. `stopped` breaks that off."""

    def __init__(self, documents: int) -> None:
        self.read = self._settled = documents
        self.waiting = 0
        self.troubles: list[Trouble] = []
        self.stopped = False
        self.pause: Callable[[float], None] = time.sleep
        self._until = time.monotonic() + LONGEST
        self._last = 0

    def tell(self, done: int, waiting: int, _url: str) -> None:
        """Pages of a site that were read, and those that wait. Raises Stopped and NotLearned."""
        if self.stopped:
            raise Stopped
        if time.monotonic() > self._until:
            raise NotLearned(f"Reading took more than {LONGEST / 60:.0f} minutes. Ask for less at a time.")
        self.read += done - self._last if done >= self._last else done  # less: another site has begun
        self._last, self.waiting = done, waiting

    def end(self, host: str, done: Crawled) -> bool:
        """A site was read; whether anything of it was."""
        pages = len(done.new) + len(done.changed) + len(done.same)
        self.waiting = self._last = 0
        self.read = self._settled = self._settled + pages
        self.troubles += [Trouble(url, why) for url, why in done.skipped.items()]
        if pages and done.cut:
            self.troubles.append(Trouble(host, UNSEEN))
        return pages > 0

    def progress(self, **more: object) -> Progress:
        """As it is kept."""
        found = Progress(self.read, self.read + self.waiting, tuple(self.troubles[:MOST_TROUBLES]))
        return msgspec.structs.replace(found, **more)


class Trainings:
    """The trainings of a workspace, worked on by this server while it runs. `published` is told of a new version."""

    def __init__(
        self,
        db: Db,
        workspace: str,
        now: Callable[[], int],
        published: Callable[[], Awaitable[None]],
        *,
        approval: bool = False,
        most_parts: int = MOST_PARTS,
        fetcher: Fetcher | None = None,
    ) -> None:
        self._db = db
        self._workspace = workspace
        self._now = now
        self._published = published
        self._publish = partial(
            publish_change, db, workspace, now=now, approval=approval, most_parts=most_parts
        )  # fmt: skip
        self._fetcher = fetcher or Fetcher()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def ask(self, key_name: str, asked: Asked) -> Training | None:
        """Put a training into the queue; None when too many wait."""
        id_ = new_id()
        if not await self._db.write(trainings.add, self._workspace, id_, key_name, asked, self._now()):
            return None
        self._wake.set()
        return await self.find(id_)

    async def find(self, id_: str) -> Training | None:
        """A training, and how far it is."""
        return await self._db.read(trainings.find, self._workspace, id_)

    async def forget(self, key_name: str, name: str) -> int | None:
        """Take a document away and publish; the version, or None when there is no such document. Raises
        NotPublished."""

        def has(tx: Tx) -> bool:
            files = bots.load_files(tx, self._workspace, bots.newest(tx, self._workspace))
            return any(path in files for path in lessons.paths_of(name))

        if not await self._db.read(has):
            return None
        note = f"{name} taken away by key {key_name}"
        number = await self._publish(
            lambda files: lessons.remove_document(files, name), by=f"API key {key_name}", note=note
        )
        await self._published()
        return number

    def start(self) -> None:
        """Work on what is in the queue, from now on."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="training")

    async def stop(self) -> None:
        """Break off. What is under way goes back into the queue."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                while await self._one():
                    pass
            except Exception as error:  # a database that is away is somebody else's to report
                log.debug("no look for trainings", error=type(error).__name__)
            await woken(self._wake, LOOK)

    async def _one(self) -> bool:
        """Work on the oldest that waits; False when there is none, or another server is at work."""
        if not await self._db.read(trainings.is_work, self._workspace, self._now()):
            return False
        one = await self._db.write(trainings.claim, self._workspace, self._now())
        if one is None:
            return False
        reading = Reading(len(one.asked.documents))
        beat = asyncio.get_running_loop().create_task(self._beat(one, reading))
        try:
            await self._learn(one, reading)
        except asyncio.CancelledError:
            reading.stopped = True
            await self._db.write(trainings.give_back, self._workspace, one, self._now())
            raise
        except Stopped:
            pass
        except (NotLearned, NotPublished) as why:
            found = _troubles(why.problems) if isinstance(why, NotPublished) else ()
            reading.troubles = [*found, *reading.troubles]
            await self._fail(one, reading, str(why))
        except Exception:
            log.exception("a training has failed", id=one.id)
            await self._fail(one, reading, "Something went wrong. The log of the server says what.")
        finally:
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)
        return True

    async def _fail(self, one: Training, reading: Reading, reason: str) -> None:
        progress = reading.progress(reason=reason)
        await self._db.write(trainings.end, self._workspace, one, "failed", progress, self._now())

    async def _beat(self, one: Training, reading: Reading) -> None:
        """Say how far it is. Where it has become another server's, this one breaks off."""
        said, at = reading.progress(), time.monotonic()
        while not reading.stopped:
            await asyncio.sleep(BEAT)
            found = reading.progress()
            if found == said and time.monotonic() - at < SIGN:
                continue
            try:
                mine = await self._db.write(trainings.keep, self._workspace, one, found, self._now())
            except Exception as error:  # the lease says whose it is by then
                log.debug("a training's progress was not kept", error=type(error).__name__)
                continue
            said, at, reading.stopped = found, time.monotonic(), not mine

    async def _learn(self, one: Training, reading: Reading) -> None:
        asked = one.asked
        files = await self._db.read(lambda tx: bots.load_files(tx, self._workspace, bots.newest(tx, self._workspace)))
        sites, problems = read_sites(files)
        if problems:
            raise NotPublished(f"{problems[0].file} is not right: mend it first.", tuple(problems))
        pages = await _in_thread(partial(self._read, asked.urls, sites, files, reading)) if asked.urls else []
        unread = {one.source for one in reading.troubles}
        urls = [url for url in asked.urls if clean_url(url) not in unread and url not in unread]
        if not urls and not asked.documents:
            raise NotLearned("None of the addresses could be read.")

        def change(files: Files) -> None:
            for document in asked.documents:
                lessons.put_document(files, document)
            lessons.put_urls(files, urls)
            for known, done in pages:
                lessons.put_pages(files, known, done)

        def with_it(tx: Tx, version: int) -> None:
            progress = reading.progress(version=version)
            if not trainings.end(tx, self._workspace, one, "done", progress, self._now()):
                raise Stopped  # which takes the version back

        name = one.key_name
        await self._publish(change, by=f"API key {name}", note=f"trained by key {name}", with_it=with_it)
        await self._published()

    def _read(
        self, urls: tuple[str, ...], sites: list[Site], files: Files, reading: Reading
    ) -> list[tuple[Known, Crawled]]:
        """Read the sites of these addresses: what was known of each and what was read, where anything was."""
        wanted = [*sites, *(Site(url) for url in dict.fromkeys(urls) if url not in {site.url for site in sites})]
        found = []
        for host in dict.fromkeys(map(lessons.host_of, urls)):
            known = lessons.known_of(files, host)
            mine = [site for site in wanted if lessons.host_of(site.url) == host]
            done = crawl(mine, known, dict(files), self._fetcher, reading.tell, reading.pause)
            if reading.end(host, done):
                found.append((known, done))
        return found


def _troubles(problems: tuple[Problem, ...]) -> tuple[Trouble, ...]:
    return tuple(Trouble(f"{one.file}, line {one.line}", one.message) for one in problems)


async def _in_thread(work: Callable[[], _T]) -> _T:
    """The result of work that may take long, in a thread that a server which ends does not wait for."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def settle(set_: Callable[[], None]) -> None:
        if not future.done():
            set_()

    def run() -> None:
        try:
            found = work()
            done = partial(future.set_result, found)
        except Exception as error:
            done = partial(future.set_exception, error)
        try:
            loop.call_soon_threadsafe(settle, done)
        except RuntimeError:
            return  # the server has ended meanwhile

    threading.Thread(target=run, name="training", daemon=True).start()
    return await future
