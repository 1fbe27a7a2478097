"""Who has a conversation, among people: giving it to somebody, asking for it, keeping it, and what they tell each other
in it."""

from textback.engine.arrivals import AskFor, Assign, Note, Renew, Takeover
from textback.engine.context import OWNER_IDLE, Context
from textback.engine.effects import CancelTimers
from textback.engine.people import hush, refused, renew_lease, take_over
from textback.engine.state import Asker, Handoff, Owner
from textback.engine.urgency import end_handoff

ASSIGNED = "assigned"
"""The reason of a handoff that no bot and no contact asked for."""


def assign(ctx: Context, act: Assign) -> None:
    """Give it to a colleague, or to whoever comes first. The contact is told nothing: that is for a person to say."""
    if act.undo:
        _put_back(ctx, act)
    if act.to_id and act.to_id == act.user_id:
        take_over(ctx, Takeover(act.user_id, act.user_name, act.force))
        return
    if not act.force and refused(ctx, act, "assign_refused"):
        return
    before = ctx.state.owner
    if act.to_id and before.user_id == act.to_id:
        return
    hush(ctx)
    if not act.undo:
        _hand_on(ctx, act)
    if act.to_id:
        ctx.state.owner = Owner("person", act.to_id, act.to_name, ctx.now)
        renew_lease(ctx)
    else:
        ctx.state.owner = Owner("nobody", since=ctx.now)
        if before.kind == "person":
            ctx.effects.append(CancelTimers((OWNER_IDLE,)))
    ctx.happens("needs_person")
    data = {"user": act.user_id, "name": act.user_name, "from": before.kind}
    if act.to_id:
        data |= {"to": act.to_id, "to_name": act.to_name}
    if act.queue:
        data["queue"] = act.queue
    if before.kind == "person" and before.user_id != act.user_id:
        data["from_name"] = before.name
    ctx.event("assigned", **data)


def _hand_on(ctx: Context, act: Assign) -> None:
    """What whoever gets it should know: what was known already, or where the bot was."""
    handoff, session = ctx.state.handoff, ctx.state.session
    if handoff is None:
        stopped = f"{session.flow}.{session.step}" if session else ""
        handoff = Handoff(ASSIGNED, asked_at=ctx.now, collected=ctx.collected(), stopped_at=stopped)
        ctx.state.handoff = handoff
    if act.queue:
        handoff.queue = act.queue


def _put_back(ctx: Context, act: Assign) -> None:
    """What is known of the hand-over is as it was before the assignment that this takes back."""
    if act.undo == "handoff":
        end_handoff(ctx.state)
    elif ctx.state.handoff is not None:
        ctx.state.handoff.queue = act.queue


def ask_for(ctx: Context, act: AskFor) -> None:
    """Ask the colleague who has it. Where none does there is nobody to ask."""
    owner = ctx.state.owner
    if owner.kind != "person" or owner.user_id == act.user_id:
        return
    ctx.state.asker = Asker(act.user_id, act.user_name, owner.user_id, ctx.now)
    ctx.event("asked_for", user=act.user_id, name=act.user_name, holder=owner.name, holder_id=owner.user_id)


def renew(ctx: Context, act: Renew) -> None:
    """Whoever has it is there: their lease begins anew."""
    if ctx.state.owner.kind == "person" and ctx.state.owner.user_id == act.user_id:
        renew_lease(ctx)


def note(ctx: Context, act: Note) -> None:
    """It is in the record, and nothing else happens, but that whoever has it is there."""
    data = {"user": act.user_id, "name": act.user_name, "text": act.text, "note": act.note_id}
    ctx.event("noted", **data, mentions=list(act.mentions))
    renew(ctx, Renew(act.user_id, act.user_name))
