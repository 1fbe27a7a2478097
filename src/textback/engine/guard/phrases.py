"""What a reply says that a model may not say: promises, acts that it can't have done, topics, and so on."""

import re
from collections.abc import Iterable, Mapping

from textback.engine.guard import words_en, words_es
from textback.engine.guard.base import FlawKind

TOPICS = ("medical", "legal", "self-harm", "weapons and drugs", "politics and money", "abuse")
"""Topics that no model speaks of."""
BORNE_OUT = frozenset({"promise", "refund", "promotional", "medical", "legal", "other_person", "done", "abuse",
                       "politics and money", "secret"})  # fmt: skip
"""What may be said in the very words of a passage."""
_MOST_WORDS = 6
_NOT_YET = ("when", "once", "until", "if", "before", "after", "cuando", "si", "hasta que")
"""What makes an act one that is not done."""
_UNLESS = "".join(rf"(?<!\b{word} )" for word in _NOT_YET)


def _table() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language in (words_en.PHRASES, words_es.PHRASES):
        for kind, phrases in language.items():
            for phrase in phrases.split(", "):
                found[phrase] = tuple(dict.fromkeys((*found.get(phrase, ()), kind)))
    return found


def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = (*words_en.PATTERNS, *words_es.PATTERNS)
    return tuple((kind, re.compile(rf" {_UNLESS * (kind == 'done')}(?:{pattern})(?= )")) for kind, pattern in found)


_PHRASES = _table()
_FIRST = frozenset(phrase.split(" ", 1)[0] for phrase in _PHRASES)
_PATTERNS = _patterns()
_ANY = re.compile(rf" (?:{'|'.join(pattern for _, pattern in (*words_en.PATTERNS, *words_es.PATTERNS))})(?= )")


def any_pattern(words: str) -> bool:
    """Whether some pattern is in these words at all."""
    return _ANY.search(words) is not None


def phrases(words: str, *, patterns: bool = True) -> Iterable[tuple[str, str]]:
    """What kind of thing is said, and in which words. `words` have a space around each. Without `patterns` only the
    phrases that are looked up."""
    each = words.split()
    for start, word in enumerate(each):
        if word in _FIRST:
            phrase = ""
            for one in each[start : start + _MOST_WORDS]:
                phrase = f"{phrase} {one}" if phrase else one
                for kind in _PHRASES.get(phrase, ()):
                    yield kind, phrase
    for kind, pattern in _PATTERNS if patterns else ():
        for hit in pattern.finditer(words):
            yield kind, hit[0].strip()


def says(phrase: str, words: str) -> bool:
    """Whether a sentence says this of something that is so: not of when it is, and not of everything else."""
    place = words.find(f" {phrase} ")
    if place < 0 or words.startswith(" else ", place + len(phrase) + 1):
        return False
    before = words[:place]
    return not any(before.endswith(f" {word}") for word in _NOT_YET)


def kind_of(kind: str) -> FlawKind:
    """The flaw that it makes."""
    return "topic" if kind in TOPICS else kind  # type: ignore[return-value]


def avoided(words: str, avoid: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, str]]:
    """The topics to avoid that a text speaks of, each with the first of its words."""
    for topic, its in avoid.items():
        said = next((word for word in its if word and f" {word} " in words), "")
        if said:
            yield topic, said
