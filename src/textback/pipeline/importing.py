"""Imports of contacts at work: the rows of a file become changes of contacts, a few at a time, so that nobody's answer
waits for them. A row never makes consent."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import msgspec
import structlog

from textback.core.when import HOUR
from textback.engine.arrivals import ContactChange
from textback.engine.bot import Bot
from textback.pipeline.contactrows import Planner, Said
from textback.pipeline.pausing import woken
from textback.store import accounts, contact_imports, leads
from textback.store.contact_imports import ContactImport, FileRow, Part, Planned
from textback.store.db import Db, Tx

log = structlog.get_logger("textback.importing")

SIZE = 100
"""Rows that are decided on, and written down as done, together."""
CHUNK = 25
"""Of these, how many go into the inbox together. Their turns are waited for."""
LOOK = 2.0
"""Seconds between looks for an import that another server has taken in, or left."""


class Row(NamedTuple):
    """A change of whoever has this number. The same `key` is stored once."""

    line: str
    number: str
    change: ContactChange
    key: str


TakeIn = Callable[[Sequence[Row]], Awaitable[None]]
"""Stores these changes and waits for their turns."""


def planner(one: ContactImport, fields: Sequence[leads.Field], region: str) -> Planner:
    """What decides on the rows of this import."""
    return Planner(one.choice, fields, region, one.sight, one.called, f"Imported from {one.file}"[:200])


def planned(tx: Tx, workspace: str, plans: Planner, rows: Sequence[FileRow]) -> list[Planned]:
    """What becomes of these rows, as things stand."""
    read = plans.read(rows)
    numbers = list(dict.fromkeys(said.number for _, said in read if isinstance(said, Said)))
    return plans.plan(read, contact_imports.known(tx, workspace, numbers))


class ContactImporter:
    """Works on the imports of a workspace, one after the other."""

    def __init__(self, db: Db, workspace: str, bot: Callable[[], Bot], now: Callable[[], int], take_in: TakeIn) -> None:
        self._db = db
        self._workspace = workspace
        self._bot = bot
        self._now = now
        self._take_in = take_in
        self._wake = asyncio.Event()
        self._stopping = False
        self._tidy_at = 0

    def wake(self) -> None:
        """There is a new one."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the rows that are under way, then no more."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until told to stop."""
        while not self._stopping:
            self._wake.clear()
            try:
                await self._tidy()
                while await self._one():
                    pass
            except Exception as error:  # a database that is away is somebody else's to report
                log.debug("no import went on", error=type(error).__name__)
            await woken(self._wake, LOOK)

    async def _tidy(self) -> None:
        if self._now() >= self._tidy_at:
            self._tidy_at = self._now() + HOUR
            if await self._db.read(contact_imports.old, self._workspace, self._now()):
                await self._db.write(contact_imports.forget_old, self._workspace, self._now())

    async def _one(self) -> bool:
        """Work on the oldest that waits; False when there is none, or this server stops."""
        if not self._goes_on() or not await self._db.read(contact_imports.is_work, self._workspace, self._now()):
            return False
        one = await self._db.write(contact_imports.claim, self._workspace, self._now())
        if one is None:
            return False
        plans = planner(one, await self._db.read(leads.fields, self._workspace), self._bot().country)
        plans.taken = await self._db.read(contact_imports.taken, self._workspace, one.id)
        while not one.stopping:
            if not self._goes_on():
                await self._db.write(contact_imports.give_back, self._workspace, one)
                return False
            part = await self._db.read(contact_imports.next_part, self._workspace, one.id)
            if part is None:
                break
            began = time.monotonic()
            now_ = await self._part(one, plans, part)
            if now_ is None:
                return True
            one = now_
            await self._rest(time.monotonic() - began)
        await self._db.write(self._finish, one)
        return True

    def _goes_on(self) -> bool:
        return not self._stopping

    async def _part(self, one: ContactImport, plans: Planner, part: Part) -> ContactImport | None:
        """Take these rows in. Where the import stands then; None when it is somebody else's."""
        if not part.plan:  # else a server has stopped between the two
            plan = await self._db.read(planned, self._workspace, plans, part.rows)
            part = msgspec.structs.replace(part, plan=plan)
            if not await self._db.write(contact_imports.keep_plan, self._workspace, one, part, self._now()):
                return None
        plans.taken |= {row.number: row.line for row in part.plan if row.what != "refused"}
        rows = [
            Row(one.choice.line, row.number, row.change, f"import:{one.id}:{row.line}")
            for row in part.plan
            if row.change is not None
        ]
        for at in range(0, len(rows), CHUNK):
            await self._take_in(rows[at : at + CHUNK])
        return await self._db.write(contact_imports.finish_part, self._workspace, one, part, self._now())

    async def _rest(self, seconds: float) -> None:
        """Wait as long as the rows took, so that whoever else works on this database gets on."""
        if self._goes_on():
            await asyncio.sleep(min(seconds, 1.0))

    def _finish(self, tx: Tx, one: ContactImport) -> None:
        """It is over, which the audit log says too."""
        now = self._now()
        if contact_imports.finish(tx, self._workspace, one, now):
            data = {"file": one.file, "rows": one.total, **one.counts}
            action = "contacts.import" if one.position == one.total else "contacts.import.stopped"
            accounts.write_audit(tx, self._workspace, one.actor, action, one.id, now, data)
