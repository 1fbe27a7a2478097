"""The other measurements as Markdown tables, and which of their targets were missed."""

from typing import Any

from benchmarks.profiling import ROOMS
from benchmarks.report import NAMES, markdown
from benchmarks.soak import verdict

NODES_RATIO = 1.3
"""How much more a text may cost on several nodes than on one."""
LARGE_SHARE = 0.9
"""The least share of its throughput that a large database may keep."""
LARGE_MB = 50.0
"""How much more memory it may take."""
_WRONG = ("lost", "doubled", "wrong", "refused")
_LOADS = {"flat_out": "flat out", "calm": "{rate} texts/s"}


def cost_table(results: dict[str, Any]) -> str:
    """What a text costs on each database, flat out and at a calm rate."""
    columns = ["", "load", "CPU ms", "PostgreSQL CPU ms", "statements", "rows", "commits", "log bytes", "fsyncs"]
    rows = []
    for name, r in results.items():
        for key, label in _LOADS.items():
            c = r[key]
            server = f"{c['postgres_cpu_ms_per_message']:.2f}" if name == "postgres" else ""
            load = label.format(rate=r["rates"][key])
            rows.append(
                [NAMES[name], load, f"{c['cpu_ms_per_message']:.2f}", server, f"{c['statements']:.2f}",
                 f"{c['rows']:.1f}", f"{c['commits']:.3f}", f"{c['wal_bytes']:,.0f}", f"{c['fsyncs']:.3f}"]
            )  # fmt: skip
    return markdown(columns, rows)


def nodes_table(results: dict[str, Any]) -> str:
    """One node and several, each flat out and under the same load in all."""
    columns = ["nodes", "texts/s", "CPU ms", "PostgreSQL CPU ms", "together", "statements", "commits", "log bytes"]
    rows = [
        [str(r["nodes"]), _load(r), f"{r['cpu_ms_per_message']:.2f}",
         f"{r['postgres_cpu_ms_per_message']:.2f}", f"{_cpu(r):.2f}", f"{r['statements']:.2f}",
         f"{r['commits']:.2f}", f"{r['wal_bytes']:,.0f}"]
        for r in results.values()
    ]  # fmt: skip
    ratios = node_ratios(results)
    rows.append(
        ["to one node, flat out", "", "", "", f"{ratios['CPU']:.2f} ×", f"{ratios['statements']:.2f} ×", "",
         f"{ratios['log bytes']:.2f} ×"]
    )  # fmt: skip
    return markdown(columns, rows)


def _load(r: dict[str, Any]) -> str:
    if r["offered_per_second"]:
        return f"{r['offered_per_second']} in all"
    return f"{r['round_trips_per_second']:,.0f}, flat out"


def _cpu(r: dict[str, Any]) -> float:
    return float(r["cpu_ms_per_message"] + r["postgres_cpu_ms_per_message"])


def node_ratios(results: dict[str, Any]) -> dict[str, float]:
    """What a text costs on several nodes, to what it costs on one."""
    one, several = results["one"], results["several"]
    return {
        "CPU": _cpu(several) / _cpu(one),
        "statements": several["statements"] / one["statements"],
        "log bytes": several["wal_bytes"] / one["wal_bytes"],
    }


def large_table(results: dict[str, Any]) -> str:
    """An almost empty database and a large one."""
    columns = ["", "contacts", "messages", "size GB", "filled in s", "round trips/s", "of the empty one", "CPU ms/text"]
    columns += ["memory MB", "more"]
    rows = []
    for name, r in results.items():
        for key in ("empty", "large"):
            d, compared = r[key], key == "large"
            rows.append(
                [NAMES[name], f"{d['contacts']:,}", f"{d['messages']:,}", f"{d['bytes'] / 1e9:.2f}",
                 f"{d['fill_seconds']:.0f}", f"{d['round_trips_per_second']:,.0f}",
                 f"{_kept(r):.0%}" if compared else "", f"{d['cpu_ms_per_message']:.2f}", f"{d['rss_mb']:.0f}",
                 f"{d['rss_mb'] - r['empty']['rss_mb']:+.0f}" if compared else ""]
            )  # fmt: skip
    return markdown(columns, rows)


