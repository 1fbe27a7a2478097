"""Asking again what was not answered, or giving up."""

from textback.core.messages import Asks
from textback.engine import reasons
from textback.engine.advance import give_up
from textback.engine.bot import Escalation, Question
from textback.engine.context import Context
from textback.engine.digress import short
from textback.engine.nodes.ask import Ask
from textback.engine.nodes.registry import asking


def refuse(ctx: Context, step: Question, why: str = "") -> str:
    """Ask again, in other words each time, or give up. `why` is what is wrong with an answer that was understood."""
    session = ctx.session
    session.tries += 1
    ctx.event("answer_refused", session=session.id, flow=session.flow, step=step.id, tries=session.tries)
    if session.tries > step.retry.max:
        if step.retry.then is None:
            verifies = isinstance(step, Ask) and step.verifies
            why_ = reasons.NOT_VERIFIED if verifies else reasons.NOT_UNDERSTOOD
            ctx.escalate(Escalation(), why_, ctx.source(step))
        else:
            give_up(ctx, step, step.retry.then, "not_understood")
        return f"gave up after {session.tries} tries"
    talk = asking(step)
    asks: Asks = "only"
    if why:  # nobody says that again
        asks = ""
        words = f"{why} {short(ctx, step) if session.tries == 1 else talk.example(ctx, step)}"
    elif session.tries > 1:
        words = talk.example(ctx, step)
    elif step.retry.text is not None:
        asks = "only" if step.asks == "only" else ""
        words = ctx.render(step.retry.text, question=talk.words(ctx, step))
    else:
        asks = step.asks
        words = ctx.phrases.again.format(question=talk.words(ctx, step))
    ctx.ask(step, words, asks)
    return f"try {session.tries} of {step.retry.max}"
