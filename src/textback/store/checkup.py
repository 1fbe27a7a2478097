"""A look at a database from outside, for `textback doctor`: nothing is created, upgraded or locked."""

import os
import shutil
from pathlib import Path

import msgspec
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from textback.store import migrate
from textback.store.db import make_engine, sqlite_path


class Look(msgspec.Struct, frozen=True):
    """What was seen. `schema` is what the database has, "" when it has none yet; `current` is this release's, and
    `known` says whether this release knows the database's. `problem` is why it can't be used, "" when it can; `free`
    are the bytes free on its disk, None where they can't be seen."""

    schema: str
    current: str
    known: bool = True
    problem: str = ""
    free: int | None = None


def look(url: URL) -> Look:
    """Look at the database at this address."""
    script = ScriptDirectory.from_config(migrate.config())
    current = str(script.get_current_head())
    path = sqlite_path(url)
    free = None
    if path is not None:
        problem = _no_file(path)
        if problem:
            return Look("", current, problem=problem)
        free = shutil.disk_usage(path.absolute().parent).free
        if not path.exists():
            return Look("", current, free=free)
    engine = make_engine(url, begin="BEGIN")
    try:
        with engine.connect() as tx:
            schema = MigrationContext.configure(tx).get_current_revision() or ""
            problem = _read_only(tx.execute(text(_CAN_WRITE)).scalar()) if path is None else ""
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0].rstrip(".")
        return Look("", current, problem=f"It can't be used: {reason}.", free=free)
    finally:
        engine.dispose()
    known = not schema or schema in {revision.revision for revision in script.walk_revisions()}
    return Look(schema, current, known, problem, free)


_CAN_WRITE = "SELECT NOT pg_is_in_recovery() AND has_schema_privilege(current_schema(), 'CREATE')"


def _read_only(can_write: object) -> str:
    return "" if can_write else "It can be read but not changed: it is a standby, or the role may not create tables."


def _no_file(path: Path) -> str:
    folder = path.absolute().parent
    if not folder.is_dir():
        return f"There is no folder {folder}."
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        return f"{path} can't be written."
    return ""
