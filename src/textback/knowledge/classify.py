"""What a text means: an intent of the bot's, how sure that is, and whether the bot knows this kind of text at all."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from textback.knowledge.features import Vectoriser
from textback.knowledge.language import Language
from textback.knowledge.regression import softmax
from textback.knowledge.spelling import Dictionary, Speller, read

Floats = NDArray[np.float32]

LITE = "tfidf"
"""The method without an encoder. With one, its name follows: tfidf+minilm-numpy."""
REMEMBERED = 2_000
"""Texts whose reading a model remembers."""
RUNNERS_UP = 4


class Encoder(Protocol):
    """What turns texts into vectors by their meaning; see `minilm.MiniLM`."""

    @property
    def name(self) -> str:
        """Which code computes the vectors."""

    @property
    def fingerprint(self) -> str:
        """Which weights."""

    @property
    def words(self) -> Sequence[str]:
        """The words that it knows as a whole, the most frequent first."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row of length one for each text."""


class Classified(msgspec.Struct, frozen=True):
    """The likeliest intent of a text.

    Attributes:
        intent: Its name; empty when the model has no intents.
        confidence: How likely it is this one and no other, if the text means any of them. Calibrated, 0 to 1.
        knownness: How likely it is this one, and like what the bot has examples of. Compare this with the thresholds.
        language: en, es or unknown.
        runners_up: The next likeliest and their confidence.
    """

    intent: str
    confidence: float
    knownness: float
    language: Language
    runners_up: tuple[tuple[str, float], ...] = ()


class Weights(msgspec.Struct, frozen=True):
    """What training has found, for `Model`. The last column stands for out of scope when `background` is set.

    `letters` (n-grams, intents) and `meaning` (encoder's width, intents) make scores. `centres` has the mean of each
    intent's examples, over the encoder's width, or in lite mode over the n-grams; `samples` has examples' vectors.
    """

    letters: NDArray[Any]
    meaning: Floats
    bias: Floats
    centres: NDArray[Any]
    samples: Floats
    background: bool = False


class Model:
    """A trained classifier. Reading a text changes nothing but its memory of recent ones."""

    def __init__(
        self,
        intents: Sequence[str],
        vectoriser: Vectoriser,
        weights: Weights,
        own: Sequence[str],
        encoder: Encoder | None,
        *,
        temperature: float,
        act: float,
        clarify: float,
    ) -> None:
        """`own` is the examples' words. `train` and `artefact.load` make models."""
        self.intents = tuple(intents)
        self.vectoriser = vectoriser
        self.weights = weights
        self.own = tuple(own)
        self.method = method_of(encoder)
        self.fingerprint = encoder.fingerprint if encoder is not None else ""
        self.temperature = temperature
        self.act = act
        self.clarify = clarify
        self._encoder = encoder
        self._speller = Speller(own, common_words(encoder))
        self._read = lru_cache(maxsize=REMEMBERED)(self._read_words)

    def classify(self, text: str) -> Classified:
        """Read one text. Never raises, whatever the text; about as long as the encoder takes."""
        language, words, meant = read(text, self._speller)
        intent, confidence, knownness, runners_up = self._read(words, meant)
        return Classified(intent, confidence, knownness, language, runners_up)

    def verdict(
        self, found: Classified, act: float | None = None, clarify: float | None = None
    ) -> Literal["act", "clarify", "unknown"]:
        """What to do with a reading: act on it, ask which of the likeliest was meant, or say it was not understood.
        `act` and `clarify` are thresholds to use instead of the model's own."""
        clarify = self.clarify if clarify is None else clarify
        if not found.intent or found.knownness < clarify:
            return "unknown"
        return "act" if found.knownness >= max(clarify, self.act if act is None else act) else "clarify"

    def _read_words(
        self, words: tuple[str, ...], meant: tuple[str, ...]
    ) -> tuple[str, float, float, tuple[tuple[str, float], ...]]:
        if not self.intents:
            return "", 0.0, 0.0, ()
        weights = self.weights
        columns, values = self.vectoriser.row(words)
        scores = values @ weights.letters[columns].astype(np.float32) + weights.bias
        if self._encoder is not None:
            vector = self._encoder.encode([" ".join(meant)])[0]
            scores += vector @ weights.meaning
            near = float(np.sqrt(max(0.0, (weights.centres @ vector).max() * (weights.samples @ vector).max())))
        else:
            near = float((values @ weights.centres[columns].astype(np.float32)).max()) / 2**0.5
        chances = softmax(scores / np.float32(self.temperature))[: len(self.intents)]
        order = np.argsort(-chances, kind="stable")[: RUNNERS_UP + 1]
        confidence = float(chances[order[0]])
        known = knownness(confidence, near) if any(word.isalnum() for word in words) else 0.0
        runners_up = tuple((self.intents[i], float(chances[i])) for i in order[1:])
        return self.intents[order[0]], confidence, known, runners_up


def knownness(confidence: float, nearest: float) -> float:
    """The calibrated probability times the square of how near the text is to what the bot has examples of.

    That is the cosine to the nearest intent's centre; with an encoder, the geometric mean of that and the cosine to the
    nearest example, which tells strangers of the same trade better.
    """
    return confidence * min(1.0, max(0.0, nearest)) ** 2


def method_of(encoder: Encoder | None) -> str:
    """What an artefact calls the way its model reads texts."""
    return f"{LITE}+{encoder.name}" if encoder is not None else LITE


_dictionaries: dict[tuple[str, str], Dictionary] = {}


def common_words(encoder: Encoder | None) -> Dictionary | None:
    """The encoder's words to spell by. Models that share weights share them."""
    if encoder is None:
        return None
    key = (encoder.name, encoder.fingerprint)
    if key not in _dictionaries:
        _dictionaries[key] = Dictionary(encoder.words)
    return _dictionaries[key]
