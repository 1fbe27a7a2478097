"""What was last heard of lines: webhooks that came or were refused, texts that went."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from textback.store.db import make_engine, sqlite_path
from textback.store.many import upserter
from textback.store.tables import rejected_webhooks
from textback.store.tables_lines import line_seen

_s, _r = line_seen.c, rejected_webhooks.c
_note = upserter(line_seen, ("workspace", "line", "what"), ("at",))


class Seen(msgspec.Struct, frozen=True):
    """When (ms) something happened first and last."""

    first_at: int
    at: int


class Refused(msgspec.Struct, frozen=True):
    """The newest webhook that was rejected for a reason, and nobody has dealt with: the line that its address named,
    what was wrong, when (ms)."""

    line: str
    detail: str
    at: int


class Standing(msgspec.Struct, frozen=True):
    """What is known of the lines of a workspace: what happened, by line and what; the newest rejected webhook, by line
    and reason, one without a line of ours under ("", "no_line"); how many wait, by line."""

    seen: Mapping[str, Mapping[str, Seen]] = {}
    refused: Mapping[tuple[str, str], Refused] = {}
    waiting: Mapping[str, int] = {}


NOTHING = Standing()


def note(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down what happened, each with all columns; what has happened before keeps its first time."""
    _note(tx, rows)


def standing(tx: Connection, workspace: str) -> Standing:
    """All that is known of a workspace's lines."""
    seen: dict[str, dict[str, Seen]] = {}
    for row in tx.execute(select(_s.line, _s.what, _s.first_at, _s.at).where(_s.workspace == workspace)):
        seen.setdefault(row.line, {})[row.what] = Seen(row.first_at, row.at)
    mine = (_r.workspace == workspace, _r.redriven_at.is_(None))
    newest = func.row_number().over(
        partition_by=(_r.provider, _r.line, _r.reason), order_by=(_r.last_at.desc(), _r.id.desc())
    )
    ranked = select(_r.line, _r.provider, _r.reason, _r.detail, _r.last_at, newest.label("place")).where(*mine)
    rows = ranked.subquery()
    refused: dict[tuple[str, str], Refused] = {}
    for row in tx.execute(select(rows).where(rows.c.place == 1).order_by(rows.c.last_at)):
        refused[row.line if row.provider else "", row.reason] = Refused(row.line, row.detail, row.last_at)
    counts = select(_r.line, func.count().label("n")).where(*mine, _r.provider != "").group_by(_r.line)
    return Standing(seen, refused, {row.line: row.n for row in tx.execute(counts)})


def look(url: URL, workspace: str) -> Standing | None:
    """As `standing`, of a database from outside; None where it is not there, or can't be read."""
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return None
    engine = make_engine(url, begin="BEGIN")
    try:
        with engine.connect() as tx:
            return standing(tx, workspace)
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()
