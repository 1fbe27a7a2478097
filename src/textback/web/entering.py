"""Coming in, once a password or a link was right: a session, or first a code."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.store import accounts, codes, desk_settings
from textback.store.db import Row, Tx
from textback.store.desk_settings import DeskSettings
from textback.web.auth import User, device, network, set_session
from textback.web.context import WebContext

STEP = "textback_step"
"""The cookie of somebody who owes a code."""


def place_of(request: Request) -> str:
    """Where somebody tries to sign in from. A proxy says so in words of any length."""
    return clean(request.client.host)[:64] if request.client else ""


def begin(
    tx: Tx, workspace: str, who: tuple[str, str], how: str, where: tuple[str, str], now: int
) -> tuple[str, DeskSettings]:  # fmt: skip
    """Open a session of somebody (id, e-mail) from this network and device, and note it; "" notes nothing."""
    if how:
        accounts.write_audit(tx, workspace, who[1], "login", how, now)
    settings = desk_settings.read(tx, workspace)
    return accounts.add_session(tx, who[0], now, settings.session_life, *where), settings


async def enter(request: Request, user: Row[str], how: str, next_: str) -> Response:
    """Let somebody in, or ask them for a code."""
    ctx: WebContext = request.app.state.ctx
    now = ctx.road.now()
    if user.totp_secret:
        token = await ctx.db.write(codes.begin, user.id, how, now)
        response = RedirectResponse(f"/login/code?next={quote(next_)}", 303)
        response.set_cookie(
            STEP, token, max_age=codes.STEP_LIFE // 1000, path="/login", secure=ctx.secure, httponly=True,
            samesite="strict",
        )  # fmt: skip
        return response
    return await let_in(request, (user.id, user.email), how, next_)


async def let_in(request: Request, who: tuple[str, str], how: str, next_: str) -> Response:
    """Let somebody in (id, e-mail)."""
    ctx: WebContext = request.app.state.ctx
    where = (network(request), device(request))
    token, settings = await ctx.db.write(begin, ctx.workspace, who, how, where, ctx.road.now())
    response = RedirectResponse(next_, 303)
    set_session(ctx, response, token, settings)
    response.delete_cookie(STEP, path="/login")
    return response


async def renew(request: Request, user: User, next_: str) -> Response:
    """A new session for somebody whose sessions were all ended by what they did."""
    return await let_in(request, (user.id, user.email), "", next_)
