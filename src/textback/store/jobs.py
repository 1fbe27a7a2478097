"""Jobs: what turns ask of other systems. A claim is a lease with a fence; `due_at` of a running job is its end."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, literal_column, or_, select, update

from textback.store.many import Deletes, Given, Inserts, Rows, Updates, with_keys
from textback.store.spread import within
from textback.store.tables import jobs, sessions

_j, _s = jobs.c, sessions.c
OPEN = _j.state != literal_column("'dead'")  # spelt out: SQLite proves from it that the partial index serves

add = Inserts(jobs)
"""Keep these jobs, each with all columns."""

remove = Deletes(jobs, b=_j.bucket, k=_j.contact_id, i=_j.id)
"""Take these rows (b, k, i) away: they are done, or nobody wants them any more."""


_QUEUED = _j.state == "queued"
_SESSION = and_(_s.bucket == _j.bucket, _s.contact_id == _j.contact_id, _s.id == _j.session)
_DUE = (
    select(jobs, _s.ended_at)
    .join(sessions, _SESSION, isouter=True)
    .where(OPEN, _j.due_at <= bindparam("soon"), or_(_j.due_at <= bindparam("now"), _QUEUED))
    .order_by(_j.due_at, _j.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=jobs)
)
_DUE_WITHOUT = _DUE.where(_j.action.not_in(bindparam("without", expanding=True)))


def due(tx: Connection, now: int, most: int, without: Collection[str] = (), early: int = 0) -> list[Row[Any]]:
    """Jobs that are due, or will be within `early` ms, the longest overdue first, with `ended_at` of their session, but
    those of the actions `without`; locked on PostgreSQL. Those that a dead node was at are among them once their lease
    is over, and no earlier."""
    given: dict[str, Any] = {"now": now, "soon": now + early, "most": most}
    if without:
        return list(tx.execute(within(tx, _DUE_WITHOUT, _j.bucket), {**given, "without": sorted(without)}))
    return list(tx.execute(within(tx, _DUE, _j.bucket), given))


_until = Given(b=_j.bucket, k=_j.contact_id, i=_j.id, until=_j.due_at)
_claim = Updates(
    _until,
    update(jobs)
    .where(_j.bucket == _until.c.b, _j.contact_id == _until.c.k, _j.id == _until.c.i)
    .values(state="running", due_at=_until.c.until, fence=_j.fence + 1, attempts=_j.attempts + 1),
)


def claim(tx: Connection, rows: Rows) -> None:
    """Lease jobs: rows of b, k, i (the key) and until (ms). Committed before anything is asked."""
    _claim(tx, rows)


_later = Given(b=_j.bucket, k=_j.contact_id, i=_j.id, s=_j.state, due=_j.due_at)
_move = Updates(
    _later,
    update(jobs)
    .where(_j.bucket == _later.c.b, _j.contact_id == _later.c.k, _j.id == _later.c.i)
    .values(state=_later.c.s, due_at=_later.c.due),
)


def move(tx: Connection, rows: Rows) -> None:
    """Put claimed jobs back, or give them up: rows of b, k, i, s (the state), due."""
    _move(tx, rows)


def held(tx: Connection, rows: Rows) -> set[str]:
    """The ids of those jobs (b, k, i, f) that nobody has claimed since we did under the fence f. Locked for the rest of
    the transaction."""
    keys = [(row["b"], row["k"], row["i"]) for row in rows]
    found = with_keys(tx, [_j.id, _j.fence, _j.state], [_j.bucket, _j.contact_id, _j.id], keys, lock=True)
    fences = {row["i"]: row["f"] for row in rows}
    return {row.id for row in found if row.fence == fences[row.id] and row.state == "running"}


def of_letter(tx: Connection, letter: Any) -> Row[Any] | None:
    """The job that a dead letter is about."""
    query = select(jobs).where(_j.bucket == letter.bucket, _j.contact_id == letter.contact_id, _j.id == letter.id)
    return tx.execute(query).first()


def replace(tx: Connection, letter: Any, row: dict[str, Any] | None) -> None:
    """In place of the job that was given up, do this one; or none."""
    mine = (_j.bucket == letter.bucket, _j.contact_id == letter.contact_id, _j.id == letter.id)
    tx.execute(delete(jobs).where(*mine, _j.state == "dead"))
    if row is not None:
        tx.execute(insert(jobs), row)
