"""Train the small model of compliance/likeness.py, and say how it would do on texts that it has not seen.

    .venv/bin/python benchmarks/train_revocation.py [--write]

With --write the weights in src/textback/compliance/weights.py are replaced. The same set gives the same weights.
"""

import base64
import json
import sys
from pathlib import Path
from textwrap import wrap

import numpy as np

from textback.compliance.likeness import BITS, pieces
from textback.compliance.revocation import by_rules
from textback.compliance.tagging import is_of_interest, tag, words_of

ROOT = Path(__file__).resolve().parent.parent
SET = ROOT / "tests/compliance/revocation/dev.jsonl"
WEIGHTS = ROOT / "src/textback/compliance/weights.py"
ROUNDS, RATE, DECAY = 250, 0.4, 2e-5


def features(text: str) -> np.ndarray:
    words = words_of(text)
    found = tag(words)
    return pieces(words, found[0].letters if found else "")


def fit(rows: list[np.ndarray], wanted: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
    """Logistic regression by Adam over all rows at once; no chance in it."""
    sizes = np.array([len(row) for row in rows])
    columns = np.concatenate(rows)
    lines = np.repeat(np.arange(len(rows)), sizes)
    value = (1 / np.sqrt(np.maximum(sizes, 1)))[lines]
    w, b = np.zeros(1 << BITS), 0.0
    m, v, mb, vb = np.zeros_like(w), np.zeros_like(w), 0.0, 0.0
    for turn in range(1, ROUNDS + 1):
        total = np.bincount(lines, w[columns] * value, len(rows)) + b
        wrong = (1 / (1 + np.exp(-total)) - wanted) * weight
        slope = np.bincount(columns, wrong[lines] * value, 1 << BITS) / len(rows) + DECAY * w
        side = wrong.mean()
        m, v = 0.9 * m + 0.1 * slope, 0.99 * v + 0.01 * slope**2
        mb, vb = 0.9 * mb + 0.1 * side, 0.99 * vb + 0.01 * side**2
        w -= RATE * (m / (1 - 0.9**turn)) / (np.sqrt(v / (1 - 0.99**turn)) + 1e-8)
        b -= RATE * (mb / (1 - 0.9**turn)) / (np.sqrt(vb / (1 - 0.99**turn)) + 1e-8)
    return w, b


def scores(w: np.ndarray, b: float, rows: list[np.ndarray]) -> np.ndarray:
    return np.array([1 / (1 + np.exp(-(w[row].sum() / np.sqrt(max(1, len(row))) + b))) for row in rows])


def main() -> None:
    data = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    rows = [features(one["text"]) for one in data]
    wanted = np.array([one["label"] == "clear" for one in data], dtype=float)
    weight = np.array([0.5 if one["label"] == "unsure" else 1.0 for one in data])
    rules = np.array([by_rules(tag(words_of(one["text"]))).reading for one in data])
    looked = np.array([is_of_interest(words_of(one["text"])) for one in data])
    for name, key in (("one group in five left out", "group"), ("one language left out", "lang")):
        folds = sorted({one[key] for one in data})
        fold_of = {one: at if key == "lang" else at % 5 for at, one in enumerate(folds)}
        of = np.array([fold_of[one[key]] for one in data])
        found = np.zeros(len(data))
        for fold in sorted(set(of.tolist())):
            rest = np.flatnonzero(of != fold)
            w, b = fit([rows[i] for i in rest], wanted[rest], weight[rest])
            here = np.flatnonzero(of == fold)
            found[here] = scores(w, b, [rows[i] for i in here])
        print(name)
        right = wanted == 1
        for least in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 2.0):
            alone = found >= least
            both = (
                (rules == "clear")
                | ((rules == "none") & looked & alone)
                | ((rules == "unsure") & (found >= max(least, 0.9)))
            )
            print(
                f"  {least:.2f} model alone: recall {alone[right].mean():.4f}, false {alone[~right].mean():.4f}; "
                f"with rules: recall {both[right].mean():.4f}, false {both[~right].mean():.4f}"
            )
    w, b = fit(rows, wanted, weight)
    scale = float(np.abs(w).max() / 127)
    bytes_ = np.round(w / scale).astype(np.int8).tobytes()
    if "--write" in sys.argv:
        lines = "\n".join(f'    "{part}"' for part in wrap(base64.b85encode(bytes_).decode(), 110))
        WEIGHTS.write_text(
            '"""The weights of likeness. Written by benchmarks/train_revocation.py; not to be edited."""\n\n'
            f"BIAS = {b:.6f}\nSCALE = {scale:.9f}\nWEIGHTS = (\n{lines}\n)\n"
        )


if __name__ == "__main__":
    main()
