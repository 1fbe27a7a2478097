"""ask: asks one question and keeps the answer in one variable."""

import re
from typing import Any

import msgspec

from textback.core.offer import Offer
from textback.engine.bot import Question
from textback.engine.context import HIDDEN, Context
from textback.engine.match import Match, Options, is_skip, make_options, match_choice, normalise
from textback.engine.matchers import MATCHERS, Ambiguous, Found, PatternError, Reading, compile_pattern, find, merge
from textback.engine.nodes.checks import Rule, problem, read_checks
from textback.engine.nodes.choices import Choices, make_choices, pretty
from textback.engine.pending import hold
from textback.engine.reading import RESERVED, Asking, Draft, Heard, Kind
from textback.engine.source import Mapping, Node
from textback.engine.state import Between
from textback.engine.sureness import sureness
from textback.engine.template import Text

TYPES = (
    "text", "choice", "yes_no", "number", "integer", "money", "date", "time", "datetime", "email", "phone", "postcode",
    "name", "media", "location", "pattern",
)  # fmt: skip
PREFILLED = frozenset({"choice", "date", "time", "datetime", "email", "phone", "name", "money"})
"""Types that are recognised in a longer text without being asked for, unless a question says `prefill`."""
_SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n+")


class Ask(Question, frozen=True, kw_only=True):
    """Ask `text`; the answer, of the given type, becomes the variable `name`.

    `prefill` lets it be taken from a text in which it was said unasked; `confirmed` says that a later step repeats it;
    `verifies` that it finds out whether they are who they say.
    """

    name: str
    type: str
    label: Text
    choices: Choices | None = None
    optional: bool = False
    sensitive: bool = False
    prefill: bool = False
    confirmed: bool = False
    verifies: bool = False
    rules: tuple[Rule, ...] = ()
    options: dict[str, str] = msgspec.field(default_factory=dict)

    def offer(self, locale: str) -> Offer | None:
        """Its choices."""
        return None if self.choices is None else self.choices.offer(locale)


def read(draft: Draft) -> Ask | None:
    """`ask: NAME` with `text`, and `choices` where the answer is one of a list."""
    flow = draft.flow
    name = flow.string(draft.value, "The question's name")
    if name is None:
        return None
    if name in RESERVED:
        flow.source.error(draft.value, f"A variable can't be called {name!r}.", "Choose another name.")
    draft.variable = name
    flow.names.add(name)
    choices = _read_choices(draft)
    type_ = flow.types.get(name, "choice" if "choices" in draft.keys else "text")
    if "pattern" in draft.keys and name not in flow.types:
        type_ = "pattern"
    if (type_ == "choice") != ("choices" in draft.keys):
        problem = "is a choice but has no choices" if type_ == "choice" else f"has choices, but vars says it is {type_}"
        flow.source.error(draft.value, f"{name!r} {problem}.", "Make `vars` and `choices` agree.")
    if choices is not None:
        flow.labels.setdefault(name, {}).update(choices.labels)
    flow.asked[name] = draft.id
    flow.targets.setdefault(name, draft.id)
    label = flow.text(draft.keys.get("label"), "The label of a question") or Text(
        {flow.locales[0]: pretty(name)}, flow.locales[0]
    )
    flow.called[name] = label
    text = draft.text("text", question=True)
    if text is None:
        if "text" not in draft.keys:
            flow.source.error(draft.value, f"The question {name!r} has no text.", "Add text: with the words to send.")
        return None
    prefill = flow.flag(draft.keys["prefill"], "prefill") if "prefill" in draft.keys else type_ in PREFILLED
    sensitive = flow.flag(draft.keys.get("sensitive"), "sensitive")
    if sensitive:
        flow.sensitive.add(name)
    return Ask(
        **(draft.base() | draft.patience()),
        text=text,
        name=name,
        type=type_,
        label=label,
        choices=choices,
        optional=flow.flag(draft.keys.get("optional"), "optional"),
        sensitive=sensitive,
        verifies=flow.flag(draft.keys.get("verifies"), "verifies"),
        prefill=prefill and not sensitive and type_ not in ("text", "media"),
        rules=read_checks(draft, type_),
        options=_read_pattern(draft, type_),
        asks="only" if type_ != "yes_no" and _only_asks(text, choices) else "whole",
    )


def _only_asks(text: Text, choices: Choices | None) -> bool:
    """Whether whoever has answered has missed nothing without the question: all its sentences ask, and it names no
    values, amounts or times."""
    labels = choices.labels.values() if choices is not None else ()
    said = [*text.sources.values(), *(source for label in labels for source in label.sources.values())]
    asks = all(part.endswith("?") for source in text.sources.values() for part in _SENTENCES.split(source.strip()))
    return asks and not any("{" in source or any(map(str.isdigit, source)) for source in said)


def _read_pattern(draft: Draft, type_: str) -> dict[str, str]:
    flow = draft.flow
    node = draft.keys.get("pattern")
    if node is None:
        if type_ == "pattern":
            flow.source.error(draft.value, "This question has no pattern.", "Add pattern: with what an answer must be.")
        return {}
    if type_ != "pattern":
        flow.source.error(node, f"vars says it is {type_}, and a pattern is for another type.", "Remove one of them.")
    pattern = flow.string(node, "pattern") or ""
    try:
        compile_pattern(pattern)
    except PatternError as error:
        flow.source.error(node, f"The pattern can't be used. {error}", "See docs/reference/matchers.md.")
    return {"pattern": pattern}


