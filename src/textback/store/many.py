"""One statement for many rows, compiled once: the road's reads and writes, without SQLAlchemy's per-row bookkeeping.

Building parameters through a compiled construct costs several times what SQLite needs to insert the row. Our columns
are text, whole numbers and booleans, which drivers and JSON take as they are.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    FromClause,
    Row,
    Select,
    SmallInteger,
    String,
    Table,
    Update,
    and_,
    bindparam,
    column,
    func,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects import postgresql

from textback.store.spread import by_bucket, spread_by

Rows = Sequence[Mapping[str, Any]]
_T = TypeVar("_T")
Key: TypeAlias = tuple[int, str, str]
"""A per-conversation row: bucket, contact, id. As parameters of a statement these are b, k and i."""

_MOST = 64
"""Rows in one statement on SQLite. Fewer are powers of two, so that few different statements are prepared.

A statement a row would give up the interpreter lock once a row, and wait to have it back each time.
"""

_encode = msgspec.json.Encoder().encode


class _Bulk:
    """A statement for many rows. They are bound value by value on SQLite, which is quick at that, and come as one JSON
    array on PostgreSQL, because a driver takes longer to hand over many values than the server to take them apart.

    Where tables are spread by bucket there is a statement for each bucket, which names it."""

    def __init__(self, of: Table, columns: Mapping[str, Column[Any]]) -> None:
        self._columns = columns
        self._pick = itemgetter(*columns)
        self._prepared: dict[int, str] = {}
        self._named: dict[int, str] = {}  # statements that name their bucket
        self._spread_by = spread_by(of)
        self._home = next((name for name, column_ in columns.items() if column_.name == self._spread_by), None)

    def __call__(self, tx: Connection, rows: Rows) -> int:
        """Run it for these rows, which have a value for each parameter. No two are about the same row of the table.
        Returns how many rows of the table it was about."""
        if tx.dialect.name != "sqlite":
            if self._home is not None and by_bucket(tx):
                homes = _sorted(rows, itemgetter(self._home)).items()
                return sum([self._in_one(tx, home, some) for home, some in homes])
            sql = self._prepared.get(0) or self._prepared.setdefault(0, self._from_json(tx.dialect))
            return tx.exec_driver_sql(sql, (_encode([self._pick(row) for row in rows]).decode(),)).rowcount
        return self._bind(tx, rows, self._prepared)

    def _in_one(self, tx: Connection, home: int | str, rows: Rows) -> int:
        """Run it where all the rows are at home."""
        sql = self._named.get(0) or self._named.setdefault(0, self._confined(tx.dialect))
        return tx.exec_driver_sql(sql, (_encode([self._pick(row) for row in rows]).decode(), home)).rowcount

    def _bind(self, tx: Connection, rows: Rows, prepared: dict[int, str]) -> int:
        done = count = 0
        while done < len(rows):
            size = min(1 << ((len(rows) - done).bit_length() - 1), _MOST)
            sql = prepared.get(size) or prepared.setdefault(size, self._bound(size, tx.dialect))
            chunk = map(self._pick, rows[done : done + size])
            count += tx.exec_driver_sql(sql, tuple(chain.from_iterable(chunk))).rowcount
            done += size
        return count

    def _bound(self, size: int, dialect: Dialect, /) -> str:
        """The statement for so many rows, each value a parameter."""
        raise NotImplementedError

    def _from_json(self, dialect: Dialect) -> str:
        """The statement for the rows of a JSON array of arrays."""
        raise NotImplementedError

    def _confined(self, dialect: Dialect) -> str:
        """As `_from_json`, where a second parameter names the one place that all the rows belong to."""
        raise NotImplementedError

    def _values(self, size: int, mark: str = "?") -> str:
        row = f"({', '.join([mark] * len(self._columns))})"
        return f"VALUES {', '.join([row] * size)}"

    def _taken_apart(self, dialect: Dialect) -> list[str]:
        """One expression for each parameter, `v` being a row of the array."""
        types = [column_.type.compile(dialect) for column_ in self._columns.values()]
        return [f"(v ->> {place})::{type_}" for place, type_ in enumerate(types)]


def _sorted(items: Collection[_T], home: Callable[[_T], Any]) -> dict[Any, list[_T]]:
    """The items by their home, in the order in which they came."""
    found: dict[Any, list[_T]] = {}
    for item in items:
        found.setdefault(home(item), []).append(item)
    return found


_ARRAY = "json_array_elements(%s::json) AS v"


class Given:
    """The rows of values that an UPDATE works through, as a table to compare with.

    Made with the parameters' names and the columns whose types they have; `c` has the parameters as columns.
    """

    def __init__(self, **columns: Column[Any]) -> None:
        self.columns = columns
        self.c = table("given", *[column(name, column_.type) for name, column_ in columns.items()]).c


class Updates(_Bulk):
    """An UPDATE; `given` names what each row of parameters has."""

    def __init__(self, given: Given, statement: Update) -> None:
        table_: Any = statement.table
        super().__init__(table_, given.columns)
        self._table: str = table_.name
        self._statement = statement

    def _bound(self, size: int, dialect: Dialect, /) -> str:
        return self._with(self._values(size), dialect)

    def _from_json(self, dialect: Dialect) -> str:
        return self._with(f"SELECT {', '.join(self._taken_apart(dialect))} FROM {_ARRAY}", dialect)

    def _confined(self, dialect: Dialect) -> str:
        return f"{self._from_json(dialect)} AND {self._table}.{self._spread_by} = %s"

    def _with(self, rows: str, dialect: Dialect) -> str:
        statement = self._statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        return f"WITH given({', '.join(self._columns)}) AS ({rows}) {statement}"


class Deletes(_Bulk):
    """A DELETE of the rows whose columns equal the parameters."""

    def __init__(self, of: Table, **columns: Column[Any]) -> None:
        super().__init__(of, columns)
        self._table = of.name

    def _bound(self, size: int, _: Dialect, /) -> str:
        # A condition each, so that each is found by its key: SQLite searches a list of keys only by their first column.
        one = " AND ".join(f"{column_.name} = ?" for column_ in self._columns.values())
        return f"DELETE FROM {self._table} WHERE {' OR '.join([f'({one})'] * size)}"

    def _from_json(self, dialect: Dialect) -> str:
        pairs = zip(self._columns.values(), self._taken_apart(dialect), strict=True)
        wanted = " AND ".join(f"{self._table}.{column_.name} = {value}" for column_, value in pairs)
        return f"DELETE FROM {self._table} USING {_ARRAY} WHERE {wanted}"

    def _confined(self, dialect: Dialect) -> str:
        return f"{self._from_json(dialect)} AND {self._table}.{self._spread_by} = %s"


class Inserts(_Bulk):
    """An INSERT of rows that have all the table's columns but the omitted; `suffix` says what a known key means."""

    def __init__(self, into: Table, *, omit: Collection[str] = (), suffix: str = "") -> None:
        super().__init__(into, {column_.name: column_ for column_ in into.columns if column_.name not in omit})
        self._head = f"INSERT INTO {into.name} ({', '.join(self._columns)})"
        self._suffix = suffix

    def _bound(self, size: int, dialect: Dialect, /) -> str:
        mark = "?" if dialect.name == "sqlite" else "%s"
        return f"{self._head} {self._values(size, mark)} {self._suffix}"

    def _in_one(self, tx: Connection, _: int | str, rows: Rows) -> int:
        return self._bind(tx, rows, self._named)  # Citus finds a row's home in its values, but not in an array

    def _from_json(self, dialect: Dialect) -> str:
        return f"{self._head} SELECT {', '.join(self._taken_apart(dialect))} FROM {_ARRAY} {self._suffix}"


