"""What the outside world gets wrong: clocks, ids that come twice, reports on texts of nobody. Nothing is lost, doubled
or mixed up by it."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text as sql

from tests.pipeline.working import (
    ANA,
    BEN,
    LINE,
    NOON,
    WORKSPACE,
    Clock,
    Phones,
    Working,
    bot,
    count_pending,
    working,
)
from tests.support.fake_provider import FakeProvider, telnyx_status, telnyx_text
from textback.channels.base import Accepted, BadPayload, Failure, Webhook
from textback.channels.client import Session
from textback.channels.telnyx import Telnyx
from textback.core.ids import new_id
from textback.core.when import DAY, HOUR, MINUTE, SECOND
from textback.engine.arrivals import AgentReply, DeliveryStatus, Message
from textback.pipeline.accept import incoming
from textback.pipeline.bots import Shelf
from textback.pipeline.lines import Line
from textback.pipeline.road import Road
from textback.store import inbox
from textback.store.db import Db, Tx

OTHER = "+12065550101"
GOODBYE = """
- ask: words
  text: Go on.
  expire: {after: 2h, then: [{say: Bye.}, {end: quiet}]}
- say: You said {{ words }}.
"""


@asynccontextmanager
async def two_lines(db: Db, **more: Any) -> AsyncIterator[tuple[Working, Phones]]:
    """A node whose lines `one` and `two` have numbers and providers of their own; gives that of `two` as well."""
    clock, one, two = Clock(), Phones(), Phones()
    lines = {"one": Line("one", one, LINE), "two": Line("two", two, OTHER)}
    road = Road(db, WORKSPACE, lines, Shelf(WORKSPACE, bot()), now=clock, **more)
    await road.start()
    try:
        yield Working(db, road, one, clock), two
    finally:
        for phones in (one, two):
            phones.release()
        await road.stop()


def telnyx() -> Telnyx:
    return Telnyx(LINE, FakeProvider().telnyx_options(), Session())


def parsed(event: dict[str, Any]) -> list[Message | DeliveryStatus]:
    return telnyx().parse(Webhook("POST", "", "", {}, json.dumps(event).encode()))


# Clocks


@pytest.mark.parametrize(
    "at",
    [
        None, "", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000+00:00", "1904-01-01T00:00:00Z", "0001-01-01T00:00Z",
        "2106-02-07T06:28:16Z", "9999-12-31T23:59:59Z", "2026-06-03T19:00:00", "-1", "1" + "0" * 30, "NaN",
    ],
)  # fmt: skip
async def test_a_providers_clock_that_can_not_be_right_is_not_believed(file_db: Db, at: str | None) -> None:
    """Such a text is as old as its arrival: it is answered, and STOP is confirmed."""
    async with two_lines(file_db, late_after=HOUR, reply_max_age=HOUR) as (node, _):
        for number, words in enumerate(("BOOK", "STOP")):
            (arrival,) = parsed(telnyx_text(words, ANA, f"m-{number}", received_at=at))
            await node.road.receive("one", [arrival], wait=15)
        assert [words[:16] for words in await node.phones.took(2)] == ["Go on.", "Harbor Cycle Wor"]


async def test_a_text_that_is_late_by_a_clock_that_can_be_right_waits_for_a_person(file_db: Db) -> None:
    async with two_lines(file_db, late_after=HOUR) as (node, _):
        (arrival,) = parsed(telnyx_text("BOOK", ANA, received_at="2020-01-02T00:00:00Z"))
        await node.road.receive("one", [arrival], wait=15)
        assert node.phones.sent == []
        assert (await node.conversation()).status == "waiting_on_agent"


async def test_our_clock_goes_back_an_hour_while_texts_are_under_way(db: Db) -> None:
    async with working(db) as node:
        held = node.phones.hold(ANA)
        await node.text("BOOK", ANA)
        await node.phones.took(1, ANA)
        node.clock.at -= HOUR
        await node.text("BOOK", BEN)
        await node.text("blue", ANA)
        await node.text("red", BEN)
        held.set_result(Accepted("p-1"))
        assert await node.phones.took(2, ANA) == ["Go on.", "You said blue."]
        assert await node.phones.took(2, BEN) == ["Go on.", "You said red."]
        for number, words in ((ANA, "blue"), (BEN, "red")):
            await node.becomes(("Go on.", "accepted", "C2"), (f"You said {words}.", "accepted", "C2"), number=number)
            assert [row.text for row in await node.thread(number) if row.direction == "in"] == ["BOOK", words]
        assert len(node.phones.sent) == 4


async def test_our_clock_goes_forward_a_day_while_texts_are_under_way(db: Db) -> None:
    """What was being posted counts as abandoned, for its lease is over; it is not posted again, and what the provider
    says in the end is believed."""
    async with working(db) as node:
        held = node.phones.hold(ANA)
        await node.text("BOOK", ANA)
        await node.phones.took(1, ANA)
        node.clock.at += DAY
        await node.becomes(("Go on.", "unknown", "C2"))
        await node.text("blue", ANA)
        await node.phones.took(2, ANA)
        held.set_result(Accepted("p-1"))
        await node.becomes(("Go on.", "accepted", "C2"), ("You said blue.", "accepted", "C2"))
        assert node.phones.texts(ANA) == ["Go on.", "You said blue."]


async def test_a_text_that_waits_for_its_next_try_goes_once_whatever_the_clock_does(db: Db) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, Failure("throttled", retry_after=5.0))
        await node.text("BOOK", ANA)
        await node.throttled()
        node.clock.at -= HOUR
        await node.text("BOOK", BEN)
        await node.phones.took(1, BEN)
        assert node.phones.texts(ANA) == ["Go on."]
        node.clock.at += DAY
        await node.becomes(("Go on.", "accepted", "C2"))
        assert node.phones.texts(ANA) == ["Go on.", "Go on."]


@pytest.mark.parametrize("jumps", [(DAY, -DAY, DAY), (-HOUR, HOUR + 2 * HOUR, -DAY, DAY)])
async def test_a_timer_fires_once_whatever_the_clock_does(db: Db, jumps: tuple[int, ...]) -> None:
    async with working(db, bot(GOODBYE)) as node:
        await node.text("BOOK", ANA)
        await node.becomes(("Go on.", "accepted", "C2"))
        for jump in jumps:
            node.clock.at += jump
            await node.text("BOOK", BEN)  # a turn, and so a look at what is due

        async def said() -> list[str]:
            return [words for words, _, _ in await node.ours()]

        # A jump may come between a claim and its post: then that text is unknown, and is not posted.
        await node.until(said, ["Go on.", "Bye."])
        await node.until(node.timers, {})
        assert max(Counter(node.phones.texts(ANA)).values()) == 1
        ended = await node.events("session_ended")
        assert [data["outcome"] for _, data in ended] == ["quiet"]


# Ids


async def test_two_people_whose_texts_have_one_id_are_both_answered(db: Db) -> None:
    async with working(db) as node:
        for number in (ANA, BEN, ANA, BEN):
            await node.text("BOOK", number, id_="m-1")
        for number in (ANA, BEN):
            assert await node.phones.took(1, number) == ["Go on."]
        assert len(node.phones.sent) == 2


async def test_one_person_on_two_lines_is_one_contact_and_each_answer_leaves_by_the_line_that_was_texted(
    db: Db,
) -> None:
    async with two_lines(db) as (node, two):
        await node.text("BOOK", line="one")
        assert await node.phones.took(1) == ["Go on."]
        await node.text("blue", line="two")
        assert await two.took(1) == ["You said blue."]
        await node.text("BOOK", line="one")
        await node.phones.took(2)
        contact = (await node.home()).contact_id
        await node.road.post(contact, AgentReply("u1", "Ana", "Come by!", new_id()), wait=15)
        await node.phones.took(3)
        assert [(one.sender, one.text) for one in node.phones.sent] == [
            (LINE, "Go on."), (LINE, "Go on."), (LINE, "Come by!"),
        ]  # fmt: skip
        assert [(one.sender, one.text) for one in two.sent] == [(OTHER, "You said blue.")]
        assert [row.line for row in await node.thread()] == ["one", "one", "two", "two", "one", "one", "one"]


# Reports on texts of nobody, or of others


async def early(db: Db) -> int:
    def count(tx: Tx) -> int:
        return int(tx.execute(sql("SELECT count(*) FROM early_statuses")).scalar() or 0)

    return await db.read(count)


async def test_a_report_on_a_text_of_nobody_is_kept_for_an_hour_and_then_forgotten(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        await node.becomes(("Go on.", "accepted", "C2"))
        await node.status("delivered", "p-of-nobody")
        assert await early(db) == 1
        node.clock.at += HOUR - MINUTE
        await node.text("BOOK", BEN)
        assert await early(db) == 1
        node.clock.at += 2 * MINUTE
        await node.until(lambda: early(db), 0)
        await node.becomes(("Go on.", "accepted", "C2"))


async def test_a_report_under_another_persons_number_touches_nothing(db: Db) -> None:
    """Not by the provider's id, and not by ours."""
    async with working(db) as node:
        for number in (ANA, BEN):
            await node.text("BOOK", number)
            await node.becomes(("Go on.", "accepted", "C2"), number=number)
        mine = next(one for one in node.phones.sent if one.recipient == ANA)
        await node.status("delivered", f"p-{mine.message_id}", BEN)
        await node.status("failed", "p-x", BEN, message_id=mine.message_id)
        for number in (ANA, BEN):
            await node.becomes(("Go on.", "accepted", "C2"), number=number)


