"""Marks of lines are written soon, together and beside the road; a database that is away costs only the marks."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from textback.pipeline import seen
from textback.pipeline.seen import LineMarks
from textback.store import line_seen
from textback.store.db import Db
from textback.store.line_seen import Seen

WORKSPACE = "default"


class Clock:
    """Says what a test sets."""

    now = 5

    def __call__(self) -> int:
        return self.now


async def written(db: Db) -> Any:
    return (await db.read(line_seen.standing, WORKSPACE)).seen


async def until(look: Callable[[], Any], wanted: Any) -> None:
    async with asyncio.timeout(20):
        while await look() != wanted:
            await asyncio.sleep(0.01)


async def test_marks_are_written_soon_and_the_rest_when_the_server_stops(
    db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "EVERY", 0.0)
    clock = Clock()
    marks = LineMarks(db, WORKSPACE, clock, pause=0.0)
    marks.note("a", "webhook")
    clock.now = 6
    marks.note("a", "webhook")
    marks.note("b", "sent")
    await until(lambda: written(db), {"a": {"webhook": Seen(6, 6)}, "b": {"sent": Seen(6, 6)}})
    clock.now = 7
    marks.note("a", "webhook")
    await until(lambda: written(db), {"a": {"webhook": Seen(6, 7)}, "b": {"sent": Seen(6, 6)}})
    monkeypatch.setattr(seen, "EVERY", 3600.0)
    clock.now = 8
    marks.note("a", "unsigned")
    await marks.stop()
    assert (await written(db))["a"]["unsigned"] == Seen(8, 8)
    marks.note("a", "unsigned")  # too late, and no harm


async def test_many_marks_are_few_writes(file_db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    writes = []
    write_in = file_db.write_in

    async def counted(lane: str, fn: Callable[..., Any], *args: Any) -> Any:
        writes.append(lane)
        return await write_in(lane, fn, *args)

    monkeypatch.setattr(file_db, "write_in", counted)
    monkeypatch.setattr(seen, "EVERY", 3600.0)
    marks = LineMarks(file_db, WORKSPACE, Clock(), pause=0.0)
    for n in range(200):
        marks.note("a", "webhook")
        if n % 20 == 0:
            await asyncio.sleep(0.01)
    await marks.stop()
    assert writes == ["line marks"] * 2  # the first at once, all others with the last


async def test_a_database_that_is_away_is_borne(file_db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise OSError("away")

    monkeypatch.setattr(file_db, "write_in", away)
    marks = LineMarks(file_db, WORKSPACE, Clock(), pause=0.0)
    marks.note("a", "webhook")
    await asyncio.sleep(0.05)
    monkeypatch.undo()
    marks.note("a", "sent")
    await marks.stop()
    assert await written(file_db) == {"a": {"sent": Seen(5, 5)}}
