"""Whether people can answer: what they say, whether their desk is open, how much they can have at once; and the news
that the browser tells them of."""

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.store import accounts, availability, handoffs, mentions
from textback.store.availability import SEEN_EVERY, Person
from textback.store.db import Tx
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.handoff_words import queue_label
from textback.web.phrases import tell
from textback.web.routing import Route
from textback.web.security import Denied

MOST_AT_ONCE = 500

_seen: dict[tuple[str, str], int] = {}
"""When this node last wrote down that somebody's desk is open, so that many tabs write no more than one."""


class News(msgspec.Struct):
    """One thing to tell: a conversation became theirs (`yours`), its limit passed (`late`), or a note of the turn
    `turn` names them (`named`). No word of the contact's."""

    id: str
    kind: str
    queue: str
    at: int
    turn: str = ""


async def here(request: Request) -> None:
    """Their desk is open."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    now = ctx.road.now()
    key = (ctx.workspace, user.id)
    if abs(now - _seen.get(key, -SEEN_EVERY)) < SEEN_EVERY:
        return
    _seen[key] = now
    await ctx.db.write(availability.seen, ctx.workspace, user.id, now)


async def mine(request: Request) -> Person | None:
    """What is known of whoever is signed in."""
    ctx: WebContext = request.app.state.ctx
    found: Person | None = await ctx.db.read(availability.person, ctx.workspace, request.state.user.id)
    return found


def _say(tx: Tx, workspace: str, user_id: str, email: str, available: bool, now: int) -> None:
    availability.say(tx, workspace, user_id, available=available, now=now)
    accounts.write_audit(tx, workspace, email, "available" if available else "away", email, now)


async def say(request: Request) -> Response:
    """POST /account/available: they can answer (`available` is yes), or not (no)."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    said = request.state.form.get("available", "")
    if said not in ("yes", "no"):
        raise Denied(400, "Say yes or no: can you answer?")
    await ctx.db.write(_say, ctx.workspace, user.id, user.email, said == "yes", ctx.road.now())
    return RedirectResponse("/account", 303)


def _capacity(tx: Tx, workspace: str, user_id: str, email: str, most: int | None, now: int) -> None:
    availability.set_capacity(tx, workspace, user_id, most)
    accounts.write_audit(tx, workspace, email, "capacity", email, now, {"most": most})


async def set_capacity(request: Request) -> Response:
    """POST /account/capacity: how many conversations they can have at once; empty is what the queue says."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    text = request.state.form.get("capacity", "").strip()
    if text and not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_AT_ONCE):
        raise Denied(400, tell("Write a whole number from 1 to {most}, or nothing.", most=MOST_AT_ONCE))
    most = int(text) if text else None
    await ctx.db.write(_capacity, ctx.workspace, user.id, user.email, most, ctx.road.now())
    return RedirectResponse("/account", 303)


async def news(request: Request) -> Response:
    """GET /news?since=MS: what has become theirs, or late, or names them, after then, and the time to ask from next."""
    ctx: WebContext = request.app.state.ctx
    given = request.query_params.get("since", "")
    now = ctx.road.now()
    since = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else now
    rows = await ctx.db.read(handoffs.news, ctx.workspace, request.state.user.id, since) if since < now else []
    bot = ctx.bot()
    told = [
        News(row.contact_id, "late" if (row.late_at or 0) > since else "yours", queue_label(bot, row.queue),
             max(row.late_at or 0, row.owner_since))
        for row in rows
    ]  # fmt: skip
    if since < now:
        user: User = request.state.user
        named = await ctx.db.read(mentions.mentions, ctx.workspace, user.id, user.sight, unseen=True)
        told += [News(one.contact_id, "named", "", one.at, one.turn) for one in named if since < one.at <= now]
    return Response(msgspec.json.encode({"now": now, "news": told}), media_type="application/json")


ROUTES = (
    Route("POST", "/account/available", "own", say),
    Route("POST", "/account/capacity", "own", set_capacity),
    Route("GET", "/news", "conversations.read", news),
)
