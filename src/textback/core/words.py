"""Words as people look for them: small letters without accents, and how what they typed is looked up. Pure."""

import re
import unicodedata
from collections.abc import Sequence

import msgspec

MOST = 400
"""Words of one text that can be found."""
LONGEST = 40
EDGES = (2, 3, 4, 6, 8)
"""Beginnings of words, by their length, that an index has: what is typed longer is looked up by the next shorter one,
and what was found is looked at again."""
MOST_ASKED = 8
_WORD = re.compile(r"[^\W_]+")
_PHONE = re.compile(r"\+?[\d\s().\-]{4,}")


def plain(text: str) -> str:
    """Small letters without accents, of the same width as the text wherever that can be."""
    if text.isascii():
        return text.lower()
    found = []
    for char in text:
        bare = unicodedata.normalize("NFKD", char)[:1].lower()
        found.append(bare if len(bare) == 1 else char)
    return "".join(found)


def tokens(text: str) -> list[str]:
    """The words of a text in order, each once."""
    found = (word[:LONGEST] for word in _WORD.findall(plain(text[: MOST * LONGEST])))
    return list(dict.fromkeys(found))[:MOST]


def number_tokens(number: str) -> list[str]:
    """How a phone number is looked for: whole, without its country's 1, by its last seven and its last four digits."""
    digits = "".join(char for char in number if char.isascii() and char.isdecimal())
    if len(digits) < 7:
        return []
    home = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return list(dict.fromkeys((digits, home, digits[-7:], digits[-4:])))


class Query(msgspec.Struct, frozen=True):
    """What somebody looks for: words that must be there whole, and the beginning of one, which is what they typed last.
    `number` says that it is a phone number, or a part of one."""

    whole: tuple[str, ...] = ()
    start: str = ""
    number: bool = False

    def __bool__(self) -> bool:
        return bool(self.whole or self.start)

    @property
    def edge(self) -> str:
        """What an index is asked for `start`; "" where it is too short to be anything but a word."""
        fit = [size for size in EDGES if size <= len(self.start)]
        return self.start[: fit[-1]] if fit else ""

    def holds(self, words: Sequence[str]) -> bool:
        """Whether these words are what was looked for."""
        known = set(words)
        if not all(word in known for word in self.whole):
            return False
        return not self.start or any(word.startswith(self.start) for word in words)


def query_of(text: str) -> Query:
    """What a text in a search field looks for."""
    if _PHONE.fullmatch(text.strip()):
        digits = "".join(char for char in text if char.isascii() and char.isdecimal())
        if len(digits) >= 4:
            return Query((), (digits[1:] if len(digits) == 11 and digits[0] == "1" else digits)[:LONGEST], number=True)
    words = tokens(text)[:MOST_ASKED]
    if not words:
        return Query()
    last = words[-1]
    return Query(tuple(words), "") if len(last) < EDGES[0] else Query(tuple(words[:-1]), last)


def edges(word: str) -> list[str]:
    """The beginnings of a word that an index has."""
    return [word[:size] for size in EDGES if size <= len(word)]


def marked(text: str, query: Query, around: int = 90) -> list[tuple[str, bool]]:
    """A text cut to where the words are, in pieces: each with whether it is one of the words."""
    low = plain(text)
    hits = [
        hit.span()
        for hit in _WORD.finditer(low)
        if hit[0] in query.whole or (query.start and hit[0].startswith(query.start))
    ]
    if len(low) != len(text):
        hits = []
    begin = max(0, hits[0][0] - around) if hits else 0
    end = min(len(text), (hits[0][1] if hits else 0) + 2 * around)
    pieces: list[tuple[str, bool]] = [("…", False)] if begin else []
    at = begin
    for first, last in hits:
        if last > end:
            break
        if first > at:
            pieces.append((text[at:first], False))
        pieces.append((text[first:last], True))
        at = last
    if at < end:
        pieces.append((text[at:end], False))
    return [*pieces, ("…", False)] if end < len(text) else pieces
