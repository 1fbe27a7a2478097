"""The load: signed webhooks out, replies in, in one process of its own so that both share one clock.

The fake provider answers on a raw protocol: Telnyx's POST /v2/messages, and for the Express example an AI's answer and
a send. Counts are exact: each inbound text comes from its own conversation turn and is matched with its reply by
contact, in order. For a run flat out all texts are signed before the clock starts; for a long run at a fixed rate each
is signed when it is due, or its signature would be too old.
"""

import asyncio
import json
import time
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, cast

import uvloop
from nacl.signing import SigningKey

from benchmarks.texts import Crowd, Scheme, api_text, express_text, secret_of, telnyx_text

EXPECTED = "We are open 9 to 6, Monday to Saturday. Text PRICES for prices."
AHEAD = 50_000
"""How many texts are signed before the clock starts; a longer run signs as it goes."""


def texts(job: "Job") -> Iterator[tuple[str, bytes]]:
    """Each text's sender and request, signed when it is asked for."""
    key, secret = SigningKey(job.key), secret_of(job.key).encode()
    for n, sender in enumerate(job.crowd.numbers(job.count)):
        name = f"{job.prefix}-{n}"
        if job.scheme == "express":
            yield sender, express_text(secret, sender, name, job.path)
        elif job.scheme == "api":
            yield sender, api_text(job.token, sender, name, job.path, EXPECTED)
        else:
            yield sender, telnyx_text(key, sender, name, job.path)


AI_ANSWER = json.dumps({"data": {"reply": EXPECTED, "confidence": 0.9}}).encode()


class Provider(asyncio.Protocol):
    """A provider that takes every text, and an AI that has one answer: raw HTTP/1.1, one response a request."""

    counter = 0

    def __init__(self, run: "Run") -> None:
        self._run = run
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by name

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data
        while True:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                break
            at = buffer[:end].lower().find(b"content-length:")
            length = int(buffer[at + 15 : buffer.find(b"\r\n", at, end + 2)]) if at >= 0 else 0
            stop = end + 4 + length
            if len(buffer) < stop:
                break
            path = buffer[5 : buffer.find(b" ", 5)]
            body = buffer[end + 4 : stop]
            buffer = buffer[stop:]
            self._take(path, body)
        self._buffer = buffer

    def _take(self, path: bytes, body: bytes) -> None:
        if path == b"/ai/reply":
            answer = AI_ANSWER
        else:
            sent = json.loads(body)
            self._run.replied(sent["to"], sent["text"] if path == b"/v2/messages" else sent["body"])
            answer = self._accepted(sent["to"])
        if self._run.provider_delay:
            asyncio.get_running_loop().call_later(self._run.provider_delay, self._answer, answer)
        else:
            self._answer(answer)

    def _accepted(self, to: str) -> bytes:
        Provider.counter += 1
        return (
            b'{"data":{"id":"00000000-0000-4000-8000-%012x","record_type":"message","direction":"outbound","type":"SMS",'
            b'"to":[{"phone_number":"%s","status":"queued","carrier":"","line_type":""}],"text":"","media":[],'
            b'"errors":[],"parts":1}}' % (Provider.counter, to.encode())
        )

    def _answer(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
                + answer
            )


