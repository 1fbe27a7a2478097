"""Where the time of a text goes: stacks of a server under full load, sampled by py-spy and counted by room."""

import re
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.loader import Load
from benchmarks.subjects import BIN, NotMeasured

RATE = 250
"""Samples a second."""
ROOMS = {
    "server": "HTTP server and event loop",
    "verify": "verify the signature",
    "web": "read and answer the webhook",
    "accept": "parse and accept",
    "turn": "turn: consent, engine, state",
    "claim": "claim",
    "deliver": "deliver: post and record",
    "store": "store: statements",
    "commit": "store: group and commit",
    "disk": "wait for the disk (fsync)",
    "other": "other",
}
# The first that matches the innermost frame of ours says the room. Functions of `core` count for who called them.
_RULES = (
    (r"\bverify \(.*/channels/", "verify"),
    (r"\b(parse|\w+_of)(\.<locals>\S*)? \(.*/channels/telnyx", "accept"),
    (r"/channels/", "deliver"),
    (r"/pipeline/(accept|detour|spool)", "accept"),
    (r"/pipeline/(turn|decide|bots|quiet|fairness)|/engine/|/compliance/", "turn"),
    (r"/pipeline/claim", "claim"),
    (r"/pipeline/(deliver|breaker|slots|lines)", "deliver"),
    (r"/pipeline/", "accept"),
    (r"/store/db", "commit"),
    (r"/store/", "store"),
    (r"/web/", "web"),
)
_RULE = [(re.compile(pattern), room) for pattern, room in _RULES]
_OURS = re.compile(r"/textback/(?!core/|cli/|app\.py)")
_SERVER = re.compile(r"uvicorn|httptools|uvloop|/cli/serving|asyncio")
_DISK = re.compile(r"^f(data)?sync ")
_IDLE = re.compile(r"^(PyThread_acquire_lock_timed|take_gil|pthread_cond_\w+|_?worker|Condition\.wait) ")


def room_of(frames: Iterable[str]) -> str:
    """The room that a stack is in, from its frames, outermost first, each `function (file)`."""
    known = list(frames)
    if any(_DISK.search(frame) for frame in known[-3:]):
        return "disk"
    for frame in reversed(known):
        if _OURS.search(frame):
            for pattern, room in _RULE:
                if pattern.search(frame):
                    return room
            return "other"
    return "server" if any(_SERVER.search(frame) for frame in known) else "other"


def by_room(raw: str) -> dict[str, int]:
    """Samples by room, from py-spy's raw format: frames joined by semicolons, a space, a count."""
    found: Counter[str] = Counter()
    for line in raw.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if not any(_IDLE.search(frame) for frame in frames[-4:]):  # it waits for work, or for the interpreter
            found[room_of(frames)] += int(count)
    return dict(found)


def profile(name: str, load: Load, seconds: float) -> dict[str, Any]:
    """Samples by room of a server flat out: of all threads that ran, and of those that held the interpreter lock."""
    spy = BIN / "py-spy"
    if not spy.is_file() and shutil.which("py-spy") is None:
        raise NotMeasured("no py-spy")
    with load.textback(name) as target:
        load.run(target, 3000)
        plain = load.run(target, int(1500 * seconds))
        rate = plain["round_trips_per_second"]
        found: dict[str, Any] = {"cpu_ms_per_message": plain["cpu_ms_per_message"], "round_trips_per_second": rate}
        for key, options in (("running", ["--native"]), ("gil", ["--gil"])):
            out = target.folder / f"{key}.txt"
            samples = threading.Thread(target=_sample, args=(spy, target.processes[0].pid, seconds, options, out))
            samples.start()
            while samples.is_alive():
                load.run(target, int(rate))
            if not out.is_file():
                raise NotMeasured("py-spy may not look into other processes here; run as root")
            found[key] = by_room(out.read_text())
    return found


def _sample(spy: Path, pid: int, seconds: float, options: list[str], out: Path) -> None:
    time.sleep(0.3)
    command = [str(spy), "record", "--pid", str(pid), "--duration", str(max(1, round(seconds))), "--rate", str(RATE)]
    command += ["--format", "raw", "--nolineno", "--full-filenames", "--output", str(out), *options]
    subprocess.run(command, capture_output=True, check=False)
