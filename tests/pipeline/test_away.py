"""The provider away: every kind of failure through the real client, texts wait in order, and other lines go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from tests.pipeline.working import ANA, BEN, CAT, LINE, NOON, WORKSPACE, Clock, Phones, Working, bot, working
from tests.support.fake_provider import HANG, NUMBER, RESET, Answer, FakeProvider
from textback.channels.base import Accepted, Failure
from textback.channels.client import Session
from textback.channels.registry import PROVIDERS
from textback.core.ids import new_id
from textback.core.when import DAY, HOUR, MINUTE, SECOND
from textback.engine.arrivals import AgentReply, ApiSend
from textback.pipeline import breaker, deliver
from textback.pipeline.bots import Shelf
from textback.pipeline.breaker import AFTER
from textback.pipeline.deliver import KEEP
from textback.pipeline.lines import Line
from textback.pipeline.road import Road
from textback.store import outbox
from textback.store.db import Db, Tx
from textback.store.tables import dead_letters

OK = "accepted"
AWAY = Failure("retry", "", "The provider could not be reached.")
KEY = Failure("misconfigured", "20003", "Twilio answered 401, code 20003.")


def phone(n: int) -> str:
    return f"+120655501{n:02}"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probes follow each other quickly, and the outbox is looked at often."""
    monkeypatch.setattr(breaker, "FIRST", 0.05)
    monkeypatch.setattr(breaker, "MOST", 0.05)
    monkeypatch.setattr(deliver, "POLL", 0.02)
    monkeypatch.setattr(deliver, "LATE_EVERY", 0.02)


async def why(node: Working, line: str = "one") -> tuple[str, str]:
    condition = node.road.conditions()[line]
    return ("closed" if condition.state == "closed" else "paused"), condition.why


async def fail(node: Working, failure: Failure, count: int = AFTER, line: str = "one") -> list[str]:
    """That many people text; each answer fails like this once."""
    numbers = [phone(n) for n in range(count)]
    for number in numbers:
        node.phones.answer(number, failure)
        await node.text("BOOK", number, line=line)
    return numbers


# The breaker at work


@pytest.mark.parametrize("failure", [AWAY, Failure("throttled", "429"), Failure("unknown", "503")])
async def test_a_line_that_is_away_claims_nothing_and_other_lines_go_on(db: Db, failure: Failure) -> None:
    async with working(db) as node:
        await fail(node, failure)
        await node.until(lambda: why(node), ("paused", "away"))
        sent = len(node.phones.sent)
        await node.text("BOOK", ANA)
        await node.text("BOOK", BEN, line="two")
        await node.phones.took(1, BEN)
        assert [status for _, status, _ in await node.ours(ANA)] == ["queued"]
        assert len(node.phones.sent) == sent + 1
        assert await why(node, "two") == ("closed", "")


@pytest.mark.usefixtures("quick")
async def test_it_is_tried_again_with_one_text_and_then_all_of_them_go_once_each(db: Db) -> None:
    async with working(db) as node:
        numbers = await fail(node, AWAY)
        await node.until(lambda: why(node), ("paused", "away"))
        held = node.phones.hold(ANA)
        await node.text("BOOK", ANA)
        await node.phones.took(1, ANA)  # the probe
        await node.text("BOOK", BEN)
        node.clock.at += 30 * SECOND
        await asyncio.sleep(0.2)
        assert node.phones.texts(BEN) == []
        held.set_result(Accepted("p-1"))
        await node.phones.took(1, BEN)
        for number in numbers:
            await node.becomes(("Go on.", OK, "C2"), number=number)
        assert await why(node) == ("closed", "")
        assert len(node.phones.sent) == 2 * AFTER + 2


async def test_what_waits_for_a_line_that_is_away_is_withdrawn_by_stop(db: Db) -> None:
    async with working(db) as node:
        await fail(node, AWAY)
        await node.until(lambda: why(node), ("paused", "away"))
        await node.text("BOOK", ANA)
        await node.text("STOP", ANA, keyword="stop")
        assert await node.ours(ANA) == [("Go on.", "canceled", "O6")]


@pytest.mark.usefixtures("quick")
async def test_what_gets_too_old_meanwhile_is_shown_and_not_sent(db: Db) -> None:
    async with working(db, reply_max_age=HOUR) as node:
        numbers = await fail(node, AWAY)
        await node.until(lambda: why(node), ("paused", "away"))
        for number in numbers:
            node.phones.answer(number, *[AWAY] * 50)
        node.phones.answer(ANA, *[AWAY] * 50)
        await node.text("BOOK", ANA)
        node.clock.at += HOUR
        await node.becomes(("Go on.", "expired", "Q4"), number=ANA)


# An account that is refused


