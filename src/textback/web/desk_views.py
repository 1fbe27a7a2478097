"""Saved views: a list with its filters, under a name, for one person or for everybody."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.store import accounts, desk_people
from textback.store.db import Tx
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.desk_list import asked
from textback.web.security import Denied

LONGEST = 40


def _save(tx: Tx, workspace: str, user: User, name: str, query: str, now: int, shared: bool) -> bool:
    saved = desk_people.save_view(tx, workspace, user.id, name, query, now, shared=shared)
    if saved is not None:
        data = {"query": query, "shared": str(shared)}
        accounts.write_audit(tx, workspace, user.email, "view.save", name, now, data)
    return saved is not None


async def save(request: Request) -> Response:
    """POST /desk/views: keep the list that is open, with its filters, under `name`; `shared` is for everybody."""
    ctx: WebContext = request.app.state.ctx
    form = request.state.form
    wish = asked(request)
    name = clean(form.get("name", "")).strip()[:LONGEST]
    if not name:
        raise Denied(400, "Give the view a name.")
    query = wish.path().removeprefix("/desk/")
    user, now = request.state.user, ctx.road.now()
    shared = form.get("shared") == "1" and user.may("conversations.answer")
    if not await ctx.db.write(_save, ctx.workspace, user, name, query, now, shared):
        raise Denied(409, "You have saved too many views. Remove one first.")
    return RedirectResponse(wish.path(), 303)


def _remove(tx: Tx, workspace: str, user: User, id_: str, now: int) -> None:
    name = desk_people.remove_view(tx, workspace, user.id, id_, any_=user.may("conversations.manage"))
    if name is not None:
        accounts.write_audit(tx, workspace, user.email, "view.remove", name, now)


async def remove(request: Request) -> Response:
    """POST /desk/views/remove: forget a saved view; others' only who manages conversations may."""
    ctx: WebContext = request.app.state.ctx
    id_ = clean(request.state.form.get("id", ""))[:32]
    await ctx.db.write(_remove, ctx.workspace, request.state.user, id_, ctx.road.now())
    return RedirectResponse(asked(request).path(), 303)
