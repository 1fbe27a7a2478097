"""Cuts a text into words and marks those that matter for an opt-out, in each language apart (rule O2).

A word becomes one letter, its class: "stop texting me" is `SXP`. The rules of revocation read these letters, so they
are the same for all languages; a language is a list of words (wordings).
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from textback.compliance.lexicon import (
    BREAK,
    CJK,
    COMMA,
    EXACT,
    FILLERS,
    JOINING,
    NAMES,
    NONE,
    NUMBER,
    OTHER,
    TOKEN,
    TRIGGERS,
    Either,
    Entry,
    begun_by,
    flatten,
    tells,
)

LONGEST = 600
"""Of a longer text only its first two thirds and last third of so many characters are looked at."""
MOST_WORDS = 90
"""Of more words only the first two thirds of so many and the last third are."""
_MOST_LANGUAGES = 5
_TRAILING = re.compile(r"(?:\.{2,}|…)+")
_HALT_INSIDE = re.compile(r"k(?![pPAgjNIY|,&]*$)")
"""What says "just stop" with more after it is a stop like any other."""
_SENTENCE_END = frozenset(".!?;:\n\r。！？；：।؟")
_COMMAS = frozenset(',،、，–—()/"“”«»「」')
_PHONE = re.compile(r"(?<![\w.])(?:\+?\d{1,3}[ .-]?)?(?:\(\d{3}\)|\d{3})[ .-]?\d{3}[ .-]?\d{4}(?![\w-])")
_DOLLAR = re.compile(r"(?<!\w)\$(?=[a-z])")
_SPELLED = re.compile(r"(?<![^\W_])[a-z](?:[ .*_-]{1,2}[a-z]){3,}(?![^\W_])")


class Tagged(msgspec.Struct, frozen=True):
    """A text as one language reads it: a letter for each word or phrase, and the words of each."""

    language: str
    letters: str
    words: Sequence[str]


def words_of(text: str) -> list[str]:
    """The words of a text, with "|" between sentences and "," at commas; Chinese and Japanese one sign at a time."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST * 2 // 3]}\n{text[-LONGEST // 3 :]}"
    plain = JOINING.sub("", flatten(text))
    if ".." in plain or "…" in plain:
        plain = _TRAILING.sub(" , ", plain)
    if " - " in plain:
        plain = plain.replace(" - ", " , ")
    if "sms:" in plain:
        plain = plain.replace("sms:", "sms ")
    if _PHONE.search(plain):
        plain = _PHONE.sub(" phonenumber ", plain)
    if "$" in plain:
        plain = _DOLLAR.sub("s", plain)
    if "#" in plain:
        plain = NUMBER.sub(" number ", plain)
    if _SPELLED.search(plain):
        plain = _SPELLED.sub(_unspelled, plain)
    found: list[str] = []
    for token in TOKEN.findall(plain):
        if token[0] in _SENTENCE_END:
            found.append(BREAK)
        elif token in _COMMAS:
            found.append(COMMA)
        else:
            found.append(token)
    if len(found) > MOST_WORDS:
        found = [*found[: MOST_WORDS * 2 // 3], BREAK, *found[-MOST_WORDS // 3 :]]
    return found


def _unspelled(found: re.Match[str]) -> str:
    """ "s t o p t e x t i n g" as words that are known, the longest first; as it is when there are none."""
    letters = re.sub(r"[^a-z]", "", found.group())
    words, at = [], 0
    while at < len(letters):
        for size in range(min(14, len(letters) - at), 0, -1):
            part = letters[at : at + size]
            if part in EXACT and (size > 1 or part in "iu"):
                words.append(part)
                at += size
                break
        else:
            return found.group()
    return " ".join(words)


def _matches(rest: tuple[str | Either, ...], words: Sequence[str], at: int, fillers: frozenset[str] = NONE) -> int:
    """Where a phrase ends whose other words begin at `at`; 0 where it does not stand there. "_" is up to 3 words."""
    for place, wanted in enumerate(rest):
        if isinstance(wanted, Either):
            return _matches_either(wanted, rest[place + 1 :], words, at, fillers)
        if wanted == "_":
            for skipped in range(4):
                if BREAK in words[at : at + skipped]:
                    break
                end = _matches(rest[place + 1 :], words, at + skipped, fillers)
                if end:
                    return end
            return 0
        if at >= len(words):
            return 0
        while not (words[at].startswith(wanted[:-1]) if wanted.endswith("*") else words[at] == wanted):
            if words[at] not in fillers or at + 1 >= len(words):
                return 0
            at += 1
        at += 1
    return at


def _matches_either(
    either: Either, rest: tuple[str | Either, ...], words: Sequence[str], at: int, fillers: frozenset[str]
) -> int:
    end = _matches(rest, words, at, fillers) if either.may_lack else 0
    skipped = 0
    while at < len(words):
        for one in (*either.words.get(words[at], ()), *either.prefixes):
            end = max(end, _matches((*one, *rest), words, at, fillers))
        if words[at] not in fillers or skipped == 2:
            break
        at += 1
        skipped += 1
    return end


def tag(words: Sequence[str]) -> list[Tagged]:
    """The words as each language reads them in which they could be about an opt-out; the likeliest languages alone."""
    starting = [begun_by(word) for word in words]
    counts: dict[int, int] = {}
    able: set[int] = set()
    common: set[int] = set()
    for entries in starting:
        for language, entry in entries.items():
            counts[language] = counts.get(language, 0) + 1
            if language not in able and not entry.letters.isdisjoint(TRIGGERS):
                able.add(language)
            elif not entry.common.isdisjoint(TRIGGERS):
                common.add(language)
    # Words that are used everywhere make a text nobody's: only the language that knows it best may go by them alone.
    best = max(counts.values(), default=0)
    able.update(language for language in common if counts[language] == best)
    most = 0
    read = []
    for language in sorted(able, key=lambda language: (-counts[language], language))[:_MOST_LANGUAGES]:
        if counts[language] * 10 < most * 7:
            break  # it can't know as many words as the best
        known, tagged = _tagged(language, words, starting)
        most = max(most, known)
        read.append((known, tagged))
    # A language that knows most of the words is the one; of a text in two languages each knows a part.
    least = most if most * 2 >= len(words) else most * 0.7
    return [tagged for known, tagged in read if known >= least]


def is_of_interest(words: Sequence[str]) -> bool:
    """Whether any word could be part of an opt-out in any language. Where none is, no rule can hold."""
    return any(map(tells, words))


def _longest(entry: Entry, words: Sequence[str], at: int, fillers: frozenset[str]) -> tuple[int, str]:
    """Where the longest phrase ends that begins at `at`, and its class; 0 where none stands there. Manners may stand
    inside a phrase, but not inside one that hides others."""
    end, letter = (at + 1, entry.alone) if entry.alone else (0, "")
    second = at + 1
    while second < len(words):
        for phrase in entry.pairs.get(words[second], ()):
            if second > at + 1 and phrase.letter == OTHER:
                continue
            stop = _matches(phrase.rest, words, second, NONE if phrase.letter == OTHER else fillers)
            if stop > end:
                end, letter = stop, phrase.letter
        if words[second] not in fillers or second > at + 2:
            break
        second += 1
    for phrase in entry.open:
        stop = _matches(phrase.rest, words, at + 1, NONE if phrase.letter == OTHER else fillers)
        if stop > end:
            end, letter = stop, phrase.letter
    return end, letter


def _tagged(language: int, words: Sequence[str], starting: Sequence[Mapping[int, Entry]]) -> tuple[int, Tagged]:
    """How many words the language knows, and what it makes of them."""
    letters: list[str] = []
    parts: list[str] = []
    at = known = 0
    fillers = FILLERS[language]
    while at < len(words):
        word = words[at]
        if word in (BREAK, COMMA):
            if letters and letters[-1] != BREAK:
                letters.append(word)
                parts.append("")
            at += 1
            continue
        entry = starting[at].get(language)
        end, letter = _longest(entry, words, at, fillers) if entry is not None else (0, "")
        if end:
            known += end - at
        else:
            end, letter = at + 1, OTHER
            last = parts[-1] if letters and letters[-1] == OTHER else ""
            if len(last) == 1 and CJK.match(word) and CJK.match(last):  # two signs are about a word
                parts[-1] += word
                at = end
                continue
        letters.append(letter)
        parts.append(" ".join(words[at:end]))
        at = end
    return known, Tagged(NAMES[language], _HALT_INSIDE.sub("S", "".join(letters)), parts)
