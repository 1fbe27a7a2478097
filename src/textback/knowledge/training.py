"""Training: example phrases become a model. Deterministic; seconds for a bot, about a minute for 15,000 examples."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from textback.knowledge import features, regression
from textback.knowledge.classify import Encoder, Floats, Model, Weights, common_words
from textback.knowledge.regression import softmax
from textback.knowledge.sparse import Rows, products, transposed_times
from textback.knowledge.spelling import Speller, read, vocabulary

MEANING = np.float32(3.0)
"""How much the encoder's vector counts beside the n-grams."""
SEED = 20_260_101
LANDMARKS = 1_500
"""At most so many examples span the n-gram weights; up to here the solution is exact. More gained nothing on 8,500."""
FOLDS, MANY = 5, 1_500
"""Parts of the cross-validation; above MANY examples one part, a fifth, is held out instead."""
KEPT = 0.05
"""The share of held-out right answers that may fall below the lower threshold."""
PRECISE = 0.95
"""The share of held-out answers above the upper threshold that should be right."""
ASKED = (0.12, 0.3)
"""Between these shares of the held-out right answers lie below the upper threshold."""
PRIOR, PRIOR_WEIGHT = (0.6, 0.28, 0.16), 20
"""Temperature and thresholds (upper, lower) of bots with few examples, and how many examples that belief is worth."""
LITE_PRIOR = (0.45, 0.12, 0.03)
SEEN, LITE_SEEN = 1.05, 1.15
"""The temperature is this many times what the held-out examples say: all their n-grams and words are known, which those
of texts to come are not, and with n-grams alone that counts for more."""


def train(examples: Mapping[str, Sequence[str]], encoder: Encoder | None, out_of_scope: Sequence[str] = ()) -> Model:
    """Train a classifier.

    Args:
        examples: Example phrases by intent. The intent's name counts as one more, where it says something.
        encoder: Turns texts into vectors; None is lite mode.
        out_of_scope: Phrases that mean none of the intents, if any are known.
    """
    names = [intent for intent, phrases in examples.items() if any(phrase.strip() for phrase in phrases)]
    texts = [(phrase, i) for i, intent in enumerate(names) for phrase in examples[intent] if phrase.strip()]
    texts += [(phrase, len(names)) for phrase in out_of_scope if phrase.strip()] if names else []
    titles = _titles(names)
    own = vocabulary([*(text for text, _ in texts), *titles.values()])
    speller = Speller(own, common_words(encoder))
    readings = [read(text, speller) for text in [*(text for text, _ in texts), *titles.values()]]
    words = [words for _, words, _ in readings]
    labels = np.array([*(label for _, label in texts), *titles], np.intp)
    prior = PRIOR if encoder is not None else LITE_PRIOR
    vectoriser = features.fit(words)
    if not names:
        nothing = np.zeros((vectoriser.width, 0), np.float16)
        none = np.zeros((0, 0), np.float32)
        weights = Weights(nothing, none, none.reshape(-1), none, none)
        temperature, act, clarify = prior
        return Model((), vectoriser, weights, own, None, temperature=temperature, act=act, clarify=clarify)
    rows = vectoriser.rows(words)
    meaning = encoder.encode([" ".join(meant) for _, _, meant in readings]) if encoder is not None else None
    data = _Data(rows, meaning, labels, len(names), len(names) + any(label == len(names) for _, label in texts))
    landmarks = data.landmarks()
    x, back = data.explicit(landmarks)
    temperature, act, clarify = _calibrated(data, x, landmarks, len(texts), prior)
    table, bias = regression.fit(x, labels, data.classes)
    width = 0 if meaning is None else meaning.shape[1]
    weights = Weights(
        transposed_times(rows.take(landmarks), back @ table[width:]).astype(np.float16),
        MEANING * table[:width],
        bias,
        data.centres(np.arange(len(labels))),
        data.samples(landmarks),
        data.classes > data.intents,
    )
    return Model(names, vectoriser, weights, own, encoder, temperature=temperature, act=act, clarify=clarify)


def _titles(names: Sequence[str]) -> dict[int, str]:
    """What intents are called, as phrases: book_visit says as much as an example does, intent_7 nothing."""
    titles = {}
    for i, name in enumerate(names):
        words = "".join(c if c.isalpha() else " " for c in name.lower()).split()
        titles[i] = " ".join(word for word in words if len(word) > 1)
    said = list(titles.values())
    return {i: title for i, title in titles.items() if len(title) > 2 and said.count(title) == 1}


