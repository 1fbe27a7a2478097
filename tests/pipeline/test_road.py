"""The road: stored before it is acknowledged, one turn each, in order, sent once, and nothing lost on the way."""

import asyncio
import itertools
import random
from collections import Counter
from typing import Any

import pytest

from tests.engine.talk import flow
from tests.pipeline.working import (
    ANA,
    BEN,
    CAT,
    ECHO,
    LINE,
    NOON,
    WORKSPACE,
    Clock,
    Phones,
    Working,
    bot,
    count_pending,
    make,
    moment,
    store,
    working,
)
from tests.support.databases import opened_db
from textback.channels.base import Accepted, Failure
from textback.core.ids import new_id
from textback.core.when import HOUR, MINUTE, SECOND
from textback.engine.arrivals import AgentReply, ApiSend, DeliveryStatus, Message
from textback.engine.load import load_bot
from textback.pipeline import accept, deliver
from textback.pipeline.claim import LEASE, claim
from textback.pipeline.deliver import MAX_ATTEMPTS
from textback.pipeline.fairness import Allowance
from textback.pipeline.gating import Gatekeeper
from textback.pipeline.turn import Handled, Turns
from textback.store import bots, desk, inbox, outbox, turns
from textback.store.db import Db, Tx, open_db

FOUR = """
- ask: one
  text: One.
- ask: two
  text: Two.
- ask: three
  text: Three.
- say: "{{ one }} {{ two }} {{ three }}"
"""
OK = "accepted"


def text(words: str, number: str = ANA, id_: str = "") -> Message:
    return Message(number, LINE, words, id_ or new_id())


