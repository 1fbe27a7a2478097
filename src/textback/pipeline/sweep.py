"""The nightly sweep: what was kept for long enough goes (rule K10), step by step, so that texts do not wait for it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog

from textback.compliance.retention import Retention, next_night
from textback.core.faults import point
from textback.core.ids import BUCKETS
from textback.core.when import DAY
from textback.pipeline.metrics import SWEPT
from textback.pipeline.pausing import woken
from textback.store import accounts
from textback.store import sweep as store
from textback.store.db import Db, Tx
from textback.store.sweep import Old, Span, Swept
from textback.store.trouble import is_away, reason

log = structlog.get_logger("textback.sweep")

LOOK = 60.0
"""Seconds between looks whether it is time."""
OVERLAP = 7 * DAY
"""Time (ms) before the end of the last sweep that is looked at again, for texts that were still waiting then."""
BREATH = 0.02
"""Seconds between two steps that took something away."""


def old_now(keep: Retention, swept: Swept | None, now: int) -> Old:
    """What has become old since the last sweep."""
    before = {} if swept is None else swept.floors
    floors = keep.floors(now)
    return {kind: Span(min(before.get(kind, 0) - OVERLAP, until), until) for kind, until in floors.items()}


class Sweeper:
    """The sweep of one workspace. Any number of nodes may run one: each night one of them does the work."""

    def __init__(
        self, db: Db, workspace: str, keep: Retention, now: Callable[[], int], zone: Callable[[], str]
    ) -> None:
        self._db = db
        self._workspace = workspace
        self._keep = keep
        self._now = now
        self._zone = zone
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take no step more. What is left of this night is taken in the next."""
        self._stopping.set()

    async def run(self) -> None:
        """Sweep whenever it is time, until told to stop."""
        while not self._stopping.is_set():
            await self._pause(LOOK)
            try:
                await self.once()
            except Exception as error:
                log.error("sweep failed", error=reason(error), exc_info=None if is_away(error) else error)

    async def _pause(self, seconds: float) -> None:
        await woken(self._stopping, seconds)

    async def once(self) -> dict[str, int] | None:
        """Sweep if it is due and no other node does. Returns the rows that went, by kind; None where there was no
        sweep, or it did not come to its end."""
        now = self._now()
        known = await self._db.read(store.last, self._workspace)
        if known is not None and known.next_at > now:
            return None
        swept = await self._db.write_in("tick", store.begin, self._workspace, now, next_night(now, self._zone()))
        if swept is None:
            return None
        old = old_now(self._keep, swept, now)
        done: Counter[str] = Counter()
        for bucket in range(BUCKETS):
            if not await self._bucket(bucket, old, done):
                return None
            if bucket % 16 == 15 and not await self._db.write_in(
                "tick", store.go_on, self._workspace, now, self._now()
            ):
                log.info("another node has taken over the sweep")
                return None
        more = True
        while more:
            rows, more = await self._db.write_in("tick", store.others, self._workspace, old, self._now())
            done.update(rows)
        point("sweep.finishing")
        if not await self._db.write_in("tick", self._finish, now, dict(done)):
            return None
        for kind, count in done.items():
            SWEPT.labels(kind).inc(count)
        log.info("swept", **done)
        return dict(done)

    async def _bucket(self, bucket: int, old: Old, done: Counter[str]) -> bool:
        after: str | None = ""
        place = bucket if self._db.by_bucket else None
        while after is not None:
            if self._stopping.is_set():
                return False
            step = await self._db.write_within(place, "tick", store.step, self._workspace, bucket, after, old)
            point("sweep.step")
            done.update(step.rows)
            after = step.after
            if step.rows:
                await self._pause(BREATH)
        return True

    def _finish(self, tx: Tx, began_at: int, done: dict[str, Any]) -> bool:
        floors, now = self._keep.floors(began_at), self._now()
        due = next_night(now, self._zone())
        if not store.finish(tx, self._workspace, began_at, now, due, floors, done):
            return False
        if done:
            accounts.write_audit(
                tx, self._workspace, "textback", "retention.sweep", "what was kept long enough", now, done
            )
        return True
