"""An erased person is gone: from every table, from what is on its way, and for good. That they opted out stays (P1)."""

import asyncio
import threading
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select, text

from tests.pipeline.test_masking import everything
from tests.pipeline.working import ANA, BEN, LINE, NOON, WORKSPACE, Working, make, working
from textback.channels.base import Accepted, Failure, Webhook
from textback.core.ids import new_id
from textback.engine.arrivals import AgentReply, ApiSend, Message
from textback.pipeline import erase as erasing
from textback.pipeline.accept import incoming
from textback.store import api, desk, desk_lists, inbox, ledger, ledger_check, rejected, turns
from textback.store import erase as store
from textback.store import reconcile as lists
from textback.store.db import Db, Tx, open_db
from textback.store.tables import arrivals, metadata, outbox, privacy_requests, rejected_webhooks, suppressions

WORDS = "my dog is called Blue Suede"


async def erase(node: Working, number: str = ANA) -> Any:
    """Erase whoever has this number, as the desk does."""
    who = await node.db.read(lambda tx: store.person(tx, WORKSPACE, number=number))
    assert who is not None
    done = await node.db.write(erasing.erase, WORKSPACE, who, "owner@example.com", NOON)
    node.road.forget(who.contact_id)
    return done


def posted(body: str) -> str:
    """A rejected webhook as the quarantine keeps it."""
    return msgspec.json.encode(Webhook("POST", "/webhooks/one", "", {}, body.encode())).decode()


def test_every_table_that_knows_contacts_says_what_an_erasure_does() -> None:
    knowing = {t.name for t in metadata.sorted_tables if "contact_id" in t.c} | {"contacts"}
    assert knowing == set(store.ERASED)
    for name, rule in store.ERASED.items():
        assert rule in ("keep", "delete") or set(rule) <= set(metadata.tables[name].c.keys())


