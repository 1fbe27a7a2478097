"""Whoever sends, by whatever way: the gate is met when a text is queued and again before it is posted (C3). What is
held, capped or refused, and the record of it."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select, update

from tests.engine.talk import BOT, PATIENT, flow
from tests.pipeline.working import ANA, BEN, ECHO, WORKSPACE, Clock, Working, bot, moment, working
from textback.channels.base import Failure
from textback.compliance.agreement import AgreementState
from textback.core.ids import new_id
from textback.core.overrides import Overrides
from textback.core.registration import Registration
from textback.core.when import DAY, HOUR, MINUTE
from textback.engine.arrivals import AgentReply, ApiSend
from textback.engine.load import load_bot
from textback.pipeline.dead import redrive
from textback.pipeline.gating import Gatekeeper
from textback.pipeline.tick import Keep, fire_timers, tidy
from textback.store import dead, gate, listed, outbox, reconcile
from textback.store.db import Db, Row, Tx
from textback.store.imports import Progress, Source, keep_progress
from textback.store.tables import agreements, consent_events, conversations, gate_decisions, suppressions

OK = "accepted"
EVENING = moment("2026-06-03T21:00")
SELLING = "- ask: words\n  text: Go on.\n- say: 10% off today.\n  class: promotional\n"


def sale(text: str = "Sale!", kind: Any = "promotional") -> ApiSend:
    return ApiSend("crm", text, new_id(), message_class=kind)


async def agrees(node: Working, number: str = ANA, kind: str = "promotional", state: AgreementState = "agreed") -> None:
    """The ledger has their agreement."""
    home = await node.home(number)
    key = {"bucket": home.bucket, "contact_id": home.contact_id, "family": "phone", "programme": ""}
    row = {**key, "message_class": kind, "workspace": WORKSPACE, "state": state, "since": 1, "event_id": "event-1"}

    def write(tx: Tx) -> None:
        tx.execute(insert(agreements), row)

    await node.db.write(write)


async def opts_out_elsewhere(node: Working) -> None:
    """Another node has just handled their STOP."""

    def write(tx: Tx) -> None:
        tx.execute(update(conversations).values(opted_out=True))

    await node.db.write(write)


async def log(node: Working, number: str = ANA) -> list[tuple[str, str, str]]:
    """The record, oldest first: stage, outcome, rule."""
    home = await node.home(number)
    rows = await node.db.read(gate.decisions_of, home.contact_id, 100)
    return [(row.stage, row.outcome, row.rule) for row in reversed(rows)]


async def rows_of(node: Working) -> list[Row[Any]]:
    return await node.db.read(lambda tx: list(tx.execute(select(gate_decisions).order_by(gate_decisions.c.id))))


# Every way there is


async def by_bot(node: Working) -> None:
    await node.text("BOOK")


async def by_person(node: Working) -> None:
    await node.road.post((await node.home()).contact_id, AgentReply("u1", "Sam", "Hello.", new_id()), wait=15)


async def by_program(node: Working) -> None:
    await node.road.send_to("one", ANA, sale("Ready.", "informational"), wait=15)


async def by_sale(node: Working) -> None:
    await agrees(node)
    await node.road.send_to("one", ANA, sale(), wait=15)


async def by_timer(node: Working) -> None:
    """The reminder of an open question; its timer fires as soon as it is due."""
    node.clock.at += 4 * HOUR
    await node.db.write(fire_timers, WORKSPACE, node.clock())
    node.road._wake_up()


Way = Callable[[Working], Awaitable[None]]
WAYS: dict[str, tuple[Way, str]] = {
    "bot": (by_bot, "Still there?"),
    "person": (by_person, "Hello."),
    "program": (by_program, "Ready."),
    "sale": (by_sale, "Sale!"),
    "timer": (by_timer, "Still there?"),
}


async def greeted(node: Working) -> None:
    await node.text("BOOK")
    await node.phones.took(1)


@pytest.mark.parametrize("way", ["bot", "person", "program", "sale"])
async def test_a_queued_text_meets_a_stop_that_came_in_between_on_another_node(db: Db, way: str) -> None:
    async with working(db, bot(PATIENT)) as node:
        await greeted(node)
        node.phones.answer(ANA, Failure("throttled", retry_after=60))
        if way == "bot":
            await node.text("Ana")
        else:
            await WAYS[way][0](node)
        await node.phones.took(2)
        await node.throttled()
        await opts_out_elsewhere(node)
        node.clock.at += 2 * MINUTE

        async def last() -> tuple[str, str]:
            return (await node.ours())[-1][1:]

        await node.until(last, ("blocked", "O6"))
        assert len(node.phones.sent) == 2
        assert (await log(node))[-1] == ("dispatch", "refuse", "O6")


@pytest.mark.parametrize("way", list(WAYS))
async def test_nothing_is_queued_for_somebody_who_has_opted_out(file_db: Db, way: str) -> None:
    async with working(file_db, bot(PATIENT)) as node:
        await greeted(node)
        await opts_out_elsewhere(node)
        await WAYS[way][0](node)

        async def refused() -> bool:
            return len(await node.ours()) > 1

        await node.until(refused, True)
        assert (await node.ours())[-1][1:] == ("blocked", "O6")
        assert len(node.phones.sent) == 1
        assert (await log(node))[-1] == ("queue", "refuse", "O6")


async def test_a_redriven_text_meets_the_gate_twice(file_db: Db) -> None:
    async with working(file_db) as node:
        node.phones.answer(ANA, Failure("rejected"))
        await node.text("BOOK")
        await node.becomes(("Go on.", "failed", "rejected"))
        (letter,) = await node.db.read(dead.letters, WORKSPACE)
        keeper = Gatekeeper(WORKSPACE, {}, bot)

        def at_once(tx: Tx) -> None:
            assert redrive(tx, letter, node.clock(), keeper).result == "sent"
            tx.execute(update(conversations).values(opted_out=True))

        await node.db.write(at_once)
        await node.becomes(("Go on.", "failed", "rejected"), ("Go on.", "blocked", "O6"))


async def test_an_unknown_text_that_is_sent_again_meets_the_gate(file_db: Db) -> None:
    async with working(file_db) as node:
        node.phones.answer(ANA, Failure("unknown"))
        await node.text("BOOK")
        await node.becomes(("Go on.", "unknown", "C2"))

        def again(tx: Tx) -> None:
            rows = reconcile.unknown_sends(tx, WORKSPACE, "one", node.clock() + HOUR, 10)
            reconcile.queue_again(tx, [{"b": r.bucket, "k": r.contact_id, "i": r.id} for r in rows], node.clock())
            tx.execute(update(conversations).values(opted_out=True))

        await node.db.write(again)
        await node.becomes(("Go on.", "blocked", "O6"))
        assert len(node.phones.sent) == 1


# Classes


async def test_a_promotional_step_needs_an_agreement_on_record(db: Db) -> None:
    async with working(db, bot(SELLING)) as node:
        await node.text("BOOK", ANA)
        await node.text("BOOK", BEN)
        await agrees(node, BEN)
        await node.text("yes", ANA)
        await node.text("yes", BEN)
        assert await node.phones.took(2, BEN) == ["Go on.", "10% off today."]
        assert (await node.ours(ANA))[-1] == ("10% off today.", "blocked", "K1")
        assert await log(node, ANA) == [("queue", "refuse", "K1")]
        await node.until(lambda: log(node, BEN), [("dispatch", "go", "C3")])


async def test_the_record_says_what_authorised_a_text_and_what_time_it_was_there(db: Db) -> None:
    async with working(db) as node:
        await greeted(node)
        await by_sale(node)
        await node.phones.took(2)
        (row,) = await rows_of(node)
        assert (row.outcome, row.basis, row.event_id, row.judged) == ("go", "agreement", "event-1", "promotional")
        assert (row.zone, row.zone_source, row.local_time) == (
            "America/Los_Angeles",
            "area code",
            "2026-06-03T12:00:00-07:00",
        )
        assert row.at == node.clock()
        assert msgspec.json.decode(row.inputs)["agreements"] == ["promotional: agreed"]
        assert "0123" not in row.inputs


async def test_an_ordinary_answer_leaves_no_row_in_the_record(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        await node.text("blue")
        await node.becomes(("Go on.", OK, "C2"), ("You said blue.", OK, "C2"))
        assert await rows_of(node) == []


async def test_a_suppression_of_another_source_is_seen(file_db: Db) -> None:
    """D2: an internal list that was imported."""
    async with working(file_db) as node:
        await greeted(node)
        home = await node.home()
        key = {"bucket": home.bucket, "contact_id": home.contact_id, "family": "phone", "workspace": WORKSPACE}

        def write(tx: Tx) -> None:
            tx.execute(insert(suppressions), {**key, "rule": "D2", "since": 1})

        await node.db.write(write)
        await by_program(node)
        assert (await node.ours())[-1] == ("Ready.", "blocked", "O6")


async def test_d1_a_sale_to_a_number_on_the_registry_needs_an_agreement_in_writing(db: Db) -> None:
    def spoken(tx: Tx) -> None:
        tx.execute(insert(consent_events), {**event, "method": "voice"})

    def registry(tx: Tx) -> None:
        listed.register_numbers(tx, WORKSPACE, [ANA, BEN], "dnc.csv", as_of)
        source = Source(WORKSPACE, "registry", "digest", "dnc.csv", "command line", as_of)
        keep_progress(tx, source, Progress(counts={}, finished=True), as_of)

    async with working(db) as node:
        for number in (ANA, BEN):
            await node.text("BOOK", number)
            await agrees(node, number)
        home = await node.home()
        event = {
            "bucket": home.bucket, "contact_id": home.contact_id, "id": "event-1", "workspace": WORKSPACE,
            "type": "opt_in", "line": "one", "matched_by": "human", "rule": "K1", "raw_text": "", "arrival_id": "a1",
            "occurred_at": 1, "recorded_at": 1,
        }  # fmt: skip
        as_of = node.clock() - DAY
        await node.db.write(spoken)
        await node.road.send_to("one", ANA, sale(), wait=15)
        assert (await node.phones.took(2, ANA))[1] == "Sale!"
        await node.db.write(registry)
        for number in (ANA, BEN):
            await node.road.send_to("one", number, sale("More!"), wait=15)
        assert (await node.ours(ANA))[-1] == ("More!", "blocked", "D1")
        assert (await node.phones.took(2, BEN))[1] == "More!"


async def test_d1_old_data_of_the_registry_hold_back_who_agreed_aloud(file_db: Db) -> None:
    """It is seen again when the text is about to be posted."""
    async with working(file_db, clock=Clock(EVENING)) as node:
        await greeted(node)
        await by_sale(node)
        home = await node.home()
        event = {
            "bucket": home.bucket, "contact_id": home.contact_id, "id": "event-1", "workspace": WORKSPACE,
            "type": "opt_in", "line": "one", "matched_by": "human", "rule": "K1", "raw_text": "", "arrival_id": "a1",
            "occurred_at": 1, "recorded_at": 1, "method": "voice",
        }  # fmt: skip
        source = Source(WORKSPACE, "registry", "digest", "dnc.csv", "command line", EVENING - 32 * DAY)

        def meanwhile(tx: Tx) -> None:
            tx.execute(insert(consent_events), event)
            keep_progress(tx, source, Progress(counts={}, finished=True), EVENING)

        await node.db.write(meanwhile)
        node.clock.at = moment("2026-06-04T08:11")
        await node.until(node.ours, [("Go on.", OK, "C2"), ("Sale!", "blocked", "D1")])


# What waits


async def test_a_sale_at_night_waits_for_the_morning_and_answers_do_not_wait_for_it(db: Db) -> None:
    async with working(db, clock=Clock(EVENING)) as node:
        await greeted(node)
        await by_sale(node)
        assert (await node.ours())[-1] == ("Sale!", "queued", "Q1")
        (row,) = [row for row in await node.thread() if row.text == "Sale!"]
        assert moment("2026-06-04T08:00") <= row.due_at <= moment("2026-06-04T08:10")
        await node.text("blue")
        assert await node.phones.took(2) == ["Go on.", "You said blue."]
        node.clock.at = row.due_at
        assert (await node.phones.took(3))[2] == "Sale!"
        await node.until(lambda: log(node), [("queue", "hold", "Q1"), ("dispatch", "go", "C3")])
        await node.becomes(("Go on.", OK, "C2"), ("Sale!", OK, "C3"), ("You said blue.", OK, "C2"))


async def test_what_waits_is_judged_again_when_it_is_due(file_db: Db) -> None:
    async with working(file_db, clock=Clock(EVENING)) as node:
        await greeted(node)
        await by_sale(node)
        await node.db.write(gate.set_place, (await node.home()).contact_id, "Pacific/Honolulu", "", "contact")
        node.clock.at = moment("2026-06-04T08:10")
        await node.until(lambda: log(node), [("queue", "hold", "Q1"), ("dispatch", "hold", "Q1")])
        row = (await node.thread())[-1]
        assert moment("2026-06-04T11:00") <= row.due_at <= moment("2026-06-04T11:10")
        node.clock.at = row.due_at
        await node.phones.took(2)


async def test_what_waits_for_too_long_ends_as_expired(file_db: Db) -> None:
    """Q4. The server was off in the morning."""
    async with working(file_db, clock=Clock(EVENING)) as node:
        await greeted(node)
        await by_sale(node)
        node.clock.at = EVENING + DAY
        await node.until(node.ours, [("Go on.", OK, "C2"), ("Sale!", "expired", "Q4")])


async def test_a_stop_withdraws_what_waits(file_db: Db) -> None:
    async with working(file_db, clock=Clock(EVENING)) as node:
        await greeted(node)
        await by_sale(node)
        await node.text("STOP", keyword="stop")
        assert (await node.ours())[-1] == ("Sale!", "canceled", "O6")
        assert await node.db.read(outbox.depth) == {}


async def test_q3_the_fourth_sale_of_a_day_waits_on_whichever_line(db: Db) -> None:
    async with working(db) as node:
        await greeted(node)
        await agrees(node)
        for line in ("one", "two", "one"):
            await node.road.send_to(line, ANA, sale(), wait=15)
        await node.phones.took(4)
        first = node.clock()
        node.clock.at += HOUR
        await node.road.send_to("two", ANA, sale("Last!"), wait=15)
        assert (await node.ours())[-1] == ("Last!", "queued", "Q3")
        due = (await node.thread())[-1].due_at
        assert first + DAY <= due <= first + DAY + 10 * MINUTE
        node.clock.at = due
        assert (await node.phones.took(5))[4] == "Last!"


OFFERS = "consent:\n  keywords: {JOIN: {programme: offers, frequency: Up to 2 texts a week, wording: w}}\n"


async def test_q3_what_is_above_the_promised_frequency_waits_on_whichever_line(db: Db) -> None:
    promising = load_bot({"bot.yml": f"{BOT}{OFFERS}", "flows/main.yml": flow(ECHO, start="book")}, 1)
    promising = msgspec.structs.replace(promising, policy=Overrides(hold_hours=240))

    def offer(text: str = "Sale!") -> ApiSend:
        return msgspec.structs.replace(sale(text), programme="offers")

    async with working(db, promising) as node:
        await greeted(node)
        await agrees(node)
        first = node.clock()
        for line, texts in (("one", 2), ("two", 3)):
            await node.road.send_to(line, ANA, offer(), wait=15)
            await node.phones.took(texts)
            node.clock.at += DAY
        await node.road.send_to("one", ANA, sale("Another programme"), wait=15)
        await node.phones.took(4)
        await node.road.send_to("two", ANA, offer("Third"), wait=15)
        thread = {row.text: row for row in await node.thread()}
        assert (thread["Third"].status, thread["Third"].rule) == ("queued", "Q3")
        assert thread["Third"].detail == "They have had as many texts of offers as they were promised: 2 a week."
        due = thread["Third"].due_at
        assert first + 7 * DAY <= due <= first + 7 * DAY + 10 * MINUTE
        node.clock.at = due
        assert (await node.phones.took(5))[3:] == ["Another programme", "Third"]


async def test_q3_a_text_that_is_tried_again_counts_once_and_never_against_itself(file_db: Db) -> None:
    once = bot(ECHO)
    once = msgspec.structs.replace(once, policy=Overrides(promotional_per_day=1))
    async with working(file_db, once) as node:
        await greeted(node)
        await agrees(node)
        node.phones.answer(ANA, *[Failure("throttled", retry_after=60)] * 2)
        await node.road.send_to("one", ANA, sale(), wait=15)
        for attempt in (2, 3):
            await node.phones.took(attempt)
            await node.throttled()
            node.clock.at += 2 * MINUTE
        await node.phones.took(4)
        await node.until(node.ours, [("Go on.", OK, "C2"), ("Sale!", OK, "C3")])


# Lines


async def test_n2_a_line_that_is_suspended_sends_nothing_but_what_must_be_said(file_db: Db) -> None:
    async with working(file_db) as node:
        line = msgspec.structs.replace(node.road.lines["one"], registration=Registration("suspended"))
        node.road.lines["one"] = line  # type: ignore[index]
        await node.text("BOOK")
        assert (await node.ours())[-1][1:] == ("blocked", "N2")
        await node.text("STOP")
        assert len(await node.phones.took(1)) == 1


# Retention


async def test_what_the_gate_decided_is_kept_for_its_time(file_db: Db) -> None:
    async with working(file_db) as node:
        await greeted(node)
        await by_program(node)
        await node.phones.took(2)
        await node.until(lambda: log(node), [("dispatch", "go", "C3")])
        for days, left in ((1824, 1), (1826, 0)):
            await node.db.write(tidy, WORKSPACE, Keep(), node.clock() + days * DAY)
            assert len(await rows_of(node)) == left


async def test_a_sale_that_a_flow_says_at_night_lets_its_other_texts_pass(file_db: Db) -> None:
    """The texts of one turn go in their order, but not behind one that waits for the morning."""
    steps = SELLING + "- say: Your bike is ready.\n"
    async with working(file_db, bot(steps), clock=Clock(EVENING)) as node:
        await greeted(node)
        await agrees(node)
        await node.text("yes")
        assert await node.phones.took(2) == ["Go on.", "Your bike is ready."]
        await node.becomes(
            ("Go on.", OK, "C2"), ("10% off today.", "queued", "Q1"), ("Your bike is ready.", OK, "C2")
        )  # fmt: skip


async def test_k6_a_text_of_a_programme_goes_to_those_who_agreed_to_it(db: Db) -> None:
    files = {
        "bot.yml": f"{BOT}consent: {{keywords: {{JOIN: {{programme: offers, wording: Weekly offers.}}}}}}\n",
        "flows/sale.yml": flow("- say: {template: sale}\n- say: {template: news}", start="sale", name="sale"),
        "templates/sale.yml": (
            "sale: {class: promotional, programme: offers, text: Harbor Cycle Works sale. STOP to end.}\n"
            "news: {class: promotional, programme: news, text: Harbor Cycle Works news. STOP to end.}\n"
        ),
    }
    async with working(db, load_bot(files, 1)) as node:
        await node.text("JOIN")
        await node.text("SALE", id_="m-2")
        said = {row.text: (row.status, row.rule) for row in await node.thread() if row.message_class == "promotional"}
    assert said["Harbor Cycle Works sale. STOP to end."][0] in ("accepted", "queued", "sending")
    assert said["Harbor Cycle Works news. STOP to end."] == ("blocked", "K1")
