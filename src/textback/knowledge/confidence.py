"""How likely it is that the best passage answers the question: a logistic regression on what the search has seen.

Its weights were fitted on the first halves of the questions in benchmarks/knowledge, a third of which nothing answers,
by `python -m benchmarks.knowledge_fit`; they are about questions and passages, not about any one business.
"""

import math

import msgspec

from textback.knowledge.base import Asked, Base, Method

FEATURES = ("asked", "said", "alike", "words", "margin", "covered", "unknown", "short")
ALIKE = 0.6
"""From here on a question that somebody wrote down is all but the one that was asked."""


class Weights(msgspec.Struct, frozen=True):
    """One weight for each of FEATURES."""

    bias: float
    each: tuple[float, ...]


HYBRID = Weights(-0.66, (-0.2, 3.36, 3.57, 0.0, 6.14, 0.27, -2.16, -1.28))
LEXICAL = Weights(0.07, (0.0, 0.0, 0.0, 2.48, 3.52, 0.0, -1.09, -5.77))


def features(base: Base, asked: Asked) -> tuple[float, ...]:
    """What the search has seen, between 0 and about 1 each.

    `margin` is how far the best is ahead of the next that says something else; `covered` the share of the question's
    terms, weighed by rarity, that the passage has, `unknown` that no passage has; `short` is high for a single word.
    """
    best = asked.hits[0]
    other = next((hit for hit in asked.hits[1:] if hit.passage.text != best.passage.text), None)
    wanted = dict.fromkeys(asked.terms)
    total = sum(base.rarity(term) for term in wanted)
    has = base.terms_of(best.place)
    covered = sum(base.rarity(term) for term in wanted if term in has) / total if total else 0.0
    unknown = sum(base.rarity(term) for term in wanted if not base.knows(term)) / total if total else 1.0
    return (
        max(0.0, best.asked),
        max(0.0, best.said),
        max(0.0, best.asked - ALIKE) / (1 - ALIKE),
        min(1.0, best.words),
        min(1.0, best.score - other.score if other is not None else best.score),
        covered,
        unknown,
        1 / (1 + len(wanted)),
    )


def confidence(base: Base, asked: Asked, method: Method | None = None) -> float:
    """Between 0 and 1; 0 where nothing was found, or nothing but numbers was asked."""
    if not asked.hits or (asked.terms and not any(c.isalpha() for term in asked.terms for c in term)):
        return 0.0
    weights = LEXICAL if (method or base.method) == "lexical" else HYBRID
    found = features(base, asked)
    score = weights.bias + sum(weight * value for weight, value in zip(weights.each, found, strict=True))
    return 1 / (1 + math.exp(-score))
