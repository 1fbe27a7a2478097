"""Fits the weights of knowledge/confidence.py to the first halves of the questions in benchmarks/knowledge, and prints
them with how well they do on the other halves: `python -m benchmarks.knowledge_fit`."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textback.core.errors import TextbackError
from textback.knowledge.base import Base, Method, units_of
from textback.knowledge.classify import Encoder
from textback.knowledge.confidence import FEATURES, features
from textback.knowledge.markdown import read_passages
from textback.knowledge.rating import Question, read_questions
from textback.llm.encoder import open_encoder
from textback.settings import environment, load_settings

FOLDER = Path(__file__).parent / "knowledge"
BUSINESSES = ("bikes", "dental", "software")
PENALTY = 0.1
USED: dict[Method, tuple[str, ...]] = {
    "hybrid": ("asked", "said", "alike", "margin", "covered", "unknown", "short"),
    "lexical": ("words", "margin", "unknown", "short"),
}

Doubles = NDArray[np.float64]


def base_of(business: str, encoder: Encoder | None) -> Base:
    """The base of one of the invented businesses."""
    folder = FOLDER / business
    files = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.glob("knowledge/*")}
    passages, _ = read_passages(files)
    units = units_of(passages)
    vectors = encoder.encode([unit.text for unit in units]) if encoder is not None else None
    return Base(passages, encoder, vectors, units)


def questions_of(business: str, half: str) -> list[Question]:
    """One half of its questions: dev, which weights are fitted to, or held, which they never see."""
    return read_questions((FOLDER / business / f"questions-{half}.csv").read_text(), "questions.csv")


def seen(bases: dict[str, Base], half: str) -> tuple[Doubles, Doubles]:
    """The features of each question, and whether the best passage is a right one."""
    rows, right = [], []
    for business, base in bases.items():
        for question in questions_of(business, half):
            asked = base.search(question.text)
            if asked.hits:
                rows.append(features(base, asked))
                right.append(question.expects(asked.hits[0].passage))
    return np.array(rows), np.array(right, float)


def fit(x: Doubles, right: Doubles) -> Doubles:
    """Logistic regression by Newton's method: the bias, and a weight per column."""
    z = np.c_[np.ones(len(x)), x]
    weights = np.zeros(z.shape[1])
    penalty = np.diag([1e-9, *[PENALTY] * x.shape[1]])
    for _ in range(100):
        chances = 1 / (1 + np.exp(-z @ weights))
        slope = z.T @ (chances - right) + penalty @ weights
        curve = (z * (chances * (1 - chances))[:, None]).T @ z + penalty
        weights -= np.linalg.solve(curve, slope)
    return weights


def fitted(method: Method, encoder: Encoder | None) -> dict[str, float]:
    """The weights by name, with the bias."""
    x, right = seen({name: base_of(name, encoder) for name in BUSINESSES}, "dev")
    columns = [FEATURES.index(name) for name in USED[method]]
    bias, *each = fit(x[:, columns], right)
    found: dict[str, Any] = dict(zip(USED[method], each, strict=True))
    return {"bias": round(float(bias), 2), **{name: round(float(found.get(name, 0.0)), 2) for name in FEATURES}}


def main() -> None:
    """Print the weights."""
    encoder, why = open_encoder(Path(load_settings(environment(Path.cwd())).model_dir).expanduser())
    if encoder is None:
        raise TextbackError(why)
    print("HYBRID", fitted("hybrid", encoder))
    print("LEXICAL", fitted("lexical", None))


if __name__ == "__main__":
    main()
