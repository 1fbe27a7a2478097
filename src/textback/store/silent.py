"""Contacts who have not been heard of for a while: whom a number belongs to now must be asked elsewhere (D3)."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from textback.engine.state import load_state
from textback.store.tables import agreements, conversations

PAGE = 1_000


def silent(tx: Connection, workspace: str, before: int) -> Iterator[tuple[str, int]]:
    """The numbers of contacts who have agreed to texts and were last in touch before then (ms), and when that was: the
    last time they texted or agreed. Who has opted out is not among them."""
    a, c = agreements.c, conversations.c
    columns = (c.bucket, c.contact_id, c.address, c.state)
    last = (-1, "")
    while True:
        bucket, contact_id = last
        later = (c.bucket > bucket) | ((c.bucket == bucket) & (c.contact_id > contact_id))
        query = select(*columns).where(c.workspace == workspace, ~c.opted_out, c.address.startswith("+"), later)
        rows = tx.execute(query.order_by(c.bucket, c.contact_id).limit(PAGE)).all()
        if not rows:
            return
        last = (rows[-1].bucket, rows[-1].contact_id)
        ids = [row.contact_id for row in rows]
        agreed = select(a.contact_id, a.since).where(
            a.contact_id.in_(ids), a.state == "agreed", a.family.in_(("phone", "whatsapp"))
        )
        since: dict[str, int] = {}
        for contact, at in tx.execute(agreed.where(a.bucket.in_({row.bucket for row in rows}))):
            since[contact] = max(since.get(contact, 0), at)
        for row in rows:
            if row.contact_id in since:
                at = max(since[row.contact_id], load_state(row.state).last_inbound_at)
                if at < before:
                    yield row.address, at
