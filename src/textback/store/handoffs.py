"""Open hand-overs: what each turn makes of them, and what waits in which queue."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, func, select

from textback.store.many import Deletes, upserter
from textback.store.tables import conversations
from textback.store.tables_handoff import handoffs

_h, _c = handoffs.c, conversations.c
_KEY = ["bucket", "contact_id"]
MOST = 10_000
"""Rows are counted up to so many."""

save = upserter(handoffs, _KEY, [column.name for column in handoffs.c if column.name not in (*_KEY, "workspace")])
"""Write down how these hand-overs stand: rows with all columns."""

remove = Deletes(handoffs, b=_h.bucket, c=_h.contact_id)
"""These conversations (b, c) are no hand-overs any more."""


class Load(msgspec.Struct, frozen=True):
    """How one queue stands: how many wait, since when the first does (ms), and for how many an answer is late."""

    waiting: int
    since: int | None
    late: int


def loads(tx: Connection, workspace: str) -> dict[str, Load]:
    """How each queue stands in which somebody waits."""
    some = (
        select(_h.queue, _h.waiting_since, _h.late)
        .where(_h.workspace == workspace, _h.waiting_since.is_not(None))
        .limit(MOST)
        .subquery("some")
    )
    query = select(
        some.c.queue, func.count().label("n"), func.min(some.c.waiting_since).label("since"),
        func.count().filter(some.c.late.is_(True)).label("late"),
    ).group_by(some.c.queue)  # fmt: skip
    return {row.queue: Load(row.n, row.since, row.late) for row in tx.execute(query)}


def unowned(tx: Connection, workspace: str, most: int) -> list[Row[Any]]:
    """Hand-overs that wait and that nobody has: the most urgent first, then the longest wait."""
    rank = {"urgent": 0, "high": 1}
    query = (
        select(handoffs)
        .where(_h.workspace == workspace, _h.waiting_since.is_not(None), _h.owner_id == "")
        .order_by(_h.waiting_since, _h.contact_id)
        .limit(most)
    )
    return sorted(tx.execute(query), key=lambda row: rank.get(row.priority, 2))


def in_queue(queue: str) -> Any:
    """The condition on `conversations` that they are handed over to this queue."""
    mine = and_(_h.bucket == _c.bucket, _h.contact_id == _c.contact_id, _h.queue == queue)
    return select(_h.contact_id).where(mine).exists()


def news(tx: Connection, workspace: str, user_id: str, since: int, most: int = 20) -> list[Row[Any]]:
    """The hand-overs of this person that became theirs, or whose limit passed, after this time (ms)."""
    query = select(handoffs).where(_h.workspace == workspace, _h.owner_id == user_id)
    query = query.where((_h.owner_since > since) | (_h.late_at > since))
    return list(tx.execute(query.order_by(_h.owner_since).limit(most)))
