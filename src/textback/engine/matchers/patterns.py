"""Patterns that authors write, for answers such as order numbers.

A subset of regular expressions, turned into a state machine that reads each character once: its time grows with the
text and with the pattern, never with the square of either, so no text can hold a server up. `compile_pattern` says in
words what it does not know.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple, NoReturn

from textback.engine.matchers.lexicon import lexicon
from textback.engine.matchers.line import Line
from textback.engine.matchers.numerals import unused
from textback.engine.matchers.shapes import LONGEST, MOST_READINGS, Found, Here, Reading, settle

MOST_STATES = 500
LONGEST_PATTERN = 500
DEEPEST = 30

Test = Callable[[str], bool]
_KINDS: dict[str, Test] = {
    "d": str.isdecimal,
    "w": lambda char: char.isalnum() or char == "_",
    "s": str.isspace,
    "D": lambda char: not char.isdecimal(),
    "W": lambda char: not (char.isalnum() or char == "_"),
    "S": lambda char: not char.isspace(),
}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}
_SPECIAL = frozenset(r"\.[]{}()*+?^$|-/")


class PatternError(ValueError):
    """What is wrong with a pattern, as a sentence for its author."""


class _State:
    """One state: `test` reads a character and goes to `out`; without it `out` are all entered at once. `anchor` lets
    through only at the beginning ("^") or end ("$")."""

    __slots__ = ("anchor", "out", "test")

    def __init__(self, test: Test | None = None, anchor: str = "") -> None:
        self.test, self.anchor = test, anchor
        self.out: list[int] = []


class _One(NamedTuple):
    """One character."""

    test: Test


class _Anchor(NamedTuple):
    """ "^" or "$"."""

    sign: str


class _All(NamedTuple):
    """One after the other."""

    parts: "list[_Node]"


class _Any(NamedTuple):
    """One of them."""

    parts: "list[_Node]"


class _Times(NamedTuple):
    """So many times; no `high` is any number."""

    part: "_Node"
    low: int
    high: int | None


_Node = _One | _Anchor | _All | _Any | _Times


class _Parser:
    """Reads a pattern into a tree."""

    def __init__(self, text: str) -> None:
        self.fold = text.startswith("(?i)")
        self.text = text[4:] if self.fold else text
        self.place = 0
        self.depth = 0

    def fail(self, problem: str) -> NoReturn:
        raise PatternError(f"{problem} At character {self.place + 1 + 4 * self.fold} of the pattern.")

    def peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def take(self) -> str:
        char = self.peek()
        self.place += 1
        return char

    def parse(self) -> _Node:
        tree = self.either()
        if self.peek():
            self.fail("A ) closes nothing.")
        return tree

    def either(self) -> _Node:
        branches = [self.sequence()]
        while self.peek() == "|":
            self.place += 1
            branches.append(self.sequence())
        return branches[0] if len(branches) == 1 else _Any(branches)

    def sequence(self) -> _Node:
        parts: list[_Node] = []
        while self.peek() not in {"", "|", ")"}:
            parts.append(self.repeated())
        return _All(parts)

    def repeated(self) -> _Node:
        node = self.atom()
        while True:
            char = self.peek()
            if char in {"?", "*", "+"} and char:
                self.place += 1
                low, high = {"?": (0, 1), "*": (0, None), "+": (1, None)}[char]
            elif char == "{":
                low, high = self.bounds()
            else:
                return node
            if isinstance(node, _Anchor):
                self.fail("^ and $ can't be repeated.")
            if self.peek() in {"?", "+", "*", "{"} and self.peek():
                self.fail("Two repetitions in a row are not supported: a match here always takes as much as it can.")
            node = _Times(node, low, high)

    def bounds(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.place)
        inside = self.text[self.place + 1 : end] if end > 0 else ""
        low, comma, high = inside.partition(",")
        if not (low.isascii() and low.isdigit() and len(low) < 4):
            self.fail("Braces hold a count such as {3} or {2,4}; write \\{ for the brace itself.")
        if high and not (high.isascii() and high.isdigit() and len(high) < 4 and int(high) >= int(low)):
            self.fail("The second count in braces must be a number that is not below the first.")
        self.place = end + 1
        return int(low), (int(high) if high else None) if comma else int(low)

    def atom(self) -> _Node:
        char = self.take()
        if char == "(":
            return self.group()
        if char == "[":
            return _One(self.cased(self.set()))
        if char == ".":
            return _One(lambda c: c != "\n")
        if char in {"^", "$"}:
            return _Anchor(char)
        if char == "\\":
            return _One(self.cased(self.escape()))
        if char in {"*", "+", "?", "{"}:
            self.place -= 1
            self.fail(f"There is nothing before {char} to repeat; write \\{char} for the character itself.")
        return _One(self.cased(char.__eq__))

    def group(self) -> _Node:
        if self.text.startswith("?:", self.place):
            self.place += 2
        elif self.peek() == "?":
            self.fail("Of groups that begin with (? only (?: is supported: no look-ahead, no names, no flags inside.")
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"Groups are nested more than {DEEPEST} deep.")
        node = self.either()
        if self.take() != ")":
            self.place -= 1
            self.fail("A ( is not closed.")
        self.depth -= 1
        return node

    def escape(self) -> Test:
        char = self.take()
        if char in _KINDS:
            return _KINDS[char]
        if char in _CONTROLS:
            return _CONTROLS[char].__eq__
        if not char or char.isalnum():
            self.place -= 1
            self.fail(
                "A pattern can't end with a backslash."
                if not char
                else f"\\{char} is not supported. Known are \\d \\w \\s \\D \\W \\S \\n \\t \\r."
            )
        return char.__eq__

    def set(self) -> Test:
        negated = self.peek() == "^"
        self.place += negated
        tests: list[Test] = []
        singles: list[str] = []
        ranges: list[tuple[str, str]] = []
        first = True
        while (char := self.peek()) != "]" or first:
            if not char:
                self.fail("A [ is not closed.")
            first = False
            self.place += 1
            if char == "\\" and self.peek() in _KINDS:
                tests.append(_KINDS[self.take()])
                continue
            low = self.plain(char)
            if self.peek() == "-" and self.text[self.place + 1 : self.place + 2] not in {"]", ""}:
                self.place += 1
                high = self.plain(self.take())
                if high < low:
                    self.fail(f"The range {low}-{high} is the wrong way round.")
                ranges.append((low, high))
            else:
                singles.append(low)
        self.place += 1
        chosen = frozenset(singles)

        def holds(c: str) -> bool:
            return c in chosen or any(low <= c <= high for low, high in ranges) or any(test(c) for test in tests)

        return (lambda c: not holds(c)) if negated else holds

    def plain(self, char: str) -> str:
        """One character of a set, which may be escaped."""
        if char != "\\":
            return char
        char = self.take()
        if char in _CONTROLS:
            return _CONTROLS[char]
        if not char or char.isalnum():
            self.place -= 1
            self.fail(f"\\{char} is not supported inside [ ].")
        return char

    def cased(self, test: Test) -> Test:
        if not self.fold:
            return test
        return lambda c: test(c) or test(c.lower()) or test(c.upper())


class Pattern:
    """A compiled pattern."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_PATTERN:
            raise PatternError(f"The pattern is longer than {LONGEST_PATTERN} characters.")
        self._states: list[_State] = []
        tree = _Parser(text).parse()
        self._final = self._add(_State())
        self._first = self._build(tree, self._final)

    def _add(self, state: _State) -> int:
        if len(self._states) >= MOST_STATES:
            raise PatternError(f"The pattern is too big: written out it has more than {MOST_STATES} parts.")
        self._states.append(state)
        return len(self._states) - 1

    def _build(self, node: _Node, after: int) -> int:
        """Add the states of a node that leads to `after`; gives its first state."""
        if isinstance(node, _One | _Anchor):
            made = _State(node.test) if isinstance(node, _One) else _State(anchor=node.sign)
            made.out = [after]
            return self._add(made)
        if isinstance(node, _All):
            for part in reversed(node.parts):
                after = self._build(part, after)
            return after
        fork = _State()
        if isinstance(node, _Any):
            place = self._add(fork)
            fork.out = [self._build(part, after) for part in node.parts]
            return place
        if node.high is None:
            place = self._add(fork)
            fork.out = [self._build(node.part, place), after]
            after = place
        else:
            for _ in range(node.high - node.low):
                optional = _State()
                place = self._add(optional)
                optional.out = [self._build(node.part, after), after]
                after = place
        for _ in range(node.low):
            after = self._build(node.part, after)
        return after

    def _enter(self, states: dict[int, int], state: int, began: int, place: int, size: int) -> None:
        """Enter a state and all that follow without reading. A state keeps the earliest beginning."""
        waiting = [state]
        while waiting:
            number = waiting.pop()
            if states.get(number, began + 1) <= began:
                continue
            here = self._states[number]
            if (here.anchor == "^" and place) or (here.anchor == "$" and place != size):
                continue
            states[number] = began
            if here.test is None:
                waiting += here.out

    def fullmatch(self, text: str) -> bool:
        """Whether the whole text is of this form."""
        states: dict[int, int] = {}
        self._enter(states, self._first, 0, 0, len(text))
        for place, char in enumerate(text, 1):
            states = self._step(states, char, place, len(text))
            if not states:
                return False
        return self._final in states

    def _step(self, states: dict[int, int], char: str, place: int, size: int) -> dict[int, int]:
        following: dict[int, int] = {}
        for number, began in states.items():
            state = self._states[number]
            if state.test is not None and state.test(char):
                self._enter(following, state.out[0], began, place, size)
        return following

    def search(self, text: str, start: int = 0) -> tuple[int, int] | None:
        """The first and longest place of this form that is a whole word or several; never an empty one."""
        states: dict[int, int] = {}
        best: tuple[int, int] | None = None
        for place in range(start, len(text) + 1):
            edge = place in {0, len(text)} or not (text[place - 1].isalnum() and text[place].isalnum())
            began = states.get(self._final)
            if edge and began is not None and began < place and (best is None or began <= best[0]):
                best = (began, place)
            if best is not None:
                states = {number: since for number, since in states.items() if since <= best[0]}
                if not states:
                    break
            elif edge:
                self._enter(states, self._first, place, place, len(text))
            if place < len(text):
                states = self._step(states, text[place], place + 1, len(text))
        return best


