"""What is done to several conversations at once, each as an arrival of its own, and taking it back."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.engine.arrivals import AnyArrival, Complete, ContactChange, Reopen, Snooze, Unsnooze
from textback.engine.nodes.tag import MOST as MOST_TAGS
from textback.engine.nodes.tag import TAG
from textback.engine.state import load_state
from textback.store import accounts, desk_lists, desk_people
from textback.store.db import Row, Tx
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.desk import CONTACT, TURN_WAIT
from textback.web.desk_assign import Back, assigned, steps_back, target
from textback.web.desk_list import asked
from textback.web.desk_rows import until_words
from textback.web.phrases import tell
from textback.web.security import Denied
from textback.web.snoozing import until

MOST = 500
"""Conversations that one form names."""
TOGETHER = 16
"""Arrivals that are on their way at once."""
PICK = "pick-"


class Deed(msgspec.Struct, frozen=True):
    """What is done to one conversation, and what takes it back; `after` is how it is known to have been done."""

    does: AnyArrival
    back: AnyArrival | Back | None


def picked(form: Mapping[str, str]) -> list[str]:
    """The contacts that a form names: each by a checkbox, or all in `ids` with spaces between. Raises Denied."""
    ids = [name.removeprefix(PICK) for name in form if name.startswith(PICK)] + form.get("ids", "").split()
    known = list(dict.fromkeys(id_ for id_ in ids if CONTACT.fullmatch(id_)))
    if not known:
        raise Denied(400, "Select conversations first.")
    if len(known) > MOST:
        raise Denied(400, tell("At most {most} conversations are changed at once.", most=MOST))
    return known


def _snoozed(row: Row[Any], user: User, due: int) -> Deed | None:
    state = load_state(row.state)
    if row.status in ("completed", "archived") or (state.owner.kind == "person" and state.owner.user_id != user.id):
        return None
    if state.snoozed is None:
        return Deed(Snooze(user.id, user.name, due), Unsnooze(user.id, user.name))
    return Deed(Snooze(user.id, user.name, due), Snooze(user.id, user.name, state.snoozed.until))


def _awake(row: Row[Any], user: User) -> Deed | None:
    state = load_state(row.state)
    if state.snoozed is None:
        return None
    return Deed(Unsnooze(user.id, user.name), Snooze(user.id, user.name, state.snoozed.until))


def _completed(row: Row[Any], user: User) -> Deed | None:
    state = load_state(row.state)
    owner = state.owner
    if row.status in ("completed", "archived") or (owner.kind == "person" and owner.user_id != user.id):
        return None
    back = {"person": (owner.user_id, owner.name), "nobody": ("nobody", ""), "bot": ("", "")}[owner.kind]
    waiting = row.status == "waiting_on_agent"
    return Deed(Complete(user.id, user.name), Reopen(user.id, user.name, back[0], back[1], waiting))


def _tagged(row: Row[Any], user: User, tag: str, *, remove: bool) -> Deed | None:
    tags = load_state(row.state).tags
    if (tag in tags) != remove or (not remove and len(tags) >= MOST_TAGS):
        return None
    add, away = ContactChange(user.name, tag=(tag,)), ContactChange(user.name, untag=(tag,))
    return Deed(away, add) if remove else Deed(add, away)


def deeds(
    what: str, form: Mapping[str, str], rows: Sequence[Row[Any]], user: User, zone: str, now: int
) -> tuple[str, dict[str, Deed]]:
    """What the form asks for, in words that follow "3 conversations", and the deed of each contact to which it can be
    done. Raises Denied."""
    if what.startswith("snooze-"):
        due = until(what.removeprefix("snooze-"), form.get("at", ""), zone, now)
        words = tell("snoozed until {when}", when=until_words(due, zone, now))
        found = {row.contact_id: _snoozed(row, user, due) for row in rows}
    elif what == "unsnooze":
        words, found = tell("brought back"), {row.contact_id: _awake(row, user) for row in rows}
    elif what == "complete":
        words, found = tell("completed"), {row.contact_id: _completed(row, user) for row in rows}
    elif what in ("tag", "untag"):
        tag = form.get("tag", "").strip().lower()
        if not TAG.fullmatch(tag):
            raise Denied(400, "A tag has small letters, digits, - and _.")
        words = tell("tagged {tag}", tag=tag) if what == "tag" else tell("no longer tagged {tag}", tag=tag)
        found = {row.contact_id: _tagged(row, user, tag, remove=what == "untag") for row in rows}
    else:
        raise Denied(400, "Say what to do with them.")
    return words, {contact: deed for contact, deed in found.items() if deed is not None}


async def _post(ctx: WebContext, arrivals: Mapping[str, Sequence[AnyArrival]]) -> None:
    """Put these arrivals on the road for each contact, a few contacts at a time, and wait for their turns."""
    room = asyncio.Semaphore(TOGETHER)

    async def each(contact_id: str, some: Sequence[AnyArrival]) -> None:
        async with room:
            for arrival in some:
                await ctx.road.post(contact_id, arrival, wait=TURN_WAIT)

    await asyncio.gather(*(each(contact_id, some) for contact_id, some in arrivals.items()))


def _noted(
    tx: Tx, workspace: str, user: User, what: str, words: str, done: Sequence[str], back: Mapping[str, Any], now: int
) -> str:
    for contact_id in done:
        accounts.write_audit(tx, workspace, user.email, what, contact_id, now, {"bulk": len(done)})
    return desk_people.keep_undo(tx, workspace, user.id, words, back, now)


async def bulk(request: Request) -> Response:
    """POST /desk/bulk: do the same to all that is selected; the list that comes back says what was done."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    form, now = request.state.form, ctx.road.now()
    ids = picked(form)
    known = await ctx.db.read(desk_lists.states, ctx.workspace, ids, user.sight)
    what = form.get("do", "")
    rows = list(known.values())
    if what == "assign":
        to = await target(ctx, user, form)
        words, deals = to.words, {row.contact_id: assigned(row, user, to) for row in rows}
        found = {contact: Deed(*deal) for contact, deal in deals.items() if deal is not None}
    else:
        words, found = deeds(what, form, rows, user, ctx.bot().timezone, now)
    await _post(ctx, {contact: [deed.does] for contact, deed in found.items()})
    left = len(ids) - len(found)
    number = tell("1 conversation") if len(found) == 1 else tell("{n} conversations", n=len(found))
    said = tell("{n} {done}", n=number, done=words) if found else tell("Nothing could be {done}", done=words)
    said += tell(". {n} left as they were", n=left) if found and left else ""
    back = {contact: deed.back for contact, deed in found.items() if deed.back is not None}
    done = await ctx.db.write(_noted, ctx.workspace, user, what.partition("-")[0], said, list(found), back, now)
    return _list_again(request, done)


