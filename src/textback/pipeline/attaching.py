"""Files that go out inside a message, as e-mail has them: read from where they lie before it is handed over.

What can't be had in time, is too large, or is of a type that nobody knows goes as an address instead, as it does on
every channel that has no files of its own. A text is never lost for a file.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from textback.actions.fetch import Allowed
from textback.actions.files import File, download
from textback.channels.base import Attachment
from textback.core.files import ENDINGS, FileAsk
from textback.core.text import clean
from textback.engine.arrivals import Media
from textback.pipeline.lines import Line
from textback.store import pictures
from textback.store.db import Db
from textback.store.trouble import reason

log = structlog.get_logger("textback.deliver")

PICTURES = "/m/"
"""Where the pictures of the desk are served, below our public address."""
PATIENCE = 15.0
"""Seconds for all files of a text; with the handing over it must stay well within the lease of a text."""
MOST_NAME = 80


class Attacher:
    """Reads files for lines that carry them. `public_url` is our own address, whose pictures are in our database."""

    def __init__(self, db: Db, workspace: str, public_url: str, allowed: Allowed | None) -> None:
        self._db = db
        self._workspace = workspace
        self._own = f"{public_url.rstrip('/')}{PICTURES}"
        self._allowed = allowed or Allowed((), "MEDIA_PRIVATE")

    async def files_of(self, line: Line, media: Sequence[Media]) -> tuple[Attachment, ...]:
        """Those of a text's files that go with it, in their order."""
        found: list[Attachment] = []
        room = line.attaches
        try:
            async with asyncio.timeout(PATIENCE):
                for one in media:
                    made = await self._one(one.url, room)
                    if made is not None:
                        found.append(made)
                        room -= len(made.data)
        except TimeoutError:
            log.info("a file was not attached in time", line=line.name)
        except Exception as error:
            log.warning("a file could not be attached", line=line.name, error=reason(error))
        return tuple(found)

    async def _one(self, url: str, most: int) -> Attachment | None:
        if url.startswith(self._own) and len(self._own) > len(PICTURES):
            row: Any = await self._db.read(pictures.by_token, self._workspace, url.removeprefix(self._own))
            if row is None or len(row.data) > most:
                return None
            return Attachment(url, name_of(row.name, row.content_type), row.content_type, bytes(row.data))
        came = await download(FileAsk(url), PATIENCE, self._allowed, most)
        if not isinstance(came, File):
            return None
        return Attachment(url, name_of(urlsplit(url).path, came.kind), came.kind, came.data)


def name_of(given: str, kind: str) -> str:
    """What a file is called: the end of its address or name, and its type's ending where it says another one."""
    name = clean(unquote(given)).replace("\\", "/").rpartition("/")[2]
    name = " ".join("".join(char for char in name if char.isprintable() and char not in '"<>|:*?').split())
    stem, dot, said = name.rpartition(".")
    ending = ENDINGS.get(kind, "bin")
    if not dot or not stem.strip("."):
        stem, said = name.strip("."), ""
    right = said.lower() == ending or {said.lower(), ending} in ({"jpeg", "jpg"}, {"tiff", "tif"})
    return f"{stem.strip()[:MOST_NAME] or 'file'}.{said if right else ending}"
