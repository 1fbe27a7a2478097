"""Dead letters: what was given up is kept with its reason, and goes through the road again once."""

import asyncio
from typing import Any

import msgspec
import pytest
from sqlalchemy import Row, insert, update

from tests.engine.talk import BOT, flow
from tests.pipeline.working import ANA, BEN, LINE, NOON, WORKSPACE, Working, bot, working
from textback.channels.base import Failure
from textback.core.ids import bucket_of, new_id
from textback.core.when import HOUR, MINUTE
from textback.engine.arrivals import AgentReply, ApiSend, Message
from textback.engine.load import load_bot
from textback.pipeline import deliver, turn
from textback.pipeline.dead import Redriven, redrive
from textback.pipeline.gating import Gatekeeper
from textback.store import dead
from textback.store.db import Db, Tx
from textback.store.tables import arrivals, conversations

OK = "accepted"
NO_NUMBER = Failure("rejected", "21211", "Not a number.")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The outbox and the inbox are looked at often, and three tries are all."""
    monkeypatch.setattr(deliver, "POLL", 0.02)
    monkeypatch.setattr("textback.pipeline.road.POLL", 0.02)
    monkeypatch.setattr(deliver, "MAX_ATTEMPTS", 3)


async def letters(node: Working, **more: Any) -> list[Row[Any]]:
    return await node.db.read(lambda tx: dead.letters(tx, WORKSPACE, **more))


async def again(node: Working, letter: Row[Any]) -> Redriven:
    return await node.db.write(redrive, letter, node.clock(), Gatekeeper(WORKSPACE, {}, bot))


async def given_up(node: Working, failure: Failure = NO_NUMBER) -> Row[Any]:
    """Ana's answer is given up; its dead letter."""
    node.phones.answer(ANA, failure)
    await node.text("BOOK")
    await node.becomes(("Go on.", "filtered" if failure.kind == "filtered" else "failed", failure.kind))
    (letter,) = await letters(node)
    return letter


@pytest.mark.parametrize("kind", ["rejected", "filtered"])
async def test_a_text_that_is_refused_is_kept_with_the_reason_and_no_whole_number(db: Db, kind: Any) -> None:
    async with working(db) as node:
        letter = await given_up(node, Failure(kind, "30007", "No."))
        assert (letter.kind, letter.line, letter.reason, letter.code, letter.detail) == (
            "send",
            "one",
            kind,
            "30007",
            "No.",
        )
        assert (letter.attempts, letter.at, letter.redriven_at) == (1, NOON, None)
        payload = msgspec.json.decode(letter.payload)
        assert payload == {"to": "(•••) •••-••23", "text": "Go on.", "pictures": 0}


async def test_a_text_is_given_up_after_its_last_try(db: Db) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, *[Failure("retry", "", "Away.")] * 3)
        await node.text("BOOK")
        for count in (1, 2):
            await node.phones.took(count)
            await node.throttled()
            node.clock.at += MINUTE
        await node.becomes(("Go on.", "failed", "retry"))
        (letter,) = await letters(node)
        assert (letter.reason, letter.attempts) == ("retry", 3)


async def test_q5_a_text_that_is_refused_for_the_hour_waits_and_goes(file_db: Db) -> None:
    async with working(file_db) as node:
        node.phones.answer(ANA, Failure("later", "30610", "Not at this hour.", 3600.0))
        await node.text("BOOK")
        await node.phones.took(1)
        await node.throttled()
        assert await letters(node) == []
        node.clock.at += 2 * HOUR
        assert await node.phones.took(2) == ["Go on.", "Go on."]
        await node.becomes(("Go on.", OK, "C2"))


async def test_k6_a_redriven_text_goes_by_the_programme_that_it_had(db: Db) -> None:
    files = {
        "bot.yml": f"{BOT}consent: {{keywords: {{JOIN: {{programme: offers, wording: Weekly offers.}}}}}}\n",
        "flows/sale.yml": flow("- say: {template: sale}", start="sale", name="sale"),
        "templates/sale.yml": "sale: {class: promotional, programme: offers, text: Harbor Cycle sale. STOP to end.}\n",
    }
    async with working(db, load_bot(files, 1)) as node:
        await node.text("JOIN")
        await node.phones.took(1)
        node.phones.answer(ANA, Failure("rejected"))
        await node.text("SALE", id_="m-2")
        await node.phones.took(2)
        while not (waiting := await letters(node)):
            await asyncio.sleep(0.01)
        (letter,) = waiting
        assert msgspec.json.decode(letter.payload)["programme"] == "offers"
        assert (await again(node, letter)).result == "sent"
        assert (await node.phones.took(3))[-1] == "Harbor Cycle sale. STOP to end."


async def test_an_opt_out_is_no_dead_letter(file_db: Db) -> None:
    async with working(file_db) as node:
        node.phones.answer(ANA, Failure("opted_out", "21610"))
        await node.text("BOOK")
        await node.becomes(("Go on.", "failed", "opted_out"))
        assert await letters(node) == []


async def test_a_redriven_text_goes_as_a_new_one_once_and_the_old_one_stays_failed(db: Db) -> None:
    async with working(db) as node:
        letter = await given_up(node)
        before = (await node.conversation()).message_count
        assert (await again(node, letter)).result == "sent"
        await node.becomes(("Go on.", "failed", "rejected"), ("Go on.", OK, "C2"))
        assert (await again(node, letter)).result == "done"
        first, second = node.phones.sent
        assert (first.recipient, first.text) == (second.recipient, second.text)
        assert first.message_id != second.message_id
        assert (await node.conversation()).message_count == before + 1
        assert await letters(node) == []
        assert [row.redriven_at for row in await letters(node, id_=letter.id)] == [node.clock()]