def api(words: str, message_class: Any = "conversational") -> ApiSend:
    return ApiSend("crm", words, new_id(), message_class=message_class)


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody takes turns: what is stored waits."""
    monkeypatch.setattr(Turns, "run", lambda *_: Handled())


# Accept


@pytest.mark.usefixtures("idle")
async def test_an_arrival_is_on_disk_when_receive_returns(db: Db, database_url: str) -> None:
    node = make(db)
    await node.road.receive("one", [text("BOOK"), text("hi", BEN)])
    other = opened_db(database_url)
    try:
        assert await other.read(count_pending) == 2
    finally:
        await other.close()


@pytest.mark.usefixtures("idle")
async def test_many_arrivals_at_once_are_all_stored_and_share_commits(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = itertools.count()

    def counted(*args: Any) -> Any:
        next(commits)
        return inbox.store_arrivals(*args)

    monkeypatch.setattr(accept, "store_arrivals", counted)
    node = make(db)
    numbers = [f"+1206555{n:04}" for n in range(100, 200)]
    await asyncio.gather(*(node.road.receive("one", [text("BOOK", number)]) for number in numbers for _ in range(3)))
    assert await db.read(count_pending) == 300
    assert next(commits) < 10


async def test_what_can_not_be_stored_is_said_so_and_the_next_is_stored(
    file_db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise OSError("no space left on device")

    async with working(file_db) as node:
        with monkeypatch.context() as broke:
            broke.setattr(accept, "store_arrivals", broken)
            with pytest.raises(OSError, match="no space"):
                await node.text("BOOK")
        await node.text("BOOK")
        assert await node.phones.took(1) == ["Go on."]


async def test_the_same_text_again_has_no_second_turn(db: Db) -> None:
    async with working(db) as node:
        await asyncio.gather(*(node.road.receive("one", [text("BOOK", id_="m-1")]) for _ in range(5)))
        await node.road.receive("one", [text("BOOK", id_="m-1"), text("BOOK", id_="m-1")])
        await node.text("blue", id_="m-2")
        assert await node.phones.took(2) == ["Go on.", "You said blue."]
        assert [row.text for row in await node.thread() if row.direction == "in"] == ["BOOK", "blue"]


async def test_ids_are_the_lines_own(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK", id_="m-1", line="one")
        await node.text("blue", id_="m-1", line="two")
        assert await node.phones.took(2) == ["Go on.", "You said blue."]


@pytest.mark.usefixtures("idle")
async def test_a_strangers_status_makes_no_conversation(db: Db) -> None:
    node = make(db)
    await node.road.receive("one", [DeliveryStatus("p-1", BEN, "delivered")])
    assert await db.read(count_pending) == 0
    assert await db.read(inbox.find_homes, WORKSPACE, [("phone", BEN)]) == {}


async def test_the_desks_and_the_apis_arrivals_are_stored_once_under_their_key(db: Db) -> None:
    async with working(db) as node:
        contact = await node.road.send_to("one", ANA, api("Your bike is ready."), wait=15)
        assert contact == (await node.home()).contact_id
        for _ in range(3):
            await node.road.post(contact, AgentReply("u1", "Ana", "Come by!", new_id()), key="reply:1")
        await node.phones.took(2)
        await node.becomes(("Your bike is ready.", OK, "C3"), ("Come by!", OK, "C3"))


# Order


@pytest.mark.parametrize("seed", range(3))
async def test_each_conversation_is_answered_in_the_order_its_texts_came(db: Db, seed: int) -> None:
    rng = random.Random(seed)
    numbers = [f"+1206555{n:04}" for n in range(100, 120)]
    script = ["BOOK", "first", "second", "third"]
    order = [number for number in numbers for _ in script]
    rng.shuffle(order)
    left = {number: iter(script) for number in numbers}
    async with working(db, bot(FOUR)) as node:
        coming = []
        for number in order:
            message = text(next(left[number]), number)
            coming.append(asyncio.create_task(node.road.receive("one", [message])))
            if rng.random() < 0.3:
                await asyncio.sleep(0)
        await asyncio.gather(*coming)
        await node.phones.took(len(order))
        for number in numbers:
            assert node.phones.texts(number) == ["One.", "Two.", "Three.", "first second third"]
            assert [row.text for row in await node.thread(number) if row.direction == "in"] == script
        assert node.phones.most_at_once == 1


async def test_one_text_has_one_turn(db: Db) -> None:
    async with working(db, bot(FOUR)) as node:
        ids = [await node.text(words) for words in ("BOOK", "a", "b", "c")]
        home = await node.home()

        def handled(tx: Tx) -> list[Any]:
            return inbox.pending_of(tx, [home.contact_id])

        assert await db.read(handled) == []
        rows = await node.thread()
        assert Counter(row.arrival_id for row in rows if row.direction == "out") == Counter(ids)
        turns = await db.read(desk.traces, home.contact_id, home.bucket, "")
        assert [turn.id for turn in turns] == ids


async def test_a_send_that_hangs_holds_back_its_own_conversation_only(db: Db) -> None:
    async with working(db) as node:
        held = node.phones.hold(ANA)
        await node.text("BOOK", ANA)
        await node.phones.took(1, ANA)
        await node.text("blue", ANA)
        await node.text("BOOK", BEN)
        await node.text("red", BEN)
        assert await node.phones.took(2, BEN) == ["Go on.", "You said red."]
        assert node.phones.texts(ANA) == ["Go on."]
        held.set_result(Accepted("p-1"))
        assert await node.phones.took(2, ANA) == ["Go on.", "You said blue."]


async def test_an_api_text_waits_behind_the_conversations_own(db: Db) -> None:
    async with working(db) as node:
        held = node.phones.hold(ANA)
        await node.text("BOOK", ANA)
        await node.phones.took(1)
        await node.road.send_to("two", ANA, api("Ready."), wait=15)
        await node.text("BOOK", BEN)
        await node.phones.took(1, BEN)
        assert node.phones.texts(ANA) == ["Go on."]
        held.set_result(Accepted("p-1"))
        assert await node.phones.took(2, ANA) == ["Go on.", "Ready."]


# Crashes and restarts


async def test_what_was_stored_before_a_restart_is_done_once_after_it(db: Db) -> None:
    await store(db, text("BOOK"), text("blue"))
    async with working(db) as node:
        assert await node.phones.took(2) == ["Go on.", "You said blue."]
    async with working(db, phones=node.phones) as again:
        await again.text("BOOK", BEN)
        await again.phones.took(1, BEN)
        assert again.phones.texts(ANA) == ["Go on.", "You said blue."]


async def test_a_session_goes_on_after_a_restart_with_the_version_it_began_with(db: Db) -> None:
    files = {
        "bot.yml": "bot: Harbor\n",
        "flows/main.yml": flow("- ask: words\n  text: Go on.\n- say: Old.", start="book"),
    }
    assert await db.write(bots.publish, WORKSPACE, files, NOON) == 1
    async with working(db, load_bot(files, 1)) as node:
        await node.text("BOOK")
        await node.phones.took(1)
    newer = {**files, "flows/main.yml": files["flows/main.yml"].replace("Old.", "New.")}
    assert await db.write(bots.publish, WORKSPACE, newer, NOON) == 2
    async with working(db, load_bot(newer, 2)) as node:
        await node.text("blue")
        assert await node.phones.took(1) == ["Old."]
        await node.text("BOOK")
        await node.text("blue")
        assert (await node.phones.took(3))[1:] == ["Go on.", "New."]


async def test_a_turn_that_breaks_off_is_run_again_from_the_same_state(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    save, broke = turns.save_conversations, asyncio.Event()

    def breaks_once(tx: Tx, rows: Any) -> None:
        save(tx, rows)
        if not broke.is_set():
            broke.set()
            raise ConnectionError("the database went away")

    async with working(db) as node:
        monkeypatch.setattr(turns, "save_conversations", breaks_once)
        await node.text("BOOK")
        await node.text("blue")
        assert broke.is_set()
        assert await node.phones.took(2) == ["Go on.", "You said blue."]
        await node.becomes(("Go on.", OK, "C2"), ("You said blue.", OK, "C2"))
        assert (await node.conversation()).message_count == 4


async def test_an_engine_that_breaks_loses_no_text_and_asks_for_a_person(
    file_db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    async with working(file_db) as node:
        with monkeypatch.context() as broke:
            broke.setattr("textback.pipeline.decide.step", breaks)
            await node.text("BOOK", ANA)
        assert [row.text for row in await node.thread()] == ["BOOK"]
        assert (await node.conversation()).status == "waiting_on_agent"
        assert ("turn_failed", {"error": "ZeroDivisionError"}) in await node.events()
        await node.text("BOOK", BEN)
        assert await node.phones.took(1) == ["Go on."]


async def dead_node(db: Db, words: str = "BOOK") -> Working:
    """A node that took a text, claimed the answer, and died before it could say whether it was posted."""
    async with working(db) as node:
        held = node.phones.hold(ANA)
        await node.text("BOOK")
        await node.phones.took(1)
        await node.text(words)
        held.set_result(Failure("retry"))
        await node.phones.took(1)
        await node.until(node.ours, [("Go on.", "queued", "C2"), ("You said blue.", "queued", "C2")])
    return node


async def test_what_a_dead_node_was_posting_becomes_unknown_and_is_never_posted_again(whole_db: Db) -> None:
    node = await dead_node(whole_db, "blue")
    late = node.clock() + 10 * MINUTE
    claimed = await whole_db.write(claim, late, Allowance("default", 10, 10), Gatekeeper("default", {}, bot))
    assert [one.text for one in claimed.claims] == ["Go on."]
    clock = Clock(late + LEASE - SECOND)
    async with working(whole_db, clock=clock) as heir:
        await heir.text("BOOK", BEN)
        await heir.phones.took(1, BEN)
        assert heir.phones.texts(ANA) == []  # the lease still holds
        clock.at = late + LEASE + SECOND
        assert await heir.phones.took(1, ANA) == ["You said blue."]
        await heir.becomes(("Go on.", "unknown", "C2"), ("You said blue.", OK, "C2"))
        [first, _] = [row for row in await heir.thread() if row.direction == "out"]
        assert "stopped while it was sending" in first.detail


async def test_two_nodes_on_one_postgresql_share_the_work_and_one_takes_over(postgres_url: str) -> None:
    numbers = [f"+1206555{n:04}" for n in range(100, 115)]
    script = ["BOOK", "a", "b", "c"]
    phones = Phones()
    first, second = open_db(postgres_url), open_db(postgres_url)
    try:
        async with working(first, bot(FOUR), phones=phones) as one:
            async with working(second, bot(FOUR), phones=phones) as two:
                for words in script[:2]:
                    await asyncio.gather(
                        *((one, two)[n % 2].road.receive("one", [text(words, number)])
                          for n, number in enumerate(numbers))
                    )  # fmt: skip
                await phones.took(2 * len(numbers))
            for words in script[2:]:
                await asyncio.gather(*(one.road.receive("one", [text(words, number)]) for number in numbers))
            await phones.took(4 * len(numbers))
            for number in numbers:
                assert phones.texts(number) == ["One.", "Two.", "Three.", "a b c"]
    finally:
        await first.close()
        await second.close()


async def test_stopping_finishes_what_is_being_posted_and_leaves_the_rest_for_the_next(db: Db) -> None:
    node = make(db)
    await node.road.start()
    held = node.phones.hold(ANA)
    await node.text("BOOK")
    await node.phones.took(1)
    await node.text("blue")
    stopping = asyncio.create_task(node.road.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    held.set_result(Accepted("p-1"))
    async with asyncio.timeout(15):
        await stopping
    assert not node.road.alive
    assert await node.ours() == [("Go on.", OK, "C2"), ("You said blue.", "queued", "C2")]
    async with working(db) as heir:
        assert await heir.phones.took(1) == ["You said blue."]


async def test_stopping_ends_live_pages(file_db: Db) -> None:
    async with working(file_db) as node, node.road.hub.subscribe() as page:
        assert node.road.alive
        waiting = asyncio.create_task(page.changes(60))
        await asyncio.sleep(0)
        await node.road.stop()
        assert await waiting == frozenset()
        assert page.closed


# Deliver


async def queued_again(node: Working) -> None:
    """Return once the first answer of Ana's conversation waits for its next try."""
    await node.until(lambda: node.db.read(next_try), True)


