"""A sensitive answer is shown to nobody: not in the thread or lists, not in the record, not to whoever takes over."""

from tests.pipeline.working import ANA, LINE, bot, working
from textback.engine.arrivals import Message
from textback.engine.effects import Mask
from textback.pipeline.decide import Standing, decide
from textback.pipeline.rehearse import Rehearsal
from textback.store import desk
from textback.store.db import Db

STEPS = """
- ask: pin
  text: Your PIN?
  sensitive: true
- ask: more
  text: Anything else?
- say: Done.
"""
NOW = 1_772_474_400_000


async def test_the_thread_the_lists_and_the_record_do_not_have_it(db: Db) -> None:
    async with working(db, bot(STEPS)) as node:
        await node.text("BOOK")
        await node.phones.took(1)
        await node.text("4417")
        assert await node.phones.took(2) == ["Your PIN?", "Anything else?"]
        assert [row.text for row in await node.thread() if row.direction == "in"] == ["BOOK", "•••"]
        home = await node.home(ANA)
        traces = await db.read(desk.traces, home.contact_id, home.bucket, "")
        assert "4417" not in str([row.trace for row in traces]) + str(await node.events())
        await node.text("no")
        assert [row.text for row in await node.thread() if row.direction == "in"] == ["BOOK", "•••", "no"]


async def test_the_last_words_in_a_list_are_hidden(db: Db) -> None:
    async with working(db, bot(STEPS.replace("text: Anything else?", "text: '{{ contact.nobody }}'"))) as node:
        await node.text("BOOK")
        await node.phones.took(1)
        await node.text("4417")
        assert (await node.conversation()).last_text == "•••"


def test_an_answer_that_comes_too_late_is_hidden_from_whoever_is_asked() -> None:
    talk = Rehearsal(bot(STEPS), NOW)
    talk.text("BOOK")
    arrival = Message(ANA, LINE, "4417", "m1", sent_at=NOW - 9_000_000)
    turn = decide(talk.bot, talk.state, arrival, NOW, Standing(False, {}, NOW, late=True), session_id="s")
    assert any(isinstance(effect, Mask) for effect in turn.effects)
    assert turn.state.handoff is not None
    assert turn.state.handoff.ask == "•••"
