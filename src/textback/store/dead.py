"""Dead letters: texts and arrivals that were given up, kept with the reason until somebody sends them again."""

from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, tuple_, update

from textback.store.many import Inserts
from textback.store.tables import arrivals, conversations, dead_letters, messages, outbox

_d = dead_letters.c

add = Inserts(dead_letters, omit=("discarded",), suffix="ON CONFLICT DO NOTHING")
"""Keep these rows, each with all columns but `discarded`."""


def letters(
    tx: Connection,
    workspace: str,
    *,
    id_: str = "",
    kind: str = "",
    line: str = "",
    after: tuple[int, str] = (0, ""),
    upto: int | None = None,
    most: int = 1000,
) -> list[Row[Any]]:
    """Dead letters that were not redriven, the oldest first; with `id_` that one, redriven or not. `after` are the time
    and the id of the last one of the page before; `upto` leaves out what came later."""
    query = select(dead_letters).where(_d.workspace == workspace)
    query = query.where(_d.id == id_) if id_ else query.where(_d.redriven_at.is_(None))
    if kind:
        query = query.where(_d.kind == kind)
    if line:
        query = query.where(_d.line == line)
    if upto is not None:
        query = query.where(_d.at <= upto)
    later = tuple_(_d.at, _d.id) > after
    return list(tx.execute(query.where(later).order_by(_d.at, _d.id).limit(most)))


def waiting(tx: Connection, workspace: str) -> dict[str, int]:
    """How many dead letters of each line were not redriven."""
    query = select(_d.line, func.count().label("n")).where(_d.workspace == workspace, _d.redriven_at.is_(None))
    return {row.line: row.n for row in tx.execute(query.group_by(_d.line))}


def take(tx: Connection, letter: Row[Any], now: int) -> bool:
    """Mark it as redriven; False when it has been already."""
    mine = (_d.bucket == letter.bucket, _d.contact_id == letter.contact_id, _d.id == letter.id)
    taken = update(dead_letters).where(*mine, _d.redriven_at.is_(None)).values(redriven_at=now)
    return tx.execute(taken).rowcount == 1


def discard(tx: Connection, letter: Any, now: int) -> bool:
    """Throw it away; False when somebody has dealt with it already."""
    mine = (_d.bucket == letter.bucket, _d.contact_id == letter.contact_id, _d.id == letter.id)
    gone = update(dead_letters).where(*mine, _d.redriven_at.is_(None)).values(redriven_at=now, discarded=True)
    done = tx.execute(gone).rowcount == 1
    if done:
        forget_arrival(tx, letter)
    return done


def make_room(tx: Connection, key: Any) -> None:
    """Take away a letter (bucket, contact_id, id) that was dealt with: what it was about is given up once more."""
    mine = (_d.bucket == key.bucket, _d.contact_id == key.contact_id, _d.id == key.id)
    tx.execute(delete(dead_letters).where(*mine, _d.redriven_at.is_not(None)))


def forget_arrival(tx: Connection, letter: Any) -> None:
    """Of an arrival that nobody will take in again, only that it came is kept."""
    a = arrivals.c
    mine = (a.bucket == letter.bucket, a.contact_id == letter.contact_id, a.id == letter.id)
    tx.execute(update(arrivals).where(*mine, a.handled_at.is_not(None)).values(data=""))


def counts(tx: Connection, workspace: str) -> dict[tuple[str, str], int]:
    """How many wait, by kind and line."""
    query = select(_d.kind, _d.line, func.count().label("n")).where(_d.workspace == workspace, _d.redriven_at.is_(None))
    return {(row.kind, row.line): row.n for row in tx.execute(query.group_by(_d.kind, _d.line))}


def some(tx: Connection, workspace: str, most: int) -> int:
    """How many wait, counted to `most`."""
    query = select(_d.id).where(_d.workspace == workspace, _d.redriven_at.is_(None)).limit(most)
    return len(tx.execute(query).all())


def conversation_of(tx: Connection, letter: Row[Any]) -> Row[Any] | None:
    """Its conversation (address, opted_out, message_count, state, waiting_since), locked for the rest of the
    transaction."""
    c = conversations.c
    query = select(c.address, c.opted_out, c.message_count, c.state, c.waiting_since).where(
        c.bucket == letter.bucket, c.contact_id == letter.contact_id
    )
    rows: list[Row[Any]] = list(tx.execute(query.with_for_update()))
    return rows[0] if rows else None


def message_of(tx: Connection, letter: Row[Any]) -> Row[Any] | None:
    """The message that was given up."""
    m = messages.c
    query = select(messages).where(m.bucket == letter.bucket, m.contact_id == letter.contact_id, m.id == letter.id)
    return tx.execute(query).first()


def arrival_of(tx: Connection, letter: Row[Any]) -> Row[Any] | None:
    """The arrival that was given up."""
    a = arrivals.c
    query = select(arrivals).where(a.bucket == letter.bucket, a.contact_id == letter.contact_id, a.id == letter.id)
    return tx.execute(query).first()


def queue_again(tx: Connection, message: dict[str, Any], waiting_row: dict[str, Any], count: int) -> None:
    """Add a message to its thread and to the outbox; `count` is how many messages the conversation then has."""
    tx.execute(insert(messages), message)
    tx.execute(insert(outbox), waiting_row)
    c = conversations.c
    last = {"last_text": message["text"], "last_author": message["author"], "last_at": message["at"]}
    tx.execute(
        update(conversations)
        .where(c.bucket == message["bucket"], c.contact_id == message["contact_id"])
        .values(message_count=count, **last)
    )


def store_again(tx: Connection, arrival: dict[str, Any]) -> None:
    """Store an arrival that waits for its turn."""
    tx.execute(insert(arrivals), arrival)
