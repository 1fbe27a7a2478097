"""Servers to kill. Each is `textback serve` in a process of its own, forked from one that has everything imported: so a
server is back in a fraction of a second, and a minute has room for many crashes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from tests.support.served import clean_environment

#: Reads [arguments, environment, folder, log] a line, forks a server, answers with its pid. Ends them all at the end.
#: A fork must not share with its brothers what a process draws by lot when it begins: the name in its ids.
_NURSERY = """
import json, os, random, signal, sys, traceback
import textback.cli.serving
from textback.cli.main import main
from textback.core.ids import new_id
alive = {}
def reap(*_):
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            log = alive.pop(pid, os.devnull)
            if (how := os.waitstatus_to_exitcode(status)) not in (0, -signal.SIGKILL):
                with open(log, "a") as out:
                    print("ended with", how, file=out)
    except ChildProcessError:
        pass
signal.signal(signal.SIGCHLD, reap)
print("ready", flush=True)
for line in sys.stdin:
    arguments, env, folder, log = json.loads(line)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(out, 1), os.dup2(out, 2), os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.clear(), os.environ.update(env)
        os.chdir(folder)
        random.seed(), new_id.__init__()
        sys.argv = ["textback", *arguments]
        try:
            main()
        except Exception:
            traceback.print_exc()
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            os._exit(0)
    alive[child] = log
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    print(child, flush=True)
for child in list(alive):
    os.kill(child, signal.SIGKILL)
"""


class Nursery:
    """Makes server processes. Use as a context manager: nothing that it made outlives it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> "Nursery":
        self._process = subprocess.Popen(
            [sys.executable, "-c", _NURSERY],
            env=clean_environment({}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            self.__exit__()
            raise RuntimeError("textback can't be imported; the lines above say why")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def serve(self, arguments: list[str], env: Mapping[str, str], folder: Path, log: Path) -> int:
        """Start `textback` with these arguments; returns its pid."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = [arguments, clean_environment(env), str(folder), str(log)]
        with self._lock:  # several nodes start at once, each in a thread of its own
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


class Node:
    """One server that is started over and over on the same port."""

    def __init__(self, nursery: Nursery, port: int, folder: Path, env: Mapping[str, str], log: Path) -> None:
        self._nursery = nursery
        self._folder = folder
        self._env = env
        self._pid = 0
        self._read = 0
        self.log = log
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        log.touch()

    @property
    def alive(self) -> bool:
        """Whether its process is there."""
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            return False
        return True

    async def start(self, fault: str = "") -> None:
        """Start it, with a fault armed if one is given. It is not ready yet."""
        env = {**self._env, **({"TEXTBACK_FAULT": fault} if fault else {})}
        arguments = ["serve", "bot", "--port", str(self.port)]
        self._pid = await asyncio.to_thread(self._nursery.serve, arguments, env, self._folder, self.log)

    async def ready(self, http: aiohttp.ClientSession, seconds: float) -> bool:
        """Whether it gets ready in this time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.alive:
            try:
                async with http.get(f"{self.url}/readyz") as answer:
                    if answer.status == 200:
                        return True
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.05)
        return False

    async def kill(self) -> bool:
        """End it as a power cut would. False when it was dead already."""
        return await self._end(signal.SIGKILL)

    async def freeze(self, seconds: float) -> bool:
        """Let it stand still for so long, as a paused machine does. False when it was dead already."""
        try:
            os.kill(self._pid, signal.SIGSTOP)
            await asyncio.sleep(seconds)
            os.kill(self._pid, signal.SIGCONT)
        except ProcessLookupError:
            return False
        return True

    async def stop(self) -> None:
        """Ask it to stop, as systemd would."""
        await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> bool:
        try:
            os.kill(self._pid, number)
        except ProcessLookupError:
            return False
        end = time.monotonic() + 20
        while self.alive:
            if time.monotonic() > end:
                os.kill(self._pid, signal.SIGKILL)
            await asyncio.sleep(0.01)
        return True

    def last_words(self) -> str:
        """What it has printed since the last time somebody asked."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            said = log.read()
        self._read += len(said)
        return said.decode(errors="replace")
