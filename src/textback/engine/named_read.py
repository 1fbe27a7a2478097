"""Reading named messages from templates/*.yml, and from bot.yml what texts may speak of."""

import re
from collections.abc import Mapping

from textback.core.subjects import NEVER, SUBJECTS
from textback.engine.arrivals import Media
from textback.engine.bot import Approved, Bot, Content, Variable
from textback.engine.lint import Part
from textback.engine.match import normalise
from textback.engine.named import SAID, TYPES, fits
from textback.engine.reading import CLASSES, NAME, PROGRAMME, PROGRAMME_SHAPE, RESERVED, Reader
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node, Problem, Scalar, Source, nearest
from textback.engine.template import LINK

FILE = re.compile(r"templates/[^/]+\.ya?ml")
KEYS = ("class", "text", "sender", "use_case", "programme", "variables", "media", "quick")
#: What a message is for, in the words that carriers register campaigns by.
USE_CASES = (
    "account", "appointment", "care", "delivery", "event", "fraud_alert", "marketing", "one_time_code", "payment",
    "polling", "public_service", "welcome",
)  # fmt: skip
MOST_VARIABLES = 12
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def read_content(reader: Reader, node: Node | None) -> Content:
    """What bot.yml says of the content of texts."""
    if node is None:
        return Content()
    keys = reader.mapping(node, "content", ("links", "allow", "age_gate", "ignore"))
    allow = set()
    for name, place in reader.strings(keys.get("allow"), "allow"):
        if name not in SUBJECTS:
            reader.source.error(place, f"There is no subject {name!r}.", nearest(name, SUBJECTS))
        elif name in NEVER:
            reader.source.error(place, f"No use case covers {name} (E5).", "Remove it.")
        else:
            allow.add(name)
    hosts = set()
    for host, place in reader.strings(keys.get("links"), "links"):
        if not HOST.fullmatch(host.lower()):
            reader.source.error(place, f"{host!r} is not a host.", "Write it like shop.example.com.")
        hosts.add(host.lower())
    ignore = frozenset(normalise(word) for word, _ in reader.strings(keys.get("ignore"), "ignore"))
    age_gate = "age_gate" in keys and reader.flag(keys["age_gate"], "age_gate")
    return Content(frozenset(allow), age_gate, ignore, frozenset(hosts))


def read_named(files: Mapping[str, str], bot: Bot, problems: list[Problem], said: list[Part]) -> dict[str, Approved]:
    """templates/*.yml: messages that were agreed on, each under its name, with its class and locales."""
    found: dict[str, Approved] = {}
    for file in sorted(files):
        if not FILE.fullmatch(file):
            continue
        source = Source(file, problems)
        top = source.parse(files[file])
        if not isinstance(top, MappingNode):
            if top is not None:
                source.error(top, "A file of templates must name each one.", "Write `NAME: {class: ..., text: ...}`.")
            continue
        reader = Reader(source, bot.locales)
        mine = []
        for name, node in top.values.items():
            if not NAME.fullmatch(name):
                source.error(top.keys[name], f"A template can't be called {name!r}.", "Use small letters and _.")
            if name in found:
                source.error(top.keys[name], f"There are two templates {name!r}.", "Give one another name.")
            approved = _template(reader, name, top.keys[name], node, bot)
            if approved is not None:
                found[name] = approved
                mine.append(approved)
        said.append(Part(source, reader.said, named=mine))
    return found


def _template(reader: Reader, name: str, key: Node, node: Node, bot: Bot) -> Approved | None:
    source = reader.source
    keys = reader.mapping(node, f"The template {name!r}", KEYS)
    class_ = reader.one_of(keys.get("class"), "class", CLASSES)
    text = reader.text(keys.get("text"), f"The text of {name!r}")
    for wanted in ("class", "text"):
        if wanted not in keys and isinstance(node, MappingNode):
            source.error(key, f"The template {name!r} has no {wanted}.", f"Add {wanted}: to it.")
    use_case = reader.one_of(keys.get("use_case"), "use_case", USE_CASES) or ""
    programme = reader.string(keys.get("programme"), "programme", PROGRAMME, PROGRAMME_SHAPE) or ""
    declared = "variables" in keys
    variables = _variables(reader, keys["variables"]) if declared else {}
    if text is not None:
        read = text.names - {"contact", "bot"}
        if declared:
            _compare(source, name, keys, variables, read)
        else:
            variables = {one: Variable(one) for one in sorted(read)}
    media = []
    for url, place in reader.strings(keys.get("media"), "media"):
        if not url.startswith("https://"):
            source.error(place, "media must be an https:// address.", "Put the file on a public web server.")
        media.append(Media(url))
    quick = tuple(word for word, _ in reader.strings(keys.get("quick"), "quick"))
    sender = reader.string(keys.get("sender"), "sender") or bot.name
    if text is None or class_ is None:
        return None
    return Approved(
        text, class_, name, sender, use_case, programme, variables, declared, tuple(media), quick, source.file,
        key.line, _places(keys["text"], bot.locales[0]),
    )  # fmt: skip


def _places(node: Node, locale: str) -> dict[str, tuple[int, int]]:
    if isinstance(node, MappingNode):
        return {name: (value.line, value.column) for name, value in node.values.items()}
    return {locale: (node.line, node.column)}


def _variables(reader: Reader, node: Node) -> dict[str, Variable]:
    source = reader.source
    if not isinstance(node, MappingNode):
        source.error(node, "variables must name each one with its type.", "Write `variables: {when: datetime}`.")
        return {}
    found: dict[str, Variable] = {}
    for name, value in node.values.items():
        if not NAME.fullmatch(name) or name in RESERVED or name == LINK:
            source.error(node.keys[name], f"A variable can't be called {name!r}.", "Use small letters, digits and _.")
        type_: str | None
        required, sample = True, ""
        if isinstance(value, Scalar):
            type_ = reader.string(value, f"The type of {name!r}")
            where: Node = value
        else:
            keys = reader.mapping(value, f"The variable {name!r}", ("type", "required", "sample"))
            type_ = reader.string(keys.get("type"), f"The type of {name!r}") if "type" in keys else "text"
            where = keys.get("type", value)
            required = "required" not in keys or reader.flag(keys["required"], "required")
            sample = reader.string(keys.get("sample"), "sample") or ""
        if type_ is not None and type_ not in TYPES:
            source.error(where, f"There is no type {type_!r} of variable.", nearest(type_, TYPES))
        elif type_ is not None:
            if sample and not fits(type_, sample):
                source.error(value, f"The sample of {name!r} must be {SAID[type_]}.", "Change the sample.")
            found[name] = Variable(name, type_, required, sample)
    if len(node.values) > MOST_VARIABLES:
        source.error(node, f"A message may have {MOST_VARIABLES} variables.", "Say less, or make two messages of it.")
    return found


def _compare(
    source: Source, name: str, keys: Mapping[str, Node], variables: Mapping[str, Variable], read: frozenset[str]
) -> None:
    """What the text reads and what is written down are the same."""
    for one in sorted(read - set(variables)):
        fix = nearest(one, variables) or f"Add {one}: to variables."
        source.error(keys["text"], f"The text of {name!r} reads {one!r}, which is not one of its variables.", fix)
    for one in sorted(set(variables) - read):
        source.warn(keys["variables"], f"Nothing reads the variable {one!r}.", "Remove it, or use it in the text.")
