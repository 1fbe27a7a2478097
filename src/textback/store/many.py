"""One statement for many rows, compiled once: the road's writes, without SQLAlchemy's per-row bookkeeping.

Building parameters through a compiled construct costs several times what SQLite needs to insert the row. Our columns
are text, whole numbers and booleans, which both drivers take as they are, so the driver can have the rows directly.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Connection,
    Delete,
    FromClause,
    Row,
    Select,
    SmallInteger,
    String,
    Table,
    Update,
    and_,
    bindparam,
    func,
    insert,
)
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[Mapping[str, Any]]
Key: TypeAlias = tuple[int, str, str]
"""A per-conversation row: bucket, contact, id. As parameters of a statement these are b, k and i."""

_Prepared = tuple[str, Callable[[Mapping[str, Any]], Any] | None, dict[str, Any]]


class Many:
    """An INSERT, UPDATE or DELETE with named parameters, to be run once per row of a list.

    Args:
        build: makes the statement for a dialect ("sqlite" or "postgresql").
        columns: the columns that an INSERT names; the rows must have exactly these. None for other statements.
    """

    def __init__(self, build: Callable[[str], ClauseElement], columns: Sequence[str] | None = None) -> None:
        self._build = build
        self._columns = list(columns) if columns is not None else None
        self._prepared: dict[str, _Prepared] = {}

    def __call__(self, tx: Connection, rows: Rows) -> None:
        """Run it for each row. Every row has every parameter."""
        prepared = self._prepared.get(tx.dialect.name)
        if prepared is None:
            prepared = self._prepared[tx.dialect.name] = self._prepare(tx)
        sql, pick, constants = prepared
        if constants:
            rows = [{**row, **constants} for row in rows]
        if pick is None:
            tx.exec_driver_sql(sql, list(rows))
        else:
            tx.exec_driver_sql(sql, [pick(row) for row in rows])

    def _prepare(self, tx: Connection) -> _Prepared:
        compiled = self._build(tx.dialect.name).compile(dialect=tx.dialect, column_keys=self._columns)
        names = getattr(compiled, "positiontup", None)
        binds = getattr(compiled, "binds", {})
        constants = {name: bind.value for name, bind in binds.items() if not bind.required}
        if self._columns is not None:
            constants = {name: value for name, value in constants.items() if name not in self._columns}
        if names is None:
            return str(compiled), None, constants
        pick = itemgetter(*names) if len(names) > 1 else (lambda row, name=names[0]: (row[name],))
        return str(compiled), pick, constants


def inserter(table: Table, *, omit: Sequence[str] = ()) -> Many:
    """Insert rows that have all the table's columns but the omitted."""
    columns = [column.name for column in table.columns if column.name not in omit]
    return Many(lambda _: insert(table), columns)


def insert_or_skip(table: Table) -> Many:
    """Insert rows, leaving out those whose key is already there."""
    return Many(lambda d: _dialect_insert(d, table).on_conflict_do_nothing(), [c.name for c in table.columns])


def upserter(table: Table, key: Sequence[str], replaced: Sequence[str]) -> Many:
    """Insert rows; where the key is already there, replace the named columns."""

    def build(dialect: str) -> ClauseElement:
        statement = _dialect_insert(dialect, table)
        built: ClauseElement = statement.on_conflict_do_update(
            index_elements=list(key), set_={name: statement.excluded[name] for name in replaced}
        )
        return built

    return Many(build, [column.name for column in table.columns])


def updater(statement: Update | Delete) -> Many:
    """An UPDATE or DELETE whose bound parameters the rows give by name."""
    return Many(lambda _: statement)


def _dialect_insert(dialect: str, table: Table) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


class Pair:
    """The given (bucket, contact_id) pairs, as something to join with."""

    def __init__(self, dialect: str) -> None:
        if dialect == "sqlite":
            each = func.json_each(bindparam("pairs")).table_valued("value", name="pairs")
            self.source: FromClause = each
            self._bucket: ColumnElement[Any] = func.json_extract(each.c.value, "$[0]")
            self._contact: ColumnElement[Any] = func.json_extract(each.c.value, "$[1]")
        else:
            buckets = bindparam("buckets", type_=postgresql.ARRAY(SmallInteger))
            contacts = bindparam("contacts", type_=postgresql.ARRAY(String))
            each = func.unnest(buckets, contacts).table_valued("bucket", "contact_id").render_derived()
            self.source = each
            self._bucket, self._contact = each.c.bucket, each.c.contact_id

    def on(self, table: Table) -> ColumnElement[bool]:
        """The condition that a row belongs to one of the pairs."""
        return and_(table.c.bucket == self._bucket, table.c.contact_id == self._contact)


class Pairs:
    """A SELECT for many conversations, compiled once: an IN list would be compiled for every length, and with two of
    them (bucket and contact) a database probes every combination."""

    def __init__(self, build: Callable[[Pair], Select[Any]]) -> None:
        self._build = build
        self._prepared: dict[str, Select[Any]] = {}

    def __call__(self, tx: Connection, pairs: Collection[tuple[int, str]]) -> list[Row[Any]]:
        """The rows of these conversations."""
        dialect = tx.dialect.name
        query = self._prepared.get(dialect)
        if query is None:
            query = self._prepared[dialect] = self._build(Pair(dialect))
        if dialect == "sqlite":
            return list(tx.execute(query, {"pairs": msgspec.json.encode(pairs).decode()}).all())
        given = {"buckets": [bucket for bucket, _ in pairs], "contacts": [contact for _, contact in pairs]}
        return list(tx.execute(query, given).all())
