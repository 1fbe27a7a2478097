"""A reply within its segments: whole sentences, as long as what is left still answers."""

import re

from textback.core.sentences import spans
from textback.core.text import segments
from textback.engine.guard.grounds import read

_TURNS = re.compile(
    r"^\W*(?:but|however|except|unless|only|although|though|otherwise|pero|sin embargo|excepto|salvo|aunque|solo)\b",
    re.IGNORECASE,
)


def within(text: str, most: int) -> str:
    """The text, or its first sentences where all of it takes more than `most` segments; empty where those are no
    answer: they say nothing, lead to what follows, or leave out what limits them."""
    if segments(text).count <= most:
        return text
    kept = 0
    places = spans(text)
    for _, end in places:
        if segments(text[:end]).count > most:
            break
        kept = end
    if not kept or text[:kept].rstrip().endswith((":", "?")):
        return ""
    said = read(text[:kept])
    if not any(one.stems or any(clause.facts for clause in one.clauses) for one in said):
        return ""
    left = [text[start:end] for start, end in places if start >= kept]
    return "" if any(_TURNS.match(one) or read(one)[0].denies for one in left) else text[:kept]
