"""Programs beside a served Textback, in processes of their own: the examples, and others written as they are."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.served import clean_environment

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
EXPRESS = ROOT / "examples" / "javascript-express"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "textback-tests"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def until(found: Callable[[], T], what: str, seconds: float = 30) -> T:
    """What is found, once it is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come")


class Program:
    """A program that runs. `lines` is what it has said."""

    def __init__(self, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            command, cwd=folder, env={**clean_environment({}), **env},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def output(self) -> str:
        """Everything that it has said."""
        return "".join(self.lines)

    def wait_listening(self, port: int) -> None:
        """Return once somebody listens there."""

        def listens() -> bool:
            assert self.process.poll() is None, self.output
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        until(listens, f"the program's port\n{self.output}")

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def running(command: Sequence[str], folder: Path, port: int, env: Mapping[str, str]) -> Iterator[Program]:
    """A program that listens on this port, until the end of the block."""
    program = Program(command, folder, env)
    try:
        program.wait_listening(port)
        yield program
    finally:
        program.stop()
        sys.stdout.write(program.output)  # shown where a test fails


def uvicorn(port: int) -> list[str]:
    """The command of the Python example."""
    return [sys.executable, "-m", "uvicorn", "bot:app", "--port", str(port)]


def express_folder() -> Path:
    """A folder with the libraries of the JavaScript example, which npm puts there once for each lock file. Without Node
    or npm a test is skipped; on CI it fails."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            _absent(f"needs {tool}")
    home = CACHE / "express"
    lock = (EXPRESS / "package-lock.json").read_text()
    installed = home / "installed.json"
    if not installed.is_file() or json.loads(installed.read_text()) != json.loads(lock):
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(EXPRESS / name, home / name)
        command = ["npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=100, check=False)
        if done.returncode:
            _absent(f"npm ci failed: {done.stderr[:300]}")
        installed.write_text(lock)
    for file in (EXPRESS / "server.js", Path(__file__).with_name("guide.js")):
        shutil.copy(file, home / file.name)
    return home


def _absent(why: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"CI {why}")
    pytest.skip(why)
