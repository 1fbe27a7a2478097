"""The outbox: messages waiting to be delivered. Order is kept per conversation; a claim is a lease with a fence."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from textback.store import events
from textback.store.many import Deletes, Given, Key, Pair, Pairs, Rows, Updates, with_keys
from textback.store.spread import within
from textback.store.tables import conversations, messages, outbox

_o = outbox.c
_first = outbox.alias("first")

#: The first row of each conversation, when it is due: its most urgent, and of these the oldest. So an answer overtakes
#: a bulk text, which may wait for hours. The first holds back those behind it for as long as it may yet be sent, and so
#: does one that is being posted; an unknown one does not, because it is never sent again, nor one that is to go later.
_IS_QUEUED = _o.state == literal_column("'queued'")  # spelt out: SQLite proves from it that the partial index serves
_DUE = (
    select(
        _o.bucket, _o.id, _o.contact_id, _o.workspace, _o.line, _o.recipient, _o.message_class, _o.attempts,
        _o.expires_at, _o.fence, _o.priority, messages.c.text, messages.c.media, messages.c.segments,
        messages.c.at, messages.c.arrival_id, messages.c.author, messages.c.author_name, messages.c.rule,
        conversations.c.opted_out, _o.programme, messages.c.channel, messages.c.source, _o.offer,
    )
    .join(
        messages,
        and_(messages.c.bucket == _o.bucket, messages.c.contact_id == _o.contact_id, messages.c.id == _o.id),
    )
    .join(conversations, and_(conversations.c.bucket == _o.bucket, conversations.c.contact_id == _o.contact_id))
    .where(
        _IS_QUEUED,
        _o.priority == bindparam("priority"),
        _o.due_at <= bindparam("now"),
        ~exists().where(
            _first.c.bucket == _o.bucket,
            _first.c.contact_id == _o.contact_id,
            or_(
                _first.c.state == "sending",
                and_(
                    _first.c.state == literal_column("'queued'"),
                    or_(
                        _first.c.priority < _o.priority,
                        and_(_first.c.priority == _o.priority, _first.c.id < _o.id),
                    ),
                ),
            ),
        ),
    )
    .order_by(_o.due_at, _o.id)
    .limit(bindparam("most"))
)  # fmt: skip
# SQLite, with its one writer, ignores the lock.
_DUE = _DUE.with_for_update(skip_locked=True, of=outbox)
_DUE_ON = _DUE.where(_o.line == bindparam("line"))
_DUE_WITHOUT = _DUE.where(_o.line.not_in(bindparam("lines", expanding=True)))
_QUEUED = select(_o.bucket).where(_o.state == "queued", _o.due_at <= bindparam("now")).limit(1)


PRIORITIES = (0, 1, 2)
"""Answers, what was asked for, the rest."""


def due(
    tx: Connection, now: int, most: int, without: Collection[str] = (), priorities: Sequence[int] = PRIORITIES
) -> list[Row[Any]]:
    """Rows that may be posted now, the most urgent first, with their text and whether the contact has opted out; locked
    on PostgreSQL.

    Rows on the lines in `without` are left alone, and those of other priorities.
    """
    if without:
        return _by_priority(tx, _DUE_WITHOUT, {"now": now, "lines": list(without)}, most, priorities)
    return _by_priority(tx, _DUE, {"now": now}, most, priorities)


def due_on(tx: Connection, line: str, now: int, most: int, priorities: Sequence[int] = PRIORITIES) -> list[Row[Any]]:
    """As `due`, for one line."""
    return _by_priority(tx, _DUE_ON, {"now": now, "line": line}, most, priorities)


def _by_priority(
    tx: Connection, query: Select[Any], given: dict[str, Any], most: int, priorities: Sequence[int]
) -> list[Row[Any]]:
    """One look at the index for each priority: one over all of them would read and sort everything that is due."""
    rows: list[Row[Any]] = []
    for priority in priorities:
        if len(rows) < most:
            rows += tx.execute(within(tx, query, _o.bucket), {**given, "priority": priority, "most": most - len(rows)})
    return rows


_LATE = (
    select(_o.bucket, _o.contact_id, _o.id, _o.message_class, _o.expires_at)
    .where(_IS_QUEUED, _o.expires_at <= bindparam("now"), _o.line.in_(bindparam("lines", expanding=True)))
    .limit(500)
    .with_for_update(skip_locked=True)
)


def late(tx: Connection, now: int, lines: Collection[str]) -> list[Row[Any]]:
    """Queued rows on these lines whose time is over, 500 at most; locked on PostgreSQL."""
    return list(tx.execute(within(tx, _LATE, _o.bucket), {"now": now, "lines": list(lines)}))


def any_queued(tx: Connection, now: int) -> bool:
    """Whether any row is queued that may go by its time: it waits for others, or for its line."""
    return tx.execute(within(tx, _QUEUED, _o.bucket), {"now": now}).first() is not None


def under_way(tx: Connection, contacts: Sequence[tuple[int, str]]) -> list[Row[Any]]:
    """The texts of these contacts (bucket, contact_id) that wait or are being posted: their key, state and `asks`."""
    return _UNDER_WAY(tx, contacts)


def _under_way(pair: Pair) -> Select[Any]:
    rows = (
        select(_o.bucket, _o.contact_id, _o.id, _o.state, _o.asks)
        .select_from(pair.source)
        .join(outbox, pair.on(outbox))
    )
    return rows.where(_o.state.in_(("queued", "sending")))


_UNDER_WAY = Pairs(_under_way)

_m = messages.c


def _row(**more: Column[Any]) -> Given:
    """The key of an outbox row, which is also that of its message, and further parameters."""
    return Given(b=_o.bucket, k=_o.contact_id, i=_o.id, **more)


def _outbox_of(given: Given) -> ColumnElement[bool]:
    return and_(_o.bucket == given.c.b, _o.contact_id == given.c.k, _o.id == given.c.i)


def _message_of(given: Given) -> ColumnElement[bool]:
    return and_(_m.bucket == given.c.b, _m.contact_id == given.c.k, _m.id == given.c.i)


leave = Deletes(outbox, b=_o.bucket, k=_o.contact_id, i=_o.id)
"""Take these rows (b, k, i) out of the outbox: they are over."""

_until = _row(until=_o.lease_until)
_claim = Updates(
    _until,
    update(outbox)
    .where(_outbox_of(_until))
    .values(state="sending", lease_until=_until.c.until, fence=_o.fence + 1, attempts=_o.attempts + 1),
)


def _still(*statuses: str) -> ColumnElement[bool]:
    """The message has one of these statuses. Spelt out, because an IN list can't be written for many rows at once."""
    return or_(*[messages.c.status == status for status in statuses])


