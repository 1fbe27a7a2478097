"""The documents, as the tests in this folder read them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def name_of(path: Path) -> str:
    """A page's path from the root, for test names and messages."""
    return str(path.relative_to(ROOT))


def read(name: str) -> str:
    """The text of one page."""
    return (ROOT / name).read_text()


def blocks(text: str, language: str) -> list[str]:
    """The fenced code blocks of one language, without their indentation."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", text, re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in code.splitlines()) for indent, code in found]


def anchors(text: str) -> set[str]:
    """The anchors that the page's headings make."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def table_row(*cells: str) -> str:
    """One row of a Markdown table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def missing(page: str, rows: list[str]) -> str:
    """The lines of `rows` that `page` lacks, ready to paste; empty when it has all."""
    have = set(read(page).splitlines())
    return "\n".join(row for row in rows if row not in have)
