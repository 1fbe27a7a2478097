"""How long the knowledge base takes to answer, and how much memory, with 5,000 passages on one core.

Each measurement is a process of its own: one that has to encode everything first, and one that finds it kept, as every
start but the first does.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.knowledge_fit import BUSINESSES, base_of, questions_of
from benchmarks.report import markdown
from textback.engine.bot import Knowledge
from textback.knowledge.answering import answer
from textback.knowledge.base import Method
from textback.knowledge.rating import BUCKETS, sum_up
from textback.llm.encoder import open_encoder
from textback.pipeline.knowing import Knowing

QUESTIONS, RUNS = 500, 3
TARGETS = {"p50_ms": 15.0, "p99_ms": 50.0, "rss_mb": 400.0, "ready_s": 5.0}

_WORK = "repairing cleaning renting painting storing shipping insuring inspecting replacing selling"
_THINGS = (
    "a bicycle;a kitchen sink;a wooden chair;a laptop;a winter coat;a piano;a fishing boat;an old camera;a garden hose;"
    "a leather sofa;a wall clock;a gas stove;a pair of skis;a tent;a guitar;a fridge;a bathtub;a window;a roof;a fence"
)
_PLACES = (
    "in Oakland;in Harbor Bay;at our main shop;at your home;in the north yard;on weekends;in winter;for schools;"
    "for members;for two people;by appointment;overnight;at the fair;by post;with a warranty;in one day;"
    "without a deposit;for companies;in the evening;abroad;with a discount;by the hour;in summer;for students;on demand"
)
_ASKED = ("how much is {} {} {}", "can u do {} {} {} pls", "{} {} {}: how long does it take", "need {} of {}, {}")


def passages() -> Iterator[str]:
    """5,000 questions with their answers, each about something else."""
    for number, (work, thing, place) in enumerate(_all()):
        days = number % 9 + 1
        price = f"The price of {work} {thing} {place} is ${number + 20}."
        more = f"It takes {days} days, and we text you when it is done. Bring a photo of it, and tell us what you need."
        yield f"Q: How much is {work} {thing} {place}?\nA: {price} {more}\n"


def _all() -> Iterator[tuple[str, str, str]]:
    for work in _WORK.split():
        for thing in _THINGS.split(";"):
            for place in _PLACES.split(";"):
                yield work, thing, place


def questions() -> list[str]:
    """Questions about them, and some that nothing answers."""
    every = list(_all())
    known = [_ASKED[n % len(_ASKED)].format(*every[n * 7919 % len(every)]) for n in range(QUESTIONS)]
    return [f"who won the match number {n}" if n % 5 == 4 else text for n, text in enumerate(known)]


def child(folder: Path) -> dict[str, float]:
    """Make the base ready, ask, and count."""
    files = {"knowledge/all.md": "\n".join(passages())}
    begun = time.perf_counter()
    encoder, _ = open_encoder(folder)
    library = Knowing(folder, patience=None).library(files, Knowledge(), encoder)
    ready = time.perf_counter() - begun
    if library is None:
        raise RuntimeError("nothing is known")
    spent = []
    for text in questions():
        start = time.perf_counter()
        library.answer(text, "en", 0)
        spent.append((time.perf_counter() - start) * 1_000)
    return {
        "passages": len(library.base.passages),
        "ready_s": round(ready, 2),
        "p50_ms": round(float(np.percentile(spent, 50)), 2),
        "p99_ms": round(float(np.percentile(spent, 99)), 2),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def quality(folder: Path) -> dict[str, Any]:
    """How well held-back questions of the invented businesses are answered, by method; without the encoder as well."""
    encoder, _ = open_encoder(folder)
    found = {}
    ways: list[tuple[str, Method]] = [("lite", "lexical"), ("embedded", "embedded"), ("hybrid", "hybrid")]
    for name, method in ways:
        with_ = None if name == "lite" else encoder
        bases = {business: base_of(business, with_) for business in BUSINESSES}
        asked = [(bases[business], one) for business in BUSINESSES for one in questions_of(business, "held")]
        answers = [answer(base, one.text, method=method) for base, one in asked]
        rated = sum_up(name, [one for _, one in asked], answers, [0.0])
        found[name] = {**msgspec.to_builtins(rated), "questions": len(asked)}
    return found


def _run(folder: Path) -> dict[str, float]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.answers", str(folder)]
    core = max(os.sched_getaffinity(0))
    done = subprocess.run(
        command, env=environment, check=True, capture_output=True, preexec_fn=lambda: os.sched_setaffinity(0, {core})
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def knowledge(_: str) -> dict[str, Any]:
    """The first start, and the median of some after it."""
    with tempfile.TemporaryDirectory() as folder:
        first = _run(Path(folder))
        runs = [_run(Path(folder)) for _ in range(RUNS)]
        middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        return {**middle, "first_s": first["ready_s"], "quality": quality(Path(folder))}


def table(results: dict[str, Any]) -> str:
    """The results as a Markdown table."""
    r = results["knowledge"]
    rows = [
        ["answer, p50 / p99 ms", f"{r['p50_ms']:.1f} / {r['p99_ms']:.1f}", "15 / 50"],
        ["memory of the process, MB", f"{r['rss_mb']:.0f}", "400"],
        ["ready after, s", f"{r['ready_s']:.1f}", "5"],
        ["ready after, the first time, s", f"{r['first_s']:.0f}", "in the background"],
    ]
    return markdown([f"{r['passages']:,} passages, one core", "measured", "at most"], rows)


NAMES = {"lite": "words (lite mode)", "embedded": "meaning", "hybrid": "both"}


def quality_table(results: dict[str, Any]) -> str:
    """The quality of each method as a Markdown table."""
    found = results["knowledge"]["quality"]
    rows: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
        ("right passage first", lambda r: f"{r['recall']['1']:.1%}"),
        ("among the first 3, 5", lambda r: f"{r['recall']['3']:.1%}, {r['recall']['5']:.1%}"),
        ("mean reciprocal rank", lambda r: f"{r['mrr']:.3f}"),
        ("answerable or not: AUROC", lambda r: f"{r['answerable_auroc']:.3f}"),
        ("calibration error", lambda r: f"{r['calibration_error']:.3f}"),
        ("answered, with a confidence of 0.8 and more", lambda r: f"{r['answered']:.1%}"),
        ("right, of those answered", lambda r: f"{r['answered_right']:.1%}"),
        ("answered, of those without an answer", lambda r: f"{r['wrongly_answered']:.1%}"),
    ]
    spans = [f"confidence {n / BUCKETS:.1f} to {(n + 1) / BUCKETS:.1f}: right, of how many" for n in range(BUCKETS)]
    rows += [(span, _bucket(place)) for place, span in enumerate(spans)]
    lines = [[name, *(show(found[method]) for method in NAMES)] for name, show in rows]
    return markdown(["held-back questions, found by", *NAMES.values()], lines)


def _bucket(place: int) -> Callable[[dict[str, Any]], str]:
    return lambda r: f"{r['buckets'][place]['right']:.0%}, {r['buckets'][place]['count']}"


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    r = results["knowledge"]
    return [f"knowledge: {key} is {r[key]}, over {most:g}" for key, most in TARGETS.items() if r[key] > most]


if __name__ == "__main__":
    print(json.dumps(child(Path(sys.argv[1]))))
