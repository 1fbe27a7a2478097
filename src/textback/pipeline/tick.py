"""Tick: due timers become arrivals, dead nodes' leases end, and statuses that came too early find their message."""

from textback.core.faults import point
from textback.core.when import HOUR
from textback.engine.arrivals import TimerFired
from textback.pipeline.accept import incoming
from textback.pipeline.deliver import expire_leases
from textback.store import inbox, timers, turns
from textback.store.db import Tx


def fire_timers(tx: Tx, workspace: str, now: int) -> int:
    """Turn due timers into arrivals in one transaction; returns how many."""
    rows = timers.due(tx, now)
    if not rows:
        return 0
    items = [
        incoming(
            row.line, TimerFired(row.key, row.due_at), contact_id=row.contact_id,
            key=f"{row.contact_id}:{row.key}@{row.due_at}",
        )
        for row in rows
    ]  # fmt: skip
    inbox.store_arrivals(tx, workspace, items, {}, now)
    timers.remove(tx, rows)
    point("tick.firing")
    return len(rows)


def sweep(tx: Tx, now: int) -> list[str]:
    """End abandoned leases and settle early statuses; returns the contacts whose thread changed."""
    changed = [*expire_leases(tx, now), *turns.settle_early(tx, now, give_up_after=HOUR)]
    if changed:
        point("tick.sweeping")
    return changed
