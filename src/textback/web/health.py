"""For machines that watch: is it up, can it work, and how much has it done."""

import asyncio
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from textback.core.when import SECOND, to_iso
from textback.pipeline.detour import Detour
from textback.pipeline.signatures import unchecked
from textback.store import dead, gauges, handoffs, hook_trouble, inbox, rejected
from textback.store.db import Tx
from textback.web.context import WebContext
from textback.web.metrics import (
    BACKLOG,
    BACKLOG_AGE,
    BREAKER_OPEN,
    DEAD_LETTERS,
    HANDOFFS,
    HANDOFFS_AGE,
    HANDOFFS_LATE,
    JOBS_AGE,
    LINE_TROUBLE,
    LOG_ONLY,
    OUTBOX,
    OUTBOX_AGE,
    REJECTED,
    SPOOL_AGE,
    SPOOL_ASIDE,
    SPOOL_BYTES,
    SPOOL_RECORDS,
    SPOOL_TAKEN,
)

log = structlog.get_logger("textback.health")

READY_WAIT = 2.0
T = TypeVar("T")
_BREAKER = {"closed": 0.0, "probing": 0.5, "open": 1.0}


class Health(msgspec.Struct):
    """The process runs."""

    ok: bool = True


class SpoolState(msgspec.Struct):
    """The spool: `active` says that new texts go there, `room` that it could take more."""

    active: bool
    records: int
    bytes: int
    oldest_seconds: float
    room: bool


class Ready(msgspec.Struct, omit_defaults=True):
    """Whether texts can be taken and every part of the road runs, and what is wrong all the same. `inbox` counts the
    arrivals that wait for their turn; null is not known. `spool` is there where there is one."""

    ready: bool
    problems: list[str]
    inbox: int | None
    spool: SpoolState | msgspec.UnsetType = msgspec.UNSET


async def healthz(_: Request) -> Response:
    """GET /healthz: the process answers."""
    return Response(msgspec.json.encode(Health()), media_type="application/json")


async def readyz(request: Request) -> Response:
    """GET /readyz: 200 while texts can be taken and every part of the road runs, else 503. Either way, what is wrong.

    Without the database texts can still be taken where there is a spool with room.
    """
    ctx: WebContext = request.app.state.ctx
    problems = [] if ctx.road.alive else ["a part of the road has stopped; see the log"]
    ready = ctx.road.alive
    detour = ctx.road.detour
    waiting = await _waiting(ctx)
    if waiting is None:
        problems.append("the database does not answer")
        ready = ready and detour is not None and detour.spool.room
        if detour is not None and not detour.spool.room:
            problems.append("the spool is full or can't be written")
    problems += [
        f"line {one.line} takes webhooks without checking who sent them until {to_iso(one.until)}"
        for one in unchecked(ctx.road.lines, ctx.road.now())
    ]
    if waiting is not None and ctx.road.hooks is not None:
        now = ctx.road.now()
        told = await _ask(ctx, hook_trouble.troubles, ctx.workspace, now)
        problems += [one.sentence(now) for one in told or ()]
    body = Ready(ready, problems, waiting, msgspec.UNSET if detour is None else _spool(detour))
    return Response(msgspec.json.encode(body), 200 if ready else 503, media_type="application/json")


async def _waiting(ctx: WebContext) -> int | None:
    """How many arrivals wait for their turn; None when the database does not say."""
    return await _ask(ctx, inbox.backlog)


def _dead(tx: Tx, workspace: str, lines: list[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Dead letters and rejected webhooks by line."""
    return dead.waiting(tx, workspace), rejected.of_lines(tx, workspace, lines)


async def _ask(ctx: WebContext, fn: Callable[..., T], *args: Any) -> T | None:
    """What the database says; None when it does not answer in time."""
    try:
        async with asyncio.timeout(READY_WAIT):
            return await ctx.db.read(fn, *args)
    except Exception as error:
        log.warning("the database does not answer", error=type(error).__name__)
        return None


def _spool(detour: Detour) -> SpoolState:
    spool = detour.spool
    return SpoolState(detour.active, spool.records, spool.size, round(detour.oldest_seconds(), 1), spool.room)


def _set_ages(found: gauges.Waiting | None, now: int) -> None:
    """NaN where the database did not answer."""
    for state in gauges.STATES:
        OUTBOX.labels(state).set(math.nan if found is None else found.outbox[state])
    BACKLOG_AGE.set(math.nan if found is None else _seconds(found.arrival_since, now))
    JOBS_AGE.set(math.nan if found is None else _seconds(found.job_due_since, now))
    OUTBOX_AGE.set(math.nan if found is None else _seconds(found.due_since, now))


def _set_handoffs(ctx: WebContext, found: Mapping[str, handoffs.Load] | None) -> None:
    """Each queue that is declared, and those in which somebody waits. NaN where the database did not answer."""
    now = ctx.road.now()
    names = {*ctx.bot().handoff.queues, *(found or ())}
    if found is not None:
        for gauge in (HANDOFFS, HANDOFFS_LATE, HANDOFFS_AGE):
            gauge.clear()
    for name in names:
        load = None if found is None else found.get(name, handoffs.Load(0, None, 0))
        HANDOFFS.labels(name).set(math.nan if load is None else load.waiting)
        HANDOFFS_LATE.labels(name).set(math.nan if load is None else load.late)
        HANDOFFS_AGE.labels(name).set(math.nan if load is None else _seconds(load.since, now))


def _seconds(since: int | None, now: int) -> float:
    return 0.0 if since is None else max(now - since, 0) / SECOND


async def metrics(request: Request) -> Response:
    """GET /metrics: counters in Prometheus's text format."""
    ctx: WebContext = request.app.state.ctx
    waiting = await _waiting(ctx)
    BACKLOG.set(math.nan if waiting is None else waiting)
    for line, condition in ctx.road.conditions().items():
        for why in ("away", "misconfigured"):
            LINE_TROUBLE.labels(line, why).set(condition.why == why)
        BREAKER_OPEN.labels(line).set(_BREAKER[condition.state])
    letters = await _ask(ctx, _dead, ctx.workspace, list(ctx.lines)) if waiting is not None else None
    _set_ages(await _ask(ctx, gauges.waiting) if letters is not None else None, ctx.road.now())
    _set_handoffs(ctx, await _ask(ctx, handoffs.loads, ctx.workspace) if letters is not None else None)
    log_only = {one.line for one in unchecked(ctx.road.lines, ctx.road.now())}
    for line in ctx.lines:
        DEAD_LETTERS.labels(line).set(math.nan if letters is None else letters[0].get(line, 0))
        REJECTED.labels(line).set(math.nan if letters is None else letters[1].get(line, 0))
        LOG_ONLY.labels(line).set(line in log_only)
    if ctx.road.detour is not None:
        spool = ctx.road.detour.spool
        SPOOL_RECORDS.set(spool.records)
        SPOOL_BYTES.set(spool.size)
        SPOOL_AGE.set(ctx.road.detour.oldest_seconds())
        SPOOL_TAKEN.set(spool.taken)
        SPOOL_ASIDE.set(spool.aside)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
