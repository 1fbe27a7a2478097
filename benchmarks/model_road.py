"""What a reply of a language model costs through the whole program, and what others feel of it.

A server with a bot that has a model takes signed texts, waits for a second one, asks a slow model, judges what it says,
and posts the reply to the fake provider. What is left of the time from text to reply, without the wait and the model,
is ours. Other conversations, with a flow for their keyword, run alone first, and then beside the model's.

A probe of the disk runs along: a text, its question and its answer are committed before anything is done with them, so
where the disk takes long to keep 4 KB, so does everything.
"""

import asyncio
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvloop
from nacl.signing import SigningKey

from benchmarks.load import Provider, Run, connect, paced, percentile, settle
from benchmarks.report import markdown
from benchmarks.subjects import NotMeasured, Subject, textback
from benchmarks.texts import known, make_keys, stranger, telnyx_text
from textback.core.when import SECOND
from textback.engine.thinking import TOGETHER

RATE, THINKS = 14.0, 3.5
"""Texts for the model in a second, and the seconds that it takes: 49 calls are in flight."""
OTHERS = 50.0
"""Texts of other conversations in a second."""
TEXTS = 300
RUNS, MOST_RUNS = 5, 12
"""How many runs of them count, by their median; and how many there are at most, until as many were left in peace."""
PEACE = 0.03
"""The share of the cores' time that the host of a virtual machine may take for others in a run left in peace. A pause
of the whole machine says nothing of the program, and is the hundredth reply of three hundred."""
WARM = 20
QUESTION = "do i bring the charger along if you repair my bosch"
ANSWER = "We repair e-bikes with motors of Bosch and Shimano. Please bring the key and the charger."
SAID = {"reply": ANSWER, "confidence": 0.95, "intent": "repair", "escalate_reason": "", "sources": ["p1"], "memory": ""}
PROBE = 0.02
MOST = 30.0
"""Milliseconds that our part may take, in 99 of 100 replies."""
ASKED = THINKS + TOGETHER / SECOND
PLACES = {"disk": None, "memory": Path("/dev/shm")}
"""Where the server keeps its files; in memory no commit waits for a disk."""
NAMES = {"disk": "files on the disk", "memory": "files in memory"}
BOT = Path(__file__).parent / "model_bot"


class Seen:
    """What the model and the provider saw: replies of the model's conversations, and of the others."""

    def __init__(self) -> None:
        self.model = Run(expected=ANSWER)
        self.others = Run()
        self.in_flight = self.most = 0


class Model(Provider):
    """A slow model server."""

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen.model)
        self._seen = seen

    def _take(self, path: bytes, body: bytes) -> None:
        self._seen.in_flight += 1
        self._seen.most = max(self._seen.most, self._seen.in_flight)
        asyncio.get_running_loop().call_later(THINKS, self._say, json.loads(body)["model"])

    def _say(self, name: str) -> None:
        self._seen.in_flight -= 1
        choice = {"index": 0, "message": {"role": "assistant", "content": json.dumps(SAID)}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960}
        whole = {"id": "x", "object": "chat.completion", "created": 1, "model": name}
        self._answer(json.dumps({**whole, "choices": [choice], "usage": usage}).encode())


class Phone(Provider):
    """The provider of both kinds of conversations."""

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen.others)
        self._seen = seen

    def _take(self, path: bytes, body: bytes) -> None:
        to = json.loads(body)["to"]
        self._run = self._seen.model if to in self._seen.model.sent else self._seen.others
        super()._take(path, body)


@contextmanager
def probed(folder: Path) -> Iterator[list[float]]:
    """How long (s) the disk takes to keep 4 KB, again and again, until the end."""
    took: list[float] = []
    over = threading.Event()

    def probe() -> None:
        with (folder / "probe").open("wb") as file:
            while not over.wait(PROBE):
                begun = time.perf_counter()
                file.write(b"x" * 4_096)
                file.flush()
                os.fdatasync(file.fileno())
                took.append(time.perf_counter() - begun)

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join()


class Bench:
    """The texts of both kinds, to one server."""

    def __init__(self, seen: Seen, target: Subject, key: SigningKey) -> None:
        self.seen, self.target = seen, target
        self._key = key
        self._phase = 0

    async def questions(self, count: int, rate: float = RATE) -> Run:
        """Texts for the model, each of somebody new."""
        first = self._phase * 10_000
        self.seen.model = run = Run(expected=ANSWER)
        await self._send(run, [stranger(first + n) for n in range(count)], QUESTION, rate)
        return run

    async def keywords(self, count: int) -> Run:
        """Texts that a flow is for, of conversations that there are."""
        self.seen.others = run = Run()
        await self._send(run, [known(n % 500) for n in range(count)], "hours", OTHERS)
        return run

    async def _send(self, run: Run, numbers: Sequence[str], text: str, rate: float) -> None:
        self._phase += 1
        name = f"{text[:5]}-{self._phase}"
        requests = ((to, self._text(to, f"{name}-{n}", text)) for n, to in enumerate(numbers))
        clients = await connect(self.target.ports, 16)
        await paced(run, clients, requests, rate)
        await settle(run, len(numbers), 20)
        for client in clients:
            client.close()
        if run.refused or run.wrong or run.doubled or any(run.sent.values()):
            lost = sum(map(len, run.sent.values()))
            raise RuntimeError(f"{lost} texts lost, {run.doubled} doubled, {run.wrong} wrong, {run.refused} refused")

    def _text(self, sender: str, name: str, text: str) -> bytes:
        return telnyx_text(self._key, sender, name, self.target.path, text)


