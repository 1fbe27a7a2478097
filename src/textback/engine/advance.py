"""Running a session: step after step, until one waits, ends or hands over."""

from textback.engine.bot import END, Question, Step
from textback.engine.context import Context, LimitHit
from textback.engine.nodes.ask import Ask
from textback.engine.nodes.registry import ONCE, RUN


def advance(ctx: Context, step_id: str) -> None:
    """Run the session on from this step. Raises LimitHit and RenderError."""
    session = ctx.session
    session.waiting = session.sleeping = False
    session.pending = None
    following: str | None = step_id
    while following is not None:
        if following == END:
            if not session.frames:
                ctx.end_session(ctx.outcome)
                return
            following = ctx.leave_flow()
            continue
        ctx.steps += 1
        if ctx.steps > ctx.bot.limits.steps:
            raise LimitHit("steps_in_a_turn", ctx.bot.limits.steps)
        step = ctx.running.steps[following]
        session.step = following
        skipped = step.when is not None and not ctx.holds(step.when)
        if skipped or (ctx.rewalking is not None and _known(ctx, step) and type(step) in ONCE):
            following = step.next
        else:
            if following not in session.seen:
                session.seen.append(following)
            following = RUN[type(step)](ctx, step)
        ctx.path.append((step, skipped, following))


def _known(ctx: Context, step: Step) -> bool:
    """Whether a session that is gone through again has been at this step before. It is new from the first that it has
    not, from the question that is open, and from one that it comes by twice."""
    again = ctx.rewalking
    if again is None:
        return False
    if step.id not in ctx.session.seen or step.id in again:
        ctx.rewalking = None
        return False
    again.add(step.id)
    return True


def rewalk(ctx: Context, step_id: str, open_: str = "") -> None:
    """Run the session on from this step after an answer behind it was changed: what was said and done is not said and
    done again, questions that have an answer are not asked again, and conditions may now lead another way. `open_` is
    the question to come back to."""
    ctx.rewalking = {open_}
    advance(ctx, step_id)
    ctx.rewalking = None


def give_up(ctx: Context, step: Question, then: str, outcome: str) -> None:
    """Leave a question unanswered and go on at `then`. Its variable is empty from now on, so that texts can use it."""
    ctx.origin = step.id
    ctx.outcome = outcome
    session = ctx.session
    session.confirming = ""
    session.between = []
    if isinstance(step, Ask):
        session.vars.setdefault(step.name, "")
    advance(ctx, then)
