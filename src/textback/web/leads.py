"""The leads table: every contact by what is known of them. Filters stand in the address, so that a view is a link."""

import csv
import io
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from textback.core.ids import bucket_of
from textback.core.phone import normalise
from textback.core.text import clean
from textback.core.when import to_iso
from textback.engine.arrivals import ContactChange
from textback.engine.state import load_state
from textback.store import accounts, inbox
from textback.store import leads as store
from textback.store.agreements import agreements_of
from textback.store.leads import STAGE, Field, Place, Sought
from textback.store.values import BAD_NUMBER, TAG, WORD, Term, folded
from textback.web.api import TURN_WAIT, default_line
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.csvcells import guarded
from textback.web.leadtable import Lead, for_role, lead, spoken
from textback.web.merged import rows_with, shown_together
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.problems import Refused
from textback.web.security import Denied

ROWS = 50
EXPORTED = 500
COLUMNS = 4
"""Fields that are columns; the others are in the peek."""
RESERVED = frozenset({"q", "tag", "owner", "sort", "after", "open", "did", "bad_number"})
"""Parts of the address that no field can be called."""
_CONTACT = re.compile(r"[0-9a-f]{24}")
DID = {"changed": "Saved."}
NO_NUMBER = "That is not a phone number. Write it like 206-555-0123 or +12065550123."


def context(request: Request) -> tuple[WebContext, User]:
    """What every handler needs."""
    return request.app.state.ctx, request.state.user


async def fields_for(request: Request) -> list[Field]:
    """The fields that this person may see."""
    ctx, user = context(request)
    return for_role(await ctx.db.read(store.fields, ctx.workspace), user.role)


class View:
    """What the address asks for: filters by name, the words to look for, the order, and the place."""

    def __init__(self, request: Request, fields: list[Field]) -> None:
        query = request.query_params
        self.q = clean(query.get("q", "")).strip()[:80]
        self.tag = query.get("tag", "").strip().lower()[:40]
        self.owner = query.get("owner", "")[:32]
        self.bad = query.get("bad_number") == "1"
        self.oldest = query.get("sort") == "oldest"
        found = query.get("open", "")
        self.open = found if _CONTACT.fullmatch(found) else ""
        self.given = {
            one.name: value
            for one in fields
            if not one.sensitive and (value := clean(query.get(one.name, "")).strip()[:80])
        }
        at, _, contact = query.get("after", "").partition(".")
        here = at.isascii() and at.isdigit() and len(at) < 16 and _CONTACT.fullmatch(contact)
        self.after: Place | None = (int(at), contact) if here else None

    def address(self, **changes: str) -> str:
        """The address of this view with some parts changed; an empty one goes."""
        parts = {"q": self.q, "tag": self.tag, "owner": self.owner, "sort": "oldest" if self.oldest else ""}
        parts["bad_number"] = "1" if self.bad else ""
        parts |= self.given | changes
        said = urlencode({name: value for name, value in parts.items() if value})
        return f"/leads?{said}" if said else "/leads"

    def filters(self, fields: list[Field]) -> list[tuple[str, str, str]]:
        """The filters as the bar shows them: title, value, and the address without it."""
        titles = {one.name: one.title for one in fields}
        found = [(titles[name], value, self.address(**{name: ""})) for name, value in self.given.items()]
        if self.tag:
            found.append((tell("Tag"), self.tag, self.address(tag="")))
        if self.owner:
            words = tell({"bot": "Bot", "nobody": "Nobody yet", "me": "You"}.get(self.owner, "A colleague"))
            found.append((tell("Owner"), words, self.address(owner="")))
        if self.bad:
            found.append((tell("Number"), tell("gets no texts"), self.address(bad_number="")))
        return found

    async def sought(self, request: Request) -> Sought:
        """What to ask the database for."""
        ctx, user = context(request)
        terms = [Term(name, folded(value)) for name, value in self.given.items() if folded(value)]
        terms += [Term(TAG, self.tag)] if self.tag else []
        terms += [Term(BAD_NUMBER, "", prefix=True)] if self.bad else []
        ids = None
        if self.q and (number := _number(self.q, ctx.bot().country)):
            homes = await ctx.db.read(inbox.find_homes, ctx.workspace, [("phone", number)])
            ids = tuple((home.bucket, home.contact_id) for home in homes.values())
        elif self.q:
            terms += [Term(WORD, word, prefix=True) for word in folded(self.q).split()[:6]]
        owner = user.id if self.owner == "me" else self.owner
        return Sought(tuple(terms), owner, ids, self.oldest, user.sight, whole=True)


def _number(text: str, country: str) -> str:
    if sum(char.isdigit() for char in text) < 7 or any(char.isalpha() for char in text):
        return ""
    try:
        return normalise(text, country)
    except ValueError:
        return ""


async def shown(request: Request, rows: list[Any], columns: list[Field]) -> list[Lead]:
    """These contacts as rows of the table."""
    ctx, user = context(request)
    keys = [(row.bucket, row.contact_id) for row in rows]
    agreed = await ctx.db.read(agreements_of, keys) if keys else {}
    zone, now = ctx.bot().timezone, ctx.road.now()
    merged = await rows_with(ctx, user.sight, [row.contact_id for row in rows])
    found = []
    for row in rows:
        whole = merged.get(row.contact_id, [])
        state = shown_together(load_state(row.state), whole)
        others = [one.address for one in whole if one.contact_id != row.contact_id]
        agreements = agreed.get(row.contact_id, ())
        found.append(lead(row, state, user, columns, agreements, zone, now, others))
    return found


