"""What a turn reads and writes: conversations, messages, outbox rows, timers, consent, the log of turns."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, and_, case, delete, or_, select, update

from textback.core.ids import bucket_of
from textback.core.messages import RANK
from textback.store import events
from textback.store.many import Deletes, Given, Inserts, Key, Pair, Pairs, Rows, Updates, upserter, with_keys
from textback.store.outbox import leave, went
from textback.store.spread import within
from textback.store.tables import (
    conversations,
    early_statuses,
    message_details,
    messages,
    outbox,
    sessions,
    timers,
    turns,
)

_c = conversations.c
_CONVERSATION = select(
    _c.bucket, _c.contact_id, _c.workspace, _c.state, _c.status, _c.line, _c.address, _c.waiting_since, _c.unread,
    _c.message_count, _c.opted_out, _c.last_text, _c.last_author, _c.last_at,
)  # fmt: skip


def lock_conversations(tx: Connection, contact_ids: Collection[str]) -> list[Row[Any]]:
    """These conversations, locked for the rest of the transaction; those that another node holds are left out."""
    return _LOCKED(tx, [(bucket_of(id_), id_) for id_ in contact_ids])


def _locked(pair: Pair) -> Select[Any]:
    query = _CONVERSATION.select_from(pair.source).join(conversations, pair.on(conversations))
    return query.with_for_update(skip_locked=True, of=conversations)  # SQLite, with its one writer, ignores it


_LOCKED = Pairs(_locked)


_SAVED = (
    "state", "status", "owner_kind", "owner_id", "line", "address", "last_text", "last_author", "last_at",
    "waiting_since", "unread", "message_count", "opted_out", "priority", "snoozed_until",
)  # fmt: skip
_conversation = Given(b_bucket=_c.bucket, b_contact=_c.contact_id, **{name: _c[name] for name in _SAVED})
_save = Updates(
    _conversation,
    update(conversations)
    .where(_c.bucket == _conversation.c.b_bucket, _c.contact_id == _conversation.c.b_contact)
    .values({name: _conversation.c[name] for name in _SAVED}),
)


def save_conversations(tx: Connection, rows: Rows) -> None:
    """Write conversations back; `b_bucket` and `b_contact` name the row."""
    _save(tx, rows)


_add_messages = Inserts(messages)
_add_outbox = Inserts(outbox)
_add_details = Inserts(message_details)
_add_turns = Inserts(turns)
_add_sessions = Inserts(sessions)
_add_early = Inserts(early_statuses)
_drop_timers = Deletes(timers, b=timers.c.bucket, k=timers.c.contact_id, t=timers.c.key)
_drop_all_timers = Deletes(timers, b=timers.c.bucket, k=timers.c.contact_id)
_set_timers = upserter(timers, ["bucket", "contact_id", "key"], ["due_at", "line"])


def add_messages(tx: Connection, rows: Rows) -> None:
    """Add messages to their threads."""
    _add_messages(tx, rows)


def add_details(tx: Connection, rows: Rows) -> None:
    """Keep what programs said of texts beside their words."""
    _add_details(tx, rows)


def add_outbox(tx: Connection, rows: Rows) -> None:
    """Queue messages for delivery."""
    _add_outbox(tx, rows)


def add_turns(tx: Connection, rows: Rows) -> None:
    """Append to the log of turns."""
    _add_turns(tx, rows)


def set_timers(tx: Connection, rows: Rows) -> None:
    """Set timers; one of the same contact and key is replaced."""
    _set_timers(tx, rows)


def cancel_timers(tx: Connection, cancels: Sequence[tuple[str, tuple[str, ...]]]) -> None:
    """Forget timers, by contact: the named keys, or all when no key is named."""
    named = {(contact_id, key) for contact_id, keys in cancels for key in keys}
    whole = {contact_id for contact_id, keys in cancels if not keys}
    if named:
        _drop_timers(tx, [{"b": bucket_of(id_), "k": id_, "t": key} for id_, key in sorted(named)])
    if whole:
        _drop_all_timers(tx, [{"b": bucket_of(id_), "k": id_} for id_ in sorted(whole)])


def start_sessions(tx: Connection, rows: Rows) -> None:
    """Record sessions that began (and perhaps ended) in this transaction."""
    _add_sessions(tx, rows)


_s = sessions.c
_ending = Given(b=_s.bucket, k=_s.contact_id, i=_s.id, at=_s.ended_at, o=_s.outcome)
_end = Updates(
    _ending,
    update(sessions)
    .where(_s.bucket == _ending.c.b, _s.contact_id == _ending.c.k, _s.id == _ending.c.i, _s.ended_at.is_(None))
    .values(ended_at=_ending.c.at, outcome=_ending.c.o),
)


def end_sessions(tx: Connection, rows: Rows) -> None:
    """Record how sessions ended: rows of b, k, i (the key), at, o (outcome)."""
    _end(tx, rows)


_withdrawn = Given(b=messages.c.bucket, k=messages.c.contact_id, i=messages.c.id, r=messages.c.rule)
_withdraw = Updates(
    _withdrawn,
    update(messages)
    .where(
        messages.c.bucket == _withdrawn.c.b,
        messages.c.contact_id == _withdrawn.c.k,
        messages.c.id == _withdrawn.c.i,
    )
    .values(status="canceled", rule=_withdrawn.c.r),
)


def cancel_queued(tx: Connection, contact_ids: Collection[str], rule: str, author: str = "") -> None:
    """Withdraw what has not been posted yet (rule O6), or of that what this author said, but for what the law wants
    said. A text being posted this moment can't be called back."""
    contacts = [(bucket_of(id_), id_) for id_ in contact_ids]
    if not author:
        _cancel(tx, [outbox.c.bucket, outbox.c.contact_id], contacts, rule)
        return
    o, m = outbox.c, messages.c
    same = and_(m.bucket == o.bucket, m.contact_id == o.contact_id, m.id == o.id)
    for bucket, contact_id in contacts:
        query = select(o.bucket, o.contact_id, o.id).join(messages, same).where(
            o.bucket == bucket, o.contact_id == contact_id, _CALLED_BACK,
            m.author == author, m.message_class != "compliance",
        )  # fmt: skip
        keys = [tuple(row) for row in tx.execute(query)]
        if keys:
            withdraw(tx, keys, rule)


