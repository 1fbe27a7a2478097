"""Texts that come within the bot's window are one turn; consent words never wait; a crash loses none of them."""

import asyncio
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from tests.engine.talk import BOT, flow
from tests.pipeline.test_readings import Reader, checks
from tests.pipeline.working import ANA, BEN, ECHO, LINE, NOON, Working, count_pending, store, working
from textback.core.ids import new_id
from textback.engine.arrivals import Media, Message, Takeover
from textback.engine.bot import Bot
from textback.engine.load import check_bot, load_bot
from textback.pipeline.bursts import Plan, plan, whole
from textback.store.db import Db

WINDOW = 200
SECRET = """
- ask: code
  text: Your code?
  sensitive: true
- say: Thanks.
"""


def bot(steps: str = ECHO) -> Bot:
    return load_bot({"bot.yml": f"{BOT}burst: 0.2s\n", "flows/main.yml": flow(steps, start="book")}, 1)


async def stored(node: Working, *words: str, number: str = ANA) -> list[str]:
    """These texts came, and each is on disk; their turn may be still to come."""
    return [await node.text(one, number, wait=0) for one in words]


async def heard(node: Working) -> list[str]:
    return [row.text for row in await node.thread() if row.direction == "in"]


async def started(node: Working) -> None:
    """Ana is asked for words."""
    await stored(node, "BOOK")
    node.clock.at += WINDOW
    await node.phones.took(1, ANA)


async def quiet(node: Working) -> None:
    """Everything that can have its turn now has had it."""
    await node.text("BOOK", BEN, wait=0)
    await asyncio.sleep(0.3)


async def test_texts_within_the_window_are_answered_together_and_shown_one_by_one(db: Db) -> None:
    async with working(db, bot()) as node:
        await started(node)
        first, second = await stored(node, "blue", "green")
        await quiet(node)
        assert len(node.phones.texts(ANA)) == 1
        node.clock.at += WINDOW
        assert await node.phones.took(2, ANA) == ["Go on.", "You said blue\ngreen."]
        assert await heard(node) == ["BOOK", "blue", "green"]
        assert (await node.conversation()).unread == 3
        assert (await checks(node, first))["Burst"] == "heard together with the text that followed"
        assert (await checks(node, second))["Burst"] == "heard together with 1 before it"
        assert await node.events("heard_together") == [("heard_together", {"texts": [first]})]


async def test_every_text_begins_the_window_anew_but_not_for_ever(db: Db) -> None:
    async with working(db, bot()) as node:
        await started(node)
        for word in "abcdefg":
            await stored(node, word)
            node.clock.at += WINDOW * 3 // 4
        # They came at 0, 150, … 900 ms, and the first waits for 800 ms.
        node.clock.at += WINDOW
        sent = await node.phones.took(2, ANA)
        assert sent[1].startswith("You said a\nb\nc\nd\ne\nf")
        assert "g" not in sent[1].split("\n")[-1]


async def test_consent_words_never_wait_nor_does_what_came_before_them(db: Db) -> None:
    async with working(db, bot()) as node:
        await started(node)
        await stored(node, "blue")
        await node.text("STOP")
        assert (await node.conversation()).opted_out
        assert await heard(node) == ["BOOK", "blue", "STOP"]
        assert (await node.ours())[1] == ("You said blue.", "canceled", "O6")
        sent = await node.phones.took(2, ANA)
        assert sent[1].startswith("Harbor Cycle Works: you are unsubscribed")


async def test_a_stop_among_the_texts_of_a_burst_counts(db: Db) -> None:
    await store(db, *(Message(ANA, LINE, words, new_id()) for words in ("hello", "Stop!", "BOOK")))
    async with working(db, bot()) as node:
        node.clock.at = NOON + WINDOW
        await node.until(lambda: db.read(count_pending), 0)
        assert (await node.conversation()).opted_out


async def test_a_crash_within_the_window_loses_nothing(db: Db) -> None:
    async with working(db, bot()) as node:
        await started(node)
        await stored(node, "blue", "green")
    assert await db.read(count_pending) == 2
    async with working(db, bot()) as node:
        await stored(node, "red")
        node.clock.at = NOON + 2 * WINDOW
        assert await node.phones.took(1, ANA) == ["You said blue\ngreen\nred."]


