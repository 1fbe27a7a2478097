"""The desk's pages of webhooks: where events are sent to, how each does, and what became of every delivery."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.core.when import HOUR
from textback.store import accounts, hook_trouble, hooks
from textback.store.db import Row, Tx
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import moment
from textback.web.problems import Refused
from textback.web.security import Denied
from textback.web.v1.log import begin_log
from textback.web.v1.webhooks import MOST, OVERLAP, checked_events, checked_url, event_log, hook_info, new_secret

HERE = "/settings/webhooks"
LOGGED = 50
"""Deliveries on one page."""
STATES = ("queued", "sending", "behind", "done", "dead", "withdrawn")
_SHORTEST, _LONGEST = 8, 200
"""Characters of a secret."""


def _look(request: Request) -> tuple[WebContext, User]:
    return request.app.state.ctx, request.state.user


def _view(ctx: WebContext, row: Row[Any], trouble: hook_trouble.HookTrouble | None) -> dict[str, Any]:
    """A webhook as pages show it: `pause` says until when its breaker is open, `waiting` what waits for it."""
    zone, now = ctx.bot().timezone, ctx.road.now()
    info = hook_info(row, now)
    open_until = row.open_until if row.enabled and (row.open_until or 0) > now else 0
    return {
        "id": row.id, "url": row.url, "events": info.events, "state": info.state, "enabled": row.enabled,
        "failures": row.failures, "why": row.failed_why if row.failures else "",
        "pause": moment(open_until, zone, now) if open_until else "",
        "succeeded": moment(row.succeeded_at, zone, now) if row.succeeded_at else "",
        "failed": moment(row.failed_at, zone, now) if row.failed_at else "",
        "made": f"{moment(row.created_at, zone, now)} {tell('by {name}', name=row.created_by)}",
        "waiting": trouble.waiting if trouble is not None else 0,
        "since": moment(trouble.since, zone, now) if trouble is not None and trouble.waiting else "",
    }  # fmt: skip


async def _troubles(ctx: WebContext) -> dict[str, hook_trouble.HookTrouble]:
    return {one.id: one for one in await ctx.db.read(hook_trouble.troubles, ctx.workspace, ctx.road.now())}


async def _list(request: Request, status: int = 200, **more: Any) -> Response:
    ctx, _ = _look(request)
    rows = await ctx.db.read(hooks.listed, ctx.workspace)
    troubles = await _troubles(ctx)
    shown = [_view(ctx, row, troubles.get(row.id)) for row in rows]
    data = {"hooks": shown, "logs": ctx.road.hooks is not None, "given": None, "error": None, **more}
    return page(request, "webhooks.html", data, status)


async def _row(request: Request) -> Row[Any]:
    ctx, _ = _look(request)
    row = await ctx.db.read(hooks.find, ctx.workspace, request.path_params["id"])
    if row is None:
        raise Denied(404, "There is no such webhook.")
    return row


async def _one(request: Request, row: Row[Any], status: int = 200, **more: Any) -> Response:
    ctx, _ = _look(request)
    zone, now = ctx.bot().timezone, ctx.road.now()
    before = clean(request.query_params.get("before", ""))[:32]
    state = request.query_params.get("state", "")
    state = state if state in STATES else ""
    rows = await ctx.db.read(lambda tx: hooks.log(tx, row.id, before=before, state=state, most=LOGGED + 1))
    log = [
        {
            "id": one.id, "kind": one.kind, "state": one.state, "attempts": one.attempts, "status": one.status,
            "detail": one.detail, "ms": one.ms, "at": moment(one.at, zone, now), "contact": one.contact_id,
            "over": one.finished_at is not None,
            "next": moment(one.due_at, zone, now) if one.state == "queued" and one.due_at else "",
        }
        for one in rows[:LOGGED]
    ]  # fmt: skip
    data = {
        "hook": _view(ctx, row, (await _troubles(ctx)).get(row.id)), "log": log, "state": state, "states": STATES,
        "older": rows[LOGGED - 1].id if len(rows) > LOGGED else "",
        "said": "", "error": "", "secret": "", "came": None, **more,
    }  # fmt: skip
    return page(request, "webhook.html", data, status)


def _note(tx: Tx, request: Request, action: str, id_: str, data: Mapping[str, Any] | None = None) -> None:
    ctx, user = _look(request)
    accounts.write_audit(tx, ctx.workspace, user.email, action, id_, ctx.road.now(), dict(data or {}))


async def list_page(request: Request) -> Response:
    """GET /settings/webhooks: all of them, how each does, and a form for one more."""
    return await _list(request)


async def add(request: Request) -> Response:
    """POST /settings/webhooks: have events sent to an address from now on; its secret is shown once."""
    ctx, user = _look(request)
    form = request.state.form
    given = {name: form.get(name, "").strip() for name in ("url", "events", "secret")}
    try:
        if not given["url"] or len(given["url"]) > 2000:
            raise Refused(400, "invalid_field", tell("Give the address that events are posted to."), "url")
        if given["secret"] and not _SHORTEST <= len(given["secret"]) <= _LONGEST:
            words = tell("A secret has {n} to {most} characters.", n=_SHORTEST, most=_LONGEST)
            raise Refused(400, "invalid_field", words, "secret")
        patterns = given["events"].replace(",", " ").split()
        if not patterns:
            raise Refused(400, "invalid_field", tell("Say which events it wants, such as message.* or *."), "events")
        url, patterns = checked_url(ctx, given["url"]), checked_events(patterns)
        secret = new_secret(given["secret"] or None)
    except Refused as refused:
        return await _list(request, 400, given=given, error=refused.problem)

    def write(tx: Tx) -> Row[Any] | None:
        if hooks.count(tx, ctx.workspace) >= MOST:
            return None
        id_ = hooks.add(tx, ctx.workspace, url, patterns, secret, user.email, ctx.road.now())
        _note(tx, request, "webhook.add", id_, {"events": " ".join(patterns)})
        return hooks.find(tx, ctx.workspace, id_)

    await begin_log(ctx)
    row = await ctx.db.write(write)
    if row is None:
        raise Denied(409, tell("There are {n} webhooks, and no more go.", n=f"{MOST:,}"))
    return await _one(request, row, secret=secret, said=tell("It is told from now on."))


async def show_page(request: Request) -> Response:
    """GET /settings/webhooks/{id}: one of them, with its log of deliveries."""
    return await _one(request, await _row(request))


async def test(request: Request) -> Response:
    """POST /settings/webhooks/{id}/test: send it a webhook.test, and show what it answers."""
    ctx, _ = _look(request)
    row = await _row(request)
    target = await ctx.db.read(hooks.target, ctx.workspace, row.id, ctx.road.now())
    if target is None:
        raise Denied(404, "There is no such webhook.")
    try:
        came = await event_log(ctx).test(target)
    except Refused as refused:
        return await _one(request, row, 409, error=refused.problem.detail)
    return await _one(request, row, came=came)


async def rotate(request: Request) -> Response:
    """POST /settings/webhooks/{id}/rotate: a new secret, shown once; the old one signs as well for a day."""
    ctx, _ = _look(request)
    row, secret = await _row(request), new_secret(None)

    def write(tx: Tx) -> None:
        now = ctx.road.now()
        if hooks.rotate(tx, ctx.workspace, row.id, secret, now + OVERLAP * HOUR, now):
            _note(tx, request, "webhook.rotate", row.id)

    await ctx.db.write(write)
    return await _one(
        request, row, secret=secret, said=tell("The secret before signs as well for {n} hours.", n=OVERLAP)
    )


async def switch(request: Request) -> Response:
    """POST /settings/webhooks/{id}/enabled: have it told, or not; what waits for one that is not is withdrawn."""
    ctx, _ = _look(request)
    row, on = await _row(request), request.state.form.get("enabled", "") == "1"
    values = {"enabled": on, "why": "", "failures": 0, "open_until": None}

    def write(tx: Tx) -> None:
        if hooks.change(tx, ctx.workspace, row.id, values):
            _note(tx, request, "webhook.change", row.id, {"enabled": on})

    await ctx.db.write(write)
    return RedirectResponse(f"{HERE}/{row.id}", 303)


async def remove(request: Request) -> Response:
    """POST /settings/webhooks/{id}/remove: send nothing there any more, and withdraw what waits."""
    ctx, _ = _look(request)
    row = await _row(request)

    def write(tx: Tx) -> None:
        if hooks.remove(tx, ctx.workspace, row.id):
            _note(tx, request, "webhook.remove", row.id)

    await ctx.db.write(write)
    return RedirectResponse(HERE, 303)


async def redeliver(request: Request) -> Response:
    """POST /settings/webhooks/{id}/redeliver: send one delivery once more, under the id of its event."""
    ctx, _ = _look(request)
    row = await _row(request)
    wanted = clean(request.state.form.get("delivery", ""))[:32]
    if not row.enabled:
        return await _one(request, row, 409, error=tell("It is not enabled: enable it first."))

    def write(tx: Tx) -> int:
        one = hooks.delivery(tx, row.id, wanted)
        if one is None or one.finished_at is None:
            return 0
        hooks.again(tx, one, ctx.road.now())
        _note(tx, request, "webhook.redeliver", one.id)
        return 1

    if not await ctx.db.write(write):
        return await _one(request, row, 409, error=tell("That delivery is still on its way, or is not there any more."))
    event_log(ctx).wake([row.id])
    return await _one(request, row, said=tell("It is on its way again, under the same id."))
