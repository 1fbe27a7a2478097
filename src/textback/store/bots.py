"""Published bots, which are immutable numbered versions of a bot folder's files, and the draft of the next one.

A version remembers where it came from: `serve` (the folder that a server was started with), `folder` (textback
publish), `desk` or `api`. So a restart can tell a folder that has changed from one that was overtaken.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, text, update

from textback.store.accounts import write_audit
from textback.store.notify import tell_published
from textback.store.tables_desk import bot_drafts, bot_versions

Source = Literal["serve", "folder", "desk", "api"]
Files = dict[str, str]

SERVE = "textback serve"
"""Who published what a server was started with."""
MOST_NOTE = 500

_v, _d = bot_versions.c, bot_drafts.c


def digest(files: Mapping[str, str]) -> str:
    """The SHA-256 of a bot's files, the same for the same contents."""
    return hashlib.sha256(msgspec.json.encode(sorted(files.items()))).hexdigest()


def _alone(tx: Connection, table: str) -> None:
    """Nodes and people that change this table do so one after the other."""
    if tx.dialect.name == "postgresql":
        tx.execute(text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))


def publish(
    tx: Connection,
    workspace: str,
    files: Mapping[str, str],
    now: int,
    *,
    by: str = "",
    note: str = "",
    source: Source = "serve",
) -> int:
    """Make these files the newest version and return its number; the same as the newest one changes nothing.

    Running servers are told. `by` is noted in the audit log.
    """
    _alone(tx, "bot_versions")
    wanted = digest(files)
    last = _newest(tx, workspace)
    if last is not None and last.digest == wanted:
        return int(last.number)
    number = int(last.number) + 1 if last else 1
    row = {
        "workspace": workspace,
        "number": number,
        "digest": wanted,
        "files": msgspec.json.encode(dict(files)).decode(),
        "created_at": now,
        "source": source,
        "published_by": by,
        "note": note[:MOST_NOTE],
    }
    tx.execute(insert(bot_versions), row)
    if by:
        write_audit(tx, workspace, by, "bot.publish", f"version {number}", now, {"source": source, "note": row["note"]})
    tell_published(tx, workspace)
    return number


def publish_over(
    tx: Connection,
    workspace: str,
    files: Mapping[str, str],
    latest: int,
    now: int,
    *,
    by: str,
    note: str,
    source: Source,
) -> int:
    """As publish; but 0, and nothing is published, where the newest version is not this one any more."""
    _alone(tx, "bot_versions")
    if newest(tx, workspace) != latest:
        return 0
    return publish(tx, workspace, files, now, by=by, note=note, source=source)


class Settled(msgspec.Struct, frozen=True):
    """What a starting server runs. `files` are those of the version where they are not the folder's."""

    number: int
    files: Files | None = None
    source: str = "serve"


def settle(tx: Connection, workspace: str, files: Mapping[str, str], now: int, example: bool = False) -> Settled:
    """Publish the folder that a server starts with, if it has changed since a server last published it.

    A folder that was overtaken, by the desk or by textback publish, stays overtaken: the newest version goes on. The
    `example` that comes with Textback is only published where nothing ever was.
    """
    _alone(tx, "bot_versions")
    wanted = digest(files)
    last = _newest(tx, workspace)
    if last is not None and last.digest != wanted and (example or wanted in _since_served(tx, workspace)):
        return Settled(int(last.number), load_files(tx, workspace, last.number), last.source)
    return Settled(publish(tx, workspace, files, now, by=SERVE))


def _since_served(tx: Connection, workspace: str) -> set[str]:
    """The digests of what a server published last and of all that came after it."""
    served = select(func.max(_v.number)).where(_v.workspace == workspace, _v.source == "serve")
    since = tx.execute(served).scalar() or 0
    return set(tx.execute(select(_v.digest).where(_v.workspace == workspace, _v.number >= since)).scalars())


def _newest(tx: Connection, workspace: str) -> Row[Any] | None:
    query = select(_v.number, _v.digest, _v.source).where(_v.workspace == workspace)
    rows: list[Row[Any]] = list(tx.execute(query.order_by(_v.number.desc()).limit(1)))
    return rows[0] if rows else None


def load_files(tx: Connection, workspace: str, number: int) -> Files:
    """The files of one version. KeyError when there is none."""
    row = tx.execute(select(_v.files).where(_v.workspace == workspace, _v.number == number)).first()
    if row is None:
        raise KeyError(number)
    return msgspec.json.decode(row.files, type=Files)


