"""How likely it is that a reply is right, from evidence: a logistic regression on what the passages bear out.

Its weights were fitted by `python -m benchmarks.guard_fit` on half of the replies that it makes from the questions and
bases in benchmarks/knowledge; the other half, of another business, is what benchmarks/results/guard.json reports.
"""

import math
from collections.abc import Sequence
from itertools import combinations

import msgspec

from textback.engine.guard.base import Proposal
from textback.engine.guard.grounds import Grounds, Passage, Sentence, best, borne, facts_of, misplaced, support
from textback.engine.guard.hedging import hedges

FEATURES = ("found", "cited", "shown", "single", "facts", "wrong", "self", "against", "unnamed", "asked", "hedging")
SELF = (0.05, 0.95)
"""The model's own word counts between these."""
SAME = 0.5
"""How much of what they are about two passages must share to contradict each other."""


class Weights(msgspec.Struct, frozen=True):
    """One weight for each of FEATURES."""

    bias: float
    each: tuple[float, ...]


FITTED = Weights(-3.0, (1.5, 1.0, 1.0, 1.0, 1.0, -3.0, 0.3, -0.5, -0.5, 0.5, -1.0))


class Evidence(msgspec.Struct, frozen=True):
    """What speaks for a reply and against it, each 0 to 1.

    Attributes:
        found: How likely the best of the passages that it names answers the question (of all, where it names none).
        cited: The share of its words that those passages have.
        shown: The share that all passages have.
        single: The share that the nearest single sentence has, on average.
        facts: The share of its facts that the passages bear out.
        wrong: The share of its sentences that say the opposite of a passage, or put a fact to another thing.
        self: The model's own word, clipped.
        against: Whether passages contradict each other.
        unnamed: Whether it names none of the passages.
        asked: The share of the question's words that it or the passages it names have.
        hedging: Whether it says that it does not know.
    """

    found: float
    cited: float
    shown: float
    single: float
    facts: float
    wrong: float
    self: float
    against: float
    unnamed: float
    asked: float
    hedging: float


def evidence(proposal: Proposal, sentences: Sequence[Sentence], its: Grounds, question: frozenset[str]) -> Evidence:
    """Weigh a reply. `question` are the stems of what was asked."""
    named = tuple(one for one in its.passages if one.id in proposal.sources)
    rest = named or its.passages
    said = [one for one in sentences if one.stems and not hedges(one.words)]
    size = sum(len(one.stems) for one in said)
    every = [(sentence, clause, fact) for sentence in sentences for clause, fact in facts_of(sentence)]
    bad = {one.text for one in sentences if opposite(one, its.passages)}
    bad |= {sentence.text for sentence, clause, fact in every if misplaced(clause, sentence, fact, its)}
    said_words = frozenset().union(*(one.stems for one in sentences), *(one.stems for one in rest if named))
    low, high = SELF
    return Evidence(
        found=max((one.confidence for one in rest), default=0.0),
        cited=sum(support(one, rest) * len(one.stems) for one in said) / size if size else 0.5,
        shown=sum(support(one, its.passages) * len(one.stems) for one in said) / size if size else 0.5,
        single=sum(best(one, its.passages)[1] * len(one.stems) for one in said) / size if size else 0.5,
        facts=sum(borne(fact, its) for _, _, fact in every) / len(every) if every else 1.0,
        wrong=len(bad) / max(1, len(sentences)),
        self=min(high, max(low, proposal.confidence)) if proposal.confidence == proposal.confidence else low,
        against=float(contradict(its.passages)),
        unnamed=float(not named),
        asked=len(question & said_words) / len(question) if question else 0.5,
        hedging=float(any(hedges(one.words) for one in sentences)),
    )


def confidence(found: Evidence, weights: Weights = FITTED) -> float:
    """How likely the reply is right, 0 to 1."""
    values = msgspec.structs.astuple(found)
    score = weights.bias + sum(weight * value for weight, value in zip(weights.each, values, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


NEAR = 0.6
"""How much of a sentence another one must have to be about the same."""


def opposite(sentence: Sentence, passages: Sequence[Passage]) -> bool:
    """Whether the passages say the opposite: the sentence nearest to it denies what it says, or says what it denies."""
    if not sentence.keys or hedges(sentence.words):
        return False
    other, share = best(sentence, passages)
    return other is not None and share >= NEAR and other.denies != sentence.denies


def contradict(passages: Sequence[Passage]) -> bool:
    """Whether two passages say different things of a kind about the same."""
    for one, other in combinations(passages, 2):
        both = one.about | other.about
        if not both or len(one.about & other.about) / len(both) < SAME:
            continue
        first, second = _by_kind(one), _by_kind(other)
        if any(first[kind] - second[kind] and second[kind] - first[kind] for kind in first.keys() & second.keys()):
            return True
    return False


def _by_kind(passage: Passage) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for sentence in passage.sentences:
        for _, fact in facts_of(sentence):
            if fact.kind in ("money", "clock", "share", "span"):
                found.setdefault(fact.kind, set()).add(fact.value)
    return found
