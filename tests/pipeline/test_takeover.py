"""A person writes, and the bot is quiet from then on: whatever it was doing, nothing of it goes out after that."""

import asyncio
from typing import Any

import pytest

from tests.pipeline.test_model_row import SURE
from tests.pipeline.test_model_row import bot as thinking
from tests.pipeline.test_perform import Other, ask, booking
from tests.pipeline.test_thinking import Model
from tests.pipeline.working import ANA, Working, bot, working
from textback.actions.base import Done, Failed
from textback.channels.base import Failure
from textback.core.ids import new_id
from textback.engine.arrivals import AgentReply, AnyArrival, HandBack, Takeover
from textback.pipeline import perform
from textback.store.db import Db

MARA = ("u1", "Mara")
BUSY = Failure("retry", retry_after=3600.0)
WORDS = "Mara here."


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perform, "POLL", 0.02)
    monkeypatch.setattr("textback.pipeline.road.POLL", 0.02)


async def does(node: Working, arrival: AnyArrival) -> None:
    home = await node.home()
    await node.road.post(home.contact_id, arrival, wait=15.0)


async def goes(node: Working) -> list[tuple[str, str]]:
    """Our texts that went or will, with who said them."""
    rows: list[Any] = await node.thread()
    return [
        (row.text, row.author) for row in rows if row.direction == "out" and row.status not in ("canceled", "blocked")
    ]


@pytest.mark.parametrize("how", ["writes", "takes"])
async def test_what_an_action_brings_after_a_person_has_written_is_not_said(db: Db, how: str) -> None:
    answer: asyncio.Future[Done | Failed] = asyncio.get_running_loop().create_future()
    other = Other(answer)
    async with working(db, booking(), performs=other) as node:
        await ask(node)
        await node.until(lambda: _asked(other), 1)
        await does(node, AgentReply(*MARA, WORDS, new_id()) if how == "writes" else Takeover(*MARA))
        said = await goes(node)
        answer.set_result(Done({"ref": "R1"}))
        await node.until(lambda: _kinds(node, "action_done"), ["action_done"])
        await node.text("hello?")
        assert await goes(node) == said
        await does(node, HandBack(*MARA, "ask"))
        assert (await goes(node))[-1] == ("Booked R1.", "bot"), "what came meanwhile is not lost"


async def _asked(other: Other) -> int:
    return len(other.asked)


async def _kinds(node: Working, *kinds: str) -> list[str]:
    return [kind for kind, _ in await node.events(*kinds)]


async def test_what_a_model_answers_after_a_person_has_written_is_not_said(db: Db) -> None:
    model = Model(SURE)
    model.may.clear()
    async with working(db, thinking(), performs=Other(), models=model) as node:
        await node.text("do you fix ebikes?")

        async def prompted() -> bool:
            node.clock.at += 200
            return bool(model.prompts)

        await node.until(prompted, True)
        await does(node, AgentReply(*MARA, WORDS, new_id()))
        model.may.set()
        await node.until(lambda: _kinds(node, "action_stale"), ["action_stale"])
        assert await goes(node) == [(WORDS, "person")]


async def test_what_the_bot_has_queued_when_a_person_writes_is_withdrawn_and_theirs_goes(db: Db) -> None:
    async with working(db, bot("- ask: a\n  text: One?\n- say: Two.")) as node:
        node.phones.answer(ANA, BUSY)
        await node.text("BOOK")
        await node.throttled()
        await does(node, AgentReply(*MARA, WORDS, new_id()))
        assert await goes(node) == [(WORDS, "person")]
        assert await node.phones.took(2) == ["One?", WORDS]


async def test_what_must_be_said_goes_all_the_same(db: Db) -> None:
    """They opted out, which is confirmed whoever takes the conversation then."""
    async with working(db, bot()) as node:
        await node.text("BOOK")
        await node.phones.took(1)
        node.phones.answer(ANA, BUSY)
        await node.text("STOP")
        await node.throttled()
        before = await goes(node)
        await does(node, Takeover(*MARA))
        assert await goes(node) == before
        assert len(before) == 2


async def test_a_person_does_not_wait_for_a_burst_to_be_over(db: Db) -> None:
    from tests.engine.talk import BOT, flow
    from textback.engine.load import load_bot

    slow = load_bot({"bot.yml": f"{BOT}burst: 5s\n", "flows/main.yml": flow("- say: Hello.", start="book")}, 1)
    async with working(db, slow) as node:
        home_text = asyncio.create_task(node.text("BOOK"))
        await node.until(lambda: _known(node), True)
        await does(node, AgentReply(*MARA, WORDS, new_id()))
        await home_text
        assert await goes(node) == [(WORDS, "person")]


async def _known(node: Working) -> bool:
    try:
        await node.home()
    except Exception:
        return False
    return True
