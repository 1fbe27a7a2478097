"""Webhooks out, at work: events get their numbers, and whoever wants to be told of them is.

A delivery is claimed in one transaction, posted outside any, and written down in another, so after a crash it may come
twice, under the same id. Within a conversation each webhook is told in order, one thing at a time.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec
import structlog

from textback.actions.fetch import FetchError
from textback.actions.poster import Head
from textback.core import signing
from textback.core.faults import point
from textback.core.ids import new_id
from textback.core.when import MINUTE, SECOND
from textback.pipeline.buckets import Places
from textback.pipeline.endpoints import IN_ALL, IN_DOUBT, Endpoint, rooms
from textback.pipeline.hub import Hub
from textback.pipeline.lines import Line
from textback.pipeline.metrics import EVENT_DELAY, HOOK_SECONDS, HOOKS
from textback.pipeline.numbering import Numbered, Wanted, number
from textback.pipeline.pausing import woken
from textback.pipeline.payloads import encoded, trial
from textback.pipeline.telling import Claim, Outcome, claim, judged, record
from textback.store import events, hooks, spread
from textback.store.db import Batch, Db
from textback.store.hooks import Health, Target
from textback.store.trouble import reason

log = structlog.get_logger("textback.hooks")

RETRIES = (MINUTE, 5 * MINUTE, 25 * MINUTE)
"""Pauses (ms) before the tries that follow the first one."""
TIMEOUT = 10.0
"""Seconds until the head of an answer must be here."""
SLOW = 1.0
"""Seconds after which an answer takes long."""
POLL = 0.5
"""Seconds between looks when nothing wakes us: another node may have something."""
IDLE = 1.0
"""As POLL, while there are no webhooks: the log is numbered all the same."""
GATHER = 0.02
"""Seconds that events have to come together."""
BREATH = 0.02
"""Seconds between two claims: what is over by then makes room for several at once."""
TIDY = 5.0
"""Seconds between notes of how webhooks do."""
RELOAD = MINUTE
"""Time (ms) after which webhooks are read again although nobody has changed them: old secrets end by themselves."""


class Posts(Protocol):
    """What can post to other programs."""

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, seconds: float, *, doubtful: bool = False
    ) -> Head:
        """The head of the answer. Raises FetchError."""
        ...

    def refusal(self, url: str) -> str:
        """Why nothing can be posted to this address; empty where something can."""
        ...

    def tidy(self) -> None:
        """Let go of connections that nobody uses."""
        ...


class Trial(msgspec.Struct, frozen=True):
    """What came of a test."""

    ok: bool
    status: int
    detail: str
    ms: int


class Hooks:
    """Numbers events and tells webhooks of them. `run` is for the nodes that perform; all may `test`."""

    def __init__(
        self,
        db: Db,
        workspace: str,
        lines: Mapping[str, Line],
        clock: Callable[[], int],
        hub: Hub,
        posts: Posts,
        retries: Sequence[int] = RETRIES,
    ) -> None:
        self._db = db
        self._workspace = workspace
        self._lines = lines
        self._clock = clock
        self._hub = hub
        self._posts = posts
        self._retries = tuple(retries)
        self._wanted = Wanted()
        self._targets: dict[str, Target] = {}
        self._loaded = (-1, 0)  # after how many changes, and when
        self._endpoints: dict[str, Endpoint] = {}
        self._ready: dict[str, None] = {}  # webhooks that may have something due, those that waited longest first
        self._look_at = 0.0
        self._posting: set[asyncio.Task[None]] = set()
        self._doubtful = 0  # of these, how many are to webhooks that don't do well
        self._batches: dict[int | None, Batch[Outcome]] = {}
        self._recording: set[asyncio.Task[None]] = set()
        self._news: dict[str, Health] = {}
        self._leaving = True  # whether deliveries may be open that nobody wants any more
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._unnumbered = Places(db, spread.with_events)
        self._due = Places(db, spread.with_deliveries)
        self._unwanted = Places(db, spread.with_open_deliveries)

    async def run(self) -> None:
        """Work until told to stop; then finish what was claimed."""
        await asyncio.gather(self._run_numbers(), self._run_posts(), self._run_tidy())

    def stop(self) -> None:
        """Claim no more."""
        self._stopping.set()
        self._wake.set()

    def wake(self, webhook_ids: Sequence[str]) -> None:
        """Something is due for these webhooks."""
        self._ready.update(dict.fromkeys(webhook_ids))
        self._wake.set()

    # ---- Numbers ----

    async def _run_numbers(self) -> None:
        while not self._stopping.is_set():
            if not self._targets:
                await self._number()
                await self._nap(IDLE)
                continue
            async with self._hub.subscribe() as changes:
                while self._targets and not self._stopping.is_set() and not changes.closed:
                    if not await self._number():
                        await changes.changes(POLL)
                        await asyncio.sleep(GATHER)
            if changes.closed:
                await self._nap(POLL)

    async def _number(self) -> bool:
        """Number what has happened; whether there may be more."""
        more = False
        try:
            waits, changes = await self._db.read(events.state, self._workspace)
            if changes != self._loaded[0] or self._clock() >= self._loaded[1] + RELOAD:
                await self._load(changes)
            for place in await self._unnumbered(self._workspace) if waits else ():
                found: Numbered = await self._db.write_within(
                    place, "hooks", number, self._workspace, self._wanted, self._clock()
                )
                self._wanted = found.wanted
                more = more or found.more
                if found.ready:
                    self.wake(list(found.ready))
        except Exception as error:
            log.warning("events were not numbered", error=reason(error))
            await self._nap(POLL)
        return more

    async def _load(self, changes: int) -> None:
        now = self._clock()
        self._targets = await self._db.read(hooks.targets, self._workspace, now)
        self._loaded = (changes, now)
        self._leaving = True
        for gone in self._endpoints.keys() - self._targets.keys():
            del self._endpoints[gone]
        for id_ in self._targets.keys() - self._endpoints.keys():
            self._endpoints[id_] = Endpoint()
        self._look_at = 0.0
        self._wake.set()

    # ---- Posts ----

    async def _run_posts(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            claimed = 0
            try:
                claimed = await self._look()
            except Exception as error:
                log.warning("claim failed", error=reason(error))
                await self._nap(POLL)
            if claimed:
                await asyncio.sleep(BREATH)
            else:
                await woken(self._wake, POLL)
        while self._posting or self._recording:
            await asyncio.wait(self._posting | self._recording)

    async def _look(self) -> int:
        """Claim what is due and begin to post it; how much that was."""
        now, loop = self._clock(), asyncio.get_running_loop()
        if loop.time() >= self._look_at and self._targets:
            self._look_at = loop.time() + POLL
            free = [id_ for id_, one in self._endpoints.items() if one.room(now)]
            if self._db.by_bucket:
                self._ready.update(dict.fromkeys(free))
            elif free:
                self._ready.update(dict.fromkeys(await self._db.read(hooks.waiting, free, now)))
        ready = [(id_, self._endpoints[id_]) for id_ in self._ready if id_ in self._targets]
        self._ready = dict.fromkeys(id_ for id_, _ in ready)
        wanted = rooms(ready, now, IN_ALL - len(self._posting) + self._doubtful, IN_DOUBT - self._doubtful)
        if not wanted:
            return 0
        for id_ in wanted:
            del self._ready[id_]
        total, left = 0, dict(wanted)
        try:
            for place in await self._due(list(wanted), now):
                rooms_ = {id_: room for id_, room in left.items() if room}
                claims: list[Claim] = await self._db.write_within(
                    place, "hooks", claim, self._workspace, self._lines, rooms_, now
                )
                total += len(claims)
                self._begin(claims, left)
        except BaseException:
            self._ready.update(dict.fromkeys(wanted))
            raise
        self._ready.update(dict.fromkeys(id_ for id_, room in left.items() if not room))  # there may be more
        return total

    def _begin(self, claims: Sequence[Claim], left: dict[str, int]) -> None:
        """Post these; of the room that is `left` for each webhook, that much is taken."""
        if claims:
            point("hooks.claimed")
        for mine in claims:
            id_ = mine.row.webhook_id
            left[id_] -= 1
            target, endpoint = self._targets.get(id_), self._endpoints.get(id_)
            if target is None or endpoint is None:
                continue  # it went away at this moment, and so it will be withdrawn
            doubtful = endpoint.doubtful
            endpoint.under_way += 1
            self._doubtful += doubtful
            task = asyncio.create_task(self._deliver(mine, target, endpoint, doubtful))
            self._posting.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._posting.discard(task)
        self._wake.set()
        if task.exception() is not None:  # a defect of ours: the lease runs out and it is posted again
            log.error("a delivery broke", error=type(task.exception()).__name__, exc_info=task.exception())

    async def _deliver(self, mine: Claim, target: Target, endpoint: Endpoint, doubtful: bool) -> None:
        slow = False

        def takes_long() -> None:
            nonlocal slow, doubtful
            slow = True
            endpoint.slow += 1
            self._doubtful += not doubtful
            doubtful = True
            self._wake.set()

        timer = asyncio.get_running_loop().call_later(SLOW, takes_long)
        try:
            outcome = await self._post(mine, target, doubtful)
        finally:
            timer.cancel()
            endpoint.under_way -= 1
            endpoint.slow -= slow
            self._doubtful -= doubtful
        self._heard(outcome, endpoint)
        self._note(outcome)

    async def _post(self, mine: Claim, target: Target, doubtful: bool) -> Outcome:
        now = self._clock()
        if not mine.body:
            return Outcome(mine, False, detail="The event is not kept any more.")
        if now >= mine.until:
            return Outcome(mine, False, detail="This server was held up.")
        if not target.secrets:
            return Outcome(mine, False, detail="Its secret can't be read: the key that it was kept with is gone.")
        headers = signed(mine.row.event_id, mine.body, target.secrets)
        began = time.monotonic()
        point("hooks.posting")
        try:
            head = await self._posts.post(target.url, headers, mine.body, TIMEOUT, doubtful=doubtful)
        except FetchError as error:
            outcome = Outcome(mine, False, 0, error.detail, _since(began))
        else:
            outcome = judged(mine, head.status, head.headers, _since(began), now)
        point("hooks.posted")
        HOOK_SECONDS.observe(outcome.ms / SECOND)
        return outcome

    def _heard(self, outcome: Outcome, endpoint: Endpoint) -> None:
        """Count it, and heed how the webhook does."""
        row, now = outcome.claim.row, self._clock()
        HOOKS.labels("taken" if outcome.ok else "gone" if outcome.gone else "failed").inc()
        if not outcome.claim.body:
            return
        if outcome.ok:
            news = endpoint.succeeded(now)
        else:
            news = endpoint.failed(outcome.detail, now, outcome.retry_after)
            if news:
                log.info(
                    "webhook not taken", webhook=row.webhook_id, told=row.event_id, attempt=outcome.claim.attempts,
                    status=outcome.status, detail=outcome.detail,
                )  # fmt: skip
        if news:
            self._news[row.webhook_id] = endpoint.health(now)

    def _note(self, outcome: Outcome) -> None:
        place = outcome.claim.row.bucket if self._db.by_bucket else None
        batch = self._batches.get(place)
        if batch is None or not batch.add(outcome):
            batch = self._batches[place] = Batch()
            batch.add(outcome)
            task = asyncio.create_task(self._record(batch, place))
            self._recording.add(task)
            task.add_done_callback(self._recording.discard)

    async def _record(self, batch: Batch[Outcome], place: int | None) -> None:
        """Write outcomes down: tried until the database is back."""
        while True:
            try:
                ready = await self._db.write_within(
                    place, "hooks", record, self._workspace, batch, self._retries, self._clock(),
                    random.random(),  # noqa: S311
                )  # fmt: skip
            except Exception as error:
                log.warning("recording failed", error=reason(error))
                await asyncio.sleep(POLL)
                continue
            point("hooks.recorded")
            self.wake(list(ready))
            return

    # ---- What else there is to do ----

    async def _run_tidy(self) -> None:
        while not self._stopping.is_set():
            await self._nap(TIDY)
            self._posts.tidy()
            try:
                await self._tidy()
            except Exception as error:
                log.warning("webhooks were not tidied", error=reason(error))

    async def _tidy(self) -> None:
        news, self._news = self._news, {}
        if news:
            await self._db.write_in("hooks", hooks.note_health, self._workspace, news)
        since = await self._db.read(events.oldest_untold, self._workspace)
        EVENT_DELAY.set(0 if since is None else max(self._clock() - since, 0) / SECOND)
        if not self._leaving:
            return
        enabled = list(self._targets)
        for place in await self._unwanted(self._workspace, enabled):
            while await self._db.write_within(place, "hooks", hooks.withdraw, self._workspace, enabled, self._clock()):
                continue
        self._leaving = False

    async def _nap(self, seconds: float) -> None:
        await woken(self._stopping, seconds)

    def refusal(self, url: str) -> str:
        """Why this address can't be a webhook's; empty where it can."""
        return self._posts.refusal(url)

    async def test(self, target: Target) -> Trial:
        """Tell a webhook that nothing has happened, and say what it answers."""
        id_ = new_id()
        body = encoded(trial(id_, self._workspace, self._clock()))
        began = time.monotonic()
        try:
            head = await self._posts.post(target.url, signed(id_, body, target.secrets), body, TIMEOUT, doubtful=True)
        except FetchError as error:
            return Trial(False, 0, error.detail, _since(began))
        ok = 200 <= head.status < 300
        return Trial(ok, head.status, "" if ok else f"It answered {head.status}.", _since(began))


def signed(id_: str, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of a delivery."""
    given = signing.headers(id_, int(time.time()), body, secrets)
    return {"Content-Type": "application/json", "User-Agent": "Textback", **given}


def _since(began: float) -> int:
    return int((time.monotonic() - began) * SECOND)
