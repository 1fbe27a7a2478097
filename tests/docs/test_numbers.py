"""The numbers in the pages are those of the last benchmark runs, not of somebody's memory."""

import pytest

from benchmarks import pages
from tests.docs.pages import read


@pytest.mark.parametrize("page", pages.SHOWN)
def test_the_tables_are_those_of_the_last_benchmark_runs(page: str) -> None:
    shown = read(page)
    assert shown == pages.rewritten(page, shown, pages.load())


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="capacity"):
        pages.rewritten("docs/scale.md", "nothing here", {})
