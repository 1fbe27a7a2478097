"""The quarantine: webhooks that were not taken in, so that somebody can look at them and take them in after all."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, literal, select, tuple_, update

from textback.store.many import Inserts
from textback.store.tables import rejected_webhooks

_r = rejected_webhooks.c
_EVICT = 500
"""Rows that one batch throws out at most; the next one goes on."""

_add = Inserts(
    rejected_webhooks,
    omit=("discarded",),
    suffix="ON CONFLICT (workspace, id) DO UPDATE SET times = rejected_webhooks.times + excluded.times, "
    "last_at = excluded.last_at",
)
# What lists show. Not `raw`, which is for nobody's eyes, and large.
_SHOWN = (
    _r.workspace, _r.id, _r.line, _r.provider, _r.reason, _r.detail, _r.source, _r.payload, _r.times, _r.at, _r.last_at,
    _r.redriven_at, _r.discarded, literal("webhook").label("kind"), literal("").label("code"),
    _r.times.label("attempts"),
)  # fmt: skip


def keep(tx: Connection, workspace: str, rows: Sequence[Mapping[str, Any]], most: int) -> None:
    """Keep these rows, each with all columns but `discarded`; one that is there already only counts. Of each line, and
    of all that named no line of ours, only the newest `most` stay."""
    _add(tx, rows)
    for line in {str(row["line"]) for row in rows if row["provider"]}:
        _evict(tx, workspace, most, (_r.line == line, _r.provider != ""))
    if any(not row["provider"] for row in rows):
        _evict(tx, workspace, most, (_r.provider == "",))


def _evict(tx: Connection, workspace: str, most: int, which: Sequence[Any]) -> None:
    newest_first = select(_r.id).where(_r.workspace == workspace, *which).order_by(_r.at.desc(), _r.id.desc())
    old = [row.id for row in tx.execute(newest_first.offset(most).limit(_EVICT))]
    if old:
        tx.execute(delete(rejected_webhooks).where(_r.workspace == workspace, _r.id.in_(old)))


def webhooks(
    tx: Connection,
    workspace: str,
    *,
    id_: str = "",
    line: str = "",
    after: tuple[int, str] = (0, ""),
    upto: int | None = None,
    most: int = 1000,
) -> list[Row[Any]]:
    """Those that nobody has dealt with, the oldest first, in the form of dead letters; with `id_` that one, dealt with
    or not."""
    query = select(*_SHOWN).where(_r.workspace == workspace)
    query = query.where(_r.id == id_) if id_ else query.where(_r.redriven_at.is_(None))
    if line:
        query = query.where(_r.line == line)
    if upto is not None:
        query = query.where(_r.at <= upto)
    return list(tx.execute(query.where(tuple_(_r.at, _r.id) > after).order_by(_r.at, _r.id).limit(most)))


def raw_of(tx: Connection, workspace: str, id_: str) -> str:
    """What is verified again, locked for the rest of the transaction; empty when it was not kept or is gone."""
    query = select(_r.raw).where(_r.workspace == workspace, _r.id == id_).with_for_update()
    return tx.execute(query).scalar() or ""


def settle(tx: Connection, workspace: str, id_: str, now: int, *, discarded: bool) -> bool:
    """Mark it as dealt with, and forget what it said; False when somebody has done so before."""
    mine = update(rejected_webhooks).where(_r.workspace == workspace, _r.id == id_, _r.redriven_at.is_(None))
    return tx.execute(mine.values(redriven_at=now, discarded=discarded, raw="")).rowcount == 1


def counts(tx: Connection, workspace: str) -> dict[tuple[str, str], int]:
    """How many wait, by kind (webhook) and line."""
    query = select(_r.line, func.count().label("n")).where(_r.workspace == workspace, _r.redriven_at.is_(None))
    return {("webhook", row.line): row.n for row in tx.execute(query.group_by(_r.line))}


def some(tx: Connection, workspace: str, most: int) -> int:
    """How many wait, counted to `most`."""
    query = select(_r.id).where(_r.workspace == workspace, _r.redriven_at.is_(None)).limit(most)
    return len(tx.execute(query).all())


def of_lines(tx: Connection, workspace: str, lines: Collection[str]) -> dict[str, int]:
    """How many of these lines wait."""
    found = counts(tx, workspace)
    return {line: n for (_, line), n in found.items() if line in lines}
