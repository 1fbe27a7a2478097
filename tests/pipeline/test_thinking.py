"""Questions to models on the road: asked outside any transaction, heard once, written down, paid for and forgotten."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from sqlalchemy import Row, select

from tests.pipeline.test_model_row import MORE, SURE, Shop, bot
from tests.pipeline.test_perform import Other
from tests.pipeline.working import ANA, WORKSPACE, Working, working
from textback.core.when import DAY, HOUR, MINUTE, SECOND
from textback.engine import replying
from textback.engine.arrivals import SettleDraft
from textback.engine.effects import Perform
from textback.engine.guard.base import Judgement, Proposal, Rules, Shown
from textback.engine.state import load_state
from textback.engine.thinking import TOGETHER
from textback.llm.base import Asked, Prompt, Try
from textback.pipeline import perform
from textback.pipeline.jobs import of_perform
from textback.pipeline.perform import claim
from textback.pipeline.thinker import day_of
from textback.pipeline.tick import Keep, tidy
from textback.store import access, dead, erase, models
from textback.store.db import Db, Tx
from textback.store.tables import jobs, model_calls


class Model:
    """A model that answers like this, when it may."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.prompts: list[Prompt] = []
        self.may = asyncio.Event()
        self.may.set()

    async def ask(self, uses: Sequence[str], prompt: Prompt, within: float, *, trace: str = "") -> Asked:
        self.prompts.append(prompt)
        await self.may.wait()
        came = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(came, str):
            return Asked(None, came, [Try(uses[0], came, 20)])  # type: ignore[arg-type]
        return Asked(msgspec.convert(came, Proposal), None, [Try(uses[0], "answered", 20, 300, 40, 1_500)])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are looked for often; the guard takes the model at its word."""
    monkeypatch.setattr(perform, "POLL", 0.02)
    monkeypatch.setattr("textback.pipeline.road.POLL", 0.02)

    def judge(proposal: Proposal, shown: Sequence[Shown], question: str, rules: Rules) -> Judgement:
        return Judgement(proposal.reply, proposal.confidence, 1.0, ())

    monkeypatch.setattr(replying, "judge", judge)


def calls(tx: Tx) -> list[Row[Any]]:
    return list(tx.execute(select(model_calls).order_by(model_calls.c.at)))


def open_jobs(tx: Tx) -> list[Row[Any]]:
    return list(tx.execute(select(jobs)))


async def says(node: Working, *texts: str, number: str = ANA) -> None:
    """Return once this is all that they were sent, while the clock goes on."""

    async def look() -> list[str]:
        node.clock.at += 200
        return [text for text, _, _ in await node.ours(number)]

    await node.until(look, list(texts))


async def test_the_answer_of_a_model_goes_and_its_question_is_on_record(db: Db) -> None:
    model = Model({**SURE, "intent": "repair"})
    async with working(db, bot(shop=Shop("We fix e-bikes.", 0.5)), performs=Other(), models=model) as node:
        await node.text("hello there my card is 4111 1111 1111 1111")
        await says(node, "Yes, we fix e-bikes.")
        node.clock.at += HOUR
        await node.text("do you fix ebikes?")
        await says(node, "Yes, we fix e-bikes.", "Yes, we fix e-bikes.")
        prompt = model.prompts[1]
        assert prompt.question == "do you fix ebikes?"
        assert [line.role for line in prompt.history] == ["user", "assistant"]
        assert "4111" not in str(model.prompts)
        assert [shown.text for shown in prompt.passages] == ["We fix e-bikes."]
        first, second = await db.read(calls)
        assert (second.persona, second.model, second.outcome, second.confidence) == (
            "helper", "openai:gpt-5-mini", "sent", 900,
        )  # fmt: skip
        assert (second.tokens_in, second.tokens_out, second.cost, second.ms) == (300, 40, 1_500, 20)
        assert "do you fix ebikes?" in second.prompt
        assert "repair" in second.output
        assert "4111" not in first.prompt
        assert await db.read(models.spent, WORKSPACE, day_of(node.clock())) == 3_000
        assert await db.read(open_jobs) == []


async def test_a_model_is_asked_when_the_wait_for_another_text_is_over_and_not_before(
    db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All else is ready by then: the question is claimed early, and waits for its time."""
    model = Model(SURE)
    monkeypatch.setattr(perform, "EARLY", 10_000)

    def states(tx: Tx) -> list[str]:
        return [row.state for row in open_jobs(tx)]

    async with working(db, bot(), performs=Other(), models=model) as node:
        await node.text("do you fix ebikes?")
        await node.until(lambda: db.read(states), ["running"])
        assert model.prompts == []
        await says(node, "Yes, we fix e-bikes.")
        assert len(model.prompts) == 1


@pytest.mark.parametrize(("after", "due_at"), [(TOGETHER, 2_500), (0, 1_300)])
def test_what_is_waited_for_counts_from_when_a_text_came(after: int, due_at: int) -> None:
    """Not from when it had its turn."""
    asked = Perform("j", "", 1, "bot.model", "model", {}, "j", timeout=9, retries=0, after=after)
    arrival: Any = SimpleNamespace(id="a", received_at=1_000)
    assert of_perform({}, asked, "main", arrival, 1_300)["due_at"] == due_at