def next_try(tx: Tx) -> bool:
    due = outbox.next_due(tx)
    return due is not None and due > NOON


@pytest.mark.parametrize("failure", [Failure("retry"), Failure("throttled", retry_after=1.0), Failure("throttled")])
async def test_what_the_provider_could_not_take_now_is_sent_later_and_nothing_overtakes_it(
    db: Db, failure: Failure
) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, failure)
        await node.text("BOOK")
        await node.phones.took(1)
        await queued_again(node)
        await node.text("blue")
        await node.text("BOOK", BEN)
        await node.phones.took(1, BEN)
        assert node.phones.texts(ANA) == ["Go on."]
        node.clock.at += 10 * SECOND
        assert await node.phones.took(3, ANA) == ["Go on.", "Go on.", "You said blue."]
        await node.becomes(("Go on.", OK, "C2"), ("You said blue.", OK, "C2"))
        first, again, _ = [one for one in node.phones.sent if one.recipient == ANA]
        assert first.message_id == again.message_id


async def test_the_provider_says_how_long_to_wait(file_db: Db) -> None:
    async with working(file_db) as node:
        node.phones.answer(ANA, Failure("throttled", retry_after=300))
        await node.text("BOOK")
        await node.phones.took(1)
        await queued_again(node)
        assert NOON + 300 * SECOND <= (await file_db.read(due_at)) <= NOON + 301 * SECOND


