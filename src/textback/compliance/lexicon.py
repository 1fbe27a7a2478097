"""The wordings, ready to be looked up by the word that a phrase begins with, in any spelling near it (rule O2)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product

import msgspec

from textback.compliance.wordings import COMBINED, COMMON, LANGUAGES
from textback.compliance.wordings.heard import HEARD

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
    "dont_want": "w",  # the two in one: istemiyorum, 不需要
    "enough": "m",  # no quiero más: all that is said, or of messages
    "these": "t",  # turn them off, where it was of messages
    "wrong": "Z",  # wrong number
    "wrong_alone": "z",  # wrong person: where nothing stands before it
    "leave": "G",  # leave me alone
    "clear": "!",  # says it all by itself
    "unsure": "?",
    "rude": "g",  # go away: unsure where it is all that is said
    "alone": "j",  # no more: where nothing else is said
    "halt": "k",  # just stop: where nothing follows
    "deceased": "x",  # he died: whoever asks to stop sending him texts means it
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
TRIGGERS = frozenset("SsNRUDZzG!?gwmtjk")
"""Every rule needs one of these."""
_WEAK = frozenset("gp")  # where a word could be something else too, it is that
NAMES = tuple(LANGUAGES)


class Either(msgspec.Struct):
    """A place in a phrase where one of several wordings stands, by the first word of each, or nothing (`may_lack`).
    `anchors` are the words of which one must be in the text for this place to be filled; none without such a list."""

    words: dict[str, list[tuple[str, ...]]]
    prefixes: list[tuple[str, ...]]
    may_lack: bool
    anchors: list[str]


class Phrase(msgspec.Struct, frozen=True):
    language: int
    letter: str
    rest: tuple[str | Either, ...]
    common: bool = False


class Entry:
    """What a word can begin in one language: its class alone, phrases by their second word, and those whose second
    word is open."""

    __slots__ = ("alone", "common", "letters", "open", "pairs")

    def __init__(self) -> None:
        self.alone = ""
        self.pairs: dict[str, list[Phrase]] = {}
        self.open: list[Phrase] = []
        self.letters: set[str] = set()
        self.common: set[str] = set()


_KEPT = (("\u0900", "\u0eff"), ("\u3099", "\u309a"))
_FOLDED = str.maketrans({"ł": "l", "đ": "d", "ı": "i", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ς": "σ", "ё": "е",
                         "ى": "ي", "ة": "ه", "ـ": "", "ک": "ك", "ی": "ي", "\u0901": "\u0902"})  # fmt: skip
_LOOKALIKES = str.maketrans("аеорсухіѕјκοενατρυι", "aeopcyxisjkoevatpui")
_MIXED = re.compile(r"[a-z]+[а-яіѕјα-ω][a-zа-яіѕјα-ω]*|[а-яіѕјα-ω]+[a-z][a-zа-яіѕјα-ω]*")
JOINING = re.compile(r"['’`´ʼ](?=(?:t|s|re|ll|ve|d|m)(?![a-z]))")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f\u0640]")
NUMBER = re.compile(r"(?<=is |my |ng |se |ur )#(?![0-9a-z])")
TOKEN = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\u31f0-\u31ff]"  # one at a time: these languages write no spaces
    r"|[^\W_](?:[^\W_\u3040-\u30ff\u3400-\u9fff]|[\u0300-\u036f\u0900-\u0eff@$])*"
    r"|[.!?;:\n\r。！？；：।؟]+|[,،、，–—()/\"“”«»「」]|[🛑✋🚫⛔🖕]"
)
CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\u31f0-\u31ff]")
_LEET = str.maketrans("013457@$", "oieastas")
_REPEAT = re.compile(r"(.)\1{2,}")
_PAIR = re.compile(r"(.)\1+")
_BRACKETS = re.compile(r"[()]")
_CHUNK = re.compile(r"(?:\([^()]*\)|[^() ])+")


def flatten(text: str) -> str:
    """The text in the form that words are compared in (O2): NFKC, lower case, no accents, nothing invisible."""
    if text.isascii():
        return text.lower()
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join([c for c in plain if c < "\u0300" or unicodedata.category(c) != "Mn" or _is_kept(c)])
    plain = unicodedata.normalize("NFC", plain).translate(_FOLDED)
    return _MIXED.sub(lambda found: found.group().translate(_LOOKALIKES), plain)


def _is_kept(c: str) -> bool:
    return any(first <= c <= last for first, last in _KEPT)


_STAR, _GAP = "\u0e2f", "\u0e46"  # stand for * and _ while an entry is cut into words
EXACT: dict[str, list[Phrase]] = {}
_PREFIX: dict[str, list[Phrase]] = {}
_FUZZY: dict[str, str] = {}
_TELLING: set[str] = set()
_TELLING_STARTS: set[str] = set()
"""The words, and beginnings of words, without one of which no phrase of TRIGGERS can be in a text."""
_EVERYDAY = {
    word: at
    for at, word in enumerate(
        "i you the to a is it can do for my what on in at of have and me that this how are so please be yes"
        " ok thanks hi am was its im by no not did has who why your they them when where will would could"
        " should with if or we up out off see get got had any all these those here from just need know want"
        " like new take make let give put back one more again now time over today day dont someone la le que"
        " en un por para el es si da e o em um com ja per con non ich sie mir nicht ist das bitte die der send"
        " call phone text message number".split()
    )
}
"""Words that are in so many texts that they tell little, the commonest first: a phrase is noted by another one of its
words, if it has one."""
NONE: frozenset[str] = frozenset()
FILLERS: list[frozenset[str]] = []
"""Of each language the single words of manners."""
_LONGEST_PREFIX = 24
"""Letters; no entry has more before its star."""


def _fill() -> None:
    for number, (language, wordings) in enumerate(LANGUAGES.items()):
        manners = f"{wordings['please']},{COMMON['please']}".split(",")
        FILLERS.append(frozenset(flatten(one) for one in manners if one.isalpha() and not CJK.match(one)))
        for of_language in (wordings, {} if language == "en" else COMMON):
            for name, entries in of_language.items():
                if ",," in entries or entries.strip(",") != entries:
                    raise ValueError(f"{language}: {name} has an empty entry: {entries!r:.60}")
                for entry in entries.split(","):
                    _add(number, CLASSES[name], entry, common=of_language is COMMON)
        for combined in COMBINED.get(language, ()):
            for name, entries in combined.items():
                for entry in entries.split(","):
                    for words in _combined(entry):
                        _put(number, CLASSES[name], words, common=False)
    for entry in HEARD.split(","):
        _anchor(_wording(entry))
    for found in (*EXACT.values(), *_PREFIX.values()):
        found.sort(key=lambda phrase: -len(phrase.rest))
    for word, phrases in EXACT.items():
        if word.isascii() and any(p.letter in "SURXM" for p in phrases) and len(word) >= 7:
            _FUZZY[word] = word
            for at in range(1, len(word)):
                _FUZZY.setdefault(word[:at] + word[at + 1 :], word)


def _combined(entry: str) -> list[tuple[str | Either, ...]]:
    """What an entry with brackets stands for, once for each way to begin it."""
    parts = []
    for chunk in _CHUNK.findall(entry):
        chosen = product(*(part.split("|") for part in _BRACKETS.split(chunk)))
        parts.append([tuple(_wording("".join(one))) for one in chosen])
    found: list[tuple[str | Either, ...]] = []
    for at, first in enumerate(parts):
        rest = tuple(_either(part) for part in parts[at + 1 :])
        found += [(*words, *rest) for words in first if words]
        if () not in first:
            break
    return found


def _either(part: Sequence[tuple[str, ...]]) -> Either:
    words: dict[str, list[tuple[str, ...]]] = {}
    prefixes = []
    for one in part:
        if one and (one[0].endswith("*") or one[0] == "_"):
            prefixes.append(one)
        elif one:
            words.setdefault(one[0], []).append(one)
    if () in part or ("_",) in prefixes:
        return Either(words, prefixes, () in part, [])
    choices = [*(one for some in words.values() for one in some), *prefixes]
    return Either(words, prefixes, may_lack=False, anchors=[_rarest(one) for one in choices])


@lru_cache(maxsize=8_192)
def _wording(written: str) -> list[str]:
    """The words of an entry as those of a text are, with * and _ kept."""
    plain = NUMBER.sub(" number ", JOINING.sub("", flatten(written.strip())))
    words = TOKEN.findall(plain.replace("*", _STAR).replace("_", _GAP))
    return [word.replace(_GAP, "_").replace(_STAR, "*") for word in words]


def _add(number: int, letter: str, entry: str, *, common: bool) -> None:
    words = _wording(entry)
    if not words:
        raise ValueError(f"The wording {entry!r} has no letters.")
    _put(number, letter, words, common=common)


def _anchor(words: Sequence[str | Either]) -> None:
    """Notes the words of a phrase by which a text could have it: those of one place, the least common."""
    chosen: Sequence[str] = ()
    best = -1
    for word in words:
        place = word.anchors if isinstance(word, Either) else () if word == "_" else (word,)
        rarity = min(map(_rarity, place), default=-1)
        if rarity > best:
            chosen, best = place, rarity
    if not chosen:
        raise ValueError("A wording needs a word to be found by.")
    for word in chosen:
        if word.endswith("*"):
            _TELLING_STARTS.add(word[:-1])
        else:
            _TELLING.add(word)


@lru_cache(maxsize=16_384)
def _rarity(word: str) -> int:
    plain = word.rstrip("*")
    short = 0 if len(plain) < (4 if plain != word else 2) and plain.isascii() else 10_000
    return _EVERYDAY.get(plain, short)


def _rarest(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else max((word for word in words if word != "_"), key=_rarity)


@lru_cache(maxsize=16_384)
def tells(word: str) -> bool:
    """Whether a text with this word could be of interest: it, or what it may be a misspelling of."""
    return any(
        one in _TELLING or any(one[:size] in _TELLING_STARTS for size in range(1, min(len(one), _LONGEST_PREFIX) + 1))
        for one in (word, *_other_spellings(word))
    )


def _put(number: int, letter: str, words: Sequence[str | Either], *, common: bool) -> None:
    first = words[0]
    if not isinstance(first, str):
        raise TypeError("A wording begins with a word.")
    phrase = Phrase(number, letter, tuple(words[1:]), common)
    if letter in TRIGGERS:
        _anchor(words)
    if first.endswith("*"):
        _PREFIX.setdefault(first[:-1], []).append(phrase)
    else:
        EXACT.setdefault(first, []).append(phrase)


def _begins(rest: tuple[str | Either, ...]) -> set[str] | None:
    """The words that the rest of a phrase can begin with; None where that is not a choice of a few."""
    found: set[str] = set()
    for wanted in rest:
        if isinstance(wanted, str):
            return None if wanted == "_" or wanted.endswith("*") else {*found, wanted}
        if wanted.prefixes:
            return None
        found.update(wanted.words)
        if not wanted.may_lack:
            return found
    return None


@lru_cache(maxsize=16_384)
def begun_by(word: str) -> Mapping[int, Entry]:
    """What a word can begin, by language."""
    entries: dict[int, Entry] = {}
    for phrase in _meant(word):
        entry = entries.setdefault(phrase.language, Entry())
        (entry.common if phrase.common else entry.letters).add(phrase.letter)
        if not phrase.rest:
            entry.alone = entry.alone or phrase.letter
            continue
        second = _begins(phrase.rest)
        if second is None:
            entry.open.append(phrase)
        else:
            for one in second:
                entry.pairs.setdefault(one, []).append(phrase)
    return entries


def _other_spellings(word: str) -> list[str]:
    """What a word may be a misspelling of: repeated letters, digits for letters, one letter more, less or wrong."""
    if len(word) == 1 or not word[0].isalnum() or word.isdigit():
        return []
    squeezed = _REPEAT.sub(r"\1", word)
    found = [squeezed, _REPEAT.sub(r"\1\1", word), word.translate(_LEET), _PAIR.sub(r"\1", word.translate(_LEET))]
    found = [other for other in found if other != word and not other.isdigit()]
    if 6 <= len(squeezed) <= 16 and squeezed.isascii():
        for other in (squeezed, *(squeezed[:at] + squeezed[at + 1 :] for at in range(1, len(squeezed)))):
            meant = _FUZZY.get(other)
            if meant and meant[:2] == squeezed[:2]:
                found.append(meant)
                break
    return found


def _meant(word: str) -> tuple[Phrase, ...]:
    """What can begin with this word, the longest first; of a word that nobody knows, with what it may be meant for."""
    found = _known(word)
    if found:
        return found
    return next((known for other in _other_spellings(word) if (known := _known(other))), ())


def _known(word: str) -> tuple[Phrase, ...]:
    found = list(EXACT.get(word, ()))
    for size in range(min(len(word), _LONGEST_PREFIX), 0, -1):
        found += _PREFIX.get(word[:size], ())
    found.sort(key=lambda phrase: (phrase.language, -len(phrase.rest), phrase.letter in _WEAK))
    return tuple(found)


_fill()
