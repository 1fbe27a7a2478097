"""A large database: many conversations whose rows are those that the road itself wrote for two of them.

A real server takes two and three texts from two contacts. Their rows are made into functions that write the same rows
for any contact: another id, bucket, number and time, and nothing else. Half of all contacts get two round trips, half
three; a round trip is two messages.
"""

import hashlib
import json
import random
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import psycopg

from benchmarks.loader import Load
from benchmarks.subjects import CACHE, postgres
from benchmarks.texts import Crowd, known
from textback.core.ids import bucket_of
from textback.store import migrate
from textback.store.db import parse_url
from textback.store.tables import metadata

Row: TypeAlias = dict[str, Any]
Shape: TypeAlias = dict[str, list[Row]]
"""A contact's rows by table."""
Maker: TypeAlias = Callable[..., list[list[Any]]]
"""contact id, bucket, number, n, time → rows by table, in the order of `tables_of`."""
Batches: TypeAlias = Iterable[list[list[Any]]]
"""Rows by table, in the order of `tables_of`, of some thousand contacts at a time."""

DAYS = 90
"""How far back the conversations go."""
_BATCH = 5000
ID = re.compile(r"\b([0-9a-f]{11})([0-9a-f]{5})[0-9a-f]{8}\b")
TIME = re.compile(r"\b1[0-9]{12}\b")
_SENT = re.compile(r"(00000000-0000-4000-8000-)[0-9a-f]{12}")
_CAME = re.compile(r"\b[0-9a-f]{15,16}-[0-9]+-([0-9]+)\b")


def shapes(load: Load) -> list[Shape]:
    """The rows of two contacts, with two and with three round trips, as a server wrote them."""
    with load.textback("sqlite") as target:
        result = load.run(target, 5, 10.0, crowd=Crowd(2))
        if result["lost"]:
            raise SystemExit("the server did not answer five texts; nothing can be filled from its rows")
        time.sleep(0.5)  # what the provider said is recorded after it was said
        with closing(sqlite3.connect(target.url.removeprefix("sqlite:///"))) as reader:
            reader.row_factory = sqlite3.Row
            found = [shape_of(reader, known(n)) for n in (1, 0)]
    return found


def shape_of(reader: sqlite3.Connection, number: str) -> Shape:
    home = reader.execute("SELECT contact_id FROM addresses WHERE identifier = ?", (number,)).fetchone()[0]
    found = {}
    for table in metadata.sorted_tables:
        column = "id" if table.name == "contacts" else "contact_id"
        if "bucket" not in table.c or column not in table.c:
            continue
        rows = [dict(row) for row in reader.execute(f"SELECT * FROM {table.name} WHERE {column} = ?", (home,))]
        if rows:
            found[table.name] = rows
    return found


def tables_of(shape: Shape) -> dict[str, list[str]]:
    """The tables that a contact has rows in, and their columns."""
    return {name: list(rows[0]) for name, rows in shape.items()}


def maker(shape: Shape, *, copy: bool, given: Mapping[str, str] = {}) -> Maker:
    """The function that writes a shape's rows for any contact: tuples, or with `copy` lines for PostgreSQL's COPY.
    Where a text of the shape has a key of `given` stands its value, an expression of a further argument `more`."""
    contact, number = shape["contacts"][0]["id"], shape["addresses"][0]["identifier"]
    start = shape["contacts"][0]["created_at"]
    tables = []
    for rows in shape.values():
        made = []
        for row in rows:
            values = [_value(name, value, contact, number, start, copy=copy) for name, value in row.items()]
            made.append("f'" + "\\t".join(values) + "\\n'" if copy else f"({', '.join(values)},)")
        tables.append(f"[{', '.join(made)}]")
    source = f"lambda c, b, p, n, t, more=(): [{', '.join(tables)}]"
    for key, expression in given.items():
        source = source.replace(key, f"{{{expression}}}")
    function: Maker = eval(source)  # made of our own server's rows, right above
    return function


def _value(name: str, value: Any, contact: str, number: str, start: int, *, copy: bool) -> str:
    """Source code of a value: an expression, or with `copy` a piece of an f-string."""
    if value is None:
        return r"\\N" if copy else "None"
    if name == "bucket":
        return "{b}" if copy else "b"
    if isinstance(value, int):
        if 10**12 < value < 10**13:
            return f"{{t + {value - start}}}" if copy else f"t + {value - start}"
        # SQLite keeps booleans as numbers; COPY takes 0 and 1 for them.
        return str(value)
    text = str(value)
    if copy:
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    text = repr(text)[1:-1] if not text.count("'") else repr(text.replace("'", "\0"))[1:-1].replace("\\x00", "\\'")
    text = text.replace("{", "{{").replace("}", "}}")
    text = text.replace(contact, "{c}").replace(number, "{p}")
    text = ID.sub(lambda m: f"{{t + {int(m[1], 16) - start}:011x}}{m[2]}{{n:08x}}", text)
    text = _SENT.sub(lambda m: m[1] + f"{{n:09x}}{int(m[0][-3:], 16):03x}", text)
    text = _CAME.sub(lambda m: f"fill-{{n}}-{m[1]}", text)
    text = TIME.sub(lambda m: f"{{t + {int(m[0]) - start}}}", text)
    return text if copy else f"f'{text}'"