def due_at(tx: Tx) -> int:
    return outbox.next_due(tx) or 0


async def test_the_pauses_grow_and_in_the_end_it_has_failed(file_db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "POLL", 0.02)
    async with working(file_db) as node:
        node.phones.answer(ANA, *[Failure("retry", "503", "Away.")] * MAX_ATTEMPTS)
        await node.text("BOOK")
        pauses = []
        for count in range(1, MAX_ATTEMPTS):
            await node.phones.took(count)
            await node.until(lambda: file_db.read(lambda tx: due_at(tx) > node.clock.at), True)
            pauses.append((await file_db.read(due_at)) - node.clock.at)
            node.clock.at += pauses[-1]
        await node.becomes(("Go on.", "failed", "retry"))
        assert len(node.phones.sent) == MAX_ATTEMPTS
        expected = [min(2**n, 300) * SECOND for n in range(MAX_ATTEMPTS - 1)]
        assert all(want / 2 <= pause <= want * 1.5 for want, pause in zip(expected, pauses, strict=True))
        node.clock.at += HOUR
        await node.text("blue")
        assert (await node.phones.took(MAX_ATTEMPTS + 1))[-1] == "You said blue."


@pytest.mark.parametrize(
    ("kind", "status"),
    [("rejected", "failed"), ("filtered", "filtered"), ("unknown", "unknown")],
)
async def test_what_must_not_be_repeated_is_not(db: Db, kind: Any, status: str) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, Failure(kind, "30007", "No."))
        await node.text("BOOK")
        await node.phones.took(1)
        await node.until(lambda: shown(node), (status, "No."))
        node.clock.at += HOUR
        await node.text("blue")
        assert await node.phones.took(2) == ["Go on.", "You said blue."]
        await node.until(lambda: statuses(node), [status, OK])