def withdraw(tx: Connection, keys: Collection[Key], rule: str) -> set[str]:
    """As `cancel_queued`, for these texts; gives the ids of those that still waited."""
    return _cancel(tx, [outbox.c.bucket, outbox.c.contact_id, outbox.c.id], keys, rule)


_CALLED_BACK = or_(outbox.c.state == "queued", outbox.c.state == "later")


def _cancel(tx: Connection, by: Sequence[Column[Any]], keys: Collection[Sequence[Any]], rule: str) -> set[str]:
    o = outbox.c
    # Locked: what another node claims at this moment is either withdrawn or being posted, never both.
    mine = with_keys(tx, [o.bucket, o.contact_id, o.id], by, keys, _CALLED_BACK, lock=True)
    rows = [{"b": row.bucket, "k": row.contact_id, "i": row.id, "r": rule} for row in mine]
    if rows:
        leave(tx, rows)
        _withdraw(tx, rows)
        events.note_statuses(tx, rows, "canceled")
    return {row.id for row in mine}


def said(tx: Connection, keys: Collection[Key]) -> dict[str, Row[Any]]:
    """What these messages say and where they come from, by id: source, text."""
    m = messages.c
    rows = with_keys(tx, [m.id, m.source, m.text], [m.bucket, m.contact_id, m.id], keys)
    return {row.id: row for row in rows}


