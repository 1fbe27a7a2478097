"""The published bots of this process: the current version, and older ones for sessions that began with them."""

from collections import OrderedDict

from textback.engine.bot import Bot
from textback.engine.load import load_bot
from textback.store import bots as bot_store
from textback.store.db import Tx

_KEEP = 16


class Shelf:
    """Loads bot versions on demand and keeps the last few. Used from the writer's thread."""

    def __init__(self, workspace: str, current: Bot) -> None:
        self._workspace = workspace
        self._loaded: OrderedDict[int, Bot] = OrderedDict({current.version: current})
        self.current = current

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
