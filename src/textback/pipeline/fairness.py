"""Fairness: which of the queued texts go now, when lines have rates and caps and a bulk send waits beside answers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from textback.compliance.limits import REPLY, day_of, fitting, starting
from textback.core.when import MINUTE
from textback.store import limits, outbox
from textback.store.db import Row, Tx

_LOOK_BACK = 64


class Cap(msgspec.Struct, frozen=True):
    """Segments that may go on one of the carriers' days. Lines of one brand share a counter, and so do all nodes."""

    counter: str
    most: int


class Allowance(msgspec.Struct, frozen=True):
    """What may be claimed at this moment: texts in all, of these texts that are no answers, segments on lines with a
    rate of their own, and lines with a cap on the day."""

    workspace: str
    most: int
    bulk: int
    paced: Mapping[str, int] = {}
    caps: Mapping[str, Cap] = {}


def bulk_room(most: int, under_way: int) -> int:
    """How many more texts that are no answers may be under way: a quarter of all places is kept free for answers."""
    return max(most - max(most // 4, 1) - under_way, 0)


def choose(tx: Tx, now: int, allowed: Allowance, may_go: Callable[[Row[Any]], bool]) -> list[Row[Any]]:
    """What is due and may go, answers first. `may_go` is asked once for each row that is looked at. Only what goes is
    counted against caps, in this transaction."""
    limited = list(dict.fromkeys([*allowed.paced, *allowed.caps]))
    bulk = allowed.bulk
    priorities = outbox.PRIORITIES if bulk else (REPLY,)
    chosen: list[Row[Any]] = []

    def judged(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        fine = [row for row in rows if may_go(row)]
        answers = sum(row.priority == REPLY for row in fine)
        return fine[: answers + bulk]

    def take(rows: Sequence[Row[Any]]) -> None:
        nonlocal bulk, chosen
        bulk -= sum(row.priority != REPLY for row in rows)
        chosen += rows

    take(judged(outbox.due(tx, now, allowed.most, limited, priorities)))
    if not limited:
        return chosen
    day = day_of(now)
    counters = {cap.counter for cap in allowed.caps.values()}
    used = limits.used(tx, allowed.workspace, day, counters) if counters else {}
    for line in limited:
        room = allowed.paced.get(line, allowed.most)
        if room <= 0:
            continue
        cap = allowed.caps.get(line)
        if cap is not None and used.get(cap.counter, 0) >= cap.most:
            # Nothing goes before tomorrow. What is of no use by then ends now, not then.
            judged(outbox.due_on(tx, line, now, _LOOK_BACK, (REPLY,)))
            continue
        rows = judged(outbox.due_on(tx, line, now, min(room, allowed.most), priorities))
        rows = rows[: starting([_size(row) for row in rows], room)]
        if cap is not None and rows:
            rows = _within(tx, allowed.workspace, day, cap, rows)
        take(rows)
    return chosen


def _within(tx: Tx, workspace: str, day: str, cap: Cap, rows: list[Row[Any]]) -> list[Row[Any]]:
    """Those of these rows that the day's cap has room for, counted."""
    left = cap.most - limits.lock(tx, workspace, day, cap.counter)
    sizes = [_size(row) for row in rows]
    count = fitting(sizes, left)
    if count:
        limits.add(tx, workspace, day, cap.counter, sum(sizes[:count]))
    return rows[:count]


def _size(row: Row[Any]) -> int:
    return max(int(row.segments), 1)


class Flood:
    """Counts refused requests a minute, by source. Whoever sends more than `most` is answered without further ado."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._minute = 0
        self._counts: dict[str, int] = {}

    def one_more(self, source: str, now: int) -> bool:
        """Count a refused request at `now` (ms). Whether it is one too many; `most` 0 is no limit."""
        if now // MINUTE != self._minute:
            self._minute = now // MINUTE
            self._counts.clear()
        count = self._counts[source] = self._counts.get(source, 0) + 1
        return 0 < self._most < count
