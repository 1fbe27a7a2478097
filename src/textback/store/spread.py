"""Work bucket by bucket, for a PostgreSQL whose tables are spread over several servers (Citus).

There, a statement that names one bucket goes to one server, which can do all that PostgreSQL can. Over many buckets
much is impossible (locking rows) or slow. So each transaction of the road is confined to one bucket: `within` narrows
a statement that would look into all of them. First it is asked, without locks, where there is anything to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Delete, Select, Table, and_, func, or_, select
from sqlalchemy.sql.elements import SQLCoreOperations

from textback.store.tables import (
    arrivals,
    dead_letters,
    early_statuses,
    gate_decisions,
    jobs,
    model_calls,
    outbox,
    timers,
)
from textback.store.tables_hooks import events, webhook_deliveries
from textback.store.tables_media import media_files

_Statement = TypeVar("_Statement", Select[Any], Delete)


@dataclass
class EventLog:
    """Whose events are written down, and whether they are: see store.events."""

    workspace: str
    on: bool = True


BY_BUCKET = "by_bucket"
"""The execution option of connections to a database that is spread by bucket."""
CONFINED = "bucket"
"""The execution option that names the one bucket that a transaction works in."""
EVENTS = "events"
"""The execution option that says whose events are written down: an EventLog."""
KEYS = "ledger_keys"
"""The execution option that holds the keys of the consent ledger; see store.vault."""


def spread_by(table: Table) -> str | None:
    """The column by which this table's rows are spread; None for configuration, of which each server has a copy."""
    named: str | None = table.info.get("spread_by")
    return named or ("bucket" if "bucket" in table.c else None)


def by_bucket(tx: Connection) -> bool:
    """Whether each statement must name its bucket."""
    return bool(tx.get_execution_options().get(BY_BUCKET))


def confined(tx: Connection) -> int | None:
    """The bucket that the transaction is confined to."""
    bucket: int | None = tx.get_execution_options().get(CONFINED)
    return bucket


def within(tx: Connection, statement: _Statement, bucket: SQLCoreOperations[Any]) -> _Statement:
    """The statement, narrowed to the bucket that the transaction is confined to; as it is where it is not confined."""
    only = confined(tx)
    return statement if only is None else statement.where(bucket == only)


def _where(bucket: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    return select(bucket).where(*conditions).distinct()


def with_arrivals(tx: Connection) -> list[int]:
    """The buckets in which arrivals wait for their turn."""
    return list(tx.execute(_where(arrivals.c.bucket, arrivals.c.handled_at.is_(None))).scalars())


def with_texts(tx: Connection, now: int, without: Sequence[str] = ()) -> list[int]:
    """The buckets with texts that are due, those with the most urgent and of these the oldest first. Texts on the lines
    in `without` don't count."""
    o = outbox.c
    first = (func.min(o.priority), func.min(o.due_at))
    query = select(o.bucket).where(o.state == "queued", o.due_at <= now)
    if without:
        query = query.where(o.line.not_in(without))
    return list(tx.execute(query.group_by(o.bucket).order_by(*first)).scalars())


def lines_with_texts(tx: Connection, now: int, lines: Sequence[str]) -> list[str]:
    """Those of these lines that have texts that are due."""
    o = outbox.c
    return list(tx.execute(_where(o.line, o.state == "queued", o.due_at <= now, o.line.in_(lines))).scalars())


def with_late_texts(tx: Connection, now: int, lines: list[str]) -> list[int]:
    """The buckets with queued texts on these lines whose time is over."""
    o = outbox.c
    return list(tx.execute(_where(o.bucket, o.state == "queued", o.expires_at <= now, o.line.in_(lines))).scalars())


def with_timers(tx: Connection, now: int) -> list[int]:
    """The buckets with due timers."""
    return list(tx.execute(_where(timers.c.bucket, timers.c.due_at <= now)).scalars())


def with_jobs(tx: Connection, now: int) -> list[int]:
    """The buckets with jobs that are due."""
    return list(tx.execute(_where(jobs.c.bucket, jobs.c.state != "dead", jobs.c.due_at <= now)).scalars())


def with_files(tx: Connection, now: int) -> list[int]:
    """The buckets with files that are to be fetched."""
    f = media_files.c
    return list(tx.execute(_where(f.bucket, f.state == "waiting", f.due_at <= now)).scalars())


def with_events(tx: Connection, workspace: str) -> list[int]:
    """The buckets with events that have no number yet."""
    e = events.c
    return list(tx.execute(_where(e.bucket, e.number.is_(None), e.workspace == workspace)).scalars())


def with_deliveries(tx: Connection, webhook_ids: Sequence[str], now: int) -> list[int]:
    """The buckets with something that is due for one of these webhooks."""
    d = webhook_deliveries.c
    return list(tx.execute(_where(d.bucket, d.due_at <= now, d.webhook_id.in_(webhook_ids))).scalars())


def with_open_deliveries(tx: Connection, workspace: str, enabled: Sequence[str]) -> list[int]:
    """The buckets with deliveries that are not finished, to webhooks that are not among these."""
    d = webhook_deliveries.c
    unwanted = (d.workspace == workspace, d.finished_at.is_(None), d.webhook_id.not_in(enabled))
    return list(tx.execute(_where(d.bucket, *unwanted)).scalars())


def with_leftovers(tx: Connection, now: int) -> list[int]:
    """The buckets with texts whose lease is over, with texts that were to go later, by now, or with statuses that came
    before their text."""
    o = outbox.c
    abandoned = tx.execute(_where(o.bucket, o.state == "sending", o.lease_until < now)).scalars()
    ripe = tx.execute(_where(o.bucket, o.state == "later", o.due_at <= now)).scalars()
    return sorted({*abandoned, *ripe, *tx.execute(_where(early_statuses.c.bucket)).scalars()})


def with_old_letters(
    tx: Connection, workspace: str, settled: int, unsettled: int, decisions: int, calls: int
) -> list[int]:
    """The buckets with dead letters that were dealt with, or came and were not, before these times, or with decisions
    of the gate or questions to models from before the last two."""
    d = dead_letters.c
    old = or_(d.redriven_at < settled, and_(d.redriven_at.is_(None), d.at < unsettled))
    letters = tx.execute(_where(d.bucket, d.workspace == workspace, old)).scalars()
    g = gate_decisions.c
    decided = tx.execute(_where(g.bucket, g.workspace == workspace, g.at < decisions)).scalars()
    c = model_calls.c
    return sorted({*letters, *decided, *tx.execute(_where(c.bucket, c.workspace == workspace, c.at < calls)).scalars()})