def contact_ids(count: int) -> list[tuple[str, int]]:
    """Contact id and n of every contact, in the order of the tables' keys. The same each time."""
    return sorted((hashlib.blake2b(b"%d" % n, digest_size=12).hexdigest(), n) for n in range(count))


def made(load_shapes: list[Shape], count: int, *, copy: bool) -> Iterator[list[list[Any]]]:
    """The rows of all contacts, some thousand contacts at a time: for each table one list."""
    makers = [maker(shape, copy=copy) for shape in load_shapes]
    chance = random.Random(count)
    now = time.time_ns() // 1_000_000
    ids = contact_ids(count)
    for at in range(0, count, _BATCH):
        batch: list[list[Any]] = [[] for _ in load_shapes[0]]
        for contact, n in ids[at : at + _BATCH]:
            when = now - chance.randrange(60_000, DAYS * 86_400_000)
            rows = makers[n % len(makers)](contact, bucket_of(contact), known(n), n, when)
            for all_, some in zip(batch, rows, strict=True):
                all_.extend(some)
        yield batch


def fill_sqlite(path: Path, found: list[Shape], count: int) -> None:
    """Fill a new SQLite file."""
    migrate.upgrade(parse_url(f"sqlite:///{path}"))
    write_sqlite(path, tables_of(found[0]), made(found, count, copy=False))


def write_sqlite(path: Path, tables: dict[str, list[str]], batches: Batches) -> None:
    """Write rows into these columns of a SQLite file, as fast as can be."""
    statements = [
        f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        for name, columns in tables.items()
    ]
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-600000", "locking_mode=EXCLUSIVE"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN")
        for batch in batches:
            for statement, rows in zip(statements, batch, strict=True):
                db.executemany(statement, rows)
        db.execute("COMMIT")


def fill_postgres(url: str, found: list[Shape], count: int) -> None:
    """Fill a new PostgreSQL database, and leave it as it would be after a quiet night: vacuumed and on the disk."""
    migrate.upgrade(parse_url(url))
    write_postgres(url, tables_of(found[0]), made(found, count, copy=True))


def write_postgres(url: str, tables: dict[str, list[str]], batches: Batches) -> None:
    """Write lines of COPY into these columns of a PostgreSQL database, and vacuum it."""
    heads = [f"COPY {name} ({', '.join(columns)}) FROM STDIN" for name, columns in tables.items()]
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("ALTER SYSTEM SET max_wal_size = '16GB'")
        db.execute("SELECT pg_reload_conf()")
        db.execute("SET synchronous_commit = off")
        for batch in batches:
            with db.transaction():
                for head, lines in zip(heads, batch, strict=True):
                    with db.cursor().copy(head) as copy:
                        copy.write("".join(lines))
        db.execute("VACUUM (ANALYZE)")
        db.execute("ALTER SYSTEM RESET max_wal_size")
        db.execute("SELECT pg_reload_conf()")
        db.execute("CHECKPOINT")


@contextmanager
def filled(name: str, load: Load, count: int) -> Iterator[tuple[str, Any, Row]]:
    """A database of so many contacts: its address, PostgreSQL's process, and how it was filled. Kept in the cache."""
    keys = json.dumps([sorted(table.c.keys()) for table in metadata.sorted_tables])
    folder = CACHE / f"{name}-{count}-{hashlib.sha256(keys.encode()).hexdigest()[:8]}"
    note = folder / "filled.json"
    if not note.is_file() and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if name == "sqlite":
        path = folder / "textback.db"
        if not note.is_file():
            began = time.monotonic()
            fill_sqlite(path, shapes(load), count)
            note.write_text(json.dumps(_told(count, began, path.stat().st_size)))
        yield f"sqlite:///{path}", None, json.loads(note.read_text())
        return
    with postgres(folder / "pg", keep=True) as (url, server):
        if not note.is_file():
            began = time.monotonic()
            fill_postgres(url, shapes(load), count)
            with psycopg.connect(url) as admin:
                size = (admin.execute("SELECT pg_database_size(current_database())").fetchone() or [0])[0]
            note.write_text(json.dumps(_told(count, began, int(size))))
        yield url, server, json.loads(note.read_text())


def _told(count: int, began: float, size: int) -> Row:
    trips = 2 * count + count // 2
    return {
        "contacts": count,
        "messages": 2 * trips,
        "bytes": size,
        "stored_bytes_per_text": size / trips,
        "fill_seconds": round(time.monotonic() - began, 1),
    }
