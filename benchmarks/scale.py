"""How much Textback can take, worked out from what was measured and from what is assumed: see docs/scale.md.

A text is a round trip: one message in, one out. What is assumed about machines stands here and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from benchmarks.report import markdown

PEAK_HOUR = 0.2
"""Share of a day's texts that come in its busiest hour."""
BUSY = 0.5
"""Share of the most that may be used in that hour: what the soak holds for its minutes."""
CORES = 16
"""Of the machine that PostgreSQL has to itself."""
DISK_MB = 200.0
"""MB that a disk writes in a second, one after the other."""
DISK_FSYNCS = 2000.0
"""How often in a second a disk can say that what was written is safe."""
DISK_TB = 1.0
WORKERS = 8
"""Machines of a PostgreSQL that is spread by bucket."""


@dataclass(frozen=True)
class Limit:
    """One number that limits: what a text takes of it, and what there is of it in a second."""

    name: str
    takes: float
    unit: str
    given: float
    of: str

    @property
    def rate(self) -> float:
        """Texts a second."""
        return self.given / self.takes if self.takes else float("inf")


@dataclass(frozen=True)
class Setup:
    """A way to run Textback: its limits, the bytes that a text leaves behind, and the nodes' CPU for a text (ms)."""

    name: str
    limits: tuple[Limit, ...]
    kept: float
    node_cpu: float = 0.0
    machines: int = 1

    @property
    def limit(self) -> Limit:
        """The one that is reached first."""
        return min(self.limits, key=lambda limit: limit.rate)

    @property
    def per_day(self) -> float:
        """Texts a day whose busiest hour takes no more than BUSY of the machine."""
        return self.limit.rate * BUSY * 3600 / PEAK_HOUR

    @property
    def nodes(self) -> int:
        """Nodes that take the busiest hour, each no more than BUSY of one core."""
        return max(1, ceil(self.limit.rate * self.node_cpu / 1000)) if self.node_cpu else 1


def setups(found: Mapping[str, Any]) -> list[Setup]:
    """The three ways, from the results by kind: latest, cost, nodes and, where it was measured, large."""
    sqlite, postgres = (found["cost"][name]["flat_out"] for name in ("sqlite", "postgres"))
    shared = found["nodes"]["several"]
    measured = found["latest"]["sqlite"]["round_trips_per_second"]
    small = Setup(
        "One small machine, SQLite",
        (
            Limit("measured on the whole machine", 1.0, "text", measured, "texts"),
            Limit("CPU of one Python process", sqlite["cpu_ms_per_message"], "ms", 1000.0, "ms on a core"),
            Limit("log bytes", sqlite["wal_bytes"] / 1e6, "MB", DISK_MB, "MB"),
            Limit("fsyncs", sqlite["fsyncs"], "fsyncs", DISK_FSYNCS, "fsyncs"),
        ),
        _kept(found, "sqlite"),
    )
    primary = Setup(
        "One PostgreSQL primary, many nodes",
        (
            Limit(
                "CPU of PostgreSQL", shared["postgres_cpu_ms_per_message"], "ms", 1000.0 * CORES, f"ms on {CORES} cores"
            ),
            Limit("log bytes", shared["wal_bytes"] / 1e6, "MB", DISK_MB, "MB"),
            Limit("fsyncs", postgres["fsyncs"], "fsyncs", DISK_FSYNCS, "fsyncs"),
        ),
        _kept(found, "postgres"),
        shared["cpu_ms_per_message"],
    )
    spread = Setup(
        f"PostgreSQL spread by bucket over {WORKERS} such machines",
        tuple(Limit(one.name, one.takes, one.unit, one.given * WORKERS, one.of) for one in primary.limits),
        primary.kept,
        primary.node_cpu,
        WORKERS,
    )
    return [small, primary, spread]


def _kept(found: Mapping[str, Any], name: str) -> float:
    """Bytes a text leaves behind: of the large database where there is one, else of a short run."""
    large = found.get("large", {}).get(name)
    return float(large["large"]["stored_bytes_per_text"] if large else found["cost"][name]["flat_out"]["stored_bytes"])


def capacity_table(found: Mapping[str, Any]) -> str:
    """How much each way takes, and what limits it."""
    columns = ["", "limited by", "texts/s at most", "texts a day", "messages a day", "nodes", "GB a day"]
    rows = [
        [one.name, one.limit.name, _round(one.limit.rate), _round(one.per_day), _round(2 * one.per_day),
         str(one.nodes), _round(one.per_day * one.kept / 1e9)]
        for one in setups(found)
    ]  # fmt: skip
    return markdown(columns, rows)


def limits_table(found: Mapping[str, Any]) -> str:
    """Every limit: what a text takes, what there is, and how many texts that is."""
    rows = []
    for one in setups(found)[:2]:
        for limit in sorted(one.limits, key=lambda limit: limit.rate):
            takes = f"{limit.takes:.3g} {limit.unit}"
            rows.append([one.name, limit.name, takes, f"{limit.given:,.0f} {limit.of}", _round(limit.rate)])
    return markdown(["", "limit", "a text takes", "in a second there are", "texts/s"], rows)


def disk_table(found: Mapping[str, Any]) -> str:
    """What a text leaves on the disk."""
    rows = []
    for one in setups(found)[:2]:
        texts = DISK_TB * 1e12 / one.kept
        rows.append([one.name, f"{one.kept:,.0f}", f"{one.kept / 1e3:.2f}", _round(texts / 1e6)])
    return markdown(["", "bytes a text", "GB a million texts", f"million texts on {DISK_TB:g} TB"], rows)


def assumptions_table() -> str:
    """What is assumed and not measured."""
    rows = [
        ["the busiest hour has, of a day's texts", f"{PEAK_HOUR:.0%}"],
        ["what a machine may be used in that hour, of its most", f"{BUSY:.0%}"],
        ["cores of the machine that PostgreSQL has to itself", str(CORES)],
        ["MB that a disk writes in a second", f"{DISK_MB:,.0f}"],
        ["fsyncs that a disk does in a second", f"{DISK_FSYNCS:,.0f}"],
        ["machines of a PostgreSQL that is spread by bucket", str(WORKERS)],
    ]
    return markdown(["assumed", ""], rows)


def _round(value: float) -> str:
    """Two digits that count: the rest would be pretence."""
    if value < 10:
        return f"{value:.1f}"
    digits = len(str(int(value))) - 2
    return f"{round(value / 10**digits) * 10**digits:,}"
