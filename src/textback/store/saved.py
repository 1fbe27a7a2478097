"""Saved replies: texts that people keep, each with a shortcut, for themselves or for everybody."""

from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update

from textback.core.ids import new_id
from textback.store.tables_composer import saved_replies

MOST = 1_000
"""Saved replies that a workspace may have."""
_s = saved_replies.c


def all_of(tx: Connection, workspace: str, user_id: str) -> list[Row[Any]]:
    """What this person can use: everybody's and their own, by shortcut; their own before one of the same."""
    query = select(saved_replies).where(_s.workspace == workspace, or_(_s.user_id == "", _s.user_id == user_id))
    return list(tx.execute(query.order_by(func.lower(_s.shortcut), _s.user_id.desc(), _s.id).limit(MOST)))


def find(tx: Connection, workspace: str, user_id: str, id_: str) -> Row[Any] | None:
    """One that this person can use."""
    mine = or_(_s.user_id == "", _s.user_id == user_id)
    return tx.execute(select(saved_replies).where(_s.workspace == workspace, _s.id == id_, mine)).first()


def save(tx: Connection, workspace: str, values: dict[str, Any], id_: str = "") -> str:
    """Keep one: user_id, shortcut, text, updated_by, updated_at; under this id, or as a new one. Returns the id; ""
    where the shortcut is taken, the id is nobody's, or there are too many."""
    same = and_(
        _s.workspace == workspace,
        _s.user_id == values["user_id"],
        func.lower(_s.shortcut) == values["shortcut"].lower(),
    )
    if tx.execute(select(_s.id).where(same, _s.id != id_)).first() is not None:
        return ""
    if id_:
        found = tx.execute(update(saved_replies).where(_s.workspace == workspace, _s.id == id_).values(**values))
        return id_ if found.rowcount else ""
    count = tx.execute(select(func.count()).select_from(saved_replies).where(_s.workspace == workspace)).scalar() or 0
    if count >= MOST:
        return ""
    made = new_id()
    tx.execute(insert(saved_replies), {"workspace": workspace, "id": made, **values})
    return made


def remove(tx: Connection, workspace: str, id_: str) -> bool:
    """Delete one; says whether it was there."""
    return tx.execute(delete(saved_replies).where(_s.workspace == workspace, _s.id == id_)).rowcount > 0
