"""Reading personas/*.yml, and bot.yml's `model`."""

import re
from collections.abc import Mapping

from textback.core.when import SECOND
from textback.engine.bot import Bot
from textback.engine.match import normalise
from textback.engine.nodes.answer import share
from textback.engine.persona import BETWEEN, Gate, Model, Persona
from textback.engine.reading import PERSONA_NAME, FlowReader, Reader
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node, Problem, Source, nearest

FILE = re.compile(r"personas/[^/]+\.ya?ml")
PERSONA_KEYS = (
    "persona", "prompt", "tone", "knowledge", "segments", "escalate", "avoid", "locale", "links", "gate", "intents",
)  # fmt: skip
MODEL_KEYS = ("use", "within", "budget", "share", "persona")
MODEL_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}:[A-Za-z0-9][A-Za-z0-9._/:-]{0,99}")
HOST = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,6}")
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
LONGEST_PROMPT = 4_000
MOST_SEGMENTS = 6
MOST_MODELS = 4
SHORTEST, LONGEST = 2 * SECOND, 60 * SECOND


def read_personas(files: Mapping[str, str], bot: Bot, problems: list[Problem]) -> dict[str, Persona]:
    """All personas by name, and what is wrong with them or with who names them."""
    found: dict[str, Persona] = {}
    for file in sorted(files):
        if not FILE.fullmatch(file):
            continue
        source = Source(file, problems)
        top = source.parse(files[file])
        if top is None:
            continue
        reader = Reader(source, bot.locales, bot.handoff.queues)
        one = _persona(reader, top, bot)
        if one is not None and one.name in found:
            source.error(top, f"The persona {one.name!r} is in another file too.", "Give one another name.")
        elif one is not None:
            found[one.name] = one
    model = bot.model
    if model is not None and model.persona and model.persona not in found:
        message = f"There is no persona {model.persona!r}, which model names."
        fix = nearest(model.persona, found) if found else f"Write it in personas/{model.persona}.yml."
        Source("bot.yml", problems).error(None, message, fix)
    elif model is not None and not model.persona and len(found) != 1:
        message = "model does not say which persona answers."
        fix = "Add `persona: NAME` to it." if found else "Write one in personas/NAME.yml; see docs/ai.md."
        Source("bot.yml", problems).error(None, message, fix)
    if found and model is None:
        Source("bot.yml", problems).warn(
            None, "There are personas, and no model that could answer as them.", "Add `model: {use: ...}` to bot.yml."
        )
    return found


def check_personas(reader: FlowReader, bot: Bot) -> None:
    """Report `answer` steps that name a persona which is not there."""
    for node, name in reader.personas:
        if name not in bot.personas:
            fix = nearest(name, bot.personas) if bot.personas else f"Write it in personas/{name}.yml."
            reader.source.error(node, f"There is no persona {name!r}.", fix)
        elif bot.model is None:
            reader.source.warn(node, "There is no model to answer as a persona.", "Add `model: {use: ...}` to bot.yml.")


def _persona(reader: Reader, top: Node, bot: Bot) -> Persona | None:
    keys = reader.mapping(top, "A persona", PERSONA_KEYS)
    name = reader.string(keys.get("persona"), "persona", PERSONA_NAME)
    prompt = reader.string(keys.get("prompt"), "prompt")
    for key, given in (("persona", name), ("prompt", prompt)):
        if given is None and key not in keys:
            reader.source.error(top, f"A persona must have `{key}`.", f"Add `{key}: ...`.")
    if prompt is not None and len(prompt) > LONGEST_PROMPT:
        reader.source.error(keys["prompt"], f"The prompt has {len(prompt)} characters.", f"Use {LONGEST_PROMPT:,}.")
    known = {file.removeprefix("knowledge/") for file in bot.sources}
    known |= {file.rpartition(".")[0] for file in known}
    knowledge = reader.strings(keys.get("knowledge"), "knowledge")
    for file, node in knowledge:
        if file not in known:
            fix = nearest(file, sorted(known)) or "Write it in knowledge/."
            reader.source.error(node, f"There is no knowledge/{file}.", fix)
    locale = reader.string(keys.get("locale"), "locale", LOCALE, "Use a code such as es or en-US.") or ""
    links = reader.strings(keys.get("links"), "links")
    for host, node in links:
        if not HOST.fullmatch(host):
            reader.source.error(node, f"{host!r} is not the name of a host.", "Write shop.example.com.")
    gate = _gate(reader, keys.get("gate"), "gate", Gate())
    if name is None or prompt is None:
        return None
    return Persona(
        name=name,
        prompt=prompt,
        tone=reader.string(keys.get("tone"), "tone") or "",
        knowledge=tuple(file for file, _ in knowledge),
        segments=reader.integer(
            keys.get("segments"), "segments", 1, MOST_SEGMENTS, Persona(name="", prompt="").segments
        ),
        escalate=tuple(text for text, _ in reader.strings(keys.get("escalate"), "escalate")),
        avoid=_avoid(reader, keys.get("avoid")),
        locale=locale,
        links=frozenset(host for host, _ in links),
        gate=gate,
        intents=_intents(reader, keys.get("intents"), gate),
    )


