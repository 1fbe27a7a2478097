"""A reply in plain characters: what hides something is taken out, and said to be there."""

import re
import unicodedata

from textback.core.text import clean, plain

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_TAGS = range(0xE0000, 0xE0080)
_STYLED = (
    range(0x1D400, 0x1D800),  # mathematical letters and digits
    range(0x2460, 0x2500),  # in circles and brackets
    range(0x1F100, 0x1F1E6),
    range(0xFF01, 0xFF5F),  # of full width
    range(0x1D2C, 0x1D6B),  # raised letters
    range(0x2070, 0x20A0),
)
_JOINER, _EMOJI_STYLE = "\u200d", "\ufe0f"
_MOST_MARKS = 2
_ASCII_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BOLD = re.compile(r"\*\*|__|^#{1,4} ", re.MULTILINE)
_BLANKS = re.compile(r"[ \t]{2,}")
_LINES = re.compile(r"\s*\n\s*")
_WORD = re.compile(r"[^\W\d_]{2,60}")

BIDI = "marks that turn the direction of writing"
TAGS = "invisible tags"
PRIVATE = "characters that mean nothing to others"
MARKS = "heaps of accents"
STYLED = "letters in disguise"
MIXED = "letters of two scripts in one word"


def cleaned(text: str) -> tuple[str, tuple[str, ...]]:
    """The text in plain characters on one or more lines, and what was found that only hides something. Signs of
    emphasis and spaces too many go without a word."""
    found: dict[str, None] = {}
    text = clean(text).replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        kept = _ASCII_CONTROL.sub("", text)
    else:
        kept = unicodedata.normalize("NFC", _kept(text, found))
        if any(_mixed(word[0]) for word in _WORD.finditer(kept)):
            found[MIXED] = None
    kept = _BOLD.sub("", plain(kept))
    kept = _LINES.sub("\n", _BLANKS.sub(" ", kept.replace("\t", " "))).strip()
    return kept, tuple(found)


def _kept(text: str, found: dict[str, None]) -> str:
    """What stays of a text that is not all ASCII."""
    parts: list[str] = []
    marks = 0
    for place, char in enumerate(text):
        if char < "\x7f":
            marks = 0
            if char >= " " or char in "\n\t":
                parts.append(char)
            continue
        kind = unicodedata.category(char)
        marks = marks + 1 if kind == "Mn" and char != _EMOJI_STYLE else 0
        if char == _JOINER and _between_emoji(text, place):
            parts.append(char)
        elif kind in ("Cf", "Cc"):
            if char in _BIDI or ord(char) in _TAGS:
                found[BIDI if char in _BIDI else TAGS] = None
        elif kind in ("Co", "Cn", "Cs"):
            found[PRIVATE] = None
        elif kind in ("Zl", "Zp"):
            parts.append("\n")
        elif kind == "Zs":
            parts.append(" ")
        elif marks > _MOST_MARKS:
            found[MARKS] = None
        elif any(ord(char) in one for one in _STYLED):
            usual = unicodedata.normalize("NFKC", char)
            if usual != char:
                found[STYLED] = None
            parts.append(usual)
        elif char != "\ufffd":
            parts.append(char)
    return "".join(parts)


def _between_emoji(text: str, place: int) -> bool:
    """Whether a joiner makes one emoji of two."""
    before = text[place - 1] if place else ""
    after = text[place + 1 : place + 2]
    if before == _EMOJI_STYLE and place > 1:
        before = text[place - 2]
    return all(one and unicodedata.category(one) in ("So", "Sk") for one in (before, after))


def _mixed(word: str) -> bool:
    """Whether a word has Latin letters beside Greek or Cyrillic ones."""
    if word.isascii():
        return False
    scripts = {_script(char) for char in word}
    return "latin" in scripts and "other" in scripts


def _script(char: str) -> str:
    if char.isascii() or "\u00c0" <= char <= "\u024f" or "\u1e00" <= char <= "\u1eff":
        return "latin"
    return "other" if "\u0370" <= char <= "\u058f" or "\u13a0" <= char <= "\u13ff" else ""
