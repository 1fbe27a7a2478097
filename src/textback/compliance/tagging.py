"""Cuts a text into words and marks those that matter for an opt-out, in each language apart (rule O2).

A word becomes one letter, its class: "stop texting me" is `SXP`. The rules of revocation read these letters, so they
are the same for all languages; a language is a list of words (wordings).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from textback.compliance.wordings import COMMON, LANGUAGES

LONGEST = 1_600
"""Of a longer text only its first and last half of this many characters are looked at."""
MOST_WORDS = 240
"""Of more words only the first two thirds of so many and the last third are."""
CLASSES: Mapping[str, str] = {
    "stop": "S",  # stop, quit: whatever is to end
    "end": "s",  # cancel, turn off, tired of: only what is named after it
    "not": "N",
    "send": "X",  # to text, write, message: what is to be done to me
    "call": "K",  # to phone
    "receive": "h",  # to get, to hear from
    "message": "M",  # texts, alerts, offers
    "me": "P",
    "more": "A",  # again, any more, ever
    "want": "W",
    "remove": "R",
    "list": "L",  # list, number, contacts
    "unsubscribe": "U",
    "bother": "B",
    "interested": "I",
    "dont_send": "D",  # the two in one: 送らないで, yazmayın
    "wrong": "Z",  # wrong number
    "wrong_alone": "z",  # wrong person: where nothing stands before it
    "leave": "G",  # leave me alone
    "clear": "!",  # says it all by itself
    "unsure": "?",
    "rude": "g",  # go away: unsure where it is all that is said
    "ask": "Q",  # how, why, when: a question about it
    "if": "F",
    "elsewhere": "E",  # email, newsletter, by post
    "when": "T",  # before, until, tomorrow: not for ever
    "other": "H",  # somebody or something else: my brother, the order
    "you": "Y",
    "quote": "V",  # reply, "text STOP to": words about the word
    "fine": "O",  # instead, I like
    "and": "&",
    "please": "p",  # manners, the lack of them, and what fills a sentence
    "never": ".",  # other senses, eaten up so that nothing else sees them
}
BREAK, COMMA, OTHER = "|", ",", "."
TRIGGERS = frozenset("SsNRUDZzG!?gW")
"""Every rule needs one of these."""
_WEAK = frozenset("gp")  # where a word could be something else too, it is that
_MOST_LANGUAGES = 5
_NAMES = tuple(LANGUAGES)


class _Phrase(msgspec.Struct, frozen=True):
    language: int
    letter: str
    rest: tuple[str, ...]
    common: bool = False


class _Entry:
    """What a word can begin in one language: its class alone, phrases by their second word, and those whose second
    word is open."""

    __slots__ = ("alone", "common", "letters", "open", "pairs")

    def __init__(self) -> None:
        self.alone = ""
        self.pairs: dict[str, list[_Phrase]] = {}
        self.open: list[_Phrase] = []
        self.letters: set[str] = set()
        self.common: set[str] = set()


class Tagged(msgspec.Struct, frozen=True):
    """A text as one language reads it: a letter for each word or phrase, and the words of each."""

    language: str
    letters: str
    words: Sequence[str]


_KEPT = (("\u0900", "\u0eff"), ("\u3099", "\u309a"))
_FOLDED = str.maketrans({"ł": "l", "đ": "d", "ı": "i", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ς": "σ", "ё": "е",
                         "ى": "ي", "ة": "ه", "ـ": "", "ک": "ك", "ی": "ي", "\u0901": "\u0902"})  # fmt: skip
_LOOKALIKES = str.maketrans("аеорсухіѕјκοενατρυι", "aeopcyxisjkoevatpui")
_MIXED = re.compile(r"[a-z]+[а-яіѕјα-ω][a-zа-яіѕјα-ω]*|[а-яіѕјα-ω]+[a-z][a-zа-яіѕјα-ω]*")
_JOINING = re.compile(r"['’`´ʼ](?=(?:t|s|re|ll|ve|d|m)(?![a-z]))")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f\u0640]")
_NUMBER = re.compile(r"(?<=is |my |ng |se |ur )#(?![0-9a-z])")
_TRAILING = re.compile(r"(?:\.{2,}|…)+")
_TOKEN = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\u31f0-\u31ff]"  # one at a time: these languages write no spaces
    r"|[^\W_](?:[^\W_\u3040-\u30ff\u3400-\u9fff]|[\u0300-\u036f\u0900-\u0eff@$])*"
    r"|[.!?;:\n\r。！？；：।؟]+|[,،、，–—()/\"“”«»「」]|[🛑✋🚫⛔🖕]"
)
_SENTENCE_END = frozenset(".!?;:\n\r。！？；：।؟")
_COMMAS = frozenset(',،、，–—()/"“”«»「」')
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\u31f0-\u31ff]")
_LEET = str.maketrans("013457@$", "oieastas")
_REPEAT = re.compile(r"(.)\1{2,}")
_PAIR = re.compile(r"(.)\1+")
_SPELLED = re.compile(r"(?<![^\W_])[a-z](?:[ .*_-]{1,2}[a-z]){3,}(?![^\W_])")


def flatten(text: str) -> str:
    """The text in the form that words are compared in (O2): NFKC, lower case, no accents, nothing invisible."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"
    if text.isascii():
        return text.lower()
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join([c for c in plain if c < "\u0300" or unicodedata.category(c) != "Mn" or _is_kept(c)])
    plain = unicodedata.normalize("NFC", plain).translate(_FOLDED)
    return _MIXED.sub(lambda found: found.group().translate(_LOOKALIKES), plain)


