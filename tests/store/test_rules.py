"""Versions of what people changed of routes and thresholds; on both databases."""

import asyncio
from typing import Any

import msgspec
import pytest

from textback.store import audit, rules
from textback.store.audit import Asked
from textback.store.db import Db, Tx

W = "default"


async def test_the_newest_version_holds_and_each_says_what_it_changed(db: Db) -> None:
    assert await db.read(rules.newest, W) == (0, {})
    assert await db.write(rules.save, W, 0, {"usual///queue": "bench"}, "ana@example.com", 1) == 1
    changed: dict[str, float | str] = {"usual///queue": "office", "knowledge///answer": 0.9}
    assert await db.write(rules.save, W, 1, changed, "ben@example.com", 2) == 2
    assert await db.write(rules.save, W, 2, changed, "ben@example.com", 3) == 2, "a version that changes nothing"
    assert await db.read(rules.newest, W) == (2, changed)
    assert await db.read(rules.newest_numbers, W) == (0, 2)
    assert [row.saved_by for row in await db.read(rules.versions, W, 9)] == ["ben@example.com", "ana@example.com"]
    line = (await db.read(audit.lines, W, Asked(action="routing."), 9))[0]
    assert (line.actor, line.action, line.subject) == ("ben@example.com", "routing.save", "version 2")
    assert msgspec.json.decode(line.data) == {
        "knowledge///answer": {"from": "the file's", "to": "0.9"}, "usual///queue": {"from": "bench", "to": "office"},
    }  # fmt: skip


async def test_an_earlier_version_comes_back_as_a_new_one(db: Db) -> None:
    await db.write(rules.save, W, 0, {"usual///queue": "bench"}, "a@example.com", 1)
    await db.write(rules.save, W, 1, {}, "a@example.com", 2)
    assert await db.read(rules.version, W, 0) == {}
    assert await db.read(rules.version, W, 7) is None
    earlier = await db.read(rules.version, W, 1)
    assert earlier is not None
    assert await db.write(rules.save, W, 2, earlier, "b@example.com", 3, 1) == 3
    assert await db.read(rules.newest, W) == (3, {"usual///queue": "bench"})
    assert [row.again for row in await db.read(rules.versions, W, 9)] == [1, 0, 0]


async def test_of_two_who_save_at_once_the_second_is_told(db: Db) -> None:
    await db.write(rules.save, W, 0, {"usual///queue": "bench"}, "a@example.com", 1)

    async def save(by: str) -> Any:
        return await db.write(rules.save, W, 1, {"usual///queue": by}, f"{by}@example.com", 2)

    found = await asyncio.gather(*(save(by) for by in ("ana", "ben")), return_exceptions=True)
    (said,) = [one for one in found if isinstance(one, rules.Overtaken)]
    (number,) = [one for one in found if isinstance(one, int)]
    assert (number, said.number) == (2, 2)
    assert said.by in ("ana@example.com", "ben@example.com")
    _, changes = await db.read(rules.newest, W)
    assert f"{changes['usual///queue']}@example.com" == said.by


async def test_workspaces_do_not_share_rules(db: Db) -> None:
    await db.write(rules.save, W, 0, {"usual///queue": "bench"}, "a@example.com", 1)
    assert await db.read(rules.newest, "other") == (0, {})


@pytest.mark.parametrize("changes", [{}, {"usual///queue": "bench"}])
async def test_a_save_that_is_overtaken_leaves_nothing(db: Db, changes: Any) -> None:
    await db.write(rules.save, W, 0, {"usual///queue": "office"}, "a@example.com", 1)

    def late(tx: Tx) -> None:
        with pytest.raises(rules.Overtaken):
            rules.save(tx, W, 0, changes, "b@example.com", 2)

    await db.write(late)
    assert await db.read(rules.newest_numbers, W) == (0, 1)
    assert len(await db.read(audit.lines, W, Asked(action="routing."), 9)) == 1
