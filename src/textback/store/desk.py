"""What the desk reads: lists of conversations, one thread, one contact."""

from collections.abc import Collection
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from textback.store import ledger
from textback.store.ledger import Recorded
from textback.store.tables import contacts, conversations, messages, outbox, sessions, timers, turns
from textback.store.tables_desk import audit

View = Literal["needs-you", "mine", "bot", "all"]

_c, _m, _t = conversations.c, messages.c, turns.c

_ROW = select(
    _c.contact_id, _c.state, _c.status, _c.owner_kind, _c.owner_id, _c.line, _c.address, _c.last_text, _c.last_author,
    _c.last_at, _c.waiting_since, _c.unread, _c.message_count, _c.opted_out, _c.created_at, contacts.c.name,
).join(contacts, and_(contacts.c.bucket == _c.bucket, contacts.c.id == _c.contact_id))  # fmt: skip

#: Events that the thread shows between texts.
SHOWN = (
    "session_started", "session_ended", "escalated", "taken_over", "handed_back", "completed", "opted_out", "opted_in",
    "opt_out_unsure", "opt_out_settled", "help_asked", "episode_started", "turn_failed", "owner_idle", "reminded",
    "loop_guard", "late_message", "opt_in_refused", "opt_in_asked", "doubted", "link_clicked", "action_done",
    "action_failed", "event_received", "model_answered", "model_failed", "draft_settled",
    "contact_changed", "flow_refused",
)  # fmt: skip


def _waiting(user_id: str) -> ColumnElement[bool]:
    """Conversations that this person should look at: nobody has them, or they have them and the contact wrote."""
    return and_(
        _c.waiting_since.is_not(None),  # so that the index of those who wait is used
        _c.status == "waiting_on_agent",
        or_(_c.owner_kind == "nobody", and_(_c.owner_kind == "person", _c.owner_id == user_id)),
    )


def _in_view(view: View, user_id: str) -> ColumnElement[bool] | None:
    if view == "needs-you":
        return or_(_waiting(user_id), and_(_c.owner_kind == "person", _c.owner_id == user_id))
    if view == "mine":
        return and_(_c.owner_kind == "person", _c.owner_id == user_id)
    if view == "bot":
        return and_(_c.owner_kind == "bot", _c.status.in_(("new", "engaged", "waiting_on_customer")))
    return None


def conversation_rows(tx: Connection, workspace: str, view: View, user_id: str, most: int) -> list[Row[Any]]:
    """The conversations of a view: in needs-you the longest wait first, else the latest text first."""
    wanted = _in_view(view, user_id)
    query = _ROW.where(_c.workspace == workspace)
    if wanted is not None:
        query = query.where(wanted)
    order = (_c.waiting_since.asc(),) if view == "needs-you" else (_c.last_at.desc(), _c.contact_id)
    return list(tx.execute(query.order_by(*order).limit(most)))


def view_counts(tx: Connection, workspace: str, user_id: str) -> dict[str, int]:
    """How many conversations need this person, are theirs, and are the bot's."""

    def count(condition: ColumnElement[bool] | None) -> int:
        query = select(func.count()).select_from(conversations).where(_c.workspace == workspace)
        if condition is not None:
            query = query.where(condition)
        return tx.execute(query).scalar() or 0

    return {
        "needs-you": count(_waiting(user_id)),
        "mine": count(_in_view("mine", user_id)),
        "bot": count(_in_view("bot", user_id)),
    }


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
