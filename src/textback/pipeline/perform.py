"""Perform: ask other systems for what turns want of them, and bring what they say back as arrivals.

A job is claimed in one transaction, done outside any, and its result is stored in another, as an arrival, together with
the end of the job. A server that dies in between leaves a job whose lease ends; then it is done again, under the same
key. So an action happens at least once, and its result is heard exactly once.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from time import monotonic
from typing import Any, Protocol

import msgspec
import structlog

from textback.actions.base import Done, Failed, Job
from textback.core.faults import point
from textback.core.when import SECOND
from textback.engine.actions import Action, nothing
from textback.engine.arrivals import JobResult
from textback.engine.by_text import CARRY
from textback.engine.serving import NOTIFY
from textback.engine.thinking import MODEL
from textback.pipeline.accept import incoming
from textback.pipeline.bots import Shelf
from textback.pipeline.buckets import Places, told
from textback.pipeline.by_text import Carries
from textback.pipeline.dead import of_job
from textback.pipeline.lines import Line
from textback.pipeline.metrics import JOB_SECONDS, JOBS
from textback.pipeline.notices import Notices
from textback.pipeline.pausing import woken
from textback.pipeline.thinker import Thinker, Thought, keep
from textback.store import dead, inbox, jobs, spread
from textback.store.db import Db, Tx
from textback.store.trouble import reason

log = structlog.get_logger("textback.perform")

MOST = 64
"""Jobs that one server does at the same time."""
GRACE = 15 * SECOND
"""Time (ms) after its time-out that a job's server has to write down what came of it, unless leases are shorter."""
POLL = 0.5
"""Seconds between looks at the jobs when nothing wakes us."""
IDLE = 5.0
"""As POLL, while the bot has no actions."""
EARLY = 40
"""Time (ms) before a job is due at which it is claimed, so that all is ready at its time."""
AGAIN = frozenset({"retry", "throttled", "unknown"})
"""Kinds of failures after which it is tried again."""
LONGEST_PAUSE = 60
"""Seconds between two tries at most, unless the other system asks for more."""


class Performs(Protocol):
    """What can do jobs."""

    async def perform(self, action: Action, job: Job) -> Done | Failed:
        """Do it once. Never raises."""
        ...


class Claim(msgspec.Struct, frozen=True):
    """One job that is ours until its lease ends. Without an `action` its bot declares none of that name."""

    row: Any
    fence: int
    attempts: int
    action: Action | None

    @property
    def key(self) -> dict[str, Any]:
        """Its row, and our fence."""
        return {"b": self.row.bucket, "k": self.row.contact_id, "i": self.row.id, "f": self.fence}


class Claimed(msgspec.Struct):
    """A batch of claims; the actions of jobs that were withdrawn because their session has ended; and whether some were
    given up, which their server had died of each time. `left`: some were left because enough of their kind run."""

    claims: list[Claim]
    withdrawn: list[str]
    lost: bool = False
    left: bool = False


class Running(msgspec.Struct, frozen=True):
    """What this server does at the moment: how many jobs of each group of actions."""

    groups: Counter[str]

    def full(self, action: Action | None) -> bool:
        """Whether enough of its group run."""
        return action is not None and self.groups[action.group] >= action.at_once

    def full_names(self, actions: Mapping[str, Action]) -> list[str]:
        """The actions of which enough run."""
        return [name for name, action in actions.items() if self.full(action)]


def claim(
    tx: Tx, workspace: str, shelf: Shelf, now: int, most: int, grace: int = GRACE, running: Running | None = None
) -> Claimed:
    """Take jobs that are due, or nearly, each for its time-out and `grace` (ms), and no more of an action than may run
    at once."""
    claimed = Claimed([], [])
    running = Running(Counter(running.groups) if running is not None else Counter())
    gone: list[dict[str, Any]] = []
    for row in jobs.due(tx, now, most, running.full_names(shelf.current.actions), EARLY):
        mine = Claim(row, row.fence, row.attempts, None)
        if row.ended_at is not None:
            gone.append(mine.key)
            claimed.withdrawn.append(row.action)
        elif row.attempts > row.retries:
            _end(tx, workspace, mine, Failed("unknown", detail="The server stopped while it did this."), now)
            claimed.lost = True
        else:
            action = _action(tx, shelf, row.version, row.action)
            if running.full(action):
                claimed.left = True
                continue
            if action is not None:
                running.groups[action.group] += 1
            claimed.claims.append(Claim(row, row.fence + 1, row.attempts + 1, action))
    if gone:
        jobs.remove(tx, gone)
    if claimed.claims:
        jobs.claim(tx, [{**one.key, "until": now + one.row.timeout + grace} for one in claimed.claims])
        point("perform.claiming")
    return claimed


