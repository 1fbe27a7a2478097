"""Throughput and memory with a large database, against an almost empty one in the same run.

Nine texts of ten come from contacts that the database knows, drawn evenly, and one from a stranger, on both. The almost
empty one knows a few thousand contacts: were it quite empty, it would be measured at making contacts.
"""

import statistics
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.fill import filled
from benchmarks.loader import Load
from benchmarks.texts import Crowd

FEW = 2000
STRANGERS = 0.1
_COUNTS = ("sent", "lost", "doubled", "wrong", "refused")


def large(name: str, load: Load, contacts: int, seconds: float, repeat: int) -> dict[str, Any]:
    """Fill what is not filled yet, and measure both."""
    found: dict[str, Any] = {}
    for key, count in (("empty", FEW), ("large", contacts)):
        with ExitStack() as stack:
            url, server, told = stack.enter_context(filled(name, load, count))
            if name == "sqlite":
                _read_once(Path(url.removeprefix("sqlite:///")))
            target = stack.enter_context(load.textback(name, url=url, server=server))
            runs = []
            for n in range(repeat + 1):  # the first warms up
                # Strangers of an earlier run are known by now.
                crowd = Crowd(count, seed=n, strangers=STRANGERS, first_stranger=time.time_ns() // 1_000_000)
                runs.append(load.run(target, int(1500 * seconds), crowd=crowd))
        found[key] = {
            **told,
            "round_trips_per_second": statistics.median(r["round_trips_per_second"] for r in runs[1:]),
            "cpu_ms_per_message": statistics.median(r["cpu_ms_per_message"] for r in runs[1:]),
            "rss_mb": max(r["rss_mb"] for r in runs),
            **{key: sum(r[key] for r in runs) for key in _COUNTS},
        }
    return found


def _read_once(path: Path) -> None:
    """Have the file in memory, as it would be after a while."""
    with path.open("rb") as file:
        while file.read(2**24):
            pass
