"""What was decided in the last seven days, held against changed routes and thresholds; on both databases."""

from typing import Any

import msgspec
from sqlalchemy import insert

from tests.engine.test_adjusting import bot_of
from tests.store.test_listings import W, talk
from textback.core.ids import bucket_of
from textback.core.when import DAY, HOUR
from textback.engine.adjusting import adjust
from textback.engine.state import State
from textback.pipeline import comparing
from textback.pipeline.comparing import Compared, compare, counted, queued, ranked
from textback.pipeline.thinker import EMPTY
from textback.store.db import Db, Tx
from textback.store.sight import ALL, Sight
from textback.store.sweep import id_at
from textback.store.tables import model_calls, turns

NOW = 1_800_000_000_000


def reply(tx: Tx, contact: str, sure: int, outcome: str = "sent", ago: int = HOUR, **proposal: Any) -> None:
    output = msgspec.json.encode({"proposal": {"reply": "We open at nine.", **proposal}, "tries": []}).decode()
    row = {
        "bucket": bucket_of(contact), "contact_id": contact, "id": f"{id_at(NOW - ago)}{sure:05}{outcome}"[:32],
        "workspace": W, "arrival_id": "", "persona": "clerk", "model": "m", "why": "", "prompt": "", "tokens_in": 0,
        "tokens_out": 0, "cost": 0, "ms": 0, "at": NOW - ago, **EMPTY, "output": output, "confidence": sure,
        "outcome": outcome,
    }  # fmt: skip
    tx.execute(insert(model_calls), row)


def turn(tx: Tx, contact: str, n: int, *, events: Any = (), checks: Any = (), ago: int = HOUR) -> None:
    row = {
        "bucket": bucket_of(contact), "contact_id": contact, "id": f"{id_at(NOW - ago)}{n:05}", "workspace": W,
        "at": NOW - ago, "events": msgspec.json.encode(list(events)).decode(),
        "trace": msgspec.json.encode({"checks": list(checks)}).decode() if checks else "",
    }  # fmt: skip
    tx.execute(insert(turns), row)


def handed(reason: str, stopped_at: str = "", kind: str = "escalated") -> list[dict[str, Any]]:
    return [{"kind": kind, "data": {"reason": reason, "queue": "office", "stopped_at": stopped_at}}]


def knew(result: str, *, hit: bool = False, confidence: float | None = None) -> dict[str, Any]:
    said = [{"kind": "answered", "data": {"passage": "a", "confidence": confidence}}] if confidence is not None else []
    return {
        "events": said,
        "checks": [{"name": "Intents", "result": "none"}, {"name": "Knowledge", "result": result, "hit": hit}],
    }


async def compared(db: Db, prepare: Any, changes: Any, sight: Sight = ALL, saved: Any = None) -> Compared:
    await db.write(prepare)
    bot = bot_of()
    return await db.read(compare, W, sight, adjust(bot, saved or {}).bot, adjust(bot, changes).bot, NOW)


async def test_replies_are_held_against_the_gate_of_their_intent(db: Db) -> None:
    def prepare(tx: Tx) -> None:
        one = talk(tx, 1, NOW)
        reply(tx, one, 850)
        reply(tx, one, 750, "approved")  # a draft that a person sent
        reply(tx, one, 300, "escalated")
        reply(tx, one, 900, intent="refund")  # needs 95 %
        reply(tx, one, 990, "refused")  # it was not fit to be sent
        reply(tx, one, 990, "escalated", escalate_reason="They want a person.")
        reply(tx, one, 750, "sent", ago=8 * DAY)  # too long ago

    found = await compared(db, prepare, {"gate/clerk//send": 0.7, "gate/clerk//least": 0.2})
    assert counted(found.decisions) == {
        "answer": (1, 2), "draft": (2, 2), "clarify": (0, 0), "handoff": (2, 1), "left": (1, 1),
    }  # fmt: skip
    differing = sorted((one.sure, one.before, one.after) for one in found.decisions if one.differs)
    assert differing == [(0.3, "handoff", "draft"), (0.75, "draft", "answer")]
    assert not found.full


async def test_what_is_saved_is_before_and_the_form_after(db: Db) -> None:
    def prepare(tx: Tx) -> None:
        reply(tx, talk(tx, 1, NOW), 750, "drafted")

    found = await compared(db, prepare, {}, saved={"gate/clerk//send": 0.7})
    assert [(one.before, one.after) for one in found.decisions] == [("answer", "draft")]


