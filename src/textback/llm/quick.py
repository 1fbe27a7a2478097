"""The sentence encoder on onnxruntime: the same weights in eight bits, about four times as quick as numpy."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textback.knowledge.minilm import WIDTH, Arrays, Floats
from textback.knowledge.wordpiece import WordPiece

LAYOUT = "1"
"""Part of the cached file's name, and of the fingerprint: changed whenever the graph changes."""
_MANY = 16


def available() -> bool:
    """Whether the extra `onnx` is installed. Imports nothing."""
    return find_spec("onnxruntime") is not None and find_spec("onnx") is not None


class QuickEncoder:
    """As `minilm.MiniLM`, by onnxruntime. Each text is encoded by itself: its eight bits are scaled by what is in it,
    and beside others it would come out a little different."""

    name = "minilm-onnx"
    width = WIDTH

    def __init__(self, model: bytes | Path, tokenizer: WordPiece, fingerprint: str, words: Sequence[str]) -> None:
        """`model` is what `graph.build` makes. Raises whatever onnxruntime does for one that it can't read."""
        onnxruntime = import_module("onnxruntime")  # only where the extra is installed
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it would keep what the longest text needed, for each thread, for good
        options.log_severity_level = 3
        source = model if isinstance(model, bytes) else str(model)
        self._session: Any = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        self._tokenizer = tokenizer
        self.fingerprint = fingerprint
        self.words = words

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row of length one per text. Many texts, as in training, are spread over all processors."""
        found = np.empty((len(texts), WIDTH), np.float32)
        workers = min(os.cpu_count() or 1, len(texts) // _MANY)
        if workers < 2:
            for row, text in enumerate(texts):
                found[row] = self._one(text)
            return found
        with ThreadPoolExecutor(workers) as pool:
            for row, vector in enumerate(pool.map(self._one, texts, chunksize=_MANY)):
                found[row] = vector
        return found

    def _one(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer(text)], np.int64)
        places = np.arange(ids.shape[1], dtype=np.int64)
        vector: NDArray[np.float32] = self._session.run(None, {"ids": ids, "places": places})[0][0]
        return vector


def prepare(arrays: Arrays) -> bytes:
    """The model's file, made from the weights as numpy has them. Takes about a second."""
    made: bytes = import_module("textback.llm.graph").build(arrays)
    return made
