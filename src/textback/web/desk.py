"""The desk: lists of conversations, one thread, and what a person may do to it. Every page works without JavaScript."""

import re
from typing import Any, get_args
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.compliance.limits import day_of
from textback.core.ids import bucket_of, new_id
from textback.core.phone import zone_of
from textback.core.text import clean
from textback.engine.arrivals import AgentReply, Complete, HandBack, SettleOptOut, Takeover
from textback.engine.state import load_state
from textback.pipeline import letters
from textback.pipeline.signatures import unchecked
from textback.pipeline.wording import remarks
from textback.store import accounts, dead, limits, short_links
from textback.store import desk as store
from textback.store.db import Row
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.present import (
    STATUS,
    clock,
    day,
    holder,
    lasted,
    line_limits,
    line_state,
    list_row,
    moment,
    name_of,
    woven,
)
from textback.web.reasons import next_action, reason_words
from textback.web.security import Denied

VIEWS: tuple[store.View, ...] = get_args(store.View)
CONTACT = re.compile(r"[0-9a-f]{24}")
MOST_ROWS = 100
MOST_MESSAGES = 100
MOST_TEXT = 1600
TURN_WAIT = 5.0
REFUSED = ("takeover_refused", "reply_refused", "hand_back_refused", "complete_refused", "send_refused")
"""Events of a turn that did not do what the person wanted."""
NOT_YOURS = "Somebody else has this conversation now. Nothing was sent."


def _context(request: Request) -> tuple[WebContext, User]:
    return request.app.state.ctx, request.state.user


def _view(text: str) -> store.View:
    for view in VIEWS:
        if view == text:
            return view
    raise Denied(404, "There is no such list.")


async def home(_: Request) -> Response:
    """GET /."""
    return RedirectResponse("/desk/needs-you", 303)


async def _list(ctx: WebContext, user: User, view: store.View) -> dict[str, Any]:
    """What the list pane shows."""
    now, zone = ctx.road.now(), ctx.bot().timezone
    rows = await ctx.db.read(store.conversation_rows, ctx.workspace, view, user.id, MOST_ROWS)
    counts = await ctx.db.read(store.view_counts, ctx.workspace, user.id)
    shown = [list_row(row, load_state(row.state), user.id, zone, now) for row in rows]
    if view == "needs-you":
        waiting = [row for row in shown if row.holder.kind not in ("you", "off")]
        groups = [("Waiting on a person", "longest first", waiting)]
        groups.append(("Yours", "", [row for row in shown if row not in waiting]))
    else:
        groups = [("", "", shown)]
    groups = [group for group in groups if group[2]]
    return {"view": view, "groups": groups, "counts": counts, "zone": zone, "now": now}


async def desk_page(request: Request) -> Response:
    """GET /desk/{view}: a list, and the hint to pick a conversation."""
    ctx, user = _context(request)
    data = await _list(ctx, user, _view(request.path_params["view"]))
    return page(request, "desk.html", {**data, "talk": None, "pane": "list"})


async def conversation_of(request: Request) -> Row[Any]:
    """The conversation that a request is about. Raises Denied."""
    ctx, _ = _context(request)
    contact_id = request.path_params["contact"]
    known = CONTACT.fullmatch(contact_id) is not None
    row = await ctx.db.read(store.conversation, ctx.workspace, contact_id, bucket_of(contact_id)) if known else None
    if row is None:
        raise Denied(404, "There is no such conversation.")
    return row


