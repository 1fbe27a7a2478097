"""Settings, people: who works here, inviting and changing them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.store import people
from textback.store.db import Row, Tx
from textback.store.people import LastOwner, Taken
from textback.web.auth import User, initials
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.permissions import ROLES
from textback.web.phrases import speaker
from textback.web.present import moment
from textback.web.security import Denied

LONGEST_NAME = 80


def _context(request: Request) -> tuple[WebContext, User]:
    return request.app.state.ctx, request.state.user


def lines_in(form: dict[str, str], ctx: WebContext) -> list[str]:
    """The lines that a form has ticked, as `line.NAME`."""
    return [name for name in sorted(ctx.lines) if form.get(f"line.{name}") == "1"]


def limits_in(form: dict[str, str], ctx: WebContext, role: str) -> tuple[str, str]:
    """What a form says of what somebody sees: sight and lines. Owners see everything."""
    if role == "owner" or form.get("sight", "all") == "all":
        return "all", ""
    return "some", " ".join(lines_in(form, ctx))


async def _shown(request: Request, *, status: int = 200, **more: Any) -> Response:
    ctx, user = _context(request)
    zone, now = ctx.bot().timezone, ctx.road.wall()
    rows = await ctx.db.read(people.everybody, ctx.workspace, now)
    teams = await ctx.db.read(people.all_teams, ctx.workspace)
    shown = [
        {
            "id": row.id, "name": row.name, "email": row.email, "role": row.role, "initials": initials(row.name),
            "you": row.id == user.id, "off": row.deactivated_at is not None, "code": bool(row.totp_secret),
            "seen": moment(row.seen, zone, now) if row.seen else "",
            "invited": moment(row.invited, zone, now) if row.invited and not row.seen else "",
            "limits": _limits(row, teams),
        }
        for row in rows
    ]  # fmt: skip
    data = {"people": shown, "roles": ROLES, "lines": sorted(ctx.lines), "error": "", "link": "", "form": {}, **more}
    return page(request, "people.html", data, status)


def _limits(row: Row[Any], teams: list[Any]) -> list[str] | None:
    """The lines and teams that somebody is restricted to; None for nobody's restriction."""
    if row.sight == "all":
        return None
    return [*row.lines.split(), *(team.name for team, members in teams if any(one.id == row.id for one in members))]


async def people_page(request: Request) -> Response:
    """GET /settings/people."""
    return await _shown(request)


def _hand_over(request: Request, email: str, token: str) -> dict[str, Any]:
    """Send somebody their link; where no mail server is set, show it, this once."""
    ctx, user = _context(request)
    say, brand = speaker(request), ctx.bot().name
    link = f"{ctx.public_url}/login/{token}"
    if ctx.mailer is None:
        return {"link": link, "link_for": email}
    subject = say("{name} invites you to the desk of {brand}", name=user.name, brand=brand)
    words = say("This link lets you in once, within 7 days. Set a password or a second step then.")
    ctx.mailer.send(email, subject, f"{words}\n\n{link}\n")
    return {"sent": email}


async def invite(request: Request) -> Response:
    """POST /settings/people: invite somebody."""
    ctx, user = _context(request)
    form, say = request.state.form, speaker(request)
    email = clean(form.get("email", "")).strip().lower()
    name = clean(form.get("name", "")).strip()[:LONGEST_NAME] or email.partition("@")[0]
    role = form.get("role", "")
    error = ""
    if "@" not in email.strip("@") or len(email) > 320 or any(char.isspace() for char in email):
        error = say("That is not an e-mail address.")
    elif role not in ROLES:
        error = say("Choose a role.")
    if not error:
        who, limits = (email, name, role), limits_in(form, ctx, role)
        try:
            _, token = await ctx.db.write(people.invite, ctx.workspace, user.email, who, ctx.road.wall(), limits)
            return await _shown(request, **_hand_over(request, email, token))
        except Taken:
            error = say("{email} is here already.", email=email)
    return await _shown(request, status=409, error=error, form=form)


async def _person(request: Request) -> Row[Any]:
    ctx, _ = _context(request)
    row = await ctx.db.read(people.person, ctx.workspace, request.path_params["person"][:32])
    if row is None:
        raise Denied(404, "There is nobody like that here.")
    return row


async def _one_shown(request: Request, row: Row[Any], *, status: int = 200, **more: Any) -> Response:
    ctx, user = _context(request)
    zone, now = ctx.bot().timezone, ctx.road.wall()
    sessions = [
        (one.device, one.place, moment(one.seen_at or one.created_at, zone, now))
        for one in await ctx.db.read(people.sessions_of, row.id, now)
    ]
    data = {
        "one": row, "roles": ROLES, "lines": sorted({*ctx.lines, *row.lines.split()}), "ticked": row.lines.split(),
        "sessions": sessions, "you": row.id == user.id, "error": "", "link": "", **more,
    }  # fmt: skip
    return page(request, "person.html", data, status)


async def person_page(request: Request) -> Response:
    """GET /settings/people/{person}."""
    return await _one_shown(request, await _person(request))


def _do(tx: Tx, ctx: WebContext, by: str, row: Row[Any], done: str, now: int) -> None:
    match done:
        case "deactivate":
            people.deactivate(tx, ctx.workspace, by, row.id, now)
        case "activate":
            people.activate(tx, ctx.workspace, by, row.id, now)
        case "sign-out":
            people.sign_out(tx, ctx.workspace, by, row, now)
        case _:
            people.reset_code(tx, ctx.workspace, by, row, now)


async def change(request: Request) -> Response:
    """POST /settings/people/{person}: `do` is save, link, deactivate, activate, sign-out or reset-code."""
    ctx, user = _context(request)
    form, say, now = request.state.form, speaker(request), ctx.road.wall()
    row, done = await _person(request), form.get("do", "")
    last = say("Somebody must be owner: make somebody else one first.")
    try:
        if done == "save":
            role = form.get("role", row.role)
            if role not in ROLES:
                raise Denied(400, "There is no such role.")
            limits = limits_in(form, ctx, role)
            name = clean(form.get("name", "")).strip()[:LONGEST_NAME] or row.name
            to = {"name": name, "role": role, "sight": limits[0], "lines": limits[1]}
            await ctx.db.write(people.change, ctx.workspace, user.email, row.id, to, now)
        elif done == "link":
            if row.deactivated_at is not None:
                return await _one_shown(request, row, status=409, error=say("Let them in again first."))
            token = await ctx.db.write(people.new_link, ctx.workspace, user.email, row, now)
            return await _one_shown(request, row, **_hand_over(request, row.email, token))
        elif done in ("deactivate", "activate", "sign-out", "reset-code"):
            await ctx.db.write(_do, ctx, user.email, row, done, now)
        else:
            raise Denied(400, "There is no such thing to do to a person.")
    except LastOwner:
        return await _one_shown(request, row, status=409, error=last)
    ctx.road.hub.hear([people.person_key(row.id)])
    return RedirectResponse("/settings/people" if done in ("save", "deactivate") else f"/settings/people/{row.id}", 303)
