"""Digressions: another flow is begun while a question is open. The question comes back when that flow is over."""

from textback.engine.bot import Question
from textback.engine.context import Context
from textback.engine.nodes.ask import Ask
from textback.engine.nodes.registry import asking


def offer(ctx: Context) -> None:
    """Another session has ended and one is parked: ask its question again when it was parked in this very turn, go on
    when it waits for another system, else ask whether to go on with it. One that waits for a time or an event comes
    back by itself: see awaited.come_back."""
    if ctx.state.parked[-1].sleeping:
        return
    if ctx.digressed or ctx.state.parked[-1].pending is not None:
        go_on(ctx, back=True)
        return
    parked = ctx.state.parked[-1]
    flow = ctx.version(parked).flows.get(parked.flow)
    label = ctx.called(flow) if flow is not None else parked.flow
    ctx.say(ctx.phrases.resume.format(flow=label), "bot.resume", asks="only")
    ctx.state.offered = True
    ctx.event("resume_offered", session=parked.id, flow=parked.flow)


def go_on(ctx: Context, *, back: bool = False) -> None:
    """Take up the parked session and ask its open question again; with `back` shorter, and only the first time."""
    if not ctx.unpark():
        return
    step = ctx.open_question()
    if step is None:
        return
    if back:
        come_back(ctx, step)
    else:
        ctx.put(step, asking(step).words(ctx, step))


def come_back(ctx: Context, step: Question) -> None:
    """Something else was answered while this question is open: ask it again, shorter, and only the first time."""
    if ctx.session.nudged:
        ctx.set_timers(step)
    else:
        ctx.session.nudged = True
        ctx.ask(step, ctx.phrases.back_to.format(question=short(ctx, step)))


def short(ctx: Context, step: Question) -> str:
    """The question without what leads up to it: its last sentence that asks, and its menu."""
    if ctx.session.between or ctx.session.half or not isinstance(step, Ask):
        return asking(step).words(ctx, step)
    text = ctx.render(step.text)
    sentences = [part.strip() for part in text.replace("? ", "?\n").replace(". ", ".\n").splitlines()]
    asks = next((part for part in reversed(sentences) if part.endswith("?")), text)
    return f"{asks} {ctx.render(step.choices.menu)}" if step.choices else asks
