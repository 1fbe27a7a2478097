"""The database: one writer with group commit on SQLite, one connection per lane on PostgreSQL, and lanes that work
bucket by bucket where its tables are spread over several servers.

Work is a plain function `fn(tx, *args)`. Whatever waits for the same writer runs in one transaction and so shares one
fsync. When any of a group raises, the group is rolled back and each is run again alone, so that only the guilty one
fails: work must therefore do nothing but read and write through its transaction.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy import Row as Row
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import QueuePool

from textback.core.errors import SettingsError
from textback.store.spread import BY_BUCKET, CONFINED, EVENTS, KEYS, EventLog

# A database server that is gone without a word is given up after so many seconds (ms for tcp_user_timeout), where the
# address does not say otherwise. Else a lane would wait for a quarter of an hour.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
_GROUP = 64
"""How many works may share one commit."""
_READERS = 4
_SPREAD_LANES = 8
"""Transactions of single buckets under way at once, where the tables are spread by bucket."""

# What the road does in PostgreSQL finds few rows by their keys. A plan that is made while the tables are small must not
# be kept, and the planner must not be tempted by how small they still are.
_BY_KEY = " ".join(
    f"-c {setting}"
    for setting in (
        "plan_cache_mode=force_custom_plan",
        "jit=off",
        "enable_seqscan=off",
        "enable_hashjoin=off",
        "enable_mergejoin=off",
        # Who waits for longer waits for a transaction of a frozen node. So much less than the detour's patience that
        # whoever is not to blame can be done before it ends.
        "lock_timeout=500",
    )
)

# A read of all buckets would open up to 16 connections to each server, and many nodes would use them up.
_FEW_EACH = "-c citus.max_adaptive_executor_pool_size=2"

Tx: TypeAlias = Connection
"""An open transaction, as other rooms name it: they pass it to the store's functions and never run SQL on it."""

P = ParamSpec("P")
T = TypeVar("T")
Work: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function that takes the transaction first, and its further arguments."""

Place: TypeAlias = int | tuple[str, str]
"""What a transaction is confined to: a bucket, or an address."""

_Work: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...], asyncio.Future[Any]]
_Outcome: TypeAlias = tuple[asyncio.Future[Any], Any, BaseException | None]


def parse_url(text: str) -> URL:
    """The database address as SQLAlchemy wants it: sqlite:///path or postgresql://…; anything else is refused."""
    try:
        text.encode()
        url = make_url(text)
    except (ArgumentError, ValueError):  # bytes that are not UTF-8, a port that is none
        raise SettingsError(
            "The database address is not one.", "Use sqlite:///textback.db or postgresql://user@host/name."
        ) from None
    backend = url.get_backend_name()
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise SettingsError("A SQLite database needs a file.", "Use for example sqlite:///textback.db.")
        return url
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise SettingsError(f"Textback keeps no data in {backend}.", "Use sqlite:///… or postgresql://….")


def sqlite_path(url: URL) -> Path | None:
    """The database file of a SQLite address, None for PostgreSQL."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def make_engine(url: URL, *, begin: str = "BEGIN IMMEDIATE", pool_size: int = 1, options: str = "") -> Engine:
    """An engine whose transactions are durable: WAL with synchronous=FULL on SQLite, the server's own on PostgreSQL."""
    if url.get_backend_name() != "sqlite":
        given: dict[str, Any] = {name: value for name, value in _PATIENCE.items() if name not in url.query}
        if options:
            given["options"] = options
        return create_engine(
            url, pool_size=pool_size, max_overflow=4, pool_pre_ping=True, connect_args=given, hide_parameters=True
        )
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=4,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 30, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA temp_store=MEMORY")
        # Pages. `_Checkpointer` writes them back long before, and without anybody waiting for it.
        cursor.execute("PRAGMA wal_autocheckpoint=20000")
        cursor.execute("PRAGMA cache_size=-16000")  # KiB
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.close()

    # The driver's own idea of transactions is switched off above, because it would begin them too late to hold the
    # write lock while a claim is read.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


class Batch(Generic[T]):
    """What gathers until a lane has time for it: the longer the wait, the more items share the work.

    Filled on the loop, closed by the lane when the work begins. After that it does not change, so that work which was
    rolled back can be run again.
    """

    def __init__(self) -> None:
        self._items: list[T] = []
        self._open = True
        self._lock = threading.Lock()

    def add(self, item: T) -> bool:
        """Add an item; False when the batch is closed and the item needs another."""
        with self._lock:
            if self._open:
                self._items.append(item)
            return self._open

    def close(self) -> list[T]:
        """Let nothing more in; returns the items."""
        with self._lock:
            self._open = False
        return self._items


