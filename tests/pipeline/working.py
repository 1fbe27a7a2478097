"""A road at work in a test: a real database, a provider that does as it is told, and a clock that a test sets."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Row

from tests.engine.talk import BOT, flow
from textback.channels.base import Accepted, Failure, Outgoing, Webhook
from textback.core.ids import new_id
from textback.core.messages import Channel
from textback.core.when import to_ms
from textback.engine.arrivals import DeliveryStatus, Message
from textback.engine.bot import Bot
from textback.engine.load import load_bot
from textback.pipeline.accept import incoming
from textback.pipeline.bots import Shelf
from textback.pipeline.hooks import RETRIES, Posts
from textback.pipeline.lines import Line, room_for_files
from textback.pipeline.media import Keeping
from textback.pipeline.perform import Performs
from textback.pipeline.road import Road
from textback.pipeline.shortener import Shortener
from textback.pipeline.thinker import AsksModels
from textback.store import desk, inbox, outbox
from textback.store.db import Db, Tx

ANA, BEN, CAT = "+12065550123", "+12065550124", "+12065550125"
LINE = "+12065550100"
WORKSPACE = "default"

ECHO = """
- ask: words
  text: Go on.
- say: You said {{ words }}.
"""


def moment(text: str, zone: str = "America/Los_Angeles") -> int:
    """A time on the wall clock of Seattle, where the numbers of these tests are, in ms."""
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


NOON = moment("2026-06-03T12:00")


class Clock:
    """The road's time. It stands still until a test moves it."""

    def __init__(self, at: int = NOON) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


Answer = Accepted | Failure


class Phones:
    """A provider that takes every text unless told otherwise. `sent` is what it was given, in order."""

    name: ClassVar[str] = "scripted"
    content_types: ClassVar[tuple[str, ...]] = ("application/json",)
    acknowledgement: ClassVar[tuple[str, bytes]] = ("application/json", b"{}")

    def __init__(self, keywords: Mapping[str, frozenset[str]] | None = None) -> None:
        self.keywords: Mapping[str, frozenset[str]] = keywords or {}
        self.sent: list[Outgoing] = []
        self.at_once: dict[str, int] = {}
        self.most_at_once = 0
        self._script: dict[str, deque[Answer | asyncio.Future[Answer]]] = {}
        self._held: list[asyncio.Future[Answer]] = []
        self._came = asyncio.Event()

    def verify(self, webhook: Webhook, now: int) -> None:
        """Nothing comes by webhook here."""

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """Nothing comes by webhook here."""
        return []

    def answer(self, number: str, *answers: Answer) -> None:
        """Answer the next texts to this number like this."""
        self._script.setdefault(number, deque()).extend(answers)

    def hold(self, number: str) -> asyncio.Future[Answer]:
        """The next text to this number gets its answer when the test sets it."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._script.setdefault(number, deque()).append(future)
        self._held.append(future)
        return future

    def release(self) -> None:
        """Take whatever is still held."""
        for future in self._held:
            if not future.done():
                future.set_result(Accepted(new_id()))

    async def send(self, outgoing: Outgoing) -> Answer:
        """Take one text."""
        number = outgoing.recipient
        self.sent.append(outgoing)
        self._came.set()
        self.at_once[number] = self.at_once.get(number, 0) + 1
        self.most_at_once = max(self.most_at_once, self.at_once[number])
        script = self._script.get(number)
        answer = script.popleft() if script else Accepted(f"p-{outgoing.message_id}")
        if isinstance(answer, asyncio.Future):
            answer = await answer
        self.at_once[number] -= 1
        return answer

    def texts(self, number: str | None = None) -> list[str]:
        """The words that were sent, to one number or to all."""
        return [one.text for one in self.sent if number in (None, one.recipient)]

    async def took(self, count: int, number: str | None = None) -> list[str]:
        """Return once that many texts were sent."""
        async with asyncio.timeout(6):
            while len(self.texts(number)) < count:
                self._came.clear()
                await self._came.wait()
        return self.texts(number)


def bot(steps: str = ECHO) -> Bot:
    """A bot with one flow that BOOK starts."""
    return load_bot({"bot.yml": BOT, "flows/main.yml": flow(steps, start="book")}, 1)


class Working:
    """One node at work, and what can be seen of it."""

    family = "phone"
    """Of the addresses that its line knows contacts by."""

    def __init__(self, db: Db, road: Road, phones: Phones, clock: Clock) -> None:
        self.db = db
        self.road = road
        self.phones = phones
        self.clock = clock

    async def text(
        self, words: str, number: str = ANA, *, id_: str = "", line: str = "one", keyword: str | None = None,
        wait: float = 15.0,
    ) -> str:  # fmt: skip
        """A contact texts; returns when the turn is done."""
        message = Message(number, LINE, words, id_ or new_id(), keyword=keyword)
        return (await self.road.receive(line, [message], wait=wait))[0]

    async def status(self, status: str, provider_id: str, number: str = ANA, **more: Any) -> None:
        """The provider reports on a text of ours; returns when the turn is done."""
        arrival = msgspec.convert(
            {"kind": "status", "provider_id": provider_id, "recipient": number, "status": status, **more},
            DeliveryStatus,
        )
        await self.road.receive("one", [arrival], wait=15.0)

    async def home(self, number: str = ANA) -> inbox.Home:
        """Where a number lives."""
        key = (self.family, number)
        return (await self.db.read(inbox.find_homes, WORKSPACE, [key]))[key]

    async def conversation(self, number: str = ANA) -> Row[Any]:
        """The conversation's row."""
        home = await self.home(number)
        row = await self.db.read(desk.conversation, WORKSPACE, home.contact_id, home.bucket)
        assert row is not None
        return row

    async def thread(self, number: str = ANA) -> list[Row[Any]]:
        """The messages of a conversation, oldest first."""
        home = await self.home(number)
        return await self.db.read(desk.thread, home.contact_id, home.bucket, 1000)

    async def ours(self, number: str = ANA) -> list[tuple[str, str, str]]:
        """Our own texts of a conversation: words, status, rule."""
        return [(row.text, row.status, row.rule) for row in await self.thread(number) if row.direction == "out"]

    async def events(self, *kinds: str, number: str = ANA) -> list[tuple[str, dict[str, Any]]]:
        """The record of a conversation."""
        home = await self.home(number)
        rows = await self.db.read(desk.happenings, home.contact_id, home.bucket, "", kinds or desk.SHOWN)
        return [(row.kind, row.data) for row in rows]

    async def consent(self, number: str = ANA) -> list[tuple[str, str, str, str]]:
        """The consent record, oldest first: type, rule, matched by, words."""
        home = await self.home(number)
        rows = await self.db.read(desk.consent_log, home.contact_id, 100)
        return [(e.row["type"], e.row["rule"], e.row["matched_by"], e.words) for e in reversed(rows)]

    async def timers(self, number: str = ANA) -> dict[str, int]:
        """The timers that are set: key and due time."""
        home = await self.home(number)
        return {row.key: row.due_at for row in await self.db.read(desk.open_timers, home.contact_id, home.bucket)}

    async def until(self, check: Callable[[], Awaitable[object]], wanted: object) -> None:
        """Return once the check gives what is wanted; looks again whenever a conversation has changed."""
        found = await check()
        try:
            async with asyncio.timeout(6), self.road.hub.subscribe() as changes:
                while (found := await check()) != wanted:
                    await changes.changes(0.05)
        except TimeoutError:
            assert found == wanted

    async def throttled(self, count: int = 1) -> None:
        """Return once this many texts wait for their next try."""

        def waiting(tx: Tx) -> bool:
            due = outbox.next_due(tx)
            return due is not None and due > self.clock() and outbox.depth(tx) == {"queued": count}

        await self.until(lambda: self.db.read(waiting), True)

    async def becomes(self, *wanted: tuple[str, str, str], number: str = ANA) -> None:
        """Return once our texts of a conversation are these: words, status, rule."""
        await self.until(lambda: self.ours(number), list(wanted))


