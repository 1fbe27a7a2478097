"""The notes that name a person, so that they find them: one row of `preferences` each, named by the turn that wrote the
note. What a note says stays with its conversation, and is gone with it."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select

from textback.core.ids import bucket_of
from textback.store.desk_lists import states
from textback.store.many import Inserts, upserter
from textback.store.notify import tell_changed
from textback.store.sight import Sight
from textback.store.tables import turns
from textback.store.tables_list import preferences

MOST = 100
"""Mentions that are kept of one person; of more the oldest are forgotten."""
_PREFIX = "mention:"

_f, _t = preferences.c, turns.c
_add = Inserts(preferences, suffix="ON CONFLICT DO NOTHING")
_set = upserter(preferences, ["workspace", "user_id", "name"], ["value"])


class Kept(msgspec.Struct, omit_defaults=True):
    """A mention as its row has it: whose conversation, since when, and when it was opened (ms)."""

    contact: str
    at: int
    seen: int = 0


class Mention(msgspec.Struct, frozen=True):
    """A note that names somebody: in the turn `turn` of a contact, whose name and address are these. `note` is its id
    in the thread, `by` who wrote it; `seen` whether it was opened."""

    turn: str
    contact_id: str
    name: str
    address: str
    note: str
    by: str
    text: str
    at: int
    seen: bool


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Kept).decode


def _mine(workspace: str, user_id: str) -> tuple[Any, ...]:
    return (_f.workspace == workspace, _f.user_id == user_id, _f.name.startswith(_PREFIX, autoescape=True))


def keep(tx: Connection, workspace: str, contact_id: str, turn: str, user_ids: Collection[str], now: int) -> None:
    """The note that this turn wrote names these people. Said twice it is kept once."""
    value = _encode(Kept(contact_id, now)).decode()
    people = sorted(set(user_ids))
    _add(tx, [{"workspace": workspace, "user_id": one, "name": _PREFIX + turn, "value": value} for one in people])
    for one in people:
        mine = _mine(workspace, one)
        last = tx.execute(select(_f.name).where(*mine).order_by(_f.name.desc()).offset(MOST - 1).limit(1)).scalar()
        if last is not None:
            tx.execute(delete(preferences).where(*mine, _f.name < last))
    tell_changed(tx, workspace, contact_id)


def mentions(tx: Connection, workspace: str, user_id: str, sight: Sight, *, unseen: bool = False) -> list[Mention]:
    """The notes that name this person in conversations that they see, newest first; with `unseen` those alone that they
    have not opened."""
    query = select(_f.name, _f.value).where(*_mine(workspace, user_id)).order_by(_f.name.desc()).limit(MOST)
    rows = [(row.name.removeprefix(_PREFIX), _decode(row.value)) for row in tx.execute(query)]
    kept = {turn: one for turn, one in rows if not (unseen and one.seen)}
    if not kept:
        return []
    known = states(tx, workspace, {one.contact for one in kept.values()}, sight)
    told = _notes(tx, {(one.contact, turn) for turn, one in kept.items() if one.contact in known})
    return [
        Mention(turn, one.contact, known[one.contact].name, known[one.contact].address, str(data.get("note", "")),
                str(data.get("name", "")), str(data.get("text", "")), one.at, bool(one.seen))
        for turn, one in kept.items()
        if (data := told.get((one.contact, turn))) is not None and user_id in data.get("mentions", ())
    ]  # fmt: skip


def _notes(tx: Connection, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The notes that these turns (contact, id) wrote."""
    if not keys:
        return {}
    contacts = {contact for contact, _ in keys}
    query = select(_t.contact_id, _t.id, _t.events).where(
        _t.bucket.in_({bucket_of(one) for one in contacts}), _t.contact_id.in_(contacts),
        _t.id.in_({turn for _, turn in keys}),
    )  # fmt: skip
    return {
        (row.contact_id, row.id): event.get("data", {})
        for row in tx.execute(query)
        for event in msgspec.json.decode(row.events)
        if event["kind"] == "noted"
    }


def see(tx: Connection, workspace: str, user_id: str, turn: str, now: int) -> None:
    """They have opened it."""
    mine = (_f.workspace == workspace, _f.user_id == user_id, _f.name == _PREFIX + turn)
    value = tx.execute(select(_f.value).where(*mine)).scalar()
    if value is None or (one := _decode(value)).seen:
        return
    one.seen = now
    row = {"workspace": workspace, "user_id": user_id, "name": _PREFIX + turn, "value": _encode(one).decode()}
    _set(tx, [row])
