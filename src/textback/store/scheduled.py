"""Texts that wait for their time: what of a conversation is to go later, calling one back, and changing one."""

from typing import Any

from sqlalchemy import Connection, Row, and_, select, update

from textback.core.ids import bucket_of
from textback.store import turns
from textback.store.tables import conversations, message_details, messages, outbox

UNDONE = "undone"
"""The rule of a text that a person has taken back before it went."""

_m, _o, _c, _d = messages.c, outbox.c, conversations.c, message_details.c
_SAME = and_(_o.bucket == _m.bucket, _o.contact_id == _m.contact_id, _o.id == _m.id)


def waiting(tx: Connection, contact_id: str, most: int = 20) -> list[Row[Any]]:
    """What is to go later to this contact, the soonest first: id, text, media, author, author_id, author_name, source,
    at, due_at."""
    query = (
        select(_m.id, _m.text, _m.media, _m.author, _m.author_id, _m.author_name, _m.source, _m.at, _o.due_at)
        .join(outbox, _SAME)
        .where(_o.bucket == bucket_of(contact_id), _o.contact_id == contact_id, _o.state == "later")
    )
    return list(tx.execute(query.order_by(_o.due_at, _m.id).limit(most)))


def find(tx: Connection, contact_id: str, id_: str) -> Any:
    """A text of ours: text, media, author, author_id, source, status, at."""
    query = select(_m.text, _m.media, _m.author, _m.author_id, _m.source, _m.status, _m.at)
    mine = (_m.bucket == bucket_of(contact_id), _m.contact_id == contact_id, _m.id == id_, _m.direction == "out")
    found: Any = tx.execute(query.where(*mine)).first()
    return found


def take_back(tx: Connection, contact_id: str, id_: str) -> bool:
    """Call a text back that has not gone; False where it has, or is going at this moment. Lists show again what was the
    last text before it."""
    key = (bucket_of(contact_id), contact_id, id_)
    if id_ not in turns.withdraw(tx, [key], UNDONE):
        return False
    mine = and_(_m.bucket == key[0], _m.contact_id == contact_id)
    said = tx.execute(select(_m.text, _m.at).where(mine, _m.id == id_)).one()
    before = select(_m.text, _m.author, _m.at).where(mine, _m.status != "canceled").order_by(_m.id.desc()).limit(1)
    last = tx.execute(before).first()
    if last is not None:
        tx.execute(
            update(conversations)
            .where(_c.bucket == key[0], _c.contact_id == contact_id)
            .where(_c.last_text == said.text, _c.last_at == said.at)
            .values(last_text=last.text, last_author=last.author, last_at=last.at)
        )
    return True


def change(tx: Connection, contact_id: str, id_: str, text: str, parts: int, due_at: int) -> bool:
    """Give a text that is to go later other words, `parts` segments of them, and another time (ms); False where it
    waits no longer. The gate is asked about both when its time has come."""
    key = (_o.bucket == bucket_of(contact_id), _o.contact_id == contact_id, _o.id == id_)
    query = select(_o.id, _o.due_at, _o.expires_at).where(*key, _o.state == "later")
    found = tx.execute(query.with_for_update()).first()
    if found is None:
        return False
    expires_at = None if found.expires_at is None else found.expires_at + due_at - found.due_at
    tx.execute(update(outbox).where(*key).values(due_at=due_at, expires_at=expires_at))
    mine = (_m.bucket == bucket_of(contact_id), _m.contact_id == contact_id, _m.id == id_)
    tx.execute(update(messages).where(*mine).values(text=text, segments=parts))
    details = (_d.bucket == bucket_of(contact_id), _d.contact_id == contact_id, _d.id == id_)
    tx.execute(update(message_details).where(*details).values(send_at=due_at))
    return True


def heard_after(tx: Connection, contact_id: str, seen: str) -> bool:
    """Whether a text of theirs came after this message."""
    mine = (_m.bucket == bucket_of(contact_id), _m.contact_id == contact_id, _m.id > seen, _m.direction == "in")
    return tx.execute(select(_m.id).where(*mine).limit(1)).first() is not None
