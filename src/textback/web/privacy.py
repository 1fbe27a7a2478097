"""Erasing a contact: from the desk, by an owner who confirms it, and by a program (rule P1)."""

import re
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.ids import bucket_of
from textback.core.phone import normalise
from textback.pipeline import erase as erasing
from textback.store import desk as desk_store
from textback.store import erase as store
from textback.store.erase import Person
from textback.web.api import answer, refuse
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.present import name_of
from textback.web.security import Denied

CONTACT = re.compile(r"[0-9a-f]{24}")
WHAT = (
    ("messages", "texts, which keep only when they went and what became of them"),
    ("turns", "records of what the bot did"),
    ("outbox", "texts that wait to be sent"),
    ("timers", "reminders"),
    ("dead_letters", "dead letters"),
    ("rejected_webhooks", "rejected webhooks"),
)
"""What the page counts, in the order in which it does."""


class ErasedContact(msgspec.Struct):
    """What an erasure took away: the request's id in the log, the rows of each table, and whether they opted out."""

    request: str
    erased: dict[str, int]
    opted_out: bool


async def _person(request: Request) -> Person:
    ctx: WebContext = request.app.state.ctx
    contact_id = request.path_params["contact"]
    who = None
    if CONTACT.fullmatch(contact_id):
        who = await ctx.db.read(lambda tx: store.person(tx, ctx.workspace, contact_id=contact_id))
    if who is None:
        raise Denied(404, "There is no such contact.")
    return who


def _view(request: Request) -> str:
    return quote(request.query_params.get("view", "all")[:16])


async def confirm_page(request: Request) -> Response:
    """GET /c/{contact}/erase: what that would take away."""
    ctx: WebContext = request.app.state.ctx
    who = await _person(request)
    counts = await ctx.db.read(store.counts, ctx.workspace, who)
    row = await ctx.db.read(desk_store.conversation, ctx.workspace, who.contact_id, bucket_of(who.contact_id))
    what = [(counts[name], words) for name, words in WHAT if counts.get(name)]
    name = name_of(row.name if row else "", who.address)
    opted_out = bool(row and row.opted_out)
    data = {"id": who.contact_id, "name": name, "what": what, "view": _view(request), "opted_out": opted_out}
    return page(request, "erase.html", data)


async def erase(request: Request) -> Response:
    """POST /c/{contact}/erase: erase the contact, once it is confirmed."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    who = await _person(request)
    if request.state.form.get("sure") != "1":
        return RedirectResponse(f"/c/{who.contact_id}/erase?view={_view(request)}", 303)
    await erasing.erase_now(ctx.db, ctx.workspace, who, user.email, ctx.road.now)
    ctx.road.forget(who.contact_id)
    return RedirectResponse("/desk/all", 303)


async def erase_contact(request: Request) -> Response:
    """DELETE /v1/contacts/{contact}: erase a contact by their id or number. 404 where nothing is kept of them."""
    ctx: WebContext = request.app.state.ctx
    given = request.path_params["contact"]
    contact_id, number = (given, "") if CONTACT.fullmatch(given) else ("", given)
    if number:
        try:
            number = normalise(number)
        except ValueError:
            return refuse(400, "That is neither a contact's id nor a phone number.", field="contact")
    actor = f"api key {request.state.key_name}"
    who = await ctx.db.read(lambda tx: store.person(tx, ctx.workspace, number=number, contact_id=contact_id))
    done = None
    if who is not None:
        done = await erasing.erase_now(ctx.db, ctx.workspace, who, actor, ctx.road.now)
        ctx.road.forget(who.contact_id)
    if done is None:
        await ctx.db.write(erasing.nobody, ctx.workspace, number, actor, ctx.road.now())
        return refuse(404, "Nothing is kept of them.")
    return answer(200, ErasedContact(done.request, done.rows, done.opted_out))
