"""What people have changed at the desk of routes and thresholds, in numbered versions of which the newest holds."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, text

from textback.store.accounts import write_audit
from textback.store.notify import tell_published
from textback.store.tables_desk import bot_versions
from textback.store.tables_rules import routing_rules

_r, _v = routing_rules.c, bot_versions.c
Changes = dict[str, float | str]


class Overtaken(Exception):
    """Somebody has saved a newer version meanwhile: its number, and who it was."""

    def __init__(self, number: int, by: str) -> None:
        super().__init__(number, by)
        self.number, self.by = number, by


def newest_numbers(tx: Connection, workspace: str) -> tuple[int, int]:
    """The numbers of the newest version of the bot and of the newest changes, each 0 where there is none."""
    bot = select(func.max(_v.number)).where(_v.workspace == workspace).scalar_subquery()
    mine = select(func.max(_r.number)).where(_r.workspace == workspace).scalar_subquery()
    row = tx.execute(select(bot.label("bot"), mine.label("mine"))).one()
    return row.bot or 0, row.mine or 0


def newest(tx: Connection, workspace: str) -> tuple[int, Changes]:
    """The number of the newest changes, 0 where nothing was ever changed, and the changes."""
    rows = versions(tx, workspace, 1)
    return (int(rows[0].number), changes_in(rows[0])) if rows else (0, {})


def versions(tx: Connection, workspace: str, most: int) -> list[Row[Any]]:
    """The newest versions, newest first."""
    query = select(routing_rules).where(_r.workspace == workspace).order_by(_r.number.desc()).limit(most)
    return list(tx.execute(query))


def version(tx: Connection, workspace: str, number: int) -> Changes | None:
    """The changes of one version; None where there is none. There are no changes in version 0."""
    if number == 0:
        return {}
    row = tx.execute(select(routing_rules).where(_r.workspace == workspace, _r.number == number)).first()
    return None if row is None else changes_in(row)


def changes_in(row: Row[Any]) -> Changes:
    """The changes of a version's row."""
    return msgspec.json.decode(row.changes, type=Changes)


def save(
    tx: Connection, workspace: str, base: int, changes: Mapping[str, float | str], by: str, now: int, again: int = 0
) -> int:
    """Put these changes in force in the place of version `base`, and tell all nodes. Returns the new version's number;
    where nothing is different, that of the one in force. Raises Overtaken where `base` is not the newest any more.
    `again` is the earlier version that this is."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE routing_rules IN SHARE ROW EXCLUSIVE MODE"))
    rows = versions(tx, workspace, 1)
    number, before = (int(rows[0].number), changes_in(rows[0])) if rows else (0, {})
    if number != base:
        raise Overtaken(number, rows[0].saved_by if rows else "")
    wanted = dict(changes)
    if wanted == before:
        return number
    row = {
        "workspace": workspace, "number": number + 1, "changes": msgspec.json.encode(wanted).decode(),
        "saved_at": now, "saved_by": by, "again": again,
    }  # fmt: skip
    tx.execute(insert(routing_rules), row)
    done = {
        key: {"from": str(before.get(key, "the file's")), "to": str(wanted.get(key, "the file's"))}
        for key in sorted(before.keys() | wanted.keys())
        if before.get(key) != wanted.get(key)
    }
    write_audit(tx, workspace, by, "routing.back" if again else "routing.save", f"version {number + 1}", now, done)
    tell_published(tx, workspace)
    return number + 1
