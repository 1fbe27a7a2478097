"""The results on the disk, and the pages that show them between comments: rewritten with --write, held by a test."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks import answers, api, desk, engine, gate, hooks, model_road, models, scale, screens, tables, webhooks
from benchmarks.report import ceiling, table

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
KINDS = (
    "latest",
    "api",
    "cost",
    "nodes",
    "large",
    "soak",
    "profile",
    "engine",
    "gate",
    "webhooks",
    "knowledge",
    "models",
    "road",
    "hooks",
    "screens",
    "desk",
)
NONE_YET = "Not measured yet."

Found = Mapping[str, Any]
"""Results by kind, then by subject."""


def _of(kind: str, make: Callable[[dict[str, Any]], str]) -> Callable[[Found], str]:
    return lambda found: make(found[kind]) if kind in found else NONE_YET


def _capacity(make: Callable[[Found], str]) -> Callable[[Found], str]:
    return lambda found: make(found) if {"latest", "cost", "nodes"} <= set(found) else NONE_YET


#: What each page shows, by the comment that it stands behind.
SHOWN: dict[str, dict[str, Callable[[Found], str]]] = {
    "docs/architecture.md": {
        "bench": _of("latest", table),
        "ceiling": _of("latest", ceiling),
        "api": _of("api", api.table),
        "profile": _of("profile", tables.profile_table),
        "engine": _of("engine", engine.table),
        "gate": _of("gate", gate.table),
        "webhooks": _of("webhooks", webhooks.table),
    },
    "docs/how-to/knowledge.md": {
        "knowledge": _of("knowledge", answers.table),
        "quality": _of("knowledge", answers.quality_table),
    },
    "docs/how-to/own-model.md": {
        "models": _of("models", models.table),
        "road": _of("road", model_road.table),
    },
    "docs/how-to/conversations.md": {"screens": _of("screens", screens.table)},
    "docs/how-to/desk-lists.md": {"desk": _of("desk", desk.table)},
    "docs/how-to/webhooks-out.md": {"hooks": _of("hooks", hooks.table)},
    "docs/scale.md": {
        "capacity": _capacity(scale.capacity_table),
        "assumptions": lambda _: scale.assumptions_table(),
        "limits": _capacity(scale.limits_table),
        "disk": _capacity(scale.disk_table),
        "cost": _of("cost", tables.cost_table),
        "nodes": _of("nodes", tables.nodes_table),
        "large": _of("large", tables.large_table),
        "soak": _of("soak", tables.soak_table),
    },
}


def load() -> dict[str, Any]:
    """All results that there are."""
    found = {}
    for kind in KINDS:
        path = RESULTS / f"{kind}.json"
        if path.is_file():
            found[kind] = json.loads(path.read_text())["results"]
    return found


def save(kind: str, machine: dict[str, Any], results: dict[str, Any]) -> None:
    """Write one kind of results."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{kind}.json").write_text(json.dumps({"machine": machine, "results": results}, indent=2) + "\n")


def rewritten(page: str, text: str, found: Found) -> str:
    """A page's text with its tables made anew. Raises ValueError where it has no place for one."""
    for name, make in SHOWN[page].items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not place.search(text):
            raise ValueError(
                f"{page} has no place for the table {name!r}: it needs <!-- {name} --> and <!-- /{name} -->"
            )
        shown = make(found).strip()
        text = place.sub(lambda m, shown=shown: f"{m[1]}{shown}\n{m[2]}", text)  # type: ignore[misc]
    return text


def rewrite() -> None:
    """Make the tables of all pages anew."""
    found = load()
    for page in SHOWN:
        path = ROOT / page
        path.write_text(rewritten(page, path.read_text(), found))
