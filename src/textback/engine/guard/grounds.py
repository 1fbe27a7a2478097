"""What a reply may rest on: the passages that were shown, and what the contact said themselves."""

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from textback.core.sentences import sentences
from textback.engine.guard.base import Rules, Shown
from textback.engine.guard.facts import Fact, facts
from textback.engine.guard.grounds_words import ALONG, ANTONYMS, LIGHT, NEGATIONS, SAME
from textback.engine.guard.inbound import commanding
from textback.engine.guard.people import introduced
from textback.engine.guard.said import fold, said, spaced, squeezed, stem

_CLAUSE = re.compile(r"[,;:()]|\b(?:and|y|e|but|pero|while|mientras|plus|mas)\b|\s-\s")
_OPENING = re.compile(
    r"^\W*(?:yes|no|yeah|yep|nope|sure|sorry|ok|okay|of course|correct|right|si|claro|lo siento|perdon)\s?[,.!:;]+\s*"
)
_WORD = re.compile(r"[^\W_]+")
NEARLY_ALL = 0.8
MOST_FACTS = 200
"""Of one sentence: more make no text for a phone."""
_PRONOUN = re.compile(r" (?:they|these|those|both|it|se|ellos|ellas|estos|estas|ambos) ")
_JOINT = re.compile(r";\s|,\s(?:and|but|y|pero)\s")
_ANCHOR = frozenset({"day", "month", "date"})
"""Facts that say what others are about."""


class Clause(msgspec.Struct, frozen=True):
    """A piece of a sentence: what it is about, and its facts."""

    anchors: frozenset[str]
    facts: tuple[Fact, ...]


class Sentence(msgspec.Struct, frozen=True):
    """One sentence as it is compared with others.

    Attributes:
        text: As it is written.
        words: Its words with a space around each.
        stems: What of its words says something.
        keys: Those, and its days and dates.
        denials: How often something is denied in it.
        clauses: Its pieces.
    """

    text: str
    words: str
    stems: frozenset[str]
    keys: frozenset[str]
    denials: int
    clauses: tuple[Clause, ...]

    @property
    def denies(self) -> bool:
        """Whether it says that something is not so: what is denied twice is so."""
        return self.denials % 2 == 1


class Passage(msgspec.Struct, frozen=True):
    """A passage as it is compared with: `stems` are those of its text and of what it is about."""

    id: str
    words: str
    letters: str
    stems: frozenset[str]
    about: frozenset[str]
    sentences: tuple[Sentence, ...]
    confidence: float


Piece = tuple[frozenset[str], tuple[Fact, ...]]


class Grounds(msgspec.Struct, frozen=True):
    """All that a reply may rest on.

    Attributes:
        passages: Those that speak to readers; what speaks to a model is left out.
        refused: How many were left out.
        texts: The texts of the passages.
        contact: What the contact wrote and the fields that were told, in one text, and its facts.
        known: All words that may be names.
        pieces: What the passages say, piece by piece: what it is about, and its facts; `wholes` the same by sentence.
        facts: The facts of the passages.
    """

    passages: tuple[Passage, ...]
    refused: int
    texts: tuple[str, ...]
    contact: str
    contact_facts: tuple[Fact, ...]
    contact_stems: frozenset[str]
    contact_names: frozenset[str]
    known: str
    pieces: tuple[Piece, ...]
    wholes: tuple[Piece, ...]
    facts: tuple[Fact, ...]


def stems(words: str) -> frozenset[str]:
    """The stems of the words that say something."""
    return frozenset(stem(word) for word in words.split() if word not in LIGHT and not word[0].isdigit())


