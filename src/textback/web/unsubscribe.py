"""Leaving by one click (RFC 8058): the mail program of whoever gets our mails posts here, without signing in and
without a page of ours. The address itself is the proof: it is sealed, and in that person's mail only.

A GET shows a page with a button and changes nothing, because programs open addresses to look at them.
"""

import structlog
from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import bucket_of
from textback.pipeline import unsubscribing
from textback.store import desk as desk_store
from textback.store.db import Tx
from textback.web.api import TURN_WAIT
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.routing import Route
from textback.web.security import Denied

log = structlog.get_logger("textback.unsubscribe")

PATH = unsubscribing.PATH + "{line}/{token}"
MOST_BODY = 4096
ASKED = b"One-Click"
"""What the form of RFC 8058 says, however it is encoded: List-Unsubscribe=One-Click."""
_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


async def _whose(request: Request) -> tuple[str, str]:
    """The line and the contact that the address names. Raises Denied for one that is none of ours, or of somebody who
    has been erased."""
    ctx: WebContext = request.app.state.ctx
    name, token = request.path_params["line"], request.path_params["token"]
    line = ctx.road.lines.get(name)

    def read(tx: Tx) -> str:
        contact_id = unsubscribing.named_by(tx, name, token)
        if contact_id and desk_store.conversation(tx, ctx.workspace, contact_id, bucket_of(contact_id)) is None:
            return ""
        return contact_id

    known = line is not None and unsubscribing.leaves_by_click(line)
    contact_id = await ctx.db.read(read) if known else ""
    if not contact_id:
        raise Denied(404, "This link is not complete, or no longer works. Answer a mail with STOP instead.")
    return name, contact_id


def _page(request: Request, done: bool) -> Response:
    shown = page(request, "unsubscribe.html", {"done": done})
    shown.headers.update(_HEADERS)
    return shown


async def show(request: Request) -> Response:
    """GET /unsubscribe/{line}/{token}: a page with a button."""
    ctx: WebContext = request.app.state.ctx
    _, contact_id = await _whose(request)
    out, _ = await ctx.db.read(unsubscribing.standing, contact_id)
    return _page(request, out)


async def leave(request: Request) -> Response:
    """POST /unsubscribe/{line}/{token}: no more mail. Asking again changes nothing."""
    ctx: WebContext = request.app.state.ctx
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY:
            raise Denied(413, "That is more than an unsubscribe has to say.")
    line, contact_id = await _whose(request)
    if ASKED not in body:
        raise Denied(400, "An unsubscribe posts List-Unsubscribe=One-Click.")
    out, key = await ctx.db.read(unsubscribing.standing, contact_id)
    if not out:
        await ctx.road.post(contact_id, unsubscribing.leaving(), line=line, key=key, wait=TURN_WAIT)
        log.info("unsubscribed by one click", line=line, contact=contact_id)
    return _page(request, True)


ROUTES = (Route("GET", PATH, "mailed", show), Route("POST", PATH, "mailed", leave))
