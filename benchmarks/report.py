"""What a run has measured, as a table for people, and which targets it missed."""

from typing import Any

NAMES = {"sqlite": "Textback, SQLite", "postgres": "Textback, PostgreSQL", "peer": "Flask example, gunicorn 2 × 8"}

TARGETS = {"ratio": 5.0, "ack_p99_ms": 50.0, "reply_p99_ms": 150.0, "rss_mb": 200.0}


def table(results: dict[str, Any]) -> str:
    """The results as a Markdown table."""
    peer = results.get("peer", {}).get("round_trips_per_second")
    lines = [
        (
            "| | round trips/s | to the peer | ack p50 / p99 ms | reply p50 / p99 ms "
            "| offered/s | memory MB | CPU ms/text |"
        ),
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, r in results.items():
        ratio = f"{r['round_trips_per_second'] / peer:.1f} ×" if peer else ""
        lines.append(
            f"| {NAMES[name]} | {r['round_trips_per_second']:,.0f} | {ratio} "
            f"| {r['ack_p50_ms']:.1f} / {r['ack_p99_ms']:.1f} "
            f"| {r['reply_p50_ms']:.1f} / {r['reply_p99_ms']:.1f} | {r['offered_per_second']} | {r['rss_mb']:.0f} "
            f"| {r['cpu_ms_per_message']:.2f} |"
        )
    return "\n".join(lines)


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    found = []
    peer = results.get("peer", {}).get("round_trips_per_second")
    for name, r in results.items():
        found += [f"{NAMES[name]}: {r[key]} {key}" for key in ("lost", "doubled", "wrong", "refused") if r[key]]
        if name == "peer":
            continue
        if peer and r["round_trips_per_second"] < TARGETS["ratio"] * peer:
            found.append(f"{NAMES[name]}: less than {TARGETS['ratio']:.0f} times the peer")
        found += [
            f"{NAMES[name]}: {key} is {r[key]:.1f}, over {TARGETS[key]:.0f}"
            for key in ("ack_p99_ms", "reply_p99_ms", "rss_mb")
            if r[key] > TARGETS[key]
        ]
    return found
