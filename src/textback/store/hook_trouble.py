"""Webhooks that are not told what they should be: whose breaker is open, and whose deliveries are stuck."""

from typing import Any

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from textback.core.when import MINUTE, to_iso
from textback.store.db import make_engine, sqlite_path
from textback.store.tables_hooks import webhook_deliveries, webhooks

STUCK = 10 * MINUTE
"""How long (ms) a delivery may wait before somebody is told. The first two tries of one that fails are over by then."""

_w, _d = webhooks.c, webhook_deliveries.c


class HookTrouble(msgspec.Struct, frozen=True):
    """A webhook that is in trouble: failures in a row, until when (ms) nothing is tried, how many deliveries wait, and
    since when (ms) the oldest of them does; `why` is what went wrong last."""

    id: str
    failures: int
    open_until: int
    waiting: int
    since: int
    why: str

    def sentence(self, now: int) -> str:
        """It in words, without its address."""
        parts = []
        if self.open_until > now:
            parts.append(f"failed {self.failures:,} times in a row and is tried again at {to_iso(self.open_until)}")
        if self.waiting and self.since < now - STUCK:
            one = self.waiting == 1
            count = "1 delivery has" if one else f"{self.waiting:,} deliveries have"
            parts.append(f"{count} waited since {to_iso(self.since)}")
        return f"webhook {self.id}: {'; '.join(parts)}"


def troubles(tx: Connection, workspace: str, now: int) -> list[HookTrouble]:
    """The webhooks in trouble, the oldest first."""
    rows = tx.execute(
        select(_w.id, _w.failures, _w.open_until, _w.failed_why)
        .where(_w.workspace == workspace, _w.enabled)
        .order_by(_w.id)
    ).all()
    if not rows:
        return []
    late = select(_d.webhook_id, func.count().label("n"), func.min(_d.at).label("since"))
    late = late.where(_d.workspace == workspace, _d.finished_at.is_(None)).group_by(_d.webhook_id)
    waits: dict[str, Any] = {row.webhook_id: row for row in tx.execute(late)}
    found = []
    for row in rows:
        mine = waits.get(row.id)
        count, since = (mine.n, mine.since) if mine is not None else (0, 0)
        if (row.open_until or 0) > now or (count and since < now - STUCK):
            found.append(HookTrouble(row.id, row.failures, row.open_until or 0, count, since, row.failed_why))
    return found


def look(url: URL, workspace: str, now: int) -> list[HookTrouble]:
    """As `troubles`, of a database from outside; none too where it can't be read."""
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return []
    engine = make_engine(url, begin="BEGIN")
    try:
        with engine.connect() as tx:
            return troubles(tx, workspace, now)
    except SQLAlchemyError:
        return []
    finally:
        engine.dispose()
