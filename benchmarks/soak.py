"""Half of what the server can do, for many minutes: does anything get slower, larger or longer?"""

import time
import urllib.request
from collections.abc import Sequence
from typing import Any

from benchmarks.loader import Load
from benchmarks.subjects import Subject, api_key

SHARE = 0.5
"""Of the most that this run has measured."""
SETTLING = 2
"""Minutes at the beginning that say nothing about growth: caches fill, connections open, memory is asked for."""
REPLY_P99_MS = 150.0
MEMORY_MB = 1.0
"""Growth a minute that counts. Python's memory moves by less from one minute to the next whatever it does."""
QUEUE = 10.0
"""As MEMORY_MB, in arrivals that wait."""


def soak(name: str, load: Load, minutes: float, seconds: float) -> dict[str, Any]:
    """Measure the most that the server can do, then send half of it for so many minutes."""
    with load.textback(name) as target:
        load.run(target, 3000)
        most = load.run(target, int(1500 * seconds))["round_trips_per_second"]
        rate = round(most * SHARE)
        samples: list[tuple[float, float, float]] = []
        key = api_key(target)
        began = time.monotonic()

        def look() -> None:
            samples.append((time.monotonic() - began, target.rss(), waiting(target, key)))

        look()
        result = load.run(target, int(rate * minutes * 60), rate, window=60, meanwhile=look)
    rows = [_minute(n, window, samples) for n, window in enumerate(result["windows"])]
    keys = ("sent", "lost", "doubled", "wrong", "refused", "reply_p50_ms", "reply_p99_ms", "reply_max_ms")
    return {
        "most_per_second": most,
        "offered_per_second": rate,
        "cpu_ms_per_message": result["cpu_ms_per_message"],
        **{key: result[key] for key in keys},
        "minutes": rows,
        "memory_mb_per_minute": slope([row["rss_mb"] for row in rows[SETTLING:]]),
        "queue_per_minute": slope([row["queue"] for row in rows[SETTLING:]]),
    }


def _minute(n: int, window: dict[str, float], samples: Sequence[tuple[float, float, float]]) -> dict[str, float]:
    mine = [s for s in samples if n * 60 <= s[0] < (n + 1) * 60] or [samples[-1]]
    return {**window, "rss_mb": max(s[1] for s in mine), "queue": sum(s[2] for s in mine) / len(mine)}


def slope(values: Sequence[float]) -> float:
    """How much a value grows from one to the next: the straight line that fits best. 0 for fewer than two."""
    if len(values) < 2:
        return 0.0
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    above = sum((n - middle) * (value - mean) for n, value in enumerate(values))
    return above / sum((n - middle) ** 2 for n in range(len(values)))


def verdict(found: dict[str, Any]) -> list[str]:
    """What is wrong with a soak, as sentences; nothing when all is well."""
    wrong = [f"{found[key]} {key}" for key in ("lost", "doubled", "wrong", "refused") if found[key]]
    if found["reply_p99_ms"] > REPLY_P99_MS:
        wrong.append(f"p99 of webhook to reply is {found['reply_p99_ms']:.0f} ms, over {REPLY_P99_MS:.0f}")
    if found["memory_mb_per_minute"] > MEMORY_MB:
        wrong.append(f"memory grows by {found['memory_mb_per_minute']:.1f} MB a minute")
    if found["queue_per_minute"] > QUEUE:
        wrong.append(f"the queue grows by {found['queue_per_minute']:.0f} a minute")
    return wrong


def waiting(target: Subject, key: str) -> float:
    """Arrivals that wait for their turn, as /metrics has them."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{target.ports[0]}/metrics", headers={"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith("textback_inbox_waiting "):
                return float(line.split()[1])
    raise RuntimeError("/metrics does not say how many arrivals wait")
