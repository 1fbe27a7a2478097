"""Readable means bounded: modules and functions stay short, and nothing large or foreign gets in."""

import ast
import hashlib
import warnings
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, project_files

MODULE_WARN, MODULE_FAIL = 400, 700
FUNCTION_WARN, FUNCTION_FAIL = 60, 120
FILE_BYTES = 1_000_000

# Migrations are a record of what happened, written by Alembic; they are not read as code.
MODULES = [
    path
    for folder in ("src", "tests", "benchmarks", "chaos", "fuzz", "generate", "screenshots", "examples")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "versions" not in path.parts
]

# Written in halves so that this file does not hold what it forbids.
FORBIDDEN = tuple(
    "".join(halves)
    for halves in [
        ("pypi", ".org"),
        ("python", "hosted"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("deb.", "debian.org"),
        ("security.", "debian.org"),
        ("proxy.", "golang.org"),
        ("static.", "crates.io"),
        ("/wo", "rk/"),
    ]
)


def judge(what: str, lines: int, warn: int, fail: int) -> None:
    assert lines <= fail, f"{what} has {lines} lines; {fail} is the limit. Split it by meaning."
    if lines > warn:
        warnings.warn(f"budget: {what} has {lines} lines; aim for {warn}", stacklevel=2)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_are_short(path: Path) -> None:
    source = path.read_text()
    name = str(path.relative_to(ROOT))
    judge(name, len(source.splitlines()), MODULE_WARN, MODULE_FAIL)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            judge(f"{name}:{node.lineno} {node.name}", lines, FUNCTION_WARN, FUNCTION_FAIL)


def test_no_file_names_a_package_registry_or_somebodys_machine() -> None:
    found = []
    for path in project_files():
        if path.name == "uv.lock":  # names where each wheel comes from; only uv writes it
            continue
        content = path.read_bytes()
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word.encode() in content]
    assert found == []


def test_files_are_small() -> None:
    large = [
        str(path.relative_to(ROOT))
        for path in project_files()
        if path.stat().st_size > FILE_BYTES and path.parent != ROOT / "docs" / "images" and path.name != "uv.lock"
    ]
    assert large == []


def test_provider_specifications_are_not_copied_here(shared: Path) -> None:
    specs = {hashlib.sha256(path.read_bytes()).digest() for path in (shared / "openapi").iterdir() if path.is_file()}
    copies = [str(path) for path in project_files() if hashlib.sha256(path.read_bytes()).digest() in specs]
    assert specs
    assert copies == []
