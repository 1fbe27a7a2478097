"""Who works here, as far as their colleagues need to know."""

from typing import Any

from sqlalchemy import Connection, Row, select

from textback.store.tables_desk import users

_u = users.c
MOST = 200


def colleagues(tx: Connection, workspace: str) -> list[Row[Any]]:
    """Everybody who may sign in: id, name, role, email, by name."""
    query = select(_u.id, _u.name, _u.role, _u.email).where(_u.workspace == workspace, _u.deactivated_at.is_(None))
    return list(tx.execute(query.order_by(_u.name, _u.id).limit(MOST)))


def colleague(tx: Connection, workspace: str, user_id: str) -> Row[Any] | None:
    """One of them; None where there is no such person."""
    query = select(_u.id, _u.name, _u.role, _u.email).where(
        _u.workspace == workspace, _u.id == user_id, _u.deactivated_at.is_(None)
    )
    found: Row[Any] | None = tx.execute(query).first()  # type: ignore[assignment]
    return found
