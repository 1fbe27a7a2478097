"""Imports at work: every row once, whatever happens to the server, on each database."""

from collections.abc import Sequence
from itertools import count as count_from
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select, update

from tests.pipeline.working import ANA, BEN, CAT, WORKSPACE, Clock, Working, bot, moment, working
from textback.core.when import DAY, HOUR
from textback.engine.state import load_state
from textback.pipeline.importing import ContactImporter, Row
from textback.store import contact_imports as store
from textback.store.contact_imports import Choice, ContactImport
from textback.store.db import Db, Tx
from textback.store.sight import ALL
from textback.store.tables import contacts
from textback.store.tables_desk import audit
from textback.store.tables_imports import contact_import_parts, contact_imports

NOON = moment("2026-06-03T12:00")
COLUMNS = ["number", "name", "tags", "field.seats"]


def add(tx: Tx, now: int, *parts: Sequence[list[str]], held: bool = False) -> None:
    """A file that somebody has begun with; `held` by a server that does not work on it."""
    choice = Choice(COLUMNS, "one")
    one = ContactImport(
        "i1", "u1", "lead@example.com", "Sam Lee", "leads.csv", COLUMNS, choice, ALL, "", False, 0, 0, {}, 0, now, None
    )
    store.add(tx, WORKSPACE, one)
    lines = count_from(2)
    store.add_parts(tx, WORKSPACE, "i1", 0, [[(next(lines), cells) for cells in part] for part in parts])
    store.whole(tx, WORKSPACE, "i1", sum(len(part) for part in parts), choice)
    store.start(tx, WORKSPACE, "i1")
    if held:
        tx.execute(update(contact_imports).values(lease_until=now + HOUR))


async def count(node: Working, table: Any) -> int:
    return await node.db.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar()) or 0


async def ended(node: Working) -> ContactImport:
    async def done() -> object:
        one = await node.db.read(store.find, WORKSPACE, "i1")
        return one is not None and one.done_at is not None

    await node.until(done, True)
    one = await node.db.read(store.find, WORKSPACE, "i1")
    assert one is not None
    return one


async def known(node: Working, number: str) -> tuple[dict[str, Any], list[str]]:
    state = load_state((await node.conversation(number)).state)
    return state.fields, state.tags


async def test_rows_become_contacts_and_those_refused_are_kept(db: Db) -> None:
    async with working(db, bot()) as node:
        await node.text("HOURS")
        before = len(node.phones.sent)
        first = [[ANA, "Ana", "vip", "2"], [BEN, "Ben", "", ""]]
        second = [[BEN, "Ben again", "", ""], ["12", "Nobody", "", ""], [CAT, "", "a!", ""]]
        await node.db.write(add, node.clock(), first, second)
        node.road.importer.wake()
        one = await ended(node)
        assert (one.state, one.position) == ("done", 5)
        assert one.counts == {"new": 1, "changed": 1, "same": 0, "refused": 3}
        fields, tags = await known(node, ANA)
        assert (fields["name"], fields["seats"], tags) == ("Ana", "2", ["vip"])
        fields, _ = await known(node, BEN)
        assert (fields["name"], fields["source"]) == ("Ben", "Imported from leads.csv")
        refused = await node.db.read(store.refused, WORKSPACE, "i1", 0, 10)
        assert [(line, cells[1]) for line, _, cells in refused] == [(4, "Ben again"), (5, "Nobody"), (6, "")]
        assert await count(node, contact_import_parts) == 0
        assert len(node.phones.sent) == before
        noted = await node.db.read(lambda tx: tx.execute(select(audit.c.action, audit.c.actor)).all())
        assert ("contacts.import", "lead@example.com") in [tuple(row) for row in noted]


