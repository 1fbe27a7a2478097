"""Bulk sends: many texts that a program gave at once, until each is in the inbox, and what became of them.

A chunk of texts gets its message ids in one transaction, and goes into the inbox under these ids in another: whoever
goes on after a crash stores the same again, and what is there already is skipped.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from textback.core.when import DAY, SECOND
from textback.engine.arrivals import ApiSend
from textback.store.tables import bulk_sends

LEASE = 30 * SECOND
"""How long (ms) a server has a bulk send without a sign of life."""
KEPT = 30 * DAY
"""How long (ms) it is kept what became of one."""

_b = bulk_sends.c


class BulkText(msgspec.Struct, frozen=True, array_like=True):
    """One text: its place among those that were given, its line, number, and what it says."""

    index: int
    line: str
    to: str
    arrival: ApiSend


class BulkError(msgspec.Struct, frozen=True):
    """A text that could not be taken: its place, and why."""

    index: int
    code: str
    detail: str
    field: str = ""


class BulkSend(msgspec.Struct, frozen=True):
    """A bulk send. `ids` are the messages of those `texts` that have one by now, `position` how many of them are in the
    inbox; `total` is how many texts were given."""

    id: str
    key_id: str
    texts: list[BulkText]
    ids: list[str]
    errors: list[BulkError]
    total: int
    position: int
    fence: int
    created_at: int
    done_at: int | None


class _Ids(msgspec.Struct):
    total: int
    ids: list[str]


_texts = msgspec.json.Decoder(list[BulkText])
_ids = msgspec.json.Decoder(_Ids)
_errors = msgspec.json.Decoder(list[BulkError])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _read(row: Row[Any]) -> BulkSend:
    ids = _ids.decode(row.ids)
    return BulkSend(
        row.id, row.key_id, _texts.decode(row.texts), ids.ids, _errors.decode(row.errors), ids.total, row.position,
        row.fence, row.created_at, row.done_at,
    )  # fmt: skip


def add(
    tx: Connection,
    workspace: str,
    id_: str,
    key: tuple[str, str],
    texts: Sequence[BulkText],
    errors: Sequence[BulkError],
    now: int,
) -> None:
    """Keep one, of this key (its id and name). What became of old ones is forgotten."""
    tx.execute(delete(bulk_sends).where(_b.workspace == workspace, _b.done_at < now - KEPT))
    row = {
        "workspace": workspace, "id": id_, "key_id": key[0], "key_name": key[1], "texts": _json(texts),
        "ids": _json(_Ids(len(texts) + len(errors), [])), "errors": _json(errors), "position": 0, "fence": 0,
        "lease_until": 0, "created_at": now, "done_at": None if texts else now,
    }  # fmt: skip
    tx.execute(insert(bulk_sends), row)


def find(tx: Connection, workspace: str, id_: str) -> BulkSend | None:
    """One of them."""
    row = tx.execute(select(bulk_sends).where(_b.workspace == workspace, _b.id == id_)).first()
    return None if row is None else _read(row)


def claim(tx: Connection, workspace: str, now: int) -> BulkSend | None:
    """Take the oldest that nobody works on."""
    mine = (_b.workspace == workspace, _b.done_at.is_(None), _b.lease_until < now)
    for row in tx.execute(select(_b.id, _b.fence).where(*mine).order_by(_b.created_at, _b.id)).all():
        same = (_b.workspace == workspace, _b.id == row.id, _b.fence == row.fence, _b.lease_until < now)
        taken = update(bulk_sends).where(*same).values(fence=row.fence + 1, lease_until=now + LEASE)
        if tx.execute(taken).rowcount:
            return find(tx, workspace, row.id)
    return None


def is_work(tx: Connection, workspace: str, now: int) -> bool:
    """Whether any waits that nobody works on."""
    mine = (_b.workspace == workspace, _b.done_at.is_(None), _b.lease_until < now)
    return tx.execute(select(_b.id).where(*mine).limit(1)).first() is not None


def keep(tx: Connection, workspace: str, one: BulkSend, now: int) -> bool:
    """Write how far it is, and that its server lives; at the end its texts are not kept twice. False when it is
    somebody else's."""
    mine = (_b.workspace == workspace, _b.id == one.id, _b.fence == one.fence, _b.done_at.is_(None))
    values: dict[str, Any] = {
        "position": one.position, "ids": _json(_Ids(one.total, one.ids)), "lease_until": now + LEASE,
    }  # fmt: skip
    if one.position == len(one.texts):
        values |= {"texts": "[]", "done_at": now}
    return tx.execute(update(bulk_sends).where(*mine).values(values)).rowcount > 0


def give_back(tx: Connection, workspace: str, one: BulkSend) -> None:
    """Let another server go on at once: this one stops."""
    mine = (_b.workspace == workspace, _b.id == one.id, _b.fence == one.fence, _b.done_at.is_(None))
    tx.execute(update(bulk_sends).where(*mine).values(lease_until=0))
