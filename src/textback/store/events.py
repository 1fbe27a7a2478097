"""The log of events: what other programs are told of, in an order that everybody sees.

Rows are written in the transaction of what they are about. On PostgreSQL there are many at once, and events get their
numbers later: from one counter, which stays locked until they are committed. SQLite has one writer, and so they have
them from the start. Either way, whoever has seen a number has seen all before.
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from textback.core.ids import bucket_of, new_id
from textback.store.many import Given, Updates, insert_or_skip, with_keys
from textback.store.spread import EVENTS, EventLog, within
from textback.store.tables import conversations, messages
from textback.store.tables_hooks import event_numbers, events

_e, _n = events.c, event_numbers.c
_encode = msgspec.json.Encoder().encode

ONCE = {
    "message.received": "r",
    "message.sent": "s",
    "message.delivered": "d",
    "message.read": "v",
    "message.failed": "f",
    "message.canceled": "c",
}
"""Kinds that a message has at most once, and the letter that makes an event's id of the message's."""
OF_STATUS = {
    "received": "message.received",
    "accepted": "message.sent",
    "sent": "message.sent",
    "delivered": "message.delivered",
    "read": "message.read",
    "canceled": "message.canceled",
    "undelivered": "message.failed",
    "failed": "message.failed",
    "filtered": "message.failed",
    "expired": "message.failed",
    "blocked": "message.failed",
}
"""What happens when a message gets this status."""

LOG_EVERY = 1.0
"""Seconds between looks, on each server, whether somebody has asked for the log."""

_add = insert_or_skip(events)


class _Moments:
    """Microseconds that only grow, so that what a node writes down stays in order."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = Lock()

    def __call__(self) -> int:
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1000)
            return self._last


_moment = _Moments()


class Happened(msgspec.Struct):
    """What happened to a contact. `ref` is the message that it is about; `at` (ms) when, where it was not just now."""

    contact_id: str
    kind: str
    ref: str = ""
    data: Mapping[str, Any] | None = None
    at: int = 0


def kept_for(tx: Connection) -> str:
    """The workspace whose events are written down; empty where none are."""
    log: EventLog | None = tx.get_execution_options().get(EVENTS)
    return log.workspace if log is not None and log.on else ""


def begin(tx: Connection, workspace: str) -> None:
    """Have events written down from now on: nobody pays for a log that nobody reads."""
    lock_counter(tx, workspace)


def begun(tx: Connection, workspace: str) -> bool:
    """Whether somebody has asked for the log."""
    return tx.execute(select(_n.last).where(_n.workspace == workspace)).first() is not None


def note(tx: Connection, happened: Iterable[Happened]) -> None:
    """Write down what happened, in this transaction. What can happen to a message only once is written down once."""
    workspace = kept_for(tx)
    if not workspace:
        return
    rows = []
    for one in happened:
        made = _moment()
        letter = ONCE.get(one.kind)
        rows.append(
            {
                "bucket": bucket_of(one.contact_id),
                "contact_id": one.contact_id,
                "id": one.ref + letter if letter else new_id(),
                "workspace": workspace,
                "kind": one.kind,
                "ref": one.ref,
                "at": one.at or made // 1000,
                "made": made,
                "data": _encode(one.data).decode() if one.data else "",
                "number": None,
            }
        )
    if not rows:
        return
    if tx.dialect.name == "sqlite":
        last = _take_numbers(tx, workspace, len(rows))
        for n, row in enumerate(rows, last - len(rows) + 1):
            row["number"] = n
    _add(tx, rows)


def _take_numbers(tx: Connection, workspace: str, count: int) -> int:
    """The last of so many numbers. On SQLite alone: elsewhere it would have everybody wait for everybody."""
    taken = tx.exec_driver_sql(_TAKE, (count, workspace)).scalar()
    if taken is None:
        lock_counter(tx, workspace)
        taken = tx.exec_driver_sql(_TAKE, (count, workspace)).scalar()
    return int(taken or 0)


_TAKE = "UPDATE event_numbers SET last = last + ? WHERE workspace = ? RETURNING last"


def note_statuses(tx: Connection, rows: Iterable[Mapping[str, Any]], status: str = "") -> None:
    """Messages have got a status: rows of k, i (the key) and, without `status`, s."""
    if kept_for(tx):
        found = ((row, OF_STATUS.get(status or row["s"])) for row in rows)
        note(tx, [Happened(row["k"], kind, row["i"]) for row, kind in found if kind is not None])


# ---- Numbers ----

_NONE_YET = {"workspace": "", "last": 0, "queued": 0, "changes": 0}
_KEY = ["workspace"]


