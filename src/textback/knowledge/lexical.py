"""Passages by their words: BM25 over stems, as a share of the best that a question's words could score."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

K1, B = 1.2, 0.75
"""How soon a word that comes again stops counting, and how much long passages are held back."""

_STOP = frozenset(
    "the and you your to is it i im my we our are of for on in at with what when where how why who which do does did "
    "can could would will wont have has had this that these those there here if or but was were be been am please "
    "hi hello hey ok okay get got about from by an any some its a me us so up out as not no yes just also may might "
    "should he she they them their his her than then too very much many let tell know "
    "el la los las un una unos unas de del al y o que en con por para se su sus mi mis tu tus es son esta estan hay lo "
    "le les te nos pero si como cuando cuanto cual donde quien hola favor muy mas este ese esto ya me porque".split()
)
_ENDINGS = ("ingly", "edly", "ing", "ies", "ed", "es", "ly", "s")


def stem(word: str) -> str:
    """The word without its commonest endings: cancelled, cancelling and cancels are one."""
    if len(word) < 4 or not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] in "eao" else word


def terms(words: Iterable[str]) -> list[str]:
    """What of a text's words counts: stems of those that say something."""
    return [stem(word) for word in words if word not in _STOP and any(c.isalnum() for c in word)]


class Words:
    """An inverted index. Scores lie between 0 and about 1."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """`texts` are the terms of each passage."""
        self.size = len(texts)
        lengths = np.array([len(text) for text in texts], np.float32)
        mean = float(lengths.mean()) if self.size else 1.0
        postings: dict[str, tuple[list[int], list[int]]] = {}
        for number, text in enumerate(texts):
            for term, count in Counter(text).items():
                places, counts = postings.setdefault(term, ([], []))
                places.append(number)
                counts.append(count)
        self._rare = math.log(1 + (self.size + 0.5) / 0.5)
        self._postings: dict[str, tuple[NDArray[np.intp], Floats]] = {}
        self._rarity: dict[str, float] = {}
        for term, (places, counts) in postings.items():
            at = np.array(places, np.intp)
            often = np.array(counts, np.float32)
            self._rarity[term] = math.log(1 + (self.size - len(places) + 0.5) / (len(places) + 0.5))
            held = K1 * (1 - B + B * lengths[at] / max(mean, 1e-6))
            self._postings[term] = (at, (often * (K1 + 1) / (often + held)).astype(np.float32))

    def __contains__(self, term: str) -> bool:
        return term in self._postings

    def rarity(self, term: str) -> float:
        """How much a term says: high where few passages have it, highest where none does."""
        return self._rarity.get(term, self._rare)

    def scores(self, wanted: Sequence[str]) -> Floats:
        """One score per passage."""
        found = np.zeros(self.size, np.float32)
        most = 0.0
        for term in dict.fromkeys(wanted):
            weight = self.rarity(term)
            most += weight
            if term in self._postings:
                at, values = self._postings[term]
                found[at] += weight * values
        if most:
            found /= np.float32(most * K1)
        return found