async def test_other_conversations_go_on_while_a_model_thinks(db: Db) -> None:
    model = Model(SURE)
    model.may.clear()
    async with working(db, bot(), performs=Other(), models=model) as node:
        await node.text("do you fix ebikes?")
        other = "+12065550124"
        await node.text("BOOK", other)
        await says(node, "How many bikes?", number=other)
        model.may.set()
        await says(node, "Yes, we fix e-bikes.")


@pytest.mark.parametrize("why", ["timeout", "throttled", "refused", "malformed", "unavailable", "misconfigured"])
async def test_without_a_model_a_person_is_asked_for_and_nothing_is_given_up(db: Db, why: str) -> None:
    async with working(db, bot(), performs=Other(), models=Model(why)) as node:
        await node.text("do you fix ebikes?")
        await says(node, "A person will answer.")
        assert [data["error"] for kind, data in await node.events("model_failed")] == [why]
        assert await db.read(lambda tx: dead.letters(tx, WORKSPACE)) == []
        assert [(row.why, row.outcome) for row in await db.read(calls)] == [(why, "")]


async def test_a_server_that_can_ask_no_model_says_so_and_a_person_is_asked_for(db: Db) -> None:
    async with working(db, bot(), performs=Other()) as node:
        await node.text("do you fix ebikes?")
        await says(node, "A person will answer.")
        assert await db.read(lambda tx: dead.letters(tx, WORKSPACE)) == []


async def test_when_the_days_budget_is_spent_no_model_is_asked_until_tomorrow(db: Db) -> None:
    model = Model(SURE)
    cheap = bot(more="model: {use: openai:x, budget: {day: 0.002, conversation: 0}}\nautomated: false\n")
    async with working(db, cheap, performs=Other(), models=model) as node:
        await node.text("do you fix ebikes?")
        await node.text("do you fix ebikes?", "+12065550124")
        await says(node, "Yes, we fix e-bikes.")
        await says(node, "Yes, we fix e-bikes.", number="+12065550124")
        await node.text("do you fix ebikes?", "+12065550125")
        await says(node, "A person will answer.", number="+12065550125")
        assert len(model.prompts) == 2
        node.clock.at += DAY
        await node.text("do you fix ebikes?", "+12065550126")
        await says(node, "Yes, we fix e-bikes.", number="+12065550126")


async def test_a_server_that_died_over_a_question_leaves_it_to_the_next(db: Db) -> None:
    model = Model(SURE)
    async with working(db, bot(more=MORE.replace("10s", "60s")), models=model) as node:
        await node.text("do you fix ebikes?")
        node.clock.at += 2 * SECOND
        taken = await db.write(claim, WORKSPACE, node.road.shelf, node.clock(), 5)
        assert len(taken.claims) == 1
        clock = node.clock
    clock.at += 2 * MINUTE
    async with working(db, bot(), performs=Other(), models=model, clock=clock) as node:
        # The contact has been told of a person by then: the wait had its end.
        await says(node, "A person will answer.")
        assert await db.read(open_jobs) == []


async def test_a_draft_is_sent_by_a_person_and_counts_as_judged(db: Db) -> None:
    async with working(db, bot(), performs=Other(), models=Model({**SURE, "confidence": 0.6})) as node:
        await node.text("do you fix ebikes?")
        await says(node, "One moment please, I'm checking.")
        row = await node.conversation()
        draft = load_state(row.state).draft
        assert draft is not None
        await node.road.post(row.contact_id, SettleDraft("u1", "Kim", draft.job, "", "Only Bosch.", "vague"), wait=10)
        await says(node, "One moment please, I'm checking.", "Only Bosch.")
        (call,) = await db.read(calls)
        assert (call.outcome, call.decided_by, call.decided_text, call.feedback_why) == (
            "edited", "u1", "Only Bosch.", "vague",
        )  # fmt: skip
        (judged,) = await db.read(models.judged, WORKSPACE, 0)
        assert (judged.persona, judged.confidence, judged.outcome) == ("helper", 600, "edited")


async def test_what_a_model_was_asked_is_shown_to_its_person_and_goes_with_them_or_with_time(db: Db) -> None:
    async with working(db, bot(), performs=Other(), models=Model(SURE)) as node:
        for number in (ANA, "+12065550124"):
            await node.text("do you fix ebikes?", number)
            await says(node, "Yes, we fix e-bikes.", number=number)
        who = await db.read(lambda tx: erase.person(tx, WORKSPACE, number=ANA))
        assert who is not None
        shown = await db.read(access.rows_of, WORKSPACE, who)
        assert "do you fix ebikes?" in shown["model_calls"][0]["prompt"]
        assert (await db.read(erase.counts, WORKSPACE, who))["model_calls"] == 1
        keep = Keep(calls=30)
        await db.write(tidy, WORKSPACE, keep, node.clock() + 29 * DAY)
        assert len(await db.read(calls)) == 2
        await db.write(tidy, WORKSPACE, keep, node.clock() + 31 * DAY)
        assert await db.read(calls) == []
