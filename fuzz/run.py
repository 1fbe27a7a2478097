"""Trying spoilt inputs: one process for each target, with a coverage-guided engine where it is installed."""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fuzz.mutate import LONGEST, spoil

FOUND = Path(__file__).parent / "found"
PATIENCE = (120.0, 0.2)
"""Seconds that a target gets to begin, and for each input: about a hundred times what it takes. Then one hangs."""
MOST_FOUND = 20
"""Different errors that one target keeps."""


@dataclass
class Result:
    """What came of one target: inputs tried, how many were taken, the slowest in seconds, and errors with the files
    that hold their inputs."""

    name: str
    inputs: int = 0
    taken: int = 0
    slowest: float = 0.0
    seconds: float = 0.0
    errors: dict[str, str] = field(default_factory=dict)


class Trial:
    """Tries inputs on one target and keeps those that fail."""

    def __init__(self, name: str) -> None:
        from fuzz.registry import TARGETS  # noqa: PLC0415 (after the engine has prepared the imports)

        self.target = TARGETS[name]
        self.result = Result(name)
        self._begun = time.monotonic()
        FOUND.mkdir(exist_ok=True)
        self._now = os.open(FOUND / f"{_slug(name)}.now", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def one(self, data: bytes) -> None:
        """Try one input. It lies in found/ meanwhile, should nobody be left to tell."""
        os.ftruncate(self._now, 0)
        os.pwrite(self._now, data, 0)
        begun = time.monotonic()
        try:
            self.result.taken += self.target(data)
        except Exception as error:  # whatever it is: that is the question
            self._keep(data, error)
        self.result.slowest = max(self.result.slowest, time.monotonic() - begun)
        self.result.inputs += 1

    def _keep(self, data: bytes, error: Exception) -> None:
        what = f"{type(error).__name__} in {_where(error)}: {str(error)[:200]}"
        kind = f"{type(error).__name__} in {_where(error)}"
        if any(known.startswith(kind) for known in self.result.errors) or len(self.result.errors) >= MOST_FOUND:
            return
        file = FOUND / f"{_slug(self.result.name)}-{sha256(data).hexdigest()[:12]}"
        file.write_bytes(data)
        self.result.errors[what] = file.name

    def done(self) -> None:
        """Say what came of it, for the process that started this one."""
        self.result.seconds = time.monotonic() - self._begun
        os.close(self._now)
        (FOUND / f"{_slug(self.result.name)}.now").unlink()
        print(json.dumps(asdict(self.result)), flush=True)


def _slug(name: str) -> str:
    return "".join(char if char.isalnum() else "-" for char in name)


def _where(error: BaseException) -> str:
    """The last line of ours that it came through."""
    place = "?"
    trace = error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if "textback" in file.parts or place == "?" or "fuzz" in file.parts:
            place = f"{file.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def mutation(name: str, count: int, seed: int) -> None:
    """The plain loop: spoil a sample, try it, and again."""
    trial = Trial(name)
    rng = random.Random(f"{seed} {name}")
    for _ in range(count):
        trial.one(spoil(rng, trial.target.samples))
    _end(trial)


def guided(name: str, count: int, seed: int) -> None:
    """Atheris: inputs that reach new code are kept and spoilt further."""
    atheris: Any = import_module("atheris")  # only there on some machines

    with atheris.instrument_imports(include=["textback"]):
        trial = Trial(name)
    rng = random.Random(f"{seed} {name}")

    def spoilt(data: bytes, most: int, _seed: int) -> bytes:
        if rng.random() < 0.2:
            return bytes(atheris.Mutate(data, most))
        return spoil(rng, trial.target.samples, data if rng.random() < 0.8 else None)[:most]

    def one(data: bytes) -> None:
        trial.one(data)
        if trial.result.inputs >= count:
            _end(trial)
            sys.stdout.flush()
            os._exit(0)  # the engine has no other end than a crash

    with tempfile.TemporaryDirectory(prefix="textback-corpus-") as corpus:
        for number, sample in enumerate(trial.target.samples):
            (Path(corpus) / str(number)).write_bytes(sample)
        most = max(LONGEST, *map(len, trial.target.samples))
        options = [f"-max_len={most}", f"-seed={seed % 2**31 or 1}", f"-artifact_prefix={FOUND}/"]
        options += ["-timeout=120", "-verbosity=0", "-rss_limit_mb=0"]
        atheris.Setup([sys.argv[0], *options, corpus], one, custom_mutator=spoilt)
        atheris.Fuzz()


def _end(trial: Trial) -> None:
    from fuzz.registry import close  # noqa: PLC0415

    close()
    trial.done()


ENGINES: dict[str, Callable[[str, int, int], None]] = {"mutation": mutation, "guided": guided}


def _in_its_process(name: str, count: int, seed: int, engine: str) -> Result:
    """One target in a process of its own, so that none can end the others."""
    words = ["--target", name, "--count", str(count), "--seed", str(seed), "--engine", engine, "--here"]
    asked = [sys.executable, "-m", "fuzz", *words]
    most = PATIENCE[0] + count * PATIENCE[1]
    try:
        ran = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=most)
    except subprocess.TimeoutExpired:
        why = f"it was not done after {most:.0f} s"
    else:
        lines = [line for line in ran.stdout.splitlines() if line.startswith('{"name"')]
        if ran.returncode == 0 and lines:
            return Result(**json.loads(lines[-1]))
        why = f"the process ended with {ran.returncode}: {ran.stderr.strip()[-2000:]}"
    now = FOUND / f"{_slug(name)}.now"
    kept = FOUND / f"{_slug(name)}-ended"
    if now.exists():
        now.replace(kept)
    return Result(name, count, errors={why: kept.name})


