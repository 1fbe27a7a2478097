"""A small shop's texts: the project's own phrases, in English and Spanish, and an encoder that needs no weights."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH = 128
FOLDER = Path(__file__).parents[2] / "benchmarks" / "phrases"


def read(name: str) -> list[tuple[str, str]]:
    """Texts and labels of one file."""
    lines = [json.loads(line) for line in (FOLDER / f"shop_{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [(line["text"], line["label"]) for line in lines]


def examples(*names: str) -> dict[str, list[str]]:
    """Example phrases by intent."""
    found: dict[str, list[str]] = {}
    for name in names:
        for text, label in read(name):
            found.setdefault(label, []).append(text)
    return found


class HashEncoder:
    """Vectors from hashed words: texts that share words are near each other."""

    def __init__(self, name: str = "hash", fingerprint: str = "1", words: Sequence[str] = ()) -> None:
        self.name, self.fingerprint, self.words = name, fingerprint, words
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        rows = np.zeros((len(texts), WIDTH), np.float32)
        for i, text in enumerate(texts):
            for word in text.split() or [""]:
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4])
                rows[i] += np.random.default_rng(seed).normal(size=WIDTH)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
