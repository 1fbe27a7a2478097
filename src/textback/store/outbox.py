"""The outbox: messages waiting to be delivered. Order is kept per conversation; a claim is a lease with a fence."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from textback.store.many import Key, Pair, Pairs, Rows, updater
from textback.store.tables import conversations, messages, outbox

_o = outbox.c
_older = outbox.alias("older")

#: Oldest row of each conversation that is due. One that still waits, or whose fate is unknown, holds back the rows
#: behind it for as long as it may yet be sent; an unknown one does not, because it is never sent again.
_DUE = (
    select(
        _o.bucket, _o.id, _o.contact_id, _o.workspace, _o.line, _o.recipient, _o.message_class, _o.attempts,
        _o.expires_at, _o.fence, messages.c.text, messages.c.media, conversations.c.opted_out,
    )
    .join(
        messages,
        and_(messages.c.bucket == _o.bucket, messages.c.contact_id == _o.contact_id, messages.c.id == _o.id),
    )
    .join(conversations, and_(conversations.c.bucket == _o.bucket, conversations.c.contact_id == _o.contact_id))
    .where(
        _o.state == "queued",
        _o.due_at <= bindparam("now"),
        ~exists().where(
            _older.c.bucket == _o.bucket,
            _older.c.contact_id == _o.contact_id,
            _older.c.id < _o.id,
            _older.c.state != "unknown",
        ),
    )
    .order_by(_o.id)
    .limit(bindparam("most"))
)  # fmt: skip
_DUE_ON = _DUE.where(_o.line == bindparam("line"))
_DUE_WITHOUT = _DUE.where(_o.line.not_in(bindparam("lines", expanding=True)))


def due(tx: Connection, now: int, most: int, without: Collection[str] = ()) -> list[Row[Any]]:
    """Rows that may be posted now, with their text and whether the contact has opted out; locked on PostgreSQL.

    Rows on the lines in `without` are left alone.
    """
    given = {"now": now, "most": most}
    return _due(tx, _DUE_WITHOUT, {**given, "lines": list(without)}) if without else _due(tx, _DUE, given)


def due_on(tx: Connection, line: str, now: int, most: int) -> list[Row[Any]]:
    """As `due`, for one line."""
    return _due(tx, _DUE_ON, {"now": now, "most": most, "line": line})


def _due(tx: Connection, query: Select[Any], given: dict[str, Any]) -> list[Row[Any]]:
    # SQLite, with its one writer, ignores the lock.
    return list(tx.execute(query.with_for_update(skip_locked=True, of=outbox), given).all())


def under_way(tx: Connection, contacts: Sequence[tuple[int, str]]) -> set[str]:
    """Those of these contacts (bucket, contact_id) that have a text waiting or being posted."""
    return {row.contact_id for row in _UNDER_WAY(tx, contacts)}


def _under_way(pair: Pair) -> Select[Any]:
    rows = select(_o.contact_id).select_from(pair.source).join(outbox, pair.on(outbox))
    return rows.where(_o.state != "unknown")


_UNDER_WAY = Pairs(_under_way)

_KEY = (_o.bucket == bindparam("b"), _o.contact_id == bindparam("k"), _o.id == bindparam("i"))
_leave = updater(delete(outbox).where(*_KEY))
_claim = updater(
    update(outbox)
    .where(*_KEY)
    .values(state="sending", lease_until=bindparam("until"), fence=_o.fence + 1, attempts=_o.attempts + 1)
)
_MESSAGE_KEY = (
    messages.c.bucket == bindparam("b"),
    messages.c.contact_id == bindparam("k"),
    messages.c.id == bindparam("i"),
)


def _still(*statuses: str) -> ColumnElement[bool]:
    """The message has one of these statuses. Spelt out, because an IN list can't be written for many rows at once."""
    return or_(*[messages.c.status == status for status in statuses])


_message_status = updater(
    update(messages)
    .where(*_MESSAGE_KEY, _still("queued", "sending", "unknown"))
    .values(status=bindparam("s"), rule=bindparam("r"), code=bindparam("c"), detail=bindparam("d"))
)


def claim(tx: Connection, keys: Sequence[Key], until: int) -> None:
    """Lease these rows until `until` (ms). Committed before anything is posted: a crash leaves them *sending*, and
    whoever finds them later knows that they may have gone."""
    _claim(tx, [{"b": b, "k": k, "i": i, "until": until} for b, k, i in keys])


def settle(tx: Connection, rows: Rows) -> None:
    """End these rows: rows of b, k, i (the key), s (the message's final status), r (rule), c (code), d (detail)."""
    _leave(tx, [{"b": r["b"], "k": r["k"], "i": r["i"]} for r in rows])
    _message_status(tx, rows)


_accepted = updater(
    update(messages)
    .where(*_MESSAGE_KEY, _still("queued", "sending", "unknown"))
    .values(status="accepted", provider_id=bindparam("p"))
)


def accepted(tx: Connection, rows: Rows) -> None:
    """The provider took these: rows of b, k, i, p (its id). True whatever became of our lease meanwhile."""
    _leave(tx, [{"b": r["b"], "k": r["k"], "i": r["i"]} for r in rows])
    _accepted(tx, rows)


_again = updater(
    update(outbox)
    .where(*_KEY, _o.fence == bindparam("f"), _o.state == "sending")
    .values(state="queued", due_at=bindparam("due"), lease_until=None)
)


def try_again(tx: Connection, rows: Rows) -> None:
    """Queue these again: rows of b, k, i, f (our fence), due. One that another node has claimed since stays."""
    _again(tx, rows)


_unknown = updater(update(outbox).where(*_KEY, _o.fence == bindparam("f")).values(state="unknown", lease_until=None))
_unknown_message = updater(
    update(messages).where(*_MESSAGE_KEY, _still("queued", "sending")).values(status="unknown", detail=bindparam("d"))
)


def unknown(tx: Connection, rows: Rows) -> None:
    """Nobody can say whether these went: rows of b, k, i, f, d (detail). They are never posted again."""
    _unknown(tx, [{"b": r["b"], "k": r["k"], "i": r["i"], "f": r["f"]} for r in rows])
    _unknown_message(tx, [{"b": r["b"], "k": r["k"], "i": r["i"], "d": r["d"]} for r in rows])


def abandoned(tx: Connection, now: int) -> list[Row[Any]]:
    """Rows whose lease ran out while they were being posted: their node died or froze."""
    query = select(_o.bucket, _o.id, _o.contact_id, _o.fence).where(_o.state == "sending", _o.lease_until < now)
    if tx.dialect.name != "sqlite":
        query = query.with_for_update(skip_locked=True)
    return list(tx.execute(query.limit(500)))


def next_due(tx: Connection) -> int | None:
    """When the next queued row is due, in ms; None when none waits."""
    return tx.execute(select(func.min(_o.due_at)).where(_o.state == "queued")).scalar()


def depth(tx: Connection) -> dict[str, int]:
    """How many rows are in each state."""
    rows = tx.execute(select(_o.state, func.count().label("n")).group_by(_o.state))
    return {row.state: row.n for row in rows}
