"""The sentence encoder, ready to be used: its weights are laid out for onnxruntime, where that is installed, or for
numpy; once, and kept on disk."""

import json
import mmap
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from textback.knowledge import classify
from textback.knowledge.minilm import LAYERS, Arrays, Floats, MiniLM, shapes
from textback.knowledge.wordpiece import WordPiece
from textback.llm.quick import LAYOUT, QuickEncoder, available, prepare
from textback.llm.weights import WEIGHTS_SHA256, Found, check, find

log = structlog.get_logger("textback.encoder")

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


def open_encoder(
    folder: Path, found: Found | None = None, *, quick: bool | None = None
) -> tuple[classify.Encoder | None, str]:
    """The encoder, and why there is none: then everything works in lite mode. Takes 0.2 s, and some seconds the first
    time.

    Args:
        folder: Keeps the weights as they are read: 54 MB for numpy, which processes share, or 21 MB for onnxruntime.
        found: The files to use instead of those that are installed.
        quick: Whether to use onnxruntime; None is where it is installed.
    """
    found = found or find()
    problem = check(found)
    if found.weights is None or found.vocabulary is None or problem:
        return None, problem
    pieces = found.vocabulary.read_text(encoding="utf-8").splitlines()
    words = [piece for piece in pieces if piece.isalpha() and len(piece) > 1]
    expected = shapes(len(pieces))
    if available() if quick is None else quick:
        path = folder / f"minilm-{WEIGHTS_SHA256[:12]}-onnx-{LAYOUT}.onnx"
        fingerprint = f"{WEIGHTS_SHA256[:16]}-onnx-{LAYOUT}"
        return _opened(path, found.weights, expected, WordPiece(pieces), fingerprint, words), ""
    path = folder / f"minilm-{WEIGHTS_SHA256[:12]}-{_LAYOUT}.bin"
    arrays = _map(path, expected)
    if arrays is None:
        arrays = converted = _convert(found.weights, expected)
        # Where they can't be kept they are made again at every start, in memory of our own.
        with suppress(OSError):
            _write(path, _padded(converted))
            arrays = _map(path, expected) or converted
    return Encoder(arrays, WordPiece(pieces), f"{WEIGHTS_SHA256[:16]}-{_LAYOUT}", words), ""


def _opened(
    path: Path,
    weights: Path,
    expected: dict[str, tuple[int, ...]],
    pieces: WordPiece,
    fingerprint: str,
    words: Sequence[str],
) -> QuickEncoder:
    """The encoder from its kept file; from the weights where there is none, or one that can't be read."""
    if path.is_file():
        try:
            return QuickEncoder(path, pieces, fingerprint, words)
        except Exception as error:  # onnxruntime has a class for each of its reasons
            log.warning("the kept encoder can't be read, and is made again", file=str(path), reason=str(error)[:200])
    made = prepare(_convert(weights, expected))
    try:
        _write(path, [made])
    except OSError:
        return QuickEncoder(made, pieces, fingerprint, words)
    return QuickEncoder(path, pieces, fingerprint, words)


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


def _padded(arrays: dict[str, NDArray[Any]]) -> Iterator[bytes]:
    for array in arrays.values():
        raw = array.tobytes()
        yield raw + bytes(-len(raw) % _ALIGN)


def _write(path: Path, parts: Iterable[bytes]) -> None:
    """Put the file in place whole: two processes may do so at once, and neither sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part)
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
