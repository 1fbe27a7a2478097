"""Running a session: step after step, until one waits, ends or hands over."""

from textback.engine.bot import END, Question
from textback.engine.context import Context, LimitHit
from textback.engine.nodes.ask import Ask
from textback.engine.nodes.registry import RUN

STEPS_IN_A_TURN = 200
"""A flow that goes round without asking anything is stopped here."""

TURNS_IN_A_SESSION = 100
"""A contact who gets nowhere in this many texts gets a person."""


def advance(ctx: Context, step_id: str) -> None:
    """Run the session on from this step. Raises LimitHit and RenderError."""
    session = ctx.session
    session.waiting = False
    steps = ctx.running.steps
    following: str | None = step_id
    while following is not None:
        if following == END:
            ctx.end_session(ctx.outcome)
            return
        ctx.steps += 1
        if ctx.steps > STEPS_IN_A_TURN:
            raise LimitHit("steps_in_a_turn", STEPS_IN_A_TURN)
        step = steps[following]
        session.step = following
        skipped = step.when is not None and not ctx.holds(step.when)
        following = step.next if skipped else RUN[type(step)](ctx, step)
        ctx.path.append((step, skipped, following))


def give_up(ctx: Context, step: Question, then: str, outcome: str) -> None:
    """Leave a question unanswered and go on at `then`. Its variable is empty from now on, so that texts can use it."""
    ctx.origin = step.id
    ctx.outcome = outcome
    session = ctx.session
    session.confirming = ""
    if isinstance(step, Ask):
        session.vars.setdefault(step.name, "")
    advance(ctx, then)
