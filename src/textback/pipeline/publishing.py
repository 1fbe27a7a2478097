"""Publishing a change of the live version: checked as what the desk publishes is, and made to what is live by then."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from textback.core.text import MOST_PARTS
from textback.engine.load import Problem
from textback.pipeline import approvals, wording
from textback.pipeline.knowing import knowledge_problems
from textback.store import bots
from textback.store.bots import DraftRefused, Files
from textback.store.db import Db, Tx

MOST_TRIES = 5
"""How often it is begun again where others publish at the same time."""
MOST_FILES = 5_000
MOST_CHARACTERS = 8_000_000
"""Of all files of a bot."""


class NotPublished(Exception):
    """Nothing was published: why, in a sentence, and what the check found."""

    def __init__(self, why: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(why)
        self.problems = problems


def _errors(files: Files, was: Files, now: int, most_parts: int) -> tuple[Problem, ...]:
    """What keeps these files from being published: what the desk refuses too, and errors in knowledge that is new."""
    bot, problems = wording.checked(files, most_parts=most_parts)
    if bot is not None:
        known = knowledge_problems(files, bot, now)
        problems = [*problems, *(one for one in known if files.get(one.file) != was.get(one.file))]
    return tuple(one for one in problems if one.level == "error")


def _no_more(tx: Tx, version: int) -> None:
    """Nothing else is written with it."""


async def publish_change(
    db: Db,
    workspace: str,
    change: Callable[[Files], Any],
    *,
    by: str,
    note: str,
    now: Callable[[], int],
    approval: bool = False,
    most_parts: int = MOST_PARTS,
    with_it: Callable[[Tx, int], None] = _no_more,
) -> int:
    """Change the files of the live version and publish them; a draft that somebody has begun is changed as well, so
    that it does not take the change back.

    Args:
        change: Changes the files in place. It may be called several times, each time with other files.
        with_it: Writes what must be written in the same transaction; it is given the version.

    Returns the version that is live now; the one that was, where nothing changes. Raises NotPublished.
    """

    def live(tx: Tx) -> tuple[int, Files]:
        number = bots.newest(tx, workspace)
        return number, bots.load_files(tx, workspace, number)

    def publish(tx: Tx, files: Mapping[str, str], before: int) -> int:
        if approval:
            approvals.require(tx, workspace, files)
        number = bots.publish_over(tx, workspace, files, before, now(), by=by, note=note, source="api")
        if number:
            bots.change_begun_draft(tx, workspace, change, before, number)
            with_it(tx, number)
        return number

    for _ in range(MOST_TRIES):
        before, was = await db.read(live)
        files = dict(was)
        change(files)
        if len(files) > MOST_FILES or sum(map(len, files.values())) > MOST_CHARACTERS:
            raise NotPublished(f"The bot would have more than {MOST_CHARACTERS:,} characters, or {MOST_FILES:,} files.")
        errors = await asyncio.to_thread(_errors, files, was, now(), most_parts)
        if errors:
            raise NotPublished("Nothing is published: the check finds errors.", errors)
        try:
            number = await db.write(publish, files, before)
        except DraftRefused as refused:
            raise NotPublished(str(refused)) from None
        if number:
            return number
    raise NotPublished("Others publish all the time. Try again.")
