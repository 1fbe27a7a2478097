"""A PostgreSQL with the Citus extension: whether its tables are spread over its servers, and spreading them.

Tables of conversations are spread by their bucket, all in the same way, so that a conversation's rows lie on one
server. Each server has a copy of the configuration. `addresses` finds the bucket of a phone number, and so can't be
spread by it; it grows with the contacts, so it is no configuration either. It is spread by the number itself: to look
one up, or to add one, takes one server.
"""

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from textback.core.errors import StartError, TextbackError
from textback.core.ids import BUCKETS
from textback.store.db import make_engine, sqlite_path
from textback.store.locks import SERVING
from textback.store.spread import spread_by
from textback.store.tables import consent_events, contacts, metadata

FIRST = contacts
"""The table that the others of conversations are spread like."""
KEEPER = "consent_events_keep"
"""The trigger by which PostgreSQL refuses to change the consent ledger."""


class Spread(msgspec.Struct, frozen=True):
    """How one table is kept: spread by `column`, or copied to each server (`column` is ""), in so many bytes."""

    column: str
    shards: int
    size: int


class Layout(msgspec.Struct, frozen=True):
    """How a database keeps its tables. `citus` is the extension's version, "" where there is none; `servers` how many
    have shards; `tables` are ours that Citus knows."""

    citus: str = ""
    servers: int = 1
    tables: dict[str, Spread] = {}

    @property
    def rest(self) -> list[str]:
        """The tables that are not spread."""
        return [name for name in order() if name not in self.tables]

    @property
    def state(self) -> str:
        """plain, spread, or partly: then somebody has to go on with it."""
        return "plain" if not self.tables else "partly" if self.rest else "spread"


def order() -> list[str]:
    """All tables as they are spread one after the other: those that others are spread like come first."""
    tables = sorted(metadata.tables.values(), key=lambda table: (table is not FIRST, table.name))
    return [table.name for table in tables]


_KNOWN = text(
    "SELECT c.relname AS name, coalesce(column_to_column_name(p.logicalrelid, p.partkey), '') AS home, "
    "(SELECT count(*) FROM pg_dist_shard s WHERE s.logicalrelid = p.logicalrelid) AS shards "
    "FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid WHERE pg_table_is_visible(c.oid)"
)
_SERVERS = text("SELECT count(*) FROM pg_dist_node WHERE shouldhaveshards AND isactive AND noderole = 'primary'")


def look(tx: Connection, *, sizes: bool = False) -> Layout:
    """How the tables are kept; with `sizes`, which ask all servers, also how large they are."""
    if tx.dialect.name != "postgresql":
        return Layout()
    citus = tx.execute(text("SELECT extversion FROM pg_extension WHERE extname = 'citus'")).scalar()
    if citus is None:
        return Layout()
    tables = {}
    for row in tx.execute(_KNOWN):
        if row.name in metadata.tables:
            size = tx.execute(_SIZE, {"name": row.name}).scalar() if sizes else 0
            tables[row.name] = Spread(row.home, row.shards, size or 0)
    return Layout(str(citus), tx.execute(_SERVERS).scalar() or 1, tables)


_SIZE = text("SELECT citus_total_relation_size(:name)")


def status(url: URL) -> Layout:
    """How the database at this address keeps its tables, with their sizes."""
    if sqlite_path(url) is not None:
        return Layout()
    with _connected(url) as tx:
        return look(tx, sizes=True)


def at_start(url: URL) -> bool:
    """Whether a server that starts must work bucket by bucket. Raises StartError while the tables are being spread."""
    if sqlite_path(url) is not None:
        return False
    with _connected(url) as tx:
        if not tx.execute(text("SELECT pg_try_advisory_xact_lock_shared(:key)"), {"key": SERVING}).scalar():
            raise StartError("textback db distribute is at work on this database.", "Start when it is done.")
        state = look(tx).state
    if state == "partly":
        raise StartError(
            "Some tables of this database are distributed and some are not.", "Run textback db distribute."
        )
    return state == "spread"


