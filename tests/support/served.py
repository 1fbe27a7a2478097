"""A real `textback serve` in a process of its own, for tests that treat it as a black box."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

TEXTBACK = Path(sys.executable).with_name("textback")
KEYS = f"test:{'A' * 43}="
"""What all nodes of a test open the ledger of consent with."""
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment without the variables of a developer's own lines."""
    drop = ("TELNYX_", "TWILIO_", "OTEL_", "DATABASE_URL", "PUBLIC_URL", "HOST", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(drop)}
    # Tests are programs that talk to a program, and quickly.
    limits = {"REPLIES_PER_HOUR": "0", "SAME_EXCHANGES": "0", "WEBHOOK_REFUSALS_PER_MINUTE": "0"}
    return {**kept, "PYTHONUNBUFFERED": "1", "LEDGER_KEYS": KEYS, **limits, **extra}


def command(*arguments: str, folder: Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one textback command to its end."""
    return subprocess.run(
        [TEXTBACK, *arguments],
        cwd=folder,
        env=clean_environment(env or {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


#: Reads [[arguments, environment], ...], runs each as a process of its own that begins with everything imported.
_FORK_EACH = """
import importlib, json, os, pkgutil, sys, tempfile
import textback.cli
from textback.cli.main import main
for one in pkgutil.iter_modules(textback.cli.__path__):
    importlib.import_module(f"textback.cli.{one.name}")
done = []
for arguments, env in json.load(sys.stdin):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1), os.dup2(err.fileno(), 2)
            os.environ.clear(), os.environ.update(env)
            sys.argv = ["textback", *arguments]
            code = 1
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
            finally:
                sys.stdout.flush(), sys.stderr.flush()
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = [(file.seek(0), file.read().decode())[1] for file in (out, err)]
        done.append([code, *texts])
print(json.dumps(done))
"""


def commands(
    cases: Sequence[tuple[Sequence[str], Mapping[str, str]]], folder: Path
) -> list[subprocess.CompletedProcess[str]]:
    """Run many textback commands to their end, each with its arguments and environment, at the price of one start."""
    asked = json.dumps([[list(arguments), clean_environment(env)] for arguments, env in cases])
    run = subprocess.run(
        [sys.executable, "-c", _FORK_EACH],
        cwd=folder, env=clean_environment({}), input=asked, capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    return [
        subprocess.CompletedProcess(list(arguments), code, out, err)
        for (arguments, _), (code, out, err) in zip(cases, json.loads(run.stdout), strict=True)
    ]


class Served:
    """A running server. Its address is known once it answers."""

    def __init__(self, arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [TEXTBACK, *arguments],
            cwd=folder,
            env=clean_environment(env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.url = ""
        self._seen = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            found = _ADDRESS.search(line)
            if found and not self.url:
                self.url = found.group()
                self._seen.set()
        self._seen.set()

    @property
    def output(self) -> str:
        """Everything it has printed."""
        return "".join(self.lines)

    def wait_ready(self, seconds: float = 30) -> "Served":
        """Return when it is ready to take texts."""
        if not self._seen.wait(seconds) or not self.url:
            raise AssertionError(f"it never said where it is:\n{self.output}")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"it did not get ready:\n{self.output}")

    def stop(self, seconds: float = 20) -> int:
        """Ask it to stop, as systemd would; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self._ended(seconds)

    def kill(self) -> int:
        """End it as a power cut would."""
        if self.process.poll() is None:
            self.process.kill()
        return self._ended(10)

    def _ended(self, seconds: float) -> int:
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
            raise AssertionError(f"it did not stop in {seconds} s:\n{self.output}") from None
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        elif self.process.stdout is not None:
            self._reader.join(5)
            self.process.stdout.close()
