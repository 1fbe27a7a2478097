"""Settings, teams and signing in: who works together on which lines, and how long a session lasts."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.store import accounts, desk_settings, people
from textback.store.db import Tx
from textback.store.desk_settings import BOUNDS, DeskSettings
from textback.store.people import Taken, Team
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.people import lines_in
from textback.web.phrases import speaker
from textback.web.security import Denied

LONGEST_NAME = 64


async def _shown(request: Request, error: str = "", status: int = 200) -> Response:
    ctx: WebContext = request.app.state.ctx
    rows = await ctx.db.read(people.all_teams, ctx.workspace)
    found = await ctx.db.read(people.everybody, ctx.workspace, ctx.road.now())
    data = {
        "teams": [
            (row, row.lines.split(), {one.id for one in members}, [one.name for one in members])
            for row, members in rows
        ],
        "everybody": [one for one in found if one.deactivated_at is None],
        "lines": sorted(ctx.lines),
        "error": error,
    }
    return page(request, "teams.html", data, status)


async def teams_page(request: Request) -> Response:
    """GET /settings/teams."""
    return await _shown(request)


async def change(request: Request) -> Response:
    """POST /settings/teams: `do` is save (a new team without an id) or remove."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    form, say, now = request.state.form, speaker(request), ctx.road.now()
    team, done = form.get("team", "")[:32], form.get("do", "")
    if done == "remove":
        await ctx.db.write(people.remove_team, ctx.workspace, user.email, team, now)
        return RedirectResponse("/settings/teams", 303)
    if done != "save":
        raise Denied(400, "Save a team, or remove it.")
    name = clean(form.get("name", "")).strip()
    if not 0 < len(name) <= LONGEST_NAME:
        return await _shown(request, say("A team needs a name."), 409)
    ticked = [key for key, value in form.items() if value == "1"]
    members = [key.removeprefix("person.")[:32] for key in ticked if key.startswith("person.")]
    wanted = Team(team, name, lines_in(form, ctx), members)
    try:
        await ctx.db.write(people.save_team, ctx.workspace, user.email, wanted, now)
    except Taken:
        return await _shown(request, say("There is a team of this name already."), 409)
    ctx.road.hub.hear([people.person_key(one) for one in members])
    return RedirectResponse("/settings/teams", 303)


async def sign_in_page(request: Request) -> Response:
    """GET /settings/sign-in: how long sessions last, and whether everybody needs a second step."""
    ctx: WebContext = request.app.state.ctx
    settings = await ctx.db.read(desk_settings.read, ctx.workspace)
    return _sign_in_shown(request, settings, saved="saved" in request.query_params)


def _sign_in_shown(request: Request, settings: DeskSettings, *, error: str = "", saved: bool = False) -> Response:
    data = {"settings": settings, "bounds": BOUNDS, "error": error, "saved": saved}
    return page(request, "sign_in.html", data, 400 if error else 200)


def _save(tx: Tx, workspace: str, by: str, settings: DeskSettings, now: int) -> None:
    desk_settings.write(tx, workspace, settings)
    data = {name: int(getattr(settings, name)) for name in BOUNDS}
    accounts.write_audit(tx, workspace, by, "settings.sign_in", "sign-in", now, data)


async def save_sign_in(request: Request) -> Response:
    """POST /settings/sign-in."""
    ctx: WebContext = request.app.state.ctx
    form, say = request.state.form, speaker(request)
    found = {"two_step": int(form.get("two_step") == "1")}
    for name in ("session_days", "idle_hours"):
        given, (least, most) = form.get(name, "").strip(), BOUNDS[name]
        if not (given.isascii() and given.isdigit() and len(given) < 5 and least <= int(given) <= most):
            settings = await ctx.db.read(desk_settings.read, ctx.workspace)
            error = say("Write a number from {least} to {most}.", least=least, most=most)
            return _sign_in_shown(request, settings, error=error)
        found[name] = int(given)
    settings = DeskSettings(found["session_days"], found["idle_hours"], bool(found["two_step"]))
    await ctx.db.write(_save, ctx.workspace, request.state.user.email, settings, ctx.road.now())
    return RedirectResponse("/settings/sign-in?saved", 303)
