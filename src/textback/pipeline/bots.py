"""The published bots of this process: the current version, older ones for sessions that began with them, and looking
for newer ones, and for newer routing rules of the desk, while it runs."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping

import structlog

from textback.core.errors import TextbackError
from textback.engine.adjusting import Changes, adjust
from textback.engine.bot import Bot
from textback.engine.load import load_bot, make_ready
from textback.pipeline.pausing import woken
from textback.store import bots as bot_store
from textback.store import rules
from textback.store.db import Db, Tx

log = structlog.get_logger("textback.bots")

_KEEP = 16
LOOK = 1.0
"""Seconds between looks for a newer version."""


class Shelf:
    """Loads bot versions on demand and keeps the last few. Used from the writer's thread.

    `teach` makes a bot understand its intents. Only the current version is asked what a text wants. `current` is as
    people have adjusted it at the desk, `written` as its files have it; `rules` is the version of their changes.
    """

    def __init__(self, workspace: str, current: Bot, teach: Callable[[Bot], Bot] = lambda bot: bot) -> None:
        self._workspace = workspace
        self.teach = teach
        self._loaded: OrderedDict[int, Bot] = OrderedDict({current.version: current})
        self.written = self.current = current
        self.rules = 0
        self.changes: Changes = {}

    def adopt(self, bot: Bot) -> None:
        """New sessions begin with this version from now on."""
        self._loaded[bot.version] = bot
        self.written, self.current = bot, adjust(bot, self.changes).bot

    def adopt_rules(self, number: int, changes: Changes) -> None:
        """The current version goes by these changes of the desk from now on."""
        self.current = adjust(self.written, changes).bot
        self.rules, self.changes = number, changes

    def get(self, tx: Tx, version: int) -> Bot:
        """The bot of this version. KeyError when it was never published here."""
        if version == self.current.version:
            return self.current
        found = self._loaded.get(version)
        if found is None:
            found = load_bot(bot_store.load_files(tx, self._workspace, version), version)
            self._loaded[version] = found
            while len(self._loaded) > _KEEP:
                self._loaded.popitem(last=False)
        return found


class Follower:
    """Puts every newer version on the shelf, whoever publishes it. What can't be loaded leaves the current one."""

    def __init__(self, db: Db, workspace: str, shelf: Shelf) -> None:
        self._db = db
        self._workspace = workspace
        self._shelf = shelf
        self._wake = asyncio.Event()
        self._refused = 0
        self._stopping = False

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """Look no more."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Look until stopped. A database that is away is somebody else's to report."""
        while not self._stopping:
            self._wake.clear()
            try:
                await self.look()
            except Exception as error:
                log.debug("no look for a newer version", error=type(error).__name__)
            await woken(self._wake, LOOK)

    def _load(self, files: Mapping[str, str], number: int) -> Bot:
        bot = load_bot(files, number)
        make_ready(bot)
        return self._shelf.teach(bot)

    async def look(self) -> None:
        """Put the newest version on the shelf, and the newest changes of the desk, if they are not there yet."""
        number, changed = await self._db.read(rules.newest_numbers, self._workspace)
        await self._look_for_rules(changed)
        before = self._shelf.current
        if number <= max(before.version, self._refused):
            return
        files = await self._db.read(bot_store.load_files, self._workspace, number)
        try:
            bot = await asyncio.to_thread(self._load, files, number)
        except TextbackError as error:
            self._refused = number
            log.error("version can't be used here; the old one goes on", version=number, error=str(error))
            return
        if bot.version <= self._shelf.current.version:
            return  # somebody else looked at the same time
        self._shelf.adopt(bot)
        log.info("bot version is live", version=number, before=before.version)
        if bot.lines != before.lines:
            log.warning("the lines of bot.yml have changed; they change here at the next start", version=number)

    async def _look_for_rules(self, number: int) -> None:
        if number <= self._shelf.rules:
            return
        newest, changes = await self._db.read(rules.newest, self._workspace)
        if newest > self._shelf.rules:
            self._shelf.adopt_rules(newest, changes)
            log.info("routing rules are live", version=newest)
