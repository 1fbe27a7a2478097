"""Corrections: "actually 5pm", "no, the Brompton", "I meant Tuesday". What was answered is changed, and the
conversation goes on from where it was."""

from textback.engine.bot import Question
from textback.engine.context import HIDDEN, Context
from textback.engine.match import NO, RESERVATIONS, YES, all_words, normalise
from textback.engine.matchers import MATCHERS, Reading, find, merge
from textback.engine.nodes.ask import Ask, spot
from textback.engine.nodes.checks import problem

BEFORE = all_words("corrections")
AFTER = all_words("corrections_after")
LONGEST_MARK = 4
"""Words of the longest of these."""
MOST_WORDS = 40
_MERGED = ("date", "time", "datetime")


def unmarked(text: str) -> str | None:
    """The text without the words that mark it as a correction; None when there are none, or nothing else."""
    tokens = text.split(None, MOST_WORDS)
    if len(tokens) > MOST_WORDS:
        return None
    words = [normalise(token) for token in tokens]
    begin, end, marked = 0, len(words), False
    if words and words[0] in NO:
        begin = 1
    while (length := _mark(words, begin, end)) > 0:
        begin, marked = begin + length, True
    for length in range(LONGEST_MARK, 0, -1):
        if end - length > begin and " ".join(words[end - length : end]) in AFTER:
            end, marked = end - length, True
            break
    return " ".join(tokens[begin:end]) if marked and begin < end else None


def _mark(words: list[str], begin: int, end: int) -> int:
    for length in range(min(LONGEST_MARK, end - begin), 0, -1):
        if " ".join(words[begin : begin + length]) in BEFORE:
            return length
    return 0


def without_answer(text: str) -> str:
    """The text without a "no", or a "yes, but", at its beginning."""
    words = text.split(None, MOST_WORDS)
    if words and (normalise(words[0]) in NO or normalise(words[0]) in YES):
        words = words[1:]
        if words and normalise(words[0]) in RESERVATIONS:
            words = words[1:]
    return " ".join(words)


def correct(ctx: Context, open_: Question, text: str, *, sure: bool, whole: bool, only: str = "") -> str | None:
    """Change the answers that this text has better ones for, or that of the question `only`. Says what was changed, for
    the trace; None when it fits none. `ctx.changed` is the first of them, for `rewalk`.

    `sure`: the text says itself that it corrects something, so that "5" alone may be a time. `whole`: all of it may be
    a better answer to the last question, where that was about anything that one can write.
    """
    session = ctx.session
    steps = [step for id_ in session.asked if isinstance(step := ctx.running.steps.get(id_), Ask) and id_ != open_.id]
    if only:
        steps = [step for step in steps if step.id == only]
        text = _without(text, steps[0], ctx) if steps else text
    changed: list[str] = []
    rest = text
    for step in reversed(steps):
        found = _better(ctx, step, rest, sure=sure)
        if found is not None and (said := _change(ctx, step, found)):
            changed.append(said)
            rest = found.rest
    if not changed and whole and steps and not (isinstance(open_, Ask) and spot(ctx, open_, text)):
        found = _instead(ctx, steps[-1], text)
        if found is not None and (said := _change(ctx, steps[-1], found)):
            changed.append(said)
    return ", ".join(reversed(changed)) or None


def _without(text: str, step: Ask, ctx: Context) -> str:
    """The text without the name of the question: "the day to friday" without "day"."""
    names = {normalise(ctx.render(step.label)), normalise(step.name.replace("_", " "))}
    words = [word for word in text.split() if normalise(word) not in names]
    return " ".join(words)


def _better(ctx: Context, step: Ask, text: str, *, sure: bool) -> Reading | None:
    old = ctx.session.vars.get(step.name)
    if step.type in _MERGED and isinstance(old, str) and old:
        if not sure and all(find(type_, text, ctx.here, {}) is None for type_ in _MERGED):
            return None
        found = merge(step.type, old, text, ctx.here)
    else:
        found = spot(ctx, step, text)
    return found if isinstance(found, Reading) and found.value != old else None


def _instead(ctx: Context, step: Ask, text: str) -> Reading | None:
    """The text as a whole, where the question before was about anything that one can write."""
    found = MATCHERS[step.type](text, ctx.here, {}) if step.type in ("text", "name") else None
    return found if isinstance(found, Reading) else None


def _change(ctx: Context, step: Ask, found: Reading) -> str:
    """Keep a better answer, unless a check refuses it; what was changed, for the trace."""
    if problem(ctx, step.rules, step.name, found.value) is not None:
        return ""
    session = ctx.session
    session.vars[step.name] = found.value
    if any(rule.asked is not None for rule in step.rules) and step.name not in session.filled:
        session.filled.append(step.name)
    session.confirming = ""
    ctx.changed = step
    if step.sensitive:
        ctx.mask()
    ctx.event("corrected", session=session.id, flow=session.flow, step=step.id)
    return f"{step.name} = {HIDDEN if step.sensitive else found.value} ({found.how})"
