"""The numbers in the architecture page are those of the last benchmark run, not of somebody's memory."""

import json
import re

from tests.docs.pages import ROOT, read


def test_the_numbers_table_is_that_of_the_last_benchmark_run() -> None:
    from benchmarks.report import table

    shown = re.search(r"<!-- bench -->\n(.*?)<!-- /bench -->", read("docs/architecture.md"), re.DOTALL)
    results = json.loads((ROOT / "benchmarks/results/latest.json").read_text())["results"]
    assert shown is not None
    assert shown.group(1).strip() == table(results).strip()
