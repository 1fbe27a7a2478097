"""What is in a text that carriers forbid, or that a text of its class must say (rules E5, E6, K3, K4, O11)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

import msgspec

from textback.compliance.content_words import (
    CONFIRMATION,
    STOP_AIMS,
    STOP_VERBS,
    STOP_WORDS,
    SUBJECT_WORDS,
)

_BETWEEN = re.compile(r"[\W_]+")


class Spoken(msgspec.Struct, frozen=True):
    """A word that speaks of a subject (E5)."""

    subject: str
    word: str


_QUOTES = str.maketrans("", "", "'`\"")


@lru_cache(maxsize=1_000)
def words_of(text: str) -> str:
    """The text as words are looked for in it: small letters without accents or quotes, a space around each word."""
    if text.isascii():
        return f" {_BETWEEN.sub(' ', text.lower().translate(_QUOTES)).strip()} "
    letters = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(char for char in letters if char not in "'’`\"" and unicodedata.category(char) not in ("Mn", "Cf"))
    return f" {_BETWEEN.sub(' ', kept).strip()} "


@cache
def _subjects() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = []
    for subject, by_language in SUBJECT_WORDS.items():
        words = sorted({word for words in by_language.values() for word in words}, key=len, reverse=True)
        found.append((subject, re.compile(rf"(?<= )(?:{'|'.join(map(re.escape, words))})(?= )")))
    return tuple(found)


@cache
def _firsts() -> frozenset[str]:
    """The first words of all that speaks of a subject: most texts have none of them."""
    return frozenset(word.split()[0] for word in _all())


def _all() -> set[str]:
    languages = (by_language.values() for by_language in SUBJECT_WORDS.values())
    return {word for of_language in languages for words in of_language for word in words}


@cache
def _longer() -> Mapping[str, tuple[str, ...]]:
    """All that speaks of a subject, with spaces around it, by its first word."""
    found: dict[str, tuple[str, ...]] = {}
    for word in _all():
        found[word.split()[0]] = (*found.get(word.split()[0], ()), f" {word} ")
    return found


def _speaks(words: str) -> bool:
    """Whether words speak of any subject. Quick: nearly all texts have a first word or none, and no more of them."""
    mine = words.split()
    firsts = _firsts()
    return not firsts.isdisjoint(mine) and any(
        one in words for word in mine if word in firsts for one in _longer()[word]
    )


def spoken(text: str, ignore: Iterable[str] = ()) -> list[Spoken]:
    """The subjects that a text speaks of, each with the first word that says so. `ignore` are words, normalised, that
    mean something else here."""
    words = words_of(text)
    if not _speaks(words):
        return []
    for one in sorted(ignore, key=len, reverse=True):
        words = words.replace(f" {one} ", " - ")
    return [
        Spoken(subject, found[0]) for subject, pattern in _subjects() if (found := pattern.search(words)) is not None
    ]


def _has(words: str, wanted: Iterable[str]) -> bool:
    return any(f" {one} " in words for one in wanted)


def says_stop(text: str) -> bool:
    """Whether a text says how to stop (O11)."""
    return _has(words_of(text), STOP_WORDS)


@cache
def _digits() -> re.Pattern[str]:
    verbs = "|".join(sorted(STOP_VERBS, key=len, reverse=True))
    aims = "|".join(sorted(STOP_AIMS, key=len, reverse=True))
    return re.compile(rf"(?<= )(?:{verbs}) \d{{1,2}} (?:to|para|y|and|a) (?:{aims})(?= )")


def digit_for_stop(text: str) -> str:
    """The words by which a text has a digit stand for STOP, "" where there are none (O11)."""
    found = _digits().search(words_of(text))
    return found[0] if found else ""


def confirmation_lacks(text: str) -> list[str]:
    """What the first text of a recurring programme does not say (K3, K4)."""
    words = words_of(text)
    return [what for what, wanted in CONFIRMATION.items() if not _has(words, wanted)]


def names_sender(text: str, names: Iterable[str]) -> bool:
    """Whether a text says who sends it (E6)."""
    words = words_of(text)
    return any(words_of(name) in words for name in names if name.strip())


_SPUN = re.compile(r"\{[^{}|%]{1,60}(?:\|[^{}|%]{1,60})+\}")


def spun(text: str) -> str:
    """Alternatives in braces, as in {Hi|Hello}, "" where there are none: synonyms that rotate dodge filters (E6)."""
    found = _SPUN.search(text)
    return found[0] if found else ""
