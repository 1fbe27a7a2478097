"""The road at work in one process: accept, turn, deliver and tick, started, stopped, and woken when there is work."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import msgspec
import structlog

from textback.compliance.limits import OFF, Guard
from textback.compliance.retention import Retention
from textback.core.faults import point
from textback.core.roles import ROLES
from textback.core.tracing import Tracer
from textback.core.when import HOUR, MINUTE, SECOND
from textback.engine.arrivals import AnyArrival, ApiSend
from textback.engine.thinking import TOGETHER
from textback.pipeline import spans
from textback.pipeline.accept import Acceptor, incoming
from textback.pipeline.bots import Follower, Shelf
from textback.pipeline.breaker import Condition
from textback.pipeline.buckets import BucketAcceptor, Places, told
from textback.pipeline.bulk import BulkSender
from textback.pipeline.by_text import carried
from textback.pipeline.claim import LEASE
from textback.pipeline.clock import clock
from textback.pipeline.deliver import Deliverer
from textback.pipeline.floor import Floor
from textback.pipeline.gating import Gatekeeper
from textback.pipeline.hooks import RETRIES, Hooks, Posts
from textback.pipeline.hub import EVERYTHING, Hub
from textback.pipeline.importing import ContactImporter, Row
from textback.pipeline.indexing import Indexer
from textback.pipeline.lines import Line
from textback.pipeline.mailboxes import Mailboxes
from textback.pipeline.media import Fetcher, Keeping
from textback.pipeline.metrics import ARRIVALS, BATCH_TURNS, LIMITS, REFUSED
from textback.pipeline.metrics import TURNS as TURNED
from textback.pipeline.notices import Notices
from textback.pipeline.pausing import woken
from textback.pipeline.perform import Performer, Performs
from textback.pipeline.poison import is_poison, run_one
from textback.pipeline.presence import Presence, read_people
from textback.pipeline.readings import Wanted
from textback.pipeline.reconcile import Reconciler
from textback.pipeline.seen import LineMarks
from textback.pipeline.shortener import Shortener
from textback.pipeline.simulating import LINE as SIMULATED
from textback.pipeline.simulating import QUIET, AheadClock
from textback.pipeline.spool import Spool
from textback.pipeline.sweep import Sweeper
from textback.pipeline.templating import Templating
from textback.pipeline.thinker import AsksModels, Thinker
from textback.pipeline.tick import Keep, before, fire_timers, sweep, tidy
from textback.pipeline.turn import Handled, Turns
from textback.pipeline.writes import Said
from textback.store import inbox, ledger_check, requests, sent, simulator, spread
from textback.store.bulk import BulkText
from textback.store.db import Db, Tx, Work
from textback.store.inbox import Incoming
from textback.store.notify import News, Notifier
from textback.store.requests import Once, Taken
from textback.store.trouble import is_away, reason

log = structlog.get_logger("textback.road")

TURNS = 256
"""How many arrivals one transaction of turns takes at most."""
POLL = 0.5
"""Seconds between looks at the inbox when nothing wakes us: another node may have stored something."""
EAGER = 0.02
"""As POLL, right after there was work that another node had stored: there is probably more."""
TICK = 1.0
TIDY = MINUTE
"""Time (ms) between looks for what was kept long enough."""
IMPORTED = 10.0
"""Seconds to wait for the turns of rows of an import, until more of them come."""
ELSEWHERE = 0.1
"""Seconds between questions whether another node has taken a turn that somebody here waits for."""


class Road:
    """One process's share of the work. Any number of processes may share one PostgreSQL, each with all roles or some.

    `lease` is how long (ms) it may take to post what it claimed; `reply_max_age` how old (ms) a text may be that
    still gets its answer, 0 being any age.
    """

    def __init__(
        self,
        db: Db,
        workspace: str,
        lines: Mapping[str, Line],
        shelf: Shelf,
        *,
        public_url: str | None = None,
        now: Callable[[], int] = clock,
        roles: Collection[str] = ROLES,
        lease: int = LEASE,
        guard: Guard = OFF,
        reply_max_age: int = 0,
        late_after: int = 0,
        reconcile_every: int = 0,
        resend_unsent: bool = False,
        spool: Spool | None = None,
        keep: Keep = Keep(),  # noqa: B008 (it never changes)
        tracer: Tracer | None = None,
        shortener: Shortener | None = None,
        performs: Performs | None = None,
        models: AsksModels | None = None,
        notices: Notices | None = None,
        simulate: bool = True,
        redact: bool = True,
        retention: Retention = Retention(),  # noqa: B008 (it never changes)
        posts: Posts | None = None,
        hook_retries: Sequence[int] = RETRIES,
        keeping: Keeping | None = None,
    ) -> None:
        self.db = db
        # Who is signed in goes by the real time, however far the clock of a demo is ahead.
        self.wall = now
        self.ahead: AheadClock | None = None
        if db.dialect == "sqlite" and all(line.provider.name == SIMULATED for line in lines.values()):
            now = self.ahead = AheadClock(now)
        self.tracer = tracer
        self._debug: bool = log.is_enabled_for(logging.DEBUG)
        self.workspace = workspace
        self.lines = lines
        self.shelf = shelf
        self.versions = Follower(db, workspace, shelf)
        self.hub = Hub()
        self.now = now
        self.roles = frozenset(roles)
        self._public_url = public_url
        self.gate = gate = Gatekeeper(workspace, lines, lambda: shelf.current)
        self._turns = Turns(
            workspace, lines, shelf, gate, lease, guard, reply_max_age, late_after, tracer, shortener, redact,
            keeping is not None,
        )  # fmt: skip
        self._notifier = Notifier(db, workspace, self._heard)
        self.hub.tell = self._notifier.changed
        self.presence = Presence(self._notifier.present)
        self._running = False
        self._wake = asyncio.Event()
        self._stopping = False
        self._one_by_one: set[int | None] = set()  # where a batch of turns could not be written: a bucket, or anywhere
        self._waiters: dict[str, asyncio.Future[None]] = {}
        self._told: dict[str, asyncio.Future[Said | None]] = {}  # who waits to hear what became of a program's text
        self._arrived = lru_cache(maxsize=1_000)(ARRIVALS.labels)
        self._acceptor = Acceptor(workspace, now, self._store, spool)
        if db.by_bucket:
            self._acceptor = BucketAcceptor(workspace, now, self._store_within, db.submit_within, spool)
        self._waiting = Places(db, spread.with_arrivals)
        self._named: set[int] = set()  # buckets in which arrivals are known to wait
        self._look_at = 0.0
        self._due_timers = Places(db, spread.with_timers)
        self._leftovers = Places(db, spread.with_leftovers)
        self.detour = self._acceptor.detour
        eager = "turn" not in self.roles
        self.marks = LineMarks(db, workspace, now)
        self._deliverer = Deliverer(
            db, workspace, lines, now, self.hub.publish, self._status_url, gate,
            lease=lease, eager=eager, tracer=tracer, marks=self.marks, public_url=public_url or "",
            private=keeping.allowed if keeping is not None else None,
        )  # fmt: skip
        self._performer: Performer | None = None
        self.thinker = Thinker(db, workspace, shelf, now, models) if models is not None else None
        if performs is not None:
            self._performer = Performer(
                db, workspace, lines, shelf, now, self._results_wait, self._store_result, performs,
                thinker=self.thinker, notices=notices, carries=partial(carried, self._durable), simulate=simulate,
                lease=lease,
            )  # fmt: skip
        self.hooks = Hooks(db, workspace, lines, now, self.hub, posts, hook_retries) if posts is not None else None
        self.files = Fetcher(db, lines, now, self.hub.publish, keeping) if keeping is not None else None
        self._reconciler = Reconciler(
            db, workspace, lines, now, self.receive, self.hub.publish,
            every=reconcile_every, resend=resend_unsent, lease=lease,
        )  # fmt: skip
        self._mailboxes = Mailboxes(db, workspace, lines, now, self.receive, self.marks.note)
        self.templating = Templating(db, workspace, lines, now)
        self._sweeper = Sweeper(db, workspace, retention, now, lambda: shelf.current.timezone)
        self.indexer = Indexer(db, workspace)
        self.bulk = BulkSender(db, workspace, now, self._hand_in)
        self.importer = ContactImporter(db, workspace, lambda: shelf.current, now, self._take_in)
        self.floor = Floor(db, workspace, lambda: shelf.current, now, self.post)
        self._keep = keep
        self._tidy_at = 0
        self._seal_at = 0
        self._old_letters = Places(db, spread.with_old_letters)
        self._tasks: list[asyncio.Task[None]] = []
        self._draining: asyncio.Task[None] | None = None
        self._turning: set[asyncio.Future[Handled]] = set()

    async def start(self) -> None:
        """Begin work. What an earlier process left undone is picked up at once."""
        if self.ahead is not None:
            self.ahead.ahead = await self.db.read(simulator.ahead, self.workspace)
        parts = {"turn": self._run_turns, "deliver": self._deliverer.run, "tick": self._run_tick}
        if self._performer is not None:
            parts["perform"] = self._performer.run
        others = [one.run() for one in (self.hooks, self.files) if one is not None and "perform" in self.roles]
        self._tasks = [asyncio.create_task(run(), name=role) for role, run in parts.items() if role in self.roles]
        self._tasks += [asyncio.create_task(run, name="hooks and files") for run in others]
        if self.detour is not None:
            self._draining = asyncio.create_task(self.detour.run(), name="spool")
            self._tasks.append(self._draining)
        self._tasks.append(asyncio.create_task(self.versions.run(), name="versions"))
        if {"turn", "tick"} & self.roles:
            self._tasks.append(asyncio.create_task(self.floor.run(gives="tick" in self.roles), name="floor"))
        self._running = True
        self._notifier.start()

    async def stop(self) -> None:
        """Finish what is claimed, claim no more, end live pages, then return."""
        self._stopping = True
        self.hub.close()
        self._wake.set()
        if self._draining is not None:
            self._draining.cancel()
        if self._turning:
            await asyncio.wait(self._turning)
        await self._turns.readings.stop()
        self._deliverer.stop()
        for one in (self._performer, self.hooks, self.files):
            if one is not None:
                one.stop()
        self._reconciler.stop()
        self._mailboxes.stop()
        self.templating.stop()
        self._sweeper.stop()
        self.indexer.stop()
        self.bulk.stop()
        self.importer.stop()
        self.versions.stop()
        self.floor.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._notifier.stop()
        await self.marks.stop()

    async def move_clock(self, by: int) -> bool:
        """Move the clock ahead by so much (ms), for everything that this server does; False where it has real lines,
        and so has none to move. What is being posted at this moment is waited for: its lease would be over."""
        if self.ahead is None:
            return False
        for _ in range(QUIET // 50):
            if not await self.db.read(simulator.posting):
                break
            await asyncio.sleep(0.05)
        self.ahead.ahead = await self.db.write(simulator.move, self.workspace, by)
        self._deliverer.wake()
        self._wake_up()
        return True

    def forget(self, contact_id: str) -> None:
        """This contact was erased, and the erasure is committed."""
        self._acceptor.forget({contact_id})
        self.hub.publish([contact_id])

    def conditions(self) -> dict[str, Condition]:
        """How each line's provider is, as far as this node knows."""
        return self._deliverer.conditions()

    @property
    def alive(self) -> bool:
        """Whether every part still runs."""
        return self._running and not any(task.done() for task in self._tasks)

    async def receive(
        self, line: str, arrivals: Sequence[AnyArrival], *, wait: float = 0.0, webhook: bool = False
    ) -> list[str]:
        """Store what a provider sent, each once; durable on return. Strangers become contacts. Returns arrival ids.

        With `wait`, returns when their turns are done, or after that many seconds. Without, what comes while the
        database is away is kept in the spool, where there is one. `webhook`: the caller notes the request for traces.
        """
        items = [incoming(line, arrival) for arrival in arrivals]
        if wait:
            await self._put(items, wait)
        else:
            await self._durable(items, lasting=True, webhook=webhook)
        return [item.id for item in items]

    async def take(self, items: Sequence[Incoming]) -> None:
        """Store these together, each once; durable on return, in the spool where the database is away."""
        await self._durable(items, lasting=True)

    async def post(
        self, contact_id: str, arrival: AnyArrival, *, line: str = "", key: str = "", wait: float = 0.0
    ) -> str:
        """Store what happens to a known contact's conversation, from the desk or the API; durable on return.

        The same `key` is stored once. With `wait`, returns when its turn is done, or after that many seconds.
        """
        item = incoming(line, arrival, contact_id=contact_id, key=key)
        await self._put([item], wait)
        return item.id

    async def send_to(self, line: str, address: str, arrival: AnyArrival, *, key: str = "", wait: float = 0.0) -> str:
        """Store an API arrival for whoever has this phone number, making the contact if need be. Returns its id. The
        same `key` is stored once."""
        await self._put([incoming(line, arrival, address=address, key=key)], wait)
        home = self._acceptor.home_of(address)
        if home is None:  # it was erased at this moment: they are somebody new
            await self._put([incoming(line, arrival, address=address)], wait)
            home = self._acceptor.home_of(address)
        if home is None:
            raise RuntimeError("a stored arrival has a home")
        return home.contact_id

    async def say(
        self, line: str, address: str, arrival: ApiSend, *, once: Once | None = None, wait: float = 0.0
    ) -> Said | Taken | None:
        """Store a program's text for whoever has this phone number; durable on return. What became of it, where its
        turn is taken within so many seconds by this server; or the request of the same key that was there first."""
        key = ""
        if once is not None and self.db.by_bucket:  # keys are at home elsewhere: it is taken before
            found = await self.db.write(requests.take, self.workspace, [once], self.now())
            if once.message_id in found:
                first = found[once.message_id]
                if first.digest != once.digest or first.at < self.now() - MINUTE:
                    return first
                # Whoever was first may have died before it was stored.
                arrival = msgspec.structs.replace(arrival, message_id=first.message_id)
            key, once = arrival.message_id, None
        item = incoming(line, arrival, address=address, key=key, once=once)
        told: asyncio.Future[Said | None] = asyncio.get_running_loop().create_future()
        self._told[item.id] = told
        try:
            taken = await self._durable([item])
            if taken:
                return next(iter(taken.values()))
            said = await self._hear(told, arrival.message_id, wait)
        finally:
            del self._told[item.id]
        if said is None and self._acceptor.home_of(address) is None:  # erased at this moment: they are somebody new
            await self._durable([incoming(line, arrival, address=address)])
        return said

    async def _hand_in(self, text: BulkText, message_id: str) -> None:
        """Store a text of a bulk send, once under this message id."""
        arrival = msgspec.structs.replace(text.arrival, message_id=message_id)
        await self._durable([incoming(text.line, arrival, address=text.to, key=message_id)])

    async def _take_in(self, rows: Sequence[Row]) -> None:
        """Store rows of an import, each once under its key, and wait for their turns, so that no inbox fills up."""
        await self._put([incoming(one.line, one.change, address=one.number, key=one.key) for one in rows], IMPORTED)

    async def _hear(self, told: "asyncio.Future[Said | None]", message_id: str, wait: float) -> Said | None:
        """What became of a program's text; None where another server takes its turn, or nobody does in time."""
        alone = self.db.dialect == "sqlite" and "turn" in self.roles
        if told.done():  # it has its turn in the commit that stores it
            return told.result()
        loop = asyncio.get_running_loop()
        end = loop.time() + wait
        while (left := end - loop.time()) > 0:
            await asyncio.wait((told,), timeout=left if alone else min(left, ELSEWHERE))
            if told.done():
                return told.result()
            if not alone and await self.db.read(sent.find, self.workspace, message_id) is not None:
                return None
        return None

    async def _put(self, items: Sequence[Incoming], wait: float) -> None:
        if not wait:
            await self._durable(items)
            return
        loop = asyncio.get_running_loop()
        waiters = {item.id: loop.create_future() for item in items}
        self._waiters |= waiters
        try:
            await self._durable(items)
            for item in items:
                await self._wait_for_earlier(item, waiters)
            await self._wait_for_turns(items, waiters, wait)
        finally:
            for id_ in waiters:
                self._waiters.pop(id_, None)

    async def _durable(
        self, items: Sequence[Incoming], *, lasting: bool = False, webhook: bool = False
    ) -> dict[str, Taken]:
        began = time.time_ns() if self.tracer is not None else 0
        taken = await self._acceptor.put(items, lasting=lasting)
        for item in items:
            self._arrived(item.line, spans.kind_of(item.kind)).inc()
            if self._debug:
                log.debug("arrival stored", trace=item.id, line=item.line, kind=spans.kind_of(item.kind))
        if self.tracer is not None:
            spooled = lasting and self.detour is not None and self.detour.active
            ended = time.time_ns()
            self.tracer.note(spans.of_storing(self.tracer, items, began, ended, webhook=webhook, spooled=spooled))
        return taken

    async def _wait_for_earlier(self, item: Incoming, waiters: dict[str, asyncio.Future[None]]) -> None:
        """A repetition gets no turn of its own: whoever waits for it waits for the turn of what came first."""
        contact_id = item.contact_id
        if not contact_id:
            home = self._acceptor.home_of(item.identifier)
            if home is None:
                return
            contact_id = home.contact_id
        first = await self.db.read(inbox.stored_as, contact_id, item.line, item.provider_id, item.kind)
        if first is None or first.id == item.id:
            return
        waiter = waiters.pop(item.id)
        self._waiters.pop(item.id, None)
        if first.handled_at is not None:
            waiter.cancel()
            return
        waiters[first.id] = self._waiters.setdefault(first.id, waiter)

    async def _wait_for_turns(
        self, items: Sequence[Incoming], waiters: Mapping[str, asyncio.Future[None]], seconds: float
    ) -> None:
        """Turns taken here say so themselves; about those of other nodes we ask."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        waiting = set(waiters.values())
        alone = self.db.dialect == "sqlite" and "turn" in self.roles
        while waiting and (left := end - loop.time()) > 0:
            _, waiting = await asyncio.wait(waiting, timeout=left if alone else min(left, ELSEWHERE))
            if waiting and not alone and all([await self._handled(item) for item in items]):
                return

    async def _handled(self, item: Incoming) -> bool:
        contact_id = item.contact_id
        if not contact_id:
            home = self._acceptor.home_of(item.identifier)
            if home is None:
                return True  # it was for nobody and was not stored
            contact_id = home.contact_id
        stored = await self.db.read(inbox.stored_as, contact_id, item.line, item.provider_id, item.kind)
        return stored is None or stored.handled_at is not None

    def _heard(self, news: News) -> None:
        """Another node has work for us, or has changed what pages show."""
        if news.arrivals:
            self._wake_up(*news.buckets)
        if news.outbox:
            self._deliverer.wake(*news.buckets)
        if news.versions:
            self.versions.wake()
        if news.jobs and self._performer is not None:
            self._performer.wake((self.now(), self.now() + TOGETHER))
        if news.jobs and self.files is not None:
            self.files.wake()
        if news.erased:
            self._acceptor.forget(news.erased)
        if news.present:
            self.presence.heard(news.node, read_people(news.present))
        if news.many or news.contacts:
            self.hub.hear({EVERYTHING} if news.many else news.contacts)

    def _status_url(self, line: str, message_id: str) -> str | None:
        if self._public_url is None:
            return None
        return f"{self._public_url}/webhooks/{line}?m={message_id}"

    def _store(self, fn: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Store arrivals and take their turns behind them, in one transaction where nothing goes wrong: so an answer
        leaves after one commit. What fails in the turns does not undo the storing."""
        if "turn" not in self.roles:
            (stored,) = self.db.submit("turn", (fn, args))
            stored.add_done_callback(partial(self._left_to_others, None))
            return stored
        stored, _ = self._submit((fn, args))
        return stored

    def _store_within(self, bucket: int, fn: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """As `_store`, for arrivals and turns of one bucket."""
        if "turn" not in self.roles:
            (stored,) = self.db.submit_within(bucket, (fn, args))
            stored.add_done_callback(partial(self._left_to_others, bucket))
            return stored
        stored, _ = self._submit((fn, args), bucket=bucket)
        return stored

    def _store_result(self, bucket: int | None, fn: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Write down what came of a job, and take its turn behind it."""
        return self._store(fn, *args) if bucket is None else self._store_within(bucket, fn, *args)

    def _left_to_others(self, bucket: int | None, stored: asyncio.Future[Any]) -> None:
        if stored.exception() is None:
            self._notifier.arrivals(bucket)

    def _submit(self, *first: Work, bucket: int | None = None) -> list[asyncio.Future[Any]]:
        room = self._deliverer.reserve(bucket) if "deliver" in self.roles else 0
        works = (*first, (self._take_turns, (room, bucket)))
        futures = self.db.submit("turn", *works) if bucket is None else self.db.submit_within(bucket, *works)
        turned = futures[-1]
        self._turning.add(turned)
        turned.add_done_callback(partial(self._turned, room, bucket))
        return futures

    def _take_turns(self, tx: Tx, room: int, bucket: int | None) -> Handled:
        if bucket in self._one_by_one:
            return run_one(self._turns, self.workspace, tx, self.now(), room, self._deliverer.shut)
        return self._turns.run(tx, self.now(), TURNS, room, self._deliverer.shut)

    def _turned(self, room: int, bucket: int | None, turned: asyncio.Future[Handled]) -> None:
        self._turning.discard(turned)
        error = turned.exception()
        if error is not None:
            self._deliverer.take(room, [])
            if is_poison(error):
                self._one_by_one.add(bucket)
            if not told(bucket, error):
                log.error("turns failed", error=reason(error), exc_info=None if is_away(error) else error)
            return
        handled = turned.result()
        if handled.given_up or not handled.left:
            self._one_by_one.discard(bucket)
        if handled.unread:
            self._read(handled.unread, bucket)
            if handled.left and bucket not in self._one_by_one:
                self._wake_up(*(() if bucket is None else (bucket,)))
        if handled.look_at:
            self._look_at_time(handled.look_at, bucket)
        if handled.arrivals:
            point("turn.committed")
        self._deliverer.take(room, handled.claims)
        if handled.arrivals:
            self._after_turns(handled, bucket)
            if handled.left:
                self._wake_up(*(() if bucket is None else (bucket,)))

    def _read(self, unread: Sequence[tuple[str, Wanted]], bucket: int | None) -> None:
        """Have these contacts' texts read. When one is, its turn is taken again."""
        for contact_id, wanted in unread:
            if not self._stopping:
                self._turns.readings.begin(wanted, partial(self._look_again, contact_id, bucket))

    def _look_at_time(self, due: int, bucket: int | None) -> None:
        """Take turns again when a burst is over. After a crash whoever looks finds it without this."""
        seconds = max(due - self.now(), 0) / SECOND
        asyncio.get_running_loop().call_later(seconds, self._wake_up, *(() if bucket is None else (bucket,)))

    def _look_again(self, contact_id: str, bucket: int | None) -> None:
        self._turns.resting.wake(contact_id)
        self._wake_up(*(() if bucket is None else (bucket,)))

    async def _run_turns(self) -> None:
        """Take the turns that nobody took at once: of timers, of other nodes' arrivals, of a batch that failed."""
        pause = POLL
        while not self._stopping:
            self._wake.clear()
            turned = [self._submit(bucket=place)[-1] for place in await self._where()]
            if turned:
                await asyncio.wait(turned)
            if any(one.exception() is not None for one in turned):
                await self._nap(POLL)
                continue
            pause = EAGER if any(one.result().arrivals for one in turned) else min(pause * 2, POLL)
            await woken(self._wake, pause)

    async def _where(self) -> Sequence[int | None]:
        """The places to take turns in: those that were named, and now and then also those that are found to need it."""
        named, self._named = self._named, set()
        now = asyncio.get_running_loop().time()
        if named and now < self._look_at:
            return list(named)
        self._look_at = now + POLL
        return list({*named, *await self._waiting()})

    def _wake_up(self, *buckets: int) -> None:
        """Arrivals wait for their turn: in these buckets, or who knows where."""
        self._named.update(buckets)
        if not buckets:
            self._look_at = 0.0
        self._wake.set()

    def _after_turns(self, handled: Handled, bucket: int | None) -> None:
        BATCH_TURNS.observe(len(handled.arrivals))
        for (line, outcome), count in handled.outcomes.items():
            TURNED.labels(line, outcome).inc(count)
        for (line, rule), count in handled.refused.items():
            REFUSED.labels(line, rule).inc(count)
        for (queue, limit), count in handled.limits.items():
            LIMITS.labels(queue, limit).inc(count)
        for id_, contact_id in handled.guarded:
            log.warning("loop guard: the bot stopped answering and asked for a person", trace=id_, contact=contact_id)
        for id_, error in handled.failed:
            log.error("turn failed; a person was asked for", trace=id_, error=error)
        if self._debug:
            for id_ in handled.arrivals:
                log.debug("turn taken", trace=id_)
        if self.tracer is not None:
            self.tracer.note(handled.spans)
        if handled.queued:
            self._deliverer.wake(*(() if bucket is None else (bucket,)))
            self._notifier.outbox(bucket)
        if handled.jobs:
            if self._performer is not None:
                self._performer.wake(handled.jobs)
            if self.files is not None:
                self.files.wake()
            self._notifier.jobs(bucket)
        if self._waiters:
            for id_ in handled.arrivals:
                waiter = self._waiters.get(id_)
                if waiter is not None and not waiter.done():
                    waiter.set_result(None)
        for id_, said in handled.said.items():
            if (told := self._told.get(id_)) is not None and not told.done():
                told.set_result(said)
        if handled.strays:
            self._acceptor.forget(handled.strays)
        self.hub.publish(handled.contacts)

    def _results_wait(self, bucket: int | None) -> None:
        """What came of jobs waits for its turn."""
        self._wake_up(*(() if bucket is None else (bucket,)))
        if "turn" not in self.roles:
            self._notifier.arrivals(bucket)

    async def _run_tick(self) -> None:
        lists = [self._reconciler.run()] if self._reconciler.wanted else []
        others = [
            self._sweeper.run(),
            self.bulk.run(),
            self.importer.run(),
            self.indexer.run(),
            self._mailboxes.run(),
            self.templating.run(),
            *lists,
        ]
        await asyncio.gather(self._run_ticks(), *others)

    async def _run_ticks(self) -> None:
        while not self._stopping:
            for place in await self._due_timers(self.now()):
                await self._tick(self._fire, place)
            for place in await self._leftovers(self.now()):
                await self._tick(self._sweep, place)
            for place in await self._untidy():
                await self._tick(self._tidy, place)
            if self.now() >= self._seal_at:
                self._seal_at = self.now() + HOUR
                await self._tick(self._seal_days, None)
            await self._nap(TICK)

    async def _tick(self, part: Callable[[int | None], Awaitable[None]], place: int | None) -> None:
        try:
            await part(place)
        except Exception as error:
            if not told(place, error):
                log.error("tick failed", error=reason(error), exc_info=None if is_away(error) else error)

    async def _fire(self, place: int | None) -> None:
        if await self.db.write_within(place, "tick", fire_timers, self.workspace, self.now()):
            point("tick.fired")
            self._wake_up(*(() if place is None else (place,)))
            if "turn" not in self.roles:
                self._notifier.arrivals(place)

    async def _sweep(self, place: int | None) -> None:
        changed = await self.db.write_within(place, "tick", sweep, self.now())
        if changed:
            point("tick.swept")
            self._deliverer.wake(*(() if place is None else (place,)))
        self.hub.publish(changed)

    async def _untidy(self) -> Collection[int | None]:
        """The places to look, now and then, for what was kept long enough."""
        now = self.now()
        if now < self._tidy_at:
            return ()
        self._tidy_at = now + TIDY
        old = before(self._keep, now)
        return {None, *await self._old_letters(self.workspace, old.settled, old.unsettled, old.decisions, old.calls)}

    async def _tidy(self, place: int | None) -> None:
        """Delete a batch of it; soon again, until nothing is left to delete."""
        now = self.now()
        gone = await self.db.write_within(place, "tick", tidy, self.workspace, self._keep, now)
        if gone.more:
            self._tidy_at = now
        if gone.unsettled:
            log.warning("dead letters deleted that nobody had dealt with", count=gone.unsettled)

    async def _seal_days(self, _: int | None) -> None:
        """Seal what the ledger of consent has grown by on past days, so that nothing of it can go unseen."""
        for bucket in await self.db.read(ledger_check.unsealed, self.workspace, self.now()):
            place = bucket if self.db.by_bucket else None
            await self.db.write_within(place, "tick", ledger_check.seal_days, self.workspace, bucket, self.now())

    async def _nap(self, seconds: float) -> None:
        """Sleep, but wake soon when told to stop."""
        for _ in range(int(seconds / 0.1)):
            if self._stopping:
                return
            await asyncio.sleep(0.1)