async def _talk(
    request: Request, row: Row[Any], *, draft: str = "", error: str = "", suggestion: str = ""
) -> dict[str, Any]:
    """What thread, composer and context show of one conversation."""
    ctx, user = _context(request)
    now, zone = ctx.road.now(), ctx.bot().timezone
    contact_id, bucket = row.contact_id, bucket_of(row.contact_id)
    before = clean(request.query_params.get("before", ""))[:32]
    messages = await ctx.db.read(store.thread, contact_id, bucket, MOST_MESSAGES, before)
    full = len(messages) == MOST_MESSAGES
    since = messages[0].id if full else ""
    opened = await ctx.db.read(short_links.opened, contact_id, bucket, messages[0].id if messages else "")
    events = await ctx.db.read(store.happenings, contact_id, bucket, since, store.SHOWN, before)
    state = load_state(row.state)
    line = ctx.lines.get(row.line)
    held = holder(state.owner, row.status, user.id, opted_out=bool(row.opted_out))
    zones = zone_of(row.address)
    handoff = state.handoff
    return {
        "id": contact_id,
        "name": name_of(row.name, row.address),
        "address": row.address,
        "line": row.line,
        "simulated": line is not None and line.provider == "simulator",
        "line_gone": line is None,
        "status": STATUS[row.status],
        "held": held,
        "lock": _lock(held.kind, bool(row.opted_out), state.owner.name),
        "session": state.session,
        "open": row.status not in ("completed", "archived"),
        "handoff": handoff,
        "handoff_reason": reason_words(handoff.reason) if handoff else "",
        "handoff_time": clock(handoff.asked_at, zone) if handoff else "",
        "handoff_waited": lasted(now - handoff.asked_at) if handoff else "",
        "items": woven(messages, events, user.id, zone, now, opened),
        "older": since,
        "newer": before,
        "last_in": lasted(now - state.last_inbound_at) if state.last_inbound_at else "",
        "local_time": clock(now, zones[0]) if len(zones) == 1 else "",
        "local_zone": zones[0].rpartition("/")[2].replace("_", " ") if len(zones) == 1 else "",
        "consent": [
            (event.row["type"], event.words, day(event.row["occurred_at"], zone, now))
            for event in await ctx.db.read(store.consent_log, contact_id, 5)
        ],
        "first": day(row.created_at, zone, now),
        "opted_out": bool(row.opted_out),
        "unsure": bool(state.opt_out_unsure) and not row.opted_out,
        "past": [
            (day(past.started_at, zone, now), past.flow, past.outcome.replace("_", " ") or "running")
            for past in await ctx.db.read(store.past_sessions, contact_id, bucket, 5)
        ],
        "draft": draft,
        "error": error,
        "suggestion": suggestion,
        "proposed": state.draft,
        "memory": state.memory,
        "next_action": next_action(state, held.kind),
        "once": new_id(),
    }


def _lock(kind: str, opted_out: bool, owner: str) -> tuple[str, str] | None:
    """What stands in the composer's place: a sentence, and the button that lifts it ("" when nothing does)."""
    if opted_out:
        return "They opted out. Texts may go again once they text START.", ""
    if kind == "bot":
        return "The bot is answering. Take over to write yourself.", "Take over"
    if kind == "mate":
        return f"{owner} is answering.", "Take it"
    return None


async def _page(request: Request, row: Row[Any], pane: str, status: int = 200, **more: str) -> Response:
    ctx, user = _context(request)
    view = _view(request.query_params.get("view", "needs-you"))
    data = await _list(ctx, user, view)
    return page(request, "desk.html", {**data, "talk": await _talk(request, row, **more), "pane": pane}, status)


async def shown(request: Request, row: Row[Any], *, draft: str, suggestion: str) -> Response:
    """The conversation, with something for its composer."""
    return await _page(request, row, "thread", draft=draft, suggestion=suggestion)


async def conversation_page(request: Request) -> Response:
    """GET /c/{contact}: the thread. Opening it marks it read."""
    ctx, _ = _context(request)
    row = await conversation_of(request)
    if row.unread and await ctx.db.write(store.mark_read, row.contact_id, bucket_of(row.contact_id)):
        ctx.road.hub.publish([row.contact_id])
    return await _page(request, row, "thread")


async def card_page(request: Request) -> Response:
    """GET /c/{contact}/card: handoff and contact, a page of their own on phones."""
    return await _page(request, await conversation_of(request), "context")


async def _do(request: Request, row: Row[Any], arrival: Any, action: str, key: str = "", **data: str) -> str:
    """Put what a person did on the road and note it. Returns which event refused it, or ""."""
    ctx, user = _context(request)
    id_ = await ctx.road.post(row.contact_id, arrival, key=key, wait=TURN_WAIT)
    events = await ctx.db.read(store.happenings, row.contact_id, bucket_of(row.contact_id), id_, REFUSED)
    refused = next((event.kind for event in events if event.arrival_id == id_), "")
    done = f"{action}.refused" if refused else action
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, done, row.contact_id, ctx.road.now(), data)
    return refused


async def act(request: Request, row: Row[Any], arrival: Any, action: str, key: str = "", **data: str) -> Response:
    """Do it and show the conversation, which says who has it now."""
    await _do(request, row, arrival, action, key, **data)
    return _back(request, row)


