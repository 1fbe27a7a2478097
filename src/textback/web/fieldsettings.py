"""Settings of the data: which fields contacts have, and the tags that they share."""

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.engine.arrivals import ContactChange
from textback.engine.nodes.tag import TAG as TAG_NAME
from textback.engine.reading import NAME as FIELD
from textback.pipeline.contactrows import OWN
from textback.store import accounts, values
from textback.store import leads as store
from textback.store.leads import STAGE, Field
from textback.store.values import TAG, Term
from textback.web.api import TURN_WAIT
from textback.web.leads import RESERVED, context
from textback.web.leadtable import SEEN_BY
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.security import Denied

KINDS = {"text": "Text", "number": "Number", "date": "Date", "yes_no": "Yes or no", "choice": "One of several"}
SEEN = {
    "all": "Everybody",
    "team": "Owners, supervisors and agents",
    "lead": "Owners and supervisors",
    "owner": "Owners",
}
COLOURS = {"": "None", "green": "Green", "blue": "Blue", "amber": "Amber", "red": "Red"}
MOST_FIELDS = 60
MOST_CHOICES = 50
MOST_TAGS = 1_000
AT_ONCE = 500
"""Contacts whose tag is changed in one request; the page says when there are more."""


async def fields_page(request: Request) -> Response:
    """GET /settings/fields: the fields that are defined, and those that flows keep without a definition."""
    return await _fields(request)


async def _fields(request: Request, error: str = "", status: int = 200) -> Response:
    ctx, _ = context(request)
    fields = await ctx.db.read(store.fields, ctx.workspace)
    known = {one.name for one in fields} | OWN
    loose = [name for name in await ctx.db.read(store.names_in_use, ctx.workspace) if name not in known]
    shown = {"fields": fields, "loose": loose, "kinds": KINDS, "seen": SEEN, "error": error, "fixed": STAGE.name}
    return page(request, "settings_fields.html", shown, status)


async def save_field(request: Request) -> Response:
    """POST /settings/fields: define a field, change it, or forget it (`do` is delete)."""
    ctx, _ = context(request)
    form: dict[str, str] = request.state.form
    name = form.get("name", "").strip()
    if form.get("do") == "delete":
        await ctx.db.write(store.undefine, ctx.workspace, name)
        await _audit(request, "field.delete", name)
        return RedirectResponse("/settings/fields", 303)
    fields = await ctx.db.read(store.fields, ctx.workspace)
    try:
        one = _field(form, name, fields)
    except ValueError as wrong:
        return await _fields(request, str(wrong), 400)
    await ctx.db.write(store.define, ctx.workspace, one)
    await _audit(request, "field.define", name)
    return RedirectResponse("/settings/fields", 303)


def _field(form: dict[str, str], name: str, fields: list[Field]) -> Field:
    """The field that a form describes. Raises ValueError, in a sentence."""
    if not FIELD.fullmatch(name) or name in OWN or name in RESERVED:
        raise ValueError(tell("A field is called by small letters, digits and _, and not by a word that pages use."))
    title = clean(form.get("title", "")).strip()[:60] or name.replace("_", " ").capitalize()
    kind, seen_by = form.get("kind", "text"), form.get("seen_by", "all")
    if kind not in KINDS or seen_by not in SEEN_BY:
        raise ValueError(tell("Choose a type and who may see it."))
    choices = [line.strip()[:60] for line in clean(form.get("choices", "")).replace(",", "\n").split("\n")]
    choices = list(dict.fromkeys(one for one in choices if one))
    if kind == "choice" and not 1 <= len(choices) <= MOST_CHOICES:
        raise ValueError(tell("Write 1 to {most} choices, one a line.", most=MOST_CHOICES))
    if name == STAGE.name and kind != "choice":
        raise ValueError(tell("The stage is one of several."))
    before = {one.name: one for one in fields}
    if name not in before and len(fields) >= MOST_FIELDS:
        raise ValueError(tell("There are {n} fields, which is all there can be.", n=MOST_FIELDS))
    last = max((one.position for one in fields), default=0)
    position = before[name].position if name in before else last + 1
    own = tuple(choices) if kind == "choice" else ()
    return Field(name, title, kind, own, form.get("sensitive") == "1", seen_by, position)


async def _audit(request: Request, action: str, subject: str, **data: str) -> None:
    ctx, user = context(request)
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, action, subject, ctx.road.now(), data)


async def tags_page(request: Request) -> Response:
    """GET /settings/tags: the tags in use, with how many contacts have each."""
    return await _tags(request)


async def _tags(request: Request, error: str = "", status: int = 200) -> Response:
    ctx, _ = context(request)
    used = await ctx.db.read(values.used, ctx.workspace, TAG, MOST_TAGS)
    done, left = request.query_params.get("done", ""), request.query_params.get("left", "")
    data = {
        "tags": used,
        "colours": await ctx.db.read(store.colours, ctx.workspace),
        "known": COLOURS,
        "done": done if done.isdecimal() else "",
        "left": left == "1",
        "error": error,
    }
    return page(request, "settings_tags.html", data, status)


async def change_tag(request: Request) -> Response:
    """POST /settings/tags: rename a tag (`to`; one that is there already takes it in), delete it, or colour it."""
    ctx, _ = context(request)
    form: dict[str, str] = request.state.form
    tag, do = form.get("tag", "").strip(), form.get("do", "")
    if not TAG_NAME.fullmatch(tag):
        raise Denied(400, "There is no such tag.")
    if do == "colour":
        colour = form.get("colour", "")
        if colour not in COLOURS:
            raise Denied(400, "There is no such colour.")
        await ctx.db.write(store.set_colour, ctx.workspace, tag, colour)
        await _audit(request, "tag.colour", tag, colour=colour)
        return RedirectResponse("/settings/tags", 303)
    to = form.get("to", "").strip().lower() if do == "rename" else ""
    if do not in ("rename", "delete") or (do == "rename" and (not TAG_NAME.fullmatch(to) or to == tag)):
        return await _tags(request, tell("A tag is small letters, digits, - and _, up to 40 of them."), 400)
    done, left = await _retag(request, tag, to)
    await _audit(request, f"tag.{do}", tag, to=to, contacts=str(done))
    return RedirectResponse(f"/settings/tags?done={done}{'&left=1' if left else ''}", 303)


async def _retag(request: Request, tag: str, to: str) -> tuple[int, bool]:
    """Change the tag of contacts, each by an arrival of its own; says how many, and whether some are left."""
    ctx, user = context(request)
    if not user.sight.everything:
        raise Denied(403, "You see some of the conversations only. Ask somebody who sees all of them.")
    found = await ctx.db.read(values.having, ctx.workspace, [Term(TAG, tag)], AT_ONCE + 1)
    arrival = ContactChange(user.name, tag=(to,) if to else (), untag=(tag,))
    some = found[:AT_ONCE]
    await asyncio.gather(*(ctx.road.post(contact, arrival, wait=TURN_WAIT) for _, contact in some))
    return len(some), len(found) > AT_ONCE
