"""Signing in and out: password, one-time link, and the person's own page."""

import asyncio
from functools import cache
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.when import MINUTE
from textback.store import accounts, people
from textback.store.db import Tx
from textback.store.notify import tell_changed
from textback.web import presence
from textback.web.auth import cookie_name, current_user, set_form_secret
from textback.web.context import WebContext
from textback.web.entering import enter, place_of, renew
from textback.web.pages import page
from textback.web.phrases import speaker
from textback.web.present import moment
from textback.web.security import form_secret, read_cookie

TRIES = 5
"""Wrong passwords for one address from one place, before a wait."""
TRIES_OF_PLACE = 30
"""Wrong passwords from one place, for whatever addresses."""
TRIES_OF_ADDRESS = 100
"""Wrong passwords for one address, from wherever."""
WAIT = 10 * MINUTE
SHORTEST = 10
LONGEST = 200

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that no password matches, so that an unknown address takes as long as a wrong password."""
    return _hasher.hash("nobody's password")


def _matches(stored: str, password: str) -> bool:
    try:
        _hasher.verify(stored or _nobody(), password)
        return bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def safe_next(place: str) -> str:
    """Where to go after signing in: a path of ours, or the desk."""
    try:
        parts = urlsplit(place)
    except ValueError:
        return "/"
    good = place.startswith("/") and not parts.scheme and not parts.netloc and "\\" not in place
    return place if good and not place.startswith(("//", "/login", "/logout")) else "/"


def login_shown(request: Request, status: int = 200, *, email: str = "", error: str = "", next_: str = "/") -> Response:
    ctx: WebContext = request.app.state.ctx
    secret = form_secret(request)
    shown = {"csrf": secret, "email": email, "error": error, "next": safe_next(next_)}
    response = page(request, "login.html", shown, status)
    set_form_secret(ctx, response, secret)
    return response


async def login_page(request: Request) -> Response:
    """GET /login."""
    if await current_user(request) is not None:
        return RedirectResponse("/", 303)
    return login_shown(request, next_=request.query_params.get("next", "/"))


def _limits(email: str, place: str) -> tuple[tuple[str, int], ...]:
    return ((f"{email}@{place}", TRIES), (f"from {place}", TRIES_OF_PLACE), (f"for {email}", TRIES_OF_ADDRESS))


def _try(tx: Tx, email: str, place: str, now: int) -> int:
    """Count a try before its password is checked, so that tries sent at once are counted like tries in a row.

    Returns how many are left after it; less than none means that it may not be made.
    """
    if any(accounts.failures(tx, key, now) >= most for key, most in _limits(email, place)):
        return -1
    return min(most - accounts.add_failure(tx, key, now, WAIT) for key, most in _limits(email, place))


def _right(tx: Tx, email: str, place: str) -> None:
    """The try that was counted had the right password."""
    for key, _ in _limits(email, place):
        accounts.take_back_failure(tx, key)
    accounts.forget_failures(tx, f"{email}@{place}")


async def login(request: Request) -> Response:
    """POST /login: e-mail and password. Five wrong ones mean ten minutes' wait."""
    ctx: WebContext = request.app.state.ctx
    form = request.state.form
    email = form.get("email", "").strip().lower()[:320]
    next_ = form.get("next", "/")
    place = place_of(request)
    now = ctx.road.wall()
    say = speaker(request)
    wait = say("Too many tries. Wait ten minutes, or ask for a login link.")
    left = await ctx.db.write(_try, email, place, now)
    if left < 0:
        return login_shown(request, 429, email=email, error=wait, next_=next_)
    user = await ctx.db.read(accounts.user_by_email, email)
    password = form.get("password", "")[:LONGEST]
    known = user is not None and user.workspace == ctx.workspace and user.deactivated_at is None
    stored = user.password_hash if user is not None and known else ""
    if not await asyncio.to_thread(_matches, stored, password) or user is None:
        wrong = say("That email and password do not match.")
        tries = say("1 try left before a 10 minute wait.")
        if left > 1:
            tries = say("{n} tries left before a 10 minute wait.", n=left)
        error = f"{wrong} {tries}" if left > 0 else wait
        return login_shown(request, 401, email=email, error=error, next_=next_)
    await ctx.db.write(_right, user.email, place)
    return await enter(request, user, "password", safe_next(next_))