def newest(tx: Connection, workspace: str) -> int:
    """The newest version's number, 0 when nothing was published."""
    return tx.execute(select(func.max(_v.number)).where(_v.workspace == workspace)).scalar() or 0


def versions(tx: Connection, workspace: str, most: int) -> list[Row[Any]]:
    """The newest versions, newest first: number, created_at, source, published_by, note, files (JSON)."""
    query = select(_v.number, _v.created_at, _v.source, _v.published_by, _v.note, _v.files)
    return list(tx.execute(query.where(_v.workspace == workspace).order_by(_v.number.desc()).limit(most)))


def listed(tx: Connection, workspace: str, most: int, before: int | None = None) -> list[Row[Any]]:
    """The versions before this one, newest first: number, created_at, source, published_by, note."""
    query = select(_v.number, _v.created_at, _v.source, _v.published_by, _v.note).where(_v.workspace == workspace)
    if before is not None:
        query = query.where(_v.number < before)
    return list(tx.execute(query.order_by(_v.number.desc()).limit(most)))


def flows_in(files: str) -> int:
    """How many flows the files (JSON) of a version have."""
    return sum(path.startswith("flows/") for path in msgspec.json.decode(files, type=Files))


class Draft(msgspec.Struct, frozen=True):
    """The draft of the next version. `base` is the version that it was begun from."""

    base: int
    files: Files
    updated_at: int
    updated_by: str


class DraftRefused(Exception):
    """The draft is not what its writer saw, or what they ask for can't be done to it. One sentence for them."""


def draft(tx: Connection, workspace: str) -> Draft | None:
    """The draft, if somebody has begun one."""
    row = tx.execute(select(bot_drafts).where(_d.workspace == workspace)).first()
    if row is None:
        return None
    return Draft(row.base, msgspec.json.decode(row.files, type=Files), row.updated_at, row.updated_by)


def change_draft(
    tx: Connection, workspace: str, change: Callable[[Files], str], by: str, now: int
) -> tuple[Draft, str] | None:
    """Let `change` alter the draft's files, which begin as those of the newest version.

    It returns what it did, for the audit log, or "" for nothing; it may raise DraftRefused. Gives the draft and what
    was done; None when there is no draft and none was begun.
    """
    _alone(tx, "bot_drafts")
    found = draft(tx, workspace)
    base = found.base if found else newest(tx, workspace)
    files = dict(found.files) if found else load_files(tx, workspace, base) if base else {}
    done = change(files)
    if not done:
        return None if found is None else (found, "")
    row = {"files": msgspec.json.encode(files).decode(), "updated_at": now, "updated_by": by}
    if found is None:
        tx.execute(insert(bot_drafts), {"workspace": workspace, "base": base, **row})
    else:
        tx.execute(update(bot_drafts).where(_d.workspace == workspace).values(row))
    write_audit(tx, workspace, by, "bot.draft", done, now, {"base": base})
    return Draft(base, files, now, by), done


def change_begun_draft(
    tx: Connection, workspace: str, change: Callable[[Files], Any], latest: int, number: int
) -> None:
    """Make a change that was published as version `number`, over `latest`, in a draft too, if there is one."""
    _alone(tx, "bot_drafts")
    found = draft(tx, workspace)
    if found is None:
        return
    files = dict(found.files)
    change(files)
    row = {"files": msgspec.json.encode(files).decode(), "base": number if found.base == latest else found.base}
    tx.execute(update(bot_drafts).where(_d.workspace == workspace).values(row))


def discard_draft(tx: Connection, workspace: str, by: str, now: int) -> bool:
    """Throw the draft away; False when there is none."""
    gone = tx.execute(delete(bot_drafts).where(_d.workspace == workspace)).rowcount > 0
    if gone:
        write_audit(tx, workspace, by, "bot.draft.discard", "draft", now)
    return gone


def publish_draft(tx: Connection, workspace: str, seen: str, latest: int, by: str, note: str, now: int) -> int:
    """Publish the draft as its writer saw it: `seen` is its digest, `latest` the newest version then.

    Raises DraftRefused when either has changed since.
    """
    _alone(tx, "bot_versions")
    _alone(tx, "bot_drafts")
    found = draft(tx, workspace)
    if found is None or digest(found.files) != seen:
        raise DraftRefused("The draft has changed since you opened this page. Look at it again, then publish.")
    if newest(tx, workspace) != latest:
        raise DraftRefused(
            "Somebody has published a version meanwhile. See how it differs from the draft, then publish."
        )
    number = publish(tx, workspace, found.files, now, by=by, note=note, source="desk")
    tx.execute(delete(bot_drafts).where(_d.workspace == workspace))
    return number
