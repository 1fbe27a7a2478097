"""Programs that send: how many texts a second POST /v1/messages takes in durably, and how long each takes."""

import statistics
from typing import Any

from benchmarks.loader import Load
from benchmarks.report import NAMES, markdown
from benchmarks.subjects import api_key

OFFERED = 300
"""Texts a second at which latencies are measured."""
PER_SECOND = 1500.0
P99_MS = 50.0
_COUNTS = ("sent", "lost", "doubled", "wrong", "refused")


def api(name: str, load: Load, seconds: float, repeat: int, connections: int) -> dict[str, Any]:
    """Warm up, then several short runs flat out and paced, each text with a key of its own; medians. All that was taken
    in must also have gone, once."""
    with load.textback(name) as target:
        target.scheme, target.path, target.token = "api", "/v1/messages", api_key(target)
        load.run(target, 2000, connections=connections)
        flat = [load.run(target, int(PER_SECOND * seconds), connections=connections) for _ in range(repeat)]
        calm = [load.run(target, int(OFFERED * seconds), OFFERED, connections=connections) for _ in range(repeat)]
    return {
        "accepted_per_second": statistics.median(r["accepted_per_second"] for r in flat),
        "all_accepted_per_second": [round(r["accepted_per_second"]) for r in flat],
        "sent_per_second": statistics.median(r["round_trips_per_second"] for r in flat),
        "cpu_ms_per_message": statistics.median(r["cpu_ms_per_message"] for r in flat),
        "offered_per_second": OFFERED,
        **{key: statistics.median(r[key] for r in calm) for key in ("ack_p50_ms", "ack_p99_ms")},
        "rss_mb": max(r["rss_mb"] for r in [*flat, *calm]),
        **{key: sum(r[key] for r in [*flat, *calm]) for key in _COUNTS},
    }


def table(results: dict[str, Any]) -> str:
    """The table of the docs."""
    columns = ["", "taken in /s", "sent on /s", "CPU ms/text", "offered/s", "answered p50 / p99 ms", "memory MB"]
    rows = [
        [NAMES[name], f"{r['accepted_per_second']:,.0f}", f"{r['sent_per_second']:,.0f}",
         f"{r['cpu_ms_per_message']:.2f}", f"{r['offered_per_second']}",
         f"{r['ack_p50_ms']:.1f} / {r['ack_p99_ms']:.1f}", f"{r['rss_mb']:.0f}"]
        for name, r in results.items()
    ]  # fmt: skip
    return markdown(columns, rows)


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    found = []
    for name, r in results.items():
        if r["accepted_per_second"] < PER_SECOND:
            rate = f"{r['accepted_per_second']:,.0f} texts/s taken in"
            found.append(f"{NAMES[name]}: {rate}; the target is {PER_SECOND:,.0f}")
        if r["ack_p99_ms"] > P99_MS:
            found.append(f"{NAMES[name]}: p99 of POST /v1/messages is {r['ack_p99_ms']:.0f} ms, over {P99_MS:.0f}")
        found += [f"{NAMES[name]}: {r[key]} {key}" for key in _COUNTS[1:] if r[key]]
    return found
