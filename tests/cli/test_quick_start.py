"""Commands do not wait for what they have no use for, and have all that they need."""

import pkgutil
import subprocess
import sys

import pytest
from typer.core import TyperGroup
from typer.main import get_command

import textback.cli
from textback.cli.main import app


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["user", "--help"]])
def test_what_needs_no_server_reads_none(arguments: list[str]) -> None:
    program = (
        "import sys; from textback.cli.main import main; sys.argv[1:] = sys.argv[1:]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'numpy', 'jinja2', 'uvicorn', 'textback.app', 'textback.engine.load'}\n"
        "print('read:', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "read: []"


def test_each_group_has_its_commands() -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    inner = {name: each.commands for name, each in group.commands.items() if isinstance(each, TyperGroup)}
    assert {"consent", "suppressions", "dnc", "deactivations", "reassigned", "lines"} <= set(inner)
    assert all(inner.values())
    assert {"import", "verify", "export"} <= set(inner["consent"])


def test_every_module_that_is_read_later_is_there() -> None:
    names = {one.name for one in pkgutil.iter_modules(textback.cli.__path__)}
    from textback.cli import main

    waiting = {value._name.rpartition(".")[2] for value in vars(main).values() if type(value).__name__ == "_Module"}
    assert waiting
    assert waiting <= names
