"""Live pages: one event stream a tab that says when there is something new to fetch. It carries no content."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from textback.pipeline.hub import EVERYTHING
from textback.web.auth import current_user
from textback.web.context import WebContext

QUIET = 15.0
"""Seconds without news after which the stream says that it is alive, and checks that the person is still signed in."""
GAP = 0.25
"""Seconds between two messages to one tab at least: under load changes are told together."""


async def events(request: Request) -> Response:
    """GET /events?c=CONTACT: `changed` with "list", or "here" when the open conversation is among what changed."""
    ctx: WebContext = request.app.state.ctx
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    watched = request.query_params.get("c", "")

    async def stream() -> AsyncIterator[bytes]:
        yield b"retry: 2000\nevent: hello\ndata: {}\n\n"
        async with ctx.road.hub.subscribe() as subscription:
            while not subscription.closed:
                changed = await subscription.changes(QUIET)
                if changed:
                    here = watched in changed or EVERYTHING in changed
                    yield b"event: changed\ndata: %s\n\n" % (b"here" if here else b"list")
                    await asyncio.sleep(GAP)
                elif not subscription.closed:
                    if await current_user(request) is None:
                        return
                    yield b": still here\n\n"

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
