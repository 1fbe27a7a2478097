"""The files of tests/: conversations with what the bot should say, read with the place of every expectation."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from textback.core.when import to_ms
from textback.engine.actions import ERRORS
from textback.engine.arrivals import AgentReply, AnyArrival, ApiEvent, Complete, HandBack, Media, Takeover
from textback.engine.bot import Bot
from textback.engine.nodes.set import plain_value
from textback.engine.reading import NAME, Reader
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node, Problem, Scalar, Sequence, Source, nearest
from textback.engine.state import OwnerKind
from textback.engine.thinking import MODEL

FOLDER = "tests"
CONVERSATION_KEYS = ("conversation", "at", "line", "locale", "contact", "actions", "turns")
#: What may happen in a turn, one thing a turn.
ACTS = ("in", "after", "event", "agent", "takeover", "hand_back", "complete")
IN_KEYS = ("text", "media", "keyword")
OUT_KEYS = (
    "text", "contains", "not_contains", "matches", "none", "flow", "step", "vars", "contact", "goal", "outcome", "tag",
    "owner", "queue", "reason", "opted_out",
)  # fmt: skip
#: How a conversation is handed back, and what the desk calls it.
HAND_BACKS = {"resume": "ask", "wait": "wait", "end": "end"}
OWNERS: tuple[OwnerKind, ...] = ("bot", "person", "nobody")
PROVIDER_WORDS = ("stop", "start", "help")
BEGINS = "2026-03-02T10:00"
"""When a conversation begins that names no time, in the bot's time zone."""

_TIME = re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")
_PERSON = "u1"


class Want(msgspec.Struct, frozen=True):
    """One expectation: a key of `out` ("vars.name" for a variable), its value, and where the value stands.

    The value of "text" is every text in order; None where `out:` is empty and waits to be filled in.
    """

    key: str
    value: Any
    node: Node


class Texted(msgspec.Struct, frozen=True):
    """A text from the contact."""

    text: str
    media: tuple[Media, ...] = ()
    keyword: str | None = None


class Exchange(msgspec.Struct, frozen=True):
    """One thing that happens, and what should come of it. Without `wants` nobody looks.

    `act` is a text, an arrival, or a time to wait (ms); `label` and `shown` are how it is printed.
    """

    act: Texted | AnyArrival | int
    label: str
    shown: str
    line: int
    wants: tuple[Want, ...] = ()


class Stub(msgspec.Struct, frozen=True):
    """What an action answers in a test: a result, or an error (one of actions.ERRORS); `after` so much time (ms)."""

    result: Any = None
    error: str = ""
    after: int = 0


class Stubs:
    """The stubs of one conversation by action. Several for one action answer in turn; the last one stays."""

    def __init__(self, stubs: Mapping[str, tuple[Stub, ...]]) -> None:
        self._left = {name: list(given) for name, given in stubs.items()}

    def take(self, name: str) -> Stub | None:
        """The next answer of an action; None when the test names none."""
        left = self._left.get(name)
        if not left:
            return None
        return left.pop(0) if len(left) > 1 else left[0]


class Conversation(msgspec.Struct, frozen=True):
    """One conversation of a test file. `begins` is in ms, `fields` what is known of the contact."""

    name: str
    file: str
    line: int
    column: int
    begins: int
    number: str
    fields: dict[str, Any]
    stubs: dict[str, tuple[Stub, ...]]
    exchanges: tuple[Exchange, ...]


def read_conversations(files: Mapping[str, str], bot: Bot) -> tuple[list[Conversation], list[Problem]]:
    """The conversations in tests/*.yml of a bot folder, and everything that is wrong with those files."""
    problems: list[Problem] = []
    found: list[Conversation] = []
    for file in sorted(files):
        if re.fullmatch(rf"{FOLDER}/.+\.ya?ml", file):
            source = Source(file, problems)
            top = source.parse(files[file])
            if top is not None:
                items = top.items if isinstance(top, Sequence) else [top]
                found += [one for item in items if (one := _Script(source, bot).read(item)) is not None]
    names: dict[str, Conversation] = {}
    for one in found:
        first = names.setdefault(one.name, one)
        if first is not one:
            place = Node(one.line, one.column)
            message = f"The conversation {one.name!r} is also in {first.file}, line {first.line}."
            Source(one.file, problems).error(place, message, "Give one another name.")
    problems.sort()
    return found, problems


def plain(node: Node) -> Any:
    """A value of a test file as JSON has it."""
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if isinstance(node, MappingNode):
        return {name: plain(value) for name, value in node.values.items()}
    if isinstance(node, Scalar):
        return plain_value(node.value.strip()) if node.plain else node.value
    return None


