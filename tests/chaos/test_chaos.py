"""Servers are killed again and again while texts arrive, and nothing that was acknowledged is lost, doubled or
disordered. `make chaos` does the same for longer."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from chaos.report import table
from chaos.run import Trial, execute
from chaos.traffic import Said
from chaos.verdict import Verdict, threads
from textback.core.errors import SettingsError
from textback.core.faults import POINTS, arm

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(420)
@pytest.mark.parametrize(("database", "nodes"), [("sqlite", 1), ("postgres", 1), ("postgres", 3)])
async def test_no_acknowledged_text_is_lost_doubled_or_disordered_by_crashes(
    database: str, nodes: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = str(request.getfixturevalue(f"{database}_url"))
    outcome = await execute(Trial(database, url, nodes, texts=800, seconds=20, seed=nodes), tmp_path)
    assert outcome.wrongs == []
    assert outcome.verdict.acknowledged > 540
    assert outcome.verdict.replies > 430
    assert sum(outcome.kills.values()) >= nodes


@pytest.mark.parametrize(
    ("counted", "spooled", "disordered", "overtaken"),
    [
        ((1, 2, 3), False, [], 0),
        ((1, 3, 2), False, ["contact c: text 3 came after text 2"], 0),
        ((1, 3, 2), True, [], 1),
        ((1, 3, 2), None, ["contact c: text 3 came after text 2"], 0),
    ],
)
def test_only_a_text_in_a_spool_may_be_overtaken(
    counted: tuple[int, ...], spooled: bool | None, disordered: list[str], overtaken: int
) -> None:
    """None: the one that overtook was in a spool, which excuses nothing."""
    said = {f"t{n}": Said(f"t{n}", "c", n, True, spooled is True and n == 2) for n in (1, 2, 3)}
    said["t3"].spooled = spooled is None
    rows = [SimpleNamespace(id=str(n), contact_id="c", direction="in", provider_id=f"t{n}") for n in (1, 2, 3)]
    replies = {str(n): [SimpleNamespace(text=f"Number {number}.")] for n, number in enumerate(counted, 1)}
    verdict = Verdict()
    threads(verdict, said, rows, replies)
    assert (verdict.disordered, verdict.overtaken, verdict.other) == (disordered, overtaken, [])


def test_every_fault_point_is_on_the_road_once() -> None:
    """Where a road stores bucket by bucket, it has points of the same names."""
    files = {path.name: path.read_text() for path in (ROOT / "src/textback/pipeline").glob("*.py")}
    by_bucket = files.pop("buckets.py")
    code = "".join(files.values())
    assert {name: code.count(f'point("{name}")') for name in POINTS} == dict.fromkeys(POINTS, 1)
    assert set(re.findall(r'point\("([^"]+)"\)', by_bucket)) <= set(POINTS)


def test_the_page_lists_every_fault_point() -> None:
    page = (ROOT / "docs/reliability.md").read_text()
    assert [name for name, what in POINTS.items() if f"| `{name}` | {what} |" not in page] == []


@pytest.mark.parametrize("text", ["deliver", "deliver.posted:0", "deliver.posted:x", "deliver.posted:-1"])
def test_a_fault_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="TEXTBACK_FAULT"):
        arm(text)


def test_the_page_has_the_table_of_the_last_run() -> None:
    kept = json.loads((ROOT / "chaos/results/latest.json").read_text())
    page = (ROOT / "docs/reliability.md").read_text()
    assert table(kept["trials"]) in page
