"""Web chat on the road: stored once with what was agreed to, in one bucket, and read from the thread."""

import asyncio
from typing import Any

import pytest

from tests.pipeline.test_buckets import watching
from tests.pipeline.working import WORKSPACE, Phones, Working, bot, working
from textback.channels.base import Failure
from textback.channels.web import Agreement
from textback.engine.arrivals import ConsentChange, DeliveryStatus, Message
from textback.pipeline import webchat as chat
from textback.pipeline.turn import read_arrival
from textback.store import webchat
from textback.store.db import Db
from textback.store.inbox import Incoming

CHOICES = """
- ask: need
  text: What do you need?
  choices: {repair: {label: Repair}, tune: {label: Tune-up}}
- say: Noted.
"""
AGREED = Agreement("I agree.", ticked=True)
VISIT = chat.Visit(chat.address_of("one", "t" * 43), "https://www.example.com/prices", "192.0.2.7", "A browser")


def told() -> Any:
    return bot(CHOICES)


async def say(node: Working, text: str, ref: str, visit: chat.Visit = VISIT, agreed: Agreement | None = None) -> None:
    await node.road.take(chat.heard(node.road.lines["one"], visit, ref, text, agreed))


async def thread(db: Db, count: int, address: str = VISIT.address) -> list[chat.Shown]:
    """The visitor's thread, once it has so many texts."""
    async with asyncio.timeout(20):
        while True:
            _, rows = await db.read(webchat.thread_of, WORKSPACE, address, "one", 100)
            if len(rows) >= count:
                return [chat.shown(row) for row in rows]
            await asyncio.sleep(0.01)


async def test_a_visitor_talks_and_what_a_text_offers_is_kept_with_it(db: Db) -> None:
    async with working(db, told(), one=("web",)) as node:
        await say(node, "BOOK", "ref-1")
        mine, ours = await thread(db, 2)
        assert (mine.from_, mine.text, mine.ref) == ("you", "BOOK", "ref-1")
        assert (ours.from_, ours.text, ours.options) == ("us", "What do you need?", ("Repair", "Tune-up"))
        await say(node, "Tune-up", "ref-2")
        await say(node, "Tune-up", "ref-2")
        *_, said = await thread(db, 4)
        assert (said.text, said.options) == ("Noted.", ())
        assert [one.text for one in await thread(db, 4) if one.from_ == "you"] == ["BOOK", "Tune-up"]
        assert [one.id for one in await thread(db, 4)] == sorted(one.id for one in await thread(db, 4))


async def test_a_text_that_was_not_taken_is_not_shown(db: Db) -> None:
    phones = Phones()
    phones.answer(VISIT.address, Failure("rejected", "x", "No."))
    async with working(db, told(), phones=phones, one=("web",)) as node:
        await say(node, "BOOK", "ref-1")
        await say(node, "Repair", "ref-2")
        found = await thread(db, 3)
        assert [one.text for one in found] == ["BOOK", "Repair", "Noted."]


async def test_delivered_is_known_once_and_of_ours_alone(db: Db) -> None:
    async with working(db, told(), one=("web",)) as node:
        await say(node, "BOOK", "ref-1")
        await thread(db, 2)
        whose, rows = await db.read(webchat.thread_of, WORKSPACE, VISIT.address, "one", 100)
        assert whose is not None
        found = chat.delivered("one", whose, VISIT.address, rows)
        assert [read_arrival(one.data) for one in found] == [
            DeliveryStatus(f"web-{rows[1].id}", VISIT.address, "delivered", rows[1].id)
        ]
        await node.road.take(found)
        async with asyncio.timeout(20):
            while chat.delivered("one", whose, VISIT.address, rows):
                _, rows = await db.read(webchat.thread_of, WORKSPACE, VISIT.address, "one", 100)
                await asyncio.sleep(0.01)
        assert [row.status for row in rows] == ["received", "delivered"]


async def test_the_thread_ends_where_the_page_wants_it_to(db: Db) -> None:
    async with working(db, told(), one=("web",)) as node:
        await say(node, "BOOK", "ref-1")
        _, ours = await thread(db, 2)
        _, newest = await db.read(webchat.thread_of, WORKSPACE, VISIT.address, "one", 1)
        assert [row.id for row in newest] == [ours.id]
        assert (await db.read(webchat.thread_of, WORKSPACE, VISIT.address, "two", 100))[1] == []
        assert await db.read(webchat.thread_of, WORKSPACE, "web-nobody", "one", 100) == (None, [])
        assert await db.read(webchat.thread_of, "other", VISIT.address, "one", 100) == (None, [])


async def test_every_statement_names_the_one_bucket_of_its_transaction(by_bucket: Db) -> None:
    with watching(by_bucket) as watched:
        async with working(by_bucket, told(), one=("web",)) as node:
            await say(node, "BOOK", "ref-1", agreed=AGREED)
            await say(node, "Repair", "ref-2", agreed=AGREED)
            await thread(by_bucket, 4)
    for bucket, statements in watched.done:
        assert bucket is not None, [one.sql for one in statements]
        for statement in statements:
            assert statement.named == statement.meant == {bucket}, (statement.sql, statement.given)
    said = [one.sql for _, statements in watched.done for one in statements]
    assert [sql for sql in said if "INTO message_offers" in sql]
    assert [sql for sql in said if "INTO consent_events" in sql]


def kinds(items: list[Incoming]) -> list[type]:
    return [type(read_arrival(one.data)) for one in items]


@pytest.mark.parametrize("ticked", [True, False])
def test_what_they_agreed_to_comes_before_what_they_say_and_once(ticked: bool) -> None:
    lines = {"one": type("Line", (), {"name": "one", "number": "one"})()}
    agreed = Agreement("I agree.", ticked)
    items = chat.heard(lines["one"], VISIT, "ref-1", "hi", agreed)
    again = chat.heard(lines["one"], VISIT, "ref-2", "hi", agreed)
    other = chat.heard(lines["one"], VISIT, "ref-3", "hi", Agreement("I agree!", ticked))
    assert kinds(items) == [ConsentChange, Message]
    assert items[0].provider_id == again[0].provider_id != other[0].provider_id
    assert {(one.family, one.identifier) for one in items} == {("web", VISIT.address)}
    change = read_arrival(items[0].data)
    assert isinstance(change, ConsentChange)
    evidence = change.evidence
    assert evidence.complete
    assert (evidence.method, evidence.wording, evidence.source) == ("web", "I agree.", VISIT.page)
    assert (evidence.ip, evidence.user_agent, evidence.session) == (VISIT.ip, VISIT.user_agent, VISIT.address)
    assert kinds(chat.heard(lines["one"], VISIT, "ref-1", "hi", None)) == [Message]


def test_an_address_says_nothing_of_its_token_and_is_another_on_every_line() -> None:
    token = "secret-token" * 3
    found = {chat.address_of(line, token) for line in ("one", "two", "three")}
    assert len(found) == 3
    assert all("secret" not in one and len(one) == 36 for one in found)
    assert chat.address_of("one", token) == chat.address_of("one", token) != chat.address_of("one", f"{token}x")
