"""Giving several conversations to a colleague or a queue at once, and what gives each back."""

from collections.abc import Mapping
from typing import Any

import msgspec

from textback.engine.arrivals import AnyArrival, Assign, HandBack, Takeover
from textback.engine.state import load_state
from textback.store import colleagues
from textback.store.db import Row
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.permissions import allowed
from textback.web.phrases import tell
from textback.web.security import Denied
from textback.web.whose import ANSWERS


class Target(msgspec.Struct, frozen=True):
    """Who is to answer: a colleague, or whoever of a queue comes first. `words` follow "3 conversations"."""

    words: str
    user_id: str = ""
    name: str = ""
    queue: str = ""


class Back(msgspec.Struct, frozen=True):
    """What gives a conversation back, one after the other, while `holder` still has it ("" is nobody)."""

    holder: str
    steps: list[AnyArrival]


_arrival = msgspec.json.Decoder(AnyArrival)
_back = msgspec.json.Decoder(Back)


async def target(ctx: WebContext, user: User, form: Mapping[str, str]) -> Target:
    """Whom a form names: `to` is `user:ID` or `queue:NAME`. Raises Denied."""
    kind, _, whom = form.get("to", "").partition(":")
    if kind == "user":
        mate = await ctx.db.read(colleagues.colleague, ctx.workspace, whom)
        if mate is None or not allowed(mate.role, ANSWERS):
            raise Denied(400, "Nobody of that name answers here. Choose somebody else.")
        words = tell("taken by you") if mate.id == user.id else tell("assigned to {to}", to=mate.name)
        return Target(words, mate.id, mate.name)
    if kind == "queue":
        if whom not in ctx.bot().handoff.queues:
            raise Denied(400, "There is no such queue. Choose another one.")
        return Target(tell("assigned to the queue {queue}", queue=whom), queue=whom)
    raise Denied(400, "Choose who is to answer.")


def assigned(row: Row[Any], user: User, to: Target) -> tuple[AnyArrival, Back] | None:
    """What gives a conversation to them, and what takes that back; None where it stays as it is: it is over, is theirs
    already, or a colleague has it from whom this person may not take it."""
    state = load_state(row.state)
    owner = state.owner
    if row.status in ("completed", "archived"):
        return None
    held = owner.kind == "person" and owner.user_id != user.id
    if held and not user.may("conversations.manage"):
        return None
    queue = state.handoff.queue if state.handoff is not None else ""
    if (to.user_id and owner.user_id == to.user_id) or (to.queue and owner.kind == "nobody" and queue == to.queue):
        return None
    does = Assign(user.id, user.name, to.user_id, to.name, to.queue, force=held)
    steps: list[AnyArrival] = [Assign(user.id, user.name, queue=queue, force=True)]
    if owner.kind == "bot":
        steps = [Takeover(user.id, user.name, force=True), HandBack(user.id, user.name, "wait")]
    elif owner.kind == "person":
        steps = [Assign(user.id, user.name, owner.user_id, owner.name, queue, force=True)]
    return does, Back(to.user_id, steps)


def steps_back(step: Any, row: Row[Any] | None) -> list[AnyArrival]:
    """What takes one thing back, as it was kept (JSON); nothing where somebody else has the conversation since."""
    if "steps" not in step:
        return [_arrival.decode(msgspec.json.encode(step))]
    back = _back.decode(msgspec.json.encode(step))
    if row is None:
        return []
    owner = load_state(row.state).owner
    return back.steps if (owner.user_id if owner.kind == "person" else "") == back.holder else []
