"""The nightly sweep: what was kept long enough goes, what is younger, or must be kept, stays (K10)."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.pipeline.working import NOON, WORKSPACE, Clock, moment, working
from textback.compliance.retention import LEAST_DAYS, Retention, next_night
from textback.core.ids import bucket_of
from textback.core.when import DAY, HOUR
from textback.pipeline.sweep import Sweeper, old_now
from textback.settings import Settings
from textback.store import accounts, desk
from textback.store import sweep as store
from textback.store.db import Db, Tx
from textback.store.tables import (
    arrivals,
    consent_events,
    contacts,
    conversations,
    messages,
    privacy_requests,
    suppressions,
    sweeps,
    turns,
)
from textback.store.tables_desk import audit, web_sessions

OLD, YOUNG = NOON - 400 * DAY, NOON - 20 * DAY
ANA, BEN, CAT = f"{'0a' * 12}", f"{'0a' + 'ff' * 11}", f"{'f0' * 12}"
ZONE = "America/Los_Angeles"


def made(at: int, n: int = 0) -> str:
    return f"{at:011x}{n:05x}{'0' * 8}"


def filled(tx: Tx) -> None:
    """Three contacts in two buckets, each with old and young rows of every kind."""
    for who in (ANA, BEN, CAT):
        key = {"bucket": bucket_of(who), "workspace": WORKSPACE}
        tx.execute(insert(contacts), {**key, "id": who, "name": "", "created_at": OLD})
        conversation = {
            **key, "contact_id": who, "state": "", "status": "completed", "owner_kind": "bot", "owner_id": "",
            "line": "one", "address": who, "last_text": "hello", "last_author": "contact",
            "last_at": OLD if who == BEN else YOUNG, "unread": 0, "message_count": 1, "opted_out": False,
            "created_at": OLD,
        }  # fmt: skip
        tx.execute(insert(conversations), conversation)
        for at in (OLD, YOUNG):
            rows(tx, {**key, "contact_id": who}, at)
    tx.execute(insert(suppressions), {**conversation_key(ANA), "family": "phone", "rule": "O6", "since": OLD})


def conversation_key(who: str) -> dict[str, Any]:
    return {"bucket": bucket_of(who), "contact_id": who, "workspace": WORKSPACE}


def message(key: dict[str, Any], at: int, **more: Any) -> dict[str, Any]:
    return {
        **key, "id": made(at), "line": "one", "channel": "sms", "direction": "in", "author": "contact", "author_id": "",
        "author_name": "", "message_class": "", "text": "words", "media": '[{"url":"https://example.com/1"}]',
        "segments": 1, "status": "received", "rule": "", "code": "", "detail": "", "provider_id": made(at),
        "source": "", "arrival_id": made(at), "at": at, **more,
    }  # fmt: skip


def rows(tx: Tx, key: dict[str, Any], at: int) -> None:
    tx.execute(insert(messages), message(key, at))
    tx.execute(insert(turns), {**key, "id": made(at), "at": at, "events": "[]", "trace": ""})
    arrival = {**key, "line": "one", "kind": "message", "received_at": at}
    tx.execute(insert(arrivals), {**arrival, "id": made(at), "provider_id": made(at), "data": "", "handled_at": at})
    if at == OLD:  # it waits for its turn, for whatever reason
        waiting = {"id": made(at, 1), "provider_id": "w", "data": "{}", "handled_at": None}
        tx.execute(insert(arrivals), {**arrival, **waiting})
    consent = {
        **key, "id": made(at), "type": "opt_out", "line": "one", "matched_by": "keyword", "rule": "O2",
        "raw_text": "STOP", "arrival_id": made(at), "occurred_at": at, "recorded_at": at,
    }  # fmt: skip
    tx.execute(insert(consent_events), consent)


def held(tx: Tx, table: Any, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in tx.execute(select(*[table.c[name] for name in columns]).order_by(*table.primary_key))]


def sweeper(db: Db, clock: Clock, keep: Retention = Retention()) -> Sweeper:  # noqa: B008 (it never changes)
    return Sweeper(db, WORKSPACE, keep, clock, lambda: ZONE)


async def swept(db: Db, clock: Clock, keep: Retention = Retention()) -> dict[str, int] | None:  # noqa: B008
    """The first look only sets the hour; then it is night."""
    one = sweeper(db, clock, keep)
    await one.once()
    clock.at = next_night(clock.at, ZONE)
    return await one.once()


async def test_old_rows_go_and_young_ones_stay(db: Db) -> None:
    await db.write(filled)
    done = await swept(db, Clock())
    assert done == {"messages": 3, "media": 3, "turns": 3, "arrivals": 3, "previews": 1}
    found = await db.read(held, messages, "text", "media", "status")
    assert found == [("", "[]", "received"), ("words", '[{"url":"https://example.com/1"}]', "received")] * 3
    assert [at for (at,) in await db.read(held, turns, "at")] == [YOUNG] * 3
    assert sorted(await db.read(held, arrivals, "received_at", "data")) == [(OLD, "{}")] * 3 + [(YOUNG, "")] * 3
    assert [text for (text,) in await db.read(held, conversations, "last_text")] == ["hello", "", "hello"]


async def test_evidence_and_opt_outs_are_never_swept(db: Db) -> None:
    await db.write(filled)
    await swept(db, Clock())
    assert len(await db.read(held, consent_events, "id")) == 6
    assert await db.read(held, suppressions, "contact_id", "since") == [(ANA, OLD)]


async def test_a_text_that_may_have_to_be_sent_keeps_its_words(db: Db) -> None:
    await db.write(filled)
    queued = message(conversation_key(ANA), OLD, id=made(OLD, 7), status="queued", direction="out")
    await db.write(lambda tx: tx.execute(insert(messages), queued))
    await swept(db, Clock())
    assert (made(OLD, 7), "words") in await db.read(held, messages, "id", "text")


async def test_each_kind_has_its_own_days(db: Db) -> None:
    await db.write(filled)
    done = await swept(db, Clock(), Retention(messages=10, media=500, turns=500, arrivals=500))
    assert done == {"messages": 6, "previews": 3}


async def test_it_sweeps_once_a_night_and_only_what_is_new(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    await db.write(filled)
    assert await sweeper(db, clock).once() is None
    clock.at = moment("2026-06-04T02:59")
    assert await sweeper(db, clock).once() is None
    clock.at = moment("2026-06-04T03:00")
    assert await sweeper(db, clock).once() is not None
    assert await sweeper(db, clock).once() is None
    again = message(conversation_key(ANA), OLD, id=made(OLD, 9))
    await db.write(lambda tx: tx.execute(insert(messages), again))
    clock.at += DAY
    assert await sweeper(db, clock).once() == {}  # of that time all has been swept
    known = await db.read(store.last, WORKSPACE)
    assert known is not None
    assert (known.finished_at, known.counts) == (clock.at, {})


async def test_two_nodes_do_it_once(db: Db) -> None:
    clock = Clock()
    await db.write(filled)
    one, other = sweeper(db, clock), sweeper(db, clock)
    await one.once()
    clock.at = next_night(clock.at, ZONE)
    assert await db.write(store.begin, WORKSPACE, clock.at, 0) is not None
    assert await other.once() is None
    clock.at += store.LEASE  # the first has died
    assert (await other.once() or {})["messages"] == 3
    assert len(await db.read(held, sweeps, "workspace")) == 1


async def test_a_node_that_was_overtaken_does_not_write_the_end(db: Db) -> None:
    await db.write(store.begin, WORKSPACE, NOON, NOON)
    began = await db.write(store.begin, WORKSPACE, NOON, NOON)
    assert began is not None
    assert await db.write(store.begin, WORKSPACE, NOON + store.LEASE, 0) is not None
    assert not await db.write(store.go_on, WORKSPACE, NOON, NOON + HOUR)
    assert not await db.write(store.finish, WORKSPACE, NOON, NOON + HOUR, NOON + DAY, {}, {})


async def test_many_rows_go_in_steps(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "CONTACTS", 1)
    await db.write(filled)
    more = [message(conversation_key(ANA), OLD, id=made(OLD, n), provider_id=None) for n in range(1, store.ROWS + 40)]
    await db.write(lambda tx: tx.execute(insert(messages), more))
    floors = old_now(Retention(), None, NOON)
    first = await db.write(store.step, WORKSPACE, bucket_of(ANA), "", floors)
    assert (first.rows["messages"], first.after) == (store.ROWS, "")
    second = await db.write(store.step, WORKSPACE, bucket_of(ANA), "", floors)
    assert (second.rows["messages"], second.after) == (40, ANA)
    third = await db.write(store.step, WORKSPACE, bucket_of(ANA), ANA, floors)
    assert third.after == BEN
    assert await db.write(store.step, WORKSPACE, bucket_of(ANA), BEN, floors) == store.Step({}, None)


async def test_what_belongs_to_no_contact_goes_too(db: Db) -> None:
    def more(tx: Tx) -> None:
        for at in (NOON - 1200 * DAY, NOON - 900 * DAY):
            row = {"workspace": WORKSPACE, "at": at, "actor": "x", "action": "y", "subject": "z", "data": "{}"}
            tx.execute(insert(audit), {**row, "id": made(at)})
            request = {
                "workspace": WORKSPACE, "id": made(at), "kind": "access", "contact_id": "", "reference": "",
                "shown": "", "actor": "x", "received_at": at, "answered_at": at, "outcome": "done", "data": "{}",
            }  # fmt: skip
            tx.execute(insert(privacy_requests), request)
        accounts.add_session(tx, "u2", NOON)
        accounts.add_session(tx, "u1", NOON - 100 * DAY)

    await db.write(more)
    assert await swept(db, Clock()) == {"audit": 1, "requests": 1, "web_sessions": 1}
    assert [user for (user,) in await db.read(held, web_sessions, "user_id")] == ["u2"]
    rows_ = await db.read(desk.audit_rows, WORKSPACE, 10)
    assert (rows_[0].actor, rows_[0].action, rows_[0].data) == (
        "textback", "retention.sweep", '{"audit":1,"requests":1,"web_sessions":1}',
    )  # fmt: skip


async def test_what_would_go_is_counted_without_going(db: Db) -> None:
    await db.write(filled)
    floors = old_now(Retention(), None, NOON)
    found = await db.read(store.counts, WORKSPACE, floors, NOON)
    assert {kind: n for kind, n in found.items() if n} == {
        "messages": 3, "media": 3, "turns": 3, "arrivals": 3, "previews": 1,
    }  # fmt: skip
    assert await swept(db, Clock()) == {kind: n for kind, n in found.items() if n}


async def test_a_stopped_sweep_is_taken_up_in_the_next(db: Db) -> None:
    clock = Clock()
    await db.write(filled)
    one = sweeper(db, clock)
    await one.once()
    clock.at = next_night(clock.at, ZONE)
    one.stop()
    assert await one.once() is None
    clock.at += store.LEASE
    assert (await sweeper(db, clock).once() or {})["messages"] == 3


async def test_a_road_sweeps(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textback.pipeline.sweep.LOOK", 0.02)
    async with working(db) as node:

        async def floors() -> int:
            known = await db.read(store.last, WORKSPACE)
            return 0 if known is None else known.next_at

        await node.until(floors, next_night(NOON, node.road.shelf.current.timezone))


def test_the_night_comes_on_days_of_23_and_25_hours() -> None:
    assert next_night(moment("2026-03-07T12:00"), ZONE) == moment("2026-03-08T03:00")
    assert next_night(moment("2026-10-31T12:00"), ZONE) == moment("2026-11-01T03:00")
    assert next_night(moment("2026-06-03T03:00"), ZONE) == moment("2026-06-04T03:00")


@pytest.mark.parametrize(("name", "days"), [("audit_days", "audit"), ("privacy_request_days", "requests")])
def test_the_law_s_least_can_t_be_set_lower(name: str, days: str) -> None:
    least, _ = LEAST_DAYS[days]
    with pytest.raises(ValueError, match=name):
        Settings.model_validate({name: least - 1})
    assert Settings.model_validate({name: least}).model_dump()[name] == least
