"""Reading what a text wants, and looking up what answers it, outside of the transaction of its turn: either takes ten
times as long as all of the rest.

A turn that can't be finished without a reading raises `ReadingWanted` and has changed nothing. Its arrival waits, and
those behind it in its conversation; the turns of others go on. The text is read in a thread of its own and what it says
is kept, by version of the bot and text, and the turn is run again. So the transaction never reads, and the engine need
not know. "Reading" here is both.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import monotonic

import msgspec
import structlog

from textback.core.when import DAY
from textback.engine.bot import Answer, Answerer, Bot, Recogniser, Understood
from textback.engine.guard.base import Shown

log = structlog.get_logger("textback.readings")

LIMIT = 2.0
"""Seconds, waiting for others included, after which a text counts as not understood."""
REST = 500
"""How long (ms) a conversation is left alone while its text is read, before it is looked at again in vain."""
KEEP = 512
"""Readings that are kept: the same texts come again and again."""
TROUBLE = 10.0
"""Seconds for which a text that could not be read is not tried again: long enough for its turn."""

Key = tuple[int, str, str, int]
"""A version of the bot, a text, and for an answer the reader's locale and the day; empty and 0 for an intent."""
Reading = Understood | Answer


class Wanted(msgspec.Struct, frozen=True):
    """A text that somebody's turn can't go on without a reading of. `read` reads it, in any thread; `without` is what
    it counts as where that is impossible, and why."""

    key: Key
    read: Callable[[], Reading]
    without: Callable[[str], Reading]


class ReadingWanted(Exception):
    """A turn needs a reading that is not there yet."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__("a text has to be read first")
        self.wanted = wanted


class Readings:
    """Reads texts, and keeps what they say. The turns ask from the database's threads, the road reads from the loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Reading] = OrderedDict()
        self._trouble: dict[Key, tuple[Reading, float]] = {}
        self._lock = threading.Lock()
        self._served: tuple[Bot | None, Bot | None] = (None, None)
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: dict[Key, list[Callable[[], None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def served(self, bot: Bot) -> Bot:
        """The bot as turns are to ask it: it says what is known, and raises ReadingWanted for what is not."""
        if bot.recogniser is None and bot.answerer is None:
            return bot
        of, served = self._served
        if of is not bot or served is None:
            recogniser = _Known(self, bot.version, bot.recogniser) if bot.recogniser is not None else None
            answerer = _Answers(self, bot.version, bot.answerer) if bot.answerer is not None else None
            served = msgspec.structs.replace(bot, recogniser=recogniser, answerer=answerer)
            self._served = (bot, served)
        return served

    def known(self, key: Key) -> Reading | None:
        """What a text says, if it was read, or why it was not, if that was tried just now."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
            trouble = self._trouble.get(key)
            return trouble[0] if trouble is not None and monotonic() < trouble[1] else None

    def begin(self, wanted: Wanted, done: Callable[[], None]) -> None:
        """Have a text read, unless it is being read already; `done` is called when there is an answer."""
        if self.known(wanted.key) is not None:
            done()
            return
        waiting = self._waiting.get(wanted.key)
        if waiting is not None:
            waiting.append(done)
            return
        self._waiting[wanted.key] = [done]
        task = asyncio.get_running_loop().create_task(self._read(wanted))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, wanted: Wanted) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "textback-read")
        trouble = ""
        found: Reading | None = None
        try:
            async with asyncio.timeout(LIMIT):
                found = await asyncio.get_running_loop().run_in_executor(self._pool, wanted.read)
        except TimeoutError:
            trouble = "it took too long"
            log.warning("a text was not read in time, and counts as not understood", seconds=LIMIT)
        except Exception as error:  # whatever a model does, its text gets an answer
            trouble = "reading it failed"
            log.error("a text can't be read, and counts as not understood", error=type(error).__name__)
        self._keep(wanted, found, trouble)
        for done in self._waiting.pop(wanted.key):
            done()

    def _keep(self, wanted: Wanted, found: Reading | None, trouble: str) -> None:
        with self._lock:
            if found is None:
                now = monotonic()
                self._trouble = {key: one for key, one in self._trouble.items() if now < one[1]}
                self._trouble[wanted.key] = (wanted.without(trouble), now + TROUBLE)
                return
            self._kept[wanted.key] = found
            while len(self._kept) > KEEP:
                self._kept.popitem(last=False)

    async def stop(self) -> None:
        """Read no more. What waits is read after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


class _Known:
    """Answers with what was read."""

    def __init__(self, readings: Readings, version: int, recogniser: Recogniser) -> None:
        self._readings = readings
        self._version = version
        self._recogniser = recogniser

    def read(self, text: str) -> Understood:
        """What is known of this text. Raises ReadingWanted."""
        key = (self._version, text, "", 0)
        found = self._readings.known(key)
        if isinstance(found, Understood):
            return found
        raise ReadingWanted(
            Wanted(key, partial(self._recogniser.read, text), lambda trouble: Understood(trouble=trouble))
        )


class _Answers:
    """Answers with what was looked up."""

    def __init__(self, readings: Readings, version: int, answerer: Answerer) -> None:
        self._readings = readings
        self._version = version
        self._answerer = answerer

    def answer(self, text: str, locale: str, now: int) -> Answer:
        """What is known to answer this text. Raises ReadingWanted."""
        key = (self._version, text, locale, now // DAY)
        found = self._readings.known(key)
        if isinstance(found, Answer):
            return found
        raise ReadingWanted(Wanted(key, partial(self._answerer.answer, text, locale, now), lambda _: Answer()))

    def passages(self, text: str, locale: str, now: int, files: Collection[str] = (), most: int = 5) -> list[Shown]:
        """Looked up at once: no turn asks for them."""
        return self._answerer.passages(text, locale, now, files, most)