async def test_questions_to_the_knowledge_base_are_held_against_its_thresholds(db: Db) -> None:
    def prepare(tx: Tx) -> None:
        one = talk(tx, 1, NOW)
        turn(tx, one, 1, **knew("shop.md#hours (80%)", hit=True, confidence=0.804))
        turn(tx, one, 2, **knew("shop.md#hours (62%)"))
        turn(tx, one, 3, **knew("nothing found (0%)"))
        turn(tx, one, 4, checks=[{"name": "Knowledge", "result": "not reached", "reached": False}])
        turn(tx, one, 5, **knew("none"))

    found = await compared(db, prepare, {"knowledge///answer": 0.802, "knowledge///clarify": 0.5})
    assert sorted(one.sure for one in found.decisions) == [0.0, 0.62, 0.804]
    assert not any(one.differs for one in found.decisions), "0.804 is taken for 0.80"
    found = await compared(db, lambda _: None, {"knowledge///answer": 0.6})
    assert counted(found.decisions)["answer"] == (1, 2)


async def test_hand_overs_are_placed_anew_by_what_is_known_of_the_contact(db: Db) -> None:
    def prepare(tx: Tx) -> None:
        one = talk(tx, 1, NOW, state=State(fields={"locale": "es"}))
        other = talk(tx, 2, NOW)
        turn(tx, one, 1, events=handed("billing"))
        turn(tx, other, 2, events=handed("asked"))
        turn(tx, other, 3, events=handed("bent_wheel", "main.s1"))
        turn(tx, other, 4, events=handed("loop_guard", kind="loop_guard"))
        turn(tx, other, 5, events=[{"kind": "step_reached", "data": {"step": "escalated"}}])

    found = await compared(db, prepare, {"reason/billing//queue": "taller", "reason/asked//priority": "urgent"})
    assert queued(found.decisions)["taller"] == (0, 1)
    assert queued(found.decisions)["office"] == (1, 0)
    assert ranked(found.decisions) == {"high": (1, 1), "urgent": (0, 1)}
    assert sorted(one.name for one in found.decisions if one.differs) == ["asked", "billing"]
    assert len(found.decisions) == 4


async def test_nobody_sees_more_than_they_may(db: Db) -> None:
    def prepare(tx: Tx) -> None:
        for n, line in ((1, "shop"), (2, "other")):
            one = talk(tx, n, NOW, line=line)
            reply(tx, one, 750)
            turn(tx, one, n, events=handed("asked"))

    found = await compared(db, prepare, {}, Sight(lines=frozenset({"shop"})))
    assert len(found.decisions) == 2
    assert len({one.contact_id for one in found.decisions}) == 1
    assert (await db.read(compare, W, Sight(), bot_of(), bot_of(), NOW)).decisions == []


async def test_only_the_newest_are_looked_at_and_it_is_said(db: Db, monkeypatch: Any) -> None:
    monkeypatch.setattr(comparing, "MOST", 3)

    def prepare(tx: Tx) -> None:
        one = talk(tx, 1, NOW)
        for n in range(5):
            reply(tx, one, 100 + n, ago=HOUR * (n + 1))

    found = await compared(db, prepare, {})
    assert found.full
    assert [one.sure for one in found.decisions] == [0.1, 0.101, 0.102]


async def test_what_another_release_kept_otherwise_is_left_out(db: Db) -> None:
    def prepare(tx: Tx) -> None:
        one = talk(tx, 1, NOW)
        reply(tx, one, 750)
        tx.execute(model_calls.update().values(output="{}"))
        turn(tx, one, 1, events=[{"kind": "escalated"}, {"kind": "escalated", "data": {}}])
        turn(tx, one, 2, checks=[{"name": "Knowledge"}])

    assert (await compared(db, prepare, {})).decisions == []


async def test_looking_writes_nothing(db: Db) -> None:
    def prepare(tx: Tx) -> None:
        turn(tx, talk(tx, 1, NOW), 1, events=handed("asked"))

    await db.write(prepare)

    def all_rows(tx: Tx) -> Any:
        return [tx.execute(table.select()).all() for table in (turns, model_calls)]

    before = await db.read(all_rows)
    await db.read(compare, W, ALL, bot_of(), adjust(bot_of(), {"usual///queue": "bench"}).bot, NOW)
    assert await db.read(all_rows) == before
