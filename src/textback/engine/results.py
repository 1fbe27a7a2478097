"""What came of an action: the session that waits for it goes on.

A result is kept until its session may speak: one that is put aside waits for its turn, and so does one whose
conversation a person has. What nobody waits for any more changes nothing.
"""

import msgspec

from textback.engine.actions import yes
from textback.engine.advance import advance, rewalk
from textback.engine.arrivals import JobResult
from textback.engine.bot import Escalation
from textback.engine.context import Context
from textback.engine.effects import Send
from textback.engine.match import normalise
from textback.engine.nodes.answer import Answering
from textback.engine.nodes.ask import Ask, answered, next_action, prefill
from textback.engine.nodes.call import Call
from textback.engine.nodes.checks import refusal
from textback.engine.refusing import refuse
from textback.engine.replying import arrive as arrive_reply
from textback.engine.replying import settle_step
from textback.engine.state import Pending, Session

ACTION_FAILED = "action_failed"


def arrive(ctx: Context, result: JobResult) -> None:
    """Keep a result for the session that waits for it, and go on with it if it may. Raises LimitHit and RenderError."""
    thinking = ctx.state.thinking
    if thinking is not None and thinking.job == result.job:
        arrive_reply(ctx, thinking, result)
        return
    session = _waiting(ctx, result.job)
    if session is None or session.pending is None:
        ctx.event("action_stale", job=result.job)
        return
    done = {"session": session.id, "flow": session.flow, "step": session.step, "action": session.pending.action}
    if result.error:
        ctx.event(ACTION_FAILED, **done, error=result.error)
    else:
        ctx.event("action_done", **done)
    session.pending = msgspec.structs.replace(session.pending, came=True, value=result.value, error=result.error)
    if ctx.state.owner.kind != "bot":
        return
    parked = ctx.state.parked
    if ctx.state.session is None and parked and parked[-1] is session:
        ctx.unpark()
    if ready(ctx):
        ctx.begin_episode()
        settle(ctx)
        if ctx.state.handoff is None and any(isinstance(effect, Send) for effect in ctx.effects):
            ctx.happens("said")


def waited_for(ctx: Context) -> set[str]:
    """The jobs whose results somebody waits for."""
    sessions = [*ctx.state.parked, *([ctx.state.session] if ctx.state.session else ())]
    jobs = {one.pending.job for one in sessions if one.pending is not None and not one.pending.came}
    return jobs | ({ctx.state.thinking.job} if ctx.state.thinking is not None else set())


def _waiting(ctx: Context, job: str) -> Session | None:
    sessions = [*ctx.state.parked, *([ctx.state.session] if ctx.state.session else ())]
    return next((one for one in sessions if one.pending and one.pending.job == job and not one.pending.came), None)


def ready(ctx: Context) -> bool:
    """Whether what the session waited for is there, and it may go on."""
    session = ctx.state.session
    pending = session.pending if session is not None else None
    return pending is not None and pending.came and ctx.state.owner.kind == "bot"


def settle(ctx: Context) -> None:
    """Go on with what has come. Raises LimitHit and RenderError."""
    session = ctx.session
    pending, session.pending = session.pending, None
    step = ctx.running.steps[session.step]
    if pending is None:
        return
    if isinstance(step, Call) and pending.rule < 0:
        _called(ctx, step, pending)
    elif isinstance(step, Answering):
        settle_step(ctx, step, pending)
    elif isinstance(step, Ask) and 0 <= pending.rule < len(step.rules):
        _checked(ctx, step, pending)


def _called(ctx: Context, step: Call, pending: Pending) -> None:
    if step.save:
        ctx.session.vars[step.save] = {"error": pending.error} if pending.error else pending.value
    following = step.on_error if pending.error else step.next
    ctx.path.append((step, False, "failed" if following is None else following))
    if pending.error:
        ctx.outcome = ACTION_FAILED
    if following is not None:
        advance(ctx, following)
        return
    ctx.escalate(Escalation(), ACTION_FAILED, ctx.source(step))
    ctx.end_session(ACTION_FAILED, finish=False)


def _checked(ctx: Context, step: Ask, pending: Pending) -> None:
    """An answer that was held: it is kept, or asked for again, or a person is asked for."""
    session = ctx.session
    rule = step.rules[pending.rule]
    fine = not pending.error and yes(pending.value)
    came = "failed" if pending.error else "accepted" if fine else "refused"
    ctx.path.append((step, False, f"{rule.name} {came}"))
    asked, session.waiting = session.waiting, True
    if fine:
        if next_action(ctx, step, pending.held, pending.rule + 1, again=pending.again):
            session.waiting = asked
            return
        answered(ctx, step, pending.held, note=not asked and not pending.again)
        if pending.again:
            rewalk(ctx, step.next)
        else:
            advance(ctx, step.next)
        return
    session.vars.pop(step.name, None)
    if pending.error:
        ctx.escalate(Escalation(), ACTION_FAILED, ctx.source(step))
        return
    refuse(ctx, step, refusal(ctx, rule, step.name, pending.held))


def meanwhile(ctx: Context, text: str) -> str:
    """A text that nothing took while the session waits: what it says of later questions is kept, and the contact is
    asked for a moment, once."""
    session = ctx.session
    pending = session.pending
    if pending is None:
        return "nothing is waited for"
    if normalise(text):
        prefill(ctx, text, session.step)
    if not pending.told and not pending.came:
        session.pending = msgspec.structs.replace(pending, told=True)
        ctx.say(ctx.phrases.moment, "bot.moment")
    return f"{pending.action} is asked"