def shares(count: int, names: list[str]) -> dict[str, int]:
    """How many inputs each target gets, together at least `count`, and none less than a thousandth of it."""
    from fuzz.registry import TARGETS  # noqa: PLC0415

    whole = sum(TARGETS[name].share for name in names)
    return {name: max(-(-count * TARGETS[name].share // whole), count // 1_000) for name in names}


def table(results: list[Result]) -> str:
    """What came of all targets."""
    rows = ["| parser | inputs | taken | refused in words | errors |", "| --- | --- | --- | --- | --- |"]
    for one in [*results, _sum(results)]:
        errors = len(one.errors)
        rows.append(f"| {one.name} | {one.inputs:,} | {one.taken:,} | {one.inputs - one.taken - errors:,} | {errors} |")
    return "\n".join(rows)


def _sum(results: list[Result]) -> Result:
    errors = {f"{one.name}: {what}": file for one in results for what, file in one.errors.items()}
    return Result("all", sum(one.inputs for one in results), sum(one.taken for one in results), errors=errors)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="Spoilt inputs for every parser of what comes in.")
    parser.add_argument("--count", type=int, default=100_000, help="inputs over all targets")
    parser.add_argument("--seed", type=int, default=1, help="what decides how inputs are spoilt")
    parser.add_argument("--target", action="append", default=[], help="only this one; may be given again")
    parser.add_argument("--engine", choices=ENGINES, help="guided (the default where atheris is installed) or mutation")
    parser.add_argument("--replay", type=Path, help="try one input again, with --target, and show what it raises")
    parser.add_argument("--no-api", action="store_true", help="without schemathesis over the OpenAPI description")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    engine = asked.engine or ("guided" if find_spec("atheris") else "mutation")
    if asked.here:
        ENGINES[engine](asked.target[0], asked.count, asked.seed)
        return
    from fuzz.registry import TARGETS, close  # noqa: PLC0415

    if asked.replay:
        print(TARGETS[asked.target[0]](asked.replay.read_bytes()))
        close()
        return
    results = []
    for name, count in shares(asked.count, asked.target or list(TARGETS)).items():
        result = _in_its_process(name, count, asked.seed, engine)
        results.append(result)
        print(f"{name:<18} {result.inputs:>7,} in {result.seconds:5.1f} s, slowest {result.slowest:.2f} s", flush=True)
        for what, file in result.errors.items():
            print(f"    {what}\n    found/{file}", flush=True)
    print(f"\nengine: {engine}\n\n{table(results)}")
    failed = any(one.errors for one in results)
    if not asked.no_api and not asked.target:
        from fuzz.api import served_api  # noqa: PLC0415

        print(f"\nOpenAPI: {served_api(max(asked.count // 500, 20)):,} requests, every answer as described")
    sys.exit(failed)
