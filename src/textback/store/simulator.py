"""What the simulator keeps and reads: its phones, how they behave, their turns, and how far its clock is ahead. A
simulated phone is a contact of the simulator's line."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from textback.core.ids import bucket_of
from textback.store.tables import addresses, conversations, outbox, timers
from textback.store.tables_composer import simulated_clock, simulated_phones

_c, _a, _p, _k = conversations.c, addresses.c, simulated_phones.c, simulated_clock.c


class Behaviour(msgspec.Struct, frozen=True):
    """How a phone behaves: its faults, and a text of its own (JSON) that comes after the next one."""

    faults: frozenset[str] = frozenset()
    waiting: str = ""


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


def behaviour(tx: Connection, workspace: str, phone: str) -> Behaviour:
    """How a phone behaves."""
    found = tx.execute(select(_p.faults, _p.waiting).where(_p.workspace == workspace, _p.phone == phone)).first()
    return Behaviour() if found is None else Behaviour(frozenset(found.faults.split()), found.waiting)


def set_faults(tx: Connection, workspace: str, phone: str, faults: Collection[str]) -> None:
    """Make a phone behave like this."""
    _set(tx, workspace, phone, {"faults": " ".join(sorted(faults))})


def keep_waiting(tx: Connection, workspace: str, phone: str, text: str) -> None:
    """Keep a text of a phone until its next one; "" forgets it."""
    _set(tx, workspace, phone, {"waiting": text})


def _set(tx: Connection, workspace: str, phone: str, values: dict[str, str]) -> None:
    changed = update(simulated_phones).where(_p.workspace == workspace, _p.phone == phone).values(**values)
    if not tx.execute(changed).rowcount:
        row = {"workspace": workspace, "phone": phone, "faults": "", "waiting": "", **values}
        tx.execute(insert(simulated_phones), row)


def ahead(tx: Connection, workspace: str) -> int:
    """How far (ms) the clock is ahead of the real time."""
    return int(tx.execute(select(_k.ahead).where(_k.workspace == workspace)).scalar() or 0)


def move(tx: Connection, workspace: str, by: int) -> int:
    """Move the clock ahead by so much (ms) more; returns how far it is then."""
    if not tx.execute(update(simulated_clock).where(_k.workspace == workspace).values(ahead=_k.ahead + by)).rowcount:
        tx.execute(insert(simulated_clock), {"workspace": workspace, "ahead": by})
    return ahead(tx, workspace)


def posting(tx: Connection) -> bool:
    """Whether a text is being posted at this moment."""
    return tx.execute(select(outbox.c.id).where(outbox.c.state == "sending").limit(1)).first() is not None


def next_due(tx: Connection, contact_id: str) -> tuple[int, str] | None:
    """What comes due next in a conversation: when (ms), and the timer's key, or "text" for one that waits to go."""
    bucket = bucket_of(contact_id)
    t, o = timers.c, outbox.c
    timer = tx.execute(
        select(t.due_at, t.key).where(t.bucket == bucket, t.contact_id == contact_id).order_by(t.due_at).limit(1)
    ).first()
    text = tx.execute(select(func.min(o.due_at)).where(o.bucket == bucket, o.contact_id == contact_id)).scalar()
    found = [(timer.due_at, timer.key)] if timer is not None else []
    found += [(text, "text")] if text is not None else []
    return min(found, default=None)
