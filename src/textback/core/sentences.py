"""Where the sentences of a text begin and end."""

import re

_END = re.compile(r"[.!?…]{1,9}[\"'”’)\]]{0,4}(?=\s)|\n+")
_ABBREVIATIONS = frozenset(
    "dr mr mrs ms prof st no nr vs etc eg ie approx ave blvd inc ltd co jr sr sra srta dra ud uds aprox av pag tel "
    "mon tue tues wed thu thur thurs fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_NEAR = 60
_HALVES = frozenset({"a.m", "p.m", "e.g", "i.e", "u.s", "ee.uu"})
"""Written with dots inside; what follows may go on with a small letter or a number."""


def spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence, without the space around it. A line break ends one too."""
    found: list[tuple[int, int]] = []
    start = 0
    for mark in _END.finditer(text):
        if not mark[0].startswith("\n") and not _ends(text, start, mark.start(), mark.end()):
            continue
        _add(found, text, start, mark.end())
        start = mark.end()
    _add(found, text, start, len(text))
    return found


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [text[start:end] for start, end in spans(text)]


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start < end:
        found.append((start, end))


def _ends(text: str, start: int, at: int, after: int) -> bool:
    """Whether this mark ends a sentence: not that of an abbreviation, of an initial or of a list's number."""
    if text[at] != ".":
        return True
    before = text[max(start, at - _NEAR) : at].rsplit(None, 1)
    word = before[-1].lower().lstrip("(\"'") if before else ""
    rest = text[after:].lstrip()
    if word in _HALVES:
        return rest[:1].isupper() or not rest
    numbers = word.isdigit() and (len(before) < 2 or rest[:1].islower())
    return not (numbers or word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()))
