"""What the knowledge base answers: in a turn, when nobody else understood the text, and what bot.yml says of it."""

from collections.abc import Mapping

from textback.engine.bot import Answer, Bot, Flow, Knowledge
from textback.engine.context import Context
from textback.engine.digress import come_back
from textback.engine.match import match_yes_no
from textback.engine.nodes.answer import Answering, share
from textback.engine.reading import Reader
from textback.engine.source import Node, Problem, Source

SOURCE = "bot.knowledge"
FOLDER = "knowledge/"
SUFFIXES = (".md", ".csv")
URLS = "knowledge/urls.yml"
MOST_SEGMENTS = 8


def look_up(ctx: Context, text: str, normal: str, *, clarify: bool | None = None) -> tuple[bool, str]:
    """Answer a text from the knowledge base: where it is sure enough; or ask whether another question is meant, where
    none is open. With a question open this is a digression, and the question comes back after it. Nothing is asked
    without `clarify`; unless it is given, that is where there is no model, which may know more."""
    if clarify is None:
        clarify = ctx.bot.model is None
    answerer = ctx.bot.answerer
    if answerer is None or not normal:
        return False, "none" if answerer is None else "no words"
    found = answerer.answer(text, ctx.locale, ctx.now)
    shown = seen(found)
    if found.text and found.confidence >= ctx.bot.knowledge.answer:
        say(ctx, found, SOURCE)
        return True, shown
    if not clarify or not found.text or not found.about or found.confidence < ctx.bot.knowledge.clarify:
        return False, shown
    if ctx.open_question() is not None:
        return False, f"unclear: {shown}"
    ctx.state.meant = found.about
    question = found.about if found.about.endswith(("?", ".", "!")) else f"{found.about}?"
    ctx.say(ctx.phrases.meant.format(question=question), SOURCE)
    ctx.event("unclear", passage=found.passage)
    return True, f"unclear: {shown}"


def confirmed(ctx: Context, text: str) -> tuple[bool, str]:
    """The answer to "did you mean …?"."""
    about, ctx.state.meant = ctx.state.meant, ""
    if not about:
        return False, "nothing meant"
    answer = match_yes_no(text)
    if answer is None or answer.value is not True:
        return False, "no" if answer is not None else "neither yes nor no"
    answerer = ctx.bot.answerer
    found = answerer.answer(about, ctx.locale, ctx.now) if answerer is not None else Answer()
    if not found.text or found.confidence < ctx.bot.knowledge.clarify:
        return False, "it is no longer known"
    say(ctx, found, SOURCE)
    return True, seen(found)


def say(ctx: Context, found: Answer, source: str) -> None:
    """Send an answer as it is: nothing in a passage is a template, or an instruction. The open question comes back."""
    ctx.say(found.text, source)
    ctx.event("answered", passage=found.passage, confidence=round(found.confidence, 3))
    step = ctx.open_question()
    if step is not None:
        come_back(ctx, step)
    elif ctx.state.session is None and not ctx.state.parked:
        ctx.happens("finished")


def seen(found: Answer) -> str:
    """An answer as the turn's record shows it."""
    against = f", but {found.against} says otherwise" if found.against else ""
    return f"{found.passage or 'nothing found'} ({found.confidence:.0%}){against}"


def read_sources(files: Mapping[str, str], problems: list[Problem]) -> dict[str, str]:
    """The knowledge files; one that nothing reads is worth a warning."""
    found = {}
    for file in sorted(files):
        if not file.startswith(FOLDER):
            continue
        if file.endswith(SUFFIXES):
            found[file] = files[file]
        elif file != URLS:
            Source(file, problems).warn(None, "This file is not read.", "Knowledge is knowledge/*.md and *.csv.")
    return found


def read_knowledge(reader: Reader, node: Node | None) -> Knowledge:
    """`knowledge: {answer: 0.8, clarify: 0.5, segments: 2}` in bot.yml."""
    if node is None:
        return Knowledge()
    keys = reader.mapping(node, "knowledge", ("answer", "clarify", "segments"))
    usual = Knowledge()
    found = Knowledge(
        share(reader, keys.get("answer"), "answer", usual.answer),
        share(reader, keys.get("clarify"), "clarify", usual.clarify),
        reader.integer(keys.get("segments"), "segments", 1, MOST_SEGMENTS, usual.segments),
    )
    if found.clarify > found.answer:
        message = f"clarify ({found.clarify:g}) is above answer ({found.answer:g})."
        reader.source.error(node, message, "Below clarify nothing is said; from answer on the answer is sent.")
    return found


def check_answers(bot: Bot, flows: Mapping[str, Flow], problems: list[Problem]) -> None:
    """An `answer` step is of no use to a bot that knows nothing."""
    if bot.sources or bot.model is not None:
        return
    for flow in flows.values():
        for step in flow.steps.values():
            if isinstance(step, Answering):
                fix = "Write what it should know in knowledge/NAME.md; see docs/how-to/knowledge.md."
                message = "There is no knowledge to answer from."
                problems.append(Problem(step.file, step.line, 1, "warning", message, fix))
