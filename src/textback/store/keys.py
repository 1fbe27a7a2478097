"""API keys: what a program comes in with. Only a hash of each is kept: they are long and random, so a slow one would
add nothing."""

import hashlib
import secrets
from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select, update

from textback.core.ids import new_id
from textback.store.tables_desk import api_keys

ALL = "*"
PREFIX = "tb_"
SHOWN = 8
"""How many characters of a key are kept, so that people can tell it from others."""

_k = api_keys.c


class Key(msgspec.Struct, frozen=True):
    """A key. `scopes` is what it is good for ("*": everything), `lines` the lines that it is for (none: all). Times are
    ms."""

    id: str
    name: str
    scopes: frozenset[str]
    lines: frozenset[str]
    created_at: int
    expires_at: int | None = None
    last_used_at: int | None = None
    start: str = ""
    created_by: str = ""
    rotates_until: int | None = None

    def good(self, now: int) -> bool:
        """Whether it has not expired."""
        return self.expires_at is None or now < self.expires_at

    def may(self, scope: str) -> bool:
        """Whether it is good for this."""
        return ALL in self.scopes or scope in self.scopes

    def for_line(self, line: str) -> bool:
        """Whether it is for this line."""
        return not self.lines or line in self.lines


def digest(key: str) -> str:
    """How a key is stored."""
    return hashlib.sha256(key.encode()).hexdigest()


def _key(row: Row[Any]) -> Key:
    scopes, lines = frozenset(row.scopes.split()), frozenset(row.lines.split())
    return Key(
        row.id, row.name, scopes, lines, row.created_at, row.expires_at, row.last_used_at, row.start, row.created_by,
        row.previous_until,
    )  # fmt: skip


def _live(workspace: str, now: int) -> list[ColumnElement[bool]]:
    lasting = or_(_k.expires_at.is_(None), _k.expires_at > now)
    return [_k.workspace == workspace, _k.revoked_at.is_(None), lasting]


def find(tx: Connection, workspace: str, hashed: str, now: int) -> Key | None:
    """The live key of this digest; also the one that another has taken the place of, for as long as it may be used."""
    before = (_k.previous_hash == hashed) & (_k.previous_until > now)
    row = tx.execute(select(api_keys).where(or_(_k.key_hash == hashed, before), *_live(workspace, now))).first()
    return None if row is None else _key(row)


def live(tx: Connection, workspace: str, now: int) -> list[Key]:
    """The keys that work, by name."""
    return [_key(row) for row in tx.execute(select(api_keys).where(*_live(workspace, now)).order_by(_k.name))]


def by_id(tx: Connection, workspace: str, id_: str, now: int) -> Key | None:
    """The live key of this id."""
    row = tx.execute(select(api_keys).where(_k.id == id_, *_live(workspace, now))).first()
    return None if row is None else _key(row)


def by_name(tx: Connection, workspace: str, name: str, now: int) -> Key | None:
    """The live key of this name."""
    row = tx.execute(select(api_keys).where(_k.name == name, *_live(workspace, now))).first()
    return None if row is None else _key(row)


def add(
    tx: Connection,
    workspace: str,
    name: str,
    now: int,
    *,
    scopes: Collection[str] = (ALL,),
    lines: Collection[str] = (),
    expires_at: int | None = None,
    created_by: str = "",
) -> tuple[str, str] | None:
    """Make a key; returns its id and the key itself, the only time it can be seen. None where a live key has that
    name."""
    if by_name(tx, workspace, name, now) is not None:
        return None
    key, id_ = _new(), new_id()
    tx.execute(
        insert(api_keys),
        {
            "id": id_,
            "workspace": workspace,
            "name": name,
            "key_hash": digest(key),
            "created_at": now,
            "revoked_at": None,
            "scopes": " ".join(sorted(scopes)),
            "lines": " ".join(sorted(lines)),
            "expires_at": expires_at,
            "start": key[: len(PREFIX) + SHOWN],
            "created_by": created_by,
        },
    )
    return id_, key


def _new() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def rotate(tx: Connection, workspace: str, id_: str, now: int, until: int) -> str | None:
    """Give a key a new secret and return it; the one before works until then. None where there is no such key."""
    if by_id(tx, workspace, id_, now) is None:
        return None
    key = _new()
    values = {"previous_hash": _k.key_hash, "previous_until": until, "key_hash": digest(key)}
    tx.execute(update(api_keys).where(_k.id == id_).values(**values, start=key[: len(PREFIX) + SHOWN]))
    return key


def revoke(tx: Connection, workspace: str, id_: str, now: int) -> bool:
    """End a key; False where there is no such live one."""
    if by_id(tx, workspace, id_, now) is None:
        return False
    tx.execute(update(api_keys).where(_k.id == id_).values(revoked_at=now))
    return True


def used(tx: Connection, workspace: str, id_: str, now: int) -> None:
    """Note that a key was used."""
    tx.execute(update(api_keys).where(_k.workspace == workspace, _k.id == id_).values(last_used_at=now))


def change(tx: Connection, workspace: str, key: Key, now: int) -> bool:
    """Give the live key of this id the name, scopes, lines and end that this one has. False where there is none, or
    another live key has that name."""
    other = by_name(tx, workspace, key.name, now)
    if by_id(tx, workspace, key.id, now) is None or (other is not None and other.id != key.id):
        return False
    scopes, lines = " ".join(sorted(key.scopes)), " ".join(sorted(key.lines))
    values = {"name": key.name, "scopes": scopes, "lines": lines, "expires_at": key.expires_at}
    tx.execute(update(api_keys).where(_k.id == key.id).values(**values))
    return True
