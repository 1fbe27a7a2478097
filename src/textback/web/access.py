"""Whether a program may come in: its key, what that is good for, and how much it may ask for."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

import structlog
from starlette.requests import Request
from starlette.responses import Response

from textback.core.when import MINUTE, SECOND
from textback.store import keys
from textback.store.keys import Key
from textback.web.context import WebContext
from textback.web.problems import Refused
from textback.web.routing import Handler, Route

log = structlog.get_logger("textback.web")

KEY_WAIT = 2.0
"""Seconds that the database gets to say whose an API key is."""
FRESH = SECOND // 2
"""How long (ms) a key is believed without asking again: a key that is revoked works for no longer."""
USED_EVERY = MINUTE
"""How often (ms) it is noted when a key was last used."""
_MOST_KEPT = 10_000


@dataclass(slots=True)
class _Known:
    key: Key
    asked_at: int
    used_at: int = 0
    left: float = 0.0
    filled_at: int = 0


@dataclass(slots=True)
class Access:
    """What this server knows of keys: those that were good lately, and how much each has asked for.

    `most` is how many requests a key may make in a minute on this server, in bursts of as many; 0 is without end.
    """

    most: int = 0
    _known: dict[str, _Known] = field(default_factory=dict)
    _noting: set[asyncio.Task[None]] = field(default_factory=set)
    _asking: dict[str, asyncio.Task[_Known | None]] = field(default_factory=dict)

    async def caller(self, ctx: WebContext, authorization: str, scope: str) -> tuple[Key, dict[str, str]]:
        """Whose key came with a request, and the headers that say how much is left. Raises Refused, also where the key
        is not good for this."""
        scheme, _, given = authorization.partition(" ")
        found = None
        if scheme.lower() == "bearer" and given.strip():
            found = await self._find(ctx, keys.digest(given.strip()))
        if found is None:
            detail = "An API key is needed: Authorization: Bearer KEY."
            raise Refused(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
        now = ctx.road.now()
        if now - found.used_at >= USED_EVERY:
            found.used_at = now
            task = asyncio.create_task(_note(ctx, found.key.id, now))
            self._noting.add(task)
            task.add_done_callback(self._noting.discard)
        headers = self._take(found, now)
        if not found.key.may(scope):
            detail = f"The key {found.key.name} is not good for this. It needs the scope {scope}."
            raise Refused(403, "missing_scope", detail, headers=headers)
        return found.key, headers

    async def _find(self, ctx: WebContext, digest: str) -> _Known | None:
        """The key of this digest. One that is asked for all the time is looked up again before it is stale, by one
        request for all, and so keeps none of them waiting."""
        known = self._known.get(digest)
        now = ctx.road.now()
        age = now - known.asked_at if known is not None else -1
        if known is not None and 0 <= age < FRESH:
            if age >= FRESH // 2 and digest not in self._asking:
                self._ask(ctx, digest)
            return known if known.key.good(now) else None
        return await asyncio.shield(self._asking.get(digest) or self._ask(ctx, digest))

    def _ask(self, ctx: WebContext, digest: str) -> "asyncio.Task[_Known | None]":
        task = self._asking[digest] = asyncio.create_task(self._look_up(ctx, digest))

        def over(task: "asyncio.Task[_Known | None]") -> None:
            del self._asking[digest]
            if not task.cancelled() and task.exception() is not None:  # whoever waits hears of it
                log.debug("not looked whose a key is", error=type(task.exception()).__name__)

        task.add_done_callback(over)
        return task

    async def _look_up(self, ctx: WebContext, digest: str) -> _Known | None:
        """Ask the database. While it does not answer, a key that was good before is believed: so /metrics can be read.
        Whatever else a key opens needs the database too."""
        known, now = self._known.get(digest), ctx.road.now()
        try:
            async with asyncio.timeout(KEY_WAIT):
                key = await ctx.db.read(keys.find, ctx.workspace, digest, now)
        except Exception:
            if known is not None and known.key.good(now):
                return known
            raise
        if key is None:
            self._known.pop(digest, None)
            return None
        if known is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            known = self._known[digest] = _Known(key, now, left=float(self.most), filled_at=now)
        known.key, known.asked_at = key, now
        return known

    def _take(self, known: _Known, now: int) -> dict[str, str]:
        """Count a request. Raises Refused where there were too many."""
        if not self.most:
            return {}
        known.left = min(self.most, known.left + (now - known.filled_at) * self.most / MINUTE)
        known.filled_at = now
        policy = {"RateLimit-Policy": f'"key";q={self.most};w=60'}
        if known.left < 1:
            wait = math.ceil((1 - known.left) * 60 / self.most)
            headers = {**policy, "RateLimit": f'"key";r=0;t={wait}', "Retry-After": str(wait)}
            detail = f"This key may make {self.most:,} requests a minute. Wait {wait} s."
            raise Refused(429, "rate_limited", detail, headers=headers)
        known.left -= 1
        wait = math.ceil((self.most - known.left) * 60 / self.most)
        return {**policy, "RateLimit": f'"key";r={int(known.left)};t={wait}'}


async def _note(ctx: WebContext, key_id: str, now: int) -> None:
    try:
        await ctx.db.write(keys.used, ctx.workspace, key_id, now)
    except Exception as error:  # it is for people to look at; the request is what counts
        log.debug("not noted when a key was used", error=type(error).__name__)


async def _as_program(handler: Handler, route: Route, request: Request) -> Response:
    """Only with a live API key that is good for this."""
    ctx: WebContext = request.app.state.ctx
    access: Access = request.app.state.access
    key, headers = await access.caller(ctx, request.headers.get("authorization", ""), route.scope)
    request.state.key = key
    request.state.key_name = key.name
    try:
        response = await handler(request)
    except Refused as refused:
        refused.headers = {**headers, **refused.headers}
        raise
    response.headers.update(headers)
    return response


def as_program(route: Route) -> Callable[[Handler], Callable[[Request], Awaitable[Response]]]:
    """The guard of a route for programs."""
    return lambda handler: partial(_as_program, handler, route)


def key_of(request: Request) -> Key:
    """The key that a request came with."""
    found: Key = request.state.key
    return found


def check_line(request: Request, line: str) -> None:
    """Raises Refused where the key that a request came with is not for this line."""
    check_line_of(key_of(request), line)


def check_line_of(key: Key, line: str) -> None:
    """Raises Refused where this key is not for this line."""
    if not key.for_line(line):
        raise Refused(403, "wrong_line", f"The key {key.name} is not for the line {line}.", "line")
