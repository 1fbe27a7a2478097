"""One's own account beyond the password: the second step, the places where one is signed in, and the language."""

import io
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core import totp
from textback.core.when import MINUTE
from textback.store import accounts, codes, people
from textback.store.db import Tx
from textback.web.account import account_shown
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.phrases import LANGUAGES, speaker
from textback.web.security import Denied

TRIES, WAIT = 5, 10 * MINUTE


def square(words: str) -> str:
    """A QR code as SVG, dark on light whatever the page's colours are, for cameras."""
    import segno  # noqa: PLC0415 - only who sets up a second step needs it

    file = io.BytesIO()
    segno.make(words, error="m").save(
        file, kind="svg", scale=4, border=4, xmldecl=False, svgns=True, dark="#14201b", light="#ffffff", nl=False
    )
    return file.getvalue().decode()


async def _shown(
    request: Request, *, secret: str = "", fresh: list[str] | None = None, error: str = "", status: int = 200
) -> Response:
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    data: dict[str, Any] = {"error": error, "fresh": fresh or [], "left": 0, "secret": "", "square": ""}
    data["on"] = user.has_code or bool(fresh)
    if data["on"]:
        data["left"] = await ctx.db.read(codes.left, user.id)
    else:
        secret = secret or totp.secret_of(secrets.token_bytes(20))
        data["secret"] = secret
        data["square"] = square(totp.address(secret, user.email, ctx.bot().name))
    return page(request, "two_step.html", data, status)


async def two_step_page(request: Request) -> Response:
    """GET /account/two-step: set it up, or what to do with the one that is set up."""
    return await _shown(request)


def _checked(tx: Tx, user_id: str, given: str, now: int) -> str:
    """As `codes.take`, with tries counted; "wait" after too many."""
    key = f"code {user_id}"
    if accounts.failures(tx, key, now) >= TRIES:
        return "wait"
    how = codes.take(tx, user_id, given, now)
    if not how:
        accounts.add_failure(tx, key, now, WAIT)
    return how


async def two_step(request: Request) -> Response:
    """POST /account/two-step: `on` with a code of the new secret, `off` and `renew` with a code of the one that is."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    form, say, now = request.state.form, speaker(request), ctx.road.wall()
    who, done, given = (user.id, user.email), form.get("do", ""), form.get("code", "")[:40]
    if done == "on" and not user.has_code:
        secret = form.get("secret", "")[:64]
        try:
            step = totp.step_of(secret, given, now, 0) if len(secret) == 32 else None
        except ValueError:
            step = None
        if step is None:
            error = say("That code is not right. Is the clock of your phone right?")
            return await _shown(request, secret=secret if len(secret) == 32 else "", error=error, status=400)
        fresh = await ctx.db.write(codes.turn_on, ctx.workspace, who, secret, step, now)
        return await _shown(request, fresh=fresh)
    if done not in ("off", "renew") or not user.has_code:
        raise Denied(400, "Turn it on or off, or make new recovery codes.")
    how = await ctx.db.write(_checked, user.id, given, now)
    if how in ("", "wait"):
        wrong = say("Too many wrong codes. Wait ten minutes.") if how else ""
        error = wrong or say("That code is not right, or was used already.")
        return await _shown(request, error=error, status=429 if how else 400)
    if done == "renew":
        return await _shown(request, fresh=await ctx.db.write(codes.renew, ctx.workspace, who, now))
    await ctx.db.write(codes.turn_off, ctx.workspace, who, now)
    return RedirectResponse("/account/two-step", 303)


async def end_sessions(request: Request) -> Response:
    """POST /account/sessions: sign out one other place, or all others (no `session`)."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    named = request.state.form.get("session", "")[: people.SHOWN]
    now = ctx.road.wall()
    await ctx.db.write(people.end_sessions, ctx.workspace, (user.id, user.email), user.session, named, now)
    ctx.road.hub.hear([people.person_key(user.id)])
    return await account_shown(request, done="sessions")


async def set_language(request: Request) -> Response:
    """POST /account/language: the language of one's pages; none for what the browser wants."""
    ctx: WebContext = request.app.state.ctx
    language = request.state.form.get("language", "")
    if language and language not in LANGUAGES:
        raise Denied(400, "There is no such language.")
    await ctx.db.write(people.set_language, request.state.user.id, language)
    return RedirectResponse("/account", 303)