class _Data(msgspec.Struct, frozen=True):
    """The training set: n-grams, vectors, labels. Label `intents` is out of scope."""

    rows: Rows
    meaning: Floats | None
    labels: NDArray[np.intp]
    intents: int
    classes: int

    def landmarks(self) -> NDArray[np.intp]:
        """All examples, or of very many as many of each intent as there is room for."""
        count = len(self.labels)
        if count <= LANDMARKS:
            return np.arange(count)
        order = np.random.default_rng(SEED).permutation(count)
        return np.sort(order[np.argsort(_turns(self.labels[order]), kind="stable")][:LANDMARKS])

    def explicit(self, landmarks: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Dense features with the same products as the sparse ones, and the matrix that leads back.

        The best weights are sums of examples, so as many columns as examples are enough: rows of the Cholesky factor.
        """
        against = products(self.rows, self.rows.take(landmarks))
        gram = against[landmarks].astype(np.float64)
        gram[np.diag_indices(len(gram))] += 1e-3
        back = np.linalg.inv(np.linalg.cholesky(gram)).T.astype(np.float32)
        parts = [against @ back]
        if self.meaning is not None:
            parts.insert(0, MEANING * self.meaning)
        return np.concatenate(parts, axis=1), back

    def centres(self, some: NDArray[np.intp]) -> Floats:
        """The mean of each intent's examples among `some`, of length one."""
        chosen = some[self.labels[some] < self.intents]
        member = np.zeros((len(chosen), self.intents), np.float32)
        member[np.arange(len(chosen)), self.labels[chosen]] = 1
        if self.meaning is not None:
            found: Floats = member.T @ self.meaning[chosen]
            found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.float32(1e-6))
            return found
        summed = transposed_times(self.rows.take(chosen), member)
        summed /= np.maximum(np.linalg.norm(summed, axis=0, keepdims=True), np.float32(1e-6))
        return summed

    def samples(self, some: NDArray[np.intp]) -> Floats:
        """The vectors of those of `some` that are in scope; none in lite mode."""
        if self.meaning is None:
            return np.zeros((0, 0), np.float32)
        return self.meaning[some[self.labels[some] < self.intents]]

    def nearest(self, some: NDArray[np.intp], centres: Floats, samples: Floats) -> Floats:
        """How near each of `some` is to the centres and to the samples; see `classify.knownness`."""
        if self.meaning is not None:
            near: Floats = (self.meaning[some] @ centres.T).max(axis=1)
            near *= (self.meaning[some] @ samples.T).max(axis=1)
            return np.sqrt(np.maximum(near, 0))
        rows = self.rows.take(some)
        near = np.empty(len(some), np.float32)
        for i in range(len(some)):
            at = slice(rows.starts[i], rows.starts[i + 1])
            near[i] = (rows.values[at] @ centres[rows.columns[at]]).max() / np.sqrt(np.float32(2))
        return near


def _turns(labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """For each label, how many of the same came before it."""
    order = np.argsort(labels, kind="stable")
    sorted_labels = labels[order]
    firsts = np.searchsorted(sorted_labels, sorted_labels)
    turns = np.empty(len(labels), np.intp)
    turns[order] = np.arange(len(labels)) - firsts
    return turns


def _calibrated(
    data: _Data, x: Floats, landmarks: NDArray[np.intp], phrases: int, prior: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Temperature and the two thresholds, from examples that the classifier was not trained with.

    The first `phrases` rows are examples; those after them are names of intents, which are never held out.
    """
    order = np.random.default_rng(SEED + 1).permutation(phrases)
    turns = _turns(data.labels[order])
    alone = np.bincount(data.labels, minlength=data.classes)[data.labels] < 2
    scores, near, labels = [], [], []
    for fold in range(FOLDS if phrases <= MANY else 1):
        held = order[turns % FOLDS == fold]
        held = held[~alone[held]]
        rest = np.setdiff1d(np.arange(len(data.labels)), held)
        if not len(held):
            continue
        table, bias = regression.fit(x[rest], data.labels[rest], data.classes)
        scores.append(x[held] @ table + bias)
        near.append(data.nearest(held, data.centres(rest), data.samples(np.intersect1d(rest, landmarks))))
        labels.append(data.labels[held])
    if not scores:
        return prior
    return _fitted(np.concatenate(scores), np.concatenate(near), np.concatenate(labels), data.intents, prior)


def _fitted(
    scores: Floats, near: Floats, labels: NDArray[np.intp], intents: int, prior: tuple[float, float, float]
) -> tuple[float, float, float]:
    inside = labels < intents
    temperature = regression.temperature(scores, labels) if scores.shape[1] > 1 else 1.0
    temperature *= LITE_SEEN if prior is LITE_PRIOR else SEEN
    share = len(labels) / (len(labels) + PRIOR_WEIGHT)
    temperature = float(np.exp(share * np.log(temperature) + (1 - share) * np.log(prior[0])))
    chances = softmax(scores / np.float32(temperature))[:, :intents]
    known = chances.max(axis=1) * np.clip(near, 0, 1) ** 2
    right = inside & (chances.argmax(axis=1) == labels)
    if not right.any():
        return temperature, prior[1], prior[2]
    clarify = float(np.quantile(known[right], KEPT))
    if not inside.all():
        clarify = max(clarify, _parting(known[right], known[~inside]))
    least, most = np.quantile(known[right], ASKED)
    act = float(np.clip(_precise(known, right), least, most))
    clarify = share * clarify + (1 - share) * prior[2]
    return temperature, max(clarify, share * act + (1 - share) * prior[1]), clarify


def _parting(right: Floats, strange: Floats) -> float:
    """The threshold that parts right answers from strangers best; at most one right answer in ten falls below."""
    tried = np.quantile(right, np.linspace(0, 0.1, 21))
    gains = [float((strange < value).mean() - (right < value).mean()) for value in tried]
    return float(tried[int(np.argmax(gains))])


def _precise(known: Floats, right: NDArray[np.bool_]) -> float:
    """The lowest threshold above which enough answers are right."""
    order = np.argsort(-known, kind="stable")
    good = np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= PRECISE
    return float(known[order[np.flatnonzero(good).max()]]) if good.any() else float(known.max())