async def test_a_redriven_text_waits_behind_what_is_queued_already(file_db: Db) -> None:
    async with working(file_db) as node:
        letter = await given_up(node)
        held = node.phones.hold(ANA)
        await node.text("blue")
        await node.phones.took(2)
        await again(node, letter)
        await node.text("BOOK", BEN)
        await node.phones.took(1, BEN)
        assert len(node.phones.texts(ANA)) == 2
        held.set_result(Failure("rejected"))
        assert await node.phones.took(3, ANA) == ["Go on.", "You said blue.", "Go on."]


async def test_the_gate_is_asked_again_and_a_refused_letter_stays(db: Db) -> None:
    async with working(db) as node:
        letter = await given_up(node)
        await node.text("STOP", keyword="stop")
        done = await again(node, letter)
        assert (done.result, done.why) == (
            "refused",
            "They opted out of texts. Only they can opt in again, by texting START.",
        )
        assert [row.id for row in await letters(node)] == [letter.id]
        assert len(node.phones.sent) == 1


async def test_the_gate_is_asked_once_more_when_it_is_posted(db: Db) -> None:
    async with working(db) as node:
        letter = await given_up(node)

        def opts_out_meanwhile(tx: Tx) -> None:
            assert redrive(tx, letter, NOON, Gatekeeper(WORKSPACE, {}, bot)).result == "sent"
            tx.execute(update(conversations).values(opted_out=True))

        await node.db.write(opts_out_meanwhile)
        await node.becomes(("Go on.", "failed", "rejected"), ("Go on.", "blocked", "O6"))


async def test_a_redriven_text_may_be_given_up_again(file_db: Db) -> None:
    async with working(file_db) as node:
        letter = await given_up(node)
        node.phones.answer(ANA, Failure("rejected"))
        await again(node, letter)
        await node.becomes(("Go on.", "failed", "rejected"), ("Go on.", "failed", "rejected"))
        (second,) = await letters(node)
        assert second.id != letter.id


async def test_what_a_person_or_a_program_wrote_stays_theirs(file_db: Db) -> None:
    async with working(file_db) as node:
        node.phones.answer(ANA, Failure("rejected"), Failure("rejected"))
        contact = await node.road.send_to(
            "one", ANA, ApiSend("crm", "Ready.", new_id(), message_class="informational"), wait=15
        )
        await node.road.post(contact, AgentReply("u1", "Sam", "Hello.", new_id()), wait=15)
        await node.becomes(("Ready.", "failed", "rejected"), ("Hello.", "failed", "rejected"))
        for letter in await letters(node):
            await again(node, letter)
        await node.phones.took(4)
        rows = {row.id: row for row in await node.thread()}
        twice = [(rows[one.message_id].author, rows[one.message_id].message_class) for one in node.phones.sent]
        assert sorted(twice[:2]) == sorted(twice[2:]) == [("api", "informational"), ("person", "conversational")]


# Arrivals


async def test_a_turn_that_failed_is_kept_and_can_be_taken_again(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    async with working(db) as node:

        def broken(*_: Any, **__: Any) -> Any:
            raise ValueError("secret words")

        with monkeypatch.context() as patch:
            patch.setattr(turn, "decide", broken)
            await node.text("BOOK")
        (letter,) = await letters(node)
        assert (letter.kind, letter.reason, letter.detail) == ("arrival", "turn_failed", "ValueError")
        payload = msgspec.json.decode(letter.payload)
        assert payload == {"arrival": "message", "from": "(•••) •••-••23", "text": "BOOK", "pictures": 0}
        await node.db.write(_hand_back)
        assert (await again(node, letter)).result == "handled"
        assert (await again(node, letter)).result == "done"
        assert await node.phones.took(1) == ["Go on."]
        assert [row.text for row in await node.thread() if row.direction == "in"] == ["BOOK"]
        assert (await node.conversation()).unread == 1


def _hand_back(tx: Tx) -> None:
    """The conversation is as on its first day."""
    tx.execute(update(conversations).values(state=""))


async def test_an_arrival_that_nobody_can_read_stops_no_other(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        home = await node.home()

        def store(tx: Tx) -> None:
            row = {
                "bucket": bucket_of(home.contact_id),
                "contact_id": home.contact_id,
                "line": "one",
                "provider_id": "x",
            }
            row |= {"kind": "future", "id": new_id(), "workspace": WORKSPACE, "data": '{"kind":"future"}'}
            tx.execute(insert(arrivals), {**row, "received_at": NOON, "handled_at": None})

        await node.db.write(store)
        await node.text("blue")
        assert await node.phones.took(2) == ["Go on.", "You said blue."]
        (letter,) = await letters(node)
        assert (letter.kind, letter.reason) == ("arrival", "unreadable")
        assert msgspec.json.decode(letter.payload) == {"arrival": "unreadable"}


# The list


async def test_the_list_can_be_narrowed_and_read_page_by_page(db: Db) -> None:
    async with working(db) as node:
        for number, line in ((ANA, "one"), (BEN, "two")):
            node.phones.answer(number, Failure("rejected"))
            await node.road.receive(line, [Message(number, LINE, "BOOK", new_id())], wait=15)
            await node.becomes(("Go on.", "failed", "rejected"), number=number)
            node.clock.at += HOUR
        both = await letters(node)
        assert [row.line for row in both] == ["one", "two"]
        assert [row.line for row in await letters(node, line="two")] == ["two"]
        assert await letters(node, kind="arrival") == []
        (page,) = await letters(node, most=1)
        assert [row.id for row in await letters(node, after=(page.at, page.id))] == [both[1].id]
        assert await node.db.read(dead.waiting, WORKSPACE) == {"one": 1, "two": 1}
