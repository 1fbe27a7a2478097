"""Reading the audit log: who did what to what. Lines are only ever added (`accounts.write_audit`), and taken away when
they are old enough (`sweep`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from textback.store.sweep import id_at
from textback.store.tables_desk import audit

_a = audit.c
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; empty and 0 for whatever. `action` is an action or how one begins ("user."); `since` and
    `until` are ms, the latter not included."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: int = 0
    until: int = 0


def _where(workspace: str, asked: Asked) -> list[ColumnElement[bool]]:
    found = [_a.workspace == workspace]
    if asked.actor:
        found.append(func.lower(_a.actor) == asked.actor.lower())
    if asked.action:
        found.append(_a.action.startswith(asked.action, autoescape=True))
    if asked.subject:
        found.append(_a.subject == asked.subject)
    if asked.since:
        found.append(_a.id >= id_at(asked.since))
    if asked.until:
        found.append(_a.id < id_at(asked.until))
    return found


def lines(tx: Connection, workspace: str, asked: Asked, most: int, before: str = "") -> list[Row[Any]]:
    """The latest lines, newest first, older than the line `before`."""
    query = select(audit).where(*_where(workspace, asked))
    if before:
        query = query.where(_a.id < before)
    return list(tx.execute(query.order_by(_a.id.desc()).limit(most)))


def batches(tx: Connection, workspace: str, asked: Asked, most: int) -> Iterator[list[Row[Any]]]:
    """All lines, newest first, in batches, up to `most`."""
    before, left = "", most
    while left > 0:
        rows = lines(tx, workspace, asked, min(BATCH, left), before)
        if not rows:
            return
        yield rows
        before, left = rows[-1].id, left - len(rows)


def actions(tx: Connection, workspace: str) -> list[str]:
    """What was ever done, by name."""
    query = select(_a.action).where(_a.workspace == workspace).distinct().order_by(_a.action)
    return list(tx.execute(query).scalars())