def _gate(reader: Reader, node: Node | None, what: str, usual: Gate) -> Gate:
    if node is None:
        return usual
    keys = reader.mapping(node, what, ("send", "least", "between"))
    found = Gate(
        share(reader, keys.get("send"), "send", usual.send),
        share(reader, keys.get("least"), "least", usual.least),
        reader.one_of(keys.get("between"), "between", BETWEEN) or usual.between,
    )
    if found.least > found.send:
        message = f"least ({found.least:g}) is above send ({found.send:g})."
        reader.source.error(node, message, "From send on a reply goes; below least a person is asked for.")
    return found


def _intents(reader: Reader, node: Node | None, usual: Gate) -> dict[str, Gate]:
    if node is None:
        return {}
    if not isinstance(node, MappingNode):
        reader.source.error(node, "intents must name each intent.", "Write `intents: {refund: {send: 0.95}}`.")
        return {}
    return {name: _gate(reader, value, f"The intent {name!r}", usual) for name, value in node.values.items()}


def _avoid(reader: Reader, node: Node | None) -> dict[str, tuple[str, ...]]:
    if node is None:
        return {}
    if not isinstance(node, MappingNode):
        reader.source.error(node, "avoid must name each topic with its words.", "Write `avoid: {prices: [discount]}`.")
        return {}
    found = {}
    for name, value in node.values.items():
        words = [normalise(text) for text, _ in reader.strings(value, f"The words of {name!r}")]
        found[name] = tuple(word for word in words if word)
    return found


def read_model(reader: Reader, node: Node | None) -> Model | None:
    """`model: {use: [openai:gpt-5-mini], within: 15s, budget: {day: 5, conversation: 0.25}, share: [name]}`."""
    if node is None:
        return None
    keys = reader.mapping(node, "model", MODEL_KEYS)
    use = reader.strings(keys.get("use"), "use")
    for name, place in use:
        if not MODEL_NAME.fullmatch(name):
            reader.source.error(place, f"{name!r} is not a model.", "Write maker:name, such as openai:gpt-5-mini.")
    if not use and "use" not in keys:
        reader.source.error(node, "model does not say which model to ask.", "Add `use: openai:gpt-5-mini`.")
    if len(use) > MOST_MODELS:
        reader.source.error(keys["use"], f"Somebody waits: no more than {MOST_MODELS} models.", "Remove some.")
    usual = Model(use=())
    within = reader.duration(keys.get("within"), "within") or usual.within
    if not SHORTEST <= within <= LONGEST:
        reader.source.error(keys["within"], "within must be from 2s to 60s: somebody waits.", "Write 15s.")
    budget = reader.mapping(keys["budget"], "budget", ("day", "conversation")) if "budget" in keys else {}
    return Model(
        use=tuple(name for name, _ in use),
        within=within,
        day=_dollars(reader, budget.get("day"), "day", usual.day),
        conversation=_dollars(reader, budget.get("conversation"), "conversation", usual.conversation),
        share=tuple(name for name, _ in reader.strings(keys.get("share"), "share")),
        persona=reader.string(keys.get("persona"), "persona", PERSONA_NAME) or "",
    )


def _dollars(reader: Reader, node: Node | None, what: str, usual: float) -> float:
    text = reader.string(node, what)
    if text is None or node is None:
        return usual
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text):
        reader.source.error(node, f"{what} must be an amount in US dollars.", f"For example: {usual:g}; 0 is no limit.")
        return usual
    return float(text)
