"""A PostgreSQL with Citus: its tables are spread with what is in them, and the road goes on, on one node and on two.

These run only with TEXTBACK_CITUS_URL (see `citus_url`); then the rest of the road's tests run on Citus as well. What
the road must keep to for this is held without Citus in test_buckets.
"""

import asyncio

import pytest

from tests.engine.talk import PATIENT
from tests.pipeline.working import ANA, BEN, Phones, bot, working
from tests.support.databases import opened_db
from textback.core.errors import StartError, TextbackError
from textback.core.when import HOUR
from textback.store import desk_lists, distribute, migrate
from textback.store.db import Tx, open_db, parse_url

FOUR = """
- ask: one
  text: One.
- ask: two
  text: Two.
- ask: three
  text: Three.
- say: "{{ one }} {{ two }} {{ three }}"
"""


def quietly(name: str) -> None:
    """Nobody looks."""


async def test_a_database_with_conversations_is_distributed_and_they_go_on(citus_url: str) -> None:
    url = parse_url(citus_url)
    migrate.upgrade(url)
    assert not distribute.at_start(url)
    db = open_db(citus_url)
    try:
        async with working(db, bot(PATIENT)) as node:
            await node.text("BOOK")
            await node.text("BOOK", BEN)
            with pytest.raises(TextbackError, match="is at work on this database"):
                await asyncio.to_thread(distribute.distribute, url, 4, force=False, told=quietly)
    finally:
        await db.close()

    def interrupted(name: str) -> None:
        if name == "bot_versions":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        distribute.distribute(url, 4, force=False, told=interrupted)
    with pytest.raises(StartError, match="Run textback db distribute"):
        distribute.at_start(url)
    layout = distribute.distribute(url, 4, force=False, told=quietly)
    assert layout.state == "spread"
    assert layout.tables["messages"].column == "bucket"
    assert layout.tables["messages"].shards == 4
    assert layout.tables["addresses"].column == "identifier"
    assert layout.tables["users"].column == ""
    again: list[str] = []
    assert distribute.distribute(url, 8, force=False, told=again.append).tables.keys() == layout.tables.keys()
    assert again == []

    db = opened_db(citus_url)
    assert db.by_bucket
    try:
        async with working(db, bot(PATIENT)) as node:
            await node.text("Ana")
            await node.becomes(("Who is this?", "accepted", "C2"), ("Hello Ana.", "accepted", "C2"))
            node.clock.at += 4 * HOUR
            assert await node.phones.took(1, BEN) == ["Still there? Who is this?"]
            await node.text("STOP", BEN)
            assert [row[0] for row in await node.consent(BEN)] == ["opt_out"]
            rows = [row for _, row in (await db.read(desk_lists.page, "default", "all", "", 10)).rows]
            assert {row.address for row in rows} == {ANA, BEN}
    finally:
        await db.close()


def test_a_table_that_a_migration_adds_is_distributed_with_it(distributed_url: str) -> None:
    db = open_db(distributed_url)
    try:
        with db.transaction() as tx:
            for name in ("timers", "line_use"):
                _as_if_new(tx, name)
        with db.transaction() as tx:
            assert distribute.look(tx).rest == ["line_use", "timers"]
            distribute.careful(tx)
            tx.exec_driver_sql("ALTER TABLE turns ADD COLUMN later integer")
            distribute.spread_new(tx)
        with db.transaction() as tx:
            tx.exec_driver_sql("ALTER TABLE turns DROP COLUMN later")
            layout = distribute.look(tx)
    finally:
        db.dispose()
    assert layout.state == "spread"
    assert (layout.tables["timers"].column, layout.tables["line_use"].column) == ("bucket", "")


def _as_if_new(tx: Tx, name: str) -> None:
    tx.exec_driver_sql(f"SELECT undistribute_table('{name}')")


async def test_two_nodes_share_the_work_and_one_takes_over(distributed_url: str) -> None:
    numbers = [f"+1206555{n:04}" for n in range(100, 115)]
    script = ["BOOK", "a", "b", "c"]
    phones = Phones()
    first, second = opened_db(distributed_url), opened_db(distributed_url)
    try:
        async with working(first, bot(FOUR), phones=phones) as one:
            async with working(second, bot(FOUR), phones=phones) as two:
                for words in script[:2]:
                    await asyncio.gather(*((one, two)[n % 2].text(words, number) for n, number in enumerate(numbers)))
            for words in script[2:]:
                await asyncio.gather(*(one.text(words, number) for number in numbers))
            await phones.took(4 * len(numbers))
            for number in numbers:
                assert phones.texts(number) == ["One.", "Two.", "Three.", "a b c"]
    finally:
        await first.close()
        await second.close()
