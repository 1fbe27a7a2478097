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


CATCH_UP = 100_000
"""How much unused time (µs) a line with a rate may make up for, so that a look that comes late costs nothing."""
LONGEST = 20
"""Segments that no text has."""
BUSY = 0.02
"""Seconds until a line is looked at again on which another node was sending just then."""


class Allowance(msgspec.Struct, frozen=True):
    """What may be claimed at this moment: texts in all, of these texts that are no answers, texts on lines that must
    hold back, segments per second of lines with a rate of their own, and lines with a cap on the day. `granted` are the
    segments that were taken ahead for lines with a rate, where that is needed: see `take_ahead`."""

    workspace: str
    most: int
    bulk: int
    held: Mapping[str, int] = {}
    rates: Mapping[str, float] = {}
    caps: Mapping[str, Cap] = {}
    granted: Mapping[str, int] | None = None


def bulk_room(most: int, under_way: int) -> int:
    """How many more texts that are no answers may be under way: a quarter of all places is kept free for answers."""
    return max(most - max(most // 4, 1) - under_way, 0)


class Chosen(msgspec.Struct):
    """What goes now, and in how many seconds lines with a rate may send again, or how many segments of those that were
    taken ahead for them go."""

    rows: list[Row[Any]]
    waits: dict[str, float]
    used: dict[str, int] = {}


def choose(tx: Tx, now: int, allowed: Allowance, passed: Callable[[Sequence[Row[Any]]], list[Row[Any]]]) -> Chosen:
    """What is due and may go, answers first. `passed` says, once, which of the rows that are looked at may. Only what
    goes is counted against rates and caps, in this transaction; all nodes share them."""
    limited = list(dict.fromkeys([*allowed.held, *allowed.rates, *allowed.caps]))
    bulk = allowed.bulk
    priorities = outbox.PRIORITIES if bulk else (REPLY,)
    chosen: list[Row[Any]] = []
    waits: dict[str, float] = {}
    sent: dict[str, int] = {}

    def judged(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        fine = passed(rows)
        answers = sum(row.priority == REPLY for row in fine)
        return fine[: answers + bulk]

    def take(rows: Sequence[Row[Any]]) -> None:
        nonlocal bulk, chosen
        bulk -= sum(row.priority != REPLY for row in rows)
        chosen += rows

    take(judged(outbox.due(tx, now, allowed.most, limited, priorities)))
    if not limited:
        return Chosen(chosen, waits)
    day = day_of(now)
    counters = {cap.counter for cap in allowed.caps.values()}
    used = limits.used(tx, allowed.workspace, day, counters) if counters else {}
    for line in limited:
        room = allowed.held.get(line, allowed.most)
        if room <= 0:
            continue
        pace = None
        ahead = None if allowed.granted is None or line not in allowed.rates else allowed.granted.get(line, 0)
        if ahead is not None:
            if ahead <= 0:
                continue
        elif line in allowed.rates:
            pace = _pace(tx, allowed, line)
            if pace is None or not pace.room:
                waits[line] = BUSY if pace is None else pace.wait
                continue
        cap = allowed.caps.get(line)
        if cap is not None and used.get(cap.counter, 0) >= cap.most:
            # Nothing goes before tomorrow. What is of no use by then ends now, not then.
            judged(outbox.due_on(tx, line, now, _LOOK_BACK, (REPLY,)))
            continue
        rows = judged(outbox.due_on(tx, line, now, min(room, allowed.most), priorities))
        paced = ahead if pace is None else pace.room
        if paced is not None:
            rows = rows[: starting([_size(row) for row in rows], paced)]
        if cap is not None and rows:
            rows = _within(tx, allowed.workspace, day, cap, rows)
        if pace is not None and rows:
            pace.took(sum(_size(row) for row in rows))
            limits.set_pace(tx, allowed.workspace, line, pace.next_at)
            waits[line] = pace.wait
        if ahead is not None and rows:
            sent[line] = sum(_size(row) for row in rows)
        take(rows)
    return Chosen(chosen, waits, sent)


class Paced:
    """A line with a rate, locked: its segments go out evenly spaced, whichever nodes send them. Times in µs."""

    def __init__(self, rate: float, next_at: int, now: int) -> None:
        self._gap = 1_000_000 / rate
        self._now = now
        # No text is as long as LONGEST: a line that must wait for longer waits for a clock that was set back since.
        self.next_at = min(max(next_at, now - CATCH_UP), now + round(LONGEST * self._gap))

    @property
    def room(self) -> int:
        """How many segments may go at this moment."""
        return int((self._now - self.next_at) / self._gap) + 1 if self.next_at <= self._now else 0

    @property
    def wait(self) -> float:
        """Seconds until the next segment may go."""
        return max(self.next_at - self._now, 0) / 1_000_000

    def took(self, segments: int) -> None:
        """So many go. A text of several may overdraw: the next one waits for longer."""
        self.next_at += round(segments * self._gap)


class Ahead(msgspec.Struct, frozen=True):
    """Segments of a line with a rate that were taken before it was known what goes; none, where others are sending.
    Times in µs: when the next segment could go before, and can go now, and when this was."""

    segments: int
    gap: float
    before: int
    after: int
    now: int

    def wait(self, used: int) -> float:
        """Seconds, since these were taken, until the next segment may go when so many of them go."""
        return max(self.next_at(used) - self.now, 0) / 1_000_000

    def next_at(self, used: int) -> int:
        """When the next segment may go when so many of them go."""
        return self.before + round(used * self.gap)


def take_ahead(tx: Tx, workspace: str, line: str, rate: float) -> Ahead:
    """Take all segments that may go on this line at this moment, in a transaction of its own.

    So it is done where the texts are in other places than the pace, and each needs a transaction of its own. A node
    that dies with them costs the line no more than these.
    """
    found = limits.pace(tx, workspace, line)
    if found is None:
        return Ahead(0, 1_000_000 / rate, round(BUSY * 1_000_000), 0, 0)
    paced = Paced(rate, *found)
    before, room = paced.next_at, paced.room
    if room:
        paced.took(room)
        limits.set_pace(tx, workspace, line, paced.next_at)
    return Ahead(room, 1_000_000 / rate, before, paced.next_at, found[1])


def give_back(tx: Tx, workspace: str, line: str, ahead: Ahead, used: int) -> None:
    """Only so many of them went, or more, when the last was long. What others have taken since they keep: what was not
    used is lost then, so that the line is never too fast."""
    if used < ahead.segments:
        limits.set_pace_back(tx, workspace, line, ahead.after, ahead.next_at(used))
    else:
        limits.put_off(tx, workspace, line, ahead.next_at(used) - ahead.after)


def _pace(tx: Tx, allowed: Allowance, line: str) -> Paced | None:
    found = limits.pace(tx, allowed.workspace, line)
    return None if found is None else Paced(allowed.rates[line], *found)


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
