"""How long the knowledge base takes to answer, and how much memory, with 5,000 passages on one core.

Each measurement is a process of its own: one that has to encode everything first, and one that finds it kept, as every
start but the first does.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import markdown
from textback.engine.bot import Knowledge
from textback.llm.encoder import open_encoder
from textback.pipeline.knowing import Knowing

PASSAGES, QUESTIONS = 5_000, 500
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
        yield (
            f"Q: How much is {work} {thing} {place}?\n"
            f"A: The price of {work} {thing} {place} is ${number + 20}. It takes {days} days, and we text you when it is done. "
            f"Bring a photo of it, and tell us what you need.\n"
        )  # fmt: skip


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


def _run(folder: Path) -> dict[str, float]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.answers", str(folder)]
    core = sorted(os.sched_getaffinity(0))[-1]
    done = subprocess.run(
        command, env=environment, check=True, capture_output=True, preexec_fn=lambda: os.sched_setaffinity(0, {core})
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def knowledge(_: str) -> dict[str, Any]:
    """The first start, and one after it."""
    with tempfile.TemporaryDirectory() as folder:
        first = _run(Path(folder))
        return {**_run(Path(folder)), "first_s": first["ready_s"]}


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


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    r = results["knowledge"]
    return [f"knowledge: {key} is {r[key]}, over {most:g}" for key, most in TARGETS.items() if r[key] > most]


if __name__ == "__main__":
    print(json.dumps(child(Path(sys.argv[1]))))
