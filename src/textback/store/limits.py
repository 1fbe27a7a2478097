"""What lines have sent and when they may send again, kept where every node sees it."""

import time
from collections.abc import Collection, Sequence

from sqlalchemy import BigInteger, Connection, bindparam, cast, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from textback.store.many import insert_or_skip
from textback.store.tables import line_pace, line_use

_u = line_use.c
_USED = select(_u.counter, _u.segments).where(
    _u.workspace == bindparam("w"), _u.day == bindparam("d"), _u.counter.in_(bindparam("counters", expanding=True))
)
_ADD = (
    update(line_use)
    .where(_u.workspace == bindparam("w"), _u.counter == bindparam("k"), _u.day == bindparam("d"))
    .values(segments=_u.segments + bindparam("n"))
)
_NONE_YET = {"workspace": bindparam("w"), "counter": bindparam("k"), "day": bindparam("d"), "segments": 0}
_KEY = ["workspace", "counter", "day"]
# An update that changes nothing: it locks the row, and returns it where a plain "do nothing" would not.
_LOCK = {
    "sqlite": sqlite.insert(line_use)
    .values(_NONE_YET)
    .on_conflict_do_update(index_elements=_KEY, set_={"segments": _u.segments})
    .returning(_u.segments),
    "postgresql": postgresql.insert(line_use)
    .values(_NONE_YET)
    .on_conflict_do_update(index_elements=_KEY, set_={"segments": _u.segments})
    .returning(_u.segments),
}


def used(tx: Connection, workspace: str, day: str, counters: Collection[str]) -> dict[str, int]:
    """Segments that went on this day, by counter; a counter that nothing went through is left out."""
    rows = tx.execute(_USED, {"w": workspace, "d": day, "counters": list(counters)})
    return {row.counter: row.segments for row in rows}


def lock(tx: Connection, workspace: str, day: str, counter: str) -> int:
    """Segments that went on this day. No other node counts on this counter until the transaction ends."""
    found: int = tx.execute(_LOCK[tx.dialect.name], {"w": workspace, "k": counter, "d": day}).scalar_one()
    return found


def add(tx: Connection, workspace: str, day: str, counter: str, segments: int) -> None:
    """Count segments on a counter that `lock` has locked."""
    tx.execute(_ADD, {"w": workspace, "k": counter, "d": day, "n": segments})


_p = line_pace.c
_begin_paces = insert_or_skip(line_pace)
_NEXT = (
    select(_p.next_at)
    .where(_p.workspace == bindparam("w"), _p.line == bindparam("l"))
    .with_for_update(skip_locked=True)
)
# The server's clock: those of nodes may differ.
_NEXT_BY_SERVER = _NEXT.add_columns(cast(func.extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger))
_PACE = (
    update(line_pace).where(_p.workspace == bindparam("w"), _p.line == bindparam("l")).values(next_at=bindparam("n"))
)
_PACE_BACK = _PACE.where(_p.next_at == bindparam("seen"))
_PUT_OFF = (
    update(line_pace)
    .where(_p.workspace == bindparam("w"), _p.line == bindparam("l"))
    .values(next_at=_p.next_at + bindparam("more"))
)


def begin_paces(tx: Connection, workspace: str, lines: Sequence[str]) -> None:
    """Let these lines have a pace, where they have none yet."""
    _begin_paces(tx, [{"workspace": workspace, "line": line, "next_at": 0} for line in lines])


def pace(tx: Connection, workspace: str, line: str) -> tuple[int, int] | None:
    """When the line's next segment may go, and what time it is, in microseconds on one clock. Locked until the
    transaction ends; None when another node is sending on it at this moment."""
    given = {"w": workspace, "l": line}
    if tx.dialect.name == "sqlite":
        row = tx.execute(_NEXT, given).first()
        return None if row is None else (row[0], time.time_ns() // 1000)
    row = tx.execute(_NEXT_BY_SERVER, given).first()
    return None if row is None else (row[0], row[1])


def set_pace(tx: Connection, workspace: str, line: str, next_at: int) -> None:
    """The next segment may go at `next_at`, in microseconds. After `pace`, which has locked it."""
    tx.execute(_PACE, {"w": workspace, "l": line, "n": next_at})


def set_pace_back(tx: Connection, workspace: str, line: str, seen: int, next_at: int) -> None:
    """The next segment may go at `next_at` after all, unless it is no longer set to go at the time `seen`."""
    tx.execute(_PACE_BACK, {"w": workspace, "l": line, "seen": seen, "n": next_at})


def put_off(tx: Connection, workspace: str, line: str, more: int) -> None:
    """The next segment may go that much later (µs), whatever others have set since."""
    tx.execute(_PUT_OFF, {"w": workspace, "l": line, "more": more})
