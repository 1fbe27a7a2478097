"""Reading one flow file: values with their places, steps with their ids. The kinds of step read themselves (nodes/)."""

import re
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Mapping_
from typing import Any, TypeVar, get_args

import msgspec

from textback.core.messages import MessageClass
from textback.engine.actions import Action
from textback.engine.bot import Approved, Expire, Flow, Remind, Retry, Step
from textback.engine.match import Options
from textback.engine.source import Mapping, Node, Scalar, Sequence, Source, duration, nearest
from textback.engine.template import BadTemplate, Expression, Text

_T = TypeVar("_T", bound=str)

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
PERSONA_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
FLOW_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
QUEUE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LONGEST_ID = 55
LONGEST_OUTCOME = 32
RESERVED = ("contact", "bot", "question", "locale", "event")

COMMON_KEYS = ("id", "if", "class")
WRITTEN = frozenset({"date", "time", "datetime", "money", "phone", "location"})
"""Types whose values print otherwise than they are kept."""
PROGRAMME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
PROGRAMME_SHAPE = "Use small letters, digits, - and _."
CLASSES = tuple(name for name in get_args(MessageClass) if name != "compliance")


class Use(msgspec.Struct, frozen=True):
    """Variables that a text or a condition reads, to be checked once all of the flow's are known."""

    node: Node
    names: frozenset[str]


class Said(msgspec.Struct, frozen=True):
    """A text that contacts will read, for the checks on texts. `question` where an answer is awaited."""

    node: Node
    text: Text
    question: bool = False


