"""The keys that programs give to their requests: one that comes twice, perhaps to two servers, is done once."""

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, select

from textback.core.when import HOUR
from textback.store.many import insert_or_skip, with_keys
from textback.store.tables import api_requests

KEPT = 48 * HOUR
"""How long (ms) a key is known."""
LONGEST = 255
"""Characters that a key may have."""

_r = api_requests.c
_add = insert_or_skip(api_requests)


class Once(msgspec.Struct, frozen=True):
    """A request with a key: of which API key, the digest of what it asks for, and the id of what is to come of it."""

    key_id: str
    key: str
    digest: str
    message_id: str


class Taken(msgspec.Struct, frozen=True):
    """A request of the same key that was there first: the digest of what it asked for, and what came of it."""

    digest: str
    message_id: str
    at: int


def take(tx: Connection, workspace: str, wanted: Collection[Once], now: int) -> dict[str, Taken]:
    """Take these keys, where nobody has; gives by message id those that another request has, or had.

    A request with the same key that is being stored by another server at this moment is waited for.
    """
    rows = {(one.key_id, one.key): one for one in reversed(list(wanted))}
    # In one order everywhere, so that no two servers wait for each other.
    added = _add(
        tx,
        [
            {
                "workspace": workspace, "key_id": one.key_id, "key": one.key, "digest": one.digest,
                "message_id": one.message_id, "at": now,
            }
            for _, one in sorted(rows.items())
        ],
    )  # fmt: skip
    if added == len(wanted):
        return {}
    keys = [(workspace, *key) for key in rows]
    columns = [_r.key_id, _r.key, _r.digest, _r.message_id, _r.at]
    found = {
        (row.key_id, row.key): Taken(row.digest, row.message_id, row.at)
        for row in with_keys(tx, columns, [_r.workspace, _r.key_id, _r.key], keys)
    }
    return {
        one.message_id: first for one in wanted if (first := found[one.key_id, one.key]).message_id != one.message_id
    }


def find(tx: Connection, workspace: str, key_id: str, key: str) -> Taken | None:
    """What a request of this key came to."""
    query = select(_r.digest, _r.message_id, _r.at)
    row = tx.execute(query.where(_r.workspace == workspace, _r.key_id == key_id, _r.key == key)).first()
    return None if row is None else Taken(row.digest, row.message_id, row.at)
