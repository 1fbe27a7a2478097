"""For machines that watch: is it up, can it work, and how much has it done."""

import asyncio

import msgspec
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from textback.store import inbox
from textback.web.context import WebContext
from textback.web.metrics import BACKLOG

log = structlog.get_logger("textback.health")

READY_WAIT = 2.0


async def healthz(_: Request) -> Response:
    """GET /healthz: the process answers."""
    return Response(b'{"ok":true}', media_type="application/json")


async def readyz(request: Request) -> Response:
    """GET /readyz: 200 while the database answers and every part of the road runs, else 503 and what is wrong."""
    ctx: WebContext = request.app.state.ctx
    wrong = [] if ctx.road.alive else ["a part of the road has stopped; see the log"]
    waiting = None
    try:
        async with asyncio.timeout(READY_WAIT):
            waiting = await ctx.db.read(inbox.backlog)
    except Exception as error:
        log.warning("not ready", error=type(error).__name__)
        wrong.append("the database does not answer")
    body = {"ready": not wrong, "problems": wrong, "inbox": waiting}
    return Response(msgspec.json.encode(body), 503 if wrong else 200, media_type="application/json")


async def metrics(request: Request) -> Response:
    """GET /metrics: counters in Prometheus's text format."""
    ctx: WebContext = request.app.state.ctx
    BACKLOG.set(await ctx.db.read(inbox.backlog))
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
