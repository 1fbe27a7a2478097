"""Textback's own server with its SQL counted. `python -m benchmarks.counted serve …`.

The counts are asked for over the Unix socket BENCH_COUNTER. Nothing of this is in the product: the listeners exist only
in a process that was started this way, and the time they take is why CPU is measured without them.
"""

import json
import os
import re
import socket
import sqlite3
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from textback.cli.main import main

_WRITES = re.compile(r"\s*(?:WITH\b.*?\)\s*)?(?:INSERT|UPDATE|DELETE)\b", re.IGNORECASE | re.DOTALL)


class Counter:
    """Statements, transactions that wrote, checkpoints asked for, and on SQLite the rows that were changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = {"statements": 0, "commits": 0, "checkpoints": 0}
        self._opened: list[Any] = []
        self._writes: dict[str, bool] = {}

    def listen(self) -> None:
        """Count what every engine does from now on."""
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._commit)
        event.listen(Engine, "connect", self._connect)

    def read(self) -> dict[str, int]:
        """The counts so far."""
        with self._lock:
            rows = sum(map(_changes, self._opened))
            return {**self._numbers, "rows": rows}

    def _add(self, name: str) -> None:
        with self._lock:
            self._numbers[name] += 1

    def _connect(self, connection: Any, _record: Any) -> None:
        with self._lock:
            self._opened.append(connection)

    def _statement(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("BEGIN"):
            return
        if "wal_checkpoint" in statement:
            self._add("checkpoints")
            return
        self._add("statements")
        writes = self._writes.get(statement)
        if writes is None:
            writes = self._writes[statement] = _WRITES.match(statement) is not None
        if writes:
            connection.info["wrote"] = True

    def _commit(self, connection: Connection) -> None:
        if connection.info.pop("wrote", False):
            self._add("commits")


def _changes(connection: Any) -> int:
    try:
        return int(getattr(connection, "total_changes", 0))
    except sqlite3.ProgrammingError:  # closed, as that of the migrations is
        return 0


def answer(counter: Counter, path: str) -> None:
    """Tell whoever connects, for as long as the process lives."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        while True:
            asker, _ = listener.accept()
            with asker:
                asker.sendall(json.dumps(counter.read()).encode())


def ask(path: Path) -> dict[str, int]:
    """The counts of the server that listens here."""
    with socket.socket(socket.AF_UNIX) as asker:
        asker.connect(str(path))
        said = b""
        while part := asker.recv(4096):
            said += part
    counts: dict[str, int] = json.loads(said)
    return counts


if __name__ == "__main__":
    counting = Counter()
    counting.listen()
    threading.Thread(target=answer, args=(counting, os.environ["BENCH_COUNTER"]), daemon=True).start()
    main()
