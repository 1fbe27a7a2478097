"""answer: looks a question up in the knowledge base, says what it finds, and goes on."""

from textback.engine.bot import Answer, Knowledge, Step
from textback.engine.context import HIDDEN, Context
from textback.engine.reading import Draft, Kind, Reader
from textback.engine.source import Node
from textback.engine.template import Text


class Answering(Step, frozen=True, kw_only=True):
    """Answer `question`, or the contact's last text. Below `least` (the bot's own where None) go to `otherwise`; where
    there is none, say what is said to texts that nothing understands."""

    question: Text | None = None
    least: float | None = None
    otherwise: str | None = None

    def targets(self) -> tuple[str, ...]:
        """The next step, and what is done when nothing is known."""
        return (self.next,) if self.otherwise is None else (self.next, self.otherwise)


def read(draft: Draft) -> Answering:
    """`answer`, or `answer: QUESTION`, with `min_confidence` and `else: STEPS`."""
    flow = draft.flow
    value = draft.value
    question = None if getattr(value, "empty", False) or getattr(value, "value", None) == "" else draft.text("answer")
    least = None
    if "min_confidence" in draft.keys:
        least = share(flow, draft.keys["min_confidence"], "min_confidence", Knowledge().answer)
    otherwise = flow.block(draft.keys["else"], f"{draft.id}.else.", draft.next) if "else" in draft.keys else None
    return Answering(**draft.base(), question=question, least=least, otherwise=otherwise)


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


def run(ctx: Context, step: Answering) -> str:
    """Say what is known, or what to say when it is not; and go on."""
    question = ctx.heard if step.question is None else ctx.render(step.question)
    answerer = ctx.bot.answerer
    usable = answerer is not None and question.strip() and question != HIDDEN
    found = answerer.answer(question, ctx.locale, ctx.now) if answerer is not None and usable else Answer()
    if found.text and found.confidence >= (ctx.bot.knowledge.answer if step.least is None else step.least):
        ctx.say(found.text, ctx.source(step), step.message_class)
        ctx.event("answered", passage=found.passage, confidence=round(found.confidence, 3))
        return step.next
    ctx.event("not_answered", passage=found.passage, confidence=round(found.confidence, 3))
    if step.otherwise is not None:
        return step.otherwise
    fallback = ctx.bot.fallback.text
    ctx.say(ctx.render(fallback) if fallback is not None else ctx.phrases.fallback, ctx.source(step))
    return step.next


KIND = Kind("answer", Answering, ("min_confidence", "else"), read, run, bare=True, once=True)
