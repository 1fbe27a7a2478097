"""Messages as programs ask for them: by their id alone, as a list in order of time, and what became of one."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select

from textback.core.ids import bucket_of
from textback.core.when import SECOND
from textback.store import turns
from textback.store.many import Key
from textback.store.tables import arrivals, conversations, gate_decisions, message_details, messages, outbox

LOOKED_AT = 5_000
"""Messages that one page of a list looks at: what few messages have is found over several pages."""
UNDER_WAY = 2 * SECOND
"""How long (ms) a transaction of another server may be under way with an older id."""

_m, _o, _d, _c = messages.c, outbox.c, message_details.c, conversations.c


def _whole(of: Any) -> Select[Any]:
    """Messages with what else is kept of them: when one that waits is `due_at`, its `metadata`, `send_at`, and the
    contact's `address`."""
    same = (of.c.bucket, of.c.contact_id, of.c.id)
    columns = [*of.c, _o.due_at, _o.state.label("waits"), _d.metadata, _d.send_at, _c.address]
    rows = select(*columns).select_from(of)
    for table in (outbox, message_details):
        mine = (table.c.bucket, table.c.contact_id, table.c.id)
        rows = rows.outerjoin(table, and_(*[one == other for one, other in zip(mine, same, strict=True)]))
    return rows.outerjoin(conversations, and_(_c.bucket == same[0], _c.contact_id == same[1]))


_WHOLE = _whole(messages)


def find(tx: Connection, workspace: str, id_: str) -> Row[Any] | None:
    """The message of this id, whoever's it is."""
    return tx.execute(_WHOLE.where(_m.id == id_, _m.workspace == workspace)).first()


def statuses(tx: Connection, workspace: str, ids: Collection[str]) -> dict[str, Row[Any]]:
    """How the messages of these ids stand, by id: status, rule, detail, code, and `waits` and `due_at` of those in the
    outbox."""
    found: dict[str, Row[Any]] = {}
    wanted = list(ids)
    columns = (_m.id, _m.status, _m.rule, _m.detail, _m.code, _o.state.label("waits"), _o.due_at)
    mine = and_(_o.bucket == _m.bucket, _o.contact_id == _m.contact_id, _o.id == _m.id)
    for start in range(0, len(wanted), 250):
        query = select(*columns).outerjoin(outbox, mine).where(_m.id.in_(wanted[start : start + 250]))
        found |= {row.id: row for row in tx.execute(query.where(_m.workspace == workspace))}
    return found


class Wanted(msgspec.Struct, frozen=True):
    """Which messages: of one contact or of all, on these lines (none: all), and so on. `since` and `until` are ms."""

    contact_id: str = ""
    lines: tuple[str, ...] = ()
    direction: str = ""
    status: str = ""
    message_class: str = ""
    since: int = 0
    until: int = 0


class Page(msgspec.Struct, frozen=True):
    """A part of a list, and the id after which it goes on, where there may be more."""

    rows: list[Row[Any]]
    after: str | None


def page(
    tx: Connection, workspace: str, wanted: Wanted, most: int, *, after: str = "", ahead: bool = False, now: int = 0
) -> Page:
    """A part of the list of messages, the newest first, or the oldest with `ahead`; `after` is the id that it goes on
    after. Going ahead ends before what another turn may yet come in front of."""
    place = _m.id > after if ahead else _m.id < after
    span = [_m.workspace == workspace, *([place] if after else [])]
    if wanted.since:
        span.append(_m.id >= f"{wanted.since:011x}")
    if wanted.until:
        span.append(_m.id < f"{wanted.until:011x}")
    if wanted.contact_id:
        span += [_m.bucket == bucket_of(wanted.contact_id), _m.contact_id == wanted.contact_id]
    if ahead and (before := _settled(tx, now)):
        span.append(_m.id < before)
    order = _m.id.asc() if ahead else _m.id.desc()
    near = select(messages).where(*span).order_by(order).limit(LOOKED_AT).subquery("near")
    query = _whole(near).where(*_filters(near.c, wanted))
    rows = list(tx.execute(query.order_by(near.c.id.asc() if ahead else near.c.id.desc()).limit(most)))
    if len(rows) >= most:
        return Page(rows, rows[-1].id)
    end = select(_m.id).where(*span).order_by(order).offset(LOOKED_AT - 1).limit(1)
    return Page(rows, tx.execute(end).scalar())


def _filters(near: Any, wanted: Wanted) -> list[ColumnElement[bool]]:
    named = {"direction": wanted.direction, "message_class": wanted.message_class, "status": wanted.status}
    if wanted.status == "scheduled":
        named["status"] = "queued"
    found: list[ColumnElement[bool]] = [near[name] == value for name, value in named.items() if value]
    if wanted.lines:
        found.append(near.line.in_(wanted.lines))
    if wanted.status == "scheduled":
        found.append(_o.state == "later")
    elif wanted.status == "queued":
        found.append(func.coalesce(_o.state, "") != "later")
    return found


def _settled(tx: Connection, now: int) -> str:
    """The id before which no message can appear any more: that of the oldest arrival that waits for its turn, and where
    other servers store some too, of a moment ago. "" is none."""
    waiting = tx.execute(select(func.min(arrivals.c.id)).where(arrivals.c.handled_at.is_(None))).scalar()
    recent = "" if tx.dialect.name == "sqlite" else f"{now - UNDER_WAY:011x}"
    return min([one for one in (waiting, recent) if one], default="")


def reports(tx: Connection, message: Row[Any]) -> list[Row[Any]]:
    """What the provider has said of a message of ours, in the order in which it came: kind ("status/sent/"),
    received_at."""
    a = arrivals.c
    query = select(a.kind, a.received_at).where(
        a.bucket == message.bucket, a.contact_id == message.contact_id, a.line == message.line,
        a.provider_id == message.provider_id, a.kind.like("status/%"),
    )  # fmt: skip
    return list(tx.execute(query.order_by(a.id)))


def decisions(tx: Connection, message: Row[Any]) -> list[Row[Any]]:
    """What the gate has decided about a message, in order."""
    g = gate_decisions.c
    query = select(gate_decisions).where(
        g.bucket == message.bucket, g.contact_id == message.contact_id, g.id >= message.id[:11],
        g.message_id == message.id,
    )  # fmt: skip
    return list(tx.execute(query.order_by(g.id)))


CANCELED = "canceled"
"""The rule of a text that its program has called back."""


def cancel(tx: Connection, key: Key) -> bool:
    """Call a text back that has not gone; False where it has, or is going at this moment."""
    return key[2] in turns.withdraw(tx, [key], CANCELED)
