"""The load process, as the rest of the benchmark asks it for work."""

import multiprocessing
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from benchmarks.load import Job, serve_jobs
from benchmarks.subjects import Subject, express, flask, textback
from benchmarks.texts import Crowd, make_keys


class Load:
    """The load process and the keys it signs with. Use as a context manager."""

    def __init__(self) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=serve_jobs, args=(theirs,), daemon=True)
        self._process.start()
        self.key, self.public_key = make_keys()
        self.provider_port = int(self._pipe.recv())
        self._jobs = 0
        self._name = f"{time.time_ns():x}"  # no two runs name their texts alike: a kept database would know them

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.send(None)
        self._process.join(5)
        if self._process.is_alive():
            self._process.terminate()

    def textback(self, name: str, **more: Any) -> AbstractContextManager[Subject]:
        """A Textback that takes this load's texts; see subjects.textback."""
        return textback(name, self.provider_port, self.public_key, **more)

    def subject(self, name: str) -> AbstractContextManager[Subject]:
        """The server of this name, as report.NAMES has them."""
        if name == "peer":
            return flask(self.provider_port, self.public_key)
        if name in ("express", "express_no_ai"):
            return express(self.provider_port, bytes(self.key), ai=name == "express")
        if name == "ceiling":
            return self.textback("ceiling", module="benchmarks.ceiling")
        return self.textback(name)

    def run(
        self,
        target: Subject,
        count: int,
        rate: float = 0.0,
        *,
        connections: int = 64,
        delay: float = 0.0,
        crowd: Crowd | None = None,
        window: float = 0.0,
        meanwhile: Callable[[], None] | None = None,
    ) -> dict[str, Any]:
        """Do one job against a server, with the CPU and memory it took. `meanwhile` is called every five seconds."""
        self._jobs += 1
        cpu, postgres_cpu = target.cpu(), target.postgres_cpu()
        self._pipe.send(
            Job(
                bytes(self.key),
                target.path,
                target.ports,
                count,
                rate,
                connections,
                f"{self._name}-{self._jobs}",
                delay,
                crowd or Crowd(),
                target.scheme,
                target.token,
                target.replies,
                window,
            )
        )
        while not self._pipe.poll(5.0):
            if meanwhile is not None:
                meanwhile()
        result: dict[str, Any] = self._pipe.recv()
        result["cpu_ms_per_message"] = (target.cpu() - cpu) * 1000 / count
        result["postgres_cpu_ms_per_message"] = (target.postgres_cpu() - postgres_cpu) * 1000 / count
        result["rss_mb"] = target.rss()
        return result