def lock_counter(tx: Connection, workspace: str) -> Row[Any]:
    """The last number that was given (`last`), up to which webhooks are told (`queued`, on SQLite), and how often they
    were changed (`changes`). Nobody else numbers, or changes
    webhooks, until the transaction ends."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    row = insert(event_numbers).values({**_NONE_YET, "workspace": workspace})
    # An update that changes nothing: it locks the row, and returns it where a plain "do nothing" would not.
    row = row.on_conflict_do_update(index_elements=_KEY, set_={"last": _n.last})
    return tx.execute(row.returning(_n.last, _n.queued, _n.changes)).one()


def set_counter(tx: Connection, workspace: str, last: int) -> None:
    """Numbers up to this one are given."""
    tx.execute(update(event_numbers).where(_n.workspace == workspace).values(last=last))


def changed(tx: Connection, workspace: str) -> None:
    """Webhooks were changed: whoever numbers next looks at them again."""
    lock_counter(tx, workspace)
    tx.execute(update(event_numbers).where(_n.workspace == workspace).values(changes=_n.changes + 1))


def state(tx: Connection, workspace: str) -> tuple[bool, int]:
    """Whether there are events that webhooks have not been told of, or that have no number, and how often webhooks were
    changed."""
    row = tx.execute(select(_n.last, _n.queued, _n.changes).where(_n.workspace == workspace)).first()
    if tx.dialect.name == "sqlite":
        return (False, 0) if row is None else (row.last > row.queued, row.changes)
    waits = select(_e.id).where(_e.number.is_(None), _e.workspace == workspace).limit(1)
    return tx.execute(waits).first() is not None, 0 if row is None else row.changes


def unnumbered(tx: Connection, workspace: str, most: int) -> list[Row[Any]]:
    """Events without a number, the oldest first. After `lock_counter`."""
    query = select(_e.bucket, _e.contact_id, _e.id, _e.kind).where(_e.number.is_(None), _e.workspace == workspace)
    return list(tx.execute(within(tx, query, _e.bucket).order_by(_e.made).limit(most)))


_numbered = Given(b=_e.bucket, k=_e.contact_id, i=_e.id, n=_e.number)
_set_numbers = Updates(
    _numbered,
    update(events)
    .where(_e.bucket == _numbered.c.b, _e.contact_id == _numbered.c.k, _e.id == _numbered.c.i)
    .values(number=_numbered.c.n),
)


def numbered(tx: Connection, workspace: str, after_: int, most: int) -> list[Row[Any]]:
    """Events after this number, in order, each with what a delivery needs."""
    query = select(_e.bucket, _e.contact_id, _e.id, _e.kind, _e.number)
    query = query.where(_e.number.is_not(None), _e.workspace == workspace, _e.number > after_)
    return list(tx.execute(query.order_by(_e.number).limit(most)))


def set_queued(tx: Connection, workspace: str, number_: int) -> None:
    """Webhooks are told of everything up to this number."""
    tx.execute(update(event_numbers).where(_n.workspace == workspace).values(queued=number_))


def number(tx: Connection, workspace: str, rows: Sequence[Row[Any]], last: int) -> None:
    """Give these events the numbers after `last`."""
    given = enumerate(rows, last + 1)
    _set_numbers(tx, [{"b": row.bucket, "k": row.contact_id, "i": row.id, "n": n} for n, row in given])
    set_counter(tx, workspace, last + len(rows))


def last_number(tx: Connection, workspace: str) -> int:
    """The last number that was given."""
    return tx.execute(select(_n.last).where(_n.workspace == workspace)).scalar() or 0


# ---- Reading ----


def after(
    tx: Connection,
    workspace: str,
    number_: int,
    most: int,
    *,
    kinds: Collection[str] = (),
    contact_id: str = "",
    upto: int | None = None,
) -> list[Row[Any]]:
    """The events after this number, in order; of some kinds or of one contact only, where that is asked for."""
    query = select(events).where(_e.number.is_not(None), _e.workspace == workspace, _e.number > number_)
    if kinds:
        query = query.where(_e.kind.in_(sorted(kinds)))
    if contact_id:
        query = query.where(_e.bucket == bucket_of(contact_id), _e.contact_id == contact_id)
    if upto is not None:
        query = query.where(_e.number <= upto)
    return list(tx.execute(query.order_by(_e.number).limit(most)))


def with_ids(tx: Connection, keys: Collection[tuple[int, str, str]]) -> dict[tuple[str, str], Row[Any]]:
    """These events (bucket, contact, id), by contact and id."""
    rows = with_keys(tx, list(_e), [_e.bucket, _e.contact_id, _e.id], keys)
    return {(row.contact_id, row.id): row for row in rows}


_m, _c = messages.c, conversations.c
_SAID = [
    _m.bucket, _m.contact_id, _m.id, _m.line, _m.channel, _m.direction, _m.author, _m.author_name, _m.message_class,
    _m.text, _m.media, _m.segments, _m.status, _m.rule, _m.code, _m.detail, _m.arrival_id, _m.at,
]  # fmt: skip


def messages_of(tx: Connection, rows: Collection[Row[Any]]) -> dict[tuple[str, str], Row[Any]]:
    """The messages that these events are about, as they are now, by contact and id."""
    keys = {(row.bucket, row.contact_id, row.ref) for row in rows if row.ref}
    found = with_keys(tx, _SAID, [_m.bucket, _m.contact_id, _m.id], keys) if keys else []
    return {(row.contact_id, row.id): row for row in found}


def addresses_of(tx: Connection, rows: Collection[Row[Any]]) -> dict[str, str]:
    """The addresses of the contacts that these events are about; those who were erased have none."""
    keys = {(row.bucket, row.contact_id) for row in rows}
    found = with_keys(tx, [_c.contact_id, _c.address], [_c.bucket, _c.contact_id], keys) if keys else []
    return {row.contact_id: row.address for row in found}


def oldest_untold(tx: Connection, workspace: str) -> int | None:
    """Since when (ms) the oldest event has waited for its number, or to be queued for webhooks; None when none does."""
    query = select(_e.made).where(_e.workspace == workspace)
    if tx.dialect.name == "sqlite":
        queued = select(_n.queued).where(_n.workspace == workspace).scalar_subquery()
        query = query.where(_e.number.is_not(None), _e.number > queued).order_by(_e.number)
    else:
        query = query.where(_e.number.is_(None)).order_by(_e.made)
    made = tx.execute(query.limit(1)).scalar()
    return None if made is None else made // 1000
