"""escalate: gives the conversation to a queue of people, with a reason. The bot goes quiet.

When a person hands back, the session goes on with the step that follows; if none does, it has ended here. Where this
is the `then` of a question, the question stays the open step.
"""

from textback.engine import reasons
from textback.engine.bot import END, Escalation, Step
from textback.engine.context import Context
from textback.engine.nodes.ask import Ask
from textback.engine.queues import CLOSED_NAMES
from textback.engine.reading import NAME, Draft, Kind


class Escalate(Step, frozen=True, kw_only=True):
    """Ask for a person."""

    how: Escalation


def read(draft: Draft) -> Escalate:
    """`escalate: QUEUE` with `text`, the words the contact reads, and `closed`, what they read where nobody can answer
    now; `reason`, for the person, and `skill`, what they must know about."""
    flow = draft.flow
    text = draft.text("text")
    if text is None and "text" not in draft.keys and not flow.has_handoff_text:
        flow.source.warn(
            draft.value,
            "This escalate has no text, so the contact reads the built-in words.",
            "Add text: here, or handoff: {text: ...} in bot.yml.",
        )
    reason = flow.string(draft.keys.get("reason"), "reason") or ""
    closed = flow.text(draft.keys.get("closed"), "closed", CLOSED_NAMES)
    skill = flow.string(draft.keys.get("skill"), "skill", NAME) or ""
    return Escalate(**draft.base(), how=Escalation(flow.queue(draft.value), text, reason, closed, skill))


def run(ctx: Context, step: Escalate) -> None:
    """Ask for a person, and stop."""
    session = ctx.session
    session.step = step.id
    ctx.escalate(step.how, step.how.reason or _why(ctx), ctx.source(step))
    if ctx.origin:
        session.step, session.waiting = ctx.origin, True
    elif step.next == END:
        ctx.end_session("escalated", finish=False)
    else:
        session.step, session.waiting = step.next, False


def _why(ctx: Context) -> str:
    """The reason where the author gives none: the question that was given up on may have been who they are."""
    given_up = ctx.running.steps.get(ctx.origin) if ctx.origin else None
    return reasons.NOT_VERIFIED if isinstance(given_up, Ask) and given_up.verifies else reasons.FLOW


KIND = Kind("escalate", Escalate, ("text", "reason", "closed", "skill"), read, run)
