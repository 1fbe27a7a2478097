"""What people say of replies moves how far replies like them are believed, and no more than they say."""

import asyncio
from typing import Any

import msgspec
import pytest

from tests.pipeline.test_model_row import SURE, bot
from tests.pipeline.test_perform import Other
from tests.pipeline.test_thinking import Model, _quick, says  # noqa: F401 (a fixture)
from tests.pipeline.working import ANA, NOON, WORKSPACE, Clock, working
from textback.core.when import DAY
from textback.pipeline.thinker import EMPTY
from textback.pipeline.trust import Trust, maps_of, verdict
from textback.store import models
from textback.store.db import Db


def call(
    n: int, evidence: float, outcome: str = "", feedback: str = "", persona: str = "helper", at: int = NOON
) -> Any:
    plain = {
        "bucket": 0, "contact_id": "", "id": f"call{n}", "workspace": WORKSPACE, "arrival_id": "", "persona": persona,
        "model": "m", "why": "", "prompt": "", "output": "", "tokens_in": 0, "tokens_out": 0, "cost": 0, "ms": 0,
        "at": at,
    }  # fmt: skip
    return {**plain, **EMPTY, "evidence": round(evidence * 1_000), "outcome": outcome, "feedback": feedback}


@pytest.mark.parametrize(
    ("outcome", "feedback", "right"),
    [
        ("approved", "", True), ("edited", "", False), ("rejected", "", False), ("sent", "", None), ("", "", None),
        ("sent", "good", True), ("sent", "wrong", False), ("approved", "wrong", False), ("rejected", "good", True),
    ],
)  # fmt: skip
def test_a_verdict_is_what_was_said_of_it_or_else_done_with_it(outcome: str, feedback: str, right: bool | None) -> None:
    assert verdict(outcome, feedback) is right


async def learnt(db: Db, *calls: Any) -> Trust:
    await db.write(models.add, list(calls))
    trust = Trust(db, WORKSPACE, Clock())
    await trust.learn()
    return trust


async def test_many_bad_verdicts_make_a_sure_reply_unsure_and_few_hardly_do(db: Db) -> None:
    many = await learnt(db, *[call(n, 0.9, "edited") for n in range(60)])
    assert many.likely("helper", 0.9) < 0.5
    assert many.likely("other", 0.9) == 0.9


async def test_verdicts_are_looked_at_from_when_the_bot_has_a_model(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textback.pipeline.trust.EVERY", 0.01)
    await db.write(models.add, [call(n, 0.9, "edited") for n in range(60)])
    trust, asks, looks = Trust(db, WORKSPACE, Clock()), False, 0

    def wanted() -> bool:
        nonlocal looks
        looks += 1
        return asks

    task = asyncio.create_task(trust.run(wanted))
    try:
        async with asyncio.timeout(10):
            while looks < 3:
                await asyncio.sleep(0.01)
            assert trust.likely("helper", 0.9) == 0.9
            asks = True
            while trust.likely("helper", 0.9) > 0.5:
                await asyncio.sleep(0.01)
    finally:
        task.cancel()


async def test_a_few_verdicts_move_little(db: Db) -> None:
    few = await learnt(db, *[call(n, 0.9, "edited") for n in range(3)])
    assert 0.7 < few.likely("helper", 0.9) < 0.9


async def test_good_verdicts_make_a_half_sure_reply_surer_and_old_ones_count_no_more(db: Db) -> None:
    trust = await learnt(db, *[call(n, 0.6, "sent", "good") for n in range(80)])
    assert trust.likely("helper", 0.6) > 0.75
    await db.write(models.add, [call(n, 0.3, "edited", at=NOON - 200 * DAY) for n in range(100, 200)])
    before = trust.likely("helper", 0.3)
    await trust.learn()
    assert trust.likely("helper", 0.3) == before


def test_without_verdicts_nothing_is_learnt() -> None:
    assert maps_of([]) == {}


async def test_the_gate_goes_by_what_was_learnt_and_keeps_what_the_evidence_said(db: Db) -> None:
    trust = await learnt(db, *[call(n, 0.9, "rejected") for n in range(60)])
    wary = msgspec.structs.replace(bot(), trust=trust)
    async with working(db, wary, performs=Other(), models=Model(SURE)) as node:
        await node.text("do you fix ebikes?", ANA)
        await says(node, "A person will answer.")
        home = await node.home()
        (kept,) = [row for row in await db.read(models.newest, WORKSPACE, 0, 100) if row.contact_id == home.contact_id]
        assert kept.evidence == 900
        assert kept.confidence < 500