async def shown(node: Working) -> tuple[str, str]:
    [row] = [row for row in await node.thread() if row.direction == "out"]
    return row.status, row.detail


async def statuses(node: Working) -> list[str]:
    return [status for _, status, _ in await node.ours()]


async def test_a_text_for_a_line_that_is_gone_says_so(file_db: Db) -> None:
    async with working(file_db) as node:
        await node.road.send_to("old", ANA, api("Ready."), wait=15)
        await node.until(lambda: shown(node), ("failed", "There is no line old any more."))
        assert node.phones.sent == []


async def test_a_reply_that_is_too_old_is_not_sent(db: Db) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, Failure("throttled", retry_after=400))
        await node.text("STOP")
        await node.phones.took(1)
        await queued_again(node)
        node.clock.at += 6 * MINUTE + 50 * SECOND
        [(_, status, rule)] = await wait_settled(node)
        assert (status, rule) == ("expired", "O7")
        assert len(node.phones.sent) == 1


async def wait_settled(node: Working) -> list[tuple[str, str, str]]:
    async def settled() -> bool:
        return "queued" not in await statuses(node)

    await node.until(settled, True)
    return await node.ours()


async def test_what_was_queued_for_someone_who_has_opted_out_is_blocked_when_its_turn_comes(db: Db) -> None:
    async with working(db) as node:
        held = node.phones.hold(ANA)
        await node.text("BOOK")
        await node.phones.took(1)
        await node.text("STOP", keyword="stop")
        held.set_result(Failure("retry"))  # queued again after the opt-out
        await queued_again(node)
        node.clock.at += MINUTE
        await node.becomes(("Go on.", "blocked", "O6"))
        assert len(node.phones.sent) == 1


async def test_a_text_that_waits_for_its_lines_rate_is_not_sent_after_stop(file_db: Db) -> None:
    async with working(file_db, rate=1) as node:
        await node.text("BOOK", BEN)
        await node.phones.took(1)
        await node.text("BOOK", ANA)
        await node.text("STOP", ANA, keyword="stop")
        await node.text("BOOK", CAT)
        await node.phones.took(1, CAT)
        assert node.phones.texts(ANA) == []


