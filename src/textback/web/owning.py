"""What people do about who has a conversation: take it, give it to somebody, ask for it, keep it, give it back to the
bot, and note something in it. Each is an arrival, so that two who do it at once are decided one after the other."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import bucket_of, new_id
from textback.core.text import clean
from textback.engine.arrivals import AnyArrival, AskFor, Assign, HandBack, Note, Renew, Takeover
from textback.store import accounts, desk_people, inbox
from textback.store import colleagues as store
from textback.store import desk as threads
from textback.store.db import Row
from textback.store.desk import Happening
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.desk import TURN_WAIT, back, conversation_of, shown_with
from textback.web.desk_assign import back_of, target
from textback.web.live import TAB
from textback.web.mentions import keep
from textback.web.phrases import tell
from textback.web.security import Denied
from textback.web.whose import taken_words

REFUSED = ("takeover_refused", "assign_refused", "hand_back_refused")
MODES = ("ask", "step", "wait", "end")
DOES = ("reading", "typing", "away")
MOST_NOTE = 4_000
NOTE = "note"
"""The kind of the arrival that a note is."""
STEP = re.compile(r"[\w.:-]{1,64}")


async def _do(request: Request, row: Row[Any], arrival: AnyArrival, action: str, **data: str) -> Happening | None:
    """Put what a person did on the road, wait for its turn, and note it. Returns the event that refused it."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    id_ = await ctx.road.post(row.contact_id, arrival, wait=TURN_WAIT)
    events = await ctx.db.read(threads.happenings, row.contact_id, bucket_of(row.contact_id), id_, REFUSED)
    refused = next((event for event in events if event.arrival_id == id_), None)
    done = f"{action}.refused" if refused else action
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, done, row.contact_id, ctx.road.now(), data)
    return refused


async def _answer(request: Request, row: Row[Any], refused: Happening | None) -> Response:
    """Show who has it now, and to whoever was too late that they were."""
    if refused is None:
        return back(request, row)
    ctx: WebContext = request.app.state.ctx
    if refused.data.get("why") == "no_step":
        notice = tell("The flow has no such step any more. You still have this.")
    else:
        holder = refused.data.get("holder") or tell("Somebody")
        notice = taken_words(holder, refused.data.get("since", 0), ctx.road.now())
    return await shown_with(request, await conversation_of(request), notice)


async def take(request: Request) -> Response:
    """POST /c/{contact}/take: this person answers from now on. `force` takes it from another person, of whom the page
    that they pressed on knew: `from` is their id, where it says."""
    user: User = request.state.user
    row = await conversation_of(request)
    form = request.state.form
    force = form.get("force") == "1" and form.get("from", row.owner_id) == row.owner_id
    refused = await _do(request, row, Takeover(user.id, user.name, force), "take", force=str(force))
    return await _answer(request, row, refused)


async def hand_back(request: Request) -> Response:
    """POST /c/{contact}/return: the bot answers from now on; `mode` is ask, step (at `step`), wait or end; with `tell`
    the customer reads so."""
    user: User = request.state.user
    row = await conversation_of(request)
    form = request.state.form
    mode, step = form.get("mode", "wait"), form.get("step", "")
    if mode not in MODES or (mode == "step" and not STEP.fullmatch(step)):
        raise Denied(400, "Return it with ask, step and its name, wait or end.")
    arrival = HandBack(user.id, user.name, mode, step if mode == "step" else "", form.get("tell") == "1")
    return await _answer(request, row, await _do(request, row, arrival, "return", mode=mode))


async def assign(request: Request) -> Response:
    """POST /c/{contact}/assign: `to` is `user:ID`, `queue:NAME`, or empty for whoever comes first. Only those who may
    manage others' conversations take it from a colleague. What it changed can be taken back."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    row = await conversation_of(request)
    to = await target(ctx, user, request.state.form, many=False)
    back_again = back_of(row, user, to)
    arrival = Assign(user.id, user.name, to.user_id, to.name, to.queue, force=user.may("conversations.manage"))
    refused = await _do(request, row, arrival, "assign", to=request.state.form.get("to", "") or ":")
    if refused is not None or back_again is None:
        return await _answer(request, row, refused)
    said = tell("{n} {done}", n=tell("1 conversation"), done=to.words)
    steps = {row.contact_id: back_again}
    done = await ctx.db.write(desk_people.keep_undo, ctx.workspace, user.id, said, steps, ctx.road.now())
    return back(request, row, done=done)


async def ask(request: Request) -> Response:
    """POST /c/{contact}/ask: ask the colleague who has it to let this person have it."""
    user: User = request.state.user
    row = await conversation_of(request)
    await _do(request, row, AskFor(user.id, user.name), "ask")
    return back(request, row)


async def note(request: Request) -> Response:
    """POST /c/{contact}/note: write `text` for colleagues only. `@Name` names one. `once` makes the same form count
    once however often it is sent."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    row = await conversation_of(request)
    text = clean(request.state.form.get("text", "").replace("\r\n", "\n")).strip()
    if not text or len(text) > MOST_NOTE:
        raise Denied(400, tell("A note has 1 to {most} characters.", most=f"{MOST_NOTE:,}"))
    named = mentioned(text, [(one.id, one.name) for one in await ctx.db.read(store.colleagues, ctx.workspace)])
    note_id = new_id()
    key = f"note:{user.id}:{request.state.form.get('once') or note_id}"[:200]
    turn = await ctx.road.post(row.contact_id, Note(user.id, user.name, text, note_id, named), key=key, wait=TURN_WAIT)
    data = {"note": note_id, "mentions": " ".join(named)}
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "note", row.contact_id, ctx.road.now(), data)
    if others := set(named) - {user.id}:
        first = await ctx.db.read(inbox.stored_as, row.contact_id, "", key, NOTE)
        await keep(ctx, row.contact_id, turn if first is None else first.id, others)
    return back(request, row)


def mentioned(text: str, people: list[tuple[str, str]]) -> tuple[str, ...]:
    """The ids of those whom a note names: `@` before a whole name, or before a first name that only one has."""
    low, found = text.casefold(), []
    firsts = [name.split()[0].casefold() for _, name in people if name.split()]
    for id_, name in people:
        names = [name.casefold(), *(first for first in [name.split(" ")[0].casefold()] if firsts.count(first) == 1)]
        if any(one and re.search(rf"(?<!\w)@{re.escape(one)}(?!\w)", low) for one in names):
            found.append(id_)
    return tuple(found)


async def here(request: Request) -> Response:
    """POST /c/{contact}/here: what the person at a page (`tab`) does: reading, typing or away. `alive` is a sign of
    life, which renews the lease of whoever has the conversation. Nobody is told more than that."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    form = request.state.form
    doing, tab = form.get("doing", ""), form.get("tab", "")
    if doing not in DOES or not TAB.fullmatch(tab):
        raise Denied(400, "Say what you do: reading, typing or away.")
    ctx.road.presence.does(tab, user.id, doing)
    if form.get("alive") == "1":
        row = await conversation_of(request)
        if row.owner_kind == "person" and row.owner_id == user.id:
            lease = ctx.bot().owner_idle
            since = ctx.road.presence.renewed.get(row.contact_id, 0)
            if ctx.road.now() - since > min(lease // 10, 60_000) or ctx.road.now() < since or form.get("keep") == "1":
                ctx.road.presence.renewed[row.contact_id] = ctx.road.now()
                await ctx.road.post(row.contact_id, Renew(user.id, user.name))
    return Response(status_code=204)
