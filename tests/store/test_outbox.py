"""The outbox: oldest first within a conversation, no second post, and a fence against nodes that come back late."""

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import Connection, select

from textback.core.ids import new_id
from textback.store import outbox as box
from textback.store import turns
from textback.store.db import Db, Tx
from textback.store.inbox import Incoming, store_arrivals
from textback.store.tables import messages, outbox

NOW = 1_000_000


async def contact(db: Db, number: str) -> tuple[int, str]:
    item = Incoming(new_id(), "telnyx", "message", new_id(), "{}", "phone", number)
    homes = await db.write(store_arrivals, "default", [item], {}, NOW)
    home = homes["phone", number]
    return home.bucket, home.contact_id


async def queue(db: Db, home: tuple[int, str], text: str, *, due: int = NOW) -> str:
    id_ = new_id()
    key = {"bucket": home[0], "id": id_, "workspace": "default", "contact_id": home[1]}
    message: dict[str, Any] = {
        **key, "line": "telnyx", "channel": "sms", "direction": "out", "author": "bot", "author_id": "",
        "author_name": "", "message_class": "conversational", "text": text, "media": "[]", "segments": 1,
        "status": "queued", "rule": "", "code": "", "detail": "", "provider_id": None, "source": "", "arrival_id": "",
        "at": NOW,
    }  # fmt: skip
    row: dict[str, Any] = {
        **key, "line": "telnyx", "recipient": "+12065550123", "message_class": "conversational", "state": "queued",
        "attempts": 0, "due_at": due, "expires_at": None, "lease_until": None, "fence": 0, "priority": 0,
        "asks": 0, "offer": "",
        "programme": "",
    }  # fmt: skip
    await db.write(turns.add_messages, [message])
    await db.write(turns.add_outbox, [row])
    return id_


async def due_texts(db: Db, now: int = NOW) -> list[str]:
    return [row.text for row in await db.write(box.due, now, 100)]


def status_of(tx: Connection, id_: str) -> str:
    return str(tx.execute(select(messages.c.status).where(messages.c.id == id_)).scalar())


def left(tx: Connection) -> list[tuple[str, str]]:
    return [(row.id, row.state) for row in tx.execute(select(outbox).order_by(outbox.c.id))]


async def test_only_the_oldest_text_of_each_conversation_is_due(db: Db) -> None:
    ana, ben = await contact(db, "+12065550123"), await contact(db, "+12065550124")
    for text in ("a1", "a2", "a3"):
        await queue(db, ana, text)
    await queue(db, ben, "b1")
    assert await due_texts(db) == ["a1", "b1"]


async def test_a_text_waiting_for_its_next_try_holds_back_those_behind_it(db: Db) -> None:
    ana = await contact(db, "+12065550123")
    await queue(db, ana, "first", due=NOW + 5000)
    await queue(db, ana, "second")
    assert await due_texts(db) == []
    assert await due_texts(db, NOW + 5000) == ["first"]


async def test_what_is_being_posted_is_not_claimed_again(db: Db) -> None:
    ana = await contact(db, "+12065550123")
    first = await queue(db, ana, "first")
    await queue(db, ana, "second")
    await db.write(box.claim, [(ana[0], ana[1], first)], NOW + 60_000)
    assert await due_texts(db) == []
    await db.write(box.accepted, [{"b": ana[0], "k": ana[1], "i": first, "p": "prov-1"}])
    assert await db.read(status_of, first) == "accepted"
    assert await due_texts(db) == ["second"]


async def test_a_dead_nodes_text_becomes_unknown_and_is_never_due_again(db: Db) -> None:
    ana = await contact(db, "+12065550123")
    first = await queue(db, ana, "first")
    await queue(db, ana, "second")
    await db.write(box.claim, [(ana[0], ana[1], first)], NOW + 60_000)
    assert await db.write(box.abandoned, NOW + 59_000) == []
    rows = await db.write(box.abandoned, NOW + 61_000)
    dead = [{"b": r.bucket, "k": r.contact_id, "i": r.id, "f": r.fence, "d": "died"} for r in rows]
    await db.write(box.unknown, dead)
    assert await db.read(status_of, first) == "unknown"
    assert await due_texts(db, NOW + 10_000_000) == ["second"]


