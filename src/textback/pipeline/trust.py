"""What people's verdicts on replies teach: how often replies of a confidence were right, for each persona."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import structlog

from textback.core.when import DAY
from textback.engine.guard.calibration import Map, fitted
from textback.store import models
from textback.store.db import Db
from textback.store.trouble import reason

log = structlog.get_logger("textback.trust")

EVERY = 60.0
"""Seconds between looks at the verdicts."""
SINCE = 180 * DAY
"""How old (ms) a verdict may be."""


def verdict(outcome: str, feedback: str) -> bool | None:
    """Whether people found a reply right: by what they say of it, else by what they did with it; None: neither."""
    if feedback:
        return feedback == "good"
    return outcome == "approved" if outcome in models.DECIDED else None


def maps_of(rows: Iterable[Any]) -> dict[str, Map]:
    """For each persona what its verdicts make of a confidence. Rows have persona, evidence, outcome and feedback."""
    labels: dict[str, list[tuple[float, bool]]] = {}
    for row in rows:
        right = verdict(row.outcome, row.feedback)
        if right is not None:
            labels.setdefault(row.persona, []).append((row.evidence / 1_000, right))
    return {persona: fitted(some) for persona, some in labels.items()}


class Trust:
    """Says how likely replies are right. It learns in the background; until it has, confidence counts as it is."""

    def __init__(self, db: Db, workspace: str, clock: Callable[[], int]) -> None:
        self._db = db
        self._workspace = workspace
        self._clock = clock
        self._maps: dict[str, Map] = {}

    def likely(self, persona: str, confidence: float) -> float:
        """How likely a reply of this confidence is right, going by how those before it fared."""
        known = self._maps.get(persona)
        return confidence if known is None else known(confidence)

    async def learn(self) -> None:
        """Look at all verdicts."""
        self._maps = maps_of(await self._db.read(models.judged, self._workspace, self._clock() - SINCE))

    async def run(self, asks: Callable[[], bool]) -> None:
        """Learn now, and again and again, until cancelled, while the bot `asks` a model."""
        while True:
            try:
                if asks():
                    await self.learn()
            except Exception as error:
                log.warning("verdicts on replies can't be read", error=reason(error))
            await asyncio.sleep(EVERY)
