"""The knowledge base: passages found by what they mean and by their words. Pure; built once, then only read.

What people ask and what a passage says are compared apart: a passage's meaning counts half by the best of its
questions, or its headings, and half by the best stretch of its text. Its words, which names and numbers need, come on
top.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from textback.core.sentences import spans
from textback.knowledge.classify import Encoder, Floats, common_words
from textback.knowledge.language import guess
from textback.knowledge.lexical import Words, terms
from textback.knowledge.passages import Passage
from textback.knowledge.spanish import gloss
from textback.knowledge.spelling import Speller, plain, read, split, vocabulary

WINDOW = 220
"""Characters of running text that are encoded together: about what the encoder reads, and what an answer may have."""
BY_WORDS = np.float32(0.3)
"""What a passage's words count beside its meaning."""
OTHER_LANGUAGE = np.float32(0.7)
"""What is left of the score of a passage in another language than the asker's, where the base has theirs as well."""
Method = Literal["lexical", "embedded", "hybrid"]
METHODS: tuple[Method, ...] = ("lexical", "embedded", "hybrid")


class Unit(msgspec.Struct, frozen=True):
    """What is compared with a question: one phrasing of a passage's question, or a stretch of its text.

    `passage` counts from 0. `start` and `end` are the stretch's place in the passage's text; a question has the whole.
    """

    passage: int
    asked: bool
    text: str
    start: int
    end: int


class Hit(msgspec.Struct, frozen=True):
    """A passage that may answer. `score` ranks it; `asked`, `said` and `words` are what that was made of: how near its
    questions and its text come in meaning, and its words (each 0 to about 1). `start` and `end` are the place of the
    stretch of its text that was found."""

    place: int
    passage: Passage
    score: float
    asked: float
    said: float
    words: float
    start: int
    end: int


class Asked(msgspec.Struct, frozen=True):
    """A question as it was read: its language, and its terms: what of its words says something."""

    language: str
    terms: tuple[str, ...]
    hits: tuple[Hit, ...]


def language_of(passage: Passage) -> str:
    """en or es as it was declared, else as it looks; empty where neither says."""
    if passage.locale:
        return passage.locale.partition("-")[0]
    text = " ".join((*passage.questions, passage.text))[:1_000]
    found = guess(split(text.lower()), text)
    return "" if found == "unknown" else found


def units_of(passages: Sequence[Passage]) -> list[Unit]:
    """Everything that questions are compared with, passage by passage, each as the encoder is to read it."""
    found: list[Unit] = []
    for place, passage in enumerate(passages):
        spanish = language_of(passage) == "es"
        whole = (0, len(passage.text))
        found += [Unit(place, True, _readable(one, spanish), *whole) for one in passage.questions]
        above = "" if passage.questions else " - ".join(passage.headings[-2:])
        if above:
            found.append(Unit(place, True, _readable(above, spanish), *whole))
        for start, end in _windows(passage.text):
            text = passage.text[start:end]
            found.append(Unit(place, False, _readable(f"{above}: {text}" if above else text, spanish), start, end))
    return found


def _readable(text: str, spanish: bool) -> str:
    """The encoder has read only English."""
    return " ".join(gloss(split(plain(text)))) if spanish else text


def _windows(text: str) -> list[tuple[int, int]]:
    """Stretches of whole sentences, each as long as the encoder can take in."""
    found: list[tuple[int, int]] = []
    for start, end in spans(text):
        if found and end - found[-1][0] <= WINDOW:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found or [(0, len(text))]