def update_delivery(tx: Connection, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Move messages up the ladder of statuses; returns the rows whose message is not known (yet).

    A row has bucket, contact_id, provider_id, message_id (or None), status, code, detail, at, and channel where that is
    news. Where the message is known it gets `answers`: the arrival that the message answers.
    """
    by_id = {(r["bucket"], r["contact_id"], r["message_id"]) for r in rows if r["message_id"]}
    by_provider = {(r["bucket"], r["provider_id"]) for r in rows}
    m = messages.c
    found: dict[tuple[str, str], Any] = {}
    columns = [m.bucket, m.id, m.contact_id, m.provider_id, m.status, m.arrival_id, m.channel]
    if by_id:
        for hit in with_keys(tx, columns, [m.bucket, m.contact_id, m.id], by_id):
            found[hit.contact_id, hit.id] = hit
    # A provider's id may also be that of a text that came in, on another line or even on this one.
    theirs = [m.bucket, m.provider_id]
    outgoing = (m.provider_id.is_not(None), m.direction == "out")  # the first is what the index is made of
    for hit in with_keys(tx, columns, theirs, by_provider, *outgoing, index="messages_by_provider_id"):
        found[hit.contact_id, hit.provider_id] = hit
    lost = []
    best: dict[Key, dict[str, Any]] = {}
    moved: dict[Key, dict[str, Any]] = {}
    for row in rows:
        contact_id = row["contact_id"]
        message = found.get((contact_id, row["provider_id"])) or found.get((contact_id, row["message_id"]))
        if message is None:
            lost.append(row)
            continue
        row["answers"] = message.arrival_id
        key = (message.bucket, message.contact_id, message.id)
        if (channel := row.get("channel")) and channel != message.channel:
            moved[key] = {"b": message.bucket, "k": message.contact_id, "i": message.id, "ch": channel}
        current = best[key]["s"] if key in best else message.status
        if RANK[row["status"]] > RANK[current]:
            best[key] = {
                "b": message.bucket,
                "k": message.contact_id,
                "i": message.id,
                "s": row["status"],
                "n": RANK[row["status"]],
                "p": row["provider_id"],
                "c": row["code"] or "",
                "d": row["detail"] or "",
            }
    if moved:
        went(tx, list(moved.values()))
    if best:
        _deliver(tx, list(best.values()))
        events.note_statuses(tx, best.values())
        # Whatever the provider knows of, it has: nothing is left to send.
        leave(tx, [{"b": bucket, "k": contact_id, "i": id_} for bucket, contact_id, id_ in best])
    return lost


_m = messages.c
_delivery = Given(
    b=_m.bucket, k=_m.contact_id, i=_m.id, s=_m.status, n=_m.segments, p=_m.provider_id, c=_m.code, d=_m.detail
)
# Asked again where it is written: another transaction may have moved the message up since it was read.
_RANK_NOW = case(RANK, value=_m.status)
_deliver = Updates(
    _delivery,
    update(messages)
    .where(_m.bucket == _delivery.c.b, _m.contact_id == _delivery.c.k, _m.id == _delivery.c.i)
    .where(_delivery.c.n > _RANK_NOW)
    .values(status=_delivery.c.s, provider_id=_delivery.c.p, code=_delivery.c.c, detail=_delivery.c.d),
)


def keep_early(tx: Connection, rows: Rows) -> None:
    """Keep statuses that overtook the receipt of their own message; `settle_early` applies them later."""
    _add_early(tx, rows)


def settle_early(tx: Connection, now: int, *, give_up_after: int) -> list[str]:
    """Apply kept statuses whose message is known by now; forget those older than `give_up_after` ms."""
    e = early_statuses.c
    early = within(tx, select(early_statuses), e.bucket).order_by(e.at).limit(500)
    rows = [dict(row._mapping) for row in tx.execute(early)]
    if not rows:
        return []
    lost = {row["id"] for row in update_delivery(tx, rows)}
    done = [r["id"] for r in rows if r["id"] not in lost or r["at"] < now - give_up_after]
    if done:
        tx.execute(within(tx, delete(early_statuses), e.bucket).where(e.id.in_(done)))
    return [row["contact_id"] for row in rows if row["id"] not in lost]
