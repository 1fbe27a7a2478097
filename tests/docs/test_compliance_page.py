"""docs/compliance.md has every rule once, names tests that exist, and knows every rule that the code cites."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, read

PAGE = "docs/compliance.md"
MOST = {"C": 4, "K": 10, "O": 12, "V": 3, "Q": 5, "D": 4, "N": 4, "E": 6, "P": 6}
RULES = [f"{letter}{number}" for letter, most in MOST.items() for number in range(1, most + 1)]
#: Nothing in the product could be tested for these; the page says so.
UNTESTED = {"O12"}
#: An id by itself: no part of a word, a path, a number or an encoded block.
CITED = re.compile(rf"(?<![\w&+./\-])([{''.join(MOST)}]\d{{1,2}})(?![\w/\-])")
ENCODED = {"compliance/weights.py"}


def rows() -> list[list[str]]:
    """The cells of the page's rows that begin with a rule."""
    found = re.findall(r"^\| [A-Z]\d+ \|.*\|$", read(PAGE), re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in found]


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def cited(text: str, suffix: str) -> set[str]:
    """The rules that a file cites: a module in its strings and comments, anything else anywhere."""
    if suffix == ".py":
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        text = "\n".join(token.string for token in tokens if token.type in (tokenize.STRING, tokenize.COMMENT))
    return set(CITED.findall(text))


def test_every_rule_has_one_row() -> None:
    assert [row[0] for row in rows()] == RULES
    for row in rows():
        assert len(row) == 5, row[0]
        assert all(row), row[0]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_the_tests_that_a_row_names_exist(row: list[str]) -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", row[3])
    assert row[3] == (", ".join(f"`{file}::{name}`" for file, name in named) or "none")
    assert bool(named) is (row[0] not in UNTESTED)
    missing = [f"{file}::{name}" for file, name in named if name not in functions(ROOT / "tests" / file)]
    assert missing == []


def test_every_rule_that_the_code_cites_is_on_the_page() -> None:
    source = ROOT / "src" / "textback"
    seen: dict[str, set[str]] = {}
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        if path.suffix in {".py", ".yml", ".html"} and name not in ENCODED:
            for rule in cited(path.read_text(), path.suffix):
                seen.setdefault(rule, set()).add(name)
    assert {rule: files for rule, files in seen.items() if rule not in RULES} == {}
    assert len(seen) > 40


def test_every_file_of_dated_facts_is_on_the_page() -> None:
    folder = ROOT / "src" / "textback" / "compliance" / "data"
    page = read(PAGE)
    assert {path.name for path in folder.glob("*.yml") if path.name not in page} == set()