async def test_an_import_that_a_server_died_of_is_gone_on_with_and_no_row_counts_twice(db: Db) -> None:
    clock = Clock(NOON)
    async with working(db, bot(), clock=clock) as node:

        class Died(Exception):
            pass

        async def take_in(rows: Sequence[Row]) -> None:
            await node.road._take_in(rows[:1])
            raise Died

        parts = [[[ANA, "Ana", "", ""], [BEN, "Ben", "", ""]], [[CAT, "Cat", "", ""], [ANA, "Ana twice", "", ""]]]
        await node.db.write(lambda tx: add(tx, clock(), *parts, held=True))
        later = lambda: clock() + 2 * HOUR  # noqa: E731
        dying = ContactImporter(node.db, WORKSPACE, lambda: node.road.shelf.current, later, take_in)
        with pytest.raises(Died):
            await dying._one()
        assert await count(node, contacts) == 1  # one was taken in, and nothing says so yet
        clock.at += DAY
        node.road.importer.wake()
        one = await ended(node)
        assert one.counts == {"new": 3, "changed": 0, "same": 0, "refused": 1}
        assert await count(node, contacts) == 3
        assert (await known(node, ANA))[0]["name"] == "Ana"
        (refused,) = await node.db.read(store.refused, WORKSPACE, "i1", 0, 10)
        assert refused[:2] == (5, "The same number is in line 2.")


async def test_a_server_that_stops_gives_it_back_and_another_goes_on(db: Db) -> None:
    clock = Clock(NOON)
    async with working(db, bot(), clock=clock) as node:
        await node.db.write(
            lambda tx: add(tx, clock(), [[ANA, "Ana", "", ""]], [[ANA, "Twice", "", ""], [BEN, "", "", ""]], held=True)
        )

        async def take_in(rows: Sequence[Row]) -> None:
            await node.road._take_in(rows)
            one.stop()

        one = ContactImporter(node.db, WORKSPACE, lambda: node.road.shelf.current, lambda: clock() + 2 * HOUR, take_in)
        assert not await one._one()
        half = await node.db.read(store.find, WORKSPACE, "i1")
        assert half is not None
        assert (half.state, half.position) == ("going", 1)
        node.road.importer.wake()
        done = await ended(node)
        assert done.counts == {"new": 2, "changed": 0, "same": 0, "refused": 1}


async def test_one_that_is_stopped_ends_and_keeps_what_was_taken_in(db: Db) -> None:
    clock = Clock(NOON)
    async with working(db, bot(), clock=clock) as node:
        await node.db.write(lambda tx: add(tx, clock(), [[ANA, "Ana", "", ""]], [[BEN, "Ben", "", ""]], held=True))

        async def take_in(rows: Sequence[Row]) -> None:
            await node.road._take_in(rows)
            await node.db.write(store.stop, WORKSPACE, "i1")

        later = lambda: clock() + 2 * HOUR  # noqa: E731
        assert await ContactImporter(node.db, WORKSPACE, lambda: node.road.shelf.current, later, take_in)._one()
        one = await ended(node)
        assert (one.state, one.position, one.counts["new"]) == ("stopped", 1, 1)
        assert await count(node, contacts) == 1
        assert await count(node, contact_import_parts) == 0


async def test_whoever_has_lost_it_writes_nothing(db: Db) -> None:
    async with working(db, bot()) as node:
        await node.db.write(lambda tx: add(tx, node.clock(), [[ANA, "Ana", "", ""]], held=True))
        late = node.clock() + 2 * HOUR
        mine = await node.db.write(store.claim, WORKSPACE, late)
        assert mine is not None
        assert await node.db.write(store.claim, WORKSPACE, late + 1) is None
        theirs = await node.db.write(store.claim, WORKSPACE, late + HOUR)
        assert theirs is not None
        part = await node.db.read(store.next_part, WORKSPACE, "i1")
        assert part is not None
        assert not await node.db.write(store.keep_plan, WORKSPACE, mine, part, late + HOUR)
        assert await node.db.write(store.finish_part, WORKSPACE, mine, part, late + HOUR) is None
        assert not await node.db.write(store.finish, WORKSPACE, msgspec.structs.replace(mine, position=1), late + HOUR)
        assert await node.db.write(store.keep_plan, WORKSPACE, theirs, part, late + HOUR)
