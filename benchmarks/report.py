"""What a comparison has measured, as a table for people, and which targets it missed."""

from collections.abc import Sequence
from typing import Any

NAMES = {
    "sqlite": "Textback, SQLite",
    "postgres": "Textback, PostgreSQL",
    "peer": "Flask example, gunicorn 2 × 8",
    "express": "In-memory Express example",
    "express_no_ai": "In-memory Express example, no AI",
    "ceiling": "Only the signature",
}
OURS = ("sqlite", "postgres")

SLOW = 0.05
"""Seconds that the slower fake provider takes to answer a POST."""

TARGETS = {"ack_p99_ms": 50.0, "reply_p99_ms": 150.0, "rss_mb": 200.0}
RATIOS = {"peer": 8.0, "express": 1.0}
"""How many times a peer's rate ours must be."""
PEERS = {"peer": "Flask", "express": "Express"}
RATES = {"round_trips_per_second": "at once", "slow_round_trips_per_second": f"after {SLOW * 1000:.0f} ms"}


def table(results: dict[str, Any]) -> str:
    """The results as a Markdown table."""
    columns = [""]
    for when in RATES.values():
        columns += [f"round trips/s, provider answers {when}", *(f"to {peer}" for peer in PEERS.values())]
    columns += ["offered/s", "ack p50 / p99 ms", "reply p50 / p99 ms", "memory MB", "CPU ms/text"]
    rows = []
    for name, r in results.items():
        if name == "ceiling":
            continue
        cells = [NAMES[name]]
        for key in RATES:
            ratios = [_ratio(results, name, peer, key) for peer in PEERS]
            cells += [f"{r[key]:,.0f}", *("" if ratio is None else f"{ratio:.1f} ×" for ratio in ratios)]
        cells += [
            f"{r['offered_per_second']}",
            f"{r['ack_p50_ms']:.1f} / {r['ack_p99_ms']:.1f}",
            f"{r['reply_p50_ms']:.1f} / {r['reply_p99_ms']:.1f}",
            f"{r['rss_mb']:.0f}",
            f"{r['cpu_ms_per_message']:.2f}",
        ]
        rows.append(cells)
    return markdown(columns, rows)


def ceiling(results: dict[str, Any]) -> str:
    """Ours against an endpoint that only verifies the signature, as a Markdown table."""
    top = results.get("ceiling")
    if top is None:
        return "Not measured."
    rows = [[NAMES["ceiling"], f"{top['round_trips_per_second']:,.0f}", "", f"{top['cpu_ms_per_message']:.2f}", ""]]
    for name in OURS:
        r = results.get(name)
        if r is not None:
            rate, cpu = r["round_trips_per_second"], r["cpu_ms_per_message"]
            share = [f"{rate / top['round_trips_per_second']:.0%}", f"{top['cpu_ms_per_message'] / cpu:.0%}"]
            rows.append([NAMES[name], f"{rate:,.0f}", share[0], f"{cpu:.2f}", share[1]])
    return markdown(["", "texts/s", "of the ceiling", "CPU ms/text", "of that for the ceiling"], rows)


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [_row(columns), "|" + "---|" * len(columns)]
    return "\n".join([*lines, *(_row(row) for row in rows)])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _ratio(results: dict[str, Any], name: str, peer: str, key: str) -> float | None:
    rate = results.get(peer, {}).get(key)
    return float(results[name][key] / rate) if rate and name in OURS else None


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    found = []
    for name, r in results.items():
        found += [f"{NAMES[name]}: {r[key]} {key}" for key in ("lost", "doubled", "wrong", "refused") if r[key]]
        if name not in OURS:
            continue
        for peer, least in RATIOS.items():
            for key, when in RATES.items():
                ratio = _ratio(results, name, peer, key)
                if ratio is not None and ratio < least:
                    found.append(
                        f"{NAMES[name]}: {ratio:.1f} times {PEERS[peer]} when the provider answers {when}; "
                        f"the target is {least:.0f}"
                    )
        found += [
            f"{NAMES[name]}: {key} is {r[key]:.1f}, over {TARGETS[key]:.0f}"
            for key in ("ack_p99_ms", "reply_p99_ms", "rss_mb")
            if r[key] > TARGETS[key]
        ]
    return found
