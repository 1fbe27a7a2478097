"""The parts of a long text are one text, in whatever order they come, and one that is lost loses no other."""

import asyncio
from typing import Any

import pytest

from tests.pipeline.test_bursts import bot as bot_with_bursts
from tests.pipeline.working import ANA, BEN, LINE, NOON, Phones, Working, count_pending, store, working
from textback.core.ids import new_id
from textback.engine.arrivals import Message, Part, Takeover
from textback.pipeline.parts import WAIT
from textback.store.db import Db

WORDS = {1: "The left pedal of my ", 2: "bicycle came off", 3: " and the wheel is bent."}
WHOLE = "".join(WORDS.values())


class Parts(Phones):
    """A provider that hands on parts."""

    parted = True


def part(number: int, ref: str = "7", words: str = "", sender: str = ANA, id_: str = "") -> Message:
    return Message(sender, LINE, words or WORDS[number], id_ or new_id(), part=Part(ref, number, 3))


async def came(node: Working, *messages: Message, line: str = "one") -> None:
    """Each of these is on disk."""
    for one in messages:
        await node.road.receive(line, [one])


async def heard(node: Working, number: str = ANA) -> list[str]:
    return [row.text for row in await node.thread(number) if row.direction == "in"]


async def begun(node: Working) -> None:
    """Ana is asked for words."""
    await node.text("BOOK")


async def quiet(node: Working) -> None:
    """Everything that can have its turn now has had it."""
    await node.text("hello", BEN)
    await asyncio.sleep(0.2)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
async def test_the_parts_are_one_text_in_whatever_order_they_come(db: Db, order: tuple[int, ...]) -> None:
    async with working(db, phones=Parts()) as node:
        await begun(node)
        for number in order[:2]:
            await came(node, part(number))
        await quiet(node)
        assert await heard(node) == ["BOOK"]
        await came(node, part(order[2]))
        assert await node.phones.took(2, ANA) == ["Go on.", f"You said {WHOLE}."]
        assert await heard(node) == ["BOOK", WHOLE]
        assert (await node.conversation()).unread == 2
        assert await db.read(count_pending) == 0


async def test_a_part_that_comes_twice_counts_once(db: Db) -> None:
    async with working(db, phones=Parts()) as node:
        await begun(node)
        for number in (1, 1, 2, 1, 2, 3):
            await came(node, part(number, id_=f"m-{number}"))
        await node.phones.took(2, ANA)
        await came(node, part(2, id_="m-2"))
        await quiet(node)
        assert await heard(node) == ["BOOK", WHOLE]


async def test_a_part_that_is_lost_loses_no_other(db: Db) -> None:
    async with working(db, phones=Parts()) as node:
        await begun(node)
        await came(node, part(1), part(3))
        node.clock.at += WAIT - 1
        await quiet(node)
        assert await heard(node) == ["BOOK"]
        node.clock.at += 1
        assert await node.phones.took(2, ANA) == ["Go on.", f"You said {WORDS[1]}{WORDS[3]}."]
        assert await heard(node) == ["BOOK", WORDS[1] + WORDS[3]]
        await came(node, part(2))  # which comes after all
        node.clock.at += WAIT
        await node.until(lambda: heard(node), ["BOOK", WORDS[1] + WORDS[3], WORDS[2]])


async def test_what_they_send_meanwhile_waits_for_nothing(db: Db) -> None:
    async with working(db, phones=Parts()) as node:
        await begun(node)
        await came(node, part(1))
        await node.text("STOP")
        assert (await node.conversation()).opted_out
        await came(node, part(2), part(3))
        await node.until(lambda: heard(node), ["BOOK", "STOP", WHOLE])
        assert len(node.phones.texts(ANA)) == 2, "the question and the word of the end"


async def test_a_crash_loses_no_part(db: Db) -> None:
    await store(db, part(1), part(2))
    async with working(db, phones=Parts()) as node:
        await quiet(node)
        assert await db.read(count_pending) == 2
        await came(node, part(3))
        await node.until(lambda: heard(node), [WHOLE])
    await store(db, part(1, "8"), part(3, "8"))
    async with working(db, phones=Parts()) as node:
        node.clock.at = NOON + WAIT
        await node.until(lambda: heard(node), [WHOLE, WORDS[1] + WORDS[3]])


async def test_two_long_texts_at_once_are_two(db: Db) -> None:
    async with working(db, phones=Parts()) as node:
        other = {number: str(number) * 4 for number in WORDS}
        for number in WORDS:
            await came(node, part(number), part(number, "8", other[number]))
        await node.until(lambda: heard(node), [WHOLE, "111122223333"])


async def test_a_reference_that_is_used_again_is_of_another_text(db: Db) -> None:
    async with working(db, phones=Parts()) as node:
        await came(node, part(1), part(2), part(1, words="a"), part(2, words="b"), part(3, words="c"))
        await node.until(lambda: heard(node), [WORDS[1] + WORDS[2], "abc"])


async def test_parts_of_different_people_are_not_mixed(db: Db) -> None:
    async with working(db, phones=Parts()) as node:
        await came(node, part(1), part(2, sender=BEN), part(3))
        node.clock.at += WAIT
        await node.until(lambda: db.read(count_pending), 0)
        assert await heard(node) == [WORDS[1] + WORDS[3]]
        assert await heard(node, BEN) == [WORDS[2]]


async def test_parts_are_put_together_for_a_person_too(db: Db) -> None:
    async with working(db, phones=Parts()) as node:
        await begun(node)
        home = await node.home()
        await node.road.post(home.contact_id, Takeover("u1", "Mara"), wait=15.0)
        await came(node, part(2), part(1), part(3))
        await node.until(lambda: heard(node), ["BOOK", WHOLE])


async def test_with_bursts_a_long_text_is_heard_by_itself(db: Db) -> None:
    async with working(db, bot_with_bursts(), phones=Parts()) as node:
        await came(node, Message(ANA, LINE, "BOOK", new_id()))
        node.clock.at += 200
        await node.phones.took(1, ANA)
        await came(node, part(2), part(3), part(1))
        assert (await node.phones.took(2, ANA))[1] == f"You said {WHOLE}."


async def test_of_a_provider_without_parts_nothing_waits(db: Db) -> None:
    async with working(db) as node:
        message: Any = part(1)
        await node.road.receive("one", [message], wait=15.0)
        assert await heard(node) == [WORDS[1]]