def _is_kept(c: str) -> bool:
    return any(first <= c <= last for first, last in _KEPT)


def words_of(text: str) -> list[str]:
    """The words of a text, with "|" between sentences and "," at commas; Chinese and Japanese one sign at a time."""
    plain = _JOINING.sub("", flatten(text))
    if ".." in plain or "…" in plain:
        plain = _TRAILING.sub(" , ", plain)
    if " - " in plain:
        plain = plain.replace(" - ", " , ")
    if "#" in plain:
        plain = _NUMBER.sub(" number ", plain)
    if _SPELLED.search(plain):
        plain = _SPELLED.sub(_unspelled, plain)
    found: list[str] = []
    for token in _TOKEN.findall(plain):
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
            if part in _EXACT and (size > 1 or part in "iu"):
                words.append(part)
                at += size
                break
        else:
            return found.group()
    return " ".join(words)


_STAR, _GAP = "\u0e2f", "\u0e46"  # stand for * and _ while an entry is cut into words
_EXACT: dict[str, list[_Phrase]] = {}
_PREFIX: dict[str, list[_Phrase]] = {}
_FUZZY: dict[str, str] = {}
_LONGEST_PREFIX = 24
"""Letters; no entry has more before its star."""


def _fill() -> None:
    for number, (language, wordings) in enumerate(LANGUAGES.items()):
        for of_language in (wordings, {} if language == "en" else COMMON):
            for name, entries in of_language.items():
                if ",," in entries or entries.strip(",") != entries:
                    raise ValueError(f"{language}: {name} has an empty entry: {entries!r:.60}")
                for entry in entries.split(","):
                    _add(number, CLASSES[name], entry, common=of_language is COMMON)
    for found in (*_EXACT.values(), *_PREFIX.values()):
        found.sort(key=lambda phrase: -len(phrase.rest))
    for word, phrases in _EXACT.items():
        if word.isascii() and any(p.letter in "SURXM" for p in phrases) and len(word) >= 7:
            _FUZZY[word] = word
            for at in range(1, len(word)):
                _FUZZY.setdefault(word[:at] + word[at + 1 :], word)


def _add(number: int, letter: str, entry: str, *, common: bool) -> None:
    plain = _NUMBER.sub(" number ", _JOINING.sub("", flatten(entry.strip())))
    words = _TOKEN.findall(plain.replace("*", _STAR).replace("_", _GAP))
    words = [word.replace(_GAP, "_").replace(_STAR, "*") for word in words]
    if not words:
        raise ValueError(f"The wording {entry!r} has no letters.")
    first, rest = words[0], tuple(words[1:])
    phrase = _Phrase(number, letter, rest, common)
    if first.endswith("*"):
        _PREFIX.setdefault(first[:-1], []).append(phrase)
    else:
        _EXACT.setdefault(first, []).append(phrase)