def insert_or_skip(into: Table) -> Inserts:
    """Insert rows, leaving out those whose key is already there."""
    return Inserts(into, suffix="ON CONFLICT DO NOTHING")


def upserter(into: Table, key: Sequence[str], replaced: Sequence[str]) -> Inserts:
    """Insert rows; where the key is already there, replace the named columns."""
    changes = ", ".join(f"{name} = excluded.{name}" for name in replaced)
    return Inserts(into, suffix=f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}")


class Pair:
    """The given (bucket, contact_id) pairs, as something to join with."""

    def __init__(self, dialect: str, confined: bool = False) -> None:
        self._confined = confined
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

    def on(self, rows: Table) -> ColumnElement[bool]:
        """The condition that a row belongs to one of the pairs."""
        each = and_(rows.c.bucket == self._bucket, rows.c.contact_id == self._contact)
        return and_(each, rows.c.bucket == bindparam("home")) if self._confined else each


class Pairs:
    """A SELECT for many conversations, compiled once: an IN list would be compiled for every length, and with two of
    them (bucket and contact) a database probes every combination."""

    def __init__(self, build: Callable[[Pair], Select[Any]]) -> None:
        self._build = build
        self._prepared: dict[str, Select[Any]] = {}

    def __call__(self, tx: Connection, pairs: Collection[tuple[int, str]]) -> list[Row[Any]]:
        """The rows of these conversations."""
        dialect = tx.dialect.name
        if dialect != "sqlite" and by_bucket(tx):
            return self._by_bucket(tx, pairs)
        query = self._prepared.get(dialect)
        if query is None:
            query = self._prepared[dialect] = self._build(Pair(dialect))
        if dialect == "sqlite":
            return list(tx.execute(query, {"pairs": _encode(pairs).decode()}).all())
        given = {"buckets": [bucket for bucket, _ in pairs], "contacts": [contact for _, contact in pairs]}
        return list(tx.execute(query, given).all())

    def _by_bucket(self, tx: Connection, pairs: Collection[tuple[int, str]]) -> list[Row[Any]]:
        query = self._prepared.get("by bucket")
        if query is None:
            query = self._prepared["by bucket"] = self._build(Pair(tx.dialect.name, confined=True))
        rows: list[Row[Any]] = []
        for bucket, some in _sorted(pairs, itemgetter(0)).items():
            given = {"buckets": [bucket] * len(some), "contacts": [contact for _, contact in some], "home": bucket}
            rows += tx.execute(query, given)
        return rows


