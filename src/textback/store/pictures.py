"""Pictures that people attach to texts. Whoever has a picture's token may see it, as the provider must; a token begins
with its bucket, as those of short links do."""

import secrets
from typing import Any

from sqlalchemy import Connection, insert, select

from textback.core.ids import bucket_of, new_id
from textback.store.short_links import ALPHABET, CHANCE, bucket_of_token, new_token
from textback.store.tables_composer import pictures

_p = pictures.c
MORE = 9
"""Characters that a picture's token has more than a short link's: it is in nobody's way, and is not to be guessed."""


def add(tx: Connection, workspace: str, contact_id: str, values: dict[str, Any]) -> str:
    """Keep a picture (content_type, name, size, user_id, at, data) of a conversation. Returns its id."""
    id_ = new_id()
    bucket = bucket_of(contact_id)
    token = new_token(bucket) + "".join(secrets.choice(ALPHABET) for _ in range(MORE))
    row = {"bucket": bucket, "contact_id": contact_id, "id": id_, "workspace": workspace}
    tx.execute(insert(pictures), {**row, "token": token, **values})
    return id_


def find(tx: Connection, contact_id: str, id_: str) -> Any:
    """What a picture of a conversation is, without its data: token, content_type, name, size."""
    query = select(_p.id, _p.token, _p.content_type, _p.name, _p.size)
    return tx.execute(
        query.where(_p.bucket == bucket_of(contact_id), _p.contact_id == contact_id, _p.id == id_)
    ).first()


def by_token(tx: Connection, workspace: str, token: str) -> Any:
    """The picture of a token: content_type, name, data."""
    bucket = bucket_of_token(token[: CHANCE + 2])
    if bucket is None or len(token) != CHANCE + 2 + MORE or set(token) - set(ALPHABET):
        return None
    query = select(_p.content_type, _p.name, _p.data).where(
        _p.bucket == bucket, _p.token == token, _p.workspace == workspace
    )
    found: Any = tx.execute(query).first()
    return found


def id_of(tx: Connection, contact_id: str, token: str) -> str:
    """The id of a conversation's picture by its token; "" for none."""
    mine = (_p.bucket == bucket_of(contact_id), _p.contact_id == contact_id, _p.token == token)
    return tx.execute(select(_p.id).where(*mine)).scalar() or ""
