"""The desk: lists of conversations, one thread, and what a person may do to it. Every page works without JavaScript."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.ids import bucket_of, new_id
from textback.core.phone import zone_of
from textback.core.text import clean
from textback.engine.arrivals import Complete, SettleOptOut
from textback.engine.state import load_state
from textback.store import accounts
from textback.store import desk as store
from textback.store.db import Row
from textback.web import card
from textback.web.auth import User
from textback.web.composer import composer_of
from textback.web.context import WebContext
from textback.web.desk_list import asked, list_data, snoozes
from textback.web.desk_rows import until_words
from textback.web.history import history_of, thread_of, words_again
from textback.web.merged import whole_of
from textback.web.pages import page
from textback.web.person import person_of
from textback.web.phrases import tell
from textback.web.present import (
    STATUS,
    bad_number_of,
    clock,
    day,
    holder,
    lasted,
    name_of,
)
from textback.web.reasons import next_action, reason_words
from textback.web.security import Denied
from textback.web.whose import whose

CONTACT = re.compile(r"[0-9a-f]{24}")
TURN_WAIT = 5.0
REFUSED = (
    "takeover_refused", "reply_refused", "reply_overtaken", "hand_back_refused", "complete_refused", "send_refused",
    "snooze_refused",
)  # fmt: skip
"""Events of a turn that did not do what the person wanted."""


def _context(request: Request) -> tuple[WebContext, User]:
    return request.app.state.ctx, request.state.user


async def home(_: Request) -> Response:
    """GET /."""
    return RedirectResponse("/desk/needs-you", 303)


async def desk_page(request: Request) -> Response:
    """GET /desk/{view}: a list, and the hint to pick a conversation."""
    return page(request, "desk.html", {**await list_data(request), "talk": None, "pane": "list"})


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
    request: Request,
    row: Row[Any],
    *,
    draft: str = "",
    error: str = "",
    suggestion: str = "",
    notice: str = "",
    revealed: str = "",
    **more: str,
) -> dict[str, Any]:
    """What thread, composer and context show of one conversation."""
    ctx, user = _context(request)
    now, zone = ctx.road.now(), ctx.bot().timezone
    contact_id = row.contact_id
    before = clean(request.query_params.get("before", ""))[:32]
    past = await history_of(ctx, user, contact_id, before)
    state = load_state(row.state)
    line = ctx.lines.get(row.line)
    held = holder(state.owner, row.status, user.id, opted_out=bool(row.opted_out))
    zones = zone_of(row.address)
    handoff = state.handoff
    whole = await whole_of(ctx, user, contact_id, clean(request.query_params.get("merged", ""))[:32])
    return {
        "id": contact_id,
        "name": name_of(row.name, row.address),
        "address": row.address,
        "line": row.line,
        "simulated": line is not None and line.provider == "simulator",
        "line_gone": line is None,
        "status": tell(STATUS[row.status]),
        "held": held,
        "composer": await composer_of(ctx, user, row, state, held, past.messages, more),
        "session": state.session,
        "open": row.status not in ("completed", "archived"),
        "handoff": handoff,
        "card": await card.card_of(ctx, row, state, held.kind, revealed),
        "handoff_reason": reason_words(handoff.reason) if handoff else "",
        "handoff_time": clock(handoff.asked_at, zone) if handoff else "",
        "handoff_waited": lasted(now - handoff.asked_at) if handoff else "",
        "newer": before,
        **thread_of(ctx, user, row, past),
        "last_in": lasted(now - state.last_inbound_at) if state.last_inbound_at else "",
        "local_time": clock(now, zones[0]) if len(zones) == 1 else "",
        "local_zone": zones[0].rpartition("/")[2].replace("_", " ") if len(zones) == 1 else "",
        "consent": [
            (event.row["type"], event.words, day(event.row["occurred_at"], zone, now))
            for event in await ctx.db.read(store.consent_log, contact_id, 5)
        ],
        "first": day(row.created_at, zone, now),
        "opted_out": bool(row.opted_out),
        "bad_number": bad_number_of(state, zone, now),
        "unsure": bool(state.opt_out_unsure) and not row.opted_out,
        "person": await person_of(ctx, user, row, state, whole),
        "merged": whole,
        "draft": draft,
        "error": error,
        "suggestion": suggestion,
        "proposed": state.draft,
        "memory": state.memory,
        "next_action": next_action(state, held.kind),
        "once": new_id(),
        "snoozed": until_words(row.snoozed_until, zone, now) if row.snoozed_until is not None else "",
        "priority": state.priority,
        "snoozes": snoozes(),
        "notice": notice,
        **await whose(ctx, user, row, state, held),
    }


async def _page(request: Request, row: Row[Any], pane: str, status: int = 200, **more: str) -> Response:
    data = await list_data(request)
    return page(request, "desk.html", {**data, "talk": await _talk(request, row, **more), "pane": pane}, status)


async def shown(request: Request, row: Row[Any], status: int = 200, **more: str) -> Response:
    """The conversation, with something for its composer: a draft, an error, a suggestion, a picture's id."""
    return await _page(request, row, "thread", status, **more)


async def shown_with(request: Request, row: Row[Any], notice: str) -> Response:
    """The conversation, with why it is not as somebody wanted it."""
    return await _page(request, row, "thread", 409, notice=notice)


async def conversation_page(request: Request) -> Response:
    """GET /c/{contact}: the thread. Opening it marks it read."""
    ctx, _ = _context(request)
    row = await conversation_of(request)
    if row.unread and await ctx.db.write(store.mark_read, row.contact_id, bucket_of(row.contact_id)):
        ctx.road.hub.publish([row.contact_id])
    asks = {name: clean(request.query_params.get(name, ""))[:32] for name in ("kind", "again", "plain")}
    draft = await words_again(ctx, row.contact_id, asks["again"], plain=bool(asks["plain"]))
    return await _page(request, row, "thread", kind=asks["kind"][:8], draft=draft)


async def earlier(request: Request) -> Response:
    """GET /c/{contact}/_messages?before=: what was before that id, for a page that has what came after it."""
    ctx, user = _context(request)
    row = await conversation_of(request)
    before = clean(request.query_params.get("before", ""))[:32]
    past = await history_of(ctx, user, row.contact_id, before, folded=True)
    wish = asked(request)
    talk = {"id": row.contact_id, "address": row.address, **thread_of(ctx, user, row, past)}
    return page(request, "_desk_earlier.html", {"talk": talk, "keep": wish.query(view=wish.view)})


async def card_page(request: Request) -> Response:
    """GET /c/{contact}/card: handoff and contact, a page of their own on phones."""
    return await _page(request, await conversation_of(request), "context")


async def reveal(request: Request) -> Response:
    """POST /c/{contact}/answer: show one sensitive answer on this page, once. It is written down."""
    row = await conversation_of(request)
    return await _page(request, row, "context", revealed=await card.reveal(request, row))


async def transcript(request: Request) -> Response:
    """GET /c/{contact}/transcript: all texts, as a file."""
    return await card.transcript_file(request, await conversation_of(request))


async def do(request: Request, row: Row[Any], arrival: Any, action: str, key: str = "", **data: str) -> str:
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
    await do(request, row, arrival, action, key, **data)
    return back(request, row)


def back(request: Request, row: Row[Any], **more: str) -> Response:
    """The conversation, in the list as it was."""
    wish = asked(request)
    return RedirectResponse(f"/c/{row.contact_id}?{wish.query(view=wish.view, **more)}", 303)


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