class Base:
    """Passages, ready to be asked."""

    def __init__(
        self,
        passages: Sequence[Passage],
        encoder: Encoder | None = None,
        vectors: Floats | None = None,
        units: Sequence[Unit] | None = None,
    ) -> None:
        """`vectors` has a row of length one for each of `units`, which `units_of` makes; without, words must do."""
        self.passages = tuple(passages)
        self.units = tuple(units_of(passages) if units is None else units)
        if vectors is not None and len(vectors) != len(self.units):
            raise ValueError(f"{len(vectors)} vectors for {len(self.units)} units")
        self.encoder = encoder if vectors is not None else None
        self.vectors = vectors
        texts = [" ".join((*p.headings, *p.questions, p.text)) for p in self.passages]
        # Words are mended towards those of the base, and towards the encoder's where it is used.
        self._speller = Speller(vocabulary(texts), common_words(self.encoder))
        self.languages = tuple(language_of(p) for p in self.passages)
        self._words = Words([self._terms(text, n) for n, text in enumerate(texts)])
        self._starts = np.flatnonzero(np.diff([-1, *(unit.passage for unit in self.units)]))
        self._asked = np.array([unit.asked for unit in self.units], bool)
        self._has = [np.zeros(len(self.passages), bool), np.zeros(len(self.passages), bool)]
        for unit in self.units:
            self._has[unit.asked][unit.passage] = True
        self._stale_at = np.array([p.stale_at for p in self.passages], np.int64)

    @property
    def method(self) -> Method:
        """What it finds passages by."""
        return "hybrid" if self.vectors is not None else "lexical"

    def _terms(self, text: str, place: int) -> list[str]:
        words = split(plain(text))
        if self.languages[place] == "es":
            # The gloss beside the word itself: questions come in either language.
            words += [part for word in gloss(words) if word not in words for part in word.split()]
        return terms(words)

    def knows(self, term: str) -> bool:
        """Whether any passage has this term."""
        return term in self._words

    def rarity(self, term: str) -> float:
        """How much a term says."""
        return self._words.rarity(term)

    def terms_of(self, place: int) -> frozenset[str]:
        """The terms of a passage, with those of its questions and headings."""
        passage = self.passages[place]
        return frozenset(self._terms(" ".join((*passage.headings, *passage.questions, passage.text)), place))

    def alike(self, one: int, other: int) -> float:
        """How much two passages are about the same, 0 to 1: by the nearest of what is asked in them and of what they
        say, or where there are only words, by the share of terms of their questions and headings that they share."""
        if self.vectors is not None:
            return sum(self._near(one, other, asked=asked) for asked in (True, False)) / 2
        a, b = (frozenset(self._terms(self.passages[place].about, place)) for place in (one, other))
        return len(a & b) / len(a | b) if a and b else 0.0

    def _near(self, one: int, other: int, *, asked: bool) -> float:
        """The nearest of two passages' questions, or of the stretches of their texts."""
        if self.vectors is None:
            return 0.0
        rows = []
        for place in (one, other):
            every = range(len(self.units))[self._range(place)]
            rows.append([n for n in every if self._asked[n] == asked] or list(every))
        return float((self.vectors[rows[0]] @ self.vectors[rows[1]].T).max())

    def _range(self, place: int) -> slice:
        """Where a passage's units are."""
        end = int(self._starts[place + 1]) if place + 1 < len(self._starts) else len(self.units)
        return slice(int(self._starts[place]), end)

    def search(self, text: str, locale: str = "", now: int = 0, most: int = 5, method: Method | None = None) -> Asked:
        """The passages that answer a question best, the best first. Those whose time is over by `now` (ms) are not
        among them. `locale` is the asker's, which counts where the text does not say its language."""
        guessed, words, meant = read(text, self._speller)
        language = locale.partition("-")[0] if guessed == "unknown" else guessed
        wanted = tuple(terms(part for word in words for part in word.split()))
        if not self.passages or not any(word.isalnum() for word in words):
            return Asked(language, wanted, ())
        method = method or self.method
        by_words = self._words.scores(wanted)
        units = None
        if method == "lexical" or self.vectors is None or self.encoder is None:
            scores = by_words.copy()
        else:
            units = self.vectors @ self.encoder.encode([" ".join(meant)])[0]
            scores = (self._nearest(units, asked=True) + self._nearest(units, asked=False)) / np.float32(2)
            if method == "hybrid":
                scores += BY_WORDS * by_words
        if language in self.languages:
            scores[np.array([one not in (language, "") for one in self.languages])] *= OTHER_LANGUAGE
        scores[(self._stale_at > 0) & (self._stale_at <= now)] = -1
        order = _best(scores, most)
        return Asked(language, wanted, tuple(self._hit(place, scores, units, by_words, wanted) for place in order))

    def _nearest(self, units: Floats, *, asked: bool) -> Floats:
        """The best of each passage's questions, or of the stretches of its text; of all where it has none."""
        some: Floats = np.maximum.reduceat(np.where(self._asked == asked, units, np.float32(-1)), self._starts)
        return np.where(self._has[asked], some, np.maximum.reduceat(units, self._starts)).astype(np.float32)

    def _hit(self, place: int, scores: Floats, units: Floats | None, by_words: Floats, wanted: Sequence[str]) -> Hit:
        """What was found at a place. Where only words were compared, its best stretch is the one with most of them."""
        every = range(len(self.units))[self._range(place)]
        stretches = [n for n in every if not self._asked[n]]
        if units is None:
            found, asked, said = max(stretches, key=lambda n: self._overlap(n, wanted)), 0.0, 0.0
        else:
            found = max(stretches, key=lambda n: float(units[n]))
            said = float(units[found])
            asked = max((float(units[n]) for n in every if self._asked[n]), default=said)
        unit, score = self.units[found], float(scores[place])
        return Hit(place, self.passages[place], score, asked, said, float(by_words[place]), unit.start, unit.end)

    def _overlap(self, number: int, wanted: Sequence[str]) -> float:
        unit = self.units[number]
        has = set(self._terms(unit.text, unit.passage))
        return sum(self.rarity(term) for term in wanted if term in has)


def _best(scores: Floats, most: int) -> list[int]:
    """The places of the highest scores, the highest first, those below 0 left out; ties as they stand."""
    if len(scores) > most * 4:
        some = np.argpartition(-scores, most)[: most + 1]
        some.sort()
        some = some[np.argsort(-scores[some], kind="stable")]
    else:
        some = np.argsort(-scores, kind="stable")
    return [int(place) for place in some[:most] if scores[place] >= 0]
