"""Ask the provider about the unknown: as a server does minutes later, by the provider's own list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from chaos.traffic import TWILIO_NUMBER
from tests.support.fake_provider import NUMBER, FakeProvider
from textback.channels.client import Session
from textback.channels.registry import PROVIDERS
from textback.core.when import HOUR
from textback.engine.arrivals import AnyArrival
from textback.pipeline.lines import Line
from textback.pipeline.reconcile import NOT_SENT, Reconciler
from textback.store import reconcile
from textback.store.db import open_db
from textback.store.tables import messages

WORKSPACE = "default"
ROUNDS = 100


@dataclass
class Lookup:
    """The ids of replies that were *unknown*, and what the provider's list made of them."""

    unknown: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    not_sent: set[str] = field(default_factory=set)

    @property
    def left(self) -> int:
        """How many are still unknown: the list proves nothing about them."""
        return len(self.unknown - self.found - self.not_sent)


async def look_up(database_url: str, fake: FakeProvider, now: int) -> Lookup:
    """Have all unknown replies looked up, as if it were an hour later than `now` (ms)."""
    db = open_db(database_url)
    later = now + HOUR
    http = Session()
    try:
        lines = _lines(fake, http)
        before = await db.read(_statuses)
        reader = Reconciler(db, WORKSPACE, lines, lambda: later, _nothing, lambda _: None, every=HOUR)
        for _ in range(ROUNDS):
            await db.write(reconcile.begin, WORKSPACE, sorted(lines), later)
            while await reader.once():
                pass
            if not any([await db.read(reconcile.unknown_sends, WORKSPACE, line, later, 1) for line in lines]):
                break
        after = await db.read(_statuses)
    finally:
        await http.close()
        await db.close()
    not_sent = {id_ for id_, (_, detail) in after.items() if detail == NOT_SENT.detail}
    # A lease may have run out meanwhile, and made one unknown that was not yet.
    unknown = {id_ for id_, (status, _) in before.items() if status == "unknown"} | not_sent
    found = {id_ for id_ in unknown if after[id_][0] != "unknown"} - not_sent
    return Lookup(unknown, found, not_sent)


def _lines(fake: FakeProvider, http: Session) -> Mapping[str, Line]:
    accounts = {"telnyx": (NUMBER, fake.telnyx_options()), "twilio": (TWILIO_NUMBER, fake.twilio_options())}
    return {
        name: Line(name, PROVIDERS[name].make(number, options, http), number)
        for name, (number, options) in accounts.items()
    }


async def _nothing(line: str, arrivals: Sequence[AnyArrival]) -> None:
    """Its lists are read from now on: nothing is missing."""
    raise AssertionError(f"{line}: {len(arrivals)} arrivals that nobody missed")


def _statuses(tx: Connection) -> dict[str, tuple[str, str]]:
    m = messages.c
    query = select(m.id, m.status, m.detail).where(m.direction == "out")
    return {row.id: (row.status, row.detail) for row in tx.execute(query)}
