"""Short links: a token that nobody can guess, where it leads to, and how often it was opened.

A token begins with its bucket, so that it alone finds its row wherever the tables are spread to, and a turn stays in
one bucket. The rest is chance: eleven of 58 letters and digits are 64 bits.
"""

import re
import secrets
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from textback.core.ids import new_id
from textback.store.events import Happened, note
from textback.store.many import Inserts, Rows
from textback.store.tables import short_links, turns

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Letters and digits that no eye confuses."""
CHANCE = 11
TOKEN = re.compile(rf"[{ALPHABET}]{{{CHANCE + 2}}}")
BUCKETS = 256
EVENT = "link_clicked"

_s = short_links.c
_add = Inserts(short_links, omit=("clicks", "clicked_at"))


def new_token(bucket: int) -> str:
    """A token for a link of a contact in this bucket."""
    high, low = divmod(bucket, len(ALPHABET))
    return ALPHABET[high] + ALPHABET[low] + "".join(secrets.choice(ALPHABET) for _ in range(CHANCE))


def bucket_of_token(token: str) -> int | None:
    """The bucket that a token names; None for what can't be a token."""
    if not TOKEN.fullmatch(token):
        return None
    bucket = ALPHABET.index(token[0]) * len(ALPHABET) + ALPHABET.index(token[1])
    return bucket if bucket < BUCKETS else None


def add(tx: Connection, rows: Rows) -> None:
    """Keep links: bucket, token, workspace, contact_id, message_id, target, created_at, expires_at."""
    _add(tx, rows)


def find(tx: Connection, workspace: str, token: str) -> Row[Any] | None:
    """The link of this token."""
    bucket = bucket_of_token(token)
    if bucket is None:
        return None
    query = select(short_links).where(_s.bucket == bucket, _s.token == token, _s.workspace == workspace)
    return tx.execute(query).first()


def clicked(tx: Connection, link: Row[Any], network: str, now: int) -> None:
    """Somebody opened it: it counts, and the contact's timeline says so. Of where they are only the network is kept."""
    mine = update(short_links).where(_s.bucket == link.bucket, _s.token == link.token)
    tx.execute(mine.values(clicks=_s.clicks + 1, clicked_at=now))
    data = {"message": link.message_id, "target": link.target, "network": network}
    tx.execute(
        insert(turns),
        {
            "bucket": link.bucket,
            "contact_id": link.contact_id,
            "id": new_id(),
            "workspace": link.workspace,
            "at": now,
            "events": msgspec.json.encode([{"kind": EVENT, "data": data}]).decode(),
            "trace": "",
        },
    )
    note(tx, [Happened(link.contact_id, "link.clicked", link.message_id, {"target": link.target}, now)])


def opened(tx: Connection, contact_id: str, bucket: int, since: str) -> dict[str, int]:
    """How often the links of a contact's messages were opened, by message, from this one on."""
    query = select(_s.message_id, _s.clicks).where(
        _s.bucket == bucket, _s.contact_id == contact_id, _s.message_id >= since, _s.clicks > 0
    )
    found: dict[str, int] = {}
    for row in tx.execute(query):
        found[row.message_id] = found.get(row.message_id, 0) + row.clicks
    return found