async def test_a_late_node_cannot_queue_again_what_another_has_claimed(db: Db) -> None:
    ana = await contact(db, "+12065550123")
    first = await queue(db, ana, "first")
    await db.write(box.claim, [(ana[0], ana[1], first)], NOW + 1)  # fence 1
    await db.write(box.unknown, [{"b": ana[0], "k": ana[1], "i": first, "f": 1, "d": ""}])
    await db.write(box.try_again, [{"b": ana[0], "k": ana[1], "i": first, "f": 1, "due": NOW}])
    assert await db.read(left) == [(first, "unknown")]


async def test_many_receipts_are_written_at_once(db: Db) -> None:
    homes = [await contact(db, f"+120655501{n:02}") for n in range(10)]
    ids = [await queue(db, home, "hi") for home in homes]
    keys = [(home[0], home[1], id_) for home, id_ in zip(homes, ids, strict=True)]
    await db.write(box.claim, keys, NOW + 60_000)
    await db.write(box.accepted, [{"b": b, "k": k, "i": i, "p": f"p-{i}"} for b, k, i in keys[:4]])
    await db.write(box.unknown, [{"b": b, "k": k, "i": i, "f": 1, "d": "timed out"} for b, k, i in keys[4:7]])
    await db.write(box.try_again, [{"b": b, "k": k, "i": i, "f": 1, "due": NOW + 9000} for b, k, i in keys[7:]])
    statuses = [await db.read(status_of, id_) for id_ in ids]
    assert statuses == ["accepted"] * 4 + ["unknown"] * 3 + ["queued"] * 3
    assert await due_texts(db) == []
    assert len(await due_texts(db, NOW + 9000)) == 3


async def test_a_late_receipt_settles_an_unknown_text(db: Db) -> None:
    ana = await contact(db, "+12065550123")
    first = await queue(db, ana, "first")
    await db.write(box.claim, [(ana[0], ana[1], first)], NOW + 1)
    await db.write(box.unknown, [{"b": ana[0], "k": ana[1], "i": first, "f": 1, "d": ""}])
    await db.write(box.accepted, [{"b": ana[0], "k": ana[1], "i": first, "p": "prov-1"}])
    assert await db.read(status_of, first) == "accepted"
    assert await db.read(left) == []


async def test_who_has_a_text_under_way(db: Db) -> None:
    homes = [await contact(db, f"+120655501{n:02}") for n in range(4)]
    waiting, posting, unknown, nothing = homes
    await queue(db, waiting, "1", due=NOW + 60_000)
    keys = [(*home, await queue(db, home, "2")) for home in (posting, unknown)]
    await db.write(box.claim, keys, NOW + 60_000)
    await db.write(box.unknown, [{"b": unknown[0], "k": unknown[1], "i": keys[1][2], "f": 1, "d": ""}])
    assert {row.contact_id for row in await db.write(box.under_way, homes)} == {waiting[1], posting[1]}
    assert await db.write(box.under_way, [nothing]) == []


async def test_stop_withdraws_what_is_queued_but_not_what_is_being_posted(db: Db) -> None:
    ana, ben = await contact(db, "+12065550123"), await contact(db, "+12065550124")
    posting, waiting, other = await queue(db, ana, "1"), await queue(db, ana, "2"), await queue(db, ben, "3")
    await db.write(box.claim, [(ana[0], ana[1], posting)], NOW + 60_000)
    await db.write(turns.cancel_queued, [ana[1]], "O6")
    assert await db.read(status_of, waiting) == "canceled"
    assert sorted(await db.read(left)) == sorted([(posting, "sending"), (other, "queued")])


def delivery(home: tuple[int, str], provider_id: str, status: str, message_id: str | None = None) -> dict[str, Any]:
    return {
        "bucket": home[0], "id": new_id(), "workspace": "default", "contact_id": home[1], "provider_id": provider_id,
        "message_id": message_id, "status": status, "code": None, "detail": None, "at": NOW,
    }  # fmt: skip


