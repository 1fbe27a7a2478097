"""A small model: how much a text looks like an opt-out. For what the rules leave open.

Hashed pieces of the words and of their classes, weights of one byte each, the logistic function. It was trained by
benchmarks/train_revocation.py with the development set in tests/compliance/revocation, and nothing else.
"""

import base64
from collections.abc import Sequence
from functools import lru_cache
from math import exp

import numpy as np
import numpy.typing as npt

from textback.compliance.weights import BIAS, SCALE, WEIGHTS

BITS = 14
LONGEST = 300
"""Signs that are looked at, from the front."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(1_000_003)


def pieces(words: Sequence[str], letters: str) -> npt.NDArray[np.intp]:
    """The numbers of the features of a text: pieces of three to five signs of its words, and one to four classes."""
    found = []
    for text, sizes, salt in (
        (f" {' '.join(words)} "[:LONGEST], (2, 3, 4, 5), 1),
        (f"^{letters[:120]}$", (2, 3, 4, 5), 99),
    ):
        codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
        for size in sizes:
            if len(codes) < size:
                continue
            mixed = np.full(len(codes) - size + 1, salt * 31 + size, dtype=np.uint64)
            for at in range(size):
                mixed = mixed * _STEP + codes[at : len(codes) - size + 1 + at]
            found.append((mixed * _MULTIPLIER) >> np.uint64(64 - BITS))
    return np.unique(np.concatenate(found)).astype(np.intp) if found else np.zeros(0, dtype=np.intp)


@lru_cache(maxsize=1)
def _weights() -> npt.NDArray[np.float32]:
    return np.frombuffer(base64.b85decode(WEIGHTS), dtype=np.int8).astype(np.float32) * np.float32(SCALE)


def likeness(words: Sequence[str], letters: str) -> float:
    """0 to 1: how likely the text with these words, of these classes, is an opt-out."""
    index = pieces(words, letters)
    if not len(index):
        return 0.0
    total = float(_weights()[index].sum()) / float(np.sqrt(len(index))) + BIAS
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))
