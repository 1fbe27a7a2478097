"""Timers: durable, fired once and in order, moved out of the night, and forgotten when the answer came first."""

import asyncio

from tests.engine.talk import PATIENT
from tests.pipeline.working import ANA, BEN, CAT, NOON, Clock, Phones, Working, bot, moment, working
from textback.core.ids import new_id
from textback.core.when import DAY, HOUR, MINUTE
from textback.engine.arrivals import AgentReply, HandBack, Takeover
from textback.store.db import Db, open_db

ASK = "Who is this?"
REMINDER = "Still there? Who is this?"
OVER = "Another time."
NEW_YORK = "+12125550123"


async def test_a_reminder_comes_when_it_is_due_and_not_before(db: Db) -> None:
    async with working(db, bot(PATIENT)) as node:
        await node.text("BOOK", BEN)
        node.clock.at += MINUTE
        await node.text("BOOK", ANA)
        node.clock.at = NOON + 4 * HOUR
        assert await node.phones.took(2, BEN) == [ASK, REMINDER]
        assert node.phones.texts(ANA) == [ASK]
        node.clock.at += MINUTE
        assert await node.phones.took(2, ANA) == [ASK, REMINDER]
        assert set(await node.timers()) == {"expire:name"}


async def test_timers_outlive_a_restart_and_fire_once_in_order(db: Db) -> None:
    async with working(db, bot(PATIENT)) as node:
        await node.text("BOOK", ANA)
        node.clock.at += MINUTE
        await node.text("BOOK", BEN)
    clock = Clock(NOON + 3 * DAY)
    phones = Phones()
    async with working(db, bot(PATIENT), clock=clock, phones=phones) as node:
        assert await phones.took(2, ANA) == [REMINDER, OVER]
        assert await phones.took(2, BEN) == [REMINDER, OVER]
        assert (await node.conversation()).status == "completed"
        assert await node.timers() == await node.timers(BEN) == {}
    async with working(db, bot(PATIENT), clock=clock, phones=phones) as node:
        await node.text("BOOK", CAT)
        clock.at += 4 * HOUR
        await phones.took(2, CAT)
        assert phones.texts(ANA) == phones.texts(BEN) == [REMINDER, OVER]


async def test_an_answer_cancels_what_would_have_come_without_it(db: Db) -> None:
    async with working(db, bot(PATIENT)) as node:
        await node.text("BOOK", ANA)
        await node.text("Ana", ANA)
        assert await node.timers() == {}
        await node.text("BOOK", BEN)
        node.clock.at += 3 * DAY
        await node.phones.took(3, BEN)
        assert node.phones.texts(ANA) == [ASK, "Hello Ana."]


async def test_an_answer_stored_before_the_timer_fires_wins(db: Db) -> None:
    async with working(db, bot(PATIENT)) as node:
        await node.text("BOOK", ANA)
        await node.phones.took(1)
        node.clock.at += 4 * HOUR
        await asyncio.gather(node.text("Ana", ANA), node.text("BOOK", BEN))
        node.clock.at += 4 * HOUR - MINUTE
        await node.text("BOOK", CAT)
        await node.phones.took(1, CAT)
        assert node.phones.texts(ANA)[-1] == "Hello Ana."


async def test_two_nodes_fire_a_timer_once(postgres_url: str) -> None:
    clock, phones = Clock(), Phones()
    first, second = open_db(postgres_url), open_db(postgres_url)
    numbers = [f"+1206555{n:04}" for n in range(100, 130)]
    try:
        async with (
            working(first, bot(PATIENT), clock=clock, phones=phones) as one,
            working(second, bot(PATIENT), clock=clock, phones=phones) as two,
        ):
            await asyncio.gather(*((one, two)[n % 2].text("BOOK", number) for n, number in enumerate(numbers)))
            clock.at += 4 * HOUR
            await phones.took(2 * len(numbers))
            clock.at += 2 * DAY
            await phones.took(3 * len(numbers))
            for number in numbers:
                assert phones.texts(number) == [ASK, REMINDER, OVER]
    finally:
        await first.close()
        await second.close()


async def test_a_reminder_is_never_planned_for_the_night(db: Db) -> None:
    clock = Clock(moment("2026-06-03T18:00"))
    async with working(db, bot(PATIENT), clock=clock) as node:
        await node.text("BOOK", ANA)
        await node.text("BOOK", NEW_YORK)
        assert await node.timers(ANA) == {
            "remind:name": moment("2026-06-04T08:00"),
            "expire:name": clock.at + 2 * DAY,
        }
        assert (await node.timers(NEW_YORK))["remind:name"] == moment("2026-06-04T08:00", "America/New_York")
        clock.at = moment("2026-06-04T05:00")
        await node.phones.took(2, NEW_YORK)
        assert node.phones.texts(ANA) == [ASK]
        clock.at = moment("2026-06-04T08:00")
        assert await node.phones.took(2, ANA) == [ASK, REMINDER]


async def test_a_reminder_that_is_late_waits_for_the_morning(db: Db) -> None:
    async with working(db, bot(PATIENT)) as node:
        await node.text("BOOK", ANA)
    async with working(db, bot(PATIENT), clock=Clock(moment("2026-06-03T21:00"))) as node:
        await node.until(lambda: remind_at(node), moment("2026-06-04T08:00"))
        assert node.phones.sent == []
        node.clock.at = moment("2026-06-04T08:00")
        assert await node.phones.took(1) == [REMINDER]


async def remind_at(node: Working) -> int | None:
    return (await node.timers()).get("remind:name")


async def owner(node: Working) -> tuple[str, str]:
    row = await node.conversation()
    return row.owner_kind, row.status


async def test_a_person_who_shows_no_sign_of_life_loses_the_conversation(db: Db) -> None:
    async with working(db, bot(PATIENT)) as node:
        await node.text("BOOK")
        contact = (await node.home()).contact_id
        await node.road.post(contact, Takeover("u1", "Ana"), wait=15)
        assert await owner(node) == ("person", "engaged")
        assert await node.timers() == {"owner_idle": NOON + 10 * MINUTE}
        node.clock.at += 9 * MINUTE
        await node.road.post(contact, AgentReply("u1", "Ana", "One moment.", new_id()), wait=15)
        assert await node.timers() == {"owner_idle": NOON + 19 * MINUTE}  # every sign of life renews it
        node.clock.at += 10 * MINUTE
        await node.until(lambda: owner(node), ("nobody", "waiting_on_agent"))
        [(_, data)] = await node.events("owner_idle")
        assert data == {"user": "u1", "name": "Ana"}


async def test_handing_back_ends_the_lease_and_starts_the_questions_timers_again(db: Db) -> None:
    async with working(db, bot(PATIENT)) as node:
        await node.text("BOOK")
        contact = (await node.home()).contact_id
        await node.road.post(contact, Takeover("u1", "Ana"), wait=15)
        node.clock.at += MINUTE
        await node.road.post(contact, HandBack("u1", "Ana", "wait"), wait=15)
        assert await owner(node) == ("bot", "waiting_on_customer")
        assert await node.timers() == {"remind:name": node.clock.at + 4 * HOUR, "expire:name": node.clock.at + 2 * DAY}
        await node.text("Ana")
        assert (await node.phones.took(2))[1] == "Hello Ana."
