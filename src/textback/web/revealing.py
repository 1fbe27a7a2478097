"""Uncovering one number for somebody to whom numbers are masked. The audit log says who looked at whose."""

from starlette.requests import Request
from starlette.responses import Response

from textback.store import accounts
from textback.web.context import WebContext
from textback.web.desk import conversation_of
from textback.web.pages import page
from textback.web.present import name_of


async def reveal(request: Request) -> Response:
    """POST /c/{contact}/reveal: the number of this contact, on a page of its own."""
    ctx: WebContext = request.app.state.ctx
    row = await conversation_of(request)
    actor, now = request.state.user.email, ctx.road.now()
    await ctx.db.write(accounts.write_audit, ctx.workspace, actor, "contact.reveal", row.contact_id, now)
    request.state.revealed = [row.address]
    data = {"id": row.contact_id, "name": name_of(row.name, row.address), "address": row.address}
    return page(request, "reveal.html", data)
