"""Files that contacts send: the addresses that people and programs read them at, and trying again."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from textback.core.files import ENDINGS, SHOWN
from textback.core.ids import bucket_of
from textback.pipeline import media as pipeline
from textback.store import accounts
from textback.store import media as store
from textback.store.db import Row
from textback.web import desk
from textback.web.access import check_line
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.describing import Described, Operation
from textback.web.media import PATH
from textback.web.routing import Route
from textback.web.security import Denied

CACHED = "private, max-age=86400"
_ID = re.compile(r"[0-9a-f]{24}")


def _headers(file: Any, data: bytes) -> Mapping[str, str]:
    """A file of strangers runs nothing and is guessed to be nothing; only pictures are drawn."""
    name = f"{file.id}.{ENDINGS.get(file.content_type, 'bin')}"
    way = "inline" if file.content_type in SHOWN else "attachment"
    return {
        "ETag": f'"{file.digest}"', "Cache-Control": CACHED, "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": f'{way}; filename="{name}"',
        "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow", "Content-Length": str(len(data)),
    }  # fmt: skip


async def _file(ctx: WebContext, contact_id: str, id_: str) -> Any:
    known = _ID.fullmatch(contact_id) is not None and _ID.fullmatch(id_) is not None
    found = await ctx.db.read(store.find, contact_id, id_) if known else None
    if found is None or found.workspace != ctx.workspace:
        raise Denied(404, "There is no such file. It may be too long ago.")
    return found


async def _answer(request: Request, file: Any) -> Response:
    ctx: WebContext = request.app.state.ctx
    if file.state == "waiting":
        raise Denied(409, "This file is being fetched. Try again in a moment.")
    if file.state != "kept":
        raise Denied(404, "This file was not kept. The conversation says why.")
    if file.digest and request.headers.get("if-none-match", "").strip().removeprefix("W/") == f'"{file.digest}"':
        return Response(status_code=304, headers={"ETag": f'"{file.digest}"', "Cache-Control": CACHED})
    data = await ctx.db.read(store.content, file)
    if data is None:
        raise Denied(404, "There is no such file. It may be too long ago.")
    return Response(data, media_type=file.content_type, headers=dict(_headers(file, data)))


async def show(request: Request) -> Response:
    """GET /c/{contact}/files/{file}: a file that a contact sent."""
    ctx: WebContext = request.app.state.ctx
    row: Row[Any] = await desk.conversation_of(request)
    return await _answer(request, await _file(ctx, row.contact_id, request.path_params["file"]))


async def again(request: Request) -> Response:
    """POST /c/{contact}/files/{file}/again: have a file fetched once more that could not be."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    row = await desk.conversation_of(request)
    file = await _file(ctx, row.contact_id, request.path_params["file"])
    place = bucket_of(row.contact_id) if ctx.db.by_bucket else None
    now = ctx.road.now()
    if await ctx.db.write_within(place, "desk", pipeline.try_again, row.contact_id, file.id, now):
        await ctx.db.write(
            accounts.write_audit, ctx.workspace, user.email, "fetch_again", row.contact_id, now, {"file": file.id}
        )
        if ctx.road.files is not None:
            ctx.road.files.wake()
        ctx.road.hub.publish([row.contact_id])
    return desk.back(request, row)


async def read(request: Request) -> Response:
    """GET /media/{contact}/{file}: a file that a contact sent, for a program."""
    ctx: WebContext = request.app.state.ctx
    file = await _file(ctx, request.path_params["contact"], request.path_params["file"])
    check_line(request, file.line)
    return await _answer(request, file)


ROUTES = (
    Route("GET", "/c/{contact}/files/{file}", "files.see", show),
    Route("POST", "/c/{contact}/files/{file}/again", "agent", again),
    Route("GET", PATH + "{contact}/{file}", "api", read, "messages:read"),
)
DESCRIBED: Described = {
    ("GET", PATH + "{contact}/{file}"): Operation(
        "A file that a contact sent; messages name this address in `media`.",
        {
            200: ("It is this, in the type that its first bytes say.", {"application/octet-stream": str}),
            304: "It is as If-None-Match says.",
            404: "There is no such file, or it was not kept.",
            409: "It is being fetched.",
        },
        path={"contact": "The contact's id.", "file": "The file's id."},
    ),
}
