"""Reconciliation: what the provider has and we have not is taken in once; unknown texts are settled; late ones wait."""

import asyncio
from typing import ClassVar

import msgspec
import pytest

from tests.pipeline.working import ANA, BEN, LINE, NOON, WORKSPACE, Clock, Phones, Working, bot, working
from textback.channels.base import Accepted, Failure, Found, Heard, ListFailed, ListTooLong, Outgoing, Recent
from textback.core.messages import Status
from textback.core.when import DAY, HOUR, MINUTE, SECOND
from textback.engine.arrivals import DeliveryStatus, Message
from textback.pipeline import reconcile
from textback.pipeline.bots import Shelf
from textback.pipeline.lines import Line
from textback.pipeline.reconcile import Reconciler
from textback.pipeline.road import Road
from textback.store import outbox
from textback.store import reconcile as store
from textback.store.db import Db, Tx

UNKNOWN = Failure("unknown", detail="No answer in time.")
LATE = 60 * MINUTE
EVERY = 10 * MINUTE


class Sent(msgspec.Struct):
    """A text of ours that the provider has."""

    provider_id: str
    recipient: str
    text: str
    at: int
    status: Status = "delivered"
    mark: str | None = None


class Listing(Phones):
    """Phones whose provider keeps a list. `whole` is whether its list proves what is not in it."""

    lag: ClassVar[int] = 10 * MINUTE

    def __init__(self, *, whole: bool = True) -> None:
        super().__init__()
        self.came_in: list[Message] = []
        self.went_out: list[Sent] = []
        self.whole = whole
        self.away = False
        self.unreadable: set[str] = set()
        self.plain = True
        self.longest: int = 30 * DAY
        self.asked: list[tuple[int, int]] = []
        self.looked: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def recent(self, since: int, until: int) -> Recent:
        self.asked.append((since, until))
        await self.gate.wait()
        if self.away:
            raise ListFailed("away")
        if until - since > self.longest:
            raise ListTooLong("too much")
        texts = [one for one in self.came_in if since <= (one.sent_at or 0) < until]
        return Recent(
            tuple(
                Heard(one.provider_id, one.sender, one.sent_at or 0, one if self.plain else None)
                for one in sorted(texts, key=lambda one: one.sent_at or 0)
            ),
            tuple(self._status(one) for one in self.went_out if since <= one.at < until),
        )

    async def read(self, heard: Heard) -> Message | None:
        if heard.provider_id in self.unreadable:
            raise ListFailed("away in the middle")
        return next((one for one in self.came_in if one.provider_id == heard.provider_id), None)

    async def find(self, outgoing: Outgoing, after: int, before: int) -> Found:
        self.looked.append(outgoing.message_id)
        if self.away:
            raise ListFailed("away")
        there = [one for one in self.went_out if one.recipient == outgoing.recipient and after <= one.at < before]
        same = [one for one in there if one.text == outgoing.text]
        others = [one.provider_id for one in there if one.text != outgoing.text]
        return Found(tuple(self._status(one) for one in same), tuple(others), self.whole)

    def _status(self, one: Sent) -> DeliveryStatus:
        return DeliveryStatus(one.provider_id, one.recipient, one.status, one.mark)

    def had(self, words: str, at: int, number: str = ANA, *, id_: str = "") -> Message:
        """A text that came to the provider, whatever became of its webhook."""
        one = Message(number, LINE, words, id_ or f"in-{len(self.came_in)}", sent_at=at)
        self.came_in.append(one)
        return one


@pytest.fixture
def phones() -> Listing:
    return Listing()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def reconciler(node: Working, *, resend: bool = False, every: int = EVERY) -> Reconciler:
    return Reconciler(
        node.db, WORKSPACE, {"one": node.road.lines["one"]}, node.clock, node.road.receive, node.road.hub.publish,
        every=every, resend=resend,
    )  # fmt: skip


async def begun(node: Working) -> Reconciler:
    """A reconciler whose line has been read up to now."""
    await node.db.write(store.begin, WORKSPACE, ["one"], node.clock())
    reader = reconciler(node)
    assert await reader.once()
    return reader


async def taken(node: Working, number: str = ANA) -> list[str]:
    """The contact's texts, as they lie in the thread."""
    return [row.text for row in await node.thread(number) if row.direction == "in"]


async def due(node: Working) -> None:
    """The lists are to be read now."""
    await node.db.write(store.begin, WORKSPACE, ["one"], node.clock())


# --- Texts that came in