_final = _row(s=_m.status, r=_m.rule, c=_m.code, d=_m.detail)
_message_status = Updates(
    _final,
    update(messages)
    .where(_message_of(_final), _still("queued", "sending", "unknown"))
    .values(status=_final.c.s, rule=_final.c.r, code=_final.c.c, detail=_final.c.d),
)


def claim(tx: Connection, keys: Sequence[Key], until: int) -> None:
    """Lease these rows until `until` (ms). Committed before anything is posted: a crash leaves them *sending*, and
    whoever finds them later knows that they may have gone."""
    _claim(tx, [{"b": b, "k": k, "i": i, "until": until} for b, k, i in keys])


def settle(tx: Connection, rows: Rows) -> None:
    """End these rows: rows of b, k, i (the key), s (the message's final status), r (rule), c (code), d (detail)."""
    _message_status(tx, rows)
    leave(tx, rows)
    events.note_statuses(tx, rows)


_taken = _row(p=_m.provider_id)
_accepted = Updates(
    _taken,
    update(messages)
    .where(_message_of(_taken), _still("queued", "sending", "unknown"))
    .values(status="accepted", provider_id=_taken.c.p),
)


def accepted(tx: Connection, rows: Rows) -> None:
    """The provider took these: rows of b, k, i, p (its id). True whatever became of our lease meanwhile."""
    _accepted(tx, rows)
    leave(tx, rows)
    events.note_statuses(tx, rows, "accepted")


