"""A STOP of somebody whose contacts are merged stops all their addresses of the same kind (K7): each of them gets it as
an arrival of its own, and keeps it in its own ledger. Consent does not travel, and neither does a START.

It is looked for every few seconds, in what is stored, so that no crash can lose it; and at once after a merge.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any

import structlog

from textback.core.evidence import Evidence
from textback.engine.arrivals import ConsentChange
from textback.store import stops
from textback.store.db import Db
from textback.store.stops import Seen
from textback.store.trouble import reason

log = structlog.get_logger("textback.stops")

LOOK = 5.0
"""Seconds between two looks."""
ACTOR = "textback"
SOURCE = "merged contact"
WORDS = "They opted out on another address, which is merged with this one."


Arrive = Callable[..., Awaitable[Any]]


async def carry(
    db: Db, workspace: str, arrive: Arrive, settled: Collection[Seen] = (), *, wait: float = 0.0
) -> tuple[int, set[Seen]]:
    """Stop the addresses that an opt-out has not reached yet; how many, and whose are `settled`."""
    found, done = await db.read(stops.due, workspace, settled)
    for one in found:
        evidence = Evidence(method="keyword", source=SOURCE, actor=ACTOR)
        arrival = ConsentChange("opt_out", evidence, occurred_at=one.since, words=WORDS)
        await arrive(one.contact_id, arrival, key=f"stop:{one.of}:{one.family}:{one.since}", wait=wait)
    return len(found), done


class Stops:
    """Looks for opt-outs that have to go further."""

    def __init__(self, db: Db, workspace: str, arrive: Arrive) -> None:
        self._db = db
        self._workspace = workspace
        self._arrive = arrive
        self._settled: set[Seen] = set()

    async def run(self) -> None:
        """Look for ever; a task to cancel."""
        while True:
            try:
                _, self._settled = await carry(self._db, self._workspace, self._arrive, self._settled)
            except Exception as error:  # the database is away, and back some time
                log.warning("opt-outs of merged contacts wait", error=reason(error))
            await asyncio.sleep(LOOK)