class Reader:
    """Values of one file, checked as they are read. A wrong value gives None, and the problem is written down."""

    def __init__(self, source: Source, locales: tuple[str, ...], queues: tuple[str, ...] = ()) -> None:
        self.source = source
        self.locales = locales
        self.queues = queues
        self.uses: list[Use] = []
        self.said: list[Said] = []

    def mapping(self, node: Node, what: str, known: Iterable[str], later: Iterable[str] = ()) -> dict[str, Node]:
        """The values of a mapping by key. Keys of a later version and unknown ones are problems."""
        if not isinstance(node, Mapping):
            self.source.error(node, f"{what} must have keys and values.", f"Known are {', '.join(known)}.")
            return {}
        known, later = tuple(known), tuple(later)
        found = {}
        for name, value in node.values.items():
            if name in known:
                found[name] = value
            elif name in later:
                self.source.error(node.keys[name], f"{name!r} is not available in this version.", "Remove it for now.")
            else:
                self.source.error(node.keys[name], f"{what} has no key {name!r}.", nearest(name, known))
        return found

    def string(
        self, node: Node | None, what: str, pattern: re.Pattern[str] | None = None, shape: str = ""
    ) -> str | None:
        """A single value, as written."""
        if node is None:
            return None
        if not isinstance(node, Scalar) or node.empty or not node.value.strip():
            self.source.error(node, f"{what} must be a text.", "Write it after the colon.")
            return None
        value = node.value.strip()
        if pattern is not None and not pattern.fullmatch(value):
            self.source.error(node, f"{what} can't be {value!r}.", shape or "Use small letters, digits and _.")
            return None
        return value

    def strings(self, node: Node | None, what: str) -> list[tuple[str, Node]]:
        """A list of texts; a single text is a list of one."""
        if node is None:
            return []
        items = node.items if isinstance(node, Sequence) else [node]
        return [(text, item) for item in items if (text := self.string(item, what)) is not None]

    def integer(self, node: Node | None, what: str, low: int, high: int, default: int) -> int:
        """A whole number within limits."""
        if node is None:
            return default
        text = node.value.strip() if isinstance(node, Scalar) else ""
        if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
            self.source.error(node, f"{what} must be a whole number from {low} to {high}.", f"For example: {default}.")
            return default
        return int(text)

    def flag(self, node: Node | None, what: str) -> bool:
        """true or false."""
        if node is None:
            return False
        value = node.value.lower() if isinstance(node, Scalar) else ""
        if value not in {"true", "false"}:
            self.source.error(node, f"{what} must be true or false.", "Write true, or remove it.")
        return value == "true"

    def one_of(self, node: Node | None, what: str, known: tuple[_T, ...]) -> _T | None:
        """One of these words."""
        found = self.string(node, what)
        if found is None:
            return None
        for word in known:
            if word == found:
                return word
        self.source.error(node, f"{what} can't be {found!r}.", nearest(found, known))
        return None

    def duration(self, node: Node | None, what: str) -> int | None:
        """A span of time in ms."""
        if node is None:
            return None
        found = duration(node.value) if isinstance(node, Scalar) else None
        if found is None:
            self.source.error(
                node, f"{what} must be a time such as 30s, 5m, 4h or 2d.", "Write a number and s, m, h or d."
            )
        return found

    def text(self, node: Node | None, what: str, extra: Iterable[str] = (), question: bool = False) -> Text | None:
        """A text, or one text for each locale. `extra` are names it may use besides the flow's variables."""
        if node is None:
            return None
        sources: dict[str, str] = {}
        if isinstance(node, Mapping):
            for locale, value in node.values.items():
                if locale not in self.locales:
                    self.source.error(
                        node.keys[locale],
                        f"{what} has the locale {locale!r}, which is not one of the bot's.",
                        f"{nearest(locale, self.locales)} Or add it to locales in bot.yml.",
                    )
                one = self.string(value, what)
                if one is not None:
                    sources[locale] = one
        else:
            one = self.string(node, what)
            if one is not None:
                sources[self.locales[0]] = one
        if not sources:
            if isinstance(node, Mapping) and not node.values:
                self.source.error(node, f"{what} must be a text.", "Write it after the colon.")
            return None
        try:
            text = Text(sources, self.locales[0])
        except BadTemplate as error:
            self._bad_template(node, what, error)
            return None
        self.use(node, text.names - frozenset(extra))
        self.said.append(Said(node, text, question))
        return text

    def expression(self, node: Node | None, what: str) -> Expression | None:
        """A condition on variables."""
        source = self.string(node, what)
        if source is None or node is None:
            return None
        try:
            made = Expression(source)
        except BadTemplate as error:
            self._bad_template(node, what, error)
            return None
        self.use(node, made.names)
        return made

    def use(self, node: Node, names: frozenset[str]) -> None:
        """Note that something reads these variables."""
        if names:
            self.uses.append(Use(node, names))

    def _bad_template(self, node: Node, what: str, error: BadTemplate) -> None:
        place = Node(node.line + error.line - 1, node.column)
        self.source.error(
            place, f"{what} is not a valid template: {error.message}.", "See docs/reference/flow-language.md."
        )

    def queue(self, node: Node | None) -> str:
        """The name of a handoff queue; empty when none is given."""
        name = self.string(node, "A queue", QUEUE, "Use small letters, digits, - and _.")
        if name is None:
            return ""
        if self.queues and name not in self.queues:
            self.source.error(node, f"There is no queue {name!r} in bot.yml.", nearest(name, self.queues))
        return name

    def check_uses(self, known: Iterable[str]) -> None:
        """Report variables that nothing sets."""
        names = [*known, "contact", "bot"]
        for use in self.uses:
            for name in sorted(use.names - set(names)):
                self.source.error(use.node, f"There is no variable {name!r} here.", nearest(name, names))


