"""Numbering: events get their place in the log, and with it those who want to be told of them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from textback.core.events import KINDS, chooses
from textback.core.faults import point
from textback.store import events, hooks
from textback.store.db import Row, Tx
from textback.store.hooks import Told

MOST = 500
"""Events, and deliveries of them, that one transaction writes: others wait for it."""


class Wanted(msgspec.Struct, frozen=True):
    """Who wants to be told: the webhooks of each kind, as they were after so many changes."""

    changes: int = -1
    by_kind: Mapping[str, tuple[str, ...]] = {}

    @property
    def most(self) -> int:
        """How many events may be numbered at once."""
        return max(MOST // max([1, *map(len, self.by_kind.values())]), 1)


class Numbered(msgspec.Struct, frozen=True):
    """What was numbered: how many, whether there may be more, who wants to be told, and who has something to be sent at
    once."""

    count: int
    more: bool
    wanted: Wanted
    ready: set[str]


def who_wants(tx: Tx, workspace: str, changes: int) -> Wanted:
    """Who wants to be told of what."""
    found = [(row.id, msgspec.json.decode(row.events, type=list[str])) for row in hooks.listed(tx, workspace)
             if row.enabled]  # fmt: skip
    by_kind = {kind: tuple(id_ for id_, these in found if any(chooses(one, kind) for one in these)) for kind in KINDS}
    return Wanted(changes, {kind: ids for kind, ids in by_kind.items() if ids})


def number(tx: Tx, workspace: str, known: Wanted, now: int) -> Numbered:
    """Number what has happened, and queue the deliveries of it, in one transaction. Whoever sees a number later has
    seen all before: the counter is locked until this is committed."""
    hooks.alone(tx)
    counter = events.lock_counter(tx, workspace)
    wanted = known if known.changes == counter.changes else who_wants(tx, workspace, counter.changes)
    rows = _next(tx, workspace, counter, wanted)
    told = [(one, webhook) for one in rows for webhook in wanted.by_kind.get(one.kind, ())]
    ready = hooks.queue(tx, workspace, told, now) if told else set()
    if rows:
        point("hooks.numbering")
    return Numbered(len(rows), len(rows) == wanted.most, wanted, ready)


def _next(tx: Tx, workspace: str, counter: Row[Any], wanted: Wanted) -> list[Told]:
    """The next events that nobody has been told of, with their numbers."""
    most = wanted.most
    if tx.dialect.name == "sqlite":
        if not wanted.by_kind:
            events.set_queued(tx, workspace, counter.last)
            return []
        found = events.numbered(tx, workspace, counter.queued, most)
        if counter.last > counter.queued:
            events.set_queued(tx, workspace, found[-1].number if len(found) == most else counter.last)
        return [Told(row.bucket, row.contact_id, row.id, row.kind, row.number) for row in found]
    rows = events.unnumbered(tx, workspace, most)
    if rows:
        events.number(tx, workspace, rows, counter.last)
    return [Told(row.bucket, row.contact_id, row.id, row.kind, n) for n, row in enumerate(rows, counter.last + 1)]