@lru_cache(maxsize=512)
def compile_pattern(text: str) -> Pattern:
    """A pattern, ready. Raises PatternError with a sentence that says what is wrong or not supported, and where."""
    return Pattern(text)


def _compiled(options: Mapping[str, str]) -> Pattern | None:
    try:
        return compile_pattern(options.get("pattern", ""))
    except PatternError:
        return None


def find_pattern(text: str, here: Here, options: Mapping[str, str]) -> Found:
    """What is of the form `pattern` inside a longer text, as whole words."""
    pattern = _compiled(options)
    if pattern is None or len(text) > LONGEST:
        return None
    spans: list[tuple[int, int]] = []
    place = 0
    while len(spans) <= MOST_READINGS and (span := pattern.search(text, place)):
        spans.append(span)
        place = span[1]
    left = " ".join(part.strip(" ,.;:!?") for part in _around(text, spans))
    line = Line(left.strip())
    rest = unused(line, [], lexicon(here.locale)) if left.strip() else ""
    readings = [Reading(text[a:b], "pattern, inside the text", text[a:b], rest) for a, b in spans]
    return settle(readings, "several places of this pattern")


def _around(text: str, spans: list[tuple[int, int]]) -> list[str]:
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    return [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def pattern(text: str, here: Here, options: Mapping[str, str]) -> Found:
    """The text when all of it is of the form `pattern`, else the one place in it that is."""
    compiled = _compiled(options)
    if compiled is None or len(text) > LONGEST:
        return None
    whole = text.strip()
    if whole and compiled.fullmatch(whole):
        return Reading(whole, "pattern", whole)
    return find_pattern(text, here, options)
