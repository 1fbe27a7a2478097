"""Giving conversations to a colleague or a queue, one or several at once, and what gives each back."""

from collections.abc import Mapping
from typing import Any, Literal

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


async def target(ctx: WebContext, user: User, form: Mapping[str, str], *, many: bool = True) -> Target:
    """Whom a form names: `to` is `user:ID` or `queue:NAME`; of one conversation it may be empty, for whoever comes
    first. Raises Denied."""
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
    if not kind and not many:
        return Target(tell("left to whoever comes first"))
    raise Denied(400, "Choose who is to answer.")


def assigned(row: Row[Any], user: User, to: Target) -> tuple[AnyArrival, Back] | None:
    """What gives a conversation to them, and what takes that back; None where it stays as it is: it is over, is theirs
    already, or a colleague has it from whom this person may not take it."""
    owner = load_state(row.state).owner
    held = owner.kind == "person" and owner.user_id != user.id
    if held and not user.may("conversations.manage"):
        return None
    back = back_of(row, user, to)
    return (Assign(user.id, user.name, to.user_id, to.name, to.queue, force=held), back) if back is not None else None


def back_of(row: Row[Any], user: User, to: Target) -> Back | None:
    """What takes back that a conversation, as it is now, is given to them; None where that changes nothing, or it is
    over."""
    state = load_state(row.state)
    owner, handoff = state.owner, state.handoff
    queue = handoff.queue if handoff is not None else ""
    if row.status in ("completed", "archived"):
        return None
    if (to.user_id and owner.user_id == to.user_id) or (
        not to.user_id and owner.kind == "nobody" and to.queue in ("", queue)
    ):
        return None
    undo: Literal["queue", "handoff"] = "queue" if handoff is not None else "handoff"
    steps: list[AnyArrival] = [Assign(user.id, user.name, queue=queue, force=True, undo="queue")]
    if owner.kind == "bot":
        steps = [Takeover(user.id, user.name, force=True), HandBack(user.id, user.name, "wait")]
    elif owner.kind == "person":
        steps = [Assign(user.id, user.name, owner.user_id, owner.name, queue, force=True, undo=undo)]
    return Back(to.user_id, steps)


def steps_back(step: Any, row: Row[Any] | None) -> list[AnyArrival]:
    """What takes one thing back, as it was kept (JSON); nothing where somebody else has the conversation since."""
    if "steps" not in step:
        return [_arrival.decode(msgspec.json.encode(step))]
    back = _back.decode(msgspec.json.encode(step))
    if row is None:
        return []
    owner = load_state(row.state).owner
    return back.steps if (owner.user_id if owner.kind == "person" else "") == back.holder else []
