"""The command, run in this process."""

import os
import sys
from pathlib import Path

import pytest

from tests.support.served import clean_environment
from textback.cli.main import main


class Shell:
    """Runs textback in this process, in a folder of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """The exit code, standard output and standard error of one command."""
        self._monkeypatch.setattr(sys, "argv", ["textback", *arguments])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        out, err = self._capsys.readouterr()
        return code, out, err


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """textback in an empty folder, with no settings but its own."""
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) - set(clean_environment({})):
        monkeypatch.delenv(name)
    return Shell(capsys, monkeypatch)