@lru_cache(maxsize=16_384)
def _starting(word: str) -> Mapping[int, _Entry]:
    """What a word can begin, by language."""
    entries: dict[int, _Entry] = {}
    for phrase in _meant(word):
        entry = entries.setdefault(phrase.language, _Entry())
        (entry.common if phrase.common else entry.letters).add(phrase.letter)
        if not phrase.rest:
            entry.alone = entry.alone or phrase.letter
        elif phrase.rest[0] == "_" or phrase.rest[0].endswith("*"):
            entry.open.append(phrase)
        else:
            entry.pairs.setdefault(phrase.rest[0], []).append(phrase)
    return entries


def _meant(word: str) -> tuple[_Phrase, ...]:
    """What can begin with this word, the longest first; of a word that nobody knows, with the one it was meant for."""
    found = _known(word)
    if found or len(word) == 1 or not word[0].isalnum():
        return found
    squeezed = _REPEAT.sub(r"\1", word)
    for other in (squeezed, _REPEAT.sub(r"\1\1", word), word.translate(_LEET), _PAIR.sub(r"\1", word)):
        if other != word and not other.isdigit() and (found := _known(other)):
            return found
    word = squeezed
    if 6 <= len(word) <= 16 and word.isascii():
        for other in (word, *(word[:at] + word[at + 1 :] for at in range(1, len(word)))):
            meant = _FUZZY.get(other)
            if meant and meant[:2] == word[:2]:
                return _known(meant)
    return ()


def _known(word: str) -> tuple[_Phrase, ...]:
    found = list(_EXACT.get(word, ()))
    for size in range(min(len(word), _LONGEST_PREFIX), 0, -1):
        found += _PREFIX.get(word[:size], ())
    found.sort(key=lambda phrase: (phrase.language, -len(phrase.rest), phrase.letter in _WEAK))
    return tuple(found)


def _matches(rest: tuple[str, ...], words: Sequence[str], at: int) -> int:
    """Where a phrase ends whose other words begin at `at`; 0 where it does not stand there. "_" is up to 3 words."""
    for place, wanted in enumerate(rest):
        if wanted == "_":
            for skipped in range(4):
                if BREAK in words[at : at + skipped]:
                    break
                end = _matches(rest[place + 1 :], words, at + skipped)
                if end:
                    return end
            return 0
        if at >= len(words):
            return 0
        word = words[at]
        if not (word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted):
            return 0
        at += 1
    return at


def tag(words: Sequence[str]) -> list[Tagged]:
    """The words as each language reads them in which they could be about an opt-out; the likeliest languages alone."""
    starting = [_starting(word) for word in words]
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
    return any(
        not (entry.letters.isdisjoint(TRIGGERS) and entry.common.isdisjoint(TRIGGERS))
        for word in words
        for entry in _starting(word).values()
    )


def _longest(entry: _Entry, words: Sequence[str], at: int) -> tuple[int, str]:
    """Where the longest phrase ends that begins at `at`, and its class; 0 where none stands there."""
    end, letter = (at + 1, entry.alone) if entry.alone else (0, "")
    second = entry.pairs.get(words[at + 1], ()) if at + 1 < len(words) else ()
    for phrases in (second, entry.open):
        for phrase in phrases:
            stop = _matches(phrase.rest, words, at + 1)
            if stop > end:
                end, letter = stop, phrase.letter
    return end, letter


def _tagged(language: int, words: Sequence[str], starting: Sequence[Mapping[int, _Entry]]) -> tuple[int, Tagged]:
    """How many words the language knows, and what it makes of them."""
    letters: list[str] = []
    parts: list[str] = []
    at = known = 0
    while at < len(words):
        word = words[at]
        if word in (BREAK, COMMA):
            if letters and letters[-1] != BREAK:
                letters.append(word)
                parts.append("")
            at += 1
            continue
        entry = starting[at].get(language)
        end, letter = _longest(entry, words, at) if entry is not None else (0, "")
        if end:
            known += end - at
        else:
            end, letter = at + 1, OTHER
            last = parts[-1] if letters and letters[-1] == OTHER else ""
            if len(last) == 1 and _CJK.match(word) and _CJK.match(last):  # two signs are about a word
                parts[-1] += word
                at = end
                continue
        letters.append(letter)
        parts.append(" ".join(words[at:end]))
        at = end
    return known, Tagged(_NAMES[language], "".join(letters), parts)


_fill()
