"""Reading bot.yml's handoff: what a person is asked for, where that goes, and what the contact reads."""

import re
from collections.abc import Collection, Mapping

from textback.engine.bot import Handoff
from textback.engine.match import normalise
from textback.engine.queues import CLOSED_NAMES, Queue
from textback.engine.queues_file import all_queues, read_routes, read_vip, told
from textback.engine.reading import NAME, QUEUE, Reader
from textback.engine.reasons import ENGINE
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node, Source
from textback.engine.topics import USUAL

KEYS = (
    "text", "queue", "queues", "topics", "usual_topics", "says", "upset", "routes", "vip", "closed", "nobody", "form",
    "notify", "alert",
)  # fmt: skip
FORM = re.compile(r"https://[^\s]{3,200}")


def queue_names(reader: Reader, keys: Mapping[str, Node], declared: Mapping[str, Queue]) -> tuple[str, ...]:
    """Every queue that may be named; none where any may."""
    named = tuple(
        name for name, node in reader.strings(keys.get("queues"), "queues") if _is_queue(reader.source, name, node)
    )
    return all_queues(declared, named)


def read(reader: Reader, keys: Mapping[str, Node], destinations: Collection[str]) -> Handoff:
    """`handoff: {queue: shop, topics: {...}, routes: [...]}`. The reader knows the queues."""
    usual = "usual_topics" not in keys or reader.flag(keys["usual_topics"], "usual_topics")
    topics = {**(USUAL if usual else {}), **_topics(reader, keys.get("topics"))}
    return Handoff(
        text=reader.text(keys.get("text"), "The text of handoff"),
        queue=reader.queue(keys.get("queue")),
        queues=reader.queues,
        topics=topics,
        says={
            name: text
            for name, node in _named(reader, keys.get("says"), topics).items()
            if (text := reader.text(node, f"What is said of {name!r}")) is not None
        },
        upset="upset" not in keys or reader.flag(keys["upset"], "upset"),
        routes=read_routes(reader, keys.get("routes"), {*ENGINE, *topics}),
        vip=read_vip(reader, keys.get("vip")),
        closed=reader.text(keys.get("closed"), "The words while it is closed", CLOSED_NAMES),
        nobody=reader.text(keys.get("nobody"), "The words where nobody is there", CLOSED_NAMES),
        form=reader.string(keys.get("form"), "form", FORM, "Write an address that begins with https://.") or "",
        notify=told(reader, keys.get("notify"), "notify", destinations) or (),
        alert=told(reader, keys.get("alert"), "alert", destinations) or (),
    )


def _is_queue(source: Source, name: str, node: Node) -> bool:
    if QUEUE.fullmatch(name):
        return True
    source.error(node, f"A queue can't be called {name!r}.", "Use small letters, digits, - and _.")
    return False


def _named(reader: Reader, node: Node | None, topics: Mapping[str, object]) -> dict[str, Node]:
    """`says: {TOPIC: TEXT}`."""
    if node is None:
        return {}
    return reader.mapping(node, "says", tuple(topics))


def _topics(reader: Reader, node: Node | None) -> dict[str, tuple[str, ...]]:
    """Subjects that a person is asked for at once, and the words that each goes by."""
    if node is None:
        return {}
    if not isinstance(node, MappingNode):
        reader.source.error(node, "topics must name each topic with its words.", "Write `topics: {legal: [lawyer]}`.")
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for name, value in node.values.items():
        if not NAME.fullmatch(name):
            reader.source.error(node.keys[name], f"A topic can't be called {name!r}.", "Use small letters and _.")
        words = [(normalise(text), place) for text, place in reader.strings(value, f"The words of {name!r}")]
        for word, place in words:
            if not word:
                reader.source.error(place, "This word has no letters or digits.", "Use a word.")
        found[name] = tuple(word for word, _ in words if word)
    return found