@lru_cache(maxsize=2_000)
def read(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text; of a long one, what "and" or a semicolon joins."""
    found: list[Sentence] = []
    for piece in (piece for one in sentences(text) for piece in _JOINT.split(one) if piece.strip()):
        one = _sentence(piece)
        if found and _PRONOUN.match(one.words):  # it goes on about the same
            before = found[-1]
            one = msgspec.structs.replace(one, stems=one.stems | before.stems, keys=one.keys | before.stems)
        found.append(one)
    return tuple(found)


def _sentence(text: str) -> Sentence:
    low = fold(text)
    body = _OPENING.sub("", low, count=1)
    words = spaced(body)
    each = words.split()
    turned = [ANTONYMS.get(word) or SAME.get(word, word) for word in each]
    denials = sum(word in ANTONYMS or (word in NEGATIONS and word not in ALONG) for word in each)
    denials = denials or any(word in ALONG for word in each)
    found = facts(low)[:MOST_FACTS]
    its = stems(f" {' '.join(turned)} ")
    days = {f"{one.kind} {one.value}" for one in found if one.kind in _ANCHOR}
    return Sentence(text, spaced(low), its, its | days, denials, _clauses(low, found))


def _clauses(low: str, found: Sequence[Fact]) -> tuple[Clause, ...]:
    cuts = [0, *(hit.end() for hit in _CLAUSE.finditer(low) if not _inside(hit.start(), found)), len(low)]
    pieces: list[Clause] = []
    begun = 0
    for place, (_, end) in enumerate(itertools.pairwise(cuts)):
        start = cuts[begun]
        its = tuple(fact for fact in found if start <= fact.start < end)
        if not its and place < len(cuts) - 2:
            continue  # it says what the next piece is about
        begun = place + 1
        words = " ".join(SAME.get(word) or ANTONYMS.get(word, word) for word in spaced(low[start:end]).split())
        anchors = stems(f" {words} ") | {f"{one.kind} {one.value}" for one in its if one.kind in _ANCHOR}
        pieces.append(Clause(anchors, its))
    return tuple(pieces)


def _inside(place: int, found: Sequence[Fact]) -> bool:
    return any(fact.start <= place < fact.end for fact in found)


@lru_cache(maxsize=1_000)
def _passage(shown: Shown) -> Passage | None:
    if commanding(shown.text) or commanding(shown.about):
        return None
    words = said(shown.text).words
    about = stems(said(shown.about).words)
    its = read(shown.text)
    every = frozenset().union(*(one.stems for one in its)) if its else frozenset()
    return Passage(shown.id, words, squeezed(shown.text), every | about, about, its, shown.confidence)


def grounds(shown: Sequence[Shown], question: str, rules: Rules) -> Grounds:
    """Read everything that a reply may rest on."""
    passages = [_passage(one) for one in shown]
    sound = tuple(one for one in passages if one is not None)
    contact = "\n".join((*rules.contact, question, *rules.fields.values()))
    prepared = said(contact)
    texts = tuple(f"{one.about}\n{one.text}" for one, its in zip(shown, passages, strict=True) if its is not None)
    plain = " ".join((*texts, rules.brand, contact)).casefold()
    known = f" {' '.join(_WORD.findall(plain))} "
    every = [other for one in sound for other in one.sentences]
    return Grounds(
        sound,
        len(passages) - len(sound),
        texts,
        contact,
        facts(prepared.low),
        stems(prepared.words),
        _named(contact, rules),
        known,
        tuple((piece.anchors, piece.facts) for one in every for piece in one.clauses),
        tuple((one.stems, tuple(fact for _, fact in facts_of(one))) for one in every),
        tuple(fact for one in every for fact in _facts(one)),
    )


def _named(contact: str, rules: Rules) -> frozenset[str]:
    """What the contact is called: in their fields, and by themselves."""
    return stems(said(" ".join((*introduced(contact), *rules.fields.values(), rules.brand))).words)


def support(sentence: Sentence, passages: Iterable[Passage], also: frozenset[str] = frozenset()) -> float:
    """The share of what a sentence says that the words of these passages have; 1 where it says nothing."""
    if not sentence.stems:
        return 1.0
    have = frozenset().union(*(one.stems for one in passages), also)
    return len(sentence.stems & have) / len(sentence.stems)


def best(sentence: Sentence, passages: Iterable[Passage]) -> tuple[Sentence | None, float]:
    """The sentence of the passages that has most of what this one says, and how much of it. Of equal ones, the one that
    denies as this does."""
    found: tuple[Sentence | None, float] = (None, 0.0)
    for passage in passages:
        for other in passage.sentences:
            share = len(sentence.keys & other.keys) / len(sentence.keys) if sentence.keys else 0.0
            if share > found[1] or (share == found[1] and share > 0 and other.denies == sentence.denies):
                found = (other, share)
    return found


def has(fact: Fact, its: Grounds, *, passages: bool = False) -> bool:
    """Whether a fact is in the passages or, where it is no price, span or holiday, in the contact's own words; with
    `passages` only in these."""
    if _among(fact, its.facts):
        return True
    return not passages and fact.kind not in ("money", "share", "span", "holiday") and _among(fact, its.contact_facts)


def _facts(sentence: Sentence) -> Iterable[Fact]:
    for clause in sentence.clauses:
        yield from clause.facts


def _among(fact: Fact, others: Iterable[Fact]) -> bool:
    """Whether one of them says the same. Bare numbers may be anything."""
    bare = fact.value.partition(" ")[2] or fact.value
    for one in others:
        if (one.kind, one.value) == (fact.kind, fact.value):
            return True
        if one.kind == "number" and (
            (fact.kind in ("money", "share") and bare == one.value)
            or (fact.kind == "clock" and fact.value in (f"{one.value}:00", f"{_later(one.value)}:00"))
        ):
            return True
        if fact.kind == "number" and fact.value in _numbers(one):
            return True
        if fact.kind == "span" and one.kind == "one" and fact.value == one.value:
            return True
        if fact.kind == "month" and one.kind == "date" and one.value.startswith(f"{fact.value}-"):
            return True
    return False


def _later(hour: str) -> int:
    return int(hour) + 12 if hour.isdigit() and int(hour) < 12 else -1


def _numbers(fact: Fact) -> tuple[str, ...]:
    """The bare numbers that one may say for a fact."""
    if fact.kind == "clock" and ":" in fact.value:
        hour, minutes = fact.value.split(":")
        return (hour, str(int(hour) % 12 or 12), *((minutes,) if minutes != "00" else ()))
    if fact.kind in ("span", "date", "number"):
        return tuple(re.findall(r"\d+(?:\.\d+)?", fact.value))
    return ()


def misplaced(clause: Clause, sentence: Sentence, fact: Fact, its: Grounds) -> bool:
    """Whether a fact is said of something of which the passages say another: what they have that is nearest has facts
    of its kind, and not this one. Pieces of sentences are compared, and where it is the only fact of its kind, whole
    ones."""
    anchors = _of(clause.anchors, fact) or _of(frozenset().union(*(one.anchors for one in sentence.clauses)), fact)
    if _another(anchors, its.pieces, fact):
        return True
    alone = sum(one.kind == fact.kind for _, one in facts_of(sentence)) == 1
    return alone and _another(sentence.stems, its.wholes, fact)


def told_so(sentence: Sentence, its: Grounds) -> bool:
    """Whether a sentence of the passages says the same: then its facts stand where they should."""
    return any(_same(sentence, *one) for one in its.wholes)


def _another(anchors: frozenset[str], pieces: Iterable[Piece], fact: Fact) -> bool:
    """Whether the pieces that share most with the anchors have another fact of this kind."""
    least = fact.kind == "day"  # which many sentences are about
    most = int(least)
    near: list[Sequence[Fact]] = []
    for about, facts_there in pieces:
        shared = len(anchors & about)
        if shared > most:
            most, near = shared, []
        if shared == most and shared > least:
            near.append(facts_there)
    if not near or any(_among(fact, one) for one in near):
        return False
    return any(other.kind == fact.kind for one in near for other in one)


def _same(sentence: Sentence, stems_there: frozenset[str], facts_there: Iterable[Fact]) -> bool:
    """Whether a passage's sentence says nearly all of this one, with its facts in their order, and little else."""
    shared = len(sentence.stems & stems_there)
    if shared < NEARLY_ALL * len(sentence.stems) or 2 * shared < len(stems_there):
        return False
    there = iter([(fact.kind, fact.value) for fact in facts_there])
    return all((fact.kind, fact.value) in there for _, fact in facts_of(sentence))


def _of(anchors: frozenset[str], fact: Fact) -> frozenset[str]:
    """What may say what a fact is about: no fact of its own kind."""
    return frozenset(one for one in anchors if not one.startswith(f"{fact.kind} "))


def facts_of(sentence: Sentence) -> list[tuple[Clause, Fact]]:
    """The facts of a sentence with the pieces that they stand in. "A week" in "twice a week" is none by itself."""
    return [(clause, fact) for clause in sentence.clauses for fact in clause.facts if fact.kind != "one"]
