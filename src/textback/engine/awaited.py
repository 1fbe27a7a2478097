"""Waiting: for a time or an event that may come while something else is going on, and coming back to it."""

from textback.engine.advance import advance
from textback.engine.arrivals import ApiEvent
from textback.engine.context import Context
from textback.engine.effects import Send, SetTimer
from textback.engine.nodes.wait import Wait
from textback.engine.state import Session


def happen(ctx: Context, event: ApiEvent) -> None:
    """Another program says that something happened. Whoever waits for it goes on; else it is in the record and changes
    nothing. Raises LimitHit and RenderError."""
    session = ctx.state.session
    waiting = next((one for one in [session, *reversed(ctx.state.parked)] if one and _waits_for(ctx, one, event)), None)
    ctx.event("event_received", name=event.name, by=event.key_name, awaited=waiting is not None)
    if waiting is None:
        return
    waiting.vars["event"] = {"name": event.name, "data": event.data}
    waiting.came = event.name
    if waiting is session and ctx.state.owner.kind == "bot":
        ctx.cancel_timers()
        go_on(ctx)


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
