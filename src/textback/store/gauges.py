"""How much waits, and for how long: what /metrics shows of the database. Small looks at indexes, however much waits."""

import msgspec
from sqlalchemy import Connection, func, select, union_all
from sqlalchemy import literal_column as literal

from textback.store.tables import arrivals, jobs, outbox

MOST = 10_000
"""Rows are counted up to so many."""
STATES = ("queued", "sending", "unknown")
_o = outbox.c
_COUNTS = union_all(
    *[
        select(
            literal(f"'{state}'").label("state"),
            select(func.count())
            .select_from(select(_o.id).where(_o.state == literal(f"'{state}'")).limit(MOST).subquery(f"some_{state}"))
            .scalar_subquery()
            .label("n"),
        )
        for state in STATES
    ]
)
_OLDEST = (
    select(arrivals.c.received_at).where(arrivals.c.handled_at.is_(None)).order_by(arrivals.c.id, arrivals.c.bucket)
).limit(1)
_DUE = select(func.min(_o.due_at)).where(_o.state == literal("'queued'"))
_JOB_DUE = select(func.min(jobs.c.due_at)).where(jobs.c.state != literal("'dead'"))


class Waiting(msgspec.Struct, frozen=True):
    """Rows of the outbox by state; when (ms) the oldest arrival came that waits for its turn, and when the first of the
    queued texts, and of the jobs, was due. None: nothing waits."""

    outbox: dict[str, int]
    arrival_since: int | None
    due_since: int | None
    job_due_since: int | None = None


def waiting(tx: Connection) -> Waiting:
    """How much waits, and since when."""
    counts = {row.state: row.n for row in tx.execute(_COUNTS)}
    return Waiting(
        counts, tx.execute(_OLDEST).scalar(), tx.execute(_DUE).scalar(), tx.execute(_JOB_DUE).scalar()
    )  # fmt: skip
