"""Asking a language model: what is asked, as which persona, and from when to when it is waited for."""

import re
from collections.abc import Sequence

from textback.core.when import DAY, SECOND
from textback.engine.bot import Bot, Step
from textback.engine.context import Context
from textback.engine.effects import CancelTimers, Perform, SetTimer
from textback.engine.persona import Persona
from textback.engine.state import Pending, Thinking

MODEL = "model"
"""The action of jobs that a model does, and the kind of the timer by which they must be done."""
REMEMBERED = DAY
"""How long (ms) what a model remembers of a conversation outlives its last text."""
TOGETHER = 1_500
"""How long (ms) the contact's next text is waited for before a model is asked."""
SPARE = 5 * SECOND
"""After the model's own time, until it counts as lost (ms)."""
MILLION = 1_000_000
MOST_TEXTS = 5
"""Of the contact's texts that are asked about together, the last so many."""
_ASKS = re.compile(
    r"[?¿]|^\W*(who|whose|what|whats|when|where|which|why|how|do|does|did|can|could|will|would|is|are|was|am|should|may"
    r"|have|has|any|tell|quién|quien|qué|que|cuándo|cuando|dónde|donde|cuál|cual|cómo|como|cuánto|cuanto|cuántos|cuantos"
    r"|puedo|puede|pueden|tienen|tiene|hay|es|son|hacen)\b",
    re.IGNORECASE,
)


def persona_of(bot: Bot, name: str = "") -> Persona | None:
    """The persona of this name, else the one that the bot answers as; None where there is no model to be it."""
    if bot.model is None:
        return None
    wanted = name or bot.model.persona
    return bot.personas.get(wanted) or next(iter(bot.personas.values()), None)


def is_question(text: str) -> bool:
    """Whether a text asks something, rather than answers it."""
    return _ASKS.search(text[:500]) is not None


def may_ask(ctx: Context) -> str:
    """Why no model may be asked now; empty where one may."""
    model = ctx.bot.model
    if model is None:
        return "none"
    state = ctx.state
    today = ctx.now - state.spent_since < DAY
    if model.conversation and today and state.spent >= model.conversation * MILLION:
        return "the conversation's budget is spent"
    return ""


def think(ctx: Context, persona: Persona, texts: Sequence[str], step: Step | None = None) -> str:
    """Have a model asked; the id of its job. For a `step` the session waits, else the conversation goes on."""
    model = ctx.bot.model
    if model is None:
        raise LookupError("the bot has no model")
    state = ctx.state
    job = f"{ctx.session_id}-m"
    if state.memory and ctx.now - state.memory_at > REMEMBERED:
        state.memory = ""
    shared = {name: str(state.fields[name])[:200] for name in model.share if state.fields.get(name) not in (None, "")}
    arguments = {
        "persona": persona.name, "texts": list(texts), "locale": persona.locale or ctx.locale, "fields": shared,
        "memory": state.memory,
    }  # fmt: skip
    session = state.session if step is not None else None
    if session is not None and step is not None:
        session.step = step.id
        session.pending = Pending(job, MODEL, held="\n".join(texts))
    else:
        state.thinking = Thinking(job, persona.name, list(texts), ctx.now)
    source = ctx.source(step) if step is not None else f"bot.{MODEL}"
    after = 0 if step is not None else TOGETHER
    ctx.effects.append(
        Perform(
            job, session.id if session is not None else "", ctx.bot.version, source, MODEL, arguments, job,
            timeout=model.within, retries=0, after=after,
        )
    )  # fmt: skip
    ctx.effects.append(SetTimer(timer_of(job), ctx.now + after + model.within + SPARE))
    ctx.event("model_asked", job=job, persona=persona.name)
    return job


def timer_of(job: str) -> str:
    """The key of the timer that ends the wait for a model."""
    return f"{MODEL}:{job}"


def stop_thinking(ctx: Context) -> None:
    """Nobody wants to know any more."""
    if ctx.state.thinking is not None:
        ctx.effects.append(CancelTimers((timer_of(ctx.state.thinking.job),)))
        ctx.state.thinking = None
