"""Out of sight until a time, or until they text; and how urgent a conversation is.

A snooze is for people's lists: the bot's own work goes on beside it. A person who snoozes what they have keeps it, and
their lease rests meanwhile.
"""

from collections.abc import Sequence

from textback.engine.arrivals import (
    AgentReply,
    AnyArrival,
    Complete,
    HandBack,
    Message,
    Reopen,
    SetPriority,
    Snooze,
    Takeover,
    Unsnooze,
)
from textback.engine.context import OWNER_IDLE, Context
from textback.engine.effects import AnyEffect, CancelTimers, Event, SetTimer
from textback.engine.episode import OVER
from textback.engine.state import Owner, Snoozed, State

SNOOZE = "snooze"
"""The key of the timer that brings a conversation back."""
ACTS = (AgentReply, Complete, HandBack, Reopen, Takeover)
"""What a person does to a conversation that is plainly in their sight."""


def snooze(ctx: Context, act: Snooze) -> None:
    """Put it out of sight. Only whoever has it may, or anybody where no person has it. One that is over has nothing to
    come back for."""
    state, owner = ctx.state, ctx.state.owner
    held = owner.kind == "person" and owner.user_id != act.user_id
    if held or state.episode.status in OVER or 0 < act.until <= ctx.now:
        ctx.event("snooze_refused", user=act.user_id, name=act.user_name, holder=owner.name if held else "")
        return
    ctx.effects.append(SetTimer(SNOOZE, act.until) if act.until else CancelTimers((SNOOZE,)))
    if owner.kind == "person":
        ctx.effects.append(CancelTimers((OWNER_IDLE,)))
    state.snoozed, state.back_at = Snoozed(act.user_id, act.user_name, ctx.now, act.until), 0
    ctx.event("snoozed", user=act.user_id, name=act.user_name, until=act.until)


def unsnooze(ctx: Context, act: Unsnooze) -> None:
    """Bring it back before its time."""
    if ctx.state.snoozed is not None:
        ctx.effects.append(CancelTimers((SNOOZE,)))
        _back(ctx)
        ctx.event("unsnoozed", why="person", user=act.user_id, name=act.user_name)


def wake(ctx: Context, due_at: int) -> None:
    """Its time has come. A timer of an earlier snooze does nothing."""
    snoozed = ctx.state.snoozed
    if snoozed is None or snoozed.until != due_at:
        return
    _back(ctx)
    ctx.state.back_at = ctx.now
    ctx.event("unsnoozed", why="time")


def _back(ctx: Context) -> None:
    ctx.state.snoozed = None
    if ctx.state.owner.kind == "person":
        ctx.effects.append(SetTimer(OWNER_IDLE, ctx.now + ctx.bot.owner_idle))


def set_priority(ctx: Context, act: SetPriority) -> None:
    """Say how urgent it is."""
    if ctx.state.priority != act.priority:
        ctx.event("prioritised", user=act.user_id, name=act.user_name, priority=act.priority)
        ctx.state.priority = act.priority
        if ctx.state.handoff is not None:
            ctx.state.handoff.usual = ""  # it stays so when the hand-over is over


def reopen(ctx: Context, act: Reopen) -> None:
    """Take back that it was completed. Where something has begun since, nothing changes."""
    state = ctx.state
    if state.episode.status not in OVER or state.session is not None:
        return
    if act.owner_id == "nobody":
        state.owner = Owner("nobody", since=ctx.now)
    elif act.owner_id:
        state.owner = Owner("person", act.owner_id, act.owner_name, ctx.now)
        ctx.effects.append(SetTimer(OWNER_IDLE, ctx.now + ctx.bot.owner_idle))
    state.episode.status = "waiting_on_agent" if act.waiting else "waiting_on_customer"
    ctx.event("reopened", user=act.user_id, name=act.user_name)


def settle(before: State, state: State, arrival: AnyArrival, effects: list[AnyEffect], events: list[Event]) -> None:
    """What a turn means for the snooze and the priority, whatever else it did: a text from the contact brings the
    conversation back, and so does its going to somebody else; one that is over is neither snoozed nor urgent."""
    over = state.episode.status in OVER
    if isinstance(arrival, ACTS):
        state.back_at = 0
    if over:
        state.priority, state.back_at = "normal", 0
    if state.snoozed is None or before.snoozed != state.snoozed:
        return
    moved = (state.owner.kind, state.owner.user_id) != (before.owner.kind, before.owner.user_id)
    if isinstance(arrival, Message):
        why = "text"
    elif over or moved or isinstance(arrival, ACTS):
        why = "moved"
    else:
        if _loses_timer(effects) and state.snoozed.until:
            effects.append(SetTimer(SNOOZE, state.snoozed.until))
        return
    effects.append(CancelTimers((SNOOZE,)))
    state.snoozed = None
    events.append(Event("unsnoozed", {"why": why}))


def _loses_timer(effects: Sequence[AnyEffect]) -> bool:
    """Whether every timer is forgotten, the one that brings it back too."""
    return any(isinstance(effect, CancelTimers) and not effect.keys for effect in effects)
