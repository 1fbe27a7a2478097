"""Live pages: one event stream a tab that says when there is something new to fetch, and who else looks at the open
conversation. It carries nothing of what was said."""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from textback.core.ids import bucket_of
from textback.pipeline.hub import EVERYTHING
from textback.pipeline.presence import PRESENCE, Person
from textback.store import sight
from textback.store.people import person_key
from textback.web.auth import User, current_user
from textback.web.context import WebContext
from textback.web.presence import here as desk_open
from textback.web.reading import CONTACT

TAB = re.compile(r"[0-9a-z]{8,40}")
QUIET = 15.0
"""Seconds after which the stream checks that the person is still signed in; without news it says that it is alive."""
GAP = 0.25
"""Seconds between two messages to one tab at least: under load changes are told together."""
NEAR = 0.05
"""The same for changes of the conversation that is open on it."""
SPREAD = 0.001
"""Where only a list has changed, pages are told one after the other: so many seconds for each that is open. What is
open on one of them is fetched meanwhile."""


async def _sees(ctx: WebContext, user: User, contact: str) -> bool:
    if user.sight.everything or not CONTACT.fullmatch(contact):
        return True
    row = await ctx.db.read(sight.of_contact, ctx.workspace, contact, bucket_of(contact))
    return row is not None and sight.sees(user.sight, row)


async def events(request: Request) -> Response:
    """GET /events?c=CONTACT&tab=TAB: `changed` with "list", or "here" when the open conversation is among what changed;
    `present` with the others who have it open: [[name, what they do], …]. A page that gives its `tab` is seen by them.
    """
    ctx: WebContext = request.app.state.ctx
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    user: User = request.state.user
    watched, tab, own = request.query_params.get("c", ""), request.query_params.get("tab", ""), person_key(user.id)
    if not await _sees(ctx, user, watched):
        watched = ""
    presence = ctx.road.presence

    async def stream() -> AsyncIterator[bytes]:
        await desk_open(request)
        yield b"retry: 2000\nevent: hello\ndata: {}\n\n"
        # Pages that came together after a restart are not looked at together: what happens then would wait for them.
        due = time.monotonic() + QUIET * random.random()  # noqa: S311
        async with ctx.road.hub.subscribe(watched) as subscription:
            with ExitStack() as open_:
                if CONTACT.fullmatch(watched) and TAB.fullmatch(tab) and user.may("conversations.answer"):
                    open_.enter_context(presence.here(tab, watched, Person(user.id, user.name[:40]), subscription))
                while True:
                    changed = await subscription.changes(max(due - time.monotonic(), 0.0))
                    if changed and not changed & {watched, own, EVERYTHING, PRESENCE + watched}:
                        await subscription.near(SPREAD * len(ctx.road.hub.subscriptions) * random.random())  # noqa: S311
                        changed |= await subscription.changes(0)
                    if subscription.closed:
                        return
                    # What may have taken a right away is looked into first. That nobody is told for long who has lost
                    # theirs in another way is looked at after the news, which must not wait.
                    if (own in changed or EVERYTHING in changed) and await current_user(request) != user:
                        return  # the page asks again, as whoever it is of now
                    if PRESENCE + watched in changed:
                        others = [[one.name, one.doing] for one in presence.of(watched, user.id)]
                        yield b"event: present\ndata: %s\n\n" % msgspec.json.encode(others)
                    news = [one for one in changed if one[:1] not in (PRESENCE, "@")]
                    if news:
                        here = watched in news or EVERYTHING in news
                        yield b"event: changed\ndata: %s\n\n" % (b"here" if here else b"list")
                    if time.monotonic() >= due:  # also while there is news all the time
                        due = time.monotonic() + QUIET
                        if await current_user(request) != user:
                            return
                        presence.keep()
                        await desk_open(request)
                        if not news:
                            yield b": still here\n\n"
                    if news:
                        await asyncio.sleep(NEAR)
                        await subscription.near(GAP - NEAR)

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
