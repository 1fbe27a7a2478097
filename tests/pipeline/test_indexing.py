"""The index of words follows what is said: found within a moment, by words and beginnings, and gone with its text."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import func, select, update

from tests.pipeline.test_erase import erase
from tests.pipeline.test_sweep import swept
from tests.pipeline.working import ANA, BEN, NOON, WORKSPACE, Clock, Working, working
from textback.core.ids import made_at, new_id
from textback.core.words import query_of
from textback.engine.arrivals import ContactChange
from textback.pipeline import indexing
from textback.pipeline.indexing import Indexer
from textback.store import search
from textback.store.db import Db, Tx
from textback.store.tables import messages
from textback.store.tables_search import search_texts


@asynccontextmanager
async def indexed(db: Db) -> AsyncIterator[tuple[Working, Indexer]]:
    """A road whose index goes on only when a test says so."""
    async with working(db) as node:
        node.road.indexer.stop()
        yield node, Indexer(db, WORKSPACE)


async def found(db: Db, typed: str, most: int = 10) -> list[str]:
    """What was said in the texts that are found, newest first."""
    query = query_of(typed)

    def look(tx: Tx) -> list[str]:
        keys = search.texts(tx, query, most, made_at(new_id()))
        return [row.text for row in search.said(tx, keys)]

    return await db.read(look)


async def people(db: Db, typed: str) -> list[str]:
    return [id_ for _, id_ in await db.read(search.people, query_of(typed), 10)]


async def test_a_text_is_found_by_its_words_and_their_beginnings(db: Db) -> None:
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        await node.text("A purple Tandem, please")
        await node.text("BOOK", BEN)
        assert await found(db, "tandem") == []
        assert not await indexer.once()
        for typed in ("tandem", "Tandem purple", "tan", "please tande", "purple"):
            assert "A purple Tandem, please" in await found(db, typed), typed
        assert await found(db, "tandem green") == []
        assert await found(db, "ta") != []
        assert await found(db, "andem") == []
        assert (await found(db, "book", most=1)) == ["BOOK"]


async def test_the_latest_come_first_and_no_more_than_wanted(db: Db) -> None:
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        for n in range(5):
            await node.text(f"fitting number {n}")
        await indexer.once()
        texts = await found(db, "fitting", most=3)
        assert len(texts) == 3
        assert texts[0].endswith("4") or texts[0].startswith("You said")


async def test_batches_go_on_where_they_ended_and_nothing_is_written_when_nothing_is_new(
    db: Db, monkeypatch: Any
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 2)
    monkeypatch.setattr(indexing, "MARGIN", 0)
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        await node.text("needle")
        rounds = 0
        while await indexer.once():
            rounds += 1
        assert rounds >= 1
        assert "needle" in await found(db, "needle")
        at = await db.read(search.position, WORKSPACE)
        assert at
        monkeypatch.setattr(search, "take", None)
        assert not await indexer.once()


async def test_what_another_node_indexes_is_left_to_it(db: Db) -> None:
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        assert await db.write(search.take, WORKSPACE, "another", made_at(new_id()), indexing.LEASE)
        await indexer.once()
        assert await found(db, "book") == []


async def test_people_are_found_by_name_and_number(db: Db) -> None:
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        home = await node.home()
        await indexer.once()
        digits = ANA.removeprefix("+")
        for typed in (ANA, digits[1:], digits[-4:], digits[-7:], f"({digits[1:4]}) {digits[4:7]}"):
            assert await people(db, typed) == [home.contact_id], typed
        await node.road.post(home.contact_id, ContactChange("crm", name="José Okafor"), wait=5)
        assert await people(db, "jose") == await people(db, "okaf") == [home.contact_id]
        await node.road.post(home.contact_id, ContactChange("crm", name="Mia Chen"), wait=5)
        assert await people(db, "okafor") == []
        assert await people(db, "Mia Chen") == [home.contact_id]


async def test_a_walk_finds_people_who_have_not_texted(db: Db) -> None:
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        home = await node.home()
        assert await people(db, ANA) == []
        await indexer.walk()
        assert await people(db, ANA) == [home.contact_id]


async def test_nobody_who_was_erased_is_found(db: Db) -> None:
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        await node.text("needle")
        await indexer.once()
        assert await found(db, "needle") != []
        await erase(node)
        await indexer.once()
        await indexer.walk()
        assert await found(db, "needle") == []
        assert await people(db, ANA) == []
        query = query_of("needle")
        assert await db.read(search.texts, query, 10, made_at(new_id())) == []


async def test_a_text_that_was_kept_long_enough_is_not_found(db: Db) -> None:
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        await node.text("needle")
        await indexer.once()
        home = await node.home()

    def remove(tx: Tx) -> list[tuple[int, str, str]]:
        m = messages.c
        mine = (m.bucket == home.bucket, m.contact_id == home.contact_id)
        keys = [tuple(row) for row in tx.execute(select(m.bucket, m.contact_id, m.id).where(*mine))]
        search.remove_texts(tx, keys)
        tx.execute(update(messages).where(*mine).values(text=""))
        return search.texts(tx, query_of("needle"), 10, made_at(new_id()))

    assert await db.write(remove) == []


async def test_the_sweep_takes_them_out_of_the_index(db: Db) -> None:
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        await node.text("needle")
        await indexer.once()
    clock = Clock(NOON)
    clock.at = made_at(new_id()) + 3 * 365 * 86_400_000
    assert await swept(db, clock) is not None
    assert await db.read(search.texts, query_of("needle"), 10, made_at(new_id())) == []


async def test_what_is_hidden_is_not_found(db: Db) -> None:
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        await node.text("my card is 4111 1111 1111 1111")
        await indexer.once()
        assert [words for words in await found(db, "4111") if not words.startswith("You said")] == []
        assert await found(db, "card") != []


async def test_a_text_that_comes_late_under_an_old_id_is_found(db: Db) -> None:
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        await indexer.once()
        old = f"{made_at(new_id()) - 3_600_000:011x}0000000000000"

        def late(tx: Tx) -> None:
            row = tx.execute(select(messages).limit(1)).mappings().one()
            tx.execute(messages.insert(), {**row, "id": old, "text": "haystack"})

        await db.write(late)
        indexer._again_at = 0  # an hour later
        await indexer.once()
        assert await found(db, "haystack") == ["haystack"]


async def test_a_common_word_is_looked_for_in_the_latest_hours_first(db: Db) -> None:
    async with indexed(db) as (node, indexer):
        await node.text("BOOK")
        for _ in range(4):
            await node.text("common")
        await indexer.once()

        def look(tx: Tx) -> int:
            seen: list[str] = []
            real = search._matching

            def noted(tx: Tx, tsquery: str, most: int) -> list[tuple[int, str, str]]:
                seen.append(tsquery)
                return real(tx, tsquery, most)

            search._matching = noted
            try:
                search.texts(tx, query_of("common"), 2, made_at(new_id()))
            finally:
                search._matching = real
            return len(seen)

        asked = await db.read(look)
        assert asked == (0 if db.dialect == "sqlite" else 1)
        rows = await db.read(lambda tx: tx.execute(select(func.count()).select_from(search_texts)).scalar())
        assert (rows == 0) == (db.dialect == "sqlite")