async def undo(request: Request) -> Response:
    """POST /desk/undo: take back what was done to one or several, once. `c` is the conversation that is open."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    now = ctx.road.now()
    given = clean(request.state.form.get("undo", ""))[:32]
    found = await ctx.db.write(desk_people.use_undo, ctx.workspace, user.id, given, now)
    if found is None or not found.steps:
        raise Denied(409, "It is too late to take that back.")
    rows = await ctx.db.read(desk_lists.states, ctx.workspace, list(found.steps), user.sight)
    steps = {contact: steps_back(step, rows.get(contact)) for contact, step in found.steps.items()}
    arrivals = {contact: some for contact, some in steps.items() if some}
    await _post(ctx, arrivals)
    number = tell("1 conversation") if len(arrivals) == 1 else tell("{n} conversations", n=len(arrivals))
    said = tell("Taken back for {n}", n=number)
    done = await ctx.db.write(_noted, ctx.workspace, user, "undo", said, list(arrivals), {}, now)
    here = request.state.form.get("c", "")
    return _list_again(request, done, here if here in found.steps else "")


def _list_again(request: Request, done: str, contact_id: str = "") -> Response:
    """The list with what was done, beside the conversation that is open."""
    wish = asked(request)
    path = f"/c/{contact_id}?{wish.query(view=wish.view, done=done)}" if contact_id else wish.path(done=done)
    return RedirectResponse(path, 303)