def make(
    db: Db,
    bot_: Bot | None = None,
    *,
    phones: Phones | None = None,
    clock: Clock | None = None,
    rate: float | None = None,
    reply_max_age: int = 0,
    shortener: Shortener | None = None,
    performs: Performs | None = None,
    models: AsksModels | None = None,
    posts: Posts | None = None,
    hook_retries: Sequence[int] = RETRIES,
    one: tuple[Channel, ...] = ("sms",),
    keeping: Keeping | None = None,
) -> Working:
    """A node with the lines `one` and `two`, not started yet. `one` are the channels of the first."""
    phones, clock = phones or Phones(), clock or Clock()
    lines = {
        "one": Line("one", phones, LINE, one, rate=rate, offers=one == ("web",), attaches=room_for_files(phones)),
        "two": Line("two", phones, LINE, rate=rate),
    }
    shelf = Shelf(WORKSPACE, bot_ or bot())
    road = Road(
        db, WORKSPACE, lines, shelf, now=clock, reply_max_age=reply_max_age, shortener=shortener, performs=performs,
        models=models, posts=posts, hook_retries=hook_retries, keeping=keeping,
    )  # fmt: skip
    return Working(db, road, phones, clock)


@asynccontextmanager
async def working(db: Db, bot_: Bot | None = None, **more: Any) -> AsyncIterator[Working]:
    """A node at work. At the end, whatever the provider still holds is taken, and the node stops."""
    node = make(db, bot_, **more)
    await node.road.start()
    try:
        yield node
    finally:
        node.phones.release()
        async with asyncio.timeout(20):
            await node.road.stop()


async def store(db: Db, *messages: Message) -> None:
    """Texts that a node stored before it died: nobody has handled them."""
    await db.write(inbox.store_arrivals, WORKSPACE, [incoming("one", one) for one in messages], {}, NOON)


def count_pending(tx: Tx) -> int:
    """How many arrivals wait for their turn."""
    return inbox.backlog(tx)
