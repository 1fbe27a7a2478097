"""What other programs say happened, and waiting: for a time or an event that may come while something else is going
on, and coming back to it."""

from collections.abc import Mapping
from typing import Any

from textback.core.messages import MessageClass
from textback.engine.advance import advance
from textback.engine.arrivals import ApiEvent
from textback.engine.bot import Flow
from textback.engine.context import Context
from textback.engine.effects import Send, SetTimer
from textback.engine.nodes.wait import Wait
from textback.engine.state import Happened, Session


def happen(ctx: Context, event: ApiEvent) -> None:
    """Another program says that something happened. Whoever waits for it goes on; else the flow that it starts begins;
    else it is in the record and changes nothing. Raises LimitHit and RenderError."""
    session = ctx.state.session
    waiting = next((one for one in [session, *reversed(ctx.state.parked)] if one and _waits_for(ctx, one, event)), None)
    starts = "" if waiting is not None else ctx.bot.events.get(event.name, "")
    more = {"starts": starts} if starts else {}
    ctx.event("event_received", name=event.name, by=event.key_name, awaited=waiting is not None, **more)
    if starts and ctx.state.owner.kind == "bot":
        _begin(ctx, ctx.bot.flows[starts], Happened(event.name, event.data))
    elif starts:
        ctx.state.happened = Happened(event.name, event.data)
    if waiting is None:
        return
    waiting.vars["event"] = {"name": event.name, "data": event.data}
    waiting.came = event.name
    if waiting is session and ctx.state.owner.kind == "bot":
        ctx.cancel_timers()
        go_on(ctx)


def _begin(ctx: Context, flow: Flow, event: Happened) -> None:
    """Start the flow of an event. Raises LimitHit and RenderError."""
    begin(ctx, flow, {"event": {"name": event.name, "data": event.data}}, flow.opening)


def begin(ctx: Context, flow: Flow, values: Mapping[str, Any], opening: MessageClass, step: str = "") -> None:
    """Start a flow that nobody has texted for, with these values, at its first step or this one. What is open meanwhile
    is put aside, and is there again when the flow is over, without a word. Raises LimitHit and RenderError."""
    ctx.state.offered, ctx.state.unclear, ctx.state.meant = False, [], ""
    ctx.begin_episode()
    ctx.start_session(flow)
    session = ctx.session
    session.vars.update(values)
    session.opening = opening
    advance(ctx, step or flow.first)
    while ctx.state.session is None and ctx.state.owner.kind == "bot" and ctx.state.parked:
        if ctx.state.parked[-1].sleeping:
            break  # it comes back by itself
        if ctx.unpark() and (question := ctx.open_question()) is not None:
            ctx.set_timers(question)
    if ctx.state.handoff is None and any(isinstance(effect, Send) for effect in ctx.effects):
        ctx.happens("said")


def catch_up(ctx: Context) -> None:
    """The bot may speak again: begin the flow of what happened last meanwhile. Raises LimitHit and RenderError."""
    event, ctx.state.happened = ctx.state.happened, None
    flow = ctx.bot.flows.get(ctx.bot.events.get(event.name, "")) if event is not None else None
    if event is not None and flow is not None and ctx.state.owner.kind == "bot":
        _begin(ctx, flow, event)


def _waits_for(ctx: Context, session: Session, event: ApiEvent) -> bool:
    """Whether a session waits for this event, and none has come yet."""
    if not session.sleeping or session.came:
        return False
    flow = ctx.version(session).flows.get(session.flow)
    step = flow.steps.get(session.step) if flow is not None else None
    return isinstance(step, Wait) and step.event == event.name


def go_on(ctx: Context) -> None:
    """What the session waited for has come, or its time is over."""
    session = ctx.session
    step = ctx.running.steps[session.step]
    following = step.next
    if isinstance(step, Wait) and step.event and not session.came and step.otherwise is not None:
        following = step.otherwise
    session.came = ""
    ctx.begin_episode()
    advance(ctx, following)
    if ctx.state.handoff is None and any(isinstance(effect, Send) for effect in ctx.effects):
        ctx.happens("said")


def wait_on(ctx: Context) -> None:
    """The session waits again, up to the time that it set out to; where what it waited for has come meanwhile, or that
    time is over, it goes on. Raises LimitHit and RenderError."""
    session = ctx.session
    if session.came or session.until <= ctx.now:
        go_on(ctx)
    else:
        ctx.effects.append(SetTimer(f"wait:{session.step}", session.until))


def come_back(ctx: Context) -> None:
    """A session that was put aside while it waited comes back once nothing else is open, without a word about it."""
    state = ctx.state
    while state.session is None and state.owner.kind == "bot" and state.parked and state.parked[-1].sleeping:
        if ctx.unpark():
            wait_on(ctx)


def waits_for_event(ctx: Context) -> bool:
    """Whether the session waits for an event that has not come."""
    session = ctx.session
    step = ctx.running.steps.get(session.step)
    return session.sleeping and not session.came and isinstance(step, Wait) and step.event != ""
