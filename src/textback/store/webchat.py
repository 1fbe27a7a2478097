"""What the page of a web chat shows: the texts of one visitor's thread, and what they let the visitor choose from."""

from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from textback.store.inbox import Home, find_homes
from textback.store.many import Inserts
from textback.store.tables import messages
from textback.store.tables_web import message_offers

_m, _o = messages.c, message_offers.c
WENT = ("accepted", "sent", "delivered", "read", "unknown")
"""Texts of ours that a visitor may see: those that went, not what waits, was refused or was taken back."""

_THREAD = (
    select(_m.id, _m.direction, _m.text, _m.media, _m.status, _m.provider_id, _m.at, _o.offer)
    .outerjoin(message_offers, and_(_o.bucket == _m.bucket, _o.contact_id == _m.contact_id, _o.id == _m.id))
    .where(or_(_m.direction == "in", _m.status.in_(WENT)), or_(_m.text != "", _m.media != "[]"))
)

add_offers = Inserts(message_offers)
"""Keep what these texts let their contacts choose from: rows of the table."""


def home(tx: Connection, workspace: str, address: str) -> Home | None:
    """Where a visitor lives; None for one who has written nothing yet, or was erased."""
    key = ("web", address)
    return find_homes(tx, workspace, [key]).get(key)


def thread_of(tx: Connection, workspace: str, address: str, line: str, most: int) -> tuple[Home | None, list[Row[Any]]]:
    """Where a visitor lives, and the newest texts of their thread on this line of the web, oldest first: id, direction,
    text, media, status, provider_id, at, offer. Texts on other channels, notes and events are not among them."""
    whose = home(tx, workspace, address)
    if whose is None:
        return None, []
    query = _THREAD.where(
        _m.bucket == whose.bucket, _m.contact_id == whose.contact_id, _m.line == line, _m.channel == "web"
    )
    rows: list[Row[Any]] = list(tx.execute(query.order_by(_m.id.desc()).limit(most)))
    return whose, rows[::-1]
