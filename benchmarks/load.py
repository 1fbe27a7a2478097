"""The load: signed Telnyx webhooks out, replies in, in one process of its own so that both share one clock.

Everything that costs time is done before the clock starts: texts are signed, requests are bytes. The fake provider
answers POST /v2/messages on a raw protocol. Counts are exact: each inbound text comes from its own conversation turn
and is matched with its reply by contact, in order.
"""

import asyncio
import base64
import json
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, cast

import uvloop
from nacl.signing import SigningKey

NUMBER = "+12065550100"
EXPECTED = "We are open 9 to 6, Monday to Saturday. Text PRICES for prices."


def make_keys() -> tuple[SigningKey, str]:
    """A signing key and its public half as Telnyx shows it."""
    key = SigningKey.generate()
    return key, base64.b64encode(bytes(key.verify_key)).decode()


def sign(key: SigningKey, count: int, contacts: int, prefix: str, path: str) -> list[tuple[str, bytes]]:
    """`count` whole HTTP requests, each a signed text from one of `contacts` numbers in turn."""
    made = []
    stamp = str(int(time.time())).encode()
    received = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    for n in range(count):
        sender = f"+1206{5_550_000 + n % contacts:07}"
        body = json.dumps(
            {
                "data": {
                    "event_type": "message.received",
                    "id": f"{prefix}-event-{n}",
                    "occurred_at": "2026-01-01T00:00:00.000+00:00",
                    "payload": {
                        "direction": "inbound",
                        "encoding": "GSM-7",
                        "errors": [],
                        "from": {"carrier": "Example", "line_type": "Wireless", "phone_number": sender},
                        "id": f"{prefix}-{n}",
                        "media": [],
                        "messaging_profile_id": "00000000-0000-4000-8000-000000000000",
                        "parts": 1,
                        "received_at": received,
                        "record_type": "message",
                        "text": "hours",
                        "to": [{"carrier": "Telnyx", "phone_number": NUMBER, "status": "webhook_delivered"}],
                        "type": "SMS",
                    },
                    "record_type": "event",
                },
                "meta": {"attempt": 1, "delivered_to": "https://bot.example.com/webhooks/telnyx"},
            }
        ).encode()
        signature = base64.b64encode(key.sign(stamp + b"|" + body).signature)
        head = (
            b"POST " + path.encode() + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"telnyx-signature-ed25519: " + signature + b"\r\ntelnyx-timestamp: " + stamp + b"\r\n"
            b"User-Agent: telnyx-webhooks\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n"
        )
        made.append((sender, head + body))
    return made


class Provider(asyncio.Protocol):
    """A Telnyx that takes every text: raw HTTP/1.1, one response a request."""

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
            body = buffer[end + 4 : stop]
            buffer = buffer[stop:]
            self._answer(body)
        self._buffer = buffer

    def _answer(self, body: bytes) -> None:
        sent = json.loads(body)
        self._run.replied(sent["to"], sent["text"])
        if self._run.provider_delay:
            asyncio.get_running_loop().call_later(self._run.provider_delay, self._accept, sent["to"])
        else:
            self._accept(sent["to"])

    def _accept(self, to: str) -> None:
        if self._transport.is_closing():
            return
        Provider.counter += 1
        answer = (
            b'{"data":{"id":"00000000-0000-4000-8000-%012x","record_type":"message","direction":"outbound","type":"SMS",'
            b'"to":[{"phone_number":"%s","status":"queued","carrier":"","line_type":""}],"text":"","media":[],'
            b'"errors":[],"parts":1}}' % (Provider.counter, to.encode())
        )
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer
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


@dataclass
class Run:
    """What one run saw. Times in seconds."""

    sent: dict[str, deque[float]] = field(default_factory=dict)
    acks: list[float] = field(default_factory=list)
    replies: list[float] = field(default_factory=list)
    last_reply: float = 0.0
    refused: int = 0
    wrong: int = 0
    doubled: int = 0
    provider_delay: float = 0.0

    def replied(self, to: str, text: str) -> None:
        """A reply came in."""
        now = time.perf_counter()
        waiting = self.sent.get(to)
        if text != EXPECTED:
            self.wrong += 1
        if not waiting:
            self.doubled += 1
            return
        self.replies.append(now - waiting.popleft())
        self.last_reply = now


async def connect(port: int, count: int) -> list[Client]:
    """Open keep-alive connections, reconnecting is not done: a closed one counts as refused."""
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Client, "127.0.0.1", port))[1] for _ in range(count)]


async def _one(run: Run, client: Client, sender: str, request: bytes, due: float) -> None:
    run.sent.setdefault(sender, deque()).append(due)
    status = await client.send(request)
    run.acks.append(time.perf_counter() - due)
    if status != 200:
        run.refused += 1


async def flat_out(run: Run, port: int, requests: Sequence[tuple[str, bytes]], connections: int) -> None:
    """As fast as the server acknowledges, on so many connections, until all requests are sent."""
    clients = await connect(port, connections)
    todo = iter(requests)

    async def worker(client: Client) -> None:
        for sender, request in todo:
            await _one(run, client, sender, request, time.perf_counter())

    await asyncio.gather(*[worker(client) for client in clients])


async def paced(run: Run, port: int, requests: Sequence[tuple[str, bytes]], rate: float, connections: int) -> None:
    """At a fixed rate, each on its own time whatever the server does: lateness of the server is counted, not hidden."""
    clients = await connect(port, connections)
    start = time.perf_counter() + 0.05
    tasks = []
    for n, (sender, request) in enumerate(requests):
        due = start + n / rate
        pause = due - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        tasks.append(asyncio.ensure_future(_one(run, clients[n % connections], sender, request, due)))
    await asyncio.gather(*tasks)


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
    port: int
    count: int
    contacts: int
    rate: float  # 0: as fast as possible
    connections: int
    prefix: str
    provider_delay: float  # seconds until the fake provider answers a POST


async def execute(job: Job, holder: "list[Run]") -> dict[str, float]:
    """Do one job and report."""
    run = Run(provider_delay=job.provider_delay)
    holder[:] = [run]
    requests = sign(SigningKey(job.key), job.count, job.contacts, job.prefix, job.path)
    start = time.perf_counter()
    if job.rate:
        await paced(run, job.port, requests, job.rate, job.connections)
    else:
        await flat_out(run, job.port, requests, job.connections)
    await settle(run, job.count, 20)
    elapsed = run.last_reply - start
    return {
        "sent": job.count,
        "replied": len(run.replies),
        "lost": job.count - len(run.replies),
        "doubled": run.doubled,
        "wrong": run.wrong,
        "refused": run.refused,
        "seconds": elapsed,
        "round_trips_per_second": len(run.replies) / elapsed if run.replies else 0.0,
        "ack_p50_ms": percentile(run.acks, 0.5),
        "ack_p99_ms": percentile(run.acks, 0.99),
        "reply_p50_ms": percentile(run.replies, 0.5),
        "reply_p99_ms": percentile(run.replies, 0.99),
    }


def serve_jobs(pipe: "Connection[Any, Any]") -> None:
    """The load process: say the provider's port, then do jobs from the pipe until None comes."""

    async def main() -> None:
        holder: list[Run] = [Run()]

        class Late(Provider):
            def __init__(self) -> None:
                super().__init__(holder[0])

            def _answer(self, body: bytes) -> None:
                self._run = holder[0]
                super()._answer(body)

        loop = asyncio.get_running_loop()
        server = await loop.create_server(Late, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        while True:
            job = await loop.run_in_executor(None, pipe.recv)
            if job is None:
                return
            pipe.send(await execute(job, holder))

    uvloop.run(main())
