"""Tick: due timers become arrivals, dead nodes' leases end, and statuses that came too early find their message."""

import msgspec

from textback.compliance.limits import day_of
from textback.core.faults import point
from textback.core.when import DAY, HOUR
from textback.engine.arrivals import TimerFired
from textback.pipeline.accept import incoming
from textback.pipeline.deliver import expire_leases
from textback.store import accounts, inbox, outbox, requests, retention, timers, turns
from textback.store.db import Tx

LINE_USE_DAYS = 35
"""Days that a line's count of segments is kept."""


class Keep(msgspec.Struct, frozen=True):
    """How many days things are kept: dead letters that were dealt with, those that nobody has dealt with, rejected
    webhooks, what the gate decided, and questions to models."""

    settled: int = 30
    unsettled: int = 90
    rejected: int = 7
    decisions: int = 1825
    calls: int = 90


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
    """End abandoned leases, queue texts whose time has come, and settle early statuses; returns the contacts whose
    thread changed."""
    changed = [*expire_leases(tx, now), *_queue_due(tx, now), *turns.settle_early(tx, now, give_up_after=HOUR)]
    if changed:
        point("tick.sweeping")
    return changed


def _queue_due(tx: Tx, now: int) -> list[str]:
    """Texts that a program wanted to go later. The gate is asked again when they are claimed."""
    rows = outbox.due_later(tx, now)
    if rows:
        outbox.join_queue(tx, [{"b": row.bucket, "k": row.contact_id, "i": row.id} for row in rows])
    return [row.contact_id for row in rows]


def before(keep: Keep, now: int) -> retention.Before:
    """What was kept for long enough."""
    settled, unsettled, rejected = (now - days * DAY for days in (keep.settled, keep.unsettled, keep.rejected))
    day = day_of(now - LINE_USE_DAYS * DAY)
    decisions, calls = now - keep.decisions * DAY, now - keep.calls * DAY
    return retention.Before(settled, unsettled, rejected, day, decisions, calls, now - requests.KEPT, now // DAY)


def tidy(tx: Tx, workspace: str, keep: Keep, now: int) -> retention.Gone:
    """Delete a batch of what was kept for long enough. Dead letters that nobody has looked at leave a line in the audit
    trail."""
    gone = retention.tidy(tx, workspace, before(keep, now))
    if gone.unsettled:
        data = {"count": gone.unsettled, "days": keep.unsettled}
        accounts.write_audit(tx, workspace, "textback", "dead.expire", "dead letters", now, data)
    return gone
