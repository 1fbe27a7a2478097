"""What the HTTP API reads."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, select

from textback.core.ids import bucket_of
from textback.store.contacts import of_lines
from textback.store.tables import conversations, messages, outbox

_c = conversations.c


def message(tx: Connection, contact_id: str, id_: str) -> Row[Any] | None:
    """One message of a contact by its id."""
    m = messages.c
    query = select(messages).where(m.bucket == bucket_of(contact_id), m.contact_id == contact_id, m.id == id_)
    return tx.execute(query).first()


def due_at(tx: Connection, contact_id: str, id_: str) -> int | None:
    """When (ms) a queued text may go; None when it is not queued any more."""
    o = outbox.c
    query = select(o.due_at).where(o.bucket == bucket_of(contact_id), o.contact_id == contact_id, o.id == id_)
    return tx.execute(query.where(o.state == "queued")).scalar()


def conversation_list(tx: Connection, workspace: str, most: int, lines: Collection[str] = ()) -> list[Row[Any]]:
    """The conversations with the latest texts first, of these lines or of all: address, status, message_count,
    created_at."""
    query = (
        select(_c.address, _c.status, _c.message_count, _c.created_at)
        .where(_c.workspace == workspace, _c.address != "", *of_lines(lines))  # one without an address was erased
        .order_by(_c.last_at.desc())
        .limit(most)
    )
    return list(tx.execute(query))