def _back(request: Request, row: Row[Any]) -> Response:
    view = _view(request.query_params.get("view", "needs-you"))
    return RedirectResponse(f"/c/{row.contact_id}?view={quote(view)}", 303)


async def take(request: Request) -> Response:
    """POST /c/{contact}/take: this person answers from now on. `force` takes it from another person."""
    _, user = _context(request)
    row = await conversation_of(request)
    force = request.state.form.get("force") == "1"
    return await act(request, row, Takeover(user.id, user.name, force), "take", force=str(force))


async def hand_back(request: Request) -> Response:
    """POST /c/{contact}/return: the bot answers from now on; `mode` is ask, wait or end."""
    _, user = _context(request)
    row = await conversation_of(request)
    mode = request.state.form.get("mode", "wait")
    if mode not in ("ask", "wait", "end"):
        raise Denied(400, "Return it with ask, wait or end.")
    return await act(request, row, HandBack(user.id, user.name, mode), "return", mode=mode)


async def complete(request: Request) -> Response:
    """POST /c/{contact}/complete: nothing more to do; the next text begins anew with the bot."""
    _, user = _context(request)
    row = await conversation_of(request)
    return await act(request, row, Complete(user.id, user.name), "complete")


async def settle(request: Request) -> Response:
    """POST /c/{contact}/settle: whether a text that may have been an opt-out was one; `opted_out` is yes or no."""
    _, user = _context(request)
    row = await conversation_of(request)
    said = request.state.form.get("opted_out", "")
    if said not in ("yes", "no"):
        raise Denied(400, "Say yes or no: did they opt out?")
    return await act(request, row, SettleOptOut(user.id, user.name, said == "yes"), "settle_opt_out", opted_out=said)


async def reply(request: Request) -> Response:
    """POST /c/{contact}/reply: text the contact. `once` makes the same form count once however often it is sent."""
    _, user = _context(request)
    row = await conversation_of(request)
    text = clean(request.state.form.get("text", "").replace("\r\n", "\n")).strip()
    error = ""
    if not text:
        error = "There is nothing to send."
    elif len(text) > MOST_TEXT:
        error = f"That is {len(text)} characters; at most {MOST_TEXT} go in one text."
    elif row.owner_kind == "person" and row.owner_id != user.id:
        error = NOT_YOURS
    else:
        said = remarks(_context(request)[0].bot(), text, "conversational")
        error = next((one.sentence for one in said if one.level == "error"), "")
    if error:
        return await _page(request, row, "thread", 409, draft=text, error=error)
    message_id = new_id()
    key = f"reply:{user.id}:{request.state.form.get('once') or message_id}"[:200]
    arrival = AgentReply(user.id, user.name, text, message_id)
    refused = await _do(request, row, arrival, "reply", key, message=message_id)
    if refused:
        error = "They opted out. Nothing was sent." if refused == "send_refused" else NOT_YOURS
        return await _page(request, await conversation_of(request), "thread", 409, draft=text, error=error)
    return _back(request, row)


async def lines_page(request: Request) -> Response:
    """GET /lines: every line with the address to give its provider, how it is, and what it gave up or rejected."""
    ctx, _ = _context(request)
    zone, now = ctx.bot().timezone, ctx.road.now()
    lines = [line for line in ctx.lines.values() if line.provider != "simulator"]
    until = {one.line: moment(one.until, zone, now) for one in unchecked(ctx.road.lines, now)}
    states = {line: line_state(condition) for line, condition in ctx.road.conditions().items()}
    given_up = await ctx.db.read(dead.waiting, ctx.workspace)
    stuck = await ctx.db.read(letters.counts, ctx.workspace)
    rejected = {line: n for (kind, line), n in stuck.items() if kind == "webhook"}
    elsewhere = sum(n for line, n in rejected.items() if line not in ctx.lines)
    limited = {name: line for name, line in ctx.road.lines.items() if line.limited}
    used = await ctx.db.read(limits.used, ctx.workspace, day_of(now), {line.counter for line in limited.values()})
    allowed = {name: line_limits(line.rate, line.cap, used.get(line.counter, 0)) for name, line in limited.items()}
    shown: dict[str, Any] = {"lines": lines, "states": states, "allowed": allowed, "given_up": given_up}
    shown |= {"rejected": rejected, "rejected_elsewhere": elsewhere, "until": until, "base": ctx.public_url}
    return page(request, "lines.html", shown)
