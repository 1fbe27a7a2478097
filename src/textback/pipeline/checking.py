"""Checking the whole ledger beside everything else: one bucket after the other, and the result in the audit log."""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from textback.core.ids import BUCKETS
from textback.store import accounts
from textback.store.db import Db, Tx
from textback.store.ledger_check import Broken, Report, check_bucket, check_contact

log = structlog.get_logger("textback.ledger")

ACTION = "consent.verify"
MOST_NOTED = 20
"""Broken entries that the audit log names."""
MOST_AGAIN = 200
"""Contacts of a bucket that are looked at a second time."""


class Result(msgspec.Struct, frozen=True):
    """What a check has found: how much was checked, how many things are `broken`, and the `first` of them."""

    chains: int
    entries: int
    days: int
    unchained: int
    unread: int
    broken: int
    first: list[Broken]


def note(tx: Tx, workspace: str, actor: str, report: Report, now: int) -> None:
    """Write what a check of the whole ledger has found into the audit log."""
    result = Result(
        report.chains, report.entries, report.days, report.unchained, report.unread, len(report.broken),
        report.broken[:MOST_NOTED],
    )  # fmt: skip
    accounts.write_audit(tx, workspace, actor, ACTION, "ledger", now, msgspec.to_builtins(result))


class LedgerCheck:
    """The check of this server. `buckets` are done of BUCKETS while it runs; `failed` says that the last one broke
    off."""

    def __init__(self, db: Db, workspace: str, now: Callable[[], int]) -> None:
        self.buckets = 0
        self.failed = False
        self._db = db
        self._workspace = workspace
        self._now = now
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self._task is not None and not self._task.done()

    def start(self, actor: str) -> None:
        """Begin, unless it runs already."""
        if not self.running:
            self.buckets, self.failed = 0, False
            self._task = asyncio.get_running_loop().create_task(self._run(actor))

    async def stop(self) -> None:
        """Break off."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, actor: str) -> None:
        report = Report(broken=[])
        try:
            for bucket in range(BUCKETS):
                report.add(await self._bucket(bucket))
                self.buckets = bucket + 1
            await self._db.write(note, self._workspace, actor, report, self._now())
        except Exception:
            self.failed = True
            log.exception("the ledger could not be checked")

    async def _bucket(self, bucket: int) -> Report:
        """A bucket. Where a text came in between two of the check's statements, its contact's chain seems broken: so
        what seems so is looked at again by itself."""
        report = await self._db.read(check_bucket, self._workspace, bucket)
        seeming = list(dict.fromkeys(one.contact_id for one in report.broken if one.contact_id))[:MOST_AGAIN]
        for contact_id in seeming:
            again = await self._db.read(check_contact, contact_id)
            rest = [one for one in report.broken if one.contact_id != contact_id]
            report.broken = rest + again.broken
        return report