async def test_a_report_by_way_of_another_line_is_believed(db: Db) -> None:
    """One address may be set for all numbers of an account."""
    async with two_lines(db) as (node, _):
        await node.text("BOOK", line="one")
        await node.becomes(("Go on.", "accepted", "C2"))
        report = DeliveryStatus(f"p-{node.phones.sent[0].message_id}", ANA, "delivered")
        await node.road.receive("two", [report], wait=15)
        await node.becomes(("Go on.", "delivered", "C2"))


async def test_a_webhook_that_reports_on_five_hundred_at_once(db: Db) -> None:
    """All of them are taken, in one go, and no stranger becomes a contact."""
    event = telnyx_status("delivered", "p-many")
    numbers = [f"+1206555{number:04}" for number in range(1000, 1500)]
    event["data"]["payload"]["to"] = [{"phone_number": one, "status": "delivered"} for one in [ANA, *numbers]]
    reports = parsed(event)
    assert len(reports) == 501
    async with working(db) as node:
        await node.text("BOOK")
        await node.becomes(("Go on.", "accepted", "C2"))
        await node.road.receive("one", reports)
        await node.until(lambda: early(db), 1)
        assert await db.read(inbox.find_homes, WORKSPACE, [("phone", one) for one in numbers]) == {}


def test_a_report_without_an_address_is_refused() -> None:
    event = telnyx_status("delivered")
    event["data"]["payload"]["to"] = []
    with pytest.raises(BadPayload):
        parsed(event)