class _Lane:
    """One thread with one connection that runs queued work in group-committed transactions."""

    def __init__(self, engine: Engine, name: str, group: int = _GROUP) -> None:
        self._engine = engine
        self._group = group
        self._reachable = True
        self._connection: Connection | None = None  # kept open: checking it out for each commit costs more than it
        self._queue: SimpleQueue[list[_Work] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"textback-{name}", daemon=True)
        self._thread.start()

    def put(self, works: list[_Work]) -> None:
        self._queue.put(works)

    def stop(self) -> None:
        """Finish what is queued, then end."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            works = self._queue.get()
            group: list[_Work] = []
            while True:
                if works is None:
                    open_ = False
                    break
                group += works
                if len(group) >= self._group:
                    break
                try:
                    works = self._queue.get_nowait()
                except Empty:
                    break
            if group:
                outcomes = self._commit(group)
                _deliver(outcomes)
        if self._connection is not None:
            self._connection.close()

    def _commit(self, group: list[_Work]) -> list[_Outcome]:
        fresh = self._connection is None
        committing = False
        try:
            if self._connection is None:
                self._reachable = False
                self._connection = self._engine.connect()
                self._reachable = True
            tx = self._connection
            self._prepare(tx)
            with tx.begin():
                results = [fn(tx, *args) for fn, args, _ in group]
                committing = True
        except Exception as error:
            if self._connection is not None and self._connection.invalidated:
                self._connection.close()
                self._connection = None
                if not (fresh or committing):
                    # The server hung up, because it was restarted or because we were frozen. Nothing was committed.
                    return self._commit(group)
            if len(group) == 1 or not self._reachable:  # nobody else is made to wait for a connection in vain
                return [(future, None, error) for _, _, future in group]
            return self._commit_each(group)
        return [(future, result, None) for (_, _, future), result in zip(group, results, strict=True)]

    def _prepare(self, tx: Connection) -> None:
        """What the connection must know before a transaction."""

    def _commit_each(self, group: list[_Work]) -> list[_Outcome]:
        """Find the guilty; the others succeed. They fail as well when no connection can be had any more."""
        outcomes: list[_Outcome] = []
        for work in group:
            if self._reachable:
                outcomes += self._commit([work])
            else:
                outcomes.append((work[2], None, outcomes[-1][2]))
        return outcomes


class _Sorted:
    """Work that waits, by what it is confined to: a bucket, or an address whose bucket is to be found. What waits for
    the same one is taken together, and by one thread at a time, so that it is done in order."""

    def __init__(self) -> None:
        self._works: dict[Place, list[_Work]] = {}
        self._turn: deque[Place] = deque()
        self._changed = threading.Condition()
        self._open = True

    def put(self, place: Place, works: list[_Work]) -> None:
        with self._changed:
            waiting = self._works.get(place)
            if waiting is not None:
                waiting += works
                return
            self._works[place] = list(works)
            self._turn.append(place)
            self._changed.notify()

    def take(self) -> tuple[Place, list[_Work]] | None:
        """What has waited longest. None when there will be no more."""
        with self._changed:
            while not self._turn:
                if not self._open and not self._works:
                    return None
                self._changed.wait()
            place = self._turn.popleft()
            works, self._works[place] = self._works[place], []
            return place, works

    def done(self, place: Place) -> None:
        """What was taken is over."""
        with self._changed:
            if self._works[place]:
                self._turn.append(place)
                self._changed.notify()
            else:
                del self._works[place]
                if not self._open:
                    self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._open = False
            self._changed.notify_all()


class _SpreadLane(_Lane):
    """One of the threads that work bucket by bucket, each transaction in one."""

    def __init__(self, engine: Engine, name: str, works: _Sorted) -> None:
        self._works = works
        self._place: Place = 0
        super().__init__(engine, name)

    def stop(self) -> None:
        self._works.close()
        self._thread.join()

    def _run(self) -> None:
        while (taken := self._works.take()) is not None:
            self._place, group = taken
            try:
                _deliver(self._commit(group))
            finally:
                self._works.done(self._place)
        if self._connection is not None:
            self._connection.close()

    def _prepare(self, tx: Connection) -> None:
        tx.execution_options(**{CONFINED: self._place if isinstance(self._place, int) else None})


def _deliver(outcomes: list[_Outcome]) -> None:
    """Hand results back to the loop that asked, one wake-up for the whole group."""

    def resolve() -> None:
        for future, result, error in outcomes:
            if future.done():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    loop = outcomes[0][0].get_loop()
    try:
        loop.call_soon_threadsafe(resolve)
    except RuntimeError:  # the loop is gone; nobody waits any more
        return


class _Checkpointer:
    """Copies the write-ahead log back into a SQLite file every second, in a thread of its own: a commit that had to do
    it would keep everybody waiting for tens of milliseconds."""

    EVERY = 1.0

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="textback-checkpoint", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self.EVERY):
            try:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
            except DBAPIError:  # busy, or the disk is full: the next round tries again, and commits say what is wrong
                continue


class Db:
    """A database that async code can use. `write` is durable when it returns; `read` sees the last commit.

    With `by_bucket`, for tables that are spread over several servers, a transaction of the road is confined to one
    bucket, and each statement names it.
    """

    def __init__(
        self, url: URL, *, lease: int = 60, by_bucket: bool = False, keys: object = None, events: str = ""
    ) -> None:
        self.url = url
        self.by_bucket = by_bucket
        self.dialect = url.get_backend_name()
        self._sqlite = self.dialect == "sqlite"
        most = 1 if self._sqlite else 6 + by_bucket * _SPREAD_LANES
        self._write_engine = make_engine(url, pool_size=most, options=f"{_BY_KEY} {_frozen(lease)}")
        self._read_engine = make_engine(url, begin="BEGIN", pool_size=_READERS, options=_FEW_EACH * by_bucket)
        if by_bucket:
            self._write_engine = self._write_engine.execution_options(**{BY_BUCKET: True})
            self._read_engine = self._read_engine.execution_options(**{BY_BUCKET: True})
        if keys is not None:
            self._write_engine = self._write_engine.execution_options(**{KEYS: keys})
            self._read_engine = self._read_engine.execution_options(**{KEYS: keys})
        self.log: EventLog | None = None
        if events:
            self.log = EventLog(events)
            self._write_engine = self._write_engine.execution_options(**{EVENTS: self.log})
        self._spread: _Sorted | None = None
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="textback-read")
        self._lanes: dict[str, _Lane] = {}
        self._checkpointer: _Checkpointer | None = None

    async def write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **_: P.kwargs) -> T:
        """Run `fn(tx, *args)` in a durable transaction."""
        return await self.write_in("any", fn, *args)

    async def write_within(self, bucket: int | None, lane: str, fn: Callable[..., T], *args: Any) -> T:
        """As `write_in`, but in this bucket only, where one is given: with `by_bucket` one must be."""
        (future,) = self.submit(lane, (fn, args)) if bucket is None else self.submit_within(bucket, (fn, args))
        result: T = await future
        return result

    def submit_within(self, place: Place, *works: Work) -> list[asyncio.Future[Any]]:
        """As `submit`, in transactions of this one bucket, or of this one address. What waits for the same one shares
        a transaction and is done in order; others are worked in at the same time."""
        if self._spread is None:
            self._spread = _Sorted()
            for number in range(_SPREAD_LANES):
                name = f"bucket-{number}"
                self._lanes[name] = _SpreadLane(self._write_engine, name, self._spread)
        futures = _futures(works)
        self._spread.put(place, [(fn, args, future) for (fn, args), future in zip(works, futures, strict=True)])
        return futures

    async def write_in(self, lane: str, fn: Callable[..., T], *args: Any) -> T:
        """As `write`, in a named lane: on PostgreSQL lanes run at the same time, on SQLite they share the writer."""
        (future,) = self.submit(lane, (fn, args))
        result: T = await future
        return result

    def submit(self, lane: str, *works: Work) -> list[asyncio.Future[Any]]:
        """Queue works that run in this order and share one transaction. Each has its own result, or its own error:
        when one of them fails it alone is undone."""
        name = "writer" if self._sqlite else lane
        worker = self._lanes.get(name)
        if worker is None:
            worker = self._lanes[name] = _Lane(self._write_engine, name, 1 if self.by_bucket else _GROUP)
            if self._sqlite and self._checkpointer is None:
                self._checkpointer = _Checkpointer(self._read_engine)
        futures = _futures(works)
        worker.put([(fn, args, future) for (fn, args), future in zip(works, futures, strict=True)])
        return futures

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **_: P.kwargs) -> T:
        """Run `fn(tx, *args)` in a transaction that is rolled back afterwards."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, fn, args)

    def _read(self, fn: Callable[..., T], args: tuple[Any, ...]) -> T:
        with self._read_engine.connect() as tx:
            return fn(tx, *args)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction for commands, which have no event loop."""
        with self._write_engine.begin() as tx:
            yield tx

    async def close(self) -> None:
        """Finish queued work, then let go of every connection."""
        loop = asyncio.get_running_loop()
        for lane in list(self._lanes.values()):
            await loop.run_in_executor(None, lane.stop)
        self._lanes.clear()
        if self._checkpointer is not None:
            await loop.run_in_executor(None, self._checkpointer.stop)
        self.dispose()

    def dispose(self) -> None:
        """Let go of every connection at once, for commands."""
        self._readers.shutdown(wait=True)
        self._write_engine.dispose()
        self._read_engine.dispose()


def _futures(works: tuple[Work, ...]) -> list[asyncio.Future[Any]]:
    loop = asyncio.get_running_loop()
    return [loop.create_future() for _ in works]


def open_db(url: str, *, lease: int = 60, by_bucket: bool = False, keys: object = None, events: str = "") -> Db:
    """The database at this address. Its schema must be current: see store.migrate. `by_bucket` says that its tables are
    spread by bucket: see store.distribute. `keys` are those of the consent ledger: see store.vault. `events` is
    the workspace whose events are written down, as long as its log is on: see store.events.

    PostgreSQL undoes a transaction in which nothing happens for `lease` seconds: the conversations that a frozen node
    holds are free again, and what it was about to write is not written when it wakes.
    """
    return Db(parse_url(url), lease=lease, by_bucket=by_bucket, keys=keys, events=events)


def _frozen(lease: int) -> str:
    return f"-c idle_in_transaction_session_timeout={lease * 1000}"