def _action(tx: Tx, shelf: Shelf, version: int, name: str) -> Action | None:
    """The action as the job's version of the bot declares it; as the newest does where that one is not at hand."""
    try:
        bot = shelf.get(tx, version) if version else shelf.current
    except KeyError:
        bot = shelf.current
    return bot.actions.get(name) or shelf.current.actions.get(name)


def record(
    tx: Tx, workspace: str, mine: Claim, result: Done | Failed, now: int, jitter: float, thought: Thought | None = None
) -> str:
    """Write down what came of a job, and what a model thought of it. Says what that means: "done", "again", "over", or
    "late" where another server has taken it since."""
    if not jobs.held(tx, [mine.key]):
        return "late"
    if thought is not None:
        keep(tx, mine.row, thought)
    if isinstance(result, Failed) and result.kind in AGAIN and mine.attempts <= mine.row.retries:
        jobs.move(tx, [{**mine.key, "s": "queued", "due": now + _pause(mine.attempts, result, jitter)}])
        return "again"
    _end(tx, workspace, mine, result, now)
    point("perform.recording")
    return "done" if isinstance(result, Done) else "over"


def _end(tx: Tx, workspace: str, mine: Claim, result: Done | Failed, now: int) -> None:
    """The job is over, and its session hears of it. What the other system refused is an answer; what else gave no
    result is a dead letter."""
    row = mine.row
    if row.action in (NOTIFY, CARRY):
        _told(tx, mine, result, now)
        return
    if isinstance(result, Done):
        heard = JobResult(row.id, result.value)
        jobs.remove(tx, [mine.key])
    else:
        heard = JobResult(row.id, error=result.kind)
        if result.kind == "rejected" or row.action == MODEL:  # a question of minutes ago is of no use
            jobs.remove(tx, [mine.key])
        else:
            jobs.move(tx, [{**mine.key, "s": "dead", "due": now}])
            dead.add(tx, [of_job(row, mine.attempts, result, now)])
    arrival = incoming(row.line, heard, contact_id=row.contact_id, key=row.id)
    inbox.store_arrivals(tx, workspace, [arrival], {}, now)


def _told(tx: Tx, mine: Claim, result: Done | Failed, now: int) -> None:
    """People were told, or another conversation was, or could not be. This one does not wait for that."""
    if isinstance(result, Done):
        jobs.remove(tx, [mine.key])
    else:
        jobs.move(tx, [{**mine.key, "s": "dead", "due": now}])
        dead.add(tx, [of_job(mine.row, mine.attempts, result, now)])


def _pause(attempts: int, failed: Failed, jitter: float) -> int:
    """How long to wait (ms): what the other system asked for, else doubling from one second, spread out."""
    if failed.retry_after is not None:
        return int((failed.retry_after + jitter) * SECOND)
    return int(min(2 ** (attempts - 1), LONGEST_PAUSE) * (0.5 + jitter) * SECOND)