@pytest.mark.usefixtures("quick")
async def test_a_wrong_key_burns_no_text_and_is_said_aloud_once(file_db: Db) -> None:
    with structlog.testing.capture_logs() as logs:
        async with working(file_db) as node:
            numbers = await fail(node, KEY)
            await node.until(lambda: why(node), ("paused", "misconfigured"))
            for number in numbers:
                await node.becomes(("Go on.", "queued", "C2"), number=number)
            node.clock.at += 10 * MINUTE  # the key is put right
            for number in numbers:
                await node.becomes(("Go on.", OK, "C2"), number=number)
    said = [(one["event"], one["log_level"]) for one in logs if one["event"].startswith("line ")]
    assert said == [("line misconfigured", "error"), ("line paused", "error"), ("line works again", "info")]
    assert not any(number in str(logs) for number in numbers)


async def test_a_text_that_an_account_could_not_send_for_a_day_is_given_up(db: Db) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, KEY, KEY)
        await node.text("BOOK", ANA)
        await node.phones.took(1)
        await node.throttled()
        node.clock.at += KEEP
        await node.becomes(("Go on.", "failed", "misconfigured"))
        assert KEEP == DAY


# Slots


@pytest.mark.usefixtures("quick")
async def test_a_line_whose_posts_hang_takes_no_slots_from_another(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver.Deliverer.__init__, "__kwdefaults__", {**_defaults(), "most": 4})
    async with working(db) as node:
        for n in range(8):
            node.phones.hold(phone(n))
            await node.text("BOOK", phone(n))
        await node.phones.took(4)
        for number in (ANA, BEN, CAT):
            await node.text("BOOK", number, line="two")
            await node.phones.took(1, number)
        await asyncio.sleep(0.1)
        assert len(node.phones.sent) == 4 + 3
        node.phones.release()
        await node.phones.took(8 + 3)


def _defaults() -> dict[str, Any]:
    return dict(deliver.Deliverer.__init__.__kwdefaults__ or {})


# Replies that come too late


async def test_an_answer_that_is_too_old_is_shown_as_such(db: Db) -> None:
    async with working(db, reply_max_age=HOUR) as node:
        node.phones.answer(ANA, Failure("throttled", retry_after=3600))
        await node.text("BOOK")
        await node.throttled()
        node.clock.at += HOUR + SECOND
        await node.becomes(("Go on.", "expired", "Q4"))
        await node.text("blue")
        assert await node.phones.took(2) == ["Go on.", "You said blue."]


async def test_a_text_that_waited_too_long_for_its_turn_gets_no_answer(db: Db) -> None:
    async with working(db, reply_max_age=HOUR) as node:
        monkey = node.road._turns
        late = Clock(NOON + HOUR)
        run = monkey.run
        monkey.run = lambda tx, now, *more: run(tx, late(), *more)  # type: ignore[method-assign]
        await node.text("BOOK")
        assert await node.ours() == [("Go on.", "expired", "Q4")]
        assert node.phones.sent == []


async def test_what_a_person_or_a_program_sends_does_not_get_too_old(db: Db) -> None:
    async with working(db, reply_max_age=HOUR) as node:
        node.phones.answer(ANA, *[Failure("throttled", retry_after=3600)] * 2)
        contact = await node.road.send_to(
            "one", ANA, ApiSend("crm", "Ready.", new_id(), message_class="conversational")
        )
        await node.throttled()
        node.clock.at += 2 * HOUR
        await node.phones.took(2)
        await node.throttled()
        node.clock.at += 2 * HOUR
        await node.becomes(("Ready.", OK, "C3"))
        await node.text("BOOK", BEN)
        await node.phones.took(1, BEN)
        node.phones.answer(ANA, Failure("throttled", retry_after=3600))
        await node.road.post(contact, AgentReply("u1", "Sam", "Hello.", new_id()), wait=15)
        await node.throttled()
        node.clock.at += 2 * HOUR
        await node.becomes(("Ready.", OK, "C3"), ("Hello.", OK, "C3"))


async def test_without_a_limit_every_answer_goes(file_db: Db) -> None:
    async with working(file_db, reply_max_age=0) as node:
        node.phones.answer(ANA, Failure("throttled", retry_after=3600))
        await node.text("BOOK")
        await node.throttled()
        node.clock.at += 5 * HOUR
        await node.becomes(("Go on.", OK, "C2"))


# Through the real client


class Real:
    """A node whose line `one` posts to a fake provider over the network."""

    def __init__(self, node: Working, fake: FakeProvider, http: Session) -> None:
        self.node = node
        self.fake = fake
        self.http = http


