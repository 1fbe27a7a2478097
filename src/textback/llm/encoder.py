"""The sentence encoder, ready to be used: its weights are laid out for numpy once, kept on disk, and mapped."""

import json
import mmap
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textback.knowledge.minilm import LAYERS, Arrays, Floats, MiniLM, shapes
from textback.knowledge.wordpiece import WordPiece
from textback.llm.weights import WEIGHTS_SHA256, Found, check, find

_ALIGN = 64
_LAYOUT = "1"
"""Part of the cached file's name: changed whenever what is written changes."""


_MANY = 16
"""Texts from which on it is worth to use two processors."""


class Encoder(MiniLM):
    """MiniLM that encodes many texts, as training does, on all processors. One text takes one."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row per text."""
        workers = min(os.cpu_count() or 1, len(texts) // _MANY)
        if workers < 2:
            return super().encode(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        parts = [order[i::workers] for i in range(workers)]
        found = np.empty((len(texts), self.width), np.float32)
        with ThreadPoolExecutor(workers) as pool:
            for part, rows in zip(
                parts, pool.map(lambda p: MiniLM.encode(self, [texts[i] for i in p]), parts), strict=True
            ):
                found[part] = rows
        return found


def open_encoder(folder: Path, found: Found | None = None) -> tuple[Encoder | None, str]:
    """The encoder, and why there is none: then everything works in lite mode. Takes 0.2 s, and 1 s the first time.

    Args:
        folder: Keeps the weights as numpy reads them, 54 MB. Processes that map them share the memory.
        found: The files to use instead of those that are installed.
    """
    found = found or find()
    problem = check(found)
    if found.weights is None or found.vocabulary is None or problem:
        return None, problem
    pieces = found.vocabulary.read_text(encoding="utf-8").splitlines()
    path = folder / f"minilm-{WEIGHTS_SHA256[:12]}-{_LAYOUT}.bin"
    expected = shapes(len(pieces))
    arrays = _map(path, expected)
    if arrays is None:
        arrays = converted = _convert(found.weights, expected)
        # Where they can't be kept they are made again at every start, in memory of our own.
        with suppress(OSError):
            _write(path, converted)
            arrays = _map(path, expected) or converted
    words = [piece for piece in pieces if piece.isalpha() and len(piece) > 1]
    return Encoder(arrays, WordPiece(pieces), f"{WEIGHTS_SHA256[:16]}-{_LAYOUT}", words), ""


def _convert(weights: Path, expected: dict[str, tuple[int, ...]]) -> dict[str, NDArray[Any]]:
    """The model's tensors as `minilm.shapes` wants them: matrices transposed, words in eight bits."""
    content = np.memmap(weights, np.uint8, "r")
    length = int(content[:8].view("<u8")[0])
    header = json.loads(bytes(content[8 : 8 + length]))

    def tensor(name: str) -> NDArray[np.float32]:
        start, end = header[name]["data_offsets"]
        raw = content[8 + length + start : 8 + length + end].tobytes()
        return np.frombuffer(raw, "<f4").reshape(header[name]["shape"])

    def linear(name: str, *parts: str) -> None:
        arrays[f"{name}.weight"] = np.concatenate([tensor(f"{part}.weight").T for part in parts], axis=1)
        arrays[f"{name}.bias"] = np.concatenate([tensor(f"{part}.bias") for part in parts])

    def norm(name: str, part: str) -> None:
        arrays[f"{name}.weight"], arrays[f"{name}.bias"] = tensor(f"{part}.weight"), tensor(f"{part}.bias")

    arrays: dict[str, NDArray[Any]] = {}
    words = tensor("embeddings.word_embeddings.weight")
    scale = np.abs(words).max(axis=1, keepdims=True) / np.float32(127)
    arrays["words"] = np.rint(words / np.maximum(scale, np.float32(1e-12))).astype(np.int8)
    arrays["word_scale"] = scale
    kind = tensor("embeddings.token_type_embeddings.weight")[0]
    arrays["positions"] = tensor("embeddings.position_embeddings.weight") + kind
    norm("norm", "embeddings.LayerNorm")
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        linear(f"{layer}.qkv", *(f"{at}.attention.self.{part}" for part in ("query", "key", "value")))
        linear(f"{layer}.mix", f"{at}.attention.output.dense")
        linear(f"{layer}.up", f"{at}.intermediate.dense")
        linear(f"{layer}.down", f"{at}.output.dense")
        norm(f"{layer}.norm1", f"{at}.attention.output.LayerNorm")
        norm(f"{layer}.norm2", f"{at}.output.LayerNorm")
    return {name: np.ascontiguousarray(arrays[name].reshape(shape)) for name, shape in expected.items()}


def _places(expected: dict[str, tuple[int, ...]]) -> tuple[dict[str, int], int]:
    """Where each array begins in the cached file, and how long the file is."""
    places, at = {}, 0
    for name, shape in expected.items():
        places[name] = at
        size = int(np.prod(shape)) * (1 if name == "words" else 4)
        at += -(-size // _ALIGN) * _ALIGN
    return places, at


def _write(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Put the file in place whole: two processes may do so at once, and neither sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            for array in arrays.values():
                raw = array.tobytes()
                file.write(raw + bytes(-len(raw) % _ALIGN))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _map(path: Path, expected: dict[str, tuple[int, ...]]) -> Arrays | None:
    """The arrays of the cached file, mapped; None when there is no such file, or one of another length."""
    places, length = _places(expected)
    if not path.is_file() or path.stat().st_size != length:
        return None
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    arrays: dict[str, NDArray[Any]] = {}
    for name, shape in expected.items():
        kind = np.dtype(np.int8 if name == "words" else "<f4")
        arrays[name] = np.frombuffer(content, kind, int(np.prod(shape)), places[name]).reshape(shape)
    return arrays
