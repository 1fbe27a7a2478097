"""Every link leads somewhere, and every page can be found."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, name_of, read

LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_relative_links_lead_to_files_and_headings(page: Path) -> None:
    broken = []
    for target in LINK.findall(page.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text())):
            broken.append(target)
    assert broken == []


def test_every_page_is_linked_from_the_index() -> None:
    linked = {(ROOT / "docs" / target).resolve() for target in LINK.findall(read("docs/index.md"))}
    pages = {page for page in PAGES if page.parent != ROOT} - {ROOT / "docs/index.md"}
    assert {name_of(page) for page in pages - linked} == set()
