"""Merging two contacts and undoing it, by hand: see docs/how-to/leads.md."""

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.core.words import query_of
from textback.pipeline import stops as carrying
from textback.store import desk_lists, leads, merges, stops
from textback.store.db import Row, Tx
from textback.store.merges import CannotMerge
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.desk import CONTACT, TURN_WAIT
from textback.web.desk_list import asked
from textback.web.finding import LONGEST, MOST_PEOPLE, people_with
from textback.web.leadtable import for_role, spoken
from textback.web.merged import part_of
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import name_of
from textback.web.routing import Route
from textback.web.security import Denied
from textback.web.together import fields_of, known_of, tags_of

GONE = "There is no such contact. It may have been erased."
UNSEEN = "Some of their conversations are not yours to see. Ask somebody who sees them."
HIDDEN = "•••"


def _context(request: Request) -> tuple[WebContext, User, str]:
    contact: str = request.path_params["contact"]
    if not CONTACT.fullmatch(contact):
        raise Denied(404, GONE)
    return request.app.state.ctx, request.state.user, contact


class Side:
    """One of the two: all that are one with it already, the kept one first."""

    def __init__(self, rows: list[Row[Any]], zone: str, now: int) -> None:
        self.id: str = rows[0].contact_id
        self.ids = [row.contact_id for row in rows]
        self.states = [known_of(row) for row in rows]
        self.parts = [part_of(row, state, None, zone, now) for row, state in zip(rows, self.states, strict=True)]
        self.fields, self.tags = fields_of(self.states), tags_of(self.states)
        self.name = str(self.fields.get("name") or "") or name_of("", rows[0].address)


async def _side(request: Request, contact_id: str) -> Side:
    """All that are one with a contact. Raises Denied where this person does not see all of them."""
    ctx, user, _ = _context(request)

    def read(tx: Tx) -> tuple[tuple[str, ...], dict[str, Row[Any]]]:
        whole = merges.whole(tx, ctx.workspace, contact_id)
        return whole, desk_lists.states(tx, ctx.workspace, whole, user.sight)

    whole, rows = await ctx.db.read(read) if CONTACT.fullmatch(contact_id) else ((), {})
    if contact_id not in rows:
        raise Denied(404, GONE)
    if len(rows) < len(whole):
        raise Denied(403, UNSEEN)
    return Side([rows[one] for one in whole], ctx.bot().timezone, ctx.road.now())


async def merge_page(request: Request) -> Response:
    """GET /c/{contact}/merge: look for the other contact (`who`), then both side by side (`with`; `kept` is the one
    that is kept), and what comes of it."""
    return await _page(request)


async def _page(request: Request, error: str = "", status: int = 200) -> Response:
    _, _, contact = _context(request)
    mine = await _side(request, contact)
    given = clean(request.query_params.get("with", ""))[:32]
    wish = asked(request)
    data: dict[str, Any] = {
        "id": contact, "mine": mine, "words": clean(request.query_params.get("who", "")).strip()[:LONGEST], "found": [],
        "other": None, "keep": wish.query(view=wish.view), "error": error,
        "kept_query": [("view", wish.view), *wish.filters.items()],
        "looked": False,
    }  # fmt: skip
    if given and given not in mine.ids:
        theirs = await _side(request, given)
        kept, other = (theirs, mine) if request.query_params.get("kept") == theirs.id else (mine, theirs)
        data |= {"kept": kept, "other": other, "given": theirs.id, **await _preview(request, kept, other)}
    elif given:
        data["error"] = error or tell("These are one contact already.")
    elif data["words"]:
        data |= {"found": await _found(request, mine, data["words"]), "looked": True}
    data["swap"] = f"/c/{contact}/merge?{data['keep']}&with={quote(data.get('given', ''))}"
    return page(request, "merge.html", data, status)