def with_keys(
    tx: Connection,
    wanted: Sequence[Column[Any]],
    key: Sequence[Column[Any]],
    keys: Collection[Sequence[Any]],
    *also: ColumnElement[bool],
    lock: bool = False,
    index: str = "",
) -> list[Row[Any]]:
    """The wanted columns of the rows that have one of these keys, each found by the index that the key's columns lead,
    and of which `also` is true; locked on PostgreSQL where asked for.

    SQLite searches a list of keys by no more than their first column: there each key is looked for by itself. `index`
    names one that it would not choose, because to it a bucket is as good as a key.
    """
    if tx.dialect.name != "sqlite":
        query = select(*wanted).where(*also)
        query = query.with_for_update() if lock else query
        if not by_bucket(tx) or key[0].name != "bucket":
            return list(tx.execute(query.where(tuple_(*key).in_(list(keys)))))
        found: list[Row[Any]] = []
        for home, some in _sorted(keys, itemgetter(0)).items():
            found += tx.execute(query.where(key[0] == home, tuple_(*key).in_(some)))
        return found
    name = key[0].table.name
    columns = ", ".join(f"{name}.{column_.name} AS {column_.name}" for column_ in wanted)
    parts = [f"{name}.{column_.name} = json_extract(keys.value, '$[{n}]')" for n, column_ in enumerate(key)]
    parts += [f"({one.compile(dialect=tx.dialect, compile_kwargs={'literal_binds': True})})" for one in also]
    rows = f"{name} INDEXED BY {index}" if index else name
    sql = f"SELECT {columns} FROM json_each(?) AS keys CROSS JOIN {rows} WHERE {' AND '.join(parts)}"
    return list(tx.exec_driver_sql(sql, (_encode(list(keys)).decode(),)))
