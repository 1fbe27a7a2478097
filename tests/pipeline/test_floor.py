"""Who gets what waits: each conversation goes to one person, whoever looks, and to nobody who has no room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from tests.engine.talk import BOT, flow
from tests.pipeline.working import ANA, BEN, NOON, WORKSPACE, Working, make, working
from textback.actions.base import Done, Failed
from textback.core.when import MINUTE
from textback.engine.arrivals import Give, HandBack, Takeover
from textback.engine.bot import Bot
from textback.engine.load import load_bot
from textback.engine.queues import Queue
from textback.pipeline.floor import Floor, choose, give_out
from textback.pipeline.notices import Notices
from textback.store import accounts, availability, dead, handoffs
from textback.store.availability import HERE, Person
from textback.store.db import Db, Tx
from textback.store.tables import jobs

QUEUES = f"""{BOT}notify: {{desk: "${{DESK_URL}}", office: {{to: "${{OFFICE_URL}}", shows: [name, number, text]}}}}
queues:
  bench: {{assign: least_busy, capacity: 2, notify: [desk]}}
  office: {{assign: manual}}
handoff: {{queue: bench, routes: [{{tag: office, queue: office}}]}}
"""


@asynccontextmanager
async def desk(db: Db, bot: Bot, **more: Any) -> AsyncIterator[Working]:
    """A node that gives out conversations only when the test says so."""
    async with working(db, bot, **more) as node:
        node.road.floor.stop()
        yield node


def queues(text: str = QUEUES) -> Bot:
    return load_bot({"bot.yml": text, "flows/main.yml": flow("- say: Hi.", start="book")}, 1)


def person(name: str, capacity: int | None = None, given_at: int = 0, role: str = "agent") -> Person:
    return Person(name, name.title(), f"{name}@example.com", role, True, NOON, capacity, given_at)


class Waits(msgspec.Struct):
    contact_id: str
    queue: str = "bench"
    asked_at: int = 1
    wanted: str = ""
    owner_since: int = 1


@pytest.mark.parametrize(
    ("queue", "people", "load", "gets"),
    [
        (Queue("q", assign="round_robin"), [person("ana", given_at=2), person("ben", given_at=1)], {}, "ben"),
        (Queue("q", assign="round_robin"), [person("ana", given_at=2), person("ben", given_at=1)], {"ben": 4}, "ben"),
        (Queue("q", assign="least_busy"), [person("ana"), person("ben")], {"ana": 1}, "ben"),
        (Queue("q", assign="least_busy"), [person("ana", given_at=2), person("ben", given_at=1)], {}, "ben"),
        (Queue("q", assign="least_busy", capacity=1), [person("ana"), person("ben")], {"ana": 1, "ben": 1}, None),
        (Queue("q", assign="least_busy", capacity=1), [person("ana", 3), person("ben")], {"ana": 2, "ben": 1}, "ana"),
        (Queue("q", assign="round_robin", capacity=5), [person("ana", 1)], {"ana": 1}, None),
        (Queue("q", assign="round_robin", people=("ben@example.com",)), [person("ana"), person("ben")], {}, "ben"),
        (Queue("q", assign="round_robin"), [person("vi", role="viewer")], {}, None),
        (Queue("q", assign="round_robin"), [], {}, None),
    ],
)
def test_who_gets_the_next_one(queue: Queue, people: list[Person], load: dict[str, int], gets: str | None) -> None:
    found = choose(queue, people, load)
    assert (found.id if found else None) == gets


def test_several_are_given_out_in_turn_and_the_rest_wait() -> None:
    bot, people = queues(), [person("ana"), person("ben")]
    waiting = [Waits(f"c{n}") for n in range(5)]
    gifts = give_out(bot, waiting, people, {"ana": 1}, NOON)
    assert [(gift.contact_id, gift.to.id) for gift in gifts] == [("c0", "ben"), ("c1", "ana"), ("c2", "ben")]


def test_a_manual_queue_waits_but_for_the_one_it_is_to_go_to() -> None:
    bot, people = queues(), [person("ana"), person("ben")]
    waiting = [Waits("c0", "office"), Waits("c1", "office", wanted="ben@example.com"), Waits("c2", wanted="cat@x.com")]
    assert [(g.contact_id, g.to.id) for g in give_out(bot, waiting, people, {}, NOON)] == [("c1", "ben"), ("c2", "ana")]


def hire(tx: Tx, name: str, role: str = "agent") -> str:
    id_ = accounts.add_user(tx, WORKSPACE, f"{name}@example.com", name.title(), role, NOON)
    assert id_ is not None
    return id_


def says(tx: Tx, user_id: str, available: bool) -> None:
    availability.say(tx, WORKSPACE, user_id, available=available, now=NOON)


async def owner(node: Working, number: str = ANA) -> tuple[str, str]:
    row = await node.conversation(number)
    return row.owner_kind, row.owner_id


async def give(node: Working, floor: Floor | None = None) -> int:
    floor = floor or node.road.floor
    await floor.look()
    return await floor.give()


async def test_what_waits_goes_to_who_is_there_and_has_room(db: Db) -> None:
    ana = await db.write(hire, "ana")
    async with desk(db, queues()) as node:
        await node.text("agent")
        assert await give(node) == 0  # nobody has a desk open
        await db.write(says, ana, False)
        assert await give(node) == 0  # away
        await db.write(says, ana, True)
        assert await give(node) == 1
        assert await owner(node) == ("person", ana)
        assert await node.events("assigned") == [
            ("assigned", {"from": "nobody", "to": ana, "to_name": "Ana", "queue": "bench"})
        ]
        assert await give(node) == 0
        [row] = await db.read(handoffs.news, WORKSPACE, ana, NOON - 1)
        assert (row.owner_id, row.queue) == (ana, "bench")


async def test_nobody_is_there_whose_desk_is_closed(db: Db) -> None:
    ana = await db.write(hire, "ana")
    async with desk(db, queues()) as node:
        await db.write(availability.seen, WORKSPACE, ana, NOON)
        await node.road.floor.look()
        assert node.road.floor.there(())
        assert node.road.floor.there(("ana@example.com",))
        assert not node.road.floor.there(("ben@example.com",))
        node.clock.at += HERE
        assert not node.road.floor.there(())


async def test_two_nodes_give_one_conversation_once(db: Db) -> None:
    people = [await db.write(hire, name) for name in ("ana", "ben")]
    async with desk(db, queues()) as node:
        for one in people:
            await db.write(availability.seen, WORKSPACE, one, NOON)
        await node.text("agent")
        other = make(db, queues(), clock=node.clock).road.floor
        await other.look()
        # Both have looked at the same moment; the other one's lease is taken away, as if it had been frozen.
        waiting = await db.read(handoffs.unowned, WORKSPACE, 10)
        assert await give(node) == 1
        first = await owner(node)
        [gift] = give_out(queues(), waiting, [person("ben")], {}, NOON)
        late = Give(people[1], "Ben", gift.asked_at, gift.since)
        await node.road.post(gift.contact_id, late, key="another", wait=5)
        assert await owner(node) == first
        assert await other.give() == 0


async def test_only_one_node_gives_at_a_time(db: Db) -> None:
    assert await db.write(availability.take_turn, WORKSPACE, "n1", NOON, NOON + 100)
    assert not await db.write(availability.take_turn, WORKSPACE, "n2", NOON + 99, NOON + 200)
    assert await db.write(availability.take_turn, WORKSPACE, "n1", NOON + 99, NOON + 200)
    assert await db.write(availability.take_turn, WORKSPACE, "n2", NOON + 200, NOON + 300)


async def test_what_was_returned_to_the_bot_meanwhile_is_given_to_nobody(db: Db) -> None:
    ana = await db.write(hire, "ana")
    async with desk(db, queues()) as node:
        await node.text("agent")
        home = await node.home()
        await node.road.post(home.contact_id, Takeover("u9", "Zoe"), wait=5)
        await node.road.post(home.contact_id, HandBack("u9", "Zoe"), wait=5)
        await db.write(availability.seen, WORKSPACE, ana, NOON)
        assert await give(node) == 0
        assert await owner(node) == ("bot", "")
        assert await db.read(handoffs.loads, WORKSPACE) == {}


async def test_the_rows_say_how_queues_stand(db: Db) -> None:
    async with desk(db, queues(QUEUES.replace("capacity: 2,", "capacity: 2, first_answer: 10m,"))) as node:
        await node.text("agent")
        await node.text("agent", BEN)
        assert await db.read(handoffs.loads, WORKSPACE) == {"bench": handoffs.Load(2, NOON, 0)}
        home = await node.home()
        node.clock.at += 10 * MINUTE
        await node.until(lambda: node.events("limit_passed"), [
            ("limit_passed", {"limit": "first_answer", "queue": "bench", "priority": "normal"})
        ])  # fmt: skip
        await node.until(lambda: _late(db), 2)
        await node.road.post(home.contact_id, Takeover("u9", "Zoe"), wait=5)
        assert [row.contact_id for row in await db.read(handoffs.unowned, WORKSPACE, 10)] != [home.contact_id]


async def _late(db: Db) -> int:
    return sum(load.late for load in (await db.read(handoffs.loads, WORKSPACE)).values())


# Telling people


class Told:
    """Takes what people are told."""

    def __init__(self, *answers: Done | Failed) -> None:
        self.said: list[tuple[str, str, str]] = []
        self._answers = list(answers)

    async def __call__(self, url: str, title: str, body: str, timeout: int) -> Done | Failed:
        self.said.append((url, title, body))
        return self._answers.pop(0) if self._answers else Done()


class Nothing:
    async def perform(self, action: Any, job: Any) -> Done | Failed:
        raise AssertionError("no action is asked")


FOUND = {"DESK_URL": "slack://secret", "OFFICE_URL": "mailto://secret"}


def told_by(node: Working, told: Told, bot: Bot) -> None:
    """Let this node tell people."""
    notices = Notices(node.db, WORKSPACE, lambda: bot, FOUND, "https://desk.example.com/", told, str.title)
    node.road._performer._notices = notices  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("names", "body"),
    [
        ("[desk]", "(•••) •••-••23\nAsked\nhttps://desk.example.com/c/{id}"),
        ("[office]", "(206) 555-0123\nAsked\n“can I talk to a person”\nhttps://desk.example.com/c/{id}"),
    ],
)
async def test_people_are_told_that_somebody_waits_and_no_more_than_was_asked_for(
    db: Db, names: str, body: str
) -> None:
    bot = queues(QUEUES.replace("notify: [desk]", f"notify: {names}"))
    told = Told()
    async with desk(db, bot, performs=Nothing()) as node:
        told_by(node, told, bot)
        await node.text("can I talk to a person")
        home = await node.home()
        url = FOUND["DESK_URL" if "desk" in names else "OFFICE_URL"]
        await node.until(
            lambda: _said(told),
            [(url, "Somebody waits in bench (Harbor Cycle Works)", body.format(id=home.contact_id))],
        )
        assert [text for text, _, _ in await node.ours()] == ["I've asked a person to help. They will answer you here."]


async def _said(told: Told) -> list[tuple[str, str, str]]:
    return list(told.said)


async def test_it_is_tried_again_and_then_it_is_stuck_and_the_conversation_goes_on(db: Db) -> None:
    bot = queues()
    told = Told(Failed("retry"), Failed("misconfigured", detail="Its address is none that apprise knows."))
    async with desk(db, bot, performs=Nothing()) as node:
        told_by(node, told, bot)
        await node.text("agent")

        async def tries() -> int:
            node.clock.at += MINUTE
            return len(told.said)

        await node.until(tries, 2)

        async def stuck() -> dict[str, int]:
            return await db.read(dead.waiting, WORKSPACE)

        await node.until(stuck, {"one": 1})
        assert await owner(node) == ("nobody", "")


async def test_nobody_is_told_of_what_somebody_has_already(db: Db) -> None:
    bot = queues()
    told = Told(Failed("retry"))
    async with desk(db, bot, performs=Nothing()) as node:
        told_by(node, told, bot)
        await node.text("agent")
        await node.until(lambda: _count(told), 1)
        home = await node.home()
        await node.road.post(home.contact_id, Takeover("u9", "Zoe"), wait=30)

        latest = node.clock.at + 9 * MINUTE  # a minute later, who does not answer loses the conversation

        async def left() -> int:
            node.clock.at = min(node.clock.at + MINUTE, latest)
            return len(await db.read(_jobs))

        await node.until(left, 0)
        assert len(told.said) == 1


async def _count(told: Told) -> int:
    return len(told.said)


def _jobs(tx: Tx) -> list[Any]:
    return list(tx.execute(select(jobs.c.id)))