class Performer:
    """Does jobs, many at once. `stored` is told where an arrival waits for its turn: in a bucket, or who knows where;
    `store` writes there and takes the turn at once. `simulate`: those of the simulator are only played."""

    def __init__(
        self,
        db: Db,
        workspace: str,
        lines: Mapping[str, Line],
        shelf: Shelf,
        clock: Callable[[], int],
        stored: Callable[[int | None], None],
        store: Callable[..., Awaitable[Any]],
        performs: Performs,
        *,
        thinker: Thinker | None = None,
        notices: Notices | None = None,
        carries: Carries | None = None,
        simulate: bool = True,
        lease: int = GRACE,
    ) -> None:
        self._grace = min(lease, GRACE)
        self._db = db
        self._workspace = workspace
        self._lines = lines
        self._shelf = shelf
        self._clock = clock
        self._stored = stored
        self._store = store
        self._performs = performs
        self._thinker = thinker
        self._notices = notices
        self._carries = carries
        self._simulate = simulate
        self._places = Places(db, spread.with_jobs)
        self._working: set[asyncio.Task[None]] = set()
        self._running = Running(Counter())
        self._wake = asyncio.Event()
        self._left = False  # jobs may wait until one of ours is done
        self._stopping = False

    async def run(self) -> None:
        """Claim and do until told to stop; then finish what was claimed."""
        while not self._stopping:
            self._wake.clear()
            more = await self._look()
            if not more:
                await woken(self._wake, POLL if self._busy() else IDLE)
        if self._working:
            await asyncio.wait(self._working)

    def _busy(self) -> bool:
        """Whether there are jobs at all, so that it is worth to look often."""
        bot = self._shelf.current
        return bool(bot.actions or bot.model or bot.destinations or self._working)

    def stop(self) -> None:
        """Claim no more."""
        self._stopping = True
        self._wake.set()

    def wake(self, due: Collection[int]) -> None:
        """A turn wants something done at these times (ms)."""
        for at in due:
            wait = at - EARLY - self._clock()
            if wait <= 0:
                self._wake.set()
            else:  # a millisecond later, when it may be claimed by this clock too
                asyncio.get_running_loop().call_later((wait + 1) / SECOND, self._wake.set)

    async def _look(self) -> bool:
        """Claim what is due and begin it; whether there may be more."""
        more = False
        self._left = bool(self._running.full_names(self._shelf.current.actions))
        if len(self._working) >= MOST:
            self._left = True
            return False
        for place in await self._places(self._clock() + EARLY):
            room = MOST - len(self._working)
            if room <= 0 or self._stopping:
                self._left = True
                return False
            try:
                claimed = await self._db.write_within(
                    place, "perform", claim, self._workspace, self._shelf, self._clock(), room, self._grace,
                    self._running,
                )  # fmt: skip
            except Exception as error:
                if not told(place, error):
                    log.warning("claim failed", error=reason(error))
                continue
            for action in claimed.withdrawn:
                JOBS.labels(action, "withdrawn").inc()
            if claimed.claims:
                point("perform.claimed")
            for mine in claimed.claims:
                if mine.action is not None:
                    self._running.groups[mine.action.group] += 1
                task = asyncio.create_task(self._do(mine))
                self._working.add(task)
                task.add_done_callback(self._done)
            if claimed.lost:
                self._stored(place)
            self._left = self._left or claimed.left or len(claimed.claims) == room
            more = more or len(claimed.claims) == room or (claimed.left and bool(claimed.claims))
        return more

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        if self._left:
            self._wake.set()
        if task.exception() is not None:  # a defect of ours: the lease runs out and it is done again
            log.error("a job broke", error=type(task.exception()).__name__, exc_info=task.exception())

    async def _do(self, mine: Claim) -> None:
        try:
            await self._perform(mine)
        finally:
            if mine.action is not None:
                self._running.groups[mine.action.group] -= 1

    async def _perform(self, mine: Claim) -> None:
        began = monotonic()
        thought = await self._thought(mine) if mine.row.action == MODEL else None
        await self._due(mine)
        result = await self._result(mine) if thought is None else Done(thought.value)
        point("perform.performed")
        name, took = mine.row.action, monotonic() - began
        outcome = "done" if isinstance(result, Done) else result.kind
        JOBS.labels(name, outcome).inc()
        JOB_SECONDS.labels(name).observe(took)
        came = await self._record(mine, result, thought)
        if isinstance(result, Failed):
            given_up = came == "over" and result.kind != "rejected"
            told_ = log.error if given_up else log.info
            told_(
                "action given up" if given_up else "action gave no result",
                trace=mine.row.arrival_id, job=mine.row.id, action=name, attempt=mine.attempts, why=result.kind,
                code=result.code, detail=result.detail,
            )  # fmt: skip
        if came in ("done", "over"):
            point("perform.recorded")

    async def _due(self, mine: Claim) -> None:
        """Wait until a job's time has come, for which it was claimed a moment early."""
        wait = mine.row.due_at - self._clock()
        if 0 < wait <= EARLY:
            await asyncio.sleep(wait / SECOND)

    async def _result(self, mine: Claim) -> Done | Failed:
        row = mine.row
        if row.action == MODEL:
            return Failed("misconfigured", detail="No model can be asked here.")
        if row.action == CARRY and self._carries is not None:
            return await self._carries(row)
        line = self._lines.get(row.line)
        if self._simulate and line is not None and line.provider.name == "simulator":
            return Done(nothing(mine.action))
        if row.action == NOTIFY:
            return await self._notice(row)
        if mine.action is None:
            return Failed("misconfigured", detail=f"The bot has no action {row.action} any more.")
        arguments = msgspec.json.decode(row.arguments, type=dict[str, Any])
        return await self._performs.perform(mine.action, Job(arguments, row.key, row.timeout))

    async def _notice(self, row: Any) -> Done | Failed:
        if self._notices is None:
            return Failed("misconfigured", detail="Nobody can be told from here.")
        try:
            return await self._notices.perform(row, self._clock())
        except Exception as error:
            return Failed("retry", detail=reason(error))

    async def _thought(self, mine: Claim) -> Thought | None:
        """What a model says, if any can be asked."""
        if self._thinker is None:
            return None
        try:
            return await self._thinker.job(mine.row, partial(self._due, mine))
        except Exception as error:  # the database is away: somebody waits, so it goes on without
            log.warning("a model was not asked", trace=mine.row.arrival_id, job=mine.row.id, error=reason(error))
            return None

    async def _record(self, mine: Claim, result: Done | Failed, thought: Thought | None) -> str:
        """Write a result down: tried until the database is back, or the lease is another's."""
        place = mine.row.bucket if self._db.by_bucket else None
        write = partial(self._store, place, record, self._workspace, mine, result)
        while True:
            try:
                came: str = await write(self._clock(), random.random(), thought)  # noqa: S311
            except Exception as error:
                log.warning("recording failed", error=reason(error))
                await asyncio.sleep(POLL)
                continue
            return came
