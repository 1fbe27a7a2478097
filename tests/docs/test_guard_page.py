"""The page about the guard has every flaw once, names tests that exist, and shows the numbers that were measured."""

import json
import re
from typing import get_args

from tests.docs.pages import ROOT, read
from tests.docs.test_compliance_page import functions
from textback.engine.guard.base import FlawKind
from textback.engine.guard.calibration import PRIOR
from textback.engine.guard.leaks import RUN

PAGE = read("docs/guard.md")
MEASURED = json.loads(read("benchmarks/results/guard.json"))["results"]["guard"]


def test_every_flaw_has_one_row() -> None:
    assert sorted(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == sorted(get_args(FlawKind))


def test_the_tests_that_it_names_exist() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) >= len(get_args(FlawKind))
    assert [name for file, name in named if name not in functions(ROOT / "tests" / file)] == []


def test_the_reliability_is_what_was_measured() -> None:
    rows = [
        [float(cell) for cell in re.findall(r"\d+(?:\.\d+)?", row)]
        for row in PAGE.splitlines()
        if re.match(r"\| 0\.\d to", row)
    ]
    expected = [
        [
            one["low"],
            one["high"],
            one["count"],
            *(round(one[key], 2) for key in ("confidence", "right", "least", "most")),
        ]
        for one in MEASURED["all"]["buckets"]
    ]
    assert rows == expected
    assert f"calibration error is {MEASURED['all']['calibration_error']:.3f}" in PAGE
    assert f"AUROC {MEASURED['all']['auroc']:.3f}" in PAGE
    assert f"{MEASURED['without flaws']['sure_right']:.0%} of those are right" in PAGE


def test_the_counts_are_those_of_the_files() -> None:
    folder = ROOT / "tests" / "engine" / "guard"
    attacks = [json.loads(line) for line in (folder / "attacks.jsonl").read_text().splitlines()]
    good = (folder / "good.jsonl").read_text().splitlines()
    replies = sum(len(one["replies"]) for one in attacks)
    assert f"has {len(attacks)} texts of attackers with {replies} replies" in PAGE
    assert f"has {len(good)} faithful replies" in PAGE


def test_the_limits_are_those_of_the_code() -> None:
    assert f"{RUN} letters or digits in a row" in PAGE
    assert f"as if {PRIOR} replies" in PAGE