def _read_choices(draft: Draft) -> Choices | None:
    flow = draft.flow
    node = draft.keys.get("choices")
    if node is None:
        return None
    if not isinstance(node, Mapping) or len(node.values) < 2:
        flow.source.error(node, "choices must have at least two choices.", "Write each as `name: {label: Words}`.")
        return None
    labels: dict[str, Text] = {}
    also: dict[str, list[str]] = {}
    taken: dict[str, str] = {}
    for id_, value in node.values.items():
        if isinstance(value, Mapping):
            keys = flow.mapping(value, f"The choice {id_!r}", ("label", "also"))
        else:
            keys = {"label": value}
        label = flow.text(keys.get("label"), "A label") if "label" in keys else None
        if label is not None and len(label.plain) < len(label.sources):
            flow.source.error(keys["label"], "A label can't have a template in it.", "Write it as plain words.")
            label = None
        labels[id_] = label or Text({flow.locales[0]: pretty(id_)}, flow.locales[0])
        synonyms = flow.strings(keys.get("also"), "also")
        also[id_] = [word for word, _ in synonyms]
        _check_words(draft, node.keys[id_], id_, [*labels[id_].sources.values(), *also[id_]], taken)
    return make_choices(labels, also, flow.locales)


def _check_words(draft: Draft, node: Node, id_: str, words: list[str], taken: dict[str, str]) -> None:
    """One word can't mean two choices, nor be a word that never reaches the bot."""
    source = draft.flow.source
    for word in {normalise(word): word for word in words}:
        if not word:
            source.error(node, f"A word for the choice {id_!r} has no letters or digits.", "Write it in letters.")
        elif word in draft.flow.never_heard:
            source.error(
                node,
                f"{word!r} can't be a choice: a bare {word.upper()} is a consent word and never reaches the bot.",
                "Use another word.",
            )
        elif taken.setdefault(word, id_) != id_:
            source.error(node, f"{word!r} means both {taken[word]!r} and {id_!r}.", "Give it to one of them.")


def run(ctx: Context, step: Ask) -> str | None:
    """Ask, and wait; or go on, where the answer is known."""
    session = ctx.session
    filled = step.name in session.filled
    if filled or (ctx.rewalking is not None and step.id in session.asked):
        value = session.vars.get(step.name)
        why = problem(ctx, step.rules, step.name, value)
        if filled:
            session.filled.remove(step.name)
        if why is None:
            again = ctx.rewalking is not None and step.id in session.asked
            if filled and next_action(ctx, step, value, again=again):
                return None
            if filled:
                answered(ctx, step, value, note=not again)
            return step.next
        ctx.noted.append(why)
    ctx.put(step, words(ctx, step))
    return None


def words(ctx: Context, step: Ask) -> str:
    """The question with its menu; or which of the things that an answer may have meant it is."""
    between = ctx.session.between
    if ctx.session.half and not between:
        phrase = ctx.phrases.which_day if ":" in ctx.session.half else ctx.phrases.which_time
        return phrase.format(half=ctx.said(ctx.session.half))
    if between:
        return ctx.phrases.which.format(options=ctx.either([one.said for one in between]))
    text = ctx.render(step.text)
    return f"{text} {ctx.render(step.choices.menu)}" if step.choices else text


def understand(ctx: Context, step: Ask, text: str) -> Found:
    """What the text says as an answer to this question."""
    found = _understood(ctx, step, text)
    if step.optional and (found is None or step.type == "text") and is_skip(text):
        return Reading("", "skipped", "")
    return found


def _understood(ctx: Context, step: Ask, text: str) -> Found:
    if step.type == "media":
        return Reading([one.url for one in ctx.media], "media", "") if ctx.media else None
    if step.choices is not None:
        choice = match_choice(text, step.choices.options)
        return None if choice is None else _picked(choice, text)
    half = ctx.session.half
    if half and (whole := merge(step.type, half, text, ctx.here)) is not None:
        return whole  # the day and the time together, one of which was said before
    found = MATCHERS[step.type](text, ctx.here, step.options)
    return find(step.type, text, ctx.here, step.options) if found is None and step.prefill else found


def _picked(choice: Match, text: str) -> Reading:
    """A choice; what else a sentence says is not used."""
    return Reading(choice.value, choice.how, "", text if choice.how == "in a sentence" else "")


def _half(ctx: Context, step: Ask, text: str) -> Heard | None:
    """A day without a time, or a time without a day: kept, and the other is asked for."""
    if step.type != "datetime":
        return None
    for type_ in ("date", "time"):
        read = find(type_, text, ctx.here, {})
        if isinstance(read, Reading):
            ctx.session.half = str(read.value)
            ctx.session.pending = None
            ctx.ask(step, words(ctx, step))
            return Heard(f"{step.name}: {read.value} so far ({read.how})", None)
    return None