# Statuses that come back


async def answered(node: Working) -> str:
    await node.text("BOOK")
    await node.phones.took(1)
    await node.becomes(("Go on.", OK, "C2"))
    return f"p-{node.phones.sent[0].message_id}"


@pytest.mark.parametrize(
    ("reported", "shown_as"),
    [
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["delivered", "undelivered"], "delivered"),
        (["undelivered", "sent"], "undelivered"),
        (["failed", "delivered"], "delivered"),
        (["read", "delivered"], "read"),
    ],
)
async def test_statuses_never_go_back(db: Db, reported: list[str], shown_as: str) -> None:
    async with working(db) as node:
        id_ = await answered(node)
        for status in reported:
            await node.status(status, id_)
        assert await node.ours() == [("Go on.", shown_as, "C2")]


async def test_statuses_that_come_together_are_taken_as_one_story(file_db: Db) -> None:
    async with working(file_db) as node:
        id_ = await answered(node)
        await node.road.receive(
            "one", [DeliveryStatus(id_, ANA, status) for status in ("delivered", "sent", "accepted")], wait=15
        )
        assert await node.ours() == [("Go on.", "delivered", "C2")]


async def test_a_status_that_overtakes_the_providers_answer_is_kept(db: Db) -> None:
    async with working(db) as node:
        held = node.phones.hold(ANA)
        await node.text("BOOK")
        await node.phones.took(1)
        await node.status("delivered", "p-1")
        assert await statuses(node) == ["queued"]
        held.set_result(Accepted("p-1"))
        await node.becomes(("Go on.", "delivered", "C2"))


async def test_a_status_that_names_our_id_settles_a_text_whose_fate_was_unknown(db: Db) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, Failure("unknown"))
        await node.text("BOOK")
        await node.phones.took(1)
        await node.becomes(("Go on.", "unknown", "C2"))
        await node.status("delivered", "p-1", message_id=node.phones.sent[0].message_id)
        assert await node.ours() == [("Go on.", "delivered", "C2")]


async def test_a_refusal_of_a_repeat_does_not_undo_a_delivery(db: Db) -> None:
    async with working(db) as node:
        held = node.phones.hold(ANA)
        await node.text("BOOK")
        await node.phones.took(1)
        await node.status("delivered", "p-1", message_id=node.phones.sent[0].message_id)
        assert await statuses(node) == ["delivered"]
        held.set_result(Failure("rejected", "40300", "Sent already."))
        await node.text("blue")
        await node.phones.took(2)
        assert (await statuses(node))[0] == "delivered"


async def test_nobody_elses_status_touches_a_text(db: Db) -> None:
    async with working(db) as node:
        id_ = await answered(node)
        await node.text("BOOK", BEN)
        await node.status("failed", id_, BEN)
        assert await statuses(node) == [OK]


async def test_live_pages_hear_of_every_step(file_db: Db) -> None:
    async with working(file_db) as node:
        id_ = await answered(node)
        contact = (await node.home()).contact_id
        async with node.road.hub.subscribe() as page:
            await node.status("delivered", id_)
            assert await page.changes(15) == {contact}


@pytest.mark.usefixtures("idle")
async def test_without_a_turn_in_time_the_caller_is_not_kept_waiting(file_db: Db) -> None:
    node = make(file_db)
    await node.text("BOOK", wait=0.01)
    assert await file_db.read(count_pending) == 1


async def test_the_clock_of_the_road_is_the_threads_clock(file_db: Db) -> None:
    clock = Clock(moment("2026-06-03T09:30"))
    async with working(file_db, bot(ECHO), clock=clock) as node:
        await node.text("BOOK")
        assert {row.at for row in await node.thread()} == {clock.at}
