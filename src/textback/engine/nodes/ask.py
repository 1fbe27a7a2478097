"""ask: asks one question and keeps the answer in one variable."""

from textback.engine.bot import Question
from textback.engine.context import Context
from textback.engine.match import Match, Options, is_skip, match_choice, match_yes_no, normalise
from textback.engine.nodes.choices import Choices, make_choices, pretty
from textback.engine.reading import RESERVED, Asking, Draft, Heard, Kind
from textback.engine.source import Mapping, Node
from textback.engine.template import Text

TYPES = ("text", "choice", "yes_no")

#: Types of the flow language that a later version brings.
LATER_TYPES = (
    "number", "integer", "money", "date", "time", "datetime", "email", "phone", "postcode", "name", "media", "location",
    "pattern",
)  # fmt: skip


class Ask(Question, frozen=True, kw_only=True):
    """Ask `text`; the answer, of the given type, becomes the variable `name`."""

    name: str
    type: str
    choices: Choices | None = None
    optional: bool = False


def read(draft: Draft) -> Ask | None:
    """`ask: NAME` with `text`, and `choices` where the answer is one of a list."""
    flow = draft.flow
    name = flow.string(draft.value, "The question's name")
    if name is None:
        return None
    if name in RESERVED:
        flow.source.error(draft.value, f"A variable can't be called {name!r}.", "Choose another name.")
    flow.names.add(name)
    choices = _read_choices(draft)
    type_ = flow.types.get(name, "choice" if "choices" in draft.keys else "text")
    if (type_ == "choice") != ("choices" in draft.keys):
        problem = "is a choice but has no choices" if type_ == "choice" else f"has choices, but vars says it is {type_}"
        flow.source.error(draft.value, f"{name!r} {problem}.", "Make `vars` and `choices` agree.")
    if choices is not None:
        flow.labels.setdefault(name, {}).update(choices.labels)
    flow.asked[name] = draft.id
    flow.targets.setdefault(name, draft.id)
    flow.called[name] = flow.text(draft.keys.get("label"), "The label of a question") or Text(
        {flow.locales[0]: pretty(name)}, flow.locales[0]
    )
    text = draft.text("text", question=True)
    if text is None:
        if "text" not in draft.keys:
            flow.source.error(draft.value, f"The question {name!r} has no text.", "Add text: with the words to send.")
        return None
    optional = flow.flag(draft.keys.get("optional"), "optional")
    made = draft.base() | draft.patience()
    return Ask(**made, text=text, name=name, type=type_, choices=choices, optional=optional)


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


def run(ctx: Context, step: Ask) -> None:
    """Ask, and wait."""
    ctx.put(step, words(ctx, step))


def words(ctx: Context, step: Ask) -> str:
    """The question with its menu."""
    text = ctx.render(step.text)
    return f"{text} {ctx.render(step.choices.menu)}" if step.choices else text


def understand(step: Ask, text: str) -> Match | None:
    """What the text says as an answer to this question."""
    if step.type == "yes_no":
        found = match_yes_no(text)
    elif step.choices is not None:
        found = match_choice(text, step.choices.options)
    else:
        found = Match(text.strip(), "text") if any(map(str.isalnum, text)) else None
    if step.optional and (found is None or step.type == "text") and is_skip(text):
        return Match("", "skipped")
    return found


def hear(ctx: Context, step: Ask, text: str) -> Heard | None:
    """Keep the answer. A question asked again from a confirmation leads back to it."""
    found = understand(step, text)
    if found is None:
        return None
    session = ctx.session
    session.vars[step.name] = found.value
    back, session.confirming = session.confirming, ""
    return Heard(f"{step.name} = {found.value} ({found.how})", back or step.next)


def example(ctx: Context, step: Ask) -> str:
    """The question with an example of an answer."""
    if step.choices is not None:
        return step.choices.example(ctx.locale)
    said = ctx.phrases.example_yes_no if step.type == "yes_no" else ctx.phrases.example_text
    return said.format(question=words(ctx, step))


def _options(_ctx: Context, step: Ask) -> Options | None:
    return step.choices.options if step.choices else None


def _yes_no(_ctx: Context, step: Ask) -> bool:
    return step.type == "yes_no"


KIND = Kind(
    "ask",
    Ask,
    ("text", "choices", "label", "optional", "retry", "remind", "expire"),
    read,
    run,
    later=("check", "sensitive", "prefill", "media", "pattern"),
    asking=Asking(words, hear, example, _options, _yes_no),
)
