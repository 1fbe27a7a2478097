"""Every command that the documents tell people to type exists."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from tests.docs.pages import PAGES, ROOT, blocks, missing, name_of, table_row
from textback.cli.main import app

PAGES_WITH_COMMANDS = [page for page in PAGES if blocks(page.read_text(), "sh")]


def commands(command: Any, path: str = "textback") -> dict[str, Any]:
    """Every command that does something, by what one types."""
    children = getattr(command, "commands", None)
    if children is None:
        return {path: command}
    found: dict[str, Any] = {}
    for name, child in children.items():
        found |= commands(child, f"{path} {name}")
    return found


COMMANDS = commands(get_command(app))


@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS, ids=name_of)
def test_commands_in_documents_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for line in "\n".join(blocks(page.read_text(), "sh")).replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["make"]:
            goals = [word for word in words[1:] if "=" not in word]
            assert set(goals) <= targets, line
        elif words and Path(words[0]).name == "textback":
            typed = " ".join(["textback", *words[1:]])
            command = next((found for name, found in COMMANDS.items() if f"{typed} ".startswith(f"{name} ")), None)
            assert command is not None, line
            options = {option for param in command.params for option in param.opts}
            assert {word.split("=")[0] for word in words if word.startswith("--")} <= options, line


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_has_every_command_with_its_arguments_and_options(name: str) -> None:
    command = COMMANDS[name]
    rows = [f"## {name}", str(command.help).strip()]
    for param in command.params:
        if param.name == "help":
            continue
        called = param.opts[0] if param.param_type_name == "option" else str(param.name).upper()
        default = "" if param.default in (None, "") or param.required else f"`{param.default}`"
        rows.append(table_row(f"`{called}`", default, param.help or ""))
    assert missing("docs/reference/cli.md", rows) == ""


def test_the_reference_has_no_command_that_does_not_exist() -> None:
    headings = re.findall(r"^## (textback .+)$", (ROOT / "docs/reference/cli.md").read_text(), re.MULTILINE)
    assert headings == list(COMMANDS)
