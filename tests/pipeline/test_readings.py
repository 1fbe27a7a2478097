"""What a text wants is read outside of the transactions of turns, and only where a turn can't do without."""

import threading

import msgspec
import pytest
from sqlalchemy import select

from tests.engine.talk import BOT, flow
from tests.pipeline.working import ANA, BEN, CAT, Working, count_pending, make, store, working
from textback.core.ids import new_id
from textback.engine.arrivals import Message
from textback.engine.bot import Answer, Bot, Understood
from textback.engine.load import load_bot
from textback.pipeline import readings
from textback.store.db import Db, Tx
from textback.store.tables import turns

WHEN = "so when can I come by"
HOURS = flow("- say: Tue to Sat.", start="hours", name="hours")
SONG = flow("- say: La la.", start="sing", name="song")
LOST = "Sorry, I didn't understand that. Reply PERSON to get a person."


class Reader:
    """Reads that WHEN wants the hours. While `gate` is shut it reads nothing; it may also break."""

    def __init__(self, *, broken: bool = False, shut: bool = False) -> None:
        self.read_: list[tuple[str, str]] = []
        self.began = threading.Event()
        self.gate = threading.Event()
        self.broken = broken
        if not shut:
            self.gate.set()

    def read(self, text: str) -> Understood:
        self.read_.append((text, threading.current_thread().name))
        self.began.set()
        if self.broken:
            raise ValueError("no such model")
        self.gate.wait(10)
        return Understood(("hours",), True, 0.97) if text == WHEN else Understood()

    @property
    def texts(self) -> list[str]:
        return [text for text, _ in self.read_]


def bot(reader: Reader) -> Bot:
    files = {"bot.yml": BOT, "flows/hours.yml": HOURS, "flows/song.yml": SONG}
    return msgspec.structs.replace(load_bot(files, 1), recogniser=reader)


async def checks(node: Working, arrival_id: str) -> dict[str, str]:
    """The trace of one text: what was asked of it, and what came of that."""

    def trace(tx: Tx) -> str:
        return str(tx.execute(select(turns.c.trace).where(turns.c.id == arrival_id)).scalar_one())

    return {check["name"]: check["result"] for check in msgspec.json.decode(await node.db.read(trace))["checks"]}


async def test_a_text_is_read_in_a_thread_of_its_own_and_then_answered(db: Db) -> None:
    reader = Reader()
    async with working(db, bot(reader)) as node:
        trace = await checks(node, await node.text(WHEN))
        assert await node.phones.took(1) == ["Tue to Sat."]
    [(text, thread)] = reader.read_
    assert text == WHEN
    assert thread.startswith("textback-read")
    assert trace["Intents"] == "hours (97%)"


async def test_other_conversations_are_answered_while_a_text_is_read_and_ones_own_texts_wait_their_turn(db: Db) -> None:
    reader = Reader(shut=True)
    async with working(db, bot(reader)) as node:
        await node.text(WHEN, wait=0)
        await node.text("sing", BEN)
        await node.text("sing", wait=0)
        await node.text("sing", CAT)
        assert await node.phones.took(2) == ["La la.", "La la."]
        assert node.phones.texts(ANA) == []
        reader.gate.set()
        assert await node.phones.took(2, ANA) == ["Tue to Sat.", "La la."]
        assert [row.text for row in await node.thread() if row.direction == "in"] == [WHEN, "sing"]
        row = await node.conversation()
        assert (row.unread, row.message_count) == (2, 4)


async def test_what_needs_no_reading_is_not_read(db: Db) -> None:
    reader = Reader()
    async with working(db, bot(reader)) as node:
        for words in ("sing", "hours", "HELP", "STOP", "START"):
            await node.text(words)
    assert reader.read_ == []


async def test_a_text_that_many_send_is_read_once(db: Db) -> None:
    reader = Reader(shut=True)
    async with working(db, bot(reader)) as node:
        for number in (ANA, BEN, CAT):
            await node.text(WHEN, number, wait=0)
        reader.gate.set()
        assert await node.phones.took(3) == ["Tue to Sat."] * 3
        await node.text(WHEN)
    assert reader.texts == [WHEN]


async def test_only_so_many_readings_are_kept(file_db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "KEEP", 2)
    reader = Reader()
    async with working(file_db, bot(reader)) as node:
        for number, words in ((ANA, WHEN), (BEN, "one"), (ANA, WHEN), (CAT, "two"), (ANA, "one")):
            await node.text(words, number)
    assert reader.texts == [WHEN, "one", "two", "one"]


async def test_a_text_that_can_not_be_read_counts_as_not_understood_and_the_trace_says_so(db: Db) -> None:
    async with working(db, bot(Reader(broken=True))) as node:
        trace = await checks(node, await node.text(WHEN))
        assert await node.phones.took(1) == [LOST]
    assert trace["Intents"] == "not read: reading it failed"


async def test_a_reading_that_takes_too_long_counts_as_not_understood(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "LIMIT", 0.05)
    reader = Reader(shut=True)
    async with working(db, bot(reader)) as node:
        trace = await checks(node, await node.text(WHEN))
        assert await node.phones.took(1) == [LOST]
        reader.gate.set()
    assert trace["Intents"] == "not read: it took too long"


async def test_a_text_that_was_being_read_when_the_node_went_is_answered_by_the_next(db: Db) -> None:
    reader = Reader(shut=True)
    async with working(db, bot(reader)) as node:
        await node.text(WHEN, wait=0)
        await node.text("sing", wait=0)
        await node.text("sing", BEN)
        reader.began.wait(5)
    assert await db.read(count_pending) == 2
    reader.gate.set()
    async with working(db, bot(Reader())) as node:
        assert await node.phones.took(2, ANA) == ["Tue to Sat.", "La la."]
    assert await db.read(count_pending) == 0


async def test_more_texts_than_a_batch_can_wait_for_their_reading(db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textback.pipeline.road.TURNS", 4)
    reader = Reader(shut=True)
    numbers = [f"+1206555{n:04}" for n in range(100, 112)]
    await store(db, *(Message(number, "+12065550100", WHEN, new_id()) for number in numbers))
    node = make(db, bot(reader))
    await node.road.start()
    try:
        await node.text("sing", BEN)
        assert await node.phones.took(1) == ["La la."]
        reader.gate.set()
        await node.phones.took(13)
        assert {number: node.phones.texts(number) for number in numbers} == {key: ["Tue to Sat."] for key in numbers}
    finally:
        await node.road.stop()


class Knowing:
    """Knows one thing."""

    def __init__(self) -> None:
        self.threads: list[str] = []

    def answer(self, text: str, locale: str, now: int) -> Answer:
        self.threads.append(threading.current_thread().name)
        return Answer("We close at six.", 0.9, "hours.md", "opening hours") if "close" in text else Answer()


async def test_what_answers_a_text_is_looked_up_there_too_and_once(db: Db) -> None:
    knowing, reader = Knowing(), Reader()
    taught = msgspec.structs.replace(bot(reader), answerer=knowing)
    async with working(db, taught) as node:
        await node.text("when do you close", ANA)
        await node.text("when do you close", BEN)
        await node.text("blue suede shoes", CAT)
        assert await node.phones.took(3) == ["We close at six.", "We close at six.", LOST]
    assert [name.startswith("textback-read") for name in knowing.threads] == [True, True]
