"""Templates in the composer: choosing one that is approved, filling in its variables, and seeing it before it goes."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import new_id
from textback.core.text import clean, segments
from textback.engine.bot import Approved
from textback.engine.named import SAID, TYPES, BadValue, write_out
from textback.engine.named_files import definitions
from textback.engine.state import load_state
from textback.pipeline import approvals
from textback.store import bots
from textback.store.db import Tx
from textback.web import desk
from textback.web.composer import next_morning, place_of
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import name_of
from textback.web.routing import Route
from textback.web.security import Denied

VALUE = "var."
"""How the fields of a template's variables begin."""


class Unwritten(Exception):
    """A template that can't be sent: the message says why."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A variable of a template in its form."""

    name: str
    value: str
    help: str
    sample: str


def _unapproved(tx: Tx, workspace: str, version: int) -> set[str]:
    files = bots.load_files(tx, workspace, version)
    waiting = {one.name for one in approvals.unapproved(tx, workspace, files)}
    return waiting | (set() if files else {*definitions(files)})


async def usable(ctx: WebContext) -> dict[str, Approved]:
    """The templates of the live version that may be sent."""
    bot = ctx.bot()
    if not ctx.wording.approval:
        return dict(bot.templates)
    held = await ctx.db.read(_unapproved, ctx.workspace, bot.version)
    return {name: one for name, one in bot.templates.items() if name not in held}


async def template_of(ctx: WebContext, form: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The template that a form names, and its values; "" where it names none. Raises Unwritten."""
    name = form.get("template", "")
    if not name:
        return "", {}
    found = (await usable(ctx)).get(name)
    if found is None:
        raise Unwritten(tell("There is no approved template {name}. Choose another.", name=name[:64]))
    values = {one: clean(form.get(VALUE + one, "")).strip() for one in found.variables if form.get(VALUE + one)}
    try:
        written = write_out(ctx.bot(), found, values, ctx.bot().locale)
    except BadValue as error:
        raise Unwritten(str(error)) from None
    parts = segments(written.text).count
    if parts > ctx.wording.most_parts and not written.links:
        words = tell("It would take {n} segments; a text may have {most}.", n=parts, most=ctx.wording.most_parts)
        raise Unwritten(words)
    return name, values


async def template_page(request: Request) -> Response:
    """GET /c/{contact}/template/{name}: a form for its variables, and how it reads with them."""
    ctx: WebContext = request.app.state.ctx
    row = await desk.conversation_of(request)
    found = (await usable(ctx)).get(request.path_params["name"])
    if found is None:
        raise Denied(404, "There is no such template, or it is not approved.")
    state = load_state(row.state)
    asked = request.query_params
    given = {one: clean(asked.get(VALUE + one, "")).strip() for one in found.variables}
    locale = str(state.fields.get("locale") or ctx.bot().locale)
    error, text = "", ""
    try:
        fields = {**state.fields, "tags": state.tags}
        text = write_out(ctx.bot(), found, {k: v for k, v in given.items() if v}, locale, fields).text
    except BadValue as wrong:
        error = str(wrong)
    now = ctx.road.now()
    place = place_of(row.address, "", ctx.bot().timezone)
    blanks = [
        Blank(one, given[one], tell(SAID.get(about.type, "")), about.sample or TYPES.get(about.type, ""))
        for one, about in found.variables.items()
    ]
    shown = {
        "contact": row.contact_id, "name": name_of(row.name, row.address), "template": found, "blanks": blanks,
        "error": error if any(given.values()) or not found.variables else "", "text": text, "size": segments(text),
        "view": request.query_params.get("view", "needs-you")[:20], "once": new_id(),
        "morning": next_morning(now, place.zone), "place": place,
    }  # fmt: skip
    return page(request, "template_fill.html", shown)


ROUTES = (Route("GET", "/c/{contact}/template/{name}", "conversations.answer", template_page),)
