"""What the simulator reads: its phones and their turns. A simulated phone is a contact of the simulator's line."""

from typing import Any

from sqlalchemy import Connection, Row, select

from textback.store.tables import addresses, conversations

_c, _a = conversations.c, addresses.c


def phones(tx: Connection, workspace: str, line: str, most: int) -> list[Row[Any]]:
    """The simulated phones that have texted, the latest first: contact_id, address."""
    query = (
        select(_c.contact_id, _c.address)
        .where(_c.workspace == workspace, _c.line == line)
        .order_by(_c.last_at.desc())
        .limit(most)
    )
    return list(tx.execute(query))


def contact_of(tx: Connection, workspace: str, phone: str) -> str | None:
    """The contact that this phone number belongs to; None when it has not texted yet."""
    query = select(_a.contact_id).where(_a.workspace == workspace, _a.family == "phone", _a.identifier == phone)
    found = tx.execute(query).first()
    return None if found is None else str(found.contact_id)
