"""A person writes to a contact: now, later, in their own words or by a template; and takes it back while it waits."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import bucket_of, new_id
from textback.core.text import clean, segments
from textback.engine.arrivals import AgentReply, Complete, Media, Takeover
from textback.engine.state import load_state
from textback.pipeline.wording import remarks
from textback.store import accounts, models, pictures, scheduled
from textback.store import gate as gate_store
from textback.store.db import Row
from textback.web import desk
from textback.web.auth import User
from textback.web.composer import place_of, read_local
from textback.web.context import WebContext
from textback.web.filling import left_open, read_text
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.pictures import url_of
from textback.web.routing import Route
from textback.web.security import Denied
from textback.web.templated import Unwritten, template_of

MOST_TEXT = 1600
MOST_WHY = 500
NOT_YOURS = "Somebody else has this conversation now. Nothing was sent."
TWICE = "You have answered from another page since. Nothing was sent; press Send again if this should go too."
#: What the person reads when the turn did not send it.
WHY = {
    "send_refused": "They opted out. Nothing was sent.",
    "reply_overtaken": "They have texted since you began. Read it, then send yours anyway or change it.",
}
GONE = "It has gone already, or is going at this moment. It can’t be taken back."


def _context(request: Request) -> tuple[WebContext, User]:
    return request.app.state.ctx, request.state.user


async def zone_for(ctx: WebContext, row: Row[Any]) -> str:
    """The zone in which times of this conversation are written."""
    known = await ctx.db.read(gate_store.zone_of, row.contact_id)
    return place_of(row.address, known, ctx.bot().timezone).zone


def words_error(ctx: WebContext, text: str, *, alone: bool = True) -> str:
    """What is wrong with the words of a text, in a sentence; "" for nothing. `alone`: no picture goes with it."""
    if not text and alone:
        return tell("There is nothing to send.")
    if len(text) > MOST_TEXT:
        return tell("That is {n} characters; at most {most} go in one text.", n=len(text), most=MOST_TEXT)
    if (name := left_open(text)) is not None:
        return tell("Fill in {{{name}}} first: nothing is known to put there.", name=name)
    said = remarks(ctx.bot(), text, "conversational")
    return next((one.sentence for one in said if one.level == "error"), "")


async def _send_at(ctx: WebContext, row: Row[Any], form: dict[str, str]) -> int:
    """When a reply is to go (ms); 0 at once. Raises ValueError with a sentence."""
    now = ctx.road.now()
    wanted = form.get("at", "")
    if wanted == "other":
        wanted = form.get("at_other", "")
        if not wanted:
            raise ValueError(tell("Choose a day and a time."))
    if wanted:
        return read_local(wanted[:16], await zone_for(ctx, row), now)
    return now + ctx.undo if ctx.undo and form.get("undo") == "1" else 0


async def _overtaken(ctx: WebContext, row: Row[Any], seen: str) -> bool:
    """Whether a text of theirs has come that the page had not when the person began to write."""
    if not desk.CONTACT.fullmatch(seen):
        return False
    return await ctx.db.read(scheduled.heard_after, row.contact_id, seen)


async def reply(request: Request) -> Response:
    """POST /c/{contact}/reply: text the contact. `once` makes the same form count once however often it is sent; `at`
    is a local time of theirs for later; `undo` lets it wait on the server for a moment, in which it can be taken back;
    `then` is complete. `seen` is the newest text of theirs that the page had: after a newer one nothing is sent."""
    ctx, user = _context(request)
    row = await desk.conversation_of(request)
    form = request.state.form
    text = read_text(form)
    picture = form.get("picture", "")[:24]
    media: tuple[Media, ...] = ()
    kept = {"draft": text, "picture": picture}
    error, send_at = "", 0
    try:
        send_at = await _send_at(ctx, row, form)
        if picture:
            found = await ctx.db.read(pictures.find, row.contact_id, picture)
            if found is None:
                kept["picture"] = ""
                raise ValueError(tell("The picture is gone. Attach it again."))
            media = (Media(url_of(ctx, found.token), found.content_type, found.size),)
        template, values = await template_of(ctx, form)
    except (ValueError, Unwritten) as wrong:
        return await desk.shown(request, row, 409, error=str(wrong), **kept)
    if row.owner_kind == "person" and row.owner_id != user.id:
        error = tell(NOT_YOURS)
    elif not template:
        error = words_error(ctx, text, alone=not media)
    if not error and await _overtaken(ctx, row, form.get("seen", "")):
        error = tell(WHY["reply_overtaken"])
    if error:
        return await desk.shown(request, row, 409, error=error, **kept)
    message_id = new_id()
    key = f"reply:{user.id}:{form.get('once') or message_id}"[:200]
    heard = load_state(row.state).last_inbound_at if form.get("seen") else 0
    arrival = AgentReply(
        user.id, user.name, text, message_id, form.get("after"), media, send_at, heard, template, values
    )
    refused = await desk.do(request, row, arrival, "reply", key, message=message_id, **_noted(form, template, media))
    if refused:
        row = await desk.conversation_of(request)
        error = tell(WHY.get(refused) or (TWICE if row.owner_id == user.id else NOT_YOURS))
        return await desk.shown(request, row, 409, error=error, **kept)
    if form.get("then") == "complete":
        return await desk.act(request, row, Complete(user.id, user.name), "complete")
    return desk.back(request, row)


def _noted(form: dict[str, str], template: str, media: tuple[Media, ...]) -> dict[str, str]:
    """What the audit row says of a reply, beside its id; never its words."""
    noted = {"template": template, "scheduled": form.get("at", ""), "pictures": str(len(media)) if media else ""}
    return {name: value for name, value in noted.items() if value}


async def _waiting(request: Request) -> tuple[Row[Any], str, Row[Any]]:
    """The conversation, and the text of a person's that a form is about. Raises Denied."""
    ctx, _ = _context(request)
    row = await desk.conversation_of(request)
    id_ = request.state.form.get("message", "")
    found = await ctx.db.read(scheduled.find, row.contact_id, id_) if desk.CONTACT.fullmatch(id_) else None
    if found is None or found.author != "person":
        raise Denied(404, "There is no such text.")
    return row, id_, found


