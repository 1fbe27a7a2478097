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

BITS = 18
LONGEST = 300
"""Signs that are looked at, from the front."""
MOST_WORDS = 80
BEGINNING = 4
"""Signs of a word that its other forms share."""
APART = (2, 3, 4)
LARGEST = 300_000
"""Bytes that the file of the model may have."""
_PAUSES = "|,"
_UNTELLING = str.maketrans("", "", ".p,&")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(1_000_003)
_APART = np.uint64(0x5BD1E995)
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
    """The numbers of the features of a text: of its words (three to five signs, one to three words, the beginnings of
    as many, two words with up to three between them), and of those and its classes (one to five of them, and two to
    four of those that tell something)."""
    words, letters = _trimmed(words), letters.strip(_PAUSES)
    names = _words(("^", *words[:MOST_WORDS], "$"))
    begun = _words(("^", *(_beginning(word) for word in words[:MOST_WORDS]), "$"))
    signs = _runs(_signs(f" {' '.join(words)} "[:LONGEST]), 5, 1)
    runs = _runs(names, 3, 2)
    pairs = [(runs[0][:-far] ^ _APART) * _STEP + names[far:] for far in APART if len(names) > far]
    alone = np.unique(_place([*signs[2:], *runs, *_runs(begun, 3, 9), *pairs]))
    if not letters:
        return alone, alone
    telling = _runs(_signs(f"^{letters.translate(_UNTELLING)[:100]}$"), 4, 13)[1:]
    classes = np.unique(_place([*_runs(_signs(f"^{letters[:120]}$"), 5, 4), *telling]))
    return alone, np.concatenate((alone, classes))


def _trimmed(words: Sequence[str]) -> Sequence[str]:
    """Without the pauses at its ends: "stop!!!" is like "stop"."""
    start, end = 0, len(words)
    while start < end and words[start] in _PAUSES:
        start += 1
    while start < end and words[end - 1] in _PAUSES:
        end -= 1
    return words[start:end]


def _beginning(word: str) -> str:
    return word[:BEGINNING] if len(word) > BEGINNING + 1 else word


def _words(words: Sequence[str]) -> Codes:
    return np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], dtype=np.uint64)


def _signs(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)


def _runs(codes: Codes, longest: int, salt: int) -> list[Codes]:
    """A number for each run of one code, of two, and so on, as far as there are so many."""
    mixed = codes + np.uint64(salt * int(_STEP))
    runs = [mixed]
    for size in range(2, min(longest, len(codes)) + 1):
        mixed = mixed[:-1] * _STEP + codes[size - 1 :]
        runs.append(mixed)
    return runs


def _place(mixed: Sequence[Codes]) -> Pieces:
    return ((np.concatenate(mixed) * _MULTIPLIER) >> _SHIFT).astype(np.intp)


def packed(sides: Sequence[Side]) -> bytes:
    """The sides as a file: of each its bias and the size of a step, as eight bytes each, and then the steps of all, a
    byte each. The steps are made larger until the file is no larger than LARGEST."""
    content = b""
    for most in (127, 95, 63, 47, 31, 23):
        heads, rows = [], []
        for side in sides:
            scale = float(np.abs(side.weights).max()) / most or 1.0
            heads += [side.bias, scale]
            rows.append(np.round(side.weights / scale).astype(np.int8).tobytes())
        content = zlib.compress(np.array(heads, dtype="<f8").tobytes() + b"".join(rows), 9)
        if len(content) <= LARGEST:
            return content
    raise ValueError(f"The model is {len(content)} bytes, and at most {LARGEST} are allowed; train it with fewer BITS.")


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
