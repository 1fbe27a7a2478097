"""Durable timers: due ones become arrivals, in the same transaction that removes them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from textback.store.many import Deletes
from textback.store.spread import within
from textback.store.tables import timers

_t = timers.c
_remove = Deletes(timers, b=_t.bucket, c=_t.contact_id, k=_t.key)


def due(tx: Connection, now: int, most: int = 500) -> list[Row[Any]]:
    """Timers that are due, the longest overdue first; locked on PostgreSQL."""
    query = within(tx, select(timers), _t.bucket).where(_t.due_at <= now).order_by(_t.due_at).limit(most)
    if tx.dialect.name != "sqlite":
        query = query.with_for_update(skip_locked=True)
    return list(tx.execute(query))


def remove(tx: Connection, rows: Sequence[Row[Any]]) -> None:
    """Remove timers that have become arrivals."""
    _remove(tx, [{"b": row.bucket, "c": row.contact_id, "k": row.key} for row in rows])