def _kept(r: dict[str, Any]) -> float:
    return float(r["large"]["round_trips_per_second"] / r["empty"]["round_trips_per_second"])


def soak_table(results: dict[str, Any]) -> str:
    """Minute by minute."""
    columns = ["", "minute", "replies", "reply p50 ms", "p99 ms", "longest ms", "memory MB", "waiting"]
    rows = []
    for name, r in results.items():
        for n, m in enumerate(r["minutes"], 1):
            rows.append(
                [NAMES[name], str(n), f"{m['replies']:,}", f"{m['p50_ms']:.1f}", f"{m['p99_ms']:.1f}",
                 f"{m['max_ms']:.0f}", f"{m['rss_mb']:.0f}", f"{m['queue']:.0f}"]
            )  # fmt: skip
        growth = f"{r['memory_mb_per_minute']:+.1f} a minute"
        rows.append(
            [f"{NAMES[name]}, all at {r['offered_per_second']}/s of {r['most_per_second']:,.0f}", "",
             f"{r['sent'] - r['lost']:,}", f"{r['reply_p50_ms']:.1f}", f"{r['reply_p99_ms']:.1f}",
             f"{r['reply_max_ms']:.0f}", growth, f"{r['queue_per_minute']:+.1f} a minute"]
        )  # fmt: skip
    return markdown(columns, rows)


def profile_table(results: dict[str, Any]) -> str:
    """Where the time of a text goes. Waiting for the disk is no CPU, so it has none."""
    columns = ["room"]
    for name in results:
        columns += [f"{NAMES[name]}: running", "CPU µs/text", "holding the interpreter"]
    rows = []
    for room, label in ROOMS.items():
        cells = [label]
        for r in results.values():
            running, gil = r["running"], r["gil"]
            busy = sum(count for key, count in running.items() if key != "disk")
            cpu = "" if room == "disk" else f"{running.get(room, 0) / busy * r['cpu_ms_per_message'] * 1000:.0f}"
            cells += [f"{running.get(room, 0) / sum(running.values()):.0%}", cpu]
            cells.append(f"{gil.get(room, 0) / sum(gil.values()):.0%}")
        rows.append(cells)
    return markdown(columns, rows)


def missed(kind: str, results: dict[str, Any]) -> list[str]:
    """Which targets a measurement of this kind missed, as sentences."""
    if kind == "cost":
        return [
            f"{NAMES[name]}, {part}: {r[part][key]} {key}"
            for name, r in results.items() for part in _LOADS for key in _WRONG if r[part][key]
        ]  # fmt: skip
    if kind == "nodes":
        wrong = [f"{r['nodes']} nodes: {r[key]} {key}" for r in results.values() for key in _WRONG if r[key]]
        return wrong + [
            f"{results['several']['nodes']} nodes: {ratio:.2f} times the {what} of one; the target is {NODES_RATIO}"
            for what, ratio in node_ratios(results).items()
            if ratio > NODES_RATIO
        ]
    if kind == "soak":
        return [f"{NAMES[name]}: {sentence}" for name, r in results.items() for sentence in verdict(r)]
    if kind != "large":
        return []
    found = []
    for name, r in results.items():
        if _kept(r) < LARGE_SHARE:
            found.append(
                f"{NAMES[name]}: a large database keeps {_kept(r):.0%} of the throughput, not {LARGE_SHARE:.0%}"
            )
        more = r["large"]["rss_mb"] - r["empty"]["rss_mb"]
        if more > LARGE_MB:
            found.append(f"{NAMES[name]}: a large database takes {more:.0f} MB more, over {LARGE_MB:.0f}")
        found += [
            f"{NAMES[name]}, {part}: {r[part][key]} {key}"
            for part in ("empty", "large")
            for key in _WRONG
            if r[part][key]
        ]
    return found