@asynccontextmanager
async def served(home: Path | None = None) -> AsyncIterator[Bench]:
    """A server that has answered everything once, with its files in this folder."""
    seen, loop = Seen(), asyncio.get_running_loop()
    model = await loop.create_server(lambda: Model(seen), "127.0.0.1", 0)
    phone = await loop.create_server(lambda: Phone(seen), "127.0.0.1", 0)
    extra = {"MODEL_BASE_URL": f"http://127.0.0.1:{model.sockets[0].getsockname()[1]}/v1", "UNDERSTANDING": "lite"}
    key, public = make_keys()
    server = textback("sqlite", phone.sockets[0].getsockname()[1], public, bot=BOT, extra=extra, home=home)
    target = await asyncio.to_thread(server.__enter__)
    try:
        bench = Bench(seen, target, key)
        await bench.questions(WARM)
        await bench.keywords(round(OTHERS) * 4)
        yield bench
    finally:
        await asyncio.to_thread(server.__exit__, None, None, None)


async def one_run(bench: Bench, count: int) -> dict[str, float]:
    """Questions alone: our part of their time, what they cost, and the share of it that the host took for others."""
    spent, taken, began = bench.target.cpu(), stolen(), time.monotonic()
    run = await bench.questions(count)
    share = (stolen() - taken) / (time.monotonic() - began) / (os.cpu_count() or 1)
    cpu = (bench.target.cpu() - spent) / count
    return {**_pair("road", ours(run.replies)), "cpu_ms": round(cpu * 1_000, 1), "stolen": round(share, 3)}


def stolen() -> float:
    """Seconds of all cores that the host of this virtual machine has taken for others; 0 where nobody can tell."""
    try:
        first = Path("/proc/stat").read_text().split("\n", 1)[0]
    except OSError:
        return 0.0
    return int(first.split()[8]) / os.sysconf("SC_CLK_TCK")


async def measured(count: int, home: Path | None) -> dict[str, Any]:
    """The others' texts alone, the model's alone, and both, with the server's files in this folder."""
    many = round(count / RATE * OTHERS)
    async with served(home) as bench:
        with tempfile.TemporaryDirectory(prefix="textback-bench-", dir=home) as folder, probed(Path(folder)) as disk:
            alone = await bench.keywords(many)
            bench.seen.most = 0
            runs = [await one_run(bench, count)]
            while len(runs) < MOST_RUNS and sum(run["stolen"] <= PEACE for run in runs) < RUNS:
                runs.append(await one_run(bench, count))
            most = bench.seen.most
            busy, others = await asyncio.gather(bench.questions(count), bench.keywords(many))
    counted = sorted(runs, key=lambda run: run["stolen"])[:RUNS]
    return {
        "texts": count,
        "calls_in_flight": most,
        **{name: statistics.median(run[name] for run in counted) for name in runs[0]},
        "all_road_p99_ms": [run["road_p99_ms"] for run in counted],
        "all_stolen": [run["stolen"] for run in counted],
        **_pair("busy_road", ours(busy.replies)),
        **_pair("others_alone", alone.replies),
        **_pair("others", others.replies),
        **_pair("disk", disk),
        "disk_max_ms": round(percentile(disk, 1.0), 1),
    }


def ours(replies: Sequence[float]) -> list[float]:
    """Our part of the times (s) from text to reply: without the wait for a second text, and without the model."""
    return [took - ASKED for took in replies]


def _pair(name: str, seconds: Sequence[float]) -> dict[str, float]:
    p50, p99 = (round(percentile(seconds, share), 1) for share in (0.5, 0.99))
    return {f"{name}_p50_ms": p50, f"{name}_p99_ms": p99}


def road(where: str, count: int = TEXTS) -> dict[str, Any]:
    """Measure against a server, a model and a provider of its own. Raises NotMeasured without the folder."""
    home = PLACES[where]
    if home is not None and not home.is_dir():
        raise NotMeasured(f"no {home}")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measured(count, home))


def table(results: dict[str, Any]) -> str:
    """The results as a Markdown table, a column for each place."""

    def cells(name: str) -> list[str]:
        return [f"{r[f'{name}_p50_ms']:.1f} / {r[f'{name}_p99_ms']:.1f}" for r in results.values()]

    disk = [f"{cell} / {r['disk_max_ms']:.0f}" for cell, r in zip(cells("disk"), results.values(), strict=True)]

    def each(values: Sequence[float], form: str) -> str:
        return ", ".join(map(form.format, values))

    rows = [
        [f"our part, from text to reply, p50 / p99 ms (median of {RUNS} runs)", *cells("road"), "30 (p99)"],
        ["p99 ms of each run", *(each(r["all_road_p99_ms"], "{:.0f}") for r in results.values()), ""],
        ["taken by the machine's host in each run", *(each(r["all_stolen"], "{:.0%}") for r in results.values()), ""],
        [f"the same beside {OTHERS:.0f} texts/s of others", *cells("busy_road"), ""],
        ["reply of others, without the model's texts, p50 / p99 ms", *cells("others_alone"), ""],
        ["reply of others, with them, p50 / p99 ms", *cells("others"), ""],
        ["to keep 4 KB, without a server, p50 / p99 / max ms", *disk, ""],
        ["CPU of a text and its reply, ms", *(f"{r['cpu_ms']:.1f}" for r in results.values()), ""],
    ]
    r = next(iter(results.values()))
    head = f"{r['calls_in_flight']} calls in flight, {r['texts']} texts"
    return markdown([head, *(NAMES[where] for where in results), "at most"], rows)


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    return [
        f"road, {NAMES[where]}: road_p99_ms is {r['road_p99_ms']}, over {MOST:g}"
        for where, r in results.items()
        if r["road_p99_ms"] > MOST
    ]
