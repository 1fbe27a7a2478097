"""The notes that name a person, where they find them: see docs/how-to/conversations.md."""

import re
from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.ids import bucket_of
from textback.store import mentions as store
from textback.store.history import window
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.history import MOST_MESSAGES
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import name_of, short_time
from textback.web.routing import Route
from textback.web.security import Denied

TURN = re.compile(r"[0-9a-f]{24}")


async def keep(ctx: WebContext, contact_id: str, turn: str, named: Collection[str]) -> None:
    """The note of this turn names these people: they find it, and their open desks count it."""
    if named:
        await ctx.db.write(store.keep, ctx.workspace, contact_id, turn, named, ctx.road.now())
        ctx.road.hub.hear([contact_id])


async def mentions_page(request: Request) -> Response:
    """GET /mentions: the notes that name whoever is signed in, newest first."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    found = await ctx.db.read(store.mentions, ctx.workspace, user.id, user.sight)
    now, zone = ctx.road.now(), ctx.bot().timezone
    shown = [
        {"turn": one.turn, "name": name_of(one.name, one.address), "by": one.by, "text": one.text,
         "time": short_time(one.at, zone, now), "seen": one.seen}
        for one in found
    ]  # fmt: skip
    return page(request, "mentions.html", {"mentions": shown, "most": store.MOST})


async def open_mention(request: Request) -> Response:
    """GET /mentions/{turn}: the note in its thread. It is read from then on."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    turn = request.path_params["turn"]
    found = await ctx.db.read(store.mentions, ctx.workspace, user.id, user.sight) if TURN.fullmatch(turn) else []
    one = next((one for one in found if one.turn == turn), None)
    if one is None:
        raise Denied(404, tell("This note is gone, or you may not see it."))
    if request.method != "HEAD":
        await ctx.db.write(store.see, ctx.workspace, user.id, turn, ctx.road.now())
    # The latest part of a thread is the one in which people answer; what is older is shown as it was.
    shown = await ctx.db.read(window, one.contact_id, bucket_of(one.contact_id), MOST_MESSAGES)
    older = f"&before={turn}z" if turn < shown.since else ""
    return RedirectResponse(f"/c/{one.contact_id}?view=all{older}#m-{one.note}", 303)


ROUTES = (
    Route("GET", "/mentions", "agent", mentions_page),
    Route("GET", "/mentions/{turn}", "agent", open_mention),
)
