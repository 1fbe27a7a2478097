"""What the desk reads of one conversation: its thread, its contact. Lists are in store.desk_lists."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, select, update

from textback.store import desk_lists, ledger
from textback.store.ledger import Recorded
from textback.store.tables import conversations, messages, outbox, sessions, timers, turns
from textback.store.tables_desk import audit

_c, _m, _t = conversations.c, messages.c, turns.c
_ROW = desk_lists.ROW

#: Events that the thread shows between texts.
SHOWN = (
    "session_started", "session_ended", "escalated", "taken_over", "handed_back", "completed", "opted_out", "opted_in",
    "opt_out_unsure", "opt_out_settled", "help_asked", "episode_started", "turn_failed", "owner_idle", "reminded",
    "loop_guard", "late_message", "opt_in_refused", "opt_in_asked", "doubted", "link_clicked", "action_done",
    "action_failed", "event_received", "model_answered", "model_failed", "draft_settled",
    "contact_changed", "flow_refused", "snoozed", "unsnoozed", "prioritised", "reopened",
    "limit_passed", "requeued", "assigned", "asked_for", "noted", "bad_number", "number_works",
    "asked_by_text", "agreed_by_text", "moved_to_text", "came_by_text",
)  # fmt: skip


def conversation(tx: Connection, workspace: str, contact_id: str, bucket: int) -> Row[Any] | None:
    """One conversation with its state."""
    query = _ROW.where(_c.workspace == workspace, _c.bucket == bucket, _c.contact_id == contact_id)
    rows: list[Row[Any]] = list(tx.execute(query))
    return rows[0] if rows else None


def thread(tx: Connection, contact_id: str, bucket: int, most: int, before: str = "") -> list[Row[Any]]:
    """The latest messages of a thread, oldest first, each with when it is `due_at` if it waits, and how it `waits`;
    with `before`, those older than that message."""
    o = outbox.c
    waiting = and_(o.bucket == _m.bucket, o.contact_id == _m.contact_id, o.id == _m.id)
    query = select(messages, o.due_at, o.state.label("waits")).outerjoin(outbox, waiting)
    query = query.where(_m.bucket == bucket, _m.contact_id == contact_id)
    if before:
        query = query.where(_m.id < before)
    return list(tx.execute(query.order_by(_m.id.desc()).limit(most)))[::-1]


class Happening(msgspec.Struct, frozen=True):
    """One event of a turn. `arrival_id` names the turn; `at` is when it was, in ms."""

    id: str
    arrival_id: str
    kind: str
    data: dict[str, Any]
    at: int


def happenings(
    tx: Connection, contact_id: str, bucket: int, since: str, kinds: Collection[str] = SHOWN, before: str = ""
) -> list[Happening]:
    """The events of these kinds in the turns of a thread, oldest first, from the arrival `since` on."""
    query = select(_t.id, _t.events, _t.at).where(_t.bucket == bucket, _t.contact_id == contact_id, _t.id >= since)
    if before:
        query = query.where(_t.id < before)
    return [
        Happening(f"{row.id}-{place}", row.id, event["kind"], event.get("data", {}), row.at)
        for row in tx.execute(query.order_by(_t.id).limit(1000))
        for place, event in enumerate(msgspec.json.decode(row.events))
        if event["kind"] in kinds
    ]


def traces(tx: Connection, contact_id: str, bucket: int, since: str) -> list[Row[Any]]:
    """The turns of a thread from this arrival on that have a trace, oldest first: id, trace (JSON), at."""
    query = select(_t.id, _t.trace, _t.at).where(
        _t.bucket == bucket, _t.contact_id == contact_id, _t.id >= since, _t.trace != ""
    )
    return list(tx.execute(query.order_by(_t.id).limit(1000)))


def mark_read(tx: Connection, contact_id: str, bucket: int) -> bool:
    """Nothing is unread any more; says whether anything was."""
    query = update(conversations).where(_c.bucket == bucket, _c.contact_id == contact_id, _c.unread > 0)
    return tx.execute(query.values(unread=0)).rowcount > 0


def past_sessions(tx: Connection, contact_id: str, bucket: int, most: int) -> list[Row[Any]]:
    """The latest sessions: flow, version, started_at, ended_at, outcome."""
    s = sessions.c
    query = (
        select(s.flow, s.version, s.started_at, s.ended_at, s.outcome)
        .where(s.bucket == bucket, s.contact_id == contact_id)
        .order_by(s.id.desc())
        .limit(most)
    )
    return list(tx.execute(query))


def consent_log(tx: Connection, contact_id: str, most: int) -> list[Recorded]:
    """The latest consent events, newest first."""
    return ledger.entries_of(tx, contact_id, most)[::-1]


def open_timers(tx: Connection, contact_id: str, bucket: int) -> list[Row[Any]]:
    """What will happen if the contact stays silent: key, due_at."""
    t = timers.c
    query = select(t.key, t.due_at).where(t.bucket == bucket, t.contact_id == contact_id).order_by(t.due_at)
    return list(tx.execute(query))


def audit_rows(tx: Connection, workspace: str, most: int) -> list[Row[Any]]:
    """The latest audit rows, newest first."""
    a = audit.c
    return list(tx.execute(select(audit).where(a.workspace == workspace).order_by(a.id.desc()).limit(most)))