class Client(asyncio.Protocol):
    """One keep-alive connection to the server under test."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[int]] = deque()
        self._buffer = b""
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by name

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(0)
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data
        while self._waiting:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                break
            head = buffer[:end].lower()
            at = head.find(b"content-length:")
            line = head.find(b"\r\n", at)
            length = int(head[at + 15 : line if line >= 0 else end]) if at >= 0 else 0
            if len(buffer) < end + 4 + length:
                break
            status = int(buffer[9:12])
            buffer = buffer[end + 4 + length :]
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(status)
        self._buffer = buffer

    def send(self, request: bytes) -> asyncio.Future[int]:
        waiter: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if self.closed:
            waiter.set_result(0)
            return waiter
        self._waiting.append(waiter)
        self._transport.write(request)
        return waiter

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


@dataclass
class Run:
    """What one run saw. Times in seconds."""

    sent: dict[str, deque[float]] = field(default_factory=dict)
    acks: "array[float]" = field(default_factory=lambda: array("d"))
    replies: "array[float]" = field(default_factory=lambda: array("d"))
    replied_at: "array[float]" = field(default_factory=lambda: array("d"))
    refused: int = 0
    wrong: int = 0
    doubled: int = 0
    provider_delay: float = 0.0
    expected: str = EXPECTED

    def goes(self, to: str, due: float) -> None:
        """A text is sent, or was due to be."""
        self.sent.setdefault(to, deque()).append(due)

    def acknowledged(self, due: float, status: int) -> None:
        """A text had its HTTP answer; 0 is a connection that broke."""
        self.acks.append(time.perf_counter() - due)
        if not 200 <= status < 300:
            self.refused += 1

    def replied(self, to: str, text: str) -> None:
        """A reply came in."""
        now = time.perf_counter()
        waiting = self.sent.get(to)
        if text != self.expected:
            self.wrong += 1
        if not waiting:
            self.doubled += 1
            return
        self.replies.append(now - waiting.popleft())
        self.replied_at.append(now)

    def windows(self, start: float, seconds: float) -> list[dict[str, float]]:
        """Latency of the replies of each stretch of so many seconds; what is left at the end counts to the last."""
        found: list[list[float]] = []
        for at, took in zip(self.replied_at, self.replies, strict=True):
            place = int((at - start) / seconds)
            while len(found) <= place:
                found.append([])
            found[place].append(took)
        if len(found) > 1 and len(found[-1]) < len(found[-2]) / 2:
            found[-2] += found.pop()
        return [
            {
                "replies": len(each),
                "p50_ms": percentile(each, 0.5),
                "p99_ms": percentile(each, 0.99),
                "max_ms": max(each, default=0.0) * 1000,
            }
            for each in found
        ]


async def connect(ports: Sequence[int], count: int) -> list[Client]:
    """Open keep-alive connections, spread over the ports. Reconnecting is not done: a closed one counts as refused."""
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Client, "127.0.0.1", ports[n % len(ports)]))[1] for n in range(count)]


async def flat_out(run: Run, clients: Sequence[Client], requests: Iterable[tuple[str, bytes]]) -> None:
    """As fast as the server acknowledges, on all connections, until all requests are sent."""
    todo = iter(requests)

    async def worker(client: Client) -> None:
        for sender, request in todo:
            due = time.perf_counter()
            run.goes(sender, due)
            run.acknowledged(due, await client.send(request))

    await asyncio.gather(*[worker(client) for client in clients])


async def paced(run: Run, clients: Sequence[Client], requests: Iterable[tuple[str, bytes]], rate: float) -> None:
    """At a fixed rate, each on its own time whatever the server does: lateness of the server is counted, not hidden."""
    start = time.perf_counter() + 0.05
    open_ = 0
    over = asyncio.Event()

    def answered(due: float, waiter: "asyncio.Future[int]") -> None:
        nonlocal open_
        run.acknowledged(due, waiter.result())
        open_ -= 1
        over.set()

    for n, (sender, request) in enumerate(requests):
        due = start + n / rate
        pause = due - time.perf_counter()
        if pause > 0 or n % 16 == 0:  # also when late: answers must be read meanwhile
            await asyncio.sleep(max(pause, 0))
        run.goes(sender, due)
        open_ += 1
        clients[n % len(clients)].send(request).add_done_callback(partial(answered, due))
    while open_:
        over.clear()
        await over.wait()


async def settle(run: Run, expected: int, seconds: float) -> None:
    """Wait until every text has its reply, or no more come."""
    end = time.perf_counter() + seconds
    while len(run.replies) < expected and time.perf_counter() < end:
        await asyncio.sleep(0.02)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share lies, in ms; 0 when there are none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


@dataclass
class Job:
    """What the load process is asked to do, and what with."""

    key: bytes
    path: str
    ports: list[int]
    count: int
    rate: float  # 0: as fast as possible
    connections: int
    prefix: str
    provider_delay: float = 0.0  # seconds until the fake provider answers a POST
    crowd: Crowd = field(default_factory=Crowd)
    scheme: Scheme = "telnyx"
    token: str = ""  # the API key of the scheme api
    replies: bool = True  # False: the server only acknowledges
    window: float = 0.0  # seconds of each stretch that is reported by itself; 0: none is


async def execute(job: Job, holder: "list[Run]") -> dict[str, Any]:
    """Do one job and report."""
    run = Run(provider_delay=job.provider_delay)
    holder[:] = [run]
    requests: Iterable[tuple[str, bytes]] = texts(job)
    if job.count <= AHEAD or not job.rate:
        requests = list(requests)
    clients = await connect(job.ports, job.connections)
    start, cpu = time.perf_counter(), time.process_time()
    if job.rate:
        await paced(run, clients, requests, job.rate)
    else:
        await flat_out(run, clients, requests)
    end = accepted = time.perf_counter()
    if job.replies:
        await settle(run, job.count, 20)
        end = run.replied_at[-1] if run.replied_at else end
    for client in clients:
        client.close()
    done = len(run.replies) if job.replies else len(run.acks) - run.refused
    return {
        "sent": job.count,
        "lost": job.count - done,
        "doubled": run.doubled,
        "wrong": run.wrong,
        "refused": run.refused,
        "seconds": end - start,
        "accepted_per_second": (len(run.acks) - run.refused) / (accepted - start),
        "round_trips_per_second": done / (end - start),
        "load_cpu_ms_per_message": (time.process_time() - cpu) * 1000 / job.count,
        "ack_p50_ms": percentile(run.acks, 0.5),
        "ack_p99_ms": percentile(run.acks, 0.99),
        "reply_p50_ms": percentile(run.replies, 0.5),
        "reply_p99_ms": percentile(run.replies, 0.99),
        "reply_max_ms": max(run.replies, default=0.0) * 1000,
        "windows": run.windows(start, job.window) if job.window else [],
    }


def serve_jobs(pipe: "Connection[Any, Any]") -> None:
    """The load process: say the provider's port, then do jobs from the pipe until None comes."""

    async def main() -> None:
        holder: list[Run] = [Run()]

        class Late(Provider):
            def __init__(self) -> None:
                super().__init__(holder[0])

            def _take(self, path: bytes, body: bytes) -> None:
                self._run = holder[0]
                super()._take(path, body)

        loop = asyncio.get_running_loop()
        server = await loop.create_server(Late, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        while True:
            job = await loop.run_in_executor(None, pipe.recv)
            if job is None:
                return
            pipe.send(await execute(job, holder))

    uvloop.run(main())
