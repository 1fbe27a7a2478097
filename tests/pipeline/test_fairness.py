"""Fairness on the road: programs that talk to ours, bulk sends beside answers, lines with a rate and a cap."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.working import ANA, BEN, CAT, LINE, NOON, WORKSPACE, Clock, Phones, Working, bot, moment, working
from textback.channels.base import Accepted
from textback.compliance.limits import Guard, day_of, next_day
from textback.core.errors import SettingsError
from textback.core.ids import new_id
from textback.core.when import HOUR, MINUTE
from textback.engine.arrivals import ApiSend, Complete
from textback.pipeline.claim import claim
from textback.pipeline.fairness import CATCH_UP, Ahead, Allowance, Flood, Paced, bulk_room, give_back, take_ahead
from textback.pipeline.gating import Gatekeeper
from textback.pipeline.lines import Line, LineLimits, line_limits
from textback.store import limits, outbox, spread
from textback.store.db import Db, Tx

GREET = "- say: Hello.\n"
LONG = "- say: " + "long " * 60 + "\n"  # two segments


def guarded(node: Working, guard: Guard) -> None:
    """Set the guard of a node before it starts its turns."""
    node.road._turns._guard = guard


async def bulk(node: Working, number: str, text: str = "Sale!", class_: str = "informational") -> None:
    """Another program sends a text."""
    send = ApiSend(key_name="crm", text=text, message_id=new_id(), message_class=class_)  # type: ignore[arg-type]
    await node.road.send_to("one", number, send)


# Loop guard


async def test_two_programs_stop_talking_and_a_person_is_asked_for_once(db: Db) -> None:
    async with working(db, bot(GREET)) as node:
        guarded(node, Guard(replies=30, repeats=5))
        for _ in range(9):
            await node.text("book")
        await node.phones.took(4)
        assert len(await node.ours()) == 4
        row = await node.conversation()
        assert (row.status, row.owner_kind, row.unread) == ("waiting_on_agent", "nobody", 9)
        assert len([m for m in await node.thread() if m.direction == "in"]) == 9
        kinds = [kind for kind, _ in await node.events("loop_guard", "escalated")]
        assert kinds == ["loop_guard"]
        ((_, data),) = await node.events("loop_guard")
        assert (data["why"], data["most"]) == ("repeated", 5)


async def test_a_contact_gets_so_many_replies_an_hour_and_no_more(db: Db) -> None:
    async with working(db, bot(GREET)) as node:
        guarded(node, Guard(replies=6))
        for number in range(8):
            await node.text(f"book {number}")
            node.clock.at += 3 * MINUTE
        assert len(await node.ours()) == 6
        ((_, data),) = await node.events("loop_guard")
        assert (data["why"], data["most"]) == ("replies", 6)


async def test_consent_words_are_heard_while_the_guard_holds(file_db: Db) -> None:
    async with working(file_db, bot(GREET)) as node:
        guarded(node, Guard(repeats=2))
        for _ in range(3):
            await node.text("book")
        assert (await node.conversation()).status == "waiting_on_agent"
        await node.text("STOP")
        assert (await node.conversation()).opted_out
        assert [row[0] for row in await node.consent()] == ["opt_out"]


async def test_once_a_person_has_closed_it_the_bot_answers_again(file_db: Db) -> None:
    async with working(file_db, bot(GREET)) as node:
        guarded(node, Guard(repeats=2))
        for _ in range(3):
            await node.text("book")
        home = await node.home()
        await node.road.post(home.contact_id, Complete("u1", "Mara"), wait=15.0)
        await node.text("book")
        assert [text for text, _, _ in await node.ours()] == ["Hello.", "Hello."]


async def test_the_guard_knows_one_contact_from_another(file_db: Db) -> None:
    async with working(file_db, bot(GREET)) as node:
        guarded(node, Guard(repeats=2))
        for number in (ANA, BEN, ANA):
            await node.text("book", number)
        assert (await node.conversation(ANA)).status == "waiting_on_agent"
        assert (await node.conversation(BEN)).status == "completed"


# Answers before the rest


async def test_an_answer_goes_before_a_bulk_send_that_fills_every_place(db: Db) -> None:
    async with working(db, bot(GREET)) as node:
        node.road._deliverer._most = 8
        numbers = [f"+1206555{n:04}" for n in range(1000, 1040)]
        for number in numbers:
            node.phones.hold(number)
        await asyncio.gather(*[bulk(node, number) for number in numbers])
        await node.phones.took(6)
        await node.text("book", ANA)
        await node.phones.took(1, ANA)
        assert len(node.phones.texts()) == 7  # six places for the bulk, and the answer
        for number in numbers:
            node.phones.answer(number, Accepted(f"p-{number}"))
        node.phones.release()
        await node.phones.took(len(numbers) + 1)


async def test_an_answer_does_not_wait_behind_a_bulk_text_to_the_same_contact(whole_db: Db) -> None:
    async with working(whole_db, bot(GREET), rate=0.001) as node:
        await bulk(node, BEN)
        await node.phones.took(1, BEN)  # the line now waits for a quarter of an hour
        await bulk(node, ANA)
        await node.text("book", ANA)
        rows = await node.db.read(outbox.due, node.clock(), 10)
        assert [(row.text, row.priority) for row in rows] == [("Hello.", 0)]


async def test_the_texts_of_one_turn_go_in_the_order_in_which_they_were_said(db: Db) -> None:
    steps = "- say: One.\n- say: Two.\n  class: informational\n- say: Three.\n"
    async with working(db, bot(steps)) as node:
        await node.text("book")
        assert await node.phones.took(3) == ["One.", "Two.", "Three."]


async def test_a_turn_is_as_urgent_as_its_most_urgent_text(file_db: Db) -> None:
    async with working(file_db, bot("- say: Sale!\n  class: informational\n- say: Hello.\n"), rate=0.001) as node:
        await bulk(node, BEN)
        await node.phones.took(1, BEN)  # the line now waits
        await node.text("book", ANA)
        rows = await node.db.read(outbox.due, node.clock(), 10)
        assert [(row.text, row.priority) for row in rows] == [("Sale!", 0)]


async def test_an_answer_is_the_next_text_of_a_line_that_has_5000_bulk_texts_to_send(db: Db) -> None:
    async with working(db, bot(GREET), rate=2) as node:
        numbers = [f"+1206555{n:04}" for n in range(2000, 7000)]
        for start in range(0, len(numbers), 500):
            await asyncio.gather(*[bulk(node, number) for number in numbers[start : start + 500]])

        async def most_wait() -> bool:
            return (await node.db.read(outbox.depth))["queued"] > 4900

        await node.until(most_wait, True)
        await node.text("book", ANA)
        before = len(node.phones.sent)
        await node.phones.took(1, ANA)
        sent = [one.recipient for one in node.phones.sent]
        assert sent.index(ANA) <= before + 1  # one may have been on its way


def test_a_quarter_of_all_places_is_kept_for_answers() -> None:
    assert [bulk_room(256, under_way) for under_way in (0, 100, 192, 250)] == [192, 92, 0, 0]
    assert bulk_room(1, 0) == 0


# Lines


async def test_a_line_counts_segments_not_texts(file_db: Db) -> None:
    async with working(file_db, bot(LONG), rate=4) as node:
        await node.text("book", ANA)
        await node.phones.took(1)
        found = await node.db.read(limits.pace, WORKSPACE, "one")
        assert found is not None
        next_at, now = found
        assert next_at - now > 250_000  # one segment would be at most a quarter of a second


def claimed_of(tx: Tx, rate: float, granted: dict[str, int] | None = None) -> list[str]:
    """What a node claims that has sent nothing yet."""
    allowed = Allowance(WORKSPACE, 10, 10, rates={"one": rate}, granted=granted)
    gate = Gatekeeper(WORKSPACE, {}, bot)
    return [one.recipient for one in claim(tx, NOON, allowed, gate).claims]


async def another(db: Db, rate: float) -> list[str]:
    """What another node claims at this moment, all at once or bucket by bucket."""
    if not db.by_bucket:
        return await db.write_in("another node", claimed_of, rate)
    ahead = await db.write_in("another node", take_ahead, WORKSPACE, "one", rate)
    found: list[str] = []
    for bucket in await db.read(spread.with_texts, NOON):
        granted = {"one": ahead.segments - len(found)}
        found += await db.write_within(bucket, "another node", claimed_of, rate, granted)
    await db.write_in("another node", give_back, WORKSPACE, "one", ahead, len(found))
    return found


async def test_nodes_share_the_rate_of_a_line(db: Db) -> None:
    async with working(db, bot(GREET), rate=0.001) as node:
        await bulk(node, BEN)
        await node.phones.took(1, BEN)
        await node.text("book", ANA)
        assert await another(db, 0.001) == []
        await node.db.write(limits.set_pace, WORKSPACE, "one", 0)
        assert await another(db, 0.001) == [ANA]
        await node.text("book", CAT)
        assert await another(db, 0.001) == []


async def test_what_is_taken_ahead_and_not_used_is_given_back(file_db: Db) -> None:
    rate, second = 0.1, 1_000_000  # a segment in ten seconds
    await file_db.write(limits.begin_paces, WORKSPACE, ["one"])

    async def take() -> Ahead:
        return await file_db.write(take_ahead, WORKSPACE, "one", rate)

    first = await take()
    assert (first.segments, (await take()).segments) == (1, 0)
    await file_db.write(give_back, WORKSPACE, "one", first, 0)
    again = await take()
    assert again.segments == 1
    await file_db.write(give_back, WORKSPACE, "one", again, 3)  # one text of three segments
    refused = await take()
    assert 25 < refused.wait(0) <= 30
    # Somebody else has taken some since: what was not used is lost.
    await file_db.write(limits.set_pace, WORKSPACE, "one", 0)
    slow = await take()
    later = slow.after + 60 * second
    await file_db.write(limits.set_pace, WORKSPACE, "one", later)
    await file_db.write(give_back, WORKSPACE, "one", slow, 0)
    found = await file_db.read(limits.pace, WORKSPACE, "one")
    assert found is not None
    assert found[0] == later


def capped(phones: Phones, cap: int) -> dict[str, Line]:
    return {name: Line(name, phones, LINE, cap=cap, brand="shop") for name in ("one", "two")}


async def test_a_capped_line_waits_for_the_next_day(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, phones = Clock(moment("2026-06-03T23:00")), Phones()
    lines = capped(phones, 10)
    monkeypatch.setattr("tests.pipeline.working.Line", lambda name, *_, **__: lines[name])
    async with working(db, bot(LONG), clock=clock, phones=phones) as node:
        for n in range(7):
            await node.text("book", f"+1206555{n:04}", line=("one", "two")[n % 2])
        await node.phones.took(5)  # five texts of two segments, over both lines of the brand
        assert await db.read(limits.used, WORKSPACE, day_of(clock()), ["brand shop"]) == {"brand shop": 10}
        assert (await db.read(outbox.depth))["queued"] == 2
        assert len(phones.sent) == 5
        clock.at = next_day(clock.at)
        await node.phones.took(7)


async def test_two_nodes_share_a_cap(db: Db) -> None:
    day = day_of(0)

    def take(tx: object) -> int:
        before = limits.lock(tx, WORKSPACE, day, "one")  # type: ignore[arg-type]
        limits.add(tx, WORKSPACE, day, "one", 1)  # type: ignore[arg-type]
        return before

    seen = await asyncio.gather(*[db.write_in(f"node {n % 4}", take) for n in range(20)])
    assert sorted(seen) == list(range(20))


def test_the_limits_of_a_line_come_from_its_options() -> None:
    options = {"api_key": "k", "brand_tier": "low", "campaign_class": "low_volume", "brand": "shop"}
    assert line_limits("main", options) == LineLimits(1.25, 2000, "shop")
    assert options == {"api_key": "k"}
    assert line_limits("main", {}) == LineLimits()
    assert line_limits("main", {"brand_tier": "top", "rate": "3", "cap": "50"}) == LineLimits(3.0, 50, "")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rate": "0"}, "rate must be segments per second above 0"),
        ({"rate": "fast"}, "rate must be"),
        ({"rate": "nan"}, "rate must be"),
        ({"cap": "9"}, "cap must be segments per day, at least 10"),
        ({"brand_tier": "best"}, "brand_tier 'best' is not one"),
        ({"brand_tier": "low", "campaign_class": "x"}, "campaign_class 'x' is not one"),
        ({"campaign_class": "standard"}, "no brand_tier"),
    ],
)
def test_limits_that_make_no_sense_are_refused(options: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        line_limits("main", options)


def test_a_flood_is_noticed_per_source_and_forgotten_after_the_minute() -> None:
    flood = Flood(3)
    assert [flood.one_more("one", HOUR) for _ in range(5)] == [False, False, False, True, True]
    assert not flood.one_more("two", HOUR)
    assert not flood.one_more("one", HOUR + MINUTE)
    assert not any(Flood(0).one_more("one", HOUR) for _ in range(100))


@given(
    st.floats(0.5, 80),
    st.lists(st.tuples(st.integers(0, 200_000), st.lists(st.integers(1, 3), max_size=5)), max_size=60),
)
def test_a_line_never_sends_more_than_its_rate(rate: float, looks: list[tuple[int, list[int]]]) -> None:
    """Nodes look at whatever times; each takes texts of so many segments while there is room."""
    now, next_at, gone, longest = 10**9, 0, 0, 0
    began = now
    for passed, texts in looks:
        now += passed
        pace = Paced(rate, next_at, now)
        for segments in texts:
            if pace.room < 1:
                break
            pace.took(segments)
            gone, longest = gone + segments, max(longest, segments)
        next_at = pace.next_at
        allowed = rate * (now - began + CATCH_UP) / 1_000_000 + 1 + longest
        assert gone <= allowed + 0.01


def test_a_clock_that_was_set_back_does_not_stop_a_line() -> None:
    hour = 3_600_000_000
    assert Paced(2, next_at=5 * hour, now=hour).wait <= 10
    assert Paced(0.001, next_at=hour, now=hour - 1).wait > 0