async def test_statuses_climb_and_never_go_back(db: Db) -> None:
    ana = await contact(db, "+12065550123")
    id_ = await queue(db, ana, "hi")
    await db.write(box.accepted, [{"b": ana[0], "k": ana[1], "i": id_, "p": "p1"}])
    for status, expected in [
        ("delivered", "delivered"), ("sent", "delivered"), ("undelivered", "delivered"), ("read", "read"),
    ]:  # fmt: skip
        assert await db.write(turns.update_delivery, [delivery(ana, "p1", status)]) == []
        assert await db.read(status_of, id_) == expected


@pytest.mark.parametrize(("first", "second"), [("delivered", "undelivered"), ("undelivered", "delivered")])
async def test_statuses_that_are_written_at_once_do_not_go_back(db: Db, first: str, second: str) -> None:
    """Two nodes have read the same old status; the second must look again when the first is done."""
    ana = await contact(db, "+12065550123")
    id_ = await queue(db, ana, "hi")
    await db.write(box.accepted, [{"b": ana[0], "k": ana[1], "i": id_, "p": "p1"}])
    reached, go_on = threading.Event(), threading.Event()

    def slowly(tx: Tx) -> None:
        turns.update_delivery(tx, [delivery(ana, "p1", first)])
        reached.set()
        go_on.wait(5)

    writing = asyncio.create_task(db.write_in("one", slowly))
    await asyncio.to_thread(reached.wait, 5)
    other = asyncio.create_task(db.write_in("two", turns.update_delivery, [delivery(ana, "p1", second)]))
    await asyncio.sleep(0.1)
    go_on.set()
    await asyncio.gather(writing, other)
    assert await db.read(status_of, id_) == "delivered"


async def test_a_text_that_is_claimed_while_stop_comes_is_posted_and_not_called_withdrawn(db: Db) -> None:
    ana = await contact(db, "+12065550123")
    id_ = await queue(db, ana, "hi")
    reached, go_on = threading.Event(), threading.Event()

    def claiming(tx: Tx) -> None:
        box.claim(tx, [(ana[0], ana[1], id_)], NOW + 60_000)
        reached.set()
        go_on.wait(5)

    writing = asyncio.create_task(db.write_in("one", claiming))
    await asyncio.to_thread(reached.wait, 5)
    stopping = asyncio.create_task(db.write_in("two", turns.cancel_queued, [ana[1]], "O6"))
    await asyncio.sleep(0.1)
    go_on.set()
    await asyncio.gather(writing, stopping)
    assert await db.read(left) == [(id_, "sending")]
    assert await db.read(status_of, id_) == "queued"


async def test_a_status_that_overtakes_its_receipt_is_applied_later(db: Db) -> None:
    ana = await contact(db, "+12065550123")
    id_ = await queue(db, ana, "hi")
    lost = await db.write(turns.update_delivery, [delivery(ana, "p1", "delivered")])
    assert len(lost) == 1
    await db.write(turns.keep_early, lost)
    assert await db.write(lambda tx: turns.settle_early(tx, NOW, give_up_after=1000)) == []
    await db.write(box.accepted, [{"b": ana[0], "k": ana[1], "i": id_, "p": "p1"}])
    assert await db.write(lambda tx: turns.settle_early(tx, NOW, give_up_after=1000)) == [ana[1]]
    assert await db.read(status_of, id_) == "delivered"


async def test_a_status_that_names_our_id_settles_an_unknown_text(db: Db) -> None:
    ana = await contact(db, "+12065550123")
    id_ = await queue(db, ana, "hi")
    await db.write(box.claim, [(ana[0], ana[1], id_)], NOW + 1)
    await db.write(box.unknown, [{"b": ana[0], "k": ana[1], "i": id_, "f": 1, "d": ""}])
    assert await db.write(turns.update_delivery, [delivery(ana, "p7", "sent", id_)]) == []
    assert await db.read(status_of, id_) == "sent"
    assert await db.read(left) == []


async def test_a_status_never_touches_another_contacts_text(db: Db) -> None:
    ana, ben = await contact(db, "+12065550123"), await contact(db, "+12065550124")
    id_ = await queue(db, ana, "hi")
    forged = {**delivery(ben, "p7", "failed", id_), "bucket": ana[0]}
    assert len(await db.write(turns.update_delivery, [forged])) == 1
    assert await db.read(status_of, id_) == "queued"