def hear(ctx: Context, step: Ask, text: str) -> Heard | None:
    """Keep the answer, and what else the text says. One that was asked for again leads back to where it was changed."""
    session = ctx.session
    if step.sensitive:  # even where it is not understood
        ctx.mask()
    found = _chosen(ctx, text) or understand(ctx, step, text)
    if found is None:
        return _half(ctx, step, text)
    before, session.pending = session.pending, None  # who says something else means that
    if isinstance(found, Ambiguous):
        session.between = [Between(one.value, one.said) for one in found.readings]
        ctx.ask(step, words(ctx, step))
        return Heard(f"{step.name} may be {' or '.join(one.said for one in found.readings)}", None)
    session.between = []
    session.half = ""
    shown = HIDDEN if step.sensitive else found.value
    why = problem(ctx, step.rules, step.name, found.value) if found.value != "" else None
    if why is not None:
        return Heard(f"{step.name} = {shown} ({found.how}), refused by a check", None, problem=why)
    session.nudged = False
    again = session.confirming != "" or (before is not None and before.again)
    session.confirming = ""
    if found.rest:
        prefill(ctx, found.rest, step.id)
    result = f"{step.name} = {shown} ({found.how})"
    session.sure[step.name] = sureness(step.type, found.how)
    if found.value != "" and next_action(ctx, step, found.value, again=again):
        return Heard(f"{result}, another system is asked", None)
    answered(ctx, step, found.value)
    return Heard(result, step.next, again=again)


def next_action(ctx: Context, step: Ask, value: Any, first: int = 0, *, again: bool = False) -> bool:
    """Ask the first action among the checks, from this place on, about an answer, which is held meanwhile; False where
    there is none. `again`: the question had been answered before."""
    for place, rule in enumerate(step.rules[first:], first):
        if rule.asked is not None:
            ctx.session.vars.pop(step.name, None)
            hold(ctx, step, rule.asked, rule=place, held=value, again=again, more={step.name: value})
            return True
    return False


def answered(ctx: Context, step: Ask, value: Any, *, note: bool = False) -> None:
    """Keep an answer. `note`: nobody asked for it, so the next text says it, unless it is confirmed later."""
    session = ctx.session
    session.vars[step.name] = value
    if step.id in session.asked:
        session.asked.remove(step.id)
    session.asked.append(step.id)
    if note and not step.confirmed:
        label = ctx.render(step.label)
        said = ctx.said(value, step.name)
        ctx.noted.append(ctx.phrases.noted.format(label=label[:1].upper() + label[1:], value=said))


def _chosen(ctx: Context, text: str) -> Reading | None:
    """Which of the things it may have meant."""
    between = ctx.session.between
    if not between:
        return None
    options = make_options({str(place): [one.said] for place, one in enumerate(between)})
    found = match_choice(text, options)
    return None if found is None else Reading(between[int(found.value)].value, f"which one: {found.how}", "")


def prefill(ctx: Context, text: str, after: str = "") -> None:
    """Keep what a text says in answer to questions that come later. They are confirmed instead of asked."""
    steps = list(ctx.running.steps.values())
    begin = next((place for place, step in enumerate(steps, 1) if step.id == after), 0)
    session = ctx.session
    for step in steps[begin:]:
        if not isinstance(step, Ask) or not step.prefill or step.name in session.vars:
            continue
        found = spot(ctx, step, text)
        if found is None or problem(ctx, step.rules, step.name, found.value) is not None:
            continue
        session.vars[step.name] = found.value
        session.sure[step.name] = sureness(step.type, found.how, unasked=True)
        session.filled.append(step.name)
        text = found.rest


def spot(ctx: Context, step: Ask, text: str) -> Reading | None:
    """The answer to this question inside a text that was not about it; only what is certain."""
    if step.choices is not None:
        choice = match_choice(text, step.choices.options)
        certain = choice is not None and choice.how in ("label or synonym", "in a sentence")
        return Reading(choice.value, choice.how, "", text) if choice is not None and certain else None
    found = find(step.type, text, ctx.here, step.options)
    return found if isinstance(found, Reading) else None


def example(ctx: Context, step: Ask) -> str:
    """The question with an example of an answer."""
    if step.choices is not None:
        return step.choices.example(ctx.locale)
    question = words(ctx, step)
    if step.type == "yes_no":
        return ctx.phrases.example_yes_no.format(question=question)
    given = ctx.phrases.examples.get(step.type, "")
    if not given:
        return ctx.phrases.example_text.format(question=question)
    return ctx.phrases.ask_example.format(example=given, question=question)


def _options(_ctx: Context, step: Ask) -> Options | None:
    return step.choices.options if step.choices else None


def _yes_no(_ctx: Context, step: Ask) -> bool:
    return step.type == "yes_no"


KIND = Kind(
    "ask",
    Ask,
    (
        "text",
        "choices",
        "label",
        "optional",
        "retry",
        "remind",
        "expire",
        "check",
        "sensitive",
        "prefill",
        "pattern",
        "verifies",
    ),
    read,
    run,
    asking=Asking(words, hear, example, _options, _yes_no),
)
