"""How likely it is that a reply is right, from evidence: a logistic regression on what the passages bear out.

Its weights were fitted by `python -m benchmarks.guard_fit` on half of the replies that it makes from the questions and
bases in benchmarks/knowledge; the other half, of another business, is what benchmarks/results/guard.json reports.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import combinations

import msgspec

from textback.engine.guard.base import Proposal
from textback.engine.guard.facts import Fact
from textback.engine.guard.grounds import (
    Clause,
    Grounds,
    Passage,
    Sentence,
    best,
    facts_of,
    has,
    misplaced,
    support,
    told_so,
)
from textback.engine.guard.hedging import hedges

FEATURES = (
    "found", "borne", "cited", "elsewhere", "facts", "wrong", "self", "against", "unnamed", "asked", "hedging"
)  # fmt: skip
SELF = (0.05, 0.95)
"""The model's own word counts between these."""
SAME = 0.5
"""How much of what they are about two passages must share to contradict each other."""


_ODDS = math.log(19)
NEAR = 0.6
"""How much of a sentence another one must have to be about the same."""


class Weights(msgspec.Struct, frozen=True):
    """One weight for each of FEATURES."""

    bias: float
    each: tuple[float, ...]


FITTED = Weights(-4.89, (1.87, 2.84, 0.11, -2.27, 2.61, -5.09, 0.5, -1.36, -1.3, 0.16, -1.08))


class Evidence(msgspec.Struct, frozen=True):
    """What speaks for a reply and against it, each 0 to 1 but the first.

    Attributes:
        found: How likely the best of the passages that it names answers the question (of all, where it names none), as
            the logarithm of its odds, so that 0.05 is -1 and 0.95 is 1; as far as the reply is borne out.
        borne: How far it is borne out in all: its words, its facts, and nothing wrong.
        cited: The share of its words that those passages have.
        elsewhere: The share that only other passages have.
        facts: The share of its facts that the passages bear out.
        wrong: The share of its sentences that say the opposite of a passage, or put a fact to another thing.
        self: The model's own word, clipped.
        against: Whether passages contradict each other in facts of the kinds that it has.
        unnamed: Whether it names none of the passages.
        asked: The share of the question's words that it or the passages it names have.
        hedging: Whether it says that it does not know.
    """

    found: float
    borne: float
    cited: float
    elsewhere: float
    facts: float
    wrong: float
    self: float
    against: float
    unnamed: float
    asked: float
    hedging: float


def odds(chance: float) -> float:
    """The logarithm of its odds, between -1 and 1."""
    sure = min(0.95, max(0.05, chance)) if math.isfinite(chance) else 0.05
    return math.log(sure / (1 - sure)) / _ODDS


class CheckedFact(msgspec.Struct, frozen=True):
    """A fact, whether the passages (or the contact) have it, and whether they have another of it."""

    fact: Fact
    borne: bool
    misplaced: bool


class Checked(msgspec.Struct, frozen=True):
    """A sentence of a reply, held against the passages: the share of its words that they have, that the nearest of
    their sentences has, whether they say the opposite, whether it hedges, and its facts."""

    sentence: Sentence
    support: float
    nearest: float
    opposite: bool
    hedging: bool
    facts: tuple[CheckedFact, ...]


def checked(sentences: Sequence[Sentence], its: Grounds) -> tuple[Checked, ...]:
    """Hold the sentences of a reply against the passages."""
    return tuple(_checked(one, its) for one in sentences)


def _checked(sentence: Sentence, its: Grounds) -> Checked:
    nearest, share = best(sentence, its.passages)
    hedging = hedges(sentence.words)
    opposite = nearest is not None and share >= NEAR and nearest.denies != sentence.denies and not hedging
    same = told_so(sentence, its)
    found = tuple(
        CheckedFact(fact, has(fact, its), not same and _elsewhere(clause, sentence, fact, its))
        for clause, fact in facts_of(sentence)
    )
    return Checked(sentence, support(sentence, its.passages), share, opposite, hedging, found)


def _elsewhere(clause: Clause, sentence: Sentence, fact: Fact, its: Grounds) -> bool:
    """Whether the passages have another such fact of it. The contact's own numbers are of their own things."""
    own = fact.kind == "number" and not has(fact, its, passages=True)
    return not own and misplaced(clause, sentence, fact, its)


def evidence(proposal: Proposal, each: Sequence[Checked], its: Grounds, question: frozenset[str]) -> Evidence:
    """Weigh a reply. `question` are the stems of what was asked."""
    named = tuple(one for one in its.passages if one.id in proposal.sources)
    rest = named or its.passages
    said = [one for one in each if one.sentence.stems and not one.hedging]
    size = sum(len(one.sentence.stems) for one in said)
    facts = [fact for one in each for fact in one.facts]
    wrong = sum(one.opposite or any(fact.misplaced for fact in one.facts) for one in each)
    words = frozenset().union(*(one.sentence.stems for one in each), *(one.stems for one in named))
    low, high = SELF

    def mean(values: Iterable[float]) -> float:
        """Weighted by how much each sentence says."""
        return sum(v * len(one.sentence.stems) for v, one in zip(values, said, strict=True)) / size if size else 0.5

    cited = mean(support(one.sentence, rest) for one in said)
    right = sum(fact.borne for fact in facts) / len(facts) if facts else 1.0
    borne = cited * cited * right * (1 - wrong / max(1, len(each)))
    return Evidence(
        found=borne * odds(max((one.confidence for one in rest), default=0.0)),
        borne=borne,
        cited=cited,
        elsewhere=max(0.0, mean(one.support for one in said) - cited),
        facts=right,
        wrong=wrong / max(1, len(each)),
        self=min(high, max(low, proposal.confidence)) if math.isfinite(proposal.confidence) else low,
        against=float(contradict(its.passages, frozenset(one.fact.kind for one in facts))),
        unnamed=float(not named),
        asked=len(question & words) / len(question) if question else 0.5,
        hedging=float(any(one.hedging for one in each)),
    )


def confidence(found: Evidence, weights: Weights = FITTED) -> float:
    """How likely the reply is right, 0 to 1."""
    values = msgspec.structs.astuple(found)
    score = weights.bias + sum(weight * value for weight, value in zip(weights.each, values, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def contradict(passages: Sequence[Passage], kinds: frozenset[str]) -> bool:
    """Whether two passages say different things of one of these kinds about the same."""
    for one, other in combinations(passages, 2):
        both = one.about | other.about
        if not both or len(one.about & other.about) / len(both) < SAME:
            continue
        first, second = _by_kind(one), _by_kind(other)
        if any(
            first[kind] - second[kind] and second[kind] - first[kind] for kind in kinds & first.keys() & second.keys()
        ):
            return True
    return False


def _by_kind(passage: Passage) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for sentence in passage.sentences:
        for _, fact in facts_of(sentence):
            if fact.kind in ("money", "clock", "share", "span"):
                found.setdefault(fact.kind, set()).add(fact.value)
    return found
