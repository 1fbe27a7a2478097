"""The inbox keeps each arrival once, under one contact per address, in order."""

import asyncio

from sqlalchemy import Connection, select

from textback.core.ids import bucket_of, new_id
from textback.store.db import Db
from textback.store.inbox import Home, Incoming, backlog, mark_handled, pending, pending_of, store_arrivals
from textback.store.tables import addresses, arrivals, contacts, conversations


def text_from(sender: str, provider_id: str, *, create: bool = True, kind: str = "message") -> Incoming:
    return Incoming(new_id(), "telnyx", kind, provider_id, "{}", "phone", sender, create=create)


def counts(tx: Connection) -> tuple[int, ...]:
    return tuple(len(tx.execute(select(t)).all()) for t in (arrivals, contacts, addresses, conversations))


async def store(db: Db, *items: Incoming) -> dict[tuple[str, str], Home]:
    return await db.write(store_arrivals, "default", items, {}, 1000)


async def test_the_same_event_again_is_not_a_second_arrival(db: Db) -> None:
    await store(db, text_from("+12065550123", "m1"))
    await store(db, text_from("+12065550123", "m1"), text_from("+12065550123", "m1"))
    await store(db, text_from("+12065550123", "m2"))
    assert await db.read(counts) == (2, 1, 1, 1)


async def test_the_same_id_on_another_line_or_of_another_kind_is_another_arrival(db: Db) -> None:
    one = text_from("+12065550123", "m1")
    other_line = Incoming(new_id(), "twilio", "message", "m1", "{}", "phone", "+12065550123")
    await store(db, one, other_line, text_from("+12065550123", "m1", kind="status/sent/"))
    assert (await db.read(counts))[0] == 3


async def test_a_status_for_a_stranger_makes_no_contact(db: Db) -> None:
    await store(db, text_from("+12065550124", "m9", create=False, kind="status/sent/"))
    assert await db.read(counts) == (0, 0, 0, 0)


async def test_strangers_met_at_the_same_moment_become_one_contact(db: Db) -> None:
    items = [text_from("+12065550125", f"m{n}") for n in range(8)]
    found = await asyncio.gather(
        *[db.write_in(f"lane{n % 4}", store_arrivals, "default", [item], {}, 1) for n, item in enumerate(items)]
    )
    assert len({homes["phone", "+12065550125"].contact_id for homes in found}) == 1
    assert await db.read(counts) == (8, 1, 1, 1)


async def test_a_contact_has_one_bucket_everywhere(db: Db) -> None:
    homes = await store(db, *[text_from(f"+120655501{n:02}", f"m{n}") for n in range(40)])

    def buckets(tx: Connection) -> None:
        for row in tx.execute(select(arrivals)):
            assert row.bucket == bucket_of(row.contact_id)
        for row in tx.execute(select(conversations)):
            assert row.bucket == bucket_of(row.contact_id)
            assert homes["phone", row.address].contact_id == row.contact_id

    await db.read(buckets)


async def test_pending_is_oldest_first_and_ends_when_handled(db: Db) -> None:
    items = [text_from("+12065550126", f"m{n}") for n in range(5)]
    homes = await store(db, *items)
    rows = await db.read(pending, 3)
    assert [row.id for row in rows] == [item.id for item in items[:3]]
    await db.write(mark_handled, rows, 2000)
    assert [row.id for row in await db.read(pending, 10)] == [item.id for item in items[3:]]
    contact = homes["phone", "+12065550126"].contact_id
    assert [row.id for row in await db.read(pending_of, {contact})] == [item.id for item in items[3:]]
    assert await db.read(backlog) == 2


async def test_awkward_addresses_and_texts_are_kept(db: Db) -> None:
    for n, sender in enumerate(["72345", "BANK", "+4915550123456", "' OR 1=1 --", "名前"]):
        await store(db, Incoming(new_id(), "telnyx", "message", f"m{n}", '{"t":"\\u202e🚲"}', "phone", sender))
    assert await db.read(counts) == (5, 5, 5, 5)
