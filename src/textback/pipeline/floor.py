"""The floor: who is there to answer, on every node; and giving out what waits, on one node at a time.

Choosing is pure. What is chosen is stored as an arrival under a key of its own, and its turn gives the conversation to
nobody who has it already; so each is given once, however many nodes there are, and whichever of them dies.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import structlog

from textback.core.ids import new_id
from textback.core.when import SECOND
from textback.engine.arrivals import Give
from textback.engine.bot import Bot
from textback.engine.queues import Queue
from textback.pipeline.pausing import woken
from textback.store import availability, handoffs
from textback.store.availability import Person
from textback.store.db import Db, Tx
from textback.store.trouble import reason

log = structlog.get_logger("textback.floor")

LOOK = 2.0
"""Seconds between looks at who is there and who waits."""
LEASE = 20 * SECOND
"""How long (ms) a node gives out conversations before another one may."""
MOST = 200
"""Conversations that are looked at in one go."""
ANSWERS = frozenset({"owner", "supervisor", "agent"})
"""Roles of people who answer contacts."""
PATIENCE = 5.0
"""Seconds that the turn of a conversation that was given is waited for."""


class Waiting(Protocol):
    """A hand-over that nobody has."""

    contact_id: str
    queue: str
    asked_at: int
    wanted: str
    owner_since: int


class Gift(msgspec.Struct, frozen=True):
    """Whom a conversation is given to."""

    contact_id: str
    to: Person
    asked_at: int
    since: int


def serves(queue: Queue, person: Person) -> bool:
    """Whether somebody answers this queue."""
    return person.role in ANSWERS and (not queue.people or person.email in queue.people)


def choose(queue: Queue, people: Sequence[Person], load: Mapping[str, int]) -> Person | None:
    """Who gets the next conversation of a queue: of those who have room, the one who was given one longest ago, or the
    one who has the fewest. None where nobody has room."""
    room = [one for one in people if serves(queue, one) and load.get(one.id, 0) < (one.capacity or queue.capacity)]
    if not room:
        return None
    if queue.assign == "least_busy":
        return min(room, key=lambda one: (load.get(one.id, 0), one.given_at, one.id))
    return min(room, key=lambda one: (one.given_at, one.id))


def give_out(
    bot: Bot, waiting: Sequence[Waiting], people: Sequence[Person], load: Mapping[str, int], now: int
) -> list[Gift]:
    """Whom each of these hand-overs goes to, in their order; those that must wait are left out. `people` are there."""
    mine = dict(load)
    there = list(people)
    gifts: list[Gift] = []
    for one in waiting:
        queue = bot.queues.get(one.queue)
        to = _wanted(one, there)
        if to is None and queue is not None and queue.assign != "manual":
            to = choose(queue, there, mine)
        if to is None:
            continue
        mine[to.id] = mine.get(to.id, 0) + 1
        at = there.index(to)
        there[at] = msgspec.structs.replace(to, given_at=now + len(gifts))
        gifts.append(Gift(one.contact_id, to, one.asked_at, one.owner_since))
    return gifts


def _wanted(one: Waiting, there: Sequence[Person]) -> Person | None:
    """The one whom it is to go to, whatever they have, if they are there."""
    return next((person for person in there if person.email == one.wanted), None) if one.wanted else None


class Floor:
    """Knows who is there, and gives out what waits. `there` may be asked from any thread."""

    def __init__(
        self,
        db: Db,
        workspace: str,
        bot: Callable[[], Bot],
        clock: Callable[[], int],
        post: Callable[..., Awaitable[Any]],
    ) -> None:
        self._db = db
        self._workspace = workspace
        self._bot = bot
        self._clock = clock
        self._post = post
        self._me = new_id()
        self._people: tuple[Person, ...] | None = None
        self._stopping = asyncio.Event()

    def there(self, people: tuple[str, ...]) -> bool | None:
        """Whether any of these people (none named: anybody who answers) can answer now; None where nobody knows."""
        known = self._people
        if known is None:
            return None
        now = self._clock()
        return any(
            one.here(now) and one.role in ANSWERS and (not people or one.email in people) for one in known
        )  # fmt: skip

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    async def look(self) -> None:
        """See who is there."""
        self._people = tuple(await self._db.read(availability.people, self._workspace))

    async def run(self, *, gives: bool) -> None:
        """Look until stopped; give out what waits where this node does such things."""
        while not self._stopping.is_set():
            try:
                if self._bot().queues:
                    await self.look()
                    if gives:
                        await self.give()
            except Exception as error:
                self._people = None
                log.warning("nobody knows who is there", error=reason(error))
            await woken(self._stopping, LOOK)

    async def give(self) -> int:
        """Give out what waits, if it is this node's turn; how many."""
        bot, now = self._bot(), self._clock()
        there = [one for one in self._people or () if one.here(now)]
        if not there:
            return 0
        waiting = [
            row
            for row in await self._db.read(handoffs.unowned, self._workspace, MOST)
            if row.wanted or ((queue := bot.queues.get(row.queue)) is not None and queue.assign != "manual")
        ]
        if not waiting:
            return 0
        if not await self._db.write(availability.take_turn, self._workspace, self._me, now, now + LEASE):
            return 0
        load = await self._db.read(availability.held, self._workspace, [one.id for one in there])
        gifts = give_out(bot, waiting, there, load, now)
        for gift in gifts:
            await self._db.write(_note, self._workspace, gift, self._clock())
            arrival = Give(gift.to.id, gift.to.name, gift.asked_at, gift.since)
            await self._post(gift.contact_id, arrival, key=f"give:{gift.asked_at}:{gift.since}", wait=PATIENCE)
        return len(gifts)


class Staffed:
    """Who is there, for bots that are loaded before anybody can know."""

    def __init__(self) -> None:
        self.floor: Floor | None = None

    def there(self, people: tuple[str, ...]) -> bool | None:
        """As Floor.there."""
        return None if self.floor is None else self.floor.there(people)


def _note(tx: Tx, workspace: str, gift: Gift, now: int) -> None:
    availability.given(tx, workspace, gift.to.id, now)
