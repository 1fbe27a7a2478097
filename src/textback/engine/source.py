"""YAML with the place of every value, and a list of what is wrong with it.

Values are kept as they are written: `yes`, `on` and `1.10` stay texts until a key asks for something else. Built from
parser events, not from constructed objects, so no tag can make anything and no alias can grow without limit.
"""

import difflib
import re
from collections.abc import Iterable
from typing import Literal

import msgspec
import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from textback.core.when import DAY, HOUR, MINUTE, SECOND

MOST_CHARACTERS = 1_000_000
MOST_NODES = 200_000
DEEPEST = 40

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Problem(msgspec.Struct, frozen=True, order=True):
    """Something wrong in a bot folder. Lines and columns count from 1; `fix` is what to do, as a sentence."""

    file: str
    line: int
    column: int
    level: Literal["error", "warning"]
    message: str
    fix: str = ""


class Node:
    """One value of a YAML file and where it stands."""

    __slots__ = ("column", "line", "size")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.size = 1


class Scalar(Node):
    """A single value, as written. `plain` when it has no quotes."""

    __slots__ = ("plain", "value")

    def __init__(self, line: int, column: int, value: str, plain: bool) -> None:
        super().__init__(line, column)
        self.value = value
        self.plain = plain

    @property
    def empty(self) -> bool:
        """A key with nothing after it."""
        return self.plain and self.value in {"", "~", "null"}


class Sequence(Node):
    """A list."""

    __slots__ = ("items",)

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.items: list[Node] = []


class Mapping(Node):
    """Keys with values. `keys` has each key's own place."""

    __slots__ = ("keys", "values")

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.keys: dict[str, Scalar] = {}
        self.values: dict[str, Node] = {}


class _Stop(Exception):
    """The file can't be read further; the problem is already written down."""


class Source:
    """One file: its nodes, and its problems so far."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems

    def error(self, node: Node | None, message: str, fix: str = "") -> None:
        """Write down an error at a node, or at the top of the file."""
        self._add("error", node, message, fix)

    def warn(self, node: Node | None, message: str, fix: str = "") -> None:
        """Write down a warning."""
        self._add("warning", node, message, fix)

    def _add(self, level: Literal["error", "warning"], node: Node | None, message: str, fix: str) -> None:
        line, column = (node.line, node.column) if node else (1, 1)
        self.problems.append(Problem(self.file, line, column, level, message, fix))

    def parse(self, text: str) -> Node | None:
        """The file's top value; None when there is none or it can't be read, and then a problem says why."""
        if len(text) > MOST_CHARACTERS:
            self.error(None, f"The file has more than {MOST_CHARACTERS:,} characters.", "Split it.")
            return None
        try:
            top = _Tree(self).read(yaml.parse(text, Loader=_Loader))
        except _Stop:
            return None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Node(mark.line + 1, mark.column + 1) if mark else None
            self.error(place, f"This is not valid YAML: {error.problem or error.context}.", _yaml_fix(error))
            return None
        except (yaml.YAMLError, UnicodeError, ValueError) as error:
            self.error(None, f"The file can't be read as YAML: {type(error).__name__}.", "Remove control characters.")
            return None
        if top is None:
            self.error(None, "The file is empty.", "Write its content, or remove the file.")
        return top


def _yaml_fix(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if "mapping values are not allowed" in problem:
        return "Put quotes around a text that has a colon in it."
    if "cannot start any token" in problem:
        return "Indent with spaces, and put quotes around a text that begins with a special character."
    return "Check indentation, quotes and brackets there."


class _Tree:
    """Builds nodes from parser events without recursion, so that depth costs no stack."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open: list[tuple[Sequence | Mapping, Scalar | None, str | None]] = []
        self._anchors: dict[str, Node | None] = {}
        self._top: Node | None = None
        self._key: Scalar | None = None
        self._total = 0

    def read(self, events: Iterable[Event]) -> Node | None:
        """The top node of the one document in `events`."""
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(_place(event), "The file holds a second document.", "Remove the --- line.")
            elif isinstance(event, AliasEvent):
                self._alias(event)
            elif isinstance(event, NodeEvent):
                self._node(event)
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                self._close()
        return None if isinstance(self._top, Scalar) and self._top.empty else self._top

    def _stop(self, node: Node, message: str, fix: str) -> None:
        self._source.error(node, message, fix)
        raise _Stop

    def _node(self, event: NodeEvent) -> None:
        place = _place(event)
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            self._stop(place, f"The tag {tag} can't be used here.", "Remove it.")
        if isinstance(event, ScalarEvent):
            scalar = Scalar(place.line, place.column, event.value, not event.style)
            if event.anchor:
                self._anchors[event.anchor] = scalar
            self._put(scalar, 1)
            return
        made: Sequence | Mapping
        if isinstance(event, SequenceStartEvent):
            made = Sequence(place.line, place.column)
        else:
            made = Mapping(place.line, place.column)
        if len(self._open) >= DEEPEST:
            self._stop(place, f"This is nested more than {DEEPEST} deep.", "Write it flatter.")
        self._expect_value(place)
        if event.anchor:
            self._anchors[event.anchor] = None  # until it is complete
        self._open.append((made, self._key, event.anchor))
        self._key = None

    def _alias(self, event: AliasEvent) -> None:
        found = self._anchors.get(event.anchor or "")
        if found is None:
            self._stop(_place(event), f"*{event.anchor} refers to itself or to nothing.", "Write the value out.")
        else:
            self._put(found, found.size)

    def _expect_value(self, place: Node) -> None:
        if self._open and isinstance(self._open[-1][0], Mapping) and self._key is None:
            self._stop(place, "A key must be a single word or text.", "Write the key as plain text.")

    def _close(self) -> None:
        made, self._key, anchor = self._open.pop()
        children = made.items if isinstance(made, Sequence) else made.values.values()
        made.size += sum(child.size for child in children)
        if anchor:
            self._anchors[anchor] = made
        self._put(made, 1)

    def _put(self, node: Node, cost: int) -> None:
        self._total += cost
        if self._total > MOST_NODES:
            self._stop(node, f"The file comes to more than {MOST_NODES:,} values.", "Split it, and use fewer aliases.")
        if not self._open:
            self._top = node
            return
        holder = self._open[-1][0]
        if isinstance(holder, Sequence):
            holder.items.append(node)
        elif self._key is None:
            if not isinstance(node, Scalar):
                self._expect_value(node)
            else:
                self._key = node
        else:
            name = self._key.value
            if name in holder.values:
                first = holder.keys[name].line
                self._source.error(self._key, f"{name!r} is here twice; the first is on line {first}.", "Remove one.")
            else:
                holder.keys[name], holder.values[name] = self._key, node
            self._key = None


def _place(event: Event) -> Node:
    mark = event.start_mark
    return Node(mark.line + 1, mark.column + 1) if mark else Node(1, 1)


def nearest(name: str, known: Iterable[str]) -> str:
    """ "Did you mean …?" for a mistyped name, else the list of what there is."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known are {', '.join(names)}." if names else ""


_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(s|m|h|d)")
_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


def duration(text: str) -> int | None:
    """The ms of a duration such as 1.5s, 5m, 4h or 2d; None when it is none or zero."""
    found = _DURATION.fullmatch(text.strip().lower())
    return round(float(found[1]) * _UNITS[found[2]]) or None if found else None
