"""What is kept for a while and then deleted, in small batches, by one node at a time."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Table, select, text

from textback.store.locks import TIDYING
from textback.store.many import Deletes
from textback.store.spread import by_bucket, confined, within
from textback.store.tables import (
    api_requests,
    dead_letters,
    gate_decisions,
    jobs,
    line_use,
    model_calls,
    rejected_webhooks,
)
from textback.store.tables_web import text_requests

BATCH = 500
"""Rows of each table that one run deletes at most."""

_c, _d, _g, _r, _u = model_calls.c, dead_letters.c, gate_decisions.c, rejected_webhooks.c, line_use.c
_q = api_requests.c
_x = text_requests.c


class Before(msgspec.Struct, frozen=True):
    """What goes: dead letters that were dealt with, or came, before these times (ms), and the jobs of the latter;
    rejected webhooks that came before that one; what lines have sent before that day; what the gate decided before
    that time; questions to models from before that one; keys of requests from before the last; and counts of requests
    to go on by text of days (since 1970) before that one."""

    settled: int
    unsettled: int
    rejected: int
    day: str
    decisions: int = 0
    calls: int = 0
    requests: int = 0
    asked: int = 0


class Gone(msgspec.Struct, frozen=True):
    """How many rows were deleted: dead letters that nobody had dealt with, and all in all. `more` are left."""

    unsettled: int = 0
    all: int = 0
    more: bool = False


def tidy(tx: Connection, workspace: str, before: Before) -> Gone:
    """Delete one batch of each. Another node that does so at this moment leaves nothing to do.

    Where tables are spread by bucket, a transaction in a bucket deletes its dead letters, and one in none the rest.
    """
    if tx.dialect.name == "postgresql":
        taken = tx.execute(text("SELECT pg_try_advisory_xact_lock(:k)"), {"k": TIDYING}).scalar()
        if not taken:
            return Gone()
    letter = within(tx, select(_d.bucket, _d.contact_id, _d.id).where(_d.workspace == workspace), _d.bucket)
    unsettled, counts = 0, []
    if not by_bucket(tx) or confined(tx) is not None:
        unsettled = _delete(tx, dead_letters, letter.where(_d.redriven_at.is_(None), _d.at < before.unsettled), jobs)
        counts = [unsettled, _delete(tx, dead_letters, letter.where(_d.redriven_at < before.settled))]
        decision = select(_g.bucket, _g.contact_id, _g.id).where(_g.workspace == workspace, _g.at < before.decisions)
        counts.append(_delete(tx, gate_decisions, within(tx, decision, _g.bucket)))
        call = select(_c.bucket, _c.contact_id, _c.id).where(_c.workspace == workspace, _c.at < before.calls)
        counts.append(_delete(tx, model_calls, within(tx, call, _c.bucket)))
    if confined(tx) is None:
        counts += _delete_others(tx, workspace, before)
    return Gone(unsettled, sum(counts), BATCH in counts)


def _delete_others(tx: Connection, workspace: str, before: Before) -> list[int]:
    webhook = select(_r.workspace, _r.id).where(_r.workspace == workspace)
    use = select(_u.workspace, _u.counter, _u.day).where(_u.workspace == workspace, _u.day < before.day)
    key = select(_q.workspace, _q.key_id, _q.key).where(_q.workspace == workspace, _q.at < before.requests)
    asked = select(_x.workspace, _x.who, _x.day).where(_x.workspace == workspace, _x.day < before.asked)
    return [
        _delete(tx, api_requests, key),
        _delete(tx, text_requests, asked),
        _delete(tx, rejected_webhooks, webhook.where(_r.at < before.rejected)),
        _delete(tx, line_use, use),
    ]


def _delete(tx: Connection, of: Table, which: Select[Any], *also: Table) -> int:
    """Delete these rows, and those of the same key in the tables `also`."""
    rows = [dict(row._mapping) for row in tx.execute(which.limit(BATCH))]
    for table in (of, *also) if rows else ():
        Deletes(table, **{column.name: table.c[column.name] for column in which.selected_columns})(tx, rows)
    return len(rows)
