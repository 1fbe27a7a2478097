"""A newer text cancels a reply that was not sent, where its answer stands for the old one and nothing is missed."""

from collections.abc import AsyncIterator

import pytest

from tests.engine.talk import BOOKING, BOT, flow
from tests.pipeline.working import ANA, LINE, Working, bot, store, working
from textback.channels.base import Failure
from textback.core.ids import new_id
from textback.engine.arrivals import AgentReply, ApiSend, HandBack, Message, Takeover
from textback.engine.bot import Bot
from textback.engine.load import load_bot
from textback.store.db import Db

ASKS = """
- ask: service
  text: What do you need?
- ask: bike
  text: Which bike is it?
- say: Noted.
- ask: day
  text: We are closed on Mondays. Which day?
- say: Booked.
"""
SERVICE, BIKE, DAY = "What do you need?", "Which bike is it?", "We are closed on Mondays. Which day?"
GONE = ("canceled", "newer")
BUSY = Failure("retry", retry_after=3600.0)


@pytest.fixture
async def busy(db: Db) -> AsyncIterator[Working]:
    """A node whose provider takes nothing for an hour after the first text."""
    async with working(db, bot(ASKS)) as node:
        node.phones.answer(ANA, BUSY)
        await node.text("BOOK")
        await node.throttled()
        yield node


async def ours(node: Working) -> list[tuple[str, str]]:
    """Our texts, and which were withdrawn."""
    return [(words, rule if status == "canceled" else "") for words, status, rule in await node.ours()]


async def test_a_question_that_was_answered_before_it_went_is_withdrawn(busy: Working) -> None:
    await busy.text("repair")
    assert await ours(busy) == [(SERVICE, "newer"), (BIKE, "")]
    # Nothing is before it any more, so it need not wait.
    assert await busy.phones.took(2) == [SERVICE, BIKE]
    await busy.becomes((SERVICE, *GONE), (BIKE, "accepted", "C2"))


async def test_what_is_said_but_once_stays_and_so_does_a_question_that_tells_something(busy: Working) -> None:
    busy.phones.answer(ANA, BUSY)
    await busy.text("repair")
    await busy.throttled()
    await busy.text("a red one")
    await busy.text("Friday")
    assert await ours(busy) == [(SERVICE, "newer"), (BIKE, "newer"), ("Noted.", ""), (DAY, ""), ("Booked.", "")]


async def test_where_the_bot_says_nothing_nothing_is_withdrawn(busy: Working) -> None:
    await busy.text("Liked “hello”")
    assert await ours(busy) == [(SERVICE, "")]
    home = await busy.home()
    await busy.road.post(home.contact_id, Takeover("u1", "Mara"), wait=15.0)
    assert await ours(busy) == [(SERVICE, "taken")], "nothing of the bot goes once a person has it"
    await busy.text("are you there")
    assert await ours(busy) == [(SERVICE, "taken")]


async def test_what_others_wrote_and_other_classes_stay(busy: Working) -> None:
    home = await busy.home()
    for arrival in (
        AgentReply("u1", "Mara", "One moment.", new_id()),
        HandBack("u1", "Mara"),
        ApiSend("crm", "Your bike is ready.", new_id(), message_class="conversational"),
    ):
        await busy.road.post(home.contact_id, arrival, wait=15.0)
    await busy.text("HELP")
    assert [rule for _, rule in await ours(busy)] == ["taken", "", "", ""]
    await busy.text("repair")
    withdrawn = {words for words, rule in await ours(busy) if rule}
    assert withdrawn == {SERVICE}
    assert len(await ours(busy)) == 5


async def test_what_is_being_posted_stays(db: Db) -> None:
    async with working(db, bot(ASKS)) as node:
        node.phones.hold(ANA)
        await node.text("BOOK")
        await node.phones.took(1)
        await node.text("repair")
        node.phones.release()
        assert await node.phones.took(2) == [SERVICE, BIKE]
        await node.becomes((SERVICE, "accepted", "C2"), (BIKE, "accepted", "C2"))


async def test_texts_that_are_handled_in_one_batch_get_the_last_question_alone(db: Db) -> None:
    await store(db, *(Message(ANA, LINE, words, new_id()) for words in ("BOOK", "repair", "a red one")))
    async with working(db, bot(ASKS)) as node:
        assert await node.phones.took(2) == ["Noted.", DAY]
        assert await ours(node) == [(SERVICE, "newer"), (BIKE, "newer"), ("Noted.", ""), (DAY, "")]


LOOP = """
- set: {item: ""}
- id: more
  ask: item
  text: "{% if item %}Added {{ item }}. {% endif %}Anything else?"
- goto: more
"""


async def test_a_question_that_tells_something_else_each_time_is_not_withdrawn_by_itself(db: Db) -> None:
    async with working(db, bot(LOOP)) as node:
        node.phones.answer(ANA, BUSY)
        await node.text("BOOK")
        await node.throttled()
        await node.text("tea")
        await node.text("milk")
        assert await ours(node) == [
            ("Anything else?", "newer"),
            ("Added tea. Anything else?", ""),
            ("Added milk. Anything else?", ""),
        ]


def confirming() -> Bot:
    return load_bot({"bot.yml": BOT, "flows/main.yml": flow(BOOKING, start="book")}, 1)


@pytest.mark.parametrize(
    ("answer", "withdrawn", "then"),
    [("actually fitting", "newer", "Fitting on Friday?"), ("yes", "", "Booked.")],
    ids=["correcting it withdraws it", "a yes to what was not read lets it go"],
)
async def test_a_confirmation_that_has_not_gone(db: Db, answer: str, withdrawn: str, then: str) -> None:
    async with working(db, confirming()) as node:
        for words in ("BOOK", "repair"):
            await node.text(words)
        await node.phones.took(2)
        node.phones.answer(ANA, BUSY)
        await node.text("Friday")
        await node.throttled()
        await node.text(answer)
        assert (await ours(node))[2:] == [("Repair on Friday?", withdrawn), (then, "")]
