"""What lines have sent on a day of the carriers', counted where every node sees it."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from textback.store.tables import line_use

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
