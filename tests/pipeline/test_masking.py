"""What contacts should not have texted is not kept: not in the thread, the lists, the record, the inbox (rule P5)."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from tests.pipeline.working import ANA, LINE, WORKSPACE, Working, bot, make, working
from textback.engine.arrivals import Message
from textback.pipeline import letters, turn
from textback.pipeline.dead import redrive
from textback.pipeline.gating import Gatekeeper
from textback.pipeline.letters import Wanted
from textback.pipeline.masking import hide, masked
from textback.pipeline.road import Road
from textback.store import dead, desk
from textback.store.db import Db, Tx
from textback.store.tables import arrivals, metadata

CARD = "4111 1111 1111 1111"
SENSITIVE = """
- ask: pin
  text: Your PIN?
  sensitive: true
- say: Done.
"""


def everything(tx: Tx) -> str:
    """All that the database holds, but what a session is working with."""
    rows = [
        {name: value for name, value in row._mapping.items() if name != "state"}
        for table in metadata.sorted_tables
        for row in tx.execute(select(table))
    ]
    return str(rows)


async def answers(node: Working, words: str) -> None:
    await node.text("BOOK")
    await node.text(words)


async def test_a_card_is_in_no_table_once_its_turn_is_done(db: Db) -> None:
    async with working(db) as node:
        await answers(node, f"use {CARD} please")
        assert [row.text for row in await node.thread() if row.direction == "in"] == ["BOOK", "use [card] please"]
        held = [row for row in await node.thread() if row.direction == "out"]
        assert held[-1].text == f"You said use {CARD} please."  # what the bot itself says is the flow's affair
        kept = (await db.read(everything)).replace(held[-1].text, "")
        assert CARD not in kept
        assert CARD.replace(" ", "") not in kept
        assert "use [card] please" in kept


async def test_the_flow_reads_what_they_wrote(db: Db) -> None:
    async with working(db) as node:
        await answers(node, CARD)
        assert await node.phones.took(2) == ["Go on.", f"You said {CARD}."]


async def test_an_opt_out_is_found_in_what_they_wrote_and_not_in_what_is_kept(db: Db) -> None:
    async with working(db) as node:
        await node.text("password: unsubscribe")
        assert [row.text for row in await node.thread() if row.direction == "in"] == ["password: [password]"]
        assert [kind for kind, *_ in await node.consent()] == ["opt_out"]


async def test_whoever_is_asked_for_is_not_shown_it(db: Db) -> None:
    async with working(db) as node:
        await node.text(f"can a PERSON charge {CARD}")
        await node.text("PERSON")
        row = await node.conversation()
        assert CARD not in row.state
        assert CARD not in row.last_text


async def test_ordinary_texts_are_kept_as_they_came(db: Db) -> None:
    async with working(db) as node:
        await answers(node, "order 4417, call 206-555-0123 at 5")
        assert (await node.thread())[-2].text == "order 4417, call 206-555-0123 at 5"


async def test_the_inbox_forgets_what_was_handled(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK", id_="m1")
        await node.text("BOOK", id_="m1")  # it still knows that it had this one
        rows = await db.read(lambda tx: tx.execute(select(arrivals.c.provider_id, arrivals.c.data)).all())
        assert [(row.provider_id, row.data) for row in rows] == [("m1", "")]


async def test_it_can_be_switched_off(db: Db) -> None:
    node = make(db)
    node.road = Road(db, WORKSPACE, node.road.lines, node.road.shelf, now=node.clock, redact=False)
    await node.road.start()
    try:
        await node.text(CARD)
        assert (await node.thread())[0].text == CARD
    finally:
        await node.road.stop()


def broken(*_: Any, **__: Any) -> Any:
    raise ValueError("no")


@pytest.mark.parametrize(
    ("steps", "words", "shown"),
    [(None, f"it is {CARD}", "it is [card]"), (SENSITIVE, "blue suede shoes", "•••")],
)
async def test_a_failed_turn_keeps_nothing_that_is_to_be_hidden(
    db: Db, monkeypatch: pytest.MonkeyPatch, steps: str | None, words: str, shown: str
) -> None:
    async with working(db, bot(steps) if steps else None) as node:
        await node.text("BOOK")
        with monkeypatch.context() as patch:
            patch.setattr(turn, "decide", broken)
            await node.text(words)
        assert (await node.thread())[-1].text == shown
        assert (await node.conversation()).last_text == shown
        (letter,) = await db.read(lambda tx: dead.letters(tx, WORKSPACE))
        assert msgspec.json.decode(letter.payload)["text"] == shown
        assert words not in await db.read(everything)
        again = await db.write(redrive, letter, node.clock(), Gatekeeper(WORKSPACE, {}, bot))
        assert (again.result, again.why[:20]) == ("lost", "What they wrote was ")
        assert [one.id for one in await db.read(letters.listing, WORKSPACE, Wanted())] == [letter.id]


async def test_a_letter_that_is_thrown_away_takes_what_they_wrote_with_it(
    db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with working(db) as node:
        with monkeypatch.context() as patch:
            patch.setattr(turn, "decide", broken)
            await node.text("Blue suede shoes")
        data = select(arrivals.c.data)
        assert "Blue suede shoes" in str(await db.read(lambda tx: tx.execute(data).all()))
        (letter,) = await db.read(lambda tx: dead.letters(tx, WORKSPACE))
        assert await db.write(letters.discard, letter.id, node.clock(), WORKSPACE, "Ana")
        assert [row.data for row in await db.read(lambda tx: tx.execute(data).all())] == [""]


async def test_a_card_in_a_text_that_can_t_be_handled_is_not_in_its_letter(
    db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textback.pipeline.turn.Turns.run", broken_run)
    monkeypatch.setattr("textback.pipeline.road.POLL", 0.02)
    async with working(db) as node:
        await node.road.receive("one", [Message(ANA, LINE, CARD, "m1")], wait=10)
        await node.until(lambda: db.read(lambda tx: len(dead.letters(tx, WORKSPACE))), 1)
        assert CARD not in await db.read(everything)


def broken_run(*_: Any, **__: Any) -> Any:
    raise msgspec.ValidationError("no")


def test_what_was_said_is_hidden_as_json_writes_it() -> None:
    text, hidden = masked('my password is "quo\\te1"')
    assert text == "my password is [password]"
    assert hide(msgspec.json.encode({"said": '"quo\\te1"'}).decode(), hidden) == '{"said":"[password]"}'
    assert hide('{"card":"4111111111111111"}', masked(CARD)[1]) == '{"card":"[card]"}'


async def test_traces_of_the_desk_do_not_have_it(db: Db) -> None:
    async with working(db) as node:
        await answers(node, f"password is hunter2 and {CARD}")
        home = await node.home(ANA)
        rows = await db.read(desk.traces, home.contact_id, home.bucket, "")
        assert "hunter2" not in str([row.trace for row in rows]) + str(await node.events())
