"""A small model: how much a text looks like an opt-out. It adds to the rules what they miss, and doubts what they take.

Two logistic regressions over hashed pieces of the text, with weights of one byte each: one sees the words alone, the
other their classes as well. What it says is the mean of both. benchmarks/train_revocation.py trained them.
"""

import pkgutil
import zlib
from collections.abc import Sequence
from functools import lru_cache
from math import exp, sqrt

import msgspec
import numpy as np
import numpy.typing as npt

BITS = 16
LONGEST = 300
"""Signs that are looked at, from the front."""
MOST_WORDS = 80
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(1_000_003)
_SHIFT = np.uint64(64 - BITS)
Codes = npt.NDArray[np.uint64]
Pieces = npt.NDArray[np.intp]


class Side(msgspec.Struct, frozen=True):
    """One regression: its weights, and what it says of no piece at all."""

    weights: npt.NDArray[np.float32]
    bias: float

    def total(self, found: Pieces) -> float:
        return float(self.weights[found].sum()) / sqrt(max(1, len(found))) + self.bias


def pieces(words: Sequence[str], letters: str) -> tuple[Pieces, Pieces]:
    """The numbers of the features of a text: of its words (three to five signs, one to three words, two words around
    one), and of those and its classes (one to five of them)."""
    names = _words(("^", *words[:MOST_WORDS], "$"))
    plain = [*_runs(_signs(f" {' '.join(words)} "[:LONGEST]), (3, 4, 5), 1), *_runs(names, (1, 2, 3), 2)]
    if len(names) > 2:
        plain.append(_place(_mixed((names[:-2], names[2:]), 3)))
    classes = _runs(_signs(f"^{letters[:120]}$"), (1, 2, 3, 4, 5), 4) if letters else []
    alone = np.unique(np.concatenate(plain))
    return alone, np.unique(np.concatenate((alone, *classes))) if classes else alone


def _words(words: Sequence[str]) -> Codes:
    return np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], dtype=np.uint64)


def _signs(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)


def _runs(codes: Codes, sizes: Sequence[int], salt: int) -> list[Pieces]:
    return [
        _place(_mixed([codes[at : len(codes) - size + 1 + at] for at in range(size)], salt * 31 + size))
        for size in sizes
        if len(codes) >= size
    ]


def _mixed(parts: Sequence[Codes], salt: int) -> Codes:
    mixed = np.full(len(parts[0]), salt, dtype=np.uint64)
    for part in parts:
        mixed = mixed * _STEP + part
    return mixed


def _place(mixed: Codes) -> Pieces:
    return ((mixed * _MULTIPLIER) >> _SHIFT).astype(np.intp)


def packed(sides: Sequence[Side]) -> bytes:
    """The model as it is kept: of each side the bias and the scale of its bytes, and then the bytes of all."""
    heads, rows = [], []
    for side in sides:
        scale = float(np.abs(side.weights).max()) / 127 or 1.0
        heads += [side.bias, scale]
        rows.append(np.round(side.weights / scale).astype(np.int8).tobytes())
    return zlib.compress(np.array(heads, dtype="<f8").tobytes() + b"".join(rows), 9)


def unpacked(content: bytes) -> tuple[Side, Side]:
    plain = zlib.decompress(content)
    heads = np.frombuffer(plain[:32], dtype="<f8")
    rows = np.frombuffer(plain[32:], dtype=np.int8).astype(np.float32).reshape(2, 1 << BITS)
    words, classes = (Side(rows[at] * np.float32(heads[2 * at + 1]), float(heads[2 * at])) for at in (0, 1))
    return words, classes


@lru_cache(maxsize=1)
def model() -> tuple[Side, Side]:
    content = pkgutil.get_data("textback.compliance", "data/likeness.bin")
    if content is None:
        raise FileNotFoundError("data/likeness.bin is missing; install Textback anew")
    return unpacked(content)


def likeness(words: Sequence[str], letters: str) -> float:
    """0 to 1: how likely the text with these words, of these classes, is an opt-out."""
    if not words:
        return 0.0
    alone, both = pieces(words, letters)
    by_words, by_classes = model()
    total = (by_words.total(alone) + by_classes.total(both)) / 2
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))
