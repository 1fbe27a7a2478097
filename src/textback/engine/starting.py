"""Reading what starts a flow: keywords, an intent's examples, an event."""

from collections.abc import Iterable, Mapping

import msgspec

from textback.core.messages import MessageClass
from textback.engine.consent_words import NEVER_HEARD
from textback.engine.match import normalise
from textback.engine.reading import NAME, FlowReader
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node

OPENING: tuple[MessageClass, ...] = ("informational", "promotional")
"""What the texts of a flow can be that nobody has texted for."""


class Start(msgspec.Struct, frozen=True):
    """What starts a flow: keywords, normalised, an intent's examples, an event with the class of the texts after it."""

    keywords: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    event: str = ""
    opening: MessageClass = "conversational"


def read_start(reader: FlowReader, node: Node | None, flow: str, starts: dict[str, tuple[str, str]]) -> Start:
    """`start: {keywords: [...], intent: {examples: [...]}, event: NAME, class: informational}`."""
    if node is None:
        return Start()
    keys = reader.mapping(node, "start", ("keywords", "intent", "event", "class"))
    examples: list[str] = []
    if "intent" in keys:
        within = reader.mapping(keys["intent"], "intent", ("examples",))
        for text, place in reader.strings(within.get("examples"), "examples"):
            if normalise(text):
                examples.append(text)
            else:
                reader.source.error(place, "This example has no letters or digits.", "Write what people text.")
        if not examples and isinstance(keys["intent"], MappingNode):
            reader.source.error(keys["intent"], "This intent has no examples.", "Write five texts that mean it.")
    event, opening = _event(reader, node, keys)
    found = tuple(_keywords(reader, keys, flow, starts))
    return Start(found, tuple(dict.fromkeys(examples)), event, opening)


def _event(reader: FlowReader, node: Node, keys: Mapping[str, Node]) -> tuple[str, MessageClass]:
    """The event that starts the flow, and what its texts are until the contact answers: they text nobody back, so they
    need a class that says what was agreed to."""
    if "event" not in keys:
        if "class" in keys:
            reader.source.error(keys["class"], "class belongs to an event that starts a flow.", "Add event: NAME.")
        return "", "conversational"
    reader.names.add("event")
    event = reader.string(keys["event"], "event", NAME) or ""
    if "class" not in keys:
        fix = "Add class: informational to start, or promotional where it sells something."
        reader.source.error(node, "A flow that an event starts texts first, so it must say what its texts are.", fix)
        return event, "conversational"
    return event, reader.one_of(keys["class"], "class", OPENING) or "conversational"


def _keywords(
    reader: FlowReader, keys: Mapping[str, Node], flow: str, starts: dict[str, tuple[str, str]]
) -> Iterable[str]:
    """The flow's start keywords, normalised, each for this flow alone."""
    source = reader.source
    found = []
    for text, place in reader.strings(keys.get("keywords"), "keywords"):
        word = normalise(text)
        if not word:
            source.error(place, f"The keyword {text!r} has no letters or digits.", "Use a word.")
        elif word in NEVER_HEARD:
            source.error(
                place,
                f"{word!r} can't start a flow: it is a consent word and never reaches the bot.",
                "Use another word.",
            )
        elif word in starts and starts[word][0] != flow:
            other = starts[word]
            source.error(place, f"{word!r} also starts the flow {other[0]!r} ({other[1]}).", "Give it to one of them.")
        else:
            starts[word] = (flow, f"{source.file}:{place.line}")
            found.append(word)
    return found
