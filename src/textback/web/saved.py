"""Saved replies: choosing one in the composer, and the page on which they are kept."""

import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean, segments
from textback.engine.state import load_state
from textback.store import accounts
from textback.store import saved as store
from textback.store.db import Row
from textback.web import desk
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.filling import NAMES, fill_in, read_text, values_of
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import name_of, short_time
from textback.web.routing import Route
from textback.web.security import Denied
from textback.web.templated import usable

SHORTCUT = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
MOST_TEXT = 1600
DID = {"saved": "It is saved.", "removed": "It is deleted."}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to put into the composer: a saved reply, filled in."""

    id: str
    shortcut: str
    text: str
    own: bool


def _context(request: Request) -> tuple[WebContext, User]:
    return request.app.state.ctx, request.state.user


def _filled(ctx: WebContext, user: User, row: Row[Any], text: str) -> str:
    fields = load_state(row.state).fields
    return fill_in(text, values_of(row.name, ctx.bot().name, user.name, fields))


async def choose_page(request: Request) -> Response:
    """GET /c/{contact}/saved: the saved replies as they would read here, and the templates."""
    ctx, user = _context(request)
    row = await desk.conversation_of(request)
    rows = await ctx.db.read(store.all_of, ctx.workspace, user.id)
    choices = [Choice(one.id, one.shortcut, _filled(ctx, user, row, one.text), bool(one.user_id)) for one in rows]
    templates = sorted((await usable(ctx)).values(), key=lambda one: one.name)
    view = request.query_params.get("view", "needs-you")[:20]
    shown = {
        "contact": row.contact_id, "name": name_of(row.name, row.address), "choices": choices,
        "templates": templates, "view": view,
    }  # fmt: skip
    return page(request, "saved_choose.html", shown)


async def use(request: Request) -> Response:
    """GET /c/{contact}/saved/{reply}: the conversation with this reply in the composer."""
    ctx, user = _context(request)
    row = await desk.conversation_of(request)
    found = await ctx.db.read(store.find, ctx.workspace, user.id, request.path_params["reply"])
    if found is None:
        raise Denied(404, "There is no such saved reply.")
    return await desk.shown(request, row, draft=_filled(ctx, user, row, found.text))


async def replies_page(request: Request) -> Response:
    """GET /settings/replies: everybody's saved replies and this person's own, to change, add and delete."""
    return await _page(request)


async def _page(request: Request, error: str = "", typed: dict[str, str] | None = None, status: int = 200) -> Response:
    ctx, user = _context(request)
    zone, now = ctx.bot().timezone, ctx.road.now()
    rows = await ctx.db.read(store.all_of, ctx.workspace, user.id)
    filled = typed or {"id": "", "shortcut": "", "text": ""}
    shown = {
        "replies": [(one, segments(one.text).count, short_time(one.updated_at, zone, now)) for one in rows],
        "names": NAMES, "error": error, "typed": filled, "may_share": user.may("replies.edit"),
        "did": DID.get(request.query_params.get("did", ""), ""), "edit": filled["id"],
    }  # fmt: skip
    return page(request, "saved_replies.html", shown, status)


async def _mine(request: Request, id_: str) -> Row[Any]:
    """The saved reply, where this person may change it. Raises Denied."""
    ctx, user = _context(request)
    found = await ctx.db.read(store.find, ctx.workspace, user.id, id_)
    if found is None:
        raise Denied(404, "There is no such saved reply.")
    if not found.user_id and not user.may("replies.edit"):
        raise Denied(403, "Everybody uses this reply. An owner or supervisor may change it.")
    return found


async def save(request: Request) -> Response:
    """POST /settings/replies: keep a reply, for everybody (`shared` is 1) or for oneself; under its `id`, or as a new
    one."""
    ctx, user = _context(request)
    form = request.state.form
    id_, text = form.get("id", "")[:32], read_text(form)
    shortcut = clean(form.get("shortcut", "")).strip().lstrip("/").lower()
    shared = form.get("shared") == "1"
    if id_:
        await _mine(request, id_)
    if shared and not user.may("replies.edit"):
        raise Denied(403, "Only an owner or supervisor may save replies for everybody. Save it for yourself.")
    typed = {"id": id_, "shortcut": shortcut, "text": text, "shared": "1" if shared else ""}
    error = ""
    if not SHORTCUT.fullmatch(shortcut):
        error = tell("A shortcut has letters, digits, - and _, up to 32, such as hours.")
    elif not text:
        error = tell("The reply has no words.")
    elif len(text) > MOST_TEXT:
        error = tell("That is {n} characters; at most {most} go in one text.", n=len(text), most=MOST_TEXT)
    if error:
        return await _page(request, error, typed, 409)
    now = ctx.road.now()
    values = {
        "user_id": "" if shared else user.id, "shortcut": shortcut, "text": text, "updated_by": user.email,
        "updated_at": now,
    }  # fmt: skip
    made = await ctx.db.write(store.save, ctx.workspace, values, id_)
    if not made:
        return await _page(request, tell("/{name} is taken. Choose another shortcut.", name=shortcut), typed, 409)
    data = {"shortcut": shortcut, "shared": str(shared)}
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "reply.save", made, now, data)
    return RedirectResponse("/settings/replies?did=saved", 303)


async def remove(request: Request) -> Response:
    """POST /settings/replies/remove: delete a saved reply."""
    ctx, user = _context(request)
    id_ = request.state.form.get("id", "")[:32]
    found = await _mine(request, id_)
    await ctx.db.write(store.remove, ctx.workspace, id_)
    now, data = ctx.road.now(), {"shortcut": found.shortcut}
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "reply.remove", id_, now, data)
    return RedirectResponse("/settings/replies?did=removed", 303)


ROUTES = (
    Route("GET", "/c/{contact}/saved", "conversations.answer", choose_page),
    Route("GET", "/c/{contact}/saved/{reply}", "conversations.answer", use),
    Route("GET", "/settings/replies", "conversations.answer", replies_page),
    Route("POST", "/settings/replies", "conversations.answer", save),
    Route("POST", "/settings/replies/remove", "conversations.answer", remove),
)