def spread_new(tx: Connection) -> None:
    """Spread tables that a migration has added to a database that is spread, in the migration's own transaction."""
    layout = look(tx)
    if layout.state == "partly":
        shards = layout.tables[FIRST.name].shards
        for name in layout.rest:
            _spread(tx, name, shards)


def careful(tx: Connection) -> None:
    """Have Citus change the parts of a table one after the other, as a transaction with several changes must."""
    if look(tx).state != "plain":
        tx.execute(text("SET LOCAL citus.multi_shard_modify_mode TO 'sequential'"))


def distribute(url: URL, shards: int, *, force: bool, told: Callable[[str], None]) -> Layout:
    """Spread all tables that are not yet, with their rows; each is told of when it is done. An interrupted run is gone
    on with by the next. Raises TextbackError, in one line, where it can't be done; `force` does not look for servers
    at work."""
    check(url, shards)
    with _connected(url) as tx:
        # The lock is the session's, and so holds while table after table is committed.
        if not force and not tx.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": SERVING}).scalar():
            raise TextbackError(
                "A textback serve, or another textback db distribute, is at work on this database.", "Stop it first."
            )
        try:
            for name in look(tx).rest:
                tx.commit()
                with tx.begin():
                    _spread(tx, name, shards)
                told(name)
            tx.commit()
            for name in order():
                with tx.begin():  # what was moved away is still there, out of sight
                    tx.execute(text("SELECT truncate_local_data_after_distributing_table(:name)"), {"name": name})
        except DBAPIError as error:
            why = str(error.orig).strip().splitlines()[0].rstrip(".")
            raise TextbackError(f"Distributing stopped: {why}.", "Mend that and run it again; it goes on.") from None
        return look(tx, sizes=True)


def check(url: URL, shards: int) -> None:
    """Raises TextbackError, in one line, where this database's tables can't be spread in so many parts."""
    if sqlite_path(url) is not None:
        raise TextbackError("The database is SQLite, which stays on one machine.", "Use PostgreSQL with Citus.")
    if not 1 <= shards <= BUCKETS:
        raise TextbackError(f"--shards {shards} can't be had.", f"There are {BUCKETS} buckets: use 1 to {BUCKETS}.")
    with _connected(url) as tx:
        if not look(tx).citus:
            if tx.execute(text("SELECT 1 FROM pg_available_extensions WHERE name = 'citus'")).scalar():
                raise TextbackError("Citus is not created in this database.", "Run in it: CREATE EXTENSION citus;")
            raise TextbackError("This PostgreSQL has no Citus.", "Install it first: see docs/how-to/distribute.md.")
        if tx.execute(text("SELECT groupid FROM pg_dist_local_group")).scalar():
            raise TextbackError("This is one of the workers.", "Name the coordinator in --database.")


def _spread(tx: Connection, name: str, shards: int) -> None:
    column = spread_by(metadata.tables[name])
    if name == consent_events.name:
        tx.execute(text(f"DROP TRIGGER IF EXISTS {KEEPER} ON {name}"))  # Citus spreads no table that has one
    given: dict[str, Any] = {"name": name, "column": column}
    if column is None:
        tx.execute(text("SELECT create_reference_table(:name)"), given)
    elif column == "bucket" and name != FIRST.name:
        tx.execute(
            text("SELECT create_distributed_table(:name, :column, colocate_with => :like)"),
            {**given, "like": FIRST.name},
        )
    else:
        tx.execute(
            text("SELECT create_distributed_table(:name, :column, colocate_with => 'none', shard_count => :shards)"),
            {**given, "shards": shards},
        )


@contextmanager
def _connected(url: URL) -> Any:
    engine: Engine = make_engine(url)
    try:
        with engine.connect() as tx:
            yield tx
    except DBAPIError as error:
        why = str(error.orig).strip().splitlines()[0].rstrip(".")
        raise StartError(f"The database can't be used: {why}.", "Check --database.") from None
    finally:
        engine.dispose()
