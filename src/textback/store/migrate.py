"""Schema migrations: bring a database up to this release, and refuse one that a newer release has changed too much.

A migration that only adds what older releases can do without says `additive = True`. The database keeps the oldest
schema whose releases may go on using it, so that nodes can be upgraded one after the other.
"""

import os
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert, inspect, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, OperationalError

from textback.core.errors import StartError
from textback.store import distribute
from textback.store.db import make_engine, sqlite_path
from textback.store.locks import MIGRATING
from textback.store.tables import schema_compatibility

HERE = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, bound to a connection."""
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.attributes["connection"] = connection
    return made


def upgrade(url: URL) -> None:
    """Create or upgrade the schema. Raises StartError, in one line, where that can't be done."""
    _check_folder(url)
    engine = make_engine(url)
    script = ScriptDirectory.from_config(config())
    known = {revision.revision for revision in script.walk_revisions()}
    try:
        with engine.begin() as tx:
            if tx.dialect.name == "postgresql":  # several nodes may start at once
                tx.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": MIGRATING})
            current = MigrationContext.configure(tx).get_current_revision()
            if current is not None and current not in known:
                if _oldest(tx) in known:
                    return  # a newer node has upgraded it, and only added to it
                raise StartError(
                    f"The database was made by a newer Textback (schema {current}).",
                    "Start that release, or restore a backup made before the upgrade.",
                )
            if current != script.get_current_head():
                distribute.careful(tx)
                command.upgrade(config(tx), "head")
                distribute.spread_new(tx)
                _keep_oldest(tx, oldest_compatible(script))
    except (OperationalError, DatabaseError) as error:
        raise StartError(f"The database can't be used: {_reason(error)}.", "Check --database.") from None
    finally:
        engine.dispose()


def oldest_compatible(script: ScriptDirectory) -> str:
    """The oldest schema to which nothing but additions has been made since."""
    revision = script.get_revision("head")
    while getattr(revision.module, "additive", False) and isinstance(revision.down_revision, str):
        revision = script.get_revision(revision.down_revision)
    return revision.revision


def _oldest(tx: Connection) -> str | None:
    if not inspect(tx).has_table(schema_compatibility.name):
        return None
    return tx.execute(select(schema_compatibility.c.oldest)).scalar()


def _keep_oldest(tx: Connection, oldest: str) -> None:
    tx.execute(delete(schema_compatibility))
    tx.execute(insert(schema_compatibility), {"oldest": oldest})


def _check_folder(url: URL) -> None:
    path = sqlite_path(url)
    if path is None:
        return
    folder = path.absolute().parent
    if not folder.is_dir():
        raise StartError(f"There is no folder {folder} for the database.", "Create it, or choose another --database.")
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise StartError(f"The database {path} can't be written.", "Change its owner, or choose another --database.")


def _reason(error: Any) -> str:
    """The driver's own first line; it names no password."""
    return str(getattr(error, "orig", error)).strip().splitlines()[0].rstrip(".")
