"""Understanding a text: choices, yes and no, requests for a person, tapbacks. Pure functions, linear in the text.

Each returns None for "no match" and never raises, whatever the text. `how` says for the trace what recognised it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from rapidfuzz.distance import OSA

from textback.engine.words import LANGUAGES, Language

_LANGUAGES = tuple(LANGUAGES.values())


def all_words(pick: str) -> frozenset[str]:
    """The words of all languages for this."""
    return frozenset(word for language in _LANGUAGES for word in getattr(language, pick))


def _merged(pick: str) -> dict[str, int]:
    return {word: n for language in _LANGUAGES for word, n in getattr(language, pick).items()}


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _person_pattern(languages: Iterable[Language]) -> re.Pattern[str]:
    """ "talk to a real person", with or without an article, anywhere in the text."""
    article = "(?:an? |the |your |some |una? |el |la )?"
    parts = []
    for words in languages:
        parts.append(rf"\b(?:{_either(words.talk_verbs)}) {article}(?:{_either(words.person_nouns | words.anyone)})\b")
        parts.append(rf"\b(?:{_either(words.want_verbs)}) {article}(?:{_either(words.person_nouns)})\b")
    return re.compile("|".join(parts))


YES = all_words("yes")
NO = all_words("no")
SKIP = all_words("skip")
PERSON = all_words("person")
FILLERS = all_words("fillers")
NEGATIONS = all_words("negations")
RESERVATIONS = all_words("reservations")
ORDINALS = _merged("ordinals")
NUMBERS = _merged("numbers")
TAPBACKS: dict[str, bool | None] = {k: v for language in _LANGUAGES for k, v in language.tapbacks.items()}
GLOBALS: dict[str, str] = {
    word: name for name in ("never_mind", "start_over", "back", "repeat", "go_on", "who") for word in all_words(name)
}
"""What words mean that work everywhere."""
PERSON_PHRASE = _person_pattern(_LANGUAGES)
NUMBERED = re.compile(rf"(?:(?:{_either(all_words('number_nouns'))}) )?(\w+)")

#: Beyond this many characters a text is a story, not an answer to pick out of a list.
LONGEST_ANSWER = 200
SHORTEST_FUZZY = 4
SHORTEST_PREFIX = 2
SHORTEST_PART = 3

_KEEP_APOSTROPHES_OUT = dict.fromkeys(map(ord, "'’‘`´ʼ"), None)
_ASCII = {
    **{code: " " for code in range(128) if not chr(code).isalnum()},
    **_KEEP_APOSTROPHES_OUT,
}
_SKIN_TONES = range(0x1F3FB, 0x1F400)


class Match(msgspec.Struct, frozen=True):
    """What a text was understood to mean, and by what."""

    value: str | bool
    how: str


def normalise(text: str) -> str:
    """Lower case, without accents, punctuation or doubled spaces. Emoji stay, without skin tones and joiners."""
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII).split())
    plain = []
    # Decomposed on both sides of folding: 𝐘 is a capital only once it is a Y, and ŉ has an apostrophe in it.
    folded = unicodedata.normalize("NFKD", text.translate(_KEEP_APOSTROPHES_OUT)).casefold()
    for char in unicodedata.normalize("NFKD", folded).translate(_KEEP_APOSTROPHES_OUT):
        kind = unicodedata.category(char)
        if kind[0] in "PZ" or (kind[0] == "S" and char.isascii()) or kind == "Cc":
            plain.append(" ")
        elif kind not in {"Mn", "Me", "Cf"} and ord(char) not in _SKIN_TONES:
            plain.append(char)
    return " ".join("".join(plain).split())


def without_fillers(normal: str) -> str:
    """The words that carry the meaning: "i would like the second one please" becomes "second"."""
    return " ".join(word for word in normal.split() if word not in FILLERS)


class Options(msgspec.Struct, frozen=True):
    """The choices of one question, made ready for matching.

    `exact` maps every normalised way to name a choice to its id and to how it was named; `terms` are the labels and
    synonyms only, which may also be shortened, mistyped, or said inside a sentence.
    """

    ids: tuple[str, ...]
    exact: dict[str, tuple[str, str]]
    terms: tuple[tuple[str, str], ...]


def make_options(choices: Mapping[str, Sequence[str]]) -> Options:
    """Options from choice ids to their labels (in every language) and synonyms. Names win over numbers and letters."""
    exact: dict[str, tuple[str, str]] = {}
    terms: list[tuple[str, str]] = []
    ids = tuple(choices)
    for id_, names in choices.items():
        for name in (*names, id_.replace("_", " ")):
            term = normalise(name)
            if term and term not in exact:
                exact[term] = (id_, "label or synonym")
                terms.append((term, id_))
    for number, id_ in enumerate(ids, 1):
        exact.setdefault(str(number), (id_, "number"))
        if number <= 26:
            exact.setdefault(chr(ord("a") + number - 1), (id_, "letter"))
    return Options(ids, exact, tuple(terms))


def match_choice(text: str, options: Options) -> Match | None:
    """One of the choices: by number, letter, label, synonym, ordinal, unique beginning, one typo, or in a sentence."""
    normal = normalise(text)
    found = options.exact.get(normal)
    if found is not None:
        return Match(*found)
    if not normal or len(normal) > LONGEST_ANSWER:
        return None
    core = without_fillers(normal)
    numbered = NUMBERED.fullmatch(normal)
    for candidate in (core, numbered[1] if numbered else ""):
        found = options.exact.get(candidate)
        if found is not None:
            return Match(*found)
        place = ORDINALS.get(candidate) or (NUMBERS.get(candidate) if candidate else None)
        if place is not None and abs(place) <= len(options.ids):
            return Match(options.ids[place - 1 if place > 0 else place], "ordinal")
    return _by_prefix(core, options) or _by_typo(core, options) or _in_sentence(normal, options)


def _only(ids: Iterable[str], how: str) -> Match | None:
    """A match when all candidates are the same choice."""
    found = set(ids)
    return Match(found.pop(), how) if len(found) == 1 else None


def _by_prefix(core: str, options: Options) -> Match | None:
    if len(core) < SHORTEST_PREFIX or core in YES or core in NO:
        return None
    return _only((id_ for term, id_ in options.terms if term.startswith(core)), "beginning")


def _by_typo(core: str, options: Options) -> Match | None:
    if len(core) < SHORTEST_FUZZY:
        return None
    return _only(
        (
            id_
            for term, id_ in options.terms
            if len(term) >= SHORTEST_FUZZY
            and abs(len(term) - len(core)) <= 1
            and OSA.distance(core, term, score_cutoff=1) <= 1
        ),
        "one typo",
    )


def _in_sentence(normal: str, options: Options) -> Match | None:
    if not NEGATIONS.isdisjoint(normal.split()):
        return None
    padded = f" {normal} "
    return _only(
        (id_ for term, id_ in options.terms if len(term) >= SHORTEST_PART and f" {term} " in padded), "in a sentence"
    )


def match_yes_no(text: str) -> Match | None:
    """True for yes, False for no, in English, Spanish and emoji."""
    normal = normalise(text)
    if not normal or len(normal) > LONGEST_ANSWER:
        return None
    yes, no = normal in YES, normal in NO
    if yes != no:
        return Match(yes, "word")
    first, _, rest = normal.partition(" ")
    words = rest.split()
    if not RESERVATIONS.isdisjoint(words):
        return None
    if first in NO:
        return Match(False, "first word") if YES.isdisjoint(words) else None
    if first in YES:
        return Match(True, "first word") if NEGATIONS.isdisjoint(words) else None
    return None


def is_skip(text: str) -> bool:
    """Whether the whole text declines to answer an optional question."""
    return normalise(text) in SKIP


def wants_person(normal: str) -> bool:
    """Whether a normalised text asks for a person."""
    if normal in PERSON:
        return True
    if " " not in normal or len(normal) > LONGEST_ANSWER:
        return False
    return without_fillers(normal) in PERSON or PERSON_PHRASE.search(normal) is not None


_UPSET = re.compile(rf"(?:^| )(?:{_either(all_words('upset'))})(?: |$)")


def is_upset(normal: str) -> bool:
    """Whether a normalised text is angry."""
    return _UPSET.search(normal) is not None


_QUOTE = re.compile(r'^(?P<did>[^"“”«»]{1,40}?)\s*[“"«](?P<quoted>.*)[”"»]\s*$', re.DOTALL)
_REACTED = re.compile(r"^(?:reacted|reacciono(?: con)?)?\s*(?P<emoji>\S{1,12}) (?:to|a)$")


class Tapback(msgspec.Struct, frozen=True):
    """A reaction that a phone sent as a text. `answer` is what it says to a yes/no question; None: nothing."""

    answer: bool | None


def read_tapback(text: str) -> Tapback | None:
    """The reaction in `Liked "See you at 4?"` or `Reacted 👍 to "See you at 4?"`; None for an ordinary text."""
    if not text or text.rstrip()[-1:] not in {'"', "”", "»"}:
        return None
    found = _QUOTE.match(text.strip())
    if found is None:
        return None
    did = normalise(found["did"])
    if did in TAPBACKS:
        return Tapback(TAPBACKS[did])
    reacted = _REACTED.match(did)
    if reacted is None or any(char.isalnum() for char in reacted["emoji"]):
        return None
    emoji = reacted["emoji"]
    return Tapback(True if emoji in YES else False if emoji in NO else None)