class FlowReader(Reader):
    """Reads the steps of one flow into a flat program.

    `places` has the node of every step id, `targets` what a goto may name (ids and variables asked for), `asked` the
    step that asks for each variable, `called` what people call its answer, `types` what `vars` declares, `labels` those
    of each choice variable. `never_heard` are the consent words.
    """

    def __init__(
        self,
        source: Source,
        locales: tuple[str, ...],
        queues: tuple[str, ...],
        kinds: "dict[str, Kind]",
        never_heard: frozenset[str],
        has_handoff_text: bool,
    ) -> None:
        super().__init__(source, locales, queues)
        self.kinds = kinds
        self.never_heard = never_heard
        self.has_handoff_text = has_handoff_text
        self.steps: dict[str, Step] = {}
        self.places: dict[str, Node] = {}
        self.targets: dict[str, str] = {}
        self.gotos: dict[str, tuple[Node, str]] = {}
        self.types: dict[str, str] = {}
        self.names: set[str] = set()
        self.asked: dict[str, str] = {}
        self.called: dict[str, Text] = {}
        self.labels: dict[str, dict[str, Text]] = {}
        self.templates: Mapping_[str, Approved] = {}
        self.actions: Mapping_[str, Action] = {}
        self.results: set[str] = set()
        self.sensitive: set[str] = set()
        self.runs: list[tuple[Node, str]] = []
        self.personas: list[tuple[Node, str]] = []

    def block(self, node: Node, prefix: str, after: str) -> str:
        """Read a step, a list of steps or a bare word such as `end`. Gives the first one's id; `after` follows all."""
        items = node.items if isinstance(node, Sequence) else [node]
        if not items:
            self.source.error(node, "There are no steps here.", "Write at least one.")
            return after
        ids = [self._claim(item, f"{prefix}{number}") for number, item in enumerate(items, 1)]
        for item, id_, following in zip(items, ids, [*ids[1:], after], strict=True):
            step = self._step(item, id_, following)
            if step is not None:
                self.steps[id_] = step
        return ids[0]

    def _claim(self, item: Node, place: str) -> str:
        """The step's id: its `id`, the variable it asks for, or where it stands."""
        id_ = ""
        node: Node | None = None
        if isinstance(item, Mapping):
            node = item.values.get("id") or item.values.get("ask")
            if node is not None:
                id_ = self.string(node, "A step's id" if "id" in item.values else "The question's name", NAME) or ""
        if id_ and id_ in self.places:
            first = self.places[id_].line
            self.source.error(node, f"Two steps are called {id_!r}; the first is on line {first}.", "Give one an id.")
            id_ = ""
        id_ = id_ or place
        if len(id_) > LONGEST_ID:
            self.source.error(item, "This step is nested too deeply to be named.", "Give it a short id.")
        self.places[id_] = item
        self.targets.setdefault(id_, id_)
        return id_

    def _step(self, item: Node, id_: str, following: str) -> Step | None:
        if isinstance(item, Scalar) and item.value in self.kinds and self.kinds[item.value].bare:
            word = item
            item = Mapping(word.line, word.column)
            item.keys[word.value], item.values[word.value] = word, Scalar(word.line, word.column, "", plain=True)
        if not isinstance(item, Mapping):
            self.source.error(
                item, "A step must be a kind of step with its value.", f"Known are {', '.join(self.kinds)}."
            )
            return None
        named = [key for key in item.values if key in self.kinds]
        if not named:
            self._no_kind(item)
            return None
        kind = self.kinds[named[0]]
        if len(named) > 1:
            second = item.keys[named[1]]
            self.source.error(second, f"One step can't be both {named[0]!r} and {named[1]!r}.", "Make two steps of it.")
            return None
        keys = self.mapping(item, f"A {kind.name!r} step", (kind.name, *kind.keys, *COMMON_KEYS), kind.later)
        return kind.read(Draft(self, kind.name, item, keys, id_, following))

    def _no_kind(self, item: Mapping) -> None:
        key = next((key for key in item.keys if key not in COMMON_KEYS), "")
        place: Node = item.keys[key] if key else item
        self.source.error(
            place, f"There is no step {key!r}." if key else "This step does nothing.", nearest(key, self.kinds)
        )

    def flow(self, name: str, keywords: tuple[str, ...], first: str) -> Flow:
        """The finished flow, once all its steps are read: gotos are resolved now."""
        for id_, (node, target) in self.gotos.items():
            if target in self.targets and id_ in self.steps:
                self.steps[id_] = msgspec.structs.replace(self.steps[id_], target=self.targets[target])
            else:
                self.source.error(node, f"There is no step {target!r} to go to.", nearest(target, self.targets))
        steps = {id_: self.steps[id_] for id_ in self.places if id_ in self.steps}
        return Flow(
            name,
            keywords,
            steps,
            first,
            frozenset(self.names),
            self.labels,
            frozenset(self.sensitive),
            frozenset(name for name, type_ in self.types.items() if type_ in WRITTEN),
            frozenset(self.results),
        )


