"""Textback, its peers and its ceiling under the same load."""

import statistics
from typing import Any

from benchmarks.loader import Load
from benchmarks.report import SLOW

GUESSES = {"peer": 350, "ceiling": 4000}
"""About how many texts a second a subject takes, so that a run is about as long as it should be; others: 1,500."""
OFFERED = {"peer": 200}
"""Texts a second at which latencies are measured; others: 500."""
LATENCIES = ("ack_p50_ms", "ack_p99_ms", "reply_p50_ms", "reply_p99_ms")
COUNTS = ("sent", "lost", "doubled", "wrong", "refused")


def measure(name: str, load: Load, seconds: float, repeat: int, connections: int) -> dict[str, Any]:
    """Warm up, then several short runs flat out and paced; medians.

    Flat out twice: with a provider that answers at once, which shows nothing but the server's own cost, and with one
    that takes as long as SLOW, because a real one is a request to another data centre.
    """
    guess, offered = GUESSES.get(name, 1500), OFFERED.get(name, 500)
    with load.subject(name) as target:
        load.run(target, max(guess, 1000), connections=connections)
        count = int(guess * seconds)
        runs = [load.run(target, count, connections=connections) for _ in range(repeat)]
        if name == "ceiling":
            return {**_flat(runs), **_totals(runs)}
        slow = [load.run(target, count, connections=connections, delay=SLOW) for _ in range(repeat)]
        calm = [load.run(target, int(offered * seconds), offered, connections=connections) for _ in range(repeat)]
    return {
        **_flat(runs),
        "slow_round_trips_per_second": statistics.median(r["round_trips_per_second"] for r in slow),
        "offered_per_second": offered,
        **{key: statistics.median(r[key] for r in calm) for key in LATENCIES},
        **_totals([*runs, *slow, *calm]),
        "all_slow_round_trips_per_second": [round(r["round_trips_per_second"]) for r in slow],
    }


def _flat(runs: list[dict[str, Any]]) -> dict[str, Any]:
    keys = ("round_trips_per_second", "cpu_ms_per_message", "load_cpu_ms_per_message")
    return {
        **{key: statistics.median(r[key] for r in runs) for key in keys},
        "all_round_trips_per_second": [round(r["round_trips_per_second"]) for r in runs],
    }


def _totals(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"rss_mb": max(r["rss_mb"] for r in runs), **{key: sum(r[key] for r in runs) for key in COUNTS}}