async def take_back(request: Request) -> Response:
    """POST /c/{contact}/withdraw: take back a person's text that has not gone. It is withdrawn exactly, or the page
    says that it has gone. Its words are in the composer again; `reopen` takes the conversation that it completed."""
    ctx, user = _context(request)
    row, id_, text = await _waiting(request)
    place = bucket_of(row.contact_id) if ctx.db.by_bucket else None
    done = await ctx.db.write_within(place, "desk", scheduled.take_back, row.contact_id, id_)
    data = {"message": id_}
    action = "withdraw" if done else "withdraw.refused"
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, action, row.contact_id, ctx.road.now(), data)
    if not done:
        return await desk.shown(request, row, 409, error=tell(GONE))
    ctx.road.hub.publish([row.contact_id])
    if request.state.form.get("reopen") == "1":
        await desk.do(request, row, Takeover(user.id, user.name), "take")
    row = await desk.conversation_of(request)
    return await desk.shown(request, row, draft=text.text, picture=await _picture(ctx, row, text))


async def _picture(ctx: WebContext, row: Row[Any], text: Row[Any]) -> str:
    """The id of a picture of ours that a text has."""
    media = msgspec.json.decode(text.media)
    token = str(media[0]["url"]).rpartition("/")[2] if media else ""
    return await ctx.db.read(pictures.id_of, row.contact_id, token) if token else ""


async def change_later(request: Request) -> Response:
    """POST /c/{contact}/later: give a scheduled text other words or another time."""
    ctx, user = _context(request)
    row, id_, found = await _waiting(request)
    form = request.state.form
    text = read_text(form) if found.source == "desk" else found.text
    error, at = words_error(ctx, text, alone=found.media == "[]"), 0
    try:
        at = read_local(form.get("at_other", "")[:16], await zone_for(ctx, row), ctx.road.now())
    except ValueError as wrong:
        error = error or str(wrong)
    if error:
        return await desk.shown(request, row, 409, error=error)
    place = bucket_of(row.contact_id) if ctx.db.by_bucket else None
    parts = segments(text).count
    done = await ctx.db.write_within(place, "desk", scheduled.change, row.contact_id, id_, text, parts, at)
    action = "reschedule" if done else "reschedule.refused"
    now = ctx.road.now()
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, action, row.contact_id, now, {"message": id_})
    if not done:
        return await desk.shown(request, row, 409, error=tell("It has gone already. It can’t be changed."))
    ctx.road.hub.publish([row.contact_id])
    return desk.back(request, row)


async def measure(request: Request) -> Response:
    """POST /c/{contact}/measure: what a text would take and cost by the server's count, and what is unwise in it."""
    ctx, _ = _context(request)
    row = await desk.conversation_of(request)
    text = read_text(request.state.form)
    line = ctx.road.lines.get(row.line)
    said = [one.sentence for one in remarks(ctx.bot(), text, "conversational")] if text else []
    size = segments(text)
    price = line.price if line is not None else 0.0
    return page(request, "_measured.html", {"size": size, "cost": cost_words(size.count * price), "said": said[:2]})


def cost_words(dollars: float) -> str:
    """What a text costs, as people read it: "1.7¢", "$1.20"; "" for nothing."""
    if not dollars:
        return ""
    return f"{dollars * 100:.3g}¢" if dollars < 1 else f"${dollars:.2f}"


async def reject(request: Request) -> Response:
    """POST /c/{contact}/unsuggest: a suggested reply is not wanted, and `why`. Where a model wrote it (`call`) that
    counts as a verdict on it."""
    ctx, user = _context(request)
    row = await desk.conversation_of(request)
    form = request.state.form
    call, why = form.get("call", "")[:64], clean(form.get("why", "")).strip()[:MOST_WHY]
    if call:
        await ctx.db.write(models.rate, row.contact_id, call, "wrong", why)
    data = {"call": call, "why": why}
    now = ctx.road.now()
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "suggest.reject", row.contact_id, now, data)
    return desk.back(request, row)


ROUTES = (
    Route("POST", "/c/{contact}/reply", "agent", reply),
    Route("POST", "/c/{contact}/withdraw", "agent", take_back),
    Route("POST", "/c/{contact}/later", "agent", change_later),
    Route("POST", "/c/{contact}/unsuggest", "agent", reject),
    Route("POST", "/c/{contact}/measure", "agent", measure),
)
