"""A version that is published while servers run: new sessions begin with it at once, running ones stay on theirs."""

import asyncio
from typing import Any

import pytest

from tests.engine.talk import flow
from tests.pipeline.working import ANA, BEN, NOON, WORKSPACE, Working, working
from textback.engine.load import load_bot
from textback.pipeline import moving
from textback.store import bots, running
from textback.store.db import Db, Tx

OLD = {
    "bot.yml": "bot: Harbor\n",
    "flows/main.yml": flow("- ask: words\n  text: Go on.\n- say: Old.", start="book"),
}
NEW = {**OLD, "flows/main.yml": OLD["flows/main.yml"].replace("Old.", "New.")}


async def publish(db: Db, files: dict[str, str]) -> int:
    return await db.write(bots.publish, WORKSPACE, files, NOON)


async def live(node: Working, version: int) -> None:
    """Return once the node begins new sessions with this version."""
    async with asyncio.timeout(15):
        while node.road.shelf.current.version != version:
            await asyncio.sleep(0.02)


async def test_new_sessions_begin_with_it_and_running_ones_stay(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    # Where nodes tell each other, none must have looked by itself.
    monkeypatch.setattr("textback.pipeline.bots.LOOK", 0.1 if db.dialect == "sqlite" else 600)
    await publish(db, OLD)
    async with working(db, load_bot(OLD, 1)) as node:
        await node.text("BOOK", ANA)
        await node.phones.took(1, ANA)
        if db.dialect != "sqlite":
            async with asyncio.timeout(15):
                while not await db.read(listening):
                    await asyncio.sleep(0.02)
        assert await publish(db, NEW) == 2
        await live(node, 2)
        await node.text("blue", ANA)
        assert (await node.phones.took(2, ANA))[-1] == "Old."
        await node.text("BOOK", BEN)
        await node.text("blue", BEN)
        assert (await node.phones.took(2, BEN))[-1] == "New."


def listening(tx: Tx) -> bool:
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
    return tx.exec_driver_sql(query).first() is not None


async def test_a_version_that_cannot_be_used_here_leaves_the_one_that_runs(file_db: Db) -> None:
    await publish(file_db, OLD)
    async with working(file_db, load_bot(OLD, 1)) as node:
        await publish(file_db, {"bot.yml": "bot: Harbor\nof_another_release: 1\n"})
        await node.road.versions.look()
        assert node.road.shelf.current.version == 1
        await publish(file_db, NEW)
        await node.road.versions.look()
        assert node.road.shelf.current.version == 3
        await node.text("BOOK")
        assert await node.phones.took(1) == ["Go on."]


def stood(tx: Tx) -> list[tuple[int, str, str, int]]:
    found = running.stands(tx, WORKSPACE)
    return sorted((stand.version, stand.flow, stand.step, stand.count) for stand in found)


def moved(tx: Tx, bot: Any) -> list[str]:
    planned = moving.listed(tx, WORKSPACE, 1, bot)
    return sorted(moving.move(tx, bucket, plan, 1, bot).why for bucket, plan in planned)


TWO = flow("- ask: words\n  text: Go on.\n- ask: more\n  text: And?\n- say: Old.", start="book")


async def test_sessions_are_moved_step_by_id_and_those_without_a_step_stay(db: Db) -> None:
    old = {**OLD, "flows/main.yml": TWO}
    await publish(db, old)
    bot = load_bot(NEW, 2)  # it has no step `more`
    async with working(db, load_bot(old, 1)) as node:
        await node.text("BOOK", ANA)
        await node.text("BOOK", BEN)
        await node.text("blue", BEN)
        await node.phones.took(2, BEN)
        assert await db.read(stood) == [(1, "main", "more", 1), (1, "main", "words", 1)]
        await publish(db, NEW)
        assert await db.write(moved, bot) == ["", "there is no step more"]
        assert await db.read(stood) == [(1, "main", "more", 1), (2, "main", "words", 1)]
        await node.text("blue", ANA)
        assert (await node.phones.took(2, ANA))[-1] == "New."
        await node.text("red", BEN)
        assert (await node.phones.took(3, BEN))[-1] == "Old."
        assert await db.read(stood) == []
