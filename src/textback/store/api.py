"""What the HTTP API reads."""

from typing import Any

from sqlalchemy import Connection, Row, select

from textback.store.tables import conversations, messages

_c = conversations.c


def message(tx: Connection, id_: str, bucket: int | None = None) -> Row[Any] | None:
    """One message by its id."""
    query = select(messages).where(messages.c.id == id_)
    if bucket is not None:
        query = query.where(messages.c.bucket == bucket)
    return tx.execute(query).first()


def conversation_list(tx: Connection, workspace: str, most: int) -> list[Row[Any]]:
    """The conversations with the latest texts first: address, status, message_count, created_at."""
    query = (
        select(_c.address, _c.status, _c.message_count, _c.created_at)
        .where(_c.workspace == workspace)
        .order_by(_c.last_at.desc())
        .limit(most)
    )
    return list(tx.execute(query))