@pytest.fixture(params=["telnyx", "twilio"])
async def real(request: pytest.FixtureRequest, db: Db, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Real]:
    """Each provider on each database."""
    monkeypatch.setattr(deliver, "POLL", 0.02)
    async with AsyncExitStack() as stack:
        fake = await stack.enter_async_context(FakeProvider())
        http = await stack.enter_async_context(Session())
        options = fake.telnyx_options() if request.param == "telnyx" else fake.twilio_options()
        clock, phones = Clock(), Phones()
        lines = {
            "one": Line("one", PROVIDERS[request.param].make(NUMBER, options, http), LINE),
            "two": Line("two", phones, LINE),
        }
        road = Road(db, WORKSPACE, lines, Shelf(WORKSPACE, bot()), now=clock)
        await road.start()
        try:
            yield Real(Working(db, road, phones, clock), fake, http)
        finally:
            phones.release()
            await road.stop()


def waiting(tx: Tx) -> dict[str, int]:
    return outbox.depth(tx)


@pytest.mark.parametrize(
    ("answer", "earliest", "latest"),
    [
        (Answer(429, {}, {"Retry-After": "120"}), 120, 121),
        (Answer(429, {}), 0.5, 1.5),
        (Answer(429, {}, {"Retry-After": "never"}), 0.5, 1.5),
    ],
)
async def test_throttling_is_waited_out(real: Real, answer: Answer, earliest: float, latest: float) -> None:
    node = real.node
    real.fake.misbehave(answer)
    await node.text("BOOK")
    await node.throttled()
    due = await node.db.read(outbox.next_due)
    assert due is not None
    assert earliest * SECOND <= due - NOON <= latest * SECOND
    await node.text("blue")  # its answer waits behind the first
    assert len(real.fake.posts) == 1
    node.clock.at = due
    await node.becomes(("Go on.", OK, "C2"), ("You said blue.", OK, "C2"))
    words = [posted.fields().get("text") or posted.fields().get("Body") for posted in real.fake.posts]
    assert words == ["Go on.", "Go on.", "You said blue."]


@pytest.mark.parametrize(
    "answer",
    [Answer(500, {}), Answer(503, b"<html>"), RESET, HANG, Answer(200, b"<html>"), Answer(200, {"data": []})],
    ids=["500", "503", "reset", "hang", "not JSON", "wrong JSON"],
)
async def test_what_may_have_gone_is_never_posted_again_and_holds_nothing_back(real: Real, answer: Answer) -> None:
    node = real.node
    real.fake.misbehave(answer)
    real.http._total = 0.3 if answer is HANG else 15.0
    await node.text("BOOK")
    await node.becomes(("Go on.", "unknown", "C2"))
    real.http._total = 15.0
    node.clock.at += HOUR
    await node.text("blue")
    await node.becomes(("Go on.", "unknown", "C2"), ("You said blue.", OK, "C2"))
    assert len(real.fake.posts) == 2


async def test_an_answer_that_comes_drop_by_drop_is_cut_off_in_time(db: Db) -> None:
    gone = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b"x" * 9999:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.transport.abort()
        gone.set()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    fake = FakeProvider()
    fake.url = f"http://127.0.0.1:{address[1]}"
    async with Session(total=0.2) as http:
        provider = PROVIDERS["telnyx"].make(NUMBER, fake.telnyx_options(), http)
        road = Road(db, WORKSPACE, {"one": Line("one", provider, LINE)}, Shelf(WORKSPACE, bot()), now=Clock())
        node = Working(db, road, Phones(), Clock())
        await road.start()
        try:
            await node.text("BOOK")
            await node.becomes(("Go on.", "unknown", "C2"))
        finally:
            await road.stop()
            server.close()
            await gone.wait()


async def test_a_provider_that_nobody_answers_for_is_waited_for(real: Real) -> None:
    """Nothing listens where it was: nothing was sent, so everything may be tried again."""
    node, fake = real.node, real.fake
    await fake._runner.cleanup()
    for n in range(AFTER):
        await node.text("BOOK", phone(n))
    await node.until(lambda: why(node), ("paused", "away"))
    await node.text("BOOK", ANA)
    await node.text("BOOK", BEN, line="two")
    await node.phones.took(1, BEN)
    assert [status for _, status, _ in await node.ours(ANA)] == ["queued"]
    await node.until(lambda: node.db.read(waiting), {"queued": AFTER + 1})
    assert fake.posts == []


def no_letters(tx: Tx) -> list[Any]:
    return list(tx.execute(select(dead_letters)))


async def test_a_wrong_key_keeps_the_texts(real: Real) -> None:
    node, fake = real.node, real.fake
    fake.misbehave(*[Answer(401, {})] * AFTER)
    for n in range(AFTER):
        await node.text("BOOK", phone(n))
    await node.until(lambda: why(node), ("paused", "misconfigured"))
    await node.until(lambda: node.db.read(waiting), {"queued": AFTER})
    assert await node.db.read(no_letters) == []
