"""What one text costs: CPU, statements, rows, log bytes and fsyncs, on both databases, and with several nodes.

A text is a round trip: it comes in, has its turn, and its answer goes out. CPU and bytes are measured on servers as
they are; statements are counted on servers that count them, which costs CPU of its own.
"""

import sqlite3
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.counted import ask
from benchmarks.loader import Load
from benchmarks.subjects import Subject

CALM = 200
"""Texts a second of the load at which almost every text has a commit of its own."""
SHARED = 500
"""Texts a second, in all, when one node shares its load with others that it would not need."""
AT_ONCE = 64
"""Connections to each node flat out, so that each has as much to do as one alone."""
_KEPT = ("arrivals", "messages", "turns", "sessions")
"""Tables that only grow: what a text leaves behind for good."""
_FRAME = 24
"""Bytes that SQLite's log adds to each page."""


def cost(name: str, load: Load, seconds: float) -> dict[str, Any]:
    """The cost of a text on one database, flat out and at a calm rate."""
    flat, calm = int(1500 * seconds), int(CALM * seconds)
    with load.textback(name) as target:
        load.run(target, 2500)
        kept = _size(target)
        found = {"flat_out": spent(load, target, flat)}
        found["flat_out"]["stored_bytes"] = (_size(target) - kept) / flat
        found["calm"] = spent(load, target, calm, CALM)
    with load.textback(name, module="benchmarks.counted") as target:
        load.run(target, 2500)
        found["flat_out"] |= counted(load, target, flat)
        found["calm"] |= counted(load, target, calm, CALM)
    if name == "sqlite":
        for each in found.values():
            # Each commit that wrote waits for the log once, each checkpoint for the log and for the file.
            each["fsyncs"] = each["commits"] + 2 * each["checkpoints"]
    return {"rates": {"flat_out": 0, "calm": CALM}, **found}


def share(nodes: int, rate: int, load: Load, seconds: float) -> dict[str, Any]:
    """The cost of a text when so many nodes share one PostgreSQL: each flat out, or (with a rate) the same load in all
    for any number.

    One run has to do, so CPU includes the counting of statements: the same for any number of nodes.
    """
    count = int((rate or 1500) * seconds)
    connections = AT_ONCE if rate else AT_ONCE * nodes
    with load.textback("postgres", nodes=nodes, module="benchmarks.counted") as target:
        load.run(target, 2500)
        before = [ask(counter) for counter in target.counters]
        found = spent(load, target, count, rate, connections)
        return {"nodes": nodes, "offered_per_second": rate, **found, **_counts(target, before, count)}


def spent(load: Load, target: Subject, count: int, rate: float = 0.0, connections: int = AT_ONCE) -> dict[str, Any]:
    """Per text: CPU of the server and of PostgreSQL, log bytes, rows and fsyncs."""
    with _watched(target) as used:
        result = load.run(target, count, rate, connections=connections)
        database = used()
    keys = ("cpu_ms_per_message", "postgres_cpu_ms_per_message", "round_trips_per_second", "reply_p99_ms")
    wrong = {key: result[key] for key in ("sent", "lost", "doubled", "wrong", "refused")}
    return {**{key: result[key] for key in keys}, **wrong, **{k: v / count for k, v in database.items()}}


def counted(load: Load, target: Subject, count: int, rate: float = 0.0) -> dict[str, Any]:
    """Per text: statements, commits that wrote, checkpoints, and on SQLite rows."""
    before = [ask(counter) for counter in target.counters]
    load.run(target, count, rate)
    return _counts(target, before, count)


def _counts(target: Subject, before: list[dict[str, int]], count: int) -> dict[str, Any]:
    after = [ask(counter) for counter in target.counters]
    names = ["statements", "commits", "checkpoints", *(["rows"] if target.postgres is None else [])]
    return {name: sum(b[name] - a[name] for a, b in zip(before, after, strict=True)) / count for name in names}


@contextmanager
def _watched(target: Subject) -> Iterator[Callable[[], dict[str, float]]]:
    """Gives a function that tells what the database has written since."""
    if target.postgres is None:
        with _sqlite_log(_path(target)) as written:
            yield lambda: {"wal_bytes": float(written())}
        return
    with psycopg.connect(target.url.replace("+psycopg", ""), autocommit=True) as admin:
        before = _postgres_counters(admin)

        def used() -> dict[str, float]:
            after = _postgres_counters(admin)
            return {name: after[name] - value for name, value in before.items()}

        yield used


def _postgres_counters(admin: "psycopg.Connection[Any]") -> dict[str, float]:
    """Log bytes, rows written and fsyncs of the log so far. A backend tells the latter two once a second."""
    time.sleep(1.5)
    admin.execute("SELECT pg_stat_clear_snapshot()")
    if admin.info.server_version >= 180000:
        fsyncs = "SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal'"
    else:
        fsyncs = "SELECT wal_sync FROM pg_stat_wal"
    rows = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
    wal = "SELECT pg_current_wal_insert_lsn() - '0/0'"
    queries = {"wal_bytes": wal, "rows": rows, "fsyncs": fsyncs}
    return {name: float((admin.execute(query).fetchone() or [0])[0] or 0) for name, query in queries.items()}


@contextmanager
def _sqlite_log(path: Path) -> Iterator[Callable[[], int]]:
    """Counts the bytes that go into a SQLite log. The log is begun anew once it has been copied into the database, so
    its length says little; the number of pages in it, read from its index a hundred times a second, says all."""
    total = 0
    over = threading.Event()
    with path.with_name(path.name + "-shm").open("rb", buffering=0) as index:

        def pages() -> tuple[int, int]:
            index.seek(0)
            size, most = struct.unpack_from("=HI", index.read(48), 14)
            return most, 65536 if size == 1 else size

        def watch() -> None:
            nonlocal total
            last, size = pages()
            while not over.wait(0.01):
                now, size = pages()
                total += (now - last if now >= last else now) * (size + _FRAME)
                last = now

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()

        def written() -> int:
            time.sleep(0.1)
            return total

        try:
            yield written
        finally:
            over.set()
            watcher.join()


def _path(target: Subject) -> Path:
    return Path(str(make_url(target.url).database))


def _size(target: Subject) -> int:
    """Bytes of what is kept for good."""
    if target.postgres is None:
        with closing(sqlite3.connect(f"file:{_path(target)}?mode=ro", uri=True)) as reader:
            (pages,), (size,) = (reader.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
            return int(pages) * int(size)
    with psycopg.connect(target.url.replace("+psycopg", "")) as admin:
        sizes = "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name"
        return int((admin.execute(sizes, (list(_KEPT),)).fetchone() or [0])[0])
