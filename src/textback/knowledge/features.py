"""Texts as word 1–2-grams and letter 2–5-grams, weighed by how rare they are (TF-IDF)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from textback.knowledge.sparse import Rows, rows_of

Floats = NDArray[np.float32]

SHORTEST, LONGEST = 2, 5
"""Letters of a letter n-gram. A word has a space at each end, so that beginnings and endings are seen."""
_LONGEST_WORD = 40
_MOST_WORDS = 400


def word_grams(words: Sequence[str]) -> list[str]:
    """The words, and each with the one after it."""
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]


def letter_grams(word: str) -> list[str]:
    """All runs of 2 to 5 letters of a word with its spaces. They begin with a mark, to differ from words."""
    padded = f" {word[:_LONGEST_WORD]} "
    length = len(padded)
    return [
        "\t" + padded[start : start + size]
        for size in range(SHORTEST, min(LONGEST, length) + 1)
        for start in range(length - size + 1)
    ]


class Vectoriser:
    """Turns the words of a text into a sparse row; each of its two kinds of n-grams has length one."""

    def __init__(self, columns: Mapping[str, int], rarity: Floats) -> None:
        """`columns` numbers the n-grams; `rarity` is the inverse document frequency of each."""
        self.columns = columns
        self.rarity = rarity
        self._letters: dict[str, list[int]] = {}

    @property
    def width(self) -> int:
        """How many n-grams are known."""
        return len(self.rarity)

    def row(self, words: Sequence[str]) -> tuple[NDArray[np.intp], Floats]:
        """Columns and values of one text."""
        words = words[:_MOST_WORDS]
        columns = self.columns
        whole = [columns[gram] for gram in word_grams(words) if gram in columns]
        letters: list[int] = []
        for word in words:
            letters += self._of_letters(word)
        first, second = self._weigh(whole), self._weigh(letters)
        return np.concatenate((first[0], second[0])), np.concatenate((first[1], second[1]))

    def rows(self, texts: Iterable[Sequence[str]]) -> Rows:
        """The rows of many texts."""
        found = [self.row(words) for words in texts]
        return rows_of([columns for columns, _ in found], [values for _, values in found], self.width)

    def _of_letters(self, word: str) -> list[int]:
        found = self._letters.get(word)
        if found is None:
            columns = self.columns
            found = [columns[gram] for gram in letter_grams(word) if gram in columns]
            if len(self._letters) >= 2_000:
                self._letters.clear()
            self._letters[word] = found
        return found

    def _weigh(self, grams: list[int]) -> tuple[NDArray[np.intp], Floats]:
        if not grams:
            return np.empty(0, np.intp), np.empty(0, np.float32)
        counts: dict[int, int] = {}
        for gram in grams:
            counts[gram] = counts.get(gram, 0) + 1
        at = np.fromiter(counts, np.intp, len(counts))
        values = self.rarity[at]
        if len(counts) < len(grams):
            values = values * (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts))))
        return at, values / np.sqrt(values @ values)


def fit(texts: Sequence[Sequence[str]]) -> Vectoriser:
    """Learn the n-grams of some texts, given as words. Letter n-grams that only one text has say nothing more than
    its words do, and are left out."""
    seen: Counter[str] = Counter()
    for words in texts:
        kept = words[:_MOST_WORDS]
        seen.update({*word_grams(kept), *(gram for word in kept for gram in letter_grams(word))})
    columns: dict[str, int] = {}
    for gram in sorted(seen):
        if seen[gram] > 1 or gram[0] != "\t":
            columns[gram] = len(columns)
    counts = np.array([seen[gram] for gram in columns], np.float32)
    return Vectoriser(columns, (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32))
