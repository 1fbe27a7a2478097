"""Train the small model of compliance/likeness.py, or say how one would do on texts that it has not seen.

    .venv/bin/python benchmarks/train_revocation.py [--write] [FILE ...]

Each FILE has further texts that are no opt-outs, as lines of JSON with a `text`. With --write the model in
src/textback/compliance/data/likeness.bin is replaced; without it one is trained for each fifth of the groups of texts,
with the others, and measured on it. The same texts give the same model.
"""

import json
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from textback.compliance.detect import keyword
from textback.compliance.likeness import BITS, Pieces, Side, packed, pieces
from textback.compliance.revocation import CLEAR, DOUBT, by_rules
from textback.compliance.tagging import tag, words_of

ROOT = Path(__file__).resolve().parent.parent
SETS = [ROOT / f"tests/compliance/revocation/{name}.jsonl" for name in ("dev", "dev_2", "blind", "blind_2", "prose")]
MODEL = ROOT / "src/textback/compliance/data/likeness.bin"
ROUNDS, RATE, DECAY = 300, 0.4, 1e-6
HALF = 0.5
"""What an unsure text weighs, and a further one."""
FOLDS = 5


def features(text: str) -> tuple[Pieces, Pieces]:
    words = words_of(text)
    found = tag(words)
    return pieces(words, found[0].letters if found else "")


def fit(rows: Sequence[Pieces], wanted: np.ndarray, weight: np.ndarray) -> Side:
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
    return Side(w.astype(np.float32), float(b))


def fit_both(
    rows: Sequence[tuple[Pieces, Pieces]], wanted: np.ndarray, weight: np.ndarray, at: np.ndarray
) -> tuple[Side, Side]:
    first, second = (fit([rows[i][side] for i in at], wanted[at], weight[at]) for side in (0, 1))
    return first, second


def scores(sides: tuple[Side, Side], rows: Sequence[tuple[Pieces, Pieces]]) -> np.ndarray:
    total = np.array([(sides[0].total(alone) + sides[1].total(both)) / 2 for alone, both in rows])
    return 1 / (1 + np.exp(-total))


def more(paths: Sequence[str]) -> list[dict[str, str]]:
    """Further texts that are none; without those that the rules take for an opt-out, which may be one."""
    texts = {json.loads(line)["text"] for path in paths for line in Path(path).read_text(encoding="utf-8").splitlines()}
    return [
        {"text": text, "label": "none", "group": "more"}
        for text in sorted(texts)[::6]
        if keyword(text) is None and by_rules(tag(words_of(text))).reading != "clear"
    ]


def measure(
    data: Sequence[dict[str, str]], rows: Sequence[tuple[Pieces, Pieces]], wanted: np.ndarray, weight: np.ndarray
) -> None:
    """Prints what models say of groups of texts that they have not seen, alone and together with the rules."""
    groups = {one: zlib.crc32(one.encode()) % FOLDS for one in {one["group"] for one in data} - {"more", "prose"}}
    of = np.array([groups.get(one["group"], -1) for one in data])
    found = np.full(len(data), np.nan)
    for fold in range(FOLDS):
        here = np.flatnonzero(of == fold)
        found[here] = scores(
            fit_both(rows, wanted, weight, np.flatnonzero(of != fold)), [rows[i] for i in here.tolist()]
        )
    asked = np.flatnonzero(of >= 0)
    right = wanted[asked] == 1
    print(f"{right.sum()} clear opt-outs and {(~right).sum()} other texts, one group in {FOLDS} left out")
    for least in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        recall, false = (found[asked][side] >= least for side in (right, ~right))
        print(f"  the model alone, {least:.2f}: recall {recall.mean():.4f}, false {false.mean():.4f}")
    clear = np.array([by_rules(tag(words_of(data[i]["text"]))).reading == "clear" for i in asked.tolist()])
    both = np.where(clear, found[asked] >= DOUBT, found[asked] >= CLEAR)
    print(f"  with the rules: recall {both[right].mean():.4f}, false {both[~right].mean():.4f}")


def main() -> None:
    data = [json.loads(line) for path in SETS for line in path.read_text(encoding="utf-8").splitlines()]
    data += more([one for one in sys.argv[1:] if one != "--write"])
    rows = [features(one["text"]) for one in data]
    wanted = np.array([one["label"] == "clear" for one in data], dtype=float)
    weight = np.array([HALF if one["label"] == "unsure" or one["group"] in ("more", "prose") else 1.0 for one in data])
    if "--write" in sys.argv:
        MODEL.write_bytes(packed(fit_both(rows, wanted, weight, np.arange(len(data)))))
    else:
        measure(data, rows, wanted, weight)


if __name__ == "__main__":
    main()
