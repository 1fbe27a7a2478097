"""Moving the running sessions of an older version to the live one: who would move first, then the doing."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.phone import mask
from textback.engine.bot import Bot
from textback.pipeline import moving
from textback.store import accounts
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.flowversions import loaded, number_of
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.security import Denied

AT_ONCE = 500
"""Sessions moved by one press of the button: each is a transaction of its own."""
SHOWN = 100
"""Sessions in the list of either fate."""


async def _planned(ctx: WebContext, old: int) -> tuple[Bot, list[tuple[int, moving.Move]]]:
    live = await loaded(ctx, ctx.bot().version)
    if old == live.version or old < 1:
        raise Denied(400, "Choose a version that is not the live one.")
    return live, await ctx.db.read(moving.listed, ctx.workspace, old, live)


async def move_page(request: Request) -> Response:
    """GET /flows/move?from=: which sessions would move to the live version, and which would stay, and why."""
    ctx: WebContext = request.app.state.ctx
    old = number_of(request.query_params.get("from", ""))
    live, planned = await _planned(ctx, old)
    rows = [{"move": move, "who": mask(move.address)} for _, move in planned]
    moves = [row for row, (_, move) in zip(rows, planned, strict=True) if not move.why]
    stays = [row for row, (_, move) in zip(rows, planned, strict=True) if move.why]
    data = {
        "about": _about(len(moves), len(stays), old, live.version),
        "old": old,
        "live": live.version,
        "moves": moves[:SHOWN],
        "stays": stays[:SHOWN],
        "moving": len(moves),
        "staying": len(stays),
        "most": AT_ONCE,
    }
    return page(request, "flows_move.html", data)


def _about(moving: int, staying: int, old: int, new: int) -> str:
    """What would become of the running sessions of a version."""
    given: dict[str, object] = {"all": f"{moving + staying:,}", "old": old, "new": new}
    if moving == 1:
        return tell(
            "1 of {all} running sessions of version {old} would go on in version {new}, at the same step and with what "
            "they have collected.",
            **given,
        )
    if moving:
        return tell(
            "{n} of {all} running sessions of version {old} would go on in version {new}, at the same step and with "
            "what they have collected.",
            n=f"{moving:,}",
            **given,
        )
    if staying == 1:
        return tell(
            "The 1 running session of version {old} can’t go on in version {new}. It ends on its own version.", **given
        )
    if staying:
        return tell(
            "None of the {all} running sessions of version {old} can go on in version {new}. They end on their own "
            "version.",
            **given,
        )
    return tell("No session of version {n} is running any more.", n=old)


async def move(request: Request) -> Response:
    """POST /flows/move: move them. Each conversation is changed by itself, and one that has gone on since is judged
    again."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    form: dict[str, str] = request.state.form
    old = number_of(form.get("from", ""))
    live, planned = await _planned(ctx, old)
    if number_of(form.get("live", "")) != live.version:
        raise Denied(409, "Somebody has published a version meanwhile. Load the page again, then decide.")
    wanted = [(bucket, plan) for bucket, plan in planned if not plan.why][:AT_ONCE]
    moved = 0
    for bucket, plan in wanted:
        done = await ctx.db.write(moving.move, bucket, plan, old, live)
        moved += not done.why
    data = {"from": old, "moved": moved, "stay": len(planned) - moved}
    subject, now = f"version {live.version}", ctx.road.now()
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "bot.migrate", subject, now, data)
    return RedirectResponse(f"/flows/versions?moved={moved}", 303)
