"""The answer to a question, without any model: what the best passage says, in its own words, and how sure that is."""

import re
from functools import lru_cache

import msgspec

from textback.core.sentences import spans
from textback.core.text import plain, segments
from textback.knowledge.base import Asked, Base, Hit, Method
from textback.knowledge.confidence import confidence
from textback.knowledge.passages import Passage

LONGEST = 8
"""Segments that a single sentence may take: it is never cut, as half of one may say the opposite."""
AGAINST = 0.4
"""What is left of the confidence where another source says otherwise: less than is answered, or asked about."""
NEAR = 0.4
"""How close behind the best another passage must come to speak against it."""
SAME, SAME_PRICED, SAME_NAMED = 0.58, 0.7, 0.5
"""How much about the same the two must be: by meaning, and where it is about prices, as every one of a shop's services
has its own; and by the words of their questions and headings, where there is no meaning to go by."""

_SUM = r"(\d[\d,]{0,12}(?:\.\d\d)?)"
_MONEY = re.compile(rf"[$€£]\s?{_SUM}|\b{_SUM}\s?(?:dollars|usd|euros|dólares)\b", re.IGNORECASE)
_CLOCK = re.compile(r"\b(\d{1,2})(?::(\d\d))?\s*([ap])\.?\s?m\b\.?|\b([01]?\d|2[0-3]):(\d\d)\b", re.IGNORECASE)
_SHARE = re.compile(r"\b(\d+(?:\.\d+)?)\s?(?:%|percent\b|por ciento\b)", re.IGNORECASE)
_UNITS = (
    ("minutes", r"min(?:ute|uto)?s?"), ("hours", r"hours?|horas?"), ("days", r"(?:working |business )?days?|d[ií]as?"),
    ("weeks", r"weeks?|semanas?"), ("months", r"months?|mes(?:es)?"), ("years", r"years?|años?"),
    ("distance", r"miles?|km|millas?"),
)  # fmt: skip
_AMOUNTS = tuple((name, re.compile(rf"\b(\d+)[\s-](?:{words})\b", re.IGNORECASE)) for name, words in _UNITS)


class Answered(msgspec.Struct, frozen=True):
    """What the base has to say to a question.

    Attributes:
        text: The answer: whole sentences of the passage and nothing else; empty where there is none.
        confidence: How likely it is that they answer the question, 0 to 1, calibrated.
        passage: Where they are from; None where nothing was found.
        against: Another source that says something else about the same.
        asked: The search, with the runners-up.
    """

    text: str
    confidence: float
    passage: Passage | None
    against: Passage | None
    asked: Asked


def answer(
    base: Base, text: str, locale: str = "", now: int = 0, most_segments: int = 2, method: Method | None = None
) -> Answered:
    """Look a question up. Never raises, whatever the text.

    Args:
        base: Where to look.
        text: The question.
        locale: The asker's, such as es; what the text itself looks like goes before it.
        now: The time (ms): passages that are out of date by then say nothing.
        most_segments: How many segments the answer may take, where its sentences allow.
        method: What to find passages by; the best that the base has.
    """
    asked = base.search(text, locale, now, method=method)
    if not asked.hits:
        return Answered("", 0.0, None, None, asked)
    best = asked.hits[0]
    said = short(best, most_segments)
    sure = confidence(base, asked, method)
    against = next((hit.passage for hit in asked.hits[1:] if speaks_against(base, best, hit)), None)
    if against is not None:
        sure *= AGAINST
    return Answered(said, sure if said else 0.0, best.passage, against, asked)


def short(hit: Hit, most_segments: int) -> str:
    """An answer that was written as one from its start, running text from the sentences that fit the question best; as
    many whole sentences as `most_segments` take, but always one."""
    passage = hit.passage
    start, stop = (0, len(passage.text)) if passage.questions else (hit.start, hit.end)
    found = ""
    for _, end in spans(passage.text[start:stop]):
        longer = plain(passage.text[start : start + end])
        if found and segments(longer).count > most_segments:
            break
        found = longer
    return found if segments(found).count <= LONGEST else ""


def speaks_against(base: Base, best: Hit, other: Hit) -> bool:
    """Whether another source says another price, time or number about the same thing."""
    if other.passage.source == best.passage.source or best.score - other.score > NEAR:
        return False
    kinds = disagree(best.passage.text, other.passage.text)
    if not kinds:
        return False
    by_meaning = SAME_PRICED if kinds == {"money"} else SAME
    return base.alike(best.place, other.place) >= (SAME_NAMED if base.vectors is None else by_meaning)


def disagree(one: str, other: str) -> set[str]:
    """The kinds of which two texts give different values: each has one that the other has not."""
    first, second = facts(one), facts(other)
    return {kind for kind in first.keys() & second.keys() if first[kind] - second[kind] and second[kind] - first[kind]}


@lru_cache(maxsize=2_000)
def facts(text: str) -> dict[str, frozenset[str]]:
    """The prices, times of day, shares and spans in a text, by kind."""
    found: dict[str, set[str]] = {}
    for match in _MONEY.finditer(text):
        found.setdefault("money", set()).add((match[1] or match[2]).replace(",", "").removesuffix(".00"))
    for match in _CLOCK.finditer(text):
        found.setdefault("clock", set()).add(_clock(match))
    for match in _SHARE.finditer(text):
        found.setdefault("share", set()).add(match[1])
    for kind, pattern in _AMOUNTS:
        for match in pattern.finditer(text):
            found.setdefault(kind, set()).add(match[1])
    return {kind: frozenset(values) for kind, values in found.items()}


def _clock(match: re.Match[str]) -> str:
    """A time of day as hours and minutes of 24."""
    if match[3] is None:
        return f"{int(match[4])}:{match[5]}"
    hour = int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0)
    return f"{hour}:{match[2] or '00'}"
