"""answer: looks a question up in the knowledge base, says what it finds, and goes on."""

from textback.engine.bot import Answer, Knowledge, Step
from textback.engine.context import HIDDEN, Context
from textback.engine.reading import PERSONA_NAME, Draft, Kind, Reader
from textback.engine.source import Node
from textback.engine.template import Text
from textback.engine.thinking import may_ask, persona_of, think


class Answering(Step, frozen=True, kw_only=True):
    """Answer `question`, or the contact's last text, from the knowledge base, or else by a model as this persona (the
    bot's own where it names none). Below `least` (the bot's own where None) go to `otherwise`; where
    there is none, say what is said to texts that nothing understands."""

    question: Text | None = None
    persona: str = ""
    least: float | None = None
    otherwise: str | None = None

    def targets(self) -> tuple[str, ...]:
        """The next step, and what is done when nothing is known."""
        return (self.next,) if self.otherwise is None else (self.next, self.otherwise)


def read(draft: Draft) -> Answering:
    """`answer`, or `answer: QUESTION`, with `min_confidence` and `else: STEPS`."""
    flow = draft.flow
    value = draft.value
    persona = flow.string(draft.keys.get("persona"), "persona", PERSONA_NAME) or ""
    if persona:
        flow.personas.append((draft.keys["persona"], persona))
    question = None if getattr(value, "empty", False) or getattr(value, "value", None) == "" else draft.text("answer")
    least = None
    if "min_confidence" in draft.keys:
        least = share(flow, draft.keys["min_confidence"], "min_confidence", Knowledge().answer)
    otherwise = flow.block(draft.keys["else"], f"{draft.id}.else.", draft.next) if "else" in draft.keys else None
    return Answering(**draft.base(), question=question, least=least, otherwise=otherwise, persona=persona)


def usable_by_model(question: str) -> bool:
    """Whether there is anything to ask."""
    return bool(question.strip()) and HIDDEN not in question


def share(reader: Reader, node: Node | None, what: str, default: float) -> float:
    """A confidence between 0 and 1."""
    text = reader.string(node, what)
    if text is None or node is None:
        return default
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        reader.source.error(node, f"{what} must be a number from 0 to 1.", f"For example: {default:g}.")
        return default
    return found


def asked(ctx: Context, step: Answering) -> str:
    """The question that the step answers."""
    return ctx.heard if step.question is None else ctx.render(step.question)


def run(ctx: Context, step: Answering) -> str | None:
    """Say what is known, or what to say when it is not, and go on; or ask a model, and wait for it."""
    question = asked(ctx, step)
    answerer = ctx.bot.answerer
    usable = answerer is not None and question.strip() and question != HIDDEN
    found = answerer.answer(question, ctx.locale, ctx.now) if answerer is not None and usable else Answer()
    if found.text and found.confidence >= (ctx.bot.knowledge.answer if step.least is None else step.least):
        ctx.say(found.text, ctx.source(step), step.message_class)
        ctx.event("answered", passage=found.passage, confidence=round(found.confidence, 3))
        return step.next
    persona = persona_of(ctx.bot, step.persona)
    if persona is not None and usable_by_model(question) and not may_ask(ctx):
        think(ctx, persona, [question], step)
        return None
    ctx.event("not_answered", passage=found.passage, confidence=round(found.confidence, 3))
    if step.otherwise is not None:
        return step.otherwise
    fallback = ctx.bot.fallback.text
    ctx.say(ctx.render(fallback) if fallback is not None else ctx.phrases.fallback, ctx.source(step))
    return step.next


KIND = Kind("answer", Answering, ("persona", "min_confidence", "else"), read, run, bare=True, once=True)