async def _found(request: Request, mine: Side, words: str) -> list[Side]:
    """Contacts with this name or number, each with all that are one with it."""
    ctx, user, _ = _context(request)
    query = query_of(words)
    if not query or (query.number and not user.may("numbers.see")):
        return []

    def read(tx: Tx) -> list[list[Row[Any]]]:
        rows = {row.contact_id: row for row in people_with(tx, ctx.workspace, query, MOST_PEOPLE, user.sight)}
        wholes = {one: merges.whole(tx, ctx.workspace, one) for one in rows}
        heads = dict.fromkeys(wholes[one] for one in rows if one not in mine.ids)
        every = desk_lists.states(tx, ctx.workspace, {one for whole in heads for one in whole}, user.sight)
        return [[every[one] for one in whole] for whole in heads if all(one in every for one in whole)]

    zone, now = ctx.bot().timezone, ctx.road.now()
    return [Side(rows, zone, now) for rows in await ctx.db.read(read)]


async def _preview(request: Request, kept: Side, other: Side) -> dict[str, Any]:
    """What will be shown: fields with the value that stays and the other's, tags, and who will be stopped."""
    ctx, user, _ = _context(request)
    every = await ctx.db.read(leads.fields, ctx.workspace)
    named = {one.name: one for one in every}
    seen = {one.name for one in for_role(every, user.role)}
    lines = []
    for name in dict.fromkeys(["name", *(one.name for one in every), *kept.fields, *other.fields]):
        values = [side.fields.get(name) for side in (kept, other)]
        if (name in named and name not in seen) or all(value in (None, "") for value in values):
            continue
        hidden = name in named and named[name].sensitive
        words = ["" if value in (None, "") else HIDDEN if hidden else spoken(value) for value in values]
        title = named[name].title if name in named else name.replace("_", " ").capitalize()
        lines.append((title, words[0], words[1], bool(words[0] and words[1] and values[0] != values[1])))
    together = (*kept.ids, *other.ids)
    stopped = {one.contact_id for one in await ctx.db.read(stops.would, ctx.workspace, together)}
    return {
        "lines": lines,
        "tags": list(dict.fromkeys([*kept.tags, *other.tags])),
        "stopped": [part for part in (*kept.parts, *other.parts) if part.id in stopped],
    }


async def merge(request: Request) -> Response:
    """POST /c/{contact}/merge: this contact and `with` are one from now on; `kept` is which of the two is kept."""
    ctx, user, contact = _context(request)
    form: dict[str, str] = request.state.form
    with_, kept = form.get("with", "")[:32], form.get("kept", "")[:32]
    mine, theirs = await _side(request, contact), await _side(request, with_)
    first, second = (theirs, mine) if kept and kept in theirs.ids else (mine, theirs)
    try:
        done = await ctx.db.write(merges.merge, ctx.workspace, first.id, second.id, user.email, ctx.road.now())
    except CannotMerge as refused:
        return await _page(request, str(refused), 409)
    ctx.road.hub.publish([*mine.ids, *theirs.ids])
    await carrying.carry(ctx.db, ctx.workspace, ctx.road.post, wait=TURN_WAIT)
    return _back(request, contact, done.id)


async def undo(request: Request) -> Response:
    """POST /c/{contact}/merges/{merge}/undo: they are two contacts again, each with what it had."""
    ctx, user, contact = _context(request)
    id_ = request.path_params["merge"]
    known = await ctx.db.read(merges.one, ctx.workspace, id_)
    whole = await ctx.db.read(merges.whole, ctx.workspace, contact)
    if known is None or not {known.kept, known.other} & set(whole):
        raise Denied(404, "There is no such merge.")
    await ctx.db.write(merges.undo, ctx.workspace, id_, user.email, ctx.road.now())
    ctx.road.hub.publish([*whole])
    return _back(request, contact, id_)


def _back(request: Request, contact: str, merge_id: str) -> Response:
    """The conversation, which says what was done."""
    wish = asked(request)
    return RedirectResponse(f"/c/{contact}?{wish.query(view=wish.view, merged=merge_id)}", 303)


ROUTES = (
    Route("GET", "/c/{contact}/merge", "contacts.merge", merge_page),
    Route("POST", "/c/{contact}/merge", "contacts.merge", merge),
    Route("POST", "/c/{contact}/merges/{merge}/undo", "contacts.merge", undo),
)
