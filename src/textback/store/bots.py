"""Published bots: immutable numbered versions of a bot folder's files."""

import hashlib
from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, func, insert, select, text

from textback.store.tables import bot_versions

_v = bot_versions.c


def digest(files: Mapping[str, str]) -> str:
    """The SHA-256 of a bot's files, the same for the same contents."""
    return hashlib.sha256(msgspec.json.encode(sorted(files.items()))).hexdigest()


def publish(tx: Connection, workspace: str, files: Mapping[str, str], now: int) -> int:
    """Make these files the newest version and return its number; the same as the newest one changes nothing."""
    if tx.dialect.name == "postgresql":  # nodes that start together publish one after the other
        tx.execute(text("LOCK TABLE bot_versions IN SHARE ROW EXCLUSIVE MODE"))
    wanted = digest(files)
    newest = tx.execute(
        select(_v.number, _v.digest).where(_v.workspace == workspace).order_by(_v.number.desc()).limit(1)
    ).first()
    if newest is not None and newest.digest == wanted:
        return int(newest.number)
    number = int(newest.number) + 1 if newest else 1
    tx.execute(
        insert(bot_versions),
        {
            "workspace": workspace,
            "number": number,
            "digest": wanted,
            "files": msgspec.json.encode(dict(files)).decode(),
            "created_at": now,
        },
    )
    return number


def load_files(tx: Connection, workspace: str, number: int) -> dict[str, str]:
    """The files of one version. KeyError when there is none."""
    row = tx.execute(select(_v.files).where(_v.workspace == workspace, _v.number == number)).first()
    if row is None:
        raise KeyError(number)
    return msgspec.json.decode(row.files, type=dict[str, str])


def newest(tx: Connection, workspace: str) -> int:
    """The newest version's number, 0 when nothing was published."""
    return tx.execute(select(func.max(_v.number)).where(_v.workspace == workspace)).scalar() or 0
