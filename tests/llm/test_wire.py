"""The connections to makers of models: kept, counted, and given up when somebody goes away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
import pytest

from textback.llm.wire import CONNECTIONS, MOST_ANSWER, Answer, Place, Redirected, TooLong, Wire, head_of

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ASK = b"POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Says what it is told to, to each request; counts connections."""

    def __init__(self, *says: bytes, end: bool = False, wait: asyncio.Event | None = None) -> None:
        self.says, self._end, self._wait = says, end, wait
        self.opened = self.asked = 0
        self.place: Place = (False, "127.0.0.1", 0)
        self.talks: list[Any] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.talks.append(asyncio.current_task())
        try:
            await self._talk(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await self._request(reader):
            self.asked += 1
            if self._wait is not None:
                await self._wait.wait()
            for part in self.says:
                writer.write(part)
                await asyncio.sleep(0)
            if self._end:
                break

    async def _request(self, reader: asyncio.StreamReader) -> bool:
        try:
            await reader.readuntil(b"\r\n\r\n{}")
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        return True


@asynccontextmanager
async def served(server: Server) -> AsyncIterator[Wire]:
    """The wire to a server."""
    listening = await asyncio.start_server(server, "127.0.0.1", 0)
    server.place = (False, "127.0.0.1", listening.sockets[0].getsockname()[1])
    wire = Wire()
    try:
        yield wire
    finally:
        await wire.aclose()
        listening.close()
        async with asyncio.timeout(5):
            await asyncio.gather(*server.talks)


async def test_a_connection_is_used_again() -> None:
    server = Server(FINE)
    async with served(server) as wire:
        found = [await wire.exchange(server.place, ASK) for _ in range(3)]
    assert found == [Answer(200, {"content-length": "2"}, b"ok")] * 3
    assert (server.opened, server.asked) == (1, 3)


@pytest.mark.parametrize(
    ("says", "end"),
    [
        ((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n", b"1\r\nk\r\n0\r\n\r\n"), False),
        ((b"HTTP/1.1 100 Continue\r\n\r\n", FINE), False),
        ((b"HTTP/1.1 200 OK\r\n\r\no", b"k"), True),
        ((b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",), True),
    ],
)
async def test_however_an_answer_ends_it_is_read(says: tuple[bytes, ...], end: bool) -> None:
    server = Server(*says, end=end)
    async with served(server) as wire:
        for _ in range(2):
            answer = await wire.exchange(server.place, ASK)
            assert (answer.status, answer.body) == (200, b"ok")
            await asyncio.sleep(0.05)
    assert server.opened == (2 if end else 1)


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 2\r\n\r\nok", Redirected),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok", TooLong),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MOST_ANSWER + 1), TooLong),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * (MOST_ANSWER + 1), TooLong),
        (b"220 mail.example.com\r\n", httpx2.ReadError),
    ],
)
async def test_what_is_no_answer_ends_the_connection(says: bytes, error: type[Exception]) -> None:
    server = Server(says)
    async with served(server) as wire:
        for _ in range(2):
            with pytest.raises(error):
                await wire.exchange(server.place, ASK)
    assert server.opened == 2


async def test_an_answer_that_breaks_off_is_an_error() -> None:
    server = Server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", end=True)
    async with served(server) as wire:
        with pytest.raises(httpx2.ReadError):
            await wire.exchange(server.place, ASK)


async def test_where_nobody_listens_there_is_no_connection() -> None:
    wire = Wire()
    with pytest.raises(httpx2.ConnectError):
        await wire.exchange((False, "127.0.0.1", 9), ASK)


async def test_calls_beyond_the_most_wait_and_those_that_go_away_keep_nobody_waiting() -> None:
    go = asyncio.Event()
    server = Server(FINE, wait=go)
    async with served(server) as wire:
        calls = [asyncio.create_task(wire.exchange(server.place, ASK)) for _ in range(CONNECTIONS + 3)]
        while server.asked < CONNECTIONS:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert server.opened == CONNECTIONS
        calls[CONNECTIONS].cancel()  # it waits for a connection
        calls[0].cancel()  # it has one, and the next in line gets its turn
        for _ in range(500):
            if server.asked > CONNECTIONS:
                break
            await asyncio.sleep(0.01)
        assert server.asked == CONNECTIONS + 1
        go.set()
        found = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(one, Answer) for one in found].count(False) == 2


def test_no_line_can_be_added_to_a_head() -> None:
    url = httpx2.URL("http://127.0.0.1/v1")
    assert b"Accept-Encoding: identity" in head_of("POST", url, [("Accept-Encoding", "gzip"), ("X", "y")])
    with pytest.raises(ValueError, match="line break"):
        head_of("POST", url, [("X", "y\r\nEvil: 1")])
