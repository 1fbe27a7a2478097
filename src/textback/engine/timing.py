"""Timers that are due. One that no longer fits the conversation does nothing."""

from textback.engine import by_text, serving
from textback.engine.advance import give_up
from textback.engine.arrivals import JobResult, TimerFired
from textback.engine.awaited import go_on
from textback.engine.context import OWNER_IDLE, Context
from textback.engine.nodes.registry import asking
from textback.engine.results import arrive, waited_for
from textback.engine.snoozing import SNOOZE, wake
from textback.engine.state import Handoff, Owner
from textback.engine.thinking import MODEL


def fire(ctx: Context, timer: TimerFired) -> None:
    """Remind, expire, go on, or end an idle person's lease. Raises LimitHit and RenderError."""
    kind, _, step_id = timer.key.partition(":")
    if kind == OWNER_IDLE:
        _owner_idle(ctx)
        return
    if kind == SNOOZE:
        wake(ctx, timer.due_at)
        return
    if kind == serving.LIMIT:
        serving.fire(ctx, timer)
        return
    if kind == MODEL:
        if step_id in waited_for(ctx):
            arrive(ctx, JobResult(step_id, error="timeout"))
        return
    if kind == by_text.TIMER:
        by_text.leave(ctx)
        return
    if kind == "wait":
        _wake(ctx, step_id)
        return
    step = ctx.open_question()
    if step is None or step.id != step_id or ctx.state.owner.kind != "bot":
        return
    if kind == "remind" and step.remind is not None:
        question = asking(step).words(ctx, step)
        text = step.remind.text
        words = ctx.render(text, question=question) if text else ctx.phrases.remind.format(question=question)
        ctx.say(words, ctx.source(step), step.message_class, asks="only" if step.asks == "only" else "")
        ctx.event("reminded", session=ctx.session.id, flow=ctx.session.flow, step=step.id)
    elif kind == "expire" and step.expire is not None:
        ctx.cancel_timers()
        if step.expire.then is None:
            ctx.end_session("expired")
        else:
            give_up(ctx, step, step.expire.then, "expired")
            if ctx.state.owner.kind == "bot":
                ctx.happens("said")


def _wake(ctx: Context, step_id: str) -> None:
    """The time that the session waited for has come. While a person has the conversation it waits on."""
    session = ctx.state.session
    if session is None or not session.sleeping or session.step != step_id or ctx.state.owner.kind != "bot":
        return
    go_on(ctx)


def _owner_idle(ctx: Context) -> None:
    """The conversation goes back to waiting for a person, never silently to the bot."""
    owner = ctx.state.owner
    if owner.kind != "person":
        return
    session = ctx.state.session
    ctx.state.owner = Owner("nobody", since=ctx.now)
    if ctx.state.handoff is None:
        stopped = f"{session.flow}.{session.step}" if session else ""
        ctx.state.handoff = Handoff(OWNER_IDLE, asked_at=ctx.now, collected=ctx.collected(), stopped_at=stopped)
    ctx.happens("needs_person")
    ctx.event(OWNER_IDLE, user=owner.user_id, name=owner.name)