async def test_nothing_of_them_is_left_in_any_table(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        await node.text(WORDS)
        await node.text(WORDS, BEN)
        webhook = {
            "workspace": WORKSPACE, "id": "w1", "line": "one", "provider": "x", "reason": "unsigned", "detail": "",
            "source": "", "payload": "{}", "raw": posted(f'{{"from": "{ANA}"}}'), "times": 1, "at": 1, "last_at": 1,
            "redriven_at": None,
        }  # fmt: skip
        form = {**webhook, "id": "w3", "raw": posted("From=%2B12065550123&Body=Hi")}
        await db.write(rejected.keep, WORKSPACE, [webhook, {**webhook, "id": "w2", "raw": posted(BEN)}, form], 10)
        done = await erase(node)
        assert done.rows["messages"] == 4
        assert done.rows["rejected_webhooks"] == 2
        kept = await db.read(everything)
        state = await db.read(lambda tx: str(tx.execute(text("SELECT state FROM conversations")).all()))
        assert ANA not in kept + state
        assert ANA[1:] not in kept + state
        assert f"You said {WORDS}" not in (kept + state).replace(BEN, "")
        assert (kept + state).count(WORDS) == 2 or BEN in kept
        left = await db.read(lambda tx: tx.execute(select(rejected_webhooks.c.id)).scalars().all())
        assert left == ["w2"]


async def test_reports_still_count_what_was_sent(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        await node.becomes(("Go on.", "accepted", "C2"))
        home = await node.home()
        await erase(node)
        rows = await db.read(desk.thread, home.contact_id, home.bucket, 10)
        assert [(row.direction, row.text, row.message_class, row.status) for row in rows] == [
            ("in", "", "", "received"),
            ("out", "", "conversational", "accepted"),
        ]


async def test_the_lists_do_not_show_them(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        home = await node.home()
        await erase(node)
        assert (await db.read(desk_lists.page, WORKSPACE, "all", "", 10)).rows == []
        assert await db.read(desk.conversation, WORKSPACE, home.contact_id, home.bucket) is None
        assert await db.read(api.conversation_list, WORKSPACE, 10) == []


async def test_the_request_is_on_record_without_the_number(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        home = await node.home()
        done = await erase(node)
        (row,) = await db.read(store.requests, WORKSPACE)
        assert (row.id, row.kind, row.contact_id, row.outcome) == (done.request, "erasure", home.contact_id, "done")
        assert (row.actor, row.received_at, row.answered_at) == ("owner@example.com", NOON, NOON)
        assert row.shown == "(•••) •••-••23"
        assert [(one.actor, one.action, one.subject) for one in await db.read(desk.audit_rows, WORKSPACE, 5)] == [
            ("owner@example.com", "privacy.erase", home.contact_id)
        ]


async def test_erasing_twice_is_erasing_once(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        home = await node.home()
        who = store.Person(home.contact_id, ANA)
        first = await db.write(erasing.erase, WORKSPACE, who, "x", NOON)
        assert first is not None
        assert await db.write(erasing.erase, WORKSPACE, who, "x", NOON) is None
        assert len(await db.read(store.requests, WORKSPACE)) == 1


async def test_someone_erased_who_writes_again_is_new_and_starts_empty(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        await node.text(WORDS)
        before = await node.home()
        await erase(node)
        await node.text("hello?")
        after = await node.home()
        assert after.contact_id != before.contact_id
        assert [row.text for row in await node.thread() if row.direction == "in"] == ["hello?"]
        assert WORDS not in (await node.conversation()).state


async def test_a_node_that_has_not_heard_of_it_takes_their_next_texts_home(db: Db) -> None:
    """Its memory says where the number lived. Each text finds the new contact, in the order in which they came."""
    async with working(db) as node:
        await node.text("BOOK")
        before = await node.home()
        stale = node.road._acceptor._homes.copy()
        await erase(node)
        node.road._acceptor._homes.update(stale)
        await node.road.receive("one", [Message(ANA, LINE, "one more", "m8"), Message(ANA, LINE, "and another", "m9")])

        async def said() -> list[str]:
            homes = await db.read(inbox.find_homes, WORKSPACE, [("phone", ANA)])
            return [row.text for row in await node.thread() if row.direction == "in"] if homes else []

        await node.until(said, ["one more", "and another"])
        assert (await node.home()).contact_id != before.contact_id
        assert node.road._acceptor.home_of(ANA) != before
        old = await db.read(desk.thread, before.contact_id, before.bucket, 10)
        assert [row.text for row in old if row.text] == []


async def test_an_address_that_still_leads_to_them_is_mended(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        before = await node.home()
        await erase(node)
        row = {"workspace": WORKSPACE, "family": "phone", "identifier": ANA, "bucket": before.bucket}
        await db.write(
            lambda tx: tx.execute(insert(metadata.tables["addresses"]), {**row, "contact_id": before.contact_id})
        )
        await node.road.receive("one", [Message(ANA, LINE, "hello", "m9")])

        async def lives_elsewhere() -> bool:
            homes = await db.read(inbox.find_homes, WORKSPACE, [("phone", ANA)])
            return bool(homes) and homes["phone", ANA].contact_id != before.contact_id

        await node.until(lives_elsewhere, True)


async def test_what_people_and_programs_still_say_to_them_is_dropped(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        await node.phones.took(1)
        home = await node.home()
        await erase(node)
        await node.road.post(home.contact_id, AgentReply("u1", "Mo", "Hello Ana", new_id()), wait=5)
        await node.status("delivered", f"p-{node.phones.sent[0].message_id}")
        assert "Hello Ana" not in await db.read(everything)
        assert node.phones.texts() == ["Go on."]
        waiting = await db.read(
            lambda tx: tx.execute(select(arrivals.c.id).where(arrivals.c.handled_at.is_(None))).all()
        )
        assert waiting == []


async def test_the_api_finds_the_new_contact_when_its_node_remembers_the_old_one(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        stale = node.road._acceptor._homes.copy()
        before = await node.home()
        await erase(node)
        node.road._acceptor._homes.update(stale)
        send = ApiSend("crm", "Hello", new_id(), message_class="conversational")
        contact_id = await node.road.send_to("one", ANA, send, wait=5)
        assert contact_id != before.contact_id
        assert await node.phones.took(2) == ["Go on.", "Hello"]


async def test_what_was_queued_does_not_go(db: Db) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, Failure("throttled", "429", "Slow down.", retry_after=3600))
        await node.text("BOOK")
        await node.throttled()
        await erase(node)
        assert await db.read(lambda tx: tx.execute(select(outbox.c.id)).all()) == []


@pytest.mark.parametrize("answer", [Accepted("p1"), Failure("rejected", "21211", "No."), Failure("unknown", "", "?")])
async def test_what_comes_of_a_text_that_was_being_posted_brings_nothing_back(db: Db, answer: Any) -> None:
    async with working(db) as node:
        held = node.phones.hold(ANA)
        await node.road.receive("one", [Message(ANA, LINE, "BOOK", "m1")])
        await node.phones.took(1)
        await erase(node)
        held.set_result(answer)
        await node.text("BOOK", BEN)
        await node.becomes(("Go on.", "accepted", "C2"), number=BEN)
        await node.text("HELP", BEN)
        kept = (await db.read(everything)).replace(BEN, "")
        assert ANA not in kept
        letters = await db.read(lambda tx: tx.execute(select(metadata.tables["dead_letters"])).all())
        assert letters == []


async def test_who_opted_out_stays_on_record_as_opted_out(db: Db) -> None:
    async with working(db) as node:
        await node.text("STOP")
        home = await node.home()
        done = await erase(node)
        assert done.opted_out
        found = await db.read(lambda tx: tx.execute(select(suppressions.c.contact_id, suppressions.c.rule)).all())
        assert [(row.contact_id, row.rule) for row in found] == [(home.contact_id, "O6")]
        consent = await db.read(ledger.entries_of, home.contact_id)
        assert [(one.row["type"], one.words) for one in consent] == [("opt_out", ""), ("erase", "")]


@pytest.mark.parametrize(("words", "keyword", "out"), [("stop", None, True), ("hi", "stop", True), ("hi", None, False)])
async def test_a_stop_that_had_no_turn_yet_counts(db: Db, words: str, keyword: str | None, out: bool) -> None:
    node = make(db)
    item = incoming("one", Message(ANA, LINE, words, "m1", keyword=keyword))
    await db.write(inbox.store_arrivals, WORKSPACE, [item], {}, NOON)
    done = await erase(node)
    assert done.opted_out is out
    found = await db.read(lambda tx: tx.execute(select(suppressions.c.contact_id)).all())
    assert len(found) == out


async def test_their_words_are_unreadable_and_the_chain_is_whole(db: Db) -> None:
    async with working(db) as node:
        await node.text("STOP")
        home = await node.home()
        await erase(node)
        found = await db.read(ledger.entries_of, home.contact_id)
        assert [(one.row["type"], one.personal) for one in found] == [("opt_out", None), ("erase", None)]
        assert (await db.read(ledger_check.check_contact, home.contact_id)).broken == []
        (row,) = await db.read(lambda tx: tx.execute(select(privacy_requests)).all())
        assert row.reference == await db.read(erasing.reference, ANA)


async def test_who_opted_out_stays_so_when_they_write_again_and_start_works(db: Db) -> None:
    async with working(db) as node:
        await node.text("STOP")
        await erase(node)
        await node.text("BOOK", id_="again-1")
        assert (await node.conversation()).opted_out
        await node.text("START", id_="again-2")
        assert not (await node.conversation()).opted_out
        await erase(node)
        await node.text("BOOK", id_="again-3")
        assert not (await node.conversation()).opted_out


async def test_a_provider_s_list_does_not_bring_their_texts_back(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK", id_="SM1")
        assert await db.read(lists.missing, WORKSPACE, [(ANA, "SM1"), (ANA, "SM2")]) == {"SM2"}
        await erase(node)
        assert await db.read(lists.missing, WORKSPACE, [(ANA, "SM1"), (ANA, "SM2")]) == {"SM2"}
        await node.text("hello", id_="SM3")
        assert await db.read(lists.missing, WORKSPACE, [(ANA, "SM1"), (ANA, "SM3")]) == set()


async def test_who_nobody_knows_is_a_request_too(db: Db) -> None:
    assert await db.read(lambda tx: store.person(tx, WORKSPACE, number=ANA)) is None
    assert await db.read(lambda tx: store.person(tx, WORKSPACE, contact_id="../etc")) is None
    await db.write(erasing.nobody, WORKSPACE, ANA, "x", NOON)
    (row,) = await db.read(store.requests, WORKSPACE)
    assert (row.outcome, row.contact_id, row.shown) == ("nobody", "", "(•••) •••-••23")


async def test_an_erasure_waits_for_the_turn_under_way(postgres_url: str) -> None:
    """Two nodes: one holds the conversation in a turn that is not committed yet, the other erases."""
    one, other = open_db(postgres_url), open_db(postgres_url)
    try:
        item = incoming("one", Message(ANA, LINE, "hi", "m1"))
        homes = await one.write(inbox.store_arrivals, WORKSPACE, [item], {}, NOON)
        home = homes["phone", ANA]
        locked, go_on = threading.Event(), threading.Event()

        def turn(tx: Tx) -> None:
            (row,) = turns.lock_conversations(tx, {home.contact_id})
            locked.set()
            go_on.wait(10)
            key = {"bucket": home.bucket, "contact_id": home.contact_id, "workspace": WORKSPACE, "id": new_id()}
            turns.add_turns(tx, [{**key, "at": NOON, "events": "[]", "trace": WORDS}])
            turns.save_conversations(tx, [saved(row)])

        working_ = asyncio.create_task(one.write_in("turn", turn))
        await asyncio.to_thread(locked.wait, 10)
        who = store.Person(home.contact_id, ANA)
        erasing_ = asyncio.create_task(other.write_in("erase", erasing.erase, WORKSPACE, who, "x", NOON))
        await asyncio.sleep(0.2)
        assert not erasing_.done()
        go_on.set()
        await working_
        done = await erasing_
        assert done is not None
        assert done.rows["turns"] == 1
        assert WORDS not in await one.read(everything)
    finally:
        await one.close()
        await other.close()


def saved(row: Any) -> dict[str, Any]:
    return {
        "b_bucket": row.bucket, "b_contact": row.contact_id, "state": msgspec.json.encode({}).decode(),
        "status": "engaged", "owner_kind": "bot", "owner_id": "", "line": "one", "address": row.address,
        "last_text": WORDS, "last_author": "contact", "last_at": NOON, "waiting_since": None, "unread": 1,
        "message_count": 1, "priority": 0, "snoozed_until": None, "opted_out": False,
    }  # fmt: skip


async def test_every_node_forgets_where_they_lived(postgres_url: str) -> None:
    one, other = open_db(postgres_url), open_db(postgres_url)
    try:
        async with working(one) as here, working(other) as there:
            await here.text("BOOK")
            await there.text("Blue")
            before = there.road._acceptor.home_of(ANA)
            assert before is not None
            await erase(here)

            async def known() -> object:
                return there.road._acceptor.home_of(ANA)

            await there.until(known, None)
            assert here.road._acceptor.home_of(ANA) is None
    finally:
        await one.close()
        await other.close()
