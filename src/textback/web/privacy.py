"""Erasing a contact from the desk, by an owner who confirms it (rule P1)."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.ids import bucket_of
from textback.pipeline import erase as erasing
from textback.store import desk as desk_store
from textback.store import erase as store
from textback.store.erase import Person
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.present import name_of
from textback.web.reading import CONTACT
from textback.web.security import Denied

WHAT = (
    ("messages", "texts, which keep only when they went and what became of them"),
    ("turns", "records of what the bot did"),
    ("outbox", "texts that wait to be sent"),
    ("timers", "reminders"),
    ("dead_letters", "dead letters"),
    ("rejected_webhooks", "rejected webhooks"),
)
"""What the page counts, in the order in which it does."""


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
    others = (await ctx.db.read(store.whole, ctx.workspace, who))[1:]
    data = {
        "id": who.contact_id, "name": name, "what": what, "view": _view(request), "opted_out": opted_out,
        "others": [(one.contact_id, one.address) for one in others],
    }  # fmt: skip
    return page(request, "erase.html", data)


async def erase(request: Request) -> Response:
    """POST /c/{contact}/erase: erase the contact, once it is confirmed, and of those that are merged with it the ones
    that are ticked (`also.ID`)."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    who = await _person(request)
    if request.state.form.get("sure") != "1":
        return RedirectResponse(f"/c/{who.contact_id}/erase?view={_view(request)}", 303)
    form: dict[str, str] = request.state.form
    for one in await ctx.db.read(store.whole, ctx.workspace, who):
        if one == who or form.get(f"also.{one.contact_id}") == "1":
            await erasing.erase_now(ctx.db, ctx.workspace, one, user.email, ctx.road.now)
            ctx.road.forget(one.contact_id)
    return RedirectResponse("/desk/all", 303)