class _Script:
    """Reads one conversation."""

    def __init__(self, source: Source, bot: Bot) -> None:
        self._source = source
        self._bot = bot
        self._reader = Reader(source, bot.locales)

    def read(self, node: Node) -> Conversation | None:
        keys = self._reader.mapping(node, "A conversation", CONVERSATION_KEYS)
        if not keys:
            return None
        for key in ("conversation", "turns"):
            if key not in keys:
                self._source.error(node, f"The conversation has no {key!r}.", f"Add {key}: to it.")
        name = self._reader.string(keys.get("conversation"), "conversation") or ""
        exchanges = self._turns(keys["turns"]) if "turns" in keys else []
        return Conversation(
            name,
            self._source.file,
            node.line,
            node.column,
            self._begins(keys.get("at")),
            self._number(keys.get("line")),
            self._fields(keys),
            self._stubs(keys.get("actions")),
            tuple(exchanges),
        )

    def _begins(self, node: Node | None) -> int:
        text = self._reader.string(
            node, "at", _TIME, "Write a time such as 2026-03-02T10:00 or 2026-03-02T10:00-06:00."
        )
        try:
            moment = datetime.fromisoformat(text or BEGINS)
        except ValueError:
            self._source.error(node, f"There is no time {text!r}.", "Write a time such as 2026-03-02T10:00.")
            moment = datetime.fromisoformat(BEGINS)
        return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self._bot.timezone)))

    def _number(self, node: Node | None) -> str:
        """The number that the contact texts to; empty when the test does not say."""
        name = self._reader.string(node, "line")
        if name is None:
            return ""
        lines = {line.name: line.number for line in self._bot.lines}
        if name not in lines:
            self._source.error(node, f"There is no line {name!r} in bot.yml.", nearest(name, lines) or "Remove it.")
        return lines.get(name, "")

    def _fields(self, keys: Mapping[str, Node]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if (contact := keys.get("contact")) is not None:
            if isinstance(contact, MappingNode):
                fields.update(plain(contact))
            else:
                self._source.error(contact, "contact must have fields.", "For example: contact: {name: Ana}")
        locale = self._reader.string(keys.get("locale"), "locale")
        if locale is not None:
            fields["locale"] = self._one_of(keys["locale"], locale, self._bot.locales, "locale")
        return fields

    def _one_of(self, node: Node, value: str, known: tuple[str, ...], what: str) -> str:
        if value not in known:
            self._source.error(node, f"There is no {what} {value!r}.", nearest(value, known))
        return value

    def _stubs(self, node: Node | None) -> dict[str, tuple[Stub, ...]]:
        if node is None:
            return {}
        if not isinstance(node, MappingNode):
            self._source.error(
                node, "actions must name actions.", "For example: actions: {calendar.book: {result: ok}}"
            )
            return {}
        found = {}
        for name, value in node.values.items():
            if name not in self._bot.actions and not (name == MODEL and self._bot.model is not None):
                fix = nearest(name, self._bot.actions) or "Declare it there under actions:, or remove it."
                self._source.error(node.keys[name], f"There is no action {name!r} in bot.yml.", fix)
            items = value.items if isinstance(value, Sequence) else [value]
            found[name] = tuple(self._stub(name, item) for item in items)
        return found

    def _stub(self, name: str, node: Node) -> Stub:
        keys = self._reader.mapping(node, f"An answer of {name!r}", ("result", "error", "after"))
        if isinstance(node, MappingNode) and ("result" in keys) == ("error" in keys):
            self._source.error(node, f"An answer of {name!r} is a result or an error.", "Write one of the two.")
        result = plain(keys["result"]) if "result" in keys else None
        error = self._reader.one_of(keys.get("error"), "error", ERRORS) or ""
        return Stub(result, error, self._reader.duration(keys.get("after"), "after") or 0)

    def _turns(self, node: Node) -> list[Exchange]:
        if not isinstance(node, Sequence) or not node.items:
            self._source.error(node, "turns must be a list.", "Write each turn as `- in: TEXT` and `- out: TEXT`.")
            return []
        exchanges: list[Exchange] = []
        open_ = False  # whether the last turn may still get its `out`
        for item in node.items:
            keys = self._reader.mapping(item, "A turn", (*ACTS, "out"))
            acts = [name for name in keys if name in ACTS]
            if len(acts) > 1:
                second = item.keys[acts[1]] if isinstance(item, MappingNode) else item
                self._source.error(second, f"One turn can't be both {acts[0]!r} and {acts[1]!r}.", "Make two of it.")
            elif acts:
                exchange = self._act(acts[0], keys[acts[0]], item.line)
                if exchange is not None:
                    exchanges.append(exchange)
                open_ = exchange is not None
            if "out" not in keys or (not acts and not exchanges):
                if "out" in keys:
                    self._source.error(item, "Nothing has happened before this `out`.", "Begin with `- in: TEXT`.")
                continue
            wants = self._out(keys["out"])
            if open_ and exchanges:
                exchanges[-1] = msgspec.structs.replace(exchanges[-1], wants=wants)
            elif not acts:
                self._source.error(item, "Two `out` follow each other.", "Write several texts as a list in one `out`.")
            open_ = False
        return exchanges

    def _act(self, kind: str, node: Node, line: int) -> Exchange | None:
        reader = self._reader
        if kind == "in":
            said = self._texted(node)
            shown = " ".join([said.text, *(f"[{one.url}]" for one in said.media)]).strip()
            return Exchange(said, "in", shown, line)
        if kind == "after":
            span = reader.duration(node, "after")
            return (
                None if span is None else Exchange(span, "after", node.value if isinstance(node, Scalar) else "", line)
            )
        if kind == "event":
            return self._event(node, line)
        if kind == "agent":
            text = reader.string(node, "agent") or ""
            return Exchange(AgentReply(_PERSON, "Agent", text, f"x{line}"), "agent", text, line)
        if kind == "hand_back":
            value = reader.mapping(node, "hand_back", ("how",)).get("how") if isinstance(node, MappingNode) else node
            how = reader.string(value, "hand_back") if value is not None else "wait"
            mode = HAND_BACKS.get(how or "")
            if mode is None:
                if how is not None:
                    self._one_of(value or node, how, tuple(HAND_BACKS), "way to hand back called")
                return None
            return Exchange(HandBack(_PERSON, "Agent", mode), "hand_back", how or "", line)
        if not reader.flag(node, kind):
            return None
        act: AnyArrival = Takeover(_PERSON, "Agent") if kind == "takeover" else Complete(_PERSON, "Agent")
        return Exchange(act, kind, "", line)

    def _event(self, node: Node, line: int) -> Exchange | None:
        keys = {"name": node}
        if isinstance(node, MappingNode):
            keys = self._reader.mapping(node, "event", ("name", "data"))
        name = self._reader.string(keys.get("name"), "The name of an event", NAME)
        if isinstance(node, MappingNode) and "name" not in keys:
            self._source.error(node, "This event has no name.", "Write `event: {name: payment_received}`.")
        data = plain(keys["data"]) if "data" in keys else {}
        if not isinstance(data, dict):
            self._source.error(keys["data"], "data must have names with values.", "For example: data: {amount: 40}")
        elif name is not None:
            return Exchange(ApiEvent(name, data, "test"), "event", name, line)
        return None

    def _texted(self, node: Node) -> Texted:
        reader = self._reader
        if isinstance(node, Scalar) and not (node.plain and node.empty):
            return Texted(node.value)
        keys = reader.mapping(node, "in", IN_KEYS)
        if isinstance(node, MappingNode) and not {"text", "media"} & set(keys):
            self._source.error(node, "This `in` has neither text nor media.", "Add text: to it.")
        text = keys.get("text")
        media = tuple(Media(url) for url, _ in reader.strings(keys.get("media"), "media"))
        word = reader.string(keys.get("keyword"), "keyword")
        if word is not None:
            self._one_of(keys["keyword"], word, PROVIDER_WORDS, "keyword")
        return Texted(text.value if isinstance(text, Scalar) else reader.string(text, "text") or "", media, word)

    def _out(self, node: Node) -> tuple[Want, ...]:
        if isinstance(node, Scalar) and node.empty:
            return (Want("text", None, node),)
        if not isinstance(node, MappingNode):
            return (self._texts(node),)
        keys = self._reader.mapping(node, "out", OUT_KEYS)
        wants: list[Want] = []
        for key, value in keys.items():
            wants += self._wants(key, value)
        return tuple(wants)

    def _texts(self, node: Node) -> Want:
        return Want("text", tuple(text for text, _ in self._reader.strings(node, "out")), node)

    def _wants(self, key: str, node: Node) -> list[Want]:
        reader = self._reader
        if key == "text":
            return [self._texts(node)]
        if key in {"vars", "contact"}:
            if isinstance(node, MappingNode):
                return [Want(f"{key}.{name}", plain(value), value) for name, value in node.values.items()]
            self._source.error(node, f"{key} must have names with values.", f"For example: {key}: {{name: Ana}}")
            return []
        if key in {"contains", "not_contains"}:
            return [Want(key, text, place) for text, place in reader.strings(node, key)]
        if key in {"none", "opted_out"}:
            return [Want(key, reader.flag(node, key), node)]
        value = reader.string(node, key)
        if value is None:
            return []
        if key == "matches":
            return self._pattern(node, value)
        if key == "owner":
            self._one_of(node, value, OWNERS, "owner")
        if key == "flow" and value not in self._bot.flows and value != "ended":
            self._source.error(node, f"There is no flow {value!r}.", nearest(value, [*self._bot.flows, "ended"]))
        return [Want(key, value, node)]

    def _pattern(self, node: Node, value: str) -> list[Want]:
        try:
            return [Want("matches", re.compile(value), node)]
        except (re.error, RecursionError, OverflowError) as error:
            self._source.error(node, f"matches is not a regular expression: {error}.", "Mend it, or use contains.")
            return []