class Draft:
    """One step while it is being read."""

    def __init__(
        self, flow: FlowReader, kind: str, node: Mapping, keys: dict[str, Node], id_: str, following: str
    ) -> None:
        self.flow = flow
        self.kind = kind
        self.node = node
        self.keys = keys
        self.id = id_
        self.next = following
        self.variable = ""

    @property
    def value(self) -> Node:
        """What stands after the kind's own key."""
        return self.keys[self.kind]

    def base(self) -> dict[str, Any]:
        """The fields that every step has."""
        flow = self.flow
        wanted = flow.string(self.keys.get("class"), "class")
        if wanted is not None and wanted not in CLASSES:
            flow.source.error(self.keys["class"], f"There is no message class {wanted!r}.", nearest(wanted, CLASSES))
        return {
            "id": self.id,
            "next": self.next,
            "when": flow.expression(self.keys.get("if"), "if"),
            "message_class": wanted if wanted in CLASSES else "conversational",
            "file": flow.source.file,
            "line": self.node.line,
        }

    def text(self, key: str, extra: Iterable[str] = (), question: bool = False) -> Text | None:
        """The text under a key of this step."""
        return self.flow.text(self.keys.get(key), f"The text of {self.kind!r}", extra, question)

    def patience(self) -> dict[str, Any]:
        """The fields `retry`, `remind` and `expire` of a question."""
        flow = self.flow
        found: dict[str, Any] = {}
        if (node := self.keys.get("retry")) is not None:
            keys = flow.mapping(node, "retry", ("max", "text", "then"))
            found["retry"] = Retry(
                flow.integer(keys.get("max"), "retry max", 0, 10, 2),
                flow.text(keys.get("text"), "The text of retry", ("question",)),
                flow.block(keys["then"], f"{self.id}.retry.", self.next) if "then" in keys else None,
            )
        if (node := self.keys.get("remind")) is not None:
            keys = flow.mapping(node, "remind", ("after", "text"))
            after = self._after(node, keys, "remind")
            found["remind"] = Remind(after, flow.text(keys.get("text"), "The text of remind", ("question",)))
        if (node := self.keys.get("expire")) is not None:
            keys = flow.mapping(node, "expire", ("after", "then"))
            after = self._after(node, keys, "expire")
            then = flow.block(keys["then"], f"{self.id}.expire.", self.next) if "then" in keys else None
            found["expire"] = Expire(after, then)
        return found

    def _after(self, node: Node, keys: dict[str, Node], what: str) -> int:
        if "after" not in keys:
            self.flow.source.error(node, f"{what} needs `after`.", "For example: after: 4h")
        return self.flow.duration(keys.get("after"), f"{what} after") or 0


class Asking(msgspec.Struct, frozen=True):
    """How one kind of question talks. Each takes the turn's context and the step.

    `words` is the question as the contact reads it, its menu included. `hear` takes the contact's text as well, keeps
    what it says, and gives the next step; None when it makes no sense as an answer. `example` is the question with
    an example of an answer, for the second failure. `choices` is what one may choose from now; `yes_no` whether yes or
    no would be an answer now.
    """

    words: Callable[[Any, Any], str]
    hear: "Callable[[Any, Any, str], Heard | None]"
    example: Callable[[Any, Any], str]
    choices: Callable[[Any, Any], Options | None]
    yes_no: Callable[[Any, Any], bool]


class Heard(msgspec.Struct, frozen=True):
    """An answer that was understood: as what and by what, for the trace, and the step to go to; None to stay.

    `problem` says to the contact why it won't do; `again`: it had been answered before, so that what follows is known.
    """

    result: str
    next: str | None
    problem: str = ""
    again: bool = False


class Kind(msgspec.Struct, frozen=True):
    """A kind of step: its keys besides the common ones, how to read it, how to run it.

    `run` takes the turn's context and the step, and returns the id of the next step, or None to stop there. `later` are
    keys that a later version brings; `bare` kinds may be written as a single word; `once` kinds say or do something,
    which is not said or done again when an earlier answer is corrected.
    """

    name: str
    step: type[Step]
    keys: tuple[str, ...]
    read: Callable[[Draft], Step | None]
    run: Callable[[Any, Any], str | None]
    later: tuple[str, ...] = ()
    bare: bool = False
    once: bool = False
    asking: Asking | None = None