async def test_a_code_of_any_length_fits(db: Db) -> None:
    """The longest status and the longest code together are longer than the inbox keeps."""
    async with working(db) as node:
        await node.text("BOOK")
        await node.becomes(("Go on.", "accepted", "C2"))
        await node.status("undelivered", f"p-{node.phones.sent[0].message_id}", code="9" * 32)
        await node.becomes(("Go on.", "undelivered", "C2"))


# Poison


async def test_a_turn_that_can_not_be_written_stops_no_other(db: Db) -> None:
    """It becomes a dead letter, its conversation waits for a person, and everybody else is answered."""
    async with working(db) as node:
        await node.text("BOOK", ANA)
        await node.text("BOOK", BEN)
        contact = (await node.home()).contact_id
        taken = next(row.id for row in await node.thread() if row.direction == "out")
        poison = AgentReply("u1", "Ana", "Hello.", taken)  # an id that a message has already
        await db.write(inbox.store_arrivals, WORKSPACE, [incoming("one", poison, contact_id=contact)], {}, NOON)
        await node.text("red", BEN)
        await node.text("blue", ANA)
        assert await node.phones.took(2, BEN) == ["Go on.", "You said red."]
        await node.until(lambda: db.read(count_pending), 0)
        rows = await db.read(lambda tx: list(tx.execute(sql("SELECT kind, reason FROM dead_letters"))))
        assert [row.kind for row in rows] == ["arrival"]
        assert (await node.conversation(ANA)).status == "waiting_on_agent"
        assert [row.text for row in await node.thread(ANA) if row.direction == "in"] == ["BOOK", "blue"]
        node.clock.at += SECOND
        await node.text("BOOK", "+12065550177")  # and then it goes on as before
        assert await node.phones.took(1, "+12065550177") == ["Go on."]
        assert not node.road._one_by_one
