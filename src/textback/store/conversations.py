"""Conversations, as programs list them, a page at a time: a place in a list stays right while texts come."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, literal, literal_column, or_, select

from textback.store.contacts import has_tag, of_lines
from textback.store.handoffs import in_queue
from textback.store.tables import contacts, conversations

_c, _p = conversations.c, contacts.c
_HANDED = _c.state.like('%"handoff":{%')
_NOT_THE_BOTS = _c.owner_kind != literal_column("'bot'")
"""As the index of hand-overs has it: a parameter in the place of the word would keep it from being used."""
_NEVER = 2**53
"""Behind whoever waits."""

ROW = select(
    _c.contact_id, _c.bucket, _c.state, _c.status, _c.line, _c.address, _c.last_text, _c.last_author, _c.last_at,
    _c.waiting_since, _c.unread, _c.message_count, _c.opted_out, _c.created_at, _p.name,
).join(contacts, and_(_p.bucket == _c.bucket, _p.id == _c.contact_id))  # fmt: skip


class Wanted(msgspec.Struct, frozen=True):
    """Which conversations: empty and None are all. `owner` is bot, nobody, or the id of who has it; `since` is the time
    (ms) of the last text or later; `queue` the one that they are handed over to."""

    status: str = ""
    owner: str = ""
    lines: frozenset[str] = frozenset()
    waiting: bool | None = None
    contact: str = ""
    tag: str = ""
    since: int | None = None
    queue: str = ""


def _owned(owner: str) -> list[ColumnElement[bool]]:
    if not owner:
        return []
    if owner in ("bot", "nobody"):
        return [_c.owner_kind == owner]
    return [_c.owner_kind == "person", _c.owner_id == owner]


def _where(tx: Connection, workspace: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_c.workspace == workspace, _c.address != "", *of_lines(wanted.lines), *_owned(wanted.owner)]
    if wanted.contact:
        found += [_c.bucket == int(wanted.contact[:2], 16), _c.contact_id == wanted.contact]
    if wanted.status:
        found.append(_c.status == wanted.status)
    if wanted.waiting is not None:
        # A range, so that the index of those who wait is used.
        found.append(_c.waiting_since > 0 if wanted.waiting else _c.waiting_since.is_(None))
    if wanted.tag:
        found.append(has_tag(tx, wanted.tag))
    if wanted.queue:
        found.append(in_queue(wanted.queue))
    if wanted.since is not None:
        found.append(_c.last_at >= wanted.since)
    return found


def page(
    tx: Connection,
    workspace: str,
    wanted: Wanted,
    most: int,
    after: tuple[int, str] | None = None,
    *,
    oldest_first: bool = False,
) -> list[Row[Any]]:
    """Conversations by their last text, the latest first unless said, after this place (ms, contact)."""
    query = ROW.where(*_where(tx, workspace, wanted))
    if after is not None:
        at, id_ = after
        if oldest_first:
            query = query.where(_c.last_at >= at, or_(_c.last_at > at, _c.contact_id > id_))
        else:
            query = query.where(_c.last_at <= at, or_(_c.last_at < at, _c.contact_id < id_))
    by = (_c.last_at, _c.contact_id) if oldest_first else (_c.last_at.desc(), _c.contact_id.desc())
    return list(tx.execute(query.order_by(*by).limit(most)))


def handed_over(
    tx: Connection,
    workspace: str,
    most: int,
    after: tuple[int, str] | None = None,
    *,
    owner: str = "",
    lines: Collection[str] = (),
    queue: str = "",
) -> list[Row[Any]]:
    """Conversations that wait for a person, or that a person has since the bot asked for one, the longest wait first
    and those that nobody waits in last. Each with its place (ms) as `since`."""
    where = [
        _c.workspace == workspace, _c.address != "", *of_lines(lines), *_owned(owner),
        _NOT_THE_BOTS, or_(_c.owner_kind == "nobody", _HANDED), *([in_queue(queue)] if queue else []),
    ]  # fmt: skip
    found = list(tx.execute(_waiting(where, after).limit(most))) if after is None or after[0] < _NEVER else []
    if len(found) < most:
        known = {row.contact_id for row in found}
        rest = tx.execute(_not_waiting(where, after).limit(most - len(found)))
        found += [row for row in rest if row.contact_id not in known]
    return found


# Two queries, each in the order of one index: what sorts both at once reads all of them.


def _waiting(where: list[ColumnElement[bool]], after: tuple[int, str] | None) -> Select[Any]:
    """Those that somebody waits in."""
    at, id_ = after or (0, "")
    where = [*where, _c.waiting_since >= at, or_(_c.waiting_since > at, _c.contact_id > id_)]
    query = ROW.add_columns(_c.waiting_since.label("since")).where(*where)
    return query.order_by(_c.waiting_since, _c.contact_id)


def _not_waiting(where: list[ColumnElement[bool]], after: tuple[int, str] | None) -> Select[Any]:
    """Those that nobody waits in."""
    id_ = after[1] if after is not None and after[0] >= _NEVER else ""
    query = ROW.add_columns(literal(_NEVER).label("since")).where(*where, _c.waiting_since.is_(None))
    return query.where(_c.contact_id > id_).order_by(_c.waiting_since, _c.contact_id)
