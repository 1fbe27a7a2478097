"""Pictures in the composer: taken in, looked at, kept under an address that nobody can guess, and served from there."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from textback.core.files import kind_of
from textback.core.ids import bucket_of
from textback.core.text import clean
from textback.pipeline.attaching import PICTURES as PATH
from textback.store import accounts
from textback.store import pictures as store
from textback.web import desk
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.filling import read_text
from textback.web.routing import Route
from textback.web.security import Denied

MOST = 5 * 2**20
"""Bytes that a picture may have. Carriers make larger ones smaller, or do not take them."""
KINDS = ("image/jpeg", "image/png", "image/gif")
"""Pictures that phones show."""


def url_of(ctx: WebContext, token: str) -> str:
    """Where the provider, and the phone, find it."""
    return f"{ctx.public_url.rstrip('/')}{PATH}{token}"


async def attach(request: Request) -> Response:
    """POST /c/{contact}/picture: attach a picture to the reply that is being written. Nothing is sent."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    row = await desk.conversation_of(request)
    file = request.state.file
    draft = read_text(request.state.form)
    if file is None:
        return await desk.shown(request, row, 409, draft=draft, error="Choose a picture first.")
    kind = kind_of(file.head)
    if kind not in KINDS:
        error = f"{clean(file.name)[:60] or 'The file'} is no picture that phones show. Use JPEG, PNG or GIF."
        return await desk.shown(request, row, 409, draft=draft, error=error)
    values = {
        "content_type": kind, "name": clean(file.name)[:120], "size": file.size, "user_id": user.id,
        "at": ctx.road.now(), "data": await asyncio.to_thread(file.path.read_bytes),
    }  # fmt: skip
    place = bucket_of(row.contact_id) if ctx.db.by_bucket else None
    id_ = await ctx.db.write_within(place, "desk", store.add, ctx.workspace, row.contact_id, values)
    data = {"picture": id_, "size": str(file.size)}
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "attach", row.contact_id, ctx.road.now(), data)
    return await desk.shown(request, row, draft=draft, picture=id_)


async def show(request: Request) -> Response:
    """GET /m/{token}: the picture, for whoever has its address."""
    ctx: WebContext = request.app.state.ctx
    found = await ctx.db.read(store.by_token, ctx.workspace, request.path_params["token"])
    if found is None:
        raise Denied(404, "There is no such picture. It may be too long ago.")
    headers = {
        "Cache-Control": "private, max-age=3600", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": "inline",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }  # fmt: skip
    return Response(bytes(found.data), media_type=found.content_type, headers=headers)


ROUTES = (
    Route("POST", "/c/{contact}/picture", "agent", attach, takes_file=True, most_file=MOST),
    Route("GET", PATH + "{token}", "public", show),
)
