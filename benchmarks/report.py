"""What a run has measured, as a table for people, and which targets it missed."""

from typing import Any

NAMES = {"sqlite": "Textback, SQLite", "postgres": "Textback, PostgreSQL", "peer": "Flask example, gunicorn 2 × 8"}

SLOW = 0.05
"""Seconds that the slower fake provider takes to answer a POST."""

TARGETS = {"ratio": 5.0, "ack_p99_ms": 50.0, "reply_p99_ms": 150.0, "rss_mb": 200.0}
RATES = {"round_trips_per_second": "at once", "slow_round_trips_per_second": f"after {SLOW * 1000:.0f} ms"}


def table(results: dict[str, Any]) -> str:
    """The results as a Markdown table."""
    columns = [""]
    for when in RATES.values():
        columns += [f"round trips/s, provider answers {when}", "to the peer"]
    columns += ["offered/s", "ack p50 / p99 ms", "reply p50 / p99 ms", "memory MB", "CPU ms/text"]
    lines = [_row(columns), "|" + "---|" * len(columns)]
    for name, r in results.items():
        cells = [NAMES[name]]
        for key in RATES:
            ratio = _ratio(results, name, key)
            cells += [f"{r[key]:,.0f}", "" if ratio is None else f"{ratio:.1f} ×"]
        cells += [
            f"{r['offered_per_second']}",
            f"{r['ack_p50_ms']:.1f} / {r['ack_p99_ms']:.1f}",
            f"{r['reply_p50_ms']:.1f} / {r['reply_p99_ms']:.1f}",
            f"{r['rss_mb']:.0f}",
            f"{r['cpu_ms_per_message']:.2f}",
        ]
        lines.append(_row(cells))
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _ratio(results: dict[str, Any], name: str, key: str) -> float | None:
    peer = results.get("peer", {}).get(key)
    return float(results[name][key] / peer) if peer and name != "peer" else None


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    found = []
    for name, r in results.items():
        found += [f"{NAMES[name]}: {r[key]} {key}" for key in ("lost", "doubled", "wrong", "refused") if r[key]]
        if name == "peer":
            continue
        for key, when in RATES.items():
            ratio = _ratio(results, name, key)
            if ratio is not None and ratio < TARGETS["ratio"]:
                found.append(f"{NAMES[name]}: {ratio:.1f} times the peer when the provider answers {when}")
        found += [
            f"{NAMES[name]}: {key} is {r[key]:.1f}, over {TARGETS[key]:.0f}"
            for key in ("ack_p99_ms", "reply_p99_ms", "rss_mb")
            if r[key] > TARGETS[key]
        ]
    return found