_went = _row(ch=_m.channel)
_channel = Updates(_went, update(messages).where(_message_of(_went)).values(channel=_went.c.ch))


def went(tx: Connection, rows: Rows) -> None:
    """The provider chose how these go: rows of b, k, i, ch (the channel)."""
    _channel(tx, rows)


_later = _row(f=_o.fence, due=_o.due_at)
_again = Updates(
    _later,
    update(outbox)
    .where(_outbox_of(_later), _o.fence == _later.c.f, _o.state == "sending")
    .values(state="queued", due_at=_later.c.due, lease_until=None),
)


def try_again(tx: Connection, rows: Rows) -> None:
    """Queue these again: rows of b, k, i, f (our fence), due. One that another node has claimed since stays."""
    _again(tx, rows)


_lost = _row(f=_o.fence, d=_m.detail)
_unknown = Updates(
    _lost,
    # The lease stays: it says when it was posted, and so where to look for it.
    update(outbox).where(_outbox_of(_lost), _o.fence == _lost.c.f).values(state="unknown"),
)
_unknown_message = Updates(
    _lost,
    update(messages).where(_message_of(_lost), _still("queued", "sending")).values(status="unknown", detail=_lost.c.d),
)


def unknown(tx: Connection, rows: Rows) -> None:
    """Nobody can say whether these went: rows of b, k, i, f, d (detail). They are never posted again."""
    _unknown_message(tx, rows)
    _unknown(tx, rows)


def held(tx: Connection, rows: Rows) -> set[str]:
    """The ids of those rows (b, k, i, f) that nobody has claimed since we did under the fence f. Locked for the rest of
    the transaction."""
    keys = [(row["b"], row["k"], row["i"]) for row in rows]
    found = with_keys(tx, [_o.id, _o.fence], [_o.bucket, _o.contact_id, _o.id], keys, lock=True)
    fences = {row["i"]: row["f"] for row in rows}
    return {row.id for row in found if row.fence == fences[row.id]}


def due_later(tx: Connection, now: int) -> list[Row[Any]]:
    """Texts that were to go later, and it is later: 500 at most, locked on PostgreSQL."""
    query = select(_o.bucket, _o.contact_id, _o.id).where(_o.state == "later", _o.due_at <= now)
    if tx.dialect.name != "sqlite":
        query = query.with_for_update(skip_locked=True)
    return list(tx.execute(within(tx, query, _o.bucket).limit(500)))


_ripe = _row()
_join = Updates(_ripe, update(outbox).where(_outbox_of(_ripe), _o.state == "later").values(state="queued"))


def join_queue(tx: Connection, rows: Rows) -> None:
    """These texts (b, k, i) wait no longer for their time: they queue."""
    _join(tx, rows)


def abandoned(tx: Connection, now: int) -> list[Row[Any]]:
    """Rows whose lease ran out while they were being posted: their node died or froze."""
    query = select(_o.bucket, _o.id, _o.contact_id, _o.fence).where(_o.state == "sending", _o.lease_until < now)
    if tx.dialect.name != "sqlite":
        query = query.with_for_update(skip_locked=True)
    return list(tx.execute(within(tx, query, _o.bucket).limit(500)))


def next_due(tx: Connection) -> int | None:
    """When the next queued row is due, in ms; None when none waits."""
    return tx.execute(select(func.min(_o.due_at)).where(_o.state == "queued")).scalar()


def depth(tx: Connection) -> dict[str, int]:
    """How many rows are in each state."""
    rows = tx.execute(select(_o.state, func.count().label("n")).group_by(_o.state))
    return {row.state: row.n for row in rows}
