"""Events of other programs on the road: stored before they count, once under their key, and in order with the rest."""

from tests.pipeline.working import ANA, Working, bot, count_pending, make, working
from textback.core.when import DAY
from textback.engine.arrivals import ApiEvent
from textback.store.db import Db

STEPS = """
- say: Please pay.
- id: payment
  wait: {event: paid, for: 2d, else: [{say: Another time.}]}
- say: "{% if event.name %}Thanks for {{ event.data.amount }}.{% else %}Bye.{% endif %}"
"""
PAID = ApiEvent("paid", {"amount": "$40"}, "till")


async def happens(node: Working, event: ApiEvent = PAID, key: str = "") -> None:
    home = await node.home()
    await node.road.post(home.contact_id, event, key=key, wait=15.0)


async def test_an_event_lets_the_flow_go_on_and_takes_its_time_limit_away(db: Db) -> None:
    async with working(db, bot(STEPS)) as node:
        await node.text("BOOK")
        assert list(await node.timers()) == ["wait:payment"]
        await happens(node)
        assert await node.phones.took(2) == ["Please pay.", "Thanks for $40."]
        assert await node.timers() == {}
        assert await node.events("event_received") == [
            ("event_received", {"name": "paid", "by": "till", "awaited": True})
        ]


async def test_the_same_event_again_is_stored_once(db: Db) -> None:
    async with working(db, bot(STEPS)) as node:
        await node.text("BOOK")
        for _ in range(3):
            await happens(node, key="payment-1")
        await node.text("BOOK")
        await happens(node, key="payment-1")
        assert len(await node.events("event_received")) == 1
        assert await node.phones.took(3) == ["Please pay.", "Thanks for $40.", "Please pay."]


async def test_an_event_that_came_before_a_crash_is_not_lost(db: Db) -> None:
    async with working(db, bot(STEPS)) as node:
        await node.text("BOOK")
        await node.phones.took(1)
        home = await node.home()
    stopped = make(db, bot(STEPS))
    stopped.road.roles = frozenset({"accept"})
    await stopped.road.post(home.contact_id, PAID)
    assert await db.read(count_pending) == 1
    async with working(db, bot(STEPS)) as node:
        assert await node.phones.took(1) == ["Thanks for $40."]


async def test_without_the_event_its_time_comes(db: Db) -> None:
    async with working(db, bot(STEPS)) as node:
        await node.text("BOOK")
        node.clock.at += 2 * DAY
        assert await node.phones.took(3) == ["Please pay.", "Another time.", "Bye."]
        await happens(node)
        assert (await node.events("event_received"))[0][1]["awaited"] is False


async def test_nothing_is_sent_to_whoever_has_opted_out(db: Db) -> None:
    async with working(db, bot(STEPS)) as node:
        await node.text("BOOK")
        await node.text("STOP")
        await happens(node)
        assert [words for words in node.phones.texts(ANA) if "Thanks" in words] == []