async def test_what_a_person_does_does_not_wait_for_a_burst(db: Db) -> None:
    async with working(db, bot()) as node:
        await started(node)
        await stored(node, "blue")
        home = await node.home()
        await node.road.post(home.contact_id, Takeover("u1", "Mara"), wait=15.0)
        assert (await node.conversation()).owner_kind == "person"
        assert await heard(node) == ["BOOK", "blue"]
        await node.text("thanks")  # nobody waits to hear it together with others
        assert await heard(node) == ["BOOK", "blue", "thanks"]


async def test_a_sensitive_answer_in_two_texts_is_hidden_in_both(db: Db) -> None:
    async with working(db, bot(SECRET)) as node:
        await started(node)
        await stored(node, "1234", "5678")
        node.clock.at += WINDOW
        assert await node.phones.took(2, ANA) == ["Your code?", "Thanks."]
        assert await heard(node) == ["BOOK", "•••", "•••"]


async def test_a_burst_that_has_to_be_read_is_written_when_it_was(db: Db) -> None:
    reader = Reader(shut=True)
    async with working(db, msgspec.structs.replace(bot(), recogniser=reader)) as node:
        await stored(node, "well", "you know")
        node.clock.at += WINDOW
        assert await asyncio.to_thread(reader.began.wait, 5)
        assert await heard(node) == []
        reader.gate.set()
        await node.phones.took(1)
        assert await heard(node) == ["well", "you know"]
    assert reader.texts == ["well\nyou know"]


# The plan


def row(id_: str, at: int, contact: str = "c", kind: str = "message", line: str = "one") -> Any:
    return SimpleNamespace(id=id_, received_at=at, contact_id=contact, kind=kind, line=line)


def planned(rows: list[Any], now: int, *, but: str = "", sender: dict[str, str] | None = None) -> Plan:
    senders = sender or {}
    texts = {
        one.id: Message(senders.get(one.id, ANA), LINE, one.id, one.id)
        for one in rows
        if one.kind == "message" and one.id not in but
    }
    return plan(rows, texts, WINDOW, now)


def together(found: Plan) -> dict[str, list[str]]:
    return {last: [one.id for one, _ in earlier] for last, earlier in found.earlier.items()}


def test_texts_that_waited_for_the_database_are_still_heard_as_they_came() -> None:
    rows = [row("a", 0), row("b", 100), row("c", 1000), row("d", 1200)]
    found = planned(rows, 60_000)
    assert (together(found), set(found.waiting)) == ({"b": ["a"], "d": ["c"]}, set())


def test_the_last_burst_waits_with_all_that_is_behind_its_first_text() -> None:
    found = planned([row("a", 0), row("s", 10, kind="status/sent/"), row("b", 100)], 150)
    assert (found.waiting, found.until) == ({"a", "s", "b"}, {"c": 300})


@pytest.mark.parametrize("kind", ["takeover", "timer", "again", "api_send"])
def test_other_arrivals_end_the_waiting(kind: str) -> None:
    found = planned([row("a", 0), row("b", 100), row("x", 110, kind=kind)], 120)
    assert (together(found), set(found.waiting)) == ({"b": ["a"]}, set())


def test_texts_of_other_phones_lines_and_people_are_not_mixed() -> None:
    assert together(planned([row("a", 0), row("b", 10)], 900, sender={"b": BEN})) == {}
    assert together(planned([row("a", 0), row("b", 10, line="two")], 900)) == {}
    assert together(planned([row("a", 0), row("b", 10, contact="d")], 900)) == {}


def test_a_clock_that_was_set_back_makes_nobody_wait() -> None:
    assert set(planned([row("a", 1_000_000)], 0).waiting) == set()


def test_media_are_kept_together() -> None:
    one, two = Media("https://example.com/1.jpg"), Media("https://example.com/2.jpg")
    first = Message(ANA, LINE, "", "m1", "mms", (one,))
    last = Message(ANA, LINE, "my wheel", "m2", "sms", (two,))
    heard_ = whole([(row("m1", 0), first)], last)
    assert (heard_.text, heard_.media, heard_.channel, heard_.provider_id) == ("my wheel", (one, two), "mms", "m2")


# bot.yml


def test_the_window_is_a_time_of_ten_seconds_at_most() -> None:
    def window(value: str) -> int | str:
        files = {"bot.yml": f"{BOT}burst: {value}\n", "flows/main.yml": flow("- say: Hi.")}
        problems = check_bot(files)
        return problems[0].message if problems else load_bot(files).burst

    assert [window(value) for value in ("1.5s", "10s", "0")] == [1500, 10_000, 0]
    assert window("11s") == "burst can be 10s at most."
    assert window("soon") == "burst must be a time such as 30s, 5m, 4h or 2d."