async def test_texts_missed_while_down_are_taken_in_once_and_in_order(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await node.text("hello")
        await begun(node)
        down = clock.at
        clock.at += 30 * MINUTE
        for n, words in enumerate(["book", "a red one", "thanks"]):
            phones.had(words, down + (n + 1) * MINUTE)
        phones.had("hi", down + MINUTE, BEN)
        await due(node)
        reader = reconciler(node)
        assert await reader.once()
        await node.until(lambda: taken(node), ["hello", "book", "a red one", "thanks"])
        await node.until(lambda: taken(node, BEN), ["hi"])
        assert (await phones.took(3, ANA))[1:3] == ["Go on.", "You said a red one."]
        for _ in range(2):
            clock.at += EVERY
            assert await reader.once()
        assert await taken(node) == ["hello", "book", "a red one", "thanks"]


async def test_a_webhook_that_comes_later_is_the_same_text(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await begun(node)
        clock.at += EVERY
        phones.had("book", clock.at - MINUTE, id_="m-1")
        await reconciler(node).once()
        await phones.took(1, ANA)
        await node.text("book", id_="m-1")
        assert await taken(node) == ["book"]
        assert phones.texts(ANA) == ["Go on."]


async def test_a_text_that_came_by_another_line_is_not_missing(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await begun(node)
        clock.at += EVERY
        await node.text("book", id_="m-1", line="two")
        phones.had("book", clock.at - MINUTE, id_="m-1")
        await reconciler(node).once()
        assert await taken(node) == ["book"]


async def test_a_line_that_is_new_is_read_from_now_on(db: Db, phones: Listing, clock: Clock) -> None:
    """What came before was for another program to answer."""
    async with working(db, phones=phones, clock=clock) as node:
        phones.had("before us", clock.at - MINUTE)
        await begun(node)
        clock.at += EVERY
        phones.had("for us", clock.at - MINUTE, BEN)
        await reconciler(node).once()
        await node.until(lambda: taken(node, BEN), ["for us"])
        assert all(since >= NOON for since, _ in phones.asked)


async def test_how_far_back_a_list_is_read(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await begun(node)
        clock.at += 5 * MINUTE
        await due(node)
        await reconciler(node).once()
        assert phones.asked == [(NOON, clock.at)], "some minutes at least, but not before the line began"
        clock.at += 20 * DAY
        await due(node)
        phones.asked.clear()
        await reconciler(node).once()
        assert phones.asked[0][0] == clock.at - reconcile.FURTHEST
        assert phones.asked[-1][1] == clock.at
        joints = [until for _, until in phones.asked[:-1]]
        assert joints == [since for since, _ in phones.asked[1:]], "nothing is left out between two stretches"
        clock.at += EVERY
        phones.asked.clear()
        await reconciler(node).once()
        assert phones.asked == [(clock.at - EVERY - phones.lag, clock.at)]


async def test_a_long_list_is_read_in_shorter_stretches(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await begun(node)
        phones.longest = HOUR
        words = [str(n) for n in range(5)]
        for n in range(5):
            phones.had(words[n], clock.at + n * HOUR)
        clock.at += 6 * HOUR
        await due(node)
        await reconciler(node).once()
        await node.until(lambda: taken(node), words)


async def test_a_list_that_can_not_be_read_is_read_again(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await begun(node)
        clock.at += HOUR
        phones.had("book", clock.at - 50 * MINUTE)
        phones.away = True
        await due(node)
        reader = reconciler(node)
        for _ in range(3):
            assert await reader.once()
            assert not await reader.once(), "not at once again"
            clock.at += reconcile.RETRY
        phones.away = False
        assert await reader.once()
        await node.until(lambda: taken(node), ["book"])


async def test_a_list_that_breaks_off_in_the_middle(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await begun(node)
        clock.at += EVERY
        phones.plain = False
        for n, words in enumerate(["one", "two", "three"]):
            phones.had(words, clock.at - 3 * MINUTE + n * SECOND, id_=words)
        phones.unreadable.add("two")
        reader = reconciler(node)
        await reader.once()
        await node.until(lambda: taken(node), ["one"])
        phones.unreadable.clear()
        clock.at += reconcile.RETRY
        await reader.once()
        await node.until(lambda: taken(node), ["one", "two", "three"])


async def test_reports_that_never_came(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await begun(node)
        await node.text("book")
        await node.becomes(("Go on.", "accepted", "C2"))
        mine = (await node.thread())[-1]
        phones.went_out = [
            Sent(f"p-{mine.id}", ANA, "Go on.", clock.at + SECOND),
            Sent("of-another-program", ANA, "x", clock.at + SECOND, "failed"),
            Sent("of-another-program-too", BEN, "x", clock.at + SECOND),
        ]
        clock.at += EVERY
        reader = reconciler(node)
        await reader.once()
        await node.becomes(("Go on.", "delivered", "C2"))
        phones.went_out[0].status = "sent"
        clock.at += EVERY
        await reader.once()
        assert (await node.ours())[0][1] == "delivered"


# --- Late ones


async def late_node(db: Db, phones: Phones, clock: Clock) -> Working:
    lines = {"one": Line("one", phones, LINE)}
    road = Road(db, WORKSPACE, lines, Shelf(WORKSPACE, bot()), now=clock, late_after=LATE)
    return Working(db, road, phones, clock)


async def came(node: Working, *messages: Message) -> None:
    await node.road.receive("one", messages, wait=10.0)


def sent(words: str, at: int, id_: str = "m-1") -> Message:
    return Message(ANA, LINE, words, id_, sent_at=at)


@pytest.mark.parametrize(("age", "answered"), [(LATE, True), (LATE + 1, False), (-HOUR, True)])
async def test_a_late_text_waits_for_a_person(db: Db, phones: Listing, clock: Clock, age: int, answered: bool) -> None:
    node = await late_node(db, phones, clock)
    await node.road.start()
    try:
        await came(node, sent("book", clock.at - age))
        row = await node.conversation()
        assert (row.status == "waiting_on_agent") is not answered
        assert (row.owner_kind == "nobody") is not answered
        assert await taken(node) == ["book"]
        assert bool(await node.events("late_message")) is not answered
        assert (await node.thread())[0].source == ("" if answered else "late")
        assert len(await node.ours()) == answered
    finally:
        await node.road.stop()


async def test_a_late_text_in_the_middle_of_a_flow(db: Db, phones: Listing, clock: Clock) -> None:
    """The question stays open, so that the person can give it back to the bot; what comes in time waits as well."""
    node = await late_node(db, phones, clock)
    await node.road.start()
    try:
        await came(node, sent("book", clock.at))
        await phones.took(1)
        clock.at += 5 * HOUR
        await came(node, sent("a red one", clock.at - 4 * HOUR, "m-2"), sent("hello?", clock.at, "m-3"))
        assert phones.texts() == ["Go on."]
        assert (await node.events("late_message"))[0][1]["minutes"] == 240
        assert await node.timers() == {}
        assert (await node.conversation()).status == "waiting_on_agent"
    finally:
        await node.road.stop()


@pytest.mark.parametrize("age", [2 * HOUR, 3 * DAY])
async def test_stop_is_never_too_late(db: Db, phones: Listing, clock: Clock, age: int) -> None:
    node = await late_node(db, phones, clock)
    await node.road.start()
    try:
        await came(node, sent("STOP", clock.at - age))
        assert [row[0] for row in await node.consent()] == ["opt_out"]
        assert (await node.conversation()).opted_out
        assert phones.texts() == [], "its confirmation would come more than five minutes after it (O7)"
        await came(node, sent("HELP", clock.at - age, "m-2"), sent("START", clock.at - age, "m-3"))
        assert [row[0] for row in await node.consent()] == ["opt_out", "re_opt_in"]
        assert not (await node.conversation()).opted_out
    finally:
        await node.road.stop()


async def test_a_stop_missed_while_down_is_honoured(db: Db, phones: Listing, clock: Clock) -> None:
    node = await late_node(db, phones, clock)
    await node.road.start()
    try:
        await came(node, sent("book", clock.at))
        await begun(node)
        clock.at += DAY
        phones.had("stop", clock.at - 20 * HOUR)
        await due(node)
        await reconciler(node).once()
        await node.until(node.consent, [("opt_out", "O6", "keyword", "stop")])
        assert phones.texts() == ["Go on."]
    finally:
        await node.road.stop()


# --- Texts whose fate is unknown


async def unknown(node: Working, *numbers: str) -> None:
    """One text to each of these whose post got no answer."""
    assert isinstance(node.phones, Listing)
    for number in numbers or (ANA,):
        node.phones.answer(number, UNKNOWN)
        await node.text("book", number)
        await node.becomes(("Go on.", "unknown", "C2"), number=number)


async def look(node: Working, later: int, *, resend: bool = False) -> None:
    node.clock.at += later
    await due(node)
    assert await reconciler(node, resend=resend).once()


def depth(tx: Tx) -> dict[str, int]:
    return outbox.depth(tx)


@pytest.mark.parametrize("whole", [True, False])
async def test_an_unknown_text_that_the_provider_has(db: Db, phones: Listing, clock: Clock, whole: bool) -> None:
    phones.whole = whole
    async with working(db, phones=phones, clock=clock) as node:
        await unknown(node)
        phones.went_out.append(Sent("p-1", ANA, "Go on.", clock.at))
        await look(node, EVERY)
        await node.becomes(("Go on.", "delivered", "C2"))
        assert (await node.thread())[-1].provider_id == "p-1"
        assert await node.db.read(depth) == {}
        assert phones.texts() == ["Go on."], "it was not sent again"


async def test_an_unknown_text_that_is_known_by_its_mark(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await unknown(node)
        mine = (await node.thread())[-1].id
        phones.went_out += [
            Sent("p-1", ANA, "Go on.", clock.at, "accepted"),
            Sent("p-2", ANA, "Go on.", clock.at, "accepted", mark=mine),
        ]
        await look(node, EVERY)
        await node.becomes(("Go on.", "accepted", "C2"))
        assert (await node.thread())[-1].provider_id == "p-2"


async def test_an_unknown_text_that_was_not_sent(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await unknown(node)
        await look(node, 5 * MINUTE)
        assert (await node.ours())[0][1] == "unknown", "it may be on its way for some minutes"
        await look(node, EVERY)
        await node.becomes(("Go on.", "failed", "unknown"))
        assert "not sent" in (await node.thread())[-1].detail
        assert await node.db.read(depth) == {}
        assert phones.texts() == ["Go on."], "only a person sends it again"


async def test_a_text_that_was_waiting_when_the_backup_was_made(db: Db, phones: Listing, clock: Clock) -> None:
    """It may have been sent at any time since, by a database that is no more."""
    async with working(db, phones=phones, clock=clock) as node:
        await unknown(node, ANA, BEN)
        await node.db.write(forget_leases)
        clock.at += 3 * HOUR
        phones.went_out.append(Sent("p-1", ANA, "Go on.", clock.at - HOUR))
        await look(node, MINUTE)
        await node.becomes(("Go on.", "delivered", "C2"))
        await node.becomes(("Go on.", "failed", "unknown"), number=BEN)


def forget_leases(tx: Tx) -> None:
    tx.exec_driver_sql("UPDATE outbox SET lease_until = NULL WHERE state = 'unknown'")


async def test_a_list_that_proves_nothing(db: Db, phones: Listing, clock: Clock) -> None:
    """It is asked less and less often."""
    phones.whole = False
    async with working(db, phones=phones, clock=clock) as node:
        await unknown(node)
        for _ in range(30):
            await look(node, EVERY)
        assert (await node.ours())[0][1] == "unknown"
        assert 3 <= len(phones.looked) <= 8


async def test_what_was_surely_not_sent_may_be_sent_again(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await unknown(node)
        await look(node, 20 * MINUTE, resend=True)
        await node.becomes(("Go on.", "accepted", "C2"))
        assert phones.texts() == ["Go on.", "Go on."]


async def test_nothing_is_sent_again_after_stop(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await unknown(node)
        await node.text("STOP")
        await look(node, 20 * MINUTE, resend=True)
        await node.until(lambda: statuses(node), ["blocked", "accepted"])
        assert phones.texts().count("Go on.") == 1


async def statuses(node: Working) -> list[str]:
    return [row[1] for row in await node.ours()]


async def test_no_proof_is_taken_for_a_refusal(db: Db, phones: Listing, clock: Clock) -> None:
    """A text to the same contact that we do not know may be ours with other words: providers change them."""
    async with working(db, phones=phones, clock=clock) as node:
        await unknown(node)
        phones.went_out.append(Sent("p-1", ANA, "Go on. Reply STOP to end", clock.at))
        await look(node, 20 * MINUTE, resend=True)
        assert await statuses(node) == ["unknown"]


async def test_a_text_that_is_ours_already_is_not_taken_for_another(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        phones.answer(ANA, Accepted("p-1"), Accepted("p-2"), UNKNOWN)
        for words in ("book", "x", "book"):
            await node.text(words)
        await node.until(lambda: statuses(node), ["accepted", "accepted", "unknown"])
        phones.went_out = [Sent("p-1", ANA, "Go on.", clock.at), Sent("p-2", ANA, "You said x.", clock.at)]
        await look(node, 20 * MINUTE)
        await node.until(lambda: statuses(node), ["accepted", "accepted", "failed"])


async def test_a_text_that_is_being_posted_may_be_the_one_there(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        phones.answer(ANA, UNKNOWN)
        await node.text("book")
        await node.text("x")
        await node.until(lambda: statuses(node), ["unknown", "accepted"])
        clock.at += 2 * MINUTE
        posting = phones.hold(ANA)
        await node.text("book")
        await phones.took(3)
        phones.went_out.append(Sent("p-3", ANA, "Go on.", clock.at))
        await look(node, MINUTE)
        assert await statuses(node) == ["unknown", "accepted", "queued"], (
            "the one being posted is still ours to hear of"
        )
        posting.set_result(Accepted("p-3"))
        await node.until(lambda: statuses(node), ["unknown", "accepted", "accepted"])


async def test_two_texts_alike_stay_unknown(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        phones.answer(ANA, UNKNOWN, UNKNOWN, UNKNOWN)
        for words in ("book", "x", "book"):
            await node.text(words)
        await node.until(lambda: statuses(node), ["unknown"] * 3)
        phones.went_out.append(Sent("p-1", ANA, "Go on.", clock.at))
        phones.went_out.append(Sent("p-2", ANA, "You said x.", clock.at))
        await look(node, 20 * MINUTE)
        await node.until(lambda: statuses(node), ["unknown", "delivered", "unknown"])


async def test_a_report_that_comes_meanwhile_is_not_undone(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await unknown(node)
        mine = (await node.thread())[-1].id
        rows = await node.db.read(store.unknown_sends, WORKSPACE, "one", clock.at, 10)
        await node.status("delivered", "p-9", message_id=mine)
        nothing = [reconcile.Looked(row, Found((), (), True)) for row in rows]
        done = await node.db.write(reconcile.settle, WORKSPACE, nothing, clock.at + DAY, True)
        assert (done.found, done.not_sent, done.queued) == ([], [], [])
        assert await statuses(node) == ["delivered"]


# --- Who reads


async def test_one_of_two_reads(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await begun(node)
        clock.at += EVERY
        phones.asked.clear()
        phones.gate.clear()
        first = asyncio.create_task(reconciler(node).once())
        while not phones.asked:
            await asyncio.sleep(0.01)
        second = reconciler(node)
        assert not await second.once()
        phones.gate.set()
        assert await first
        assert not await second.once(), "and it is not read again before its time"
        assert len(phones.asked) == 1


async def test_another_takes_over_from_one_that_died(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await begun(node)
        clock.at += EVERY
        phones.had("book", clock.at - MINUTE)
        phones.gate.clear()
        frozen = asyncio.create_task(reconciler(node).once())
        while not phones.asked:
            await asyncio.sleep(0.01)
        clock.at += reconcile.LEASE
        other = reconciler(node)
        taking_over = asyncio.create_task(other.once())
        while len(phones.asked) < 2:
            await asyncio.sleep(0.01)
        phones.gate.set()
        assert await taking_over
        assert await frozen
        await node.until(lambda: taken(node), ["book"])


async def test_a_node_that_stops_gives_the_line_back(db: Db, phones: Listing, clock: Clock) -> None:
    async with working(db, phones=phones, clock=clock) as node:
        await due(node)
        phones.gate.clear()
        leaving = reconciler(node)
        clock.at += MINUTE
        task = asyncio.create_task(leaving.run())
        while not phones.asked:
            await asyncio.sleep(0.01)
        leaving.stop()
        async with asyncio.timeout(5):
            await task
        phones.gate.set()
        assert await reconciler(node).once()


async def test_a_road_reads_when_it_starts(db: Db, phones: Listing, clock: Clock) -> None:
    await db.write(store.begin, WORKSPACE, ["one"], clock.at)
    await db.write(store.take, WORKSPACE, ["one"], "a node that died", clock.at, clock.at + MINUTE)
    clock.at += 5 * MINUTE
    phones.had("book", clock.at - MINUTE)
    lines = {"one": Line("one", phones, LINE)}
    road = Road(db, WORKSPACE, lines, Shelf(WORKSPACE, bot()), now=clock, reconcile_every=EVERY)
    node = Working(db, road, phones, clock)
    await road.start()
    await phones.took(1)
    assert await taken(node) == ["book"]
    assert road.alive
    await road.stop()


@pytest.mark.parametrize("every", [0, EVERY])
async def test_nothing_is_read_where_there_is_nothing_to_read(file_db: Db, phones: Listing, every: int) -> None:
    async with working(file_db, phones=phones if every == 0 else Phones()) as node:
        assert not reconciler(node, every=every).wanted
