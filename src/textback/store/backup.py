"""Copies of a SQLite database: taken while a server uses it, checked, and put back."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
from alembic.script import ScriptDirectory

from textback.core.errors import TextbackError
from textback.core.when import to_iso
from textback.store.migrate import config

_SENT_SINCE = "Restored from a backup: it may have been sent since."


class Copy(msgspec.Struct, frozen=True):
    """What a copy holds."""

    conversations: int
    messages: int
    size: int
    uncertain: int = 0
    """Texts that waited to be sent when the backup was made."""


def back_up(database: Path, target: Path) -> Copy:
    """Copy the database as it is at this moment, beside a running server; the copy is one file and is checked.

    Raises TextbackError when there is nothing to copy, the target exists or can't be written, or the copy is damaged.
    """
    if not database.is_file():
        raise TextbackError(f"There is no database {database}.", "Say which with --database.")
    if os.path.lexists(target):
        raise TextbackError(f"{target} exists already.", "Choose another name; nothing was overwritten.")
    with _unfinished(target, target) as part:
        _copy(database, part, "rw")
        copy = _checked(part, part)
        try:
            os.link(part, target)  # fails, where a rename would overwrite what came meanwhile
        except FileExistsError:
            raise TextbackError(f"{target} exists already.", "Choose another name; nothing was overwritten.") from None
        _sync(target)
    return copy


def restore(source: Path, database: Path, now: int) -> tuple[Copy, Path | None]:
    """Put a backup in the database's place, which nobody may be using; returns what it holds and where the old
    database is kept.

    Texts that waited to be sent become unknown: nobody knows whether they went after the backup was made, and a text
    that comes twice does more harm. Raises TextbackError when the backup can't be used; then nothing has changed.
    """
    if not source.is_file():
        raise TextbackError(f"There is no backup {source}.", "Name a file that textback backup made.")
    if database.exists() and source.samefile(database):
        raise TextbackError(f"{source} is the database itself.", "Name a backup of it.")
    with _unfinished(database, source) as part:
        _copy(source, part, "ro")
        copy = _checked(part, source)
        uncertain = _doubt_what_waited(part)
        kept = _set_aside(database, now)
        os.replace(part, database)
        _sync(database)
    return msgspec.structs.replace(copy, uncertain=uncertain), kept


@contextmanager
def _unfinished(place: Path, named: Path) -> Iterator[Path]:
    """A new file beside `place`, readable by nobody else, that is gone at the end unless it was moved. Errors become
    one sentence about `named`."""
    part = place.with_name(f"{place.name}.part")
    try:
        part.unlink(missing_ok=True)  # left by a process that died
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield part
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TextbackError(f"{place} can't be written: {reason}.", "Choose another place; nothing changed.") from None
    except UnicodeDecodeError:  # names in it are no text, and so the driver can't say what is wrong
        raise TextbackError(f"{named} is damaged.", "Nothing changed. Use another backup.") from None
    except sqlite3.Error as error:
        raise TextbackError(f"{named}: {error}.", "Nothing changed.") from None
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def _copy(source: Path, part: Path, mode: str) -> None:
    """All pages in one step: in steps, a busy server would make it begin again and again. Its writers need not wait."""
    address = f"{source.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, timeout=30)) as read, closing(sqlite3.connect(part)) as write:
        read.backup(write, pages=-1)
        write.execute("PRAGMA journal_mode=DELETE")  # one file that holds everything


def _checked(part: Path, named: Path) -> Copy:
    with closing(sqlite3.connect(part)) as db:
        found = [row[0] for row in db.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            first = f"{found[0]}".splitlines()[0] if found else "nothing can be said of it"
            raise TextbackError(f"{named} is damaged: {first}.", "Use another backup.")
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"alembic_version", "conversations", "messages"} <= tables:
            raise TextbackError(f"{named} is not a Textback database.", "Nothing changed.")
        version = db.execute("SELECT version_num FROM alembic_version").fetchone()
        usable = [version]
        if "schema_compatibility" in tables:  # what a newer release has only added to can be used
            usable += db.execute("SELECT oldest FROM schema_compatibility")
        known = {(revision.revision,) for revision in ScriptDirectory.from_config(config()).walk_revisions()}
        if known.isdisjoint(usable):
            made = version[0] if version else "none"
            raise TextbackError(f"{named} was made by a newer Textback (schema {made}).", "Use that release.")
        conversations, messages = (
            db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("conversations", "messages")
        )
    return Copy(conversations, messages, part.stat().st_size)


def _doubt_what_waited(part: Path) -> int:
    with closing(sqlite3.connect(part)) as db, db:
        db.execute(
            "UPDATE messages SET status = 'unknown', detail = ? WHERE (bucket, contact_id, id) IN "
            "(SELECT bucket, contact_id, id FROM outbox WHERE state <> 'unknown')",
            (_SENT_SINCE,),
        )
        changed = db.execute("UPDATE outbox SET state = 'unknown', lease_until = NULL WHERE state <> 'unknown'")
        return changed.rowcount


def _set_aside(database: Path, now: int) -> Path | None:
    """Move the old database out of the way, with what its write-ahead log still holds."""
    if not database.exists():
        return None
    try:
        with closing(sqlite3.connect(database, timeout=30)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (
        sqlite3.Error,
        UnicodeDecodeError,
    ):  # it may be damaged, which is why a backup is wanted; then the log goes with it
        pass
    stamp = to_iso(now).replace("-", "").replace(":", "")
    kept = database.with_name(f"{database.name}.before-restore-{stamp}")
    if kept.exists():
        raise TextbackError(f"{kept} exists already.", "Wait a second and try again; nothing changed.")
    database.rename(kept)
    for ending in ("-wal", "-shm"):
        beside = database.with_name(database.name + ending)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + ending))
    return kept


def _sync(path: Path) -> None:
    """Have a file and its name on the disk."""
    for place, flags in ((path, os.O_RDONLY), (path.absolute().parent, os.O_RDONLY | os.O_DIRECTORY)):
        handle = os.open(place, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
