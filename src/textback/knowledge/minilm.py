"""The sentence encoder all-MiniLM-L6-v2 in numpy: six layers of BERT, the mean over all pieces, length one."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textback.knowledge.wordpiece import WordPiece

Floats = NDArray[np.float32]
Arrays = Mapping[str, NDArray[Any]]

LAYERS, WIDTH, HEADS, INNER = 6, 384, 12, 1536
HEAD = WIDTH // HEADS
_EPSILON = np.float32(1e-12)
BATCH = 32
"""Texts of one length that are encoded together when many are."""


def shapes(vocabulary: int) -> dict[str, tuple[int, ...]]:
    """The arrays that `MiniLM` needs and their shapes. Matrices are laid out (in, out): so numpy is twice as fast.

    `words` is int8 and is multiplied by `word_scale`, one number per row; all others are float32.
    """
    found: dict[str, tuple[int, ...]] = {
        "words": (vocabulary, WIDTH), "word_scale": (vocabulary, 1), "positions": (512, WIDTH),
        "norm.weight": (WIDTH,), "norm.bias": (WIDTH,),
    }  # fmt: skip
    for layer in range(LAYERS):
        for name, inward, outward in (
            ("qkv", WIDTH, 3 * WIDTH), ("mix", WIDTH, WIDTH), ("up", WIDTH, INNER), ("down", INNER, WIDTH),
        ):  # fmt: skip
            found[f"{layer}.{name}.weight"] = (inward, outward)
            found[f"{layer}.{name}.bias"] = (outward,)
        for name in ("norm1", "norm2"):
            found[f"{layer}.{name}.weight"] = found[f"{layer}.{name}.bias"] = (WIDTH,)
    return found


def _normalised(x: Floats, weight: Floats, bias: Floats) -> Floats:
    centred: Floats = x - x.mean(axis=-1, keepdims=True)
    variance = np.einsum("...i,...i->...", centred, centred)[..., None] / np.float32(WIDTH)
    centred /= np.sqrt(variance + _EPSILON)
    centred *= weight
    centred += bias
    return centred


def _gelu(x: Floats) -> Floats:
    """x Φ(x), with the error function of Abramowitz and Stegun 7.1.26, which is right to 1.5e-7."""
    size = np.abs(x)
    size *= np.float32(0.70710678)
    t = 1 / (1 + np.float32(0.3275911) * size)
    tail = np.float32(1.061405429) * t
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail += np.float32(factor)
        tail *= t
    size *= -size
    tail *= np.exp(size)
    tail *= np.float32(0.5)
    half: Floats = np.where(x < 0, tail, 1 - tail)
    half *= x
    return half


class MiniLM:
    """Encodes texts as vectors of length one: near each other when they mean the same."""

    name = "minilm-numpy"
    width = WIDTH

    def __init__(self, arrays: Arrays, tokenizer: WordPiece, fingerprint: str, words: Sequence[str]) -> None:
        """`fingerprint` names the weights; `words` is the tokenizer's whole words, the most frequent first."""
        self._arrays = arrays
        self._tokenizer = tokenizer
        self.fingerprint = fingerprint
        self.words = words

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row per text."""
        ids = [self._tokenizer(text) for text in texts]
        found = np.empty((len(texts), WIDTH), np.float32)
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        # Texts of one length need no padding and no mask.
        for _, group in groupby(order, key=lambda i: len(ids[i])):
            same = list(group)
            for start in range(0, len(same), BATCH):
                rows = same[start : start + BATCH]
                found[rows] = self._forward(np.array([ids[i] for i in rows]))
        return found

    def _forward(self, ids: NDArray[np.intp]) -> Floats:
        arrays = self._arrays
        texts, length = ids.shape
        x: Floats = arrays["words"][ids] * arrays["word_scale"][ids] + arrays["positions"][:length]
        x = _normalised(x, arrays["norm.weight"], arrays["norm.bias"]).reshape(texts * length, WIDTH)
        for layer in range(LAYERS):
            x = self._layer(x, layer, texts, length)
        mean: Floats = x.reshape(texts, length, WIDTH).mean(axis=1)
        mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), _EPSILON)
        return mean

    def _layer(self, x: Floats, layer: int, texts: int, length: int) -> Floats:
        arrays = self._arrays

        def linear(value: Floats, name: str) -> Floats:
            result: Floats = value @ arrays[f"{layer}.{name}.weight"]
            result += arrays[f"{layer}.{name}.bias"]
            return result

        qkv = linear(x, "qkv").reshape(texts, length, 3, HEADS, HEAD).transpose(2, 0, 3, 1, 4)
        scores = qkv[0] @ qkv[1].swapaxes(-1, -2)
        scores *= np.float32(HEAD**-0.5)
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed = (scores @ qkv[2]).transpose(0, 2, 1, 3).reshape(texts * length, WIDTH)
        x = _normalised(x + linear(mixed, "mix"), arrays[f"{layer}.norm1.weight"], arrays[f"{layer}.norm1.bias"])
        inner = linear(_gelu(linear(x, "up")), "down")
        return _normalised(x + inner, arrays[f"{layer}.norm2.weight"], arrays[f"{layer}.norm2.bias"])
