"""Signing in by a code of an authenticator app, and by a link that comes by e-mail."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.when import MINUTE
from textback.store import accounts, codes
from textback.store.db import Row, Tx
from textback.web.account import login_shown, safe_next
from textback.web.auth import set_form_secret
from textback.web.context import WebContext
from textback.web.entering import STEP, let_in, place_of
from textback.web.pages import page
from textback.web.phrases import speaker
from textback.web.security import form_secret, read_cookie

TRIES = 5
"""Wrong codes of one person, before a wait."""
LETTERS = 3
"""Links that one address is sent, before a wait."""
LETTERS_OF_PLACE = 20
WAIT = 10 * MINUTE


def _code_shown(request: Request, next_: str, error: str = "", status: int = 200) -> Response:
    ctx: WebContext = request.app.state.ctx
    secret = form_secret(request)
    response = page(request, "login_code.html", {"csrf": secret, "next": safe_next(next_), "error": error}, status)
    set_form_secret(ctx, response, secret)
    return response


async def code_page(request: Request) -> Response:
    """GET /login/code: asks for the code."""
    ctx: WebContext = request.app.state.ctx
    who = await ctx.db.read(codes.owing, ctx.workspace, read_cookie(request, STEP), ctx.road.wall())
    if who is None:
        return RedirectResponse("/login", 303)
    return _code_shown(request, request.query_params.get("next", "/"))


def _take(tx: Tx, workspace: str, token: str, given: str, now: int) -> tuple[Row[str] | None, str]:
    """Who owes a code, and how it was right; "wait" after too many that were not."""
    who = codes.owing(tx, workspace, token, now)
    if who is None:
        return None, ""
    key = f"code {who.id}"
    if accounts.failures(tx, key, now) >= TRIES:
        return who, "wait"
    how = codes.take(tx, who.id, given, now)
    if not how:
        return who, "" if accounts.add_failure(tx, key, now, WAIT) < TRIES else "wait"
    accounts.forget_failures(tx, key)
    codes.end(tx, token)
    return who, f"{who.how}+{how}"


async def use_code(request: Request) -> Response:
    """POST /login/code: signs in, if the code is right and was not taken before. Five wrong ones mean a wait."""
    ctx: WebContext = request.app.state.ctx
    form, say = request.state.form, speaker(request)
    token = read_cookie(request, STEP)
    who, how = await ctx.db.write(_take, ctx.workspace, token, form.get("code", "")[:40], ctx.road.wall())
    next_ = form.get("next", "/")
    if who is None:
        return login_shown(request, 401, error=say("That took too long. Sign in again."), next_=next_)
    if how == "wait":
        return _code_shown(request, next_, say("Too many wrong codes. Wait ten minutes."), 429)
    if not how:
        return _code_shown(request, next_, say("That code is not right, or was used already."), 401)
    return await let_in(request, (who.id, who.email), how, safe_next(next_))


def _link_for(tx: Tx, workspace: str, email: str, place: str, now: int) -> str:
    """A link for this address; "" where nobody signs in with it, or it was asked for too often."""
    limits = ((f"mail {email}", LETTERS), (f"mail from {place}", LETTERS_OF_PLACE))
    if any(accounts.failures(tx, key, now) >= most for key, most in limits):
        return ""
    for key, _ in limits:
        accounts.add_failure(tx, key, now, WAIT)
    user = accounts.user_by_email(tx, email)
    if user is None or user.workspace != workspace or user.deactivated_at is not None:
        return ""
    accounts.write_audit(tx, workspace, email, "login.link", email, now)
    return accounts.add_link(tx, user.id, now)


async def mail_link(request: Request) -> Response:
    """POST /login/link: a link by e-mail. The answer is the same whoever asks: it tells nobody who works here."""
    ctx: WebContext = request.app.state.ctx
    form, say = request.state.form, speaker(request)
    email, next_ = form.get("email", "").strip().lower()[:320], form.get("next", "/")
    if ctx.mailer is None:
        return login_shown(request, 409, email=email, error=say("This desk sends no e-mail."), next_=next_)
    if "@" not in email:
        return login_shown(request, 400, email=email, error=say("Write your e-mail address first."), next_=next_)
    token = await ctx.db.write(_link_for, ctx.workspace, email, place_of(request), ctx.road.wall())
    if token:
        brand = ctx.bot().name
        words = say("This link signs you in once, within 30 minutes. If you did not ask for it, do nothing.")
        ctx.mailer.send(email, say("Sign in to {brand}", brand=brand), f"{words}\n\n{ctx.public_url}/login/{token}\n")
    secret = form_secret(request)
    response = page(request, "login_sent.html", {"email": email})
    set_form_secret(ctx, response, secret)
    return response
