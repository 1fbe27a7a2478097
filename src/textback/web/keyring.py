"""The desk's page of API keys: what programs come in with, what each is good for, and when it was last used."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.core.when import DAY, HOUR
from textback.store import accounts
from textback.store import keys as store
from textback.store.db import Tx
from textback.store.keys import ALL, Key
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import moment
from textback.web.problems import Refused
from textback.web.scopes import SCOPES
from textback.web.security import Denied
from textback.web.v1.keys import MOST_DAYS, known_lines, known_scopes, name_of

HERE = "/settings/keys"
OVERLAP = 24
"""Hours for which a key works beside the one that has taken its place."""


def _look(request: Request) -> tuple[WebContext, User]:
    return request.app.state.ctx, request.state.user


def _view(ctx: WebContext, key: Key) -> dict[str, Any]:
    zone, now = ctx.bot().timezone, ctx.road.now()

    def at(ms: int | None) -> str:
        return moment(ms, zone, now) if ms else ""

    until = key.rotates_until if (key.rotates_until or 0) > now else None
    return {
        "id": key.id, "name": key.name, "start": key.start, "all": ALL in key.scopes,
        "scopes": [] if ALL in key.scopes else sorted(key.scopes), "lines": sorted(key.lines),
        "made": f"{at(key.created_at)} {tell('by {name}', name=key.created_by) if key.created_by else ''}".strip(),
        "expires": at(key.expires_at), "used": at(key.last_used_at), "rotates": at(until),
    }  # fmt: skip


async def _list(
    request: Request, status: int = 200, *, given: Mapping[str, str] | None = None, **more: Any
) -> Response:
    ctx, _ = _look(request)
    keys = [_view(ctx, key) for key in await ctx.db.read(store.live, ctx.workspace, ctx.road.now())]
    blank = {"name": "", "days": "", "all": ""} | {f"scope.{scope}": "" for scope in SCOPES}
    blank |= {f"line.{line}": "" for line in ctx.lines}
    shown: dict[str, Any] = {
        "keys": keys, "scopes": SCOPES, "all_lines": list(ctx.lines), "most_days": MOST_DAYS, "error": None,
        "secret": "", "rotated": 0, **more, "given": {**blank, **(given or {})},
    }  # fmt: skip
    return page(request, "keys.html", shown, status)


async def list_page(request: Request) -> Response:
    """GET /settings/keys: the keys that work, and a form for a new one."""
    return await _list(request)


def _wanted(ctx: WebContext, form: dict[str, str], now: int) -> Key:
    """The key that a form asks for. Raises Refused."""
    name = name_of(form.get("name", ""))
    if not name or len(name) > 64:
        raise Refused(400, "invalid_field", tell("Give it a name of up to 64 characters."), "name")
    scopes = [ALL] if form.get("all") else [scope for scope in SCOPES if form.get(f"scope.{scope}")]
    if not scopes:
        raise Refused(400, "invalid_field", tell("Say what it is good for."), "scopes")
    lines = known_lines(ctx, [line for line in ctx.lines if form.get(f"line.{line}")])
    days = form.get("days", "").strip()
    if days and not (days.isascii() and days.isdigit() and 1 <= int(days[:6]) <= MOST_DAYS):
        words = tell("Days are a whole number from 1 to {most}.", most=f"{MOST_DAYS:,}")
        raise Refused(400, "invalid_field", words, "days")
    return Key("", name, known_scopes(scopes), lines, now, now + int(days) * DAY if days else None)


async def make(request: Request) -> Response:
    """POST /settings/keys: make a key, and show it once."""
    ctx, user = _look(request)
    form, now = request.state.form, ctx.road.now()
    try:
        wanted = _wanted(ctx, form, now)
    except Refused as refused:
        return await _list(request, 400, given=form, error=refused.problem)

    def write(tx: Tx) -> tuple[str, str] | None:
        made = store.add(
            tx, ctx.workspace, wanted.name, now, scopes=wanted.scopes, lines=wanted.lines,
            expires_at=wanted.expires_at, created_by=user.email,
        )  # fmt: skip
        if made is not None:
            data = {"scopes": " ".join(sorted(wanted.scopes)), "lines": " ".join(sorted(wanted.lines))}
            accounts.write_audit(tx, ctx.workspace, user.email, "apikey.add", wanted.name, now, data)
        return made

    made = await ctx.db.write(write)
    if made is None:
        taken = Refused(409, "exists", tell("There is a key of this name already."), "name")
        return await _list(request, 409, given=form, error=taken.problem)
    return await _list(request, secret=made[1], about=wanted.name)


async def _key(request: Request) -> Key:
    ctx, _ = _look(request)
    id_ = clean(request.path_params["id"])[:32]
    key = await ctx.db.read(store.by_id, ctx.workspace, id_, ctx.road.now())
    if key is None:
        raise Denied(404, "There is no such key.")
    return key


async def rotate(request: Request) -> Response:
    """POST /settings/keys/{id}/rotate: a new key in its place, shown once; the one before works for a day."""
    ctx, user = _look(request)
    key, now = await _key(request), ctx.road.now()

    def write(tx: Tx) -> str | None:
        secret = store.rotate(tx, ctx.workspace, key.id, now, now + OVERLAP * HOUR)
        if secret is not None:
            data = {"hours": OVERLAP}
            accounts.write_audit(tx, ctx.workspace, user.email, "apikey.rotate", key.name, now, data)
        return secret

    secret = await ctx.db.write(write)
    if secret is None:
        raise Denied(404, "There is no such key.")
    return await _list(request, secret=secret, about=key.name, rotated=OVERLAP)


async def revoke(request: Request) -> Response:
    """POST /settings/keys/{id}/revoke: end a key."""
    ctx, user = _look(request)
    key, now = await _key(request), ctx.road.now()

    def write(tx: Tx) -> None:
        if store.revoke(tx, ctx.workspace, key.id, now):
            accounts.write_audit(tx, ctx.workspace, user.email, "apikey.revoke", key.name, now)

    await ctx.db.write(write)
    return RedirectResponse(HERE, 303)
