"""Measures Textback beside its peers on this machine. `make bench`, or `python -m benchmarks --help`.

Without options: the comparison, the cost of a text, and three nodes. `--large`, `--soak`, `--profile` and `--only desk`
are apart, because they take longer.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from typing import Any

from benchmarks import (
    answers,
    api,
    desk,
    engine,
    gate,
    hooks,
    model_road,
    models,
    pages,
    report,
    screens,
    tables,
    webhooks,
)
from benchmarks.compare import measure
from benchmarks.cost import SHARED, cost, share
from benchmarks.large import large
from benchmarks.loader import Load
from benchmarks.profiling import profile
from benchmarks.report import NAMES, OURS
from benchmarks.soak import soak
from benchmarks.subjects import NotMeasured

Results = dict[str, Any]
DATABASES = "sqlite,postgres"
DEFAULT = (
    "sqlite,postgres,peer,express,express_no_ai,ceiling,api,cost,nodes,engine,gate,webhooks,knowledge,models,road,hooks,"
    "screens"
)


def machine() -> dict[str, Any]:
    """What this was measured on."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help=f"which to measure, separated by commas; default: {DEFAULT}")
    parser.add_argument("--seconds", type=float, default=3, help="about how long each short run takes")
    parser.add_argument("--repeat", type=int, default=3, help="how many short runs; the median counts")
    parser.add_argument("--connections", type=int, default=64, help="keep-alive connections of the load")
    parser.add_argument("--nodes", type=int, default=0, metavar="N", help="only compare so many nodes with one")
    parser.add_argument("--large", action="store_true", help="a database of many contacts against an empty one")
    parser.add_argument("--contacts", type=int, default=1_000_000, help="how many; each has five messages")
    parser.add_argument("--conversations", type=int, default=1_000_000, help="how many desk has; each has ten messages")
    parser.add_argument("--soak", type=float, nargs="?", const=10.0, metavar="MINUTES", help="half load for so long")
    parser.add_argument("--profile", action="store_true", help="where the time of a text goes")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results and the tables in docs")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args(arguments)
    options.seconds = min(options.seconds, 20)
    if not options.only:
        options.only = DATABASES if options.large or options.soak or options.profile else DEFAULT
    options.only = ["nodes"] if options.nodes else options.only.split(",")
    known = {
        *NAMES,
        "api",
        "cost",
        "desk",
        "nodes",
        "engine",
        "gate",
        "webhooks",
        "knowledge",
        "models",
        "road",
        "hooks",
        "screens",
    }
    if unknown := [name for name in options.only if name not in known]:
        parser.error(f"--only does not know {', '.join(unknown)}; it knows {', '.join(sorted(known))}")
    return options


def gather(names: list[str], work: Callable[[str], Results]) -> Results:
    """One result for each name; what can't be measured here is said and left out."""
    found = {}
    for name in names:
        print(f"measuring {NAMES.get(name, name)} …", file=sys.stderr)
        try:
            found[name] = work(name)
        except NotMeasured as error:
            print(f"{NAMES.get(name, name)}: not measured: {error}")
    return found


def run(options: argparse.Namespace, load: Load) -> dict[str, Results]:
    """Measure what was asked for; results by kind."""
    databases = [name for name in options.only if name in OURS]
    found: dict[str, Results] = {}
    if options.large:
        found["large"] = gather(
            databases, lambda name: large(name, load, options.contacts, options.seconds, options.repeat)
        )
    if options.soak:
        found["soak"] = gather(databases, lambda name: soak(name, load, options.soak, options.seconds))
    if options.profile:
        found["profile"] = gather(databases, lambda name: profile(name, load, options.seconds))
    if found:
        return found
    compared = [name for name in options.only if name in NAMES]
    if compared:
        found["latest"] = gather(
            compared, lambda name: measure(name, load, options.seconds, options.repeat, options.connections)
        )
    if "api" in options.only:
        found["api"] = gather(
            databases or list(OURS),
            lambda name: api.api(name, load, options.seconds, options.repeat, options.connections),
        )
    if "engine" in options.only:
        found["engine"] = gather(["engine"], engine.engine)
    if "gate" in options.only:
        found["gate"] = gather(["gate"], gate.gate)
    if "webhooks" in options.only:
        found["webhooks"] = gather(["webhooks"], webhooks.webhooks)
    if "knowledge" in options.only:
        found["knowledge"] = gather(["knowledge"], answers.knowledge)
    if "models" in options.only:
        found["models"] = gather(["models"], models.models)
    if "road" in options.only:
        found["road"] = gather(list(model_road.PLACES), model_road.road)
    if "hooks" in options.only:
        found["hooks"] = gather(["hooks"], hooks.webhooks)
    if "screens" in options.only:
        found["screens"] = gather(databases or list(OURS), screens.screens)
    if "desk" in options.only:
        found["desk"] = gather(databases or list(OURS), lambda name: desk.desk(name, load, options.conversations))
    if "cost" in options.only:
        found["cost"] = gather(list(OURS), lambda name: cost(name, load, options.seconds))
    if "nodes" in options.only:
        several = options.nodes or 3
        ways = {
            "one": (1, 0), "several": (several, 0), "one_shared": (1, SHARED), "several_shared": (several, SHARED),
        }  # fmt: skip
        found["nodes"] = gather(list(ways), lambda name: share(*ways[name], load, options.seconds))
    return found


SHOW: dict[str, Callable[[Results], str]] = {
    "latest": lambda found: f"{report.table(found)}\n\n{report.ceiling(found)}",
    "api": api.table,
    "cost": tables.cost_table,
    "nodes": tables.nodes_table,
    "large": tables.large_table,
    "soak": tables.soak_table,
    "profile": tables.profile_table,
    "engine": engine.table,
    "gate": gate.table,
    "webhooks": webhooks.table,
    "knowledge": lambda found: f"{answers.table(found)}\n\n{answers.quality_table(found)}",
    "models": models.table,
    "road": model_road.table,
    "hooks": hooks.table,
    "screens": screens.table,
    "desk": desk.table,
}


def show(kind: str, found: Results) -> list[str]:
    """Print one kind of results; returns the targets that were missed."""
    print(f"\n{kind}\n\n{SHOW[kind](found)}\n")
    if kind == "latest":
        for name, r in found.items():
            runs = [r[key] for key in ("all_round_trips_per_second", "all_slow_round_trips_per_second") if key in r]
            counts = f"{r['sent']} texts, {r['lost']} lost, {r['doubled']} doubled"
            print(f"{NAMES[name]}: runs {' and '.join(map(str, runs))}, {counts}")
        return report.missed(found)
    missed = {
        "api": api.missed, "engine": engine.missed, "gate": gate.missed, "knowledge": answers.missed,
        "models": models.missed, "road": model_road.missed,
        "hooks": hooks.missed, "screens": screens.missed, "desk": desk.missed, "webhooks": webhooks.missed,
    }  # fmt: skip
    own = missed.get(kind)
    return tables.missed(kind, found) if own is None else own(found)


def main() -> None:
    """Run, print, and with --write keep the results."""
    options = parse()
    with Load() as load:
        found = run(options, load)
    found = {kind: results for kind, results in found.items() if results}
    complaints = [sentence for kind, results in found.items() for sentence in show(kind, results)]
    for sentence in complaints:
        print(f"missed: {sentence}")
    if options.write:
        for kind, results in found.items():
            pages.save(kind, machine(), results)
        pages.rewrite()
    if complaints and options.strict:
        sys.exit(1)


if __name__ == "__main__":
    main()
