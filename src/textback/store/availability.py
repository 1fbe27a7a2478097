"""Who is there to answer: what people say of themselves, when their desk was last open, and how much they have."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select, update

from textback.core.when import MINUTE
from textback.store.many import insert_or_skip
from textback.store.tables import conversations
from textback.store.tables_desk import users
from textback.store.tables_handoff import availability, turns_at_giving

HERE = 3 * MINUTE
"""How long (ms) after their desk was last open somebody counts as there."""
SEEN_EVERY = MINUTE
"""How often (ms) it is written down that a desk is open."""

_a, _u, _t, _c = availability.c, users.c, turns_at_giving.c, conversations.c
_add = insert_or_skip(availability)
_begin = insert_or_skip(turns_at_giving)


class Person(msgspec.Struct, frozen=True):
    """One person of the workspace. They are there while they say that they are available and their desk is open;
    `seen_at` is when it last was (ms), 0 never. `capacity` is how many conversations they can have at once, None: what
    the queue says. `given_at` is when they were last given one."""

    id: str
    name: str
    email: str
    role: str
    available: bool
    seen_at: int
    capacity: int | None
    given_at: int

    def here(self, now: int) -> bool:
        """Whether they can answer now."""
        return self.available and self.seen_at > now - HERE


def people(tx: Connection, workspace: str) -> list[Person]:
    """Everybody of the workspace."""
    mine = (_a.workspace == _u.workspace) & (_a.user_id == _u.id)
    query = select(
        _u.id, _u.name, _u.email, _u.role, _a.available, _a.seen_at, _a.capacity, _a.given_at
    ).join_from(users, availability, mine, isouter=True).where(_u.workspace == workspace)  # fmt: skip
    return [
        Person(
            row.id, row.name, row.email.lower(), row.role, row.available is None or bool(row.available),
            row.seen_at or 0, row.capacity, row.given_at or 0,
        )
        for row in tx.execute(query.order_by(_u.id))
    ]  # fmt: skip


def person(tx: Connection, workspace: str, user_id: str) -> Person | None:
    """One of them."""
    return next((one for one in people(tx, workspace) if one.id == user_id), None)


def _mine(workspace: str, user_id: str) -> Any:
    return update(availability).where(_a.workspace == workspace, _a.user_id == user_id)


def _row(tx: Connection, workspace: str, user_id: str) -> None:
    given = {"available": True, "seen_at": 0, "capacity": None, "given_at": 0}
    _add(tx, [{"workspace": workspace, "user_id": user_id, **given}])


def seen(tx: Connection, workspace: str, user_id: str, now: int) -> None:
    """Their desk is open."""
    _row(tx, workspace, user_id)
    tx.execute(_mine(workspace, user_id).where(_a.seen_at < now).values(seen_at=now))


def say(tx: Connection, workspace: str, user_id: str, *, available: bool, now: int) -> None:
    """They say whether they can answer."""
    seen(tx, workspace, user_id, now)
    tx.execute(_mine(workspace, user_id).values(available=available))


def set_capacity(tx: Connection, workspace: str, user_id: str, capacity: int | None) -> None:
    """How many conversations they can have at once; None is what the queue says."""
    _row(tx, workspace, user_id)
    tx.execute(_mine(workspace, user_id).values(capacity=capacity))


def given(tx: Connection, workspace: str, user_id: str, now: int) -> None:
    """They were given a conversation."""
    _row(tx, workspace, user_id)
    tx.execute(_mine(workspace, user_id).values(given_at=now))


def held(tx: Connection, workspace: str, user_ids: Collection[str]) -> dict[str, int]:
    """How many conversations each of these people has; those that are completed are nobody's."""
    query = select(_c.owner_id, func.count().label("n")).where(
        _c.workspace == workspace, _c.owner_kind == "person", _c.owner_id.in_(sorted(user_ids))
    )
    return {row.owner_id: row.n for row in tx.execute(query.group_by(_c.owner_id))}


def take_turn(tx: Connection, workspace: str, holder: str, now: int, until: int) -> bool:
    """Whether this node gives out conversations until then (ms); another one does otherwise."""
    _begin(tx, [{"workspace": workspace, "holder": "", "lease_until": 0}])
    free = (_t.holder == holder) | (_t.lease_until <= now)
    taken = update(turns_at_giving).where(_t.workspace == workspace, free)
    return tx.execute(taken.values(holder=holder, lease_until=until)).rowcount == 1