async def leads_page(request: Request) -> Response:
    """GET /leads: contacts by their last text, with filters, and one of them beside the table."""
    return await _page(request)


async def _page(request: Request, error: str = "", status: int = 200) -> Response:
    ctx, user = context(request)
    fields = await fields_for(request)
    columns = [one for one in fields if one.name != STAGE.name]
    view = View(request, fields)
    sought = await view.sought(request)
    rows = await ctx.db.read(store.page, ctx.workspace, sought, ROWS + 1, view.after)
    more = rows[ROWS - 1] if len(rows) > ROWS else None
    table = await shown(request, rows[:ROWS], columns)
    peek = next((one for one in table if one.id == view.open), None)
    if view.open and peek is None:
        one = Sought(ids=((bucket_of(view.open), view.open),), sight=user.sight)
        some = await ctx.db.read(store.page, ctx.workspace, one, 1)
        peek = next(iter(await shown(request, some, columns)), None)
    stage = next((one for one in fields if one.name == STAGE.name), None)
    return page(
        request,
        "leads.html",
        {
            "view": view,
            "filters": view.filters(fields),
            "fields": [one for one in fields if not one.sensitive],
            "columns": columns[:COLUMNS],
            "stage": stage,
            "rows": table,
            "peek": peek,
            "next": view.address(after=f"{more.last_at}.{more.contact_id}") if more else "",
            "colours": await ctx.db.read(store.colours, ctx.workspace),
            "here_now": view.address(open=view.open),
            "said": tell(DID.get(request.query_params.get("did", ""), "")),
            "error": error,
            "untouched": not (view.filters(fields) or view.q or view.after),
            "defined": bool(columns),
        },
        status,
    )


async def add_lead(request: Request) -> Response:
    """POST /leads: make a contact of a number and a name. They get no text by it, and have agreed to nothing."""
    ctx, user = context(request)
    form = request.state.form
    try:
        number = normalise(form.get("number", "")[:64], ctx.bot().country)
    except ValueError:
        return await _page(request, tell(NO_NUMBER), 400)
    name = clean(form.get("name", "")).strip()[:200]
    homes = await ctx.db.read(inbox.find_homes, ctx.workspace, [("phone", number)])
    if homes:
        return RedirectResponse(f"/contacts/{next(iter(homes.values())).contact_id}?did=known", 303)
    arrival = ContactChange(user.name, {"source": "Added by hand"}, name=name or None)
    mine = {line: info for line, info in ctx.lines.items() if user.sight.everything or line in user.sight.lines}
    if not mine:
        return await _page(request, tell("You have no line to text them on. Ask an owner for one."), 409)
    try:
        contact = await ctx.road.send_to(default_line(ctx, mine).name, number, arrival, wait=TURN_WAIT)
    except Refused as refused:
        return await _page(request, str(refused), 409)
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "contact.add", contact, ctx.road.now())
    return RedirectResponse(f"/contacts/{contact}?did=added", 303)


# ---- Export


def _line(row: Any, columns: list[Field], stage: Field | None, whole: Sequence[Any]) -> list[str]:
    state = shown_together(load_state(row.state), whole)
    others = " ".join(one.address for one in whole if one.contact_id != row.contact_id)
    known: Mapping[str, Any] = state.fields
    found = [str(known.get("name") or row.name), row.address, "yes" if row.opted_out else "no", " ".join(state.tags)]
    found += [spoken(known[one.name]) if known.get(one.name) is not None else "" for one in ([stage] if stage else [])]
    found += [spoken(known[one.name]) if known.get(one.name) is not None else "" for one in columns]
    return [guarded(cell) for cell in [*found, row.line, to_iso(row.last_at), to_iso(row.created_at), others]]


async def export(request: Request) -> Response:
    """GET /leads/export: the contacts of a view as CSV, read a page at a time. Sensitive fields are left out."""
    ctx, user = context(request)
    fields = [one for one in await fields_for(request) if not one.sensitive]
    columns = [one for one in fields if one.name != STAGE.name]
    stage = next((one for one in fields if one.name == STAGE.name), None)
    view = View(request, fields)
    sought = await view.sought(request)
    data = {"view": view.address(q="")}  # what was looked for may be somebody's number
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "contacts.export", "", ctx.road.now(), data)

    async def lines() -> AsyncIterator[str]:
        titles = ["name", "number", "opted_out", "tags", *([STAGE.name] if stage else [])]
        yield _csv([[*titles, *(one.name for one in columns), "line", "last_text_at", "created_at", "other_numbers"]])
        after: Place | None = None
        while True:
            rows = await ctx.db.read(store.page, ctx.workspace, sought, EXPORTED, after)
            merged = await rows_with(ctx, user.sight, [row.contact_id for row in rows])
            yield _csv([_line(row, columns, stage, merged.get(row.contact_id, [])) for row in rows])
            if len(rows) < EXPORTED:
                return
            after = (rows[-1].last_at, rows[-1].contact_id)

    headers = {"Content-Disposition": 'attachment; filename="contacts.csv"'}
    return StreamingResponse(lines(), 200, headers, media_type="text/csv; charset=utf-8")


def _csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def contact_in(request: Request) -> str:
    """The contact that an address names. Raises Denied."""
    contact: str = request.path_params["contact"]
    if not _CONTACT.fullmatch(contact):
        raise Denied(404, "There is no such contact.")
    return contact
