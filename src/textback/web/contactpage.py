"""One contact: what is known of them, how that came about, and changing it. Each change is an arrival."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.ids import bucket_of
from textback.core.text import clean
from textback.engine.arrivals import ContactChange, HandBack, Takeover
from textback.engine.nodes.tag import TAG
from textback.engine.reading import NAME as FIELD
from textback.engine.state import load_state
from textback.pipeline.contactrows import OWN, value_in
from textback.store import accounts, desk
from textback.store import contacts as cards
from textback.store import leads as store
from textback.store.leads import STAGE, Sought
from textback.web.api import TURN_WAIT
from textback.web.desk import conversation_of, shown_with
from textback.web.leads import contact_in, context, fields_for, shown
from textback.web.leadtable import SEEN_BY, spoken
from textback.web.merged import aside, rows_with, whole_of
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import day
from textback.web.security import Denied
from textback.web.standing import stands
from textback.web.together import changes, known_of, together

_BACK = re.compile(r"/(leads|contacts|c)(/|\?|$)")
DID = {
    "changed": "Saved.",
    "known": "They were a contact already.",
    "added": "Added. They have agreed to nothing yet.",
}
REFUSED = ("contact_refused", "takeover_refused", "hand_back_refused")


async def contact_page(request: Request) -> Response:
    """GET /contacts/{contact}: their consent with its wording, fields, tags, addresses and episodes."""
    return await _page(request, contact_in(request))


async def _page(request: Request, contact: str, error: str = "", status: int = 200, revealed: str = "") -> Response:
    ctx, user = context(request)
    bucket = bucket_of(contact)
    rows = await ctx.db.read(store.page, ctx.workspace, Sought(ids=((bucket, contact),), sight=user.sight), 1)
    if not rows:
        raise Denied(404, "There is no such contact.")
    row, fields = rows[0], await fields_for(request)
    whole = await whole_of(ctx, user, contact)
    state = load_state(row.state)
    known = together(state, whole.states).fields
    every = await ctx.db.read(store.fields, ctx.workspace)
    named = {one.name for one in every} | OWN
    columns = [one for one in fields if one.name != STAGE.name]
    (lead,) = await shown(request, rows, columns)
    zone, now = ctx.bot().timezone, ctx.road.now()
    families = await ctx.db.read(cards.families_of, ctx.workspace, contact, row.address)
    data = {
        "lead": lead,
        "stage": next((one for one in fields if one.name == STAGE.name), None),
        "others": [(name, spoken(value)) for name, value in sorted(known.items()) if name not in named],
        "families": families or ["phone"],
        "whole": whole,
        "aside": aside(whole, {one.name: one.title for one in fields if not one.sensitive}),
        "revealed": revealed,
        "revealed_value": spoken(known.get(revealed)) if revealed else "",
        "raw": {
            one.name: spoken(known[one.name]) for one in fields if not one.sensitive and known.get(one.name) is not None
        },
        "line": row.line,
        "first": day(row.created_at, zone, now),
        "episodes": state.episode.number,
        "consent": await ctx.db.read(stands, contact),
        "past": [
            (day(one.started_at, zone, now), one.flow, one.outcome.replace("_", " ") or "running")
            for one in await ctx.db.read(desk.past_sessions, contact, bucket, 10)
        ],
        "colours": await ctx.db.read(store.colours, ctx.workspace),
        "zone": zone,
        "now": now,
        "error": error,
        "said": tell(DID.get(request.query_params.get("did", ""), "")),
    }
    return page(request, "contact.html", data, status)


async def reveal(request: Request) -> Response:
    """POST /contacts/{contact}/reveal: show a sensitive value once, and note who saw it."""
    ctx, user = context(request)
    contact, name = contact_in(request), request.state.form.get("name", "")[:40]
    if not any(one.name == name and one.sensitive for one in await fields_for(request)):
        raise Denied(404, "There is no such field.")
    await ctx.db.write(
        accounts.write_audit, ctx.workspace, user.email, "contact.reveal", contact, ctx.road.now(), {"field": name}
    )
    return await _page(request, contact, revealed=name)


async def change(request: Request) -> Response:
    """POST /contacts/{contact}/change: fields (`field.NAME`), a `tag` to give and one to `untag`; `back` is the page
    to go to."""
    ctx, _ = context(request)
    contact = contact_in(request)
    form: dict[str, str] = request.state.form
    if await ctx.db.read(cards.card, ctx.workspace, contact) is None:
        raise Denied(404, "There is no such contact.")
    try:
        arrival = await _change(request, form)
    except ValueError as error:
        return await _wrong(request, contact, str(error), 400)
    refused = False
    for one, part in await _parts(request, contact, arrival):
        refused = await _do(request, one, part, "contact.change") or refused
    if refused:
        return await _wrong(request, contact, "A contact can have at most 100 fields and 50 tags.", 409)
    return _back(form, contact)


async def _parts(request: Request, contact: str, arrival: ContactChange) -> list[tuple[str, ContactChange]]:
    """What a change of what is shown becomes, of each contact that is one with this one."""
    ctx, user = context(request)
    rows = (await rows_with(ctx, user.sight, [contact])).get(contact, [])
    if len(rows) < 2:
        return [(contact, arrival)]
    return list(changes(arrival, {row.contact_id: known_of(row) for row in rows}).items())


async def _wrong(request: Request, contact: str, error: str, status: int) -> Response:
    """What was wrong, on the page that they come from."""
    if request.state.form.get("back", "").startswith("/c/"):
        return await shown_with(request, await conversation_of(request), error)
    return await _page(request, contact, error, status)


async def _change(request: Request, form: dict[str, str]) -> ContactChange:
    ctx, user = context(request)
    defined = {one.name: one for one in await ctx.db.read(store.fields, ctx.workspace)}
    fields: dict[str, Any] = {}
    name: str | None = None
    for key, text in form.items():
        if not key.startswith("field."):
            continue
        called, value = key.removeprefix("field."), clean(text).strip()
        if called == "name":
            name = value[:200]
            continue
        one = defined.get(called)
        if not FIELD.fullmatch(called) or called in OWN:
            raise ValueError("A field is called by small letters, digits and _, up to 40.")
        if one is not None and user.role not in SEEN_BY.get(one.seen_by, ()):
            raise Denied(403, "This field is not for your role.")
        fields[called] = value_in(one, value)
    tag, untag = (form.get(which, "").strip().lower() for which in ("tag", "untag"))
    if any(word and not TAG.fullmatch(word) for word in (tag, untag)):
        raise ValueError("A tag is small letters, digits, - and _, up to 40 of them.")
    return ContactChange(user.name, fields, tag=(tag,) if tag else (), untag=(untag,) if untag else (), name=name)


async def owner(request: Request) -> Response:
    """POST /contacts/{contact}/owner: `to` is me, to answer from now on, or bot, to let the bot."""
    ctx, user = context(request)
    contact = contact_in(request)
    form: dict[str, str] = request.state.form
    to = form.get("to", "")
    if to not in ("me", "bot") or await ctx.db.read(cards.card, ctx.workspace, contact) is None:
        raise Denied(400, "Give it to yourself or to the bot.")
    arrival = Takeover(user.id, user.name) if to == "me" else HandBack(user.id, user.name, "wait")
    if await _do(request, contact, arrival, "take" if to == "me" else "return"):
        return await _page(request, contact, tell("Somebody else has this conversation. Take it there."), 409)
    return _back(form, contact)


async def _do(request: Request, contact: str, arrival: Any, action: str) -> bool:
    """Put it on the road and note it. Says whether the turn refused it."""
    ctx, user = context(request)
    id_ = await ctx.road.post(contact, arrival, wait=TURN_WAIT)
    events = await ctx.db.read(desk.happenings, contact, bucket_of(contact), id_, REFUSED)
    refused = any(event.arrival_id == id_ for event in events)
    done = f"{action}.refused" if refused else action
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, done, contact, ctx.road.now())
    return refused


def _back(form: dict[str, str], contact: str) -> Response:
    back = form.get("back", "")
    known = _BACK.match(back) is not None and "\\" not in back and "//" not in back
    return RedirectResponse(back if known else f"/contacts/{contact}?did=changed", 303)
