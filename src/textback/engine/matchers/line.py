"""A text made ready for reading: lower case, without accents, and with the way back to what was written."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_APOSTROPHES = frozenset("'’‘`´ʼ＇")
_SPACES = re.compile(r"\s+")
_EDGES = " \t\r\n,.;:!?¡¿-–—/&+()"
_CLAUSE = re.compile(r"[;!?\n]|[.,](?!\d)|\.\.+")

Span = tuple[int, int]

#: How many characters before a value are looked at for words that belong to it.
NEAR = 40

#: Stands for what has been read. No normal form has it, and no pattern matches it.
MASK = "\x00"


def fold(char: str) -> str:
    """One character as matchers see it: lower case without accents; digits of every script as 0 to 9; else nothing."""
    if char in _APOSTROPHES:
        return ""
    if char == "\n":
        return "\n"
    if char.isspace():
        return " "
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if kind[0] == "C":
        return ""
    plain = "".join(c for c in unicodedata.normalize("NFKD", char.casefold()) if unicodedata.category(c)[0] != "M")
    # A few compatibility forms (℀, ⑴) hide blanks and capitals, and those would not be folded twice.
    return "".join(c for c in plain.casefold() if not c.isspace() and c not in _APOSTROPHES)


class Line:
    """A text, its `normal` form, and for each character of that the place in the text that it came from."""

    __slots__ = ("normal", "origin", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.origin: Sequence[int]
        lower = text.lower() if text.isascii() else ""
        if lower and lower.isprintable() and "'" not in lower and "`" not in lower and "  " not in lower:
            self.normal, self.origin = lower, range(len(lower))
            return
        chars: list[str] = []
        origin: list[int] = []
        for place, char in enumerate(text):
            for plain in fold(char):
                if plain in " \n" and chars and chars[-1] in " \n":
                    chars[-1] = min(chars[-1], plain)  # a line break outweighs the blanks around it
                    continue
                chars.append(plain)
                origin.append(place)
        self.normal, self.origin = "".join(chars), origin

    def original(self, span: Span) -> str:
        """What was written where the normal form has `span`."""
        start, end = span
        if start >= end:
            return ""
        stop = self.origin[end - 1] + 1
        while stop < len(self.text) and unicodedata.combining(self.text[stop]):
            stop += 1
        return self.text[self.origin[start] : stop]

    def rest(self, spans: Iterable[Span]) -> str:
        """What was written outside of these spans, in one line."""
        kept: list[str] = []
        place = 0
        for start, end in sorted(spans):
            if start > place:
                kept.append(self.original((place, start)).strip(_EDGES))
            place = max(place, end)
        kept.append(self.original((place, len(self.normal))).strip(_EDGES))
        return " ".join(_SPACES.sub(" ", part) for part in kept if part)

    def clause(self, span: Span) -> Span:
        """The clause that a span lies in: between commas, stops and line breaks."""
        start = 0
        for stop in _CLAUSE.finditer(self.normal):
            if stop.end() <= span[0]:
                start = stop.end()
            elif stop.start() >= span[1]:
                return start, stop.start()
        return start, len(self.normal)


def mask(normal: str, spans: Iterable[Span]) -> str:
    """The same line with these spans made unreadable, so that what was read once is not read again."""
    for start, end in spans:
        normal = f"{normal[:start]}{MASK * (end - start)}{normal[end:]}"
    return normal


def either(words: Iterable[str]) -> str:
    """A pattern of any of these words, the longest first. Blanks in them also match a hyphen."""
    ordered = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", "[ -]") for word in ordered)


def whole(pattern: str) -> re.Pattern[str]:
    """A compiled pattern that matches whole words only."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")