async def link_page(request: Request) -> Response:
    """GET /login/{token}: asks for one click, because mail scanners and chat previews follow links too."""
    ctx: WebContext = request.app.state.ctx
    good = await ctx.db.read(accounts.link_is_good, request.path_params["token"], ctx.road.wall())
    secret = form_secret(request)
    response = page(request, "link.html", {"csrf": secret, "good": good}, 200 if good else 410)
    set_form_secret(ctx, response, secret)
    return response


async def use_link(request: Request) -> Response:
    """POST /login/{token}: signs in, once."""
    ctx: WebContext = request.app.state.ctx
    user = await ctx.db.write(accounts.use_link, ctx.workspace, request.path_params["token"], ctx.road.wall())
    if user is None:
        return page(request, "link.html", {"csrf": "", "good": False}, 410)
    return await enter(request, user, "link", "/")


async def logout(request: Request) -> Response:
    """POST /logout."""
    ctx: WebContext = request.app.state.ctx
    await ctx.db.write(accounts.end_session, read_cookie(request, cookie_name(ctx)))
    response = RedirectResponse("/login", 303)
    response.delete_cookie(cookie_name(ctx), path="/", secure=ctx.secure, httponly=True, samesite="lax")
    return response


async def account_page(request: Request) -> Response:
    """GET /account: who you are, your password, your second step, where you are signed in."""
    return await account_shown(request, done="saved" if "saved" in request.query_params else "")


async def account_shown(request: Request, *, error: str = "", done: str = "", status: int = 200) -> Response:
    """The person's own page."""
    ctx: WebContext = request.app.state.ctx
    user, zone, now = request.state.user, ctx.bot().timezone, ctx.road.wall()
    rows = await ctx.db.read(people.sessions_of, user.id, now)
    sessions = [
        (row.token_hash[: people.SHOWN], row.device, row.place, moment(row.seen_at or row.created_at, zone, now),
         row.token_hash == user.session)
        for row in rows
    ]  # fmt: skip
    shown = {"error": error, "done": done, "sessions": sessions, "mine": await presence.mine(request)}
    return page(request, "account.html", shown, status)


def _set_password(tx: Tx, workspace: str, user_id: str, email: str, hashed: str, now: int) -> None:
    accounts.set_password(tx, user_id, hashed)
    accounts.write_audit(tx, workspace, email, "password.set", email, now)
    tell_changed(tx, workspace, people.person_key(user_id))


async def set_password(request: Request) -> Response:
    """POST /account/password: set or change it. Ends the person's other sessions."""
    ctx: WebContext = request.app.state.ctx
    user = request.state.user
    form = request.state.form
    password, say = form.get("password", ""), speaker(request)
    error = ""
    if not SHORTEST <= len(password) <= LONGEST:
        error = say("A password has {least} to {most} characters.", least=SHORTEST, most=LONGEST)
    elif user.has_password:
        row = await ctx.db.read(accounts.user_by_email, user.email)
        stored = row.password_hash if row is not None else ""
        place = place_of(request)
        now = ctx.road.wall()
        if await ctx.db.write(_try, user.email, place, now) < 0:
            error = say("Too many tries. Wait ten minutes.")
        elif not await asyncio.to_thread(_matches, stored, form.get("current", "")[:LONGEST]):
            error = say("The current password is not right.")
        else:
            await ctx.db.write(_right, user.email, place)
    if error:
        return await account_shown(request, error=error, status=400)
    hashed = await asyncio.to_thread(_hasher.hash, password)
    await ctx.db.write(_set_password, ctx.workspace, user.id, user.email, hashed, ctx.road.wall())
    ctx.road.hub.hear([people.person_key(user.id)])
    return await renew(request, user, "/account?saved")
