"""What is unwise in a knowledge base, as far as its words tell."""

import re
from collections.abc import Sequence

from textback.core.sentences import sentences
from textback.core.text import plain, segments
from textback.knowledge.answering import LONGEST, disagree, facts
from textback.knowledge.lexical import terms
from textback.knowledge.passages import Flaw, Passage
from textback.knowledge.spelling import plain as bare
from textback.knowledge.spelling import split

_FEWEST = 2
_HOURS = re.compile(
    r"\b(?:opening|business|office)\s+(?:hours|times)\b|^hours$|\bwhen (?:are|do) you open\b|\bhorarios?\b",
    re.IGNORECASE,
)


def check_passages(passages: Sequence[Passage], locales: Sequence[str], now: int, most_segments: int) -> list[Flaw]:
    """Questions that stand twice, sources that disagree, what is out of date by `now` (ms), locales that the bot has
    not, and answers whose first sentence takes more than `most_segments`."""
    found = []
    for passage in passages:
        where = (passage.file, passage.line)
        if passage.stale(now):
            fix = "Look it up, then move stale_after, or remove it."
            found.append(Flaw(*where, f"{passage.about!r} is out of date and is no longer said.", fix))
        if passage.locale and locales and not _among(passage.locale, locales):
            fix = f"The bot has {', '.join(locales)}: add it to locales in bot.yml."
            found.append(Flaw(*where, f"The bot does not speak {passage.locale!r}.", fix))
        first = next(iter(sentences(passage.text)), "")
        count = segments(plain(first)).count
        if count > most_segments:
            fix = "Begin with a short sentence that answers."
            what = f"can't be texted: it takes {count}" if count > LONGEST else f"takes {count}"
            found.append(Flaw(*where, f"The first sentence of this answer {what} segments.", fix))
    return found + _twice(passages)


def check_hours(passages: Sequence[Passage], times: frozenset[str]) -> list[Flaw]:
    """Passages about opening hours that name other times than bot.yml does (`times`, such as 9:00 and 18:00)."""
    found = []
    for passage in passages:
        if not times or not any(_HOURS.search(text) for text in (*passage.questions, *passage.headings[-1:])):
            continue
        other = sorted(facts(passage.text).get("clock", frozenset()) - times)
        if other:
            message = f"This names {', '.join(other)}, when by the hours in bot.yml you neither open nor close."
            found.append(Flaw(passage.file, passage.line, message, "Put one of them right."))
    return found


def _among(locale: str, locales: Sequence[str]) -> bool:
    language = locale.partition("-")[0]
    return any(one.partition("-")[0] == language for one in locales)


def _twice(passages: Sequence[Passage]) -> list[Flaw]:
    """The same question in two places; worst where the answers have different numbers in them."""
    found = []
    seen: dict[tuple[frozenset[str], str], Passage] = {}
    told: set[tuple[str, str]] = set()
    for passage in passages:
        for question in passage.questions or passage.headings[-1:]:
            asked = frozenset(terms(split(bare(question))))
            key = (asked, passage.locale)
            first = seen.setdefault(key, passage)
            pair = (first.id, passage.id)
            same_text = first is passage or first.text == passage.text
            if same_text or pair in told or len(asked) < (1 if passage.questions and first.questions else _FEWEST):
                continue
            told.add(pair)
            place = f"{first.file}:{first.line}"
            if disagree(first.text, passage.text):
                message = f"{question!r} is answered otherwise in {place}."
                fix = "Keep the right one: until then neither is said."
                found.append(Flaw(passage.file, passage.line, message, fix))
            elif passage.questions and first.questions:
                message = f"{question!r} is also in {place}."
                found.append(Flaw(passage.file, passage.line, message, "Make one answer of the two."))
    return found
