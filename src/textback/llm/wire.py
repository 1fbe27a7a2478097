"""The connections to one maker of models: HTTP/1.1, one request at a time on each, and small answers.

The clients of makers come with an HTTP client for everything, which takes several milliseconds of a reply. This one
does what they need: it posts, follows no redirect, takes no packed answer, and reads an answer only so far. Parsing is
httptools', encryption is Python's.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Iterable
from typing import TypeAlias

import httptools
import httpx2
import msgspec
from pydantic_ai.models import create_async_httpx2_client

from textback.core.http import Pieces

CONNECT = 5.0
"""Seconds to connect. The whole call has the time that `models` gives it, and no other limit."""
CONNECTIONS = 64
"""Connections to one place at most; further calls wait for one."""
IDLE = 20.0
"""Seconds that a connection is kept without use."""
MOST_ANSWER = 256 * 1024
"""Bytes of an answer, its head included."""

Place: TypeAlias = tuple[bool, str, int]
"""With TLS or without, host, port."""


class TooLong(httpx2.ReadError):
    """The answer is longer than anything that makes sense, or packed."""


class Redirected(httpx2.ReadError):
    """The address leads to another one, which nobody has checked."""


class Answer(msgspec.Struct):
    """What a maker answered. Header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class _Connection(Pieces, asyncio.Protocol):
    """One connection, one request at a time. Not reusable once `closed`."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False
        self.idle_since = 0.0
        self._transport: asyncio.Transport
        self._parser = httptools.HttpResponseParser(self)
        self._waiting: asyncio.Future[Answer] | None = None
        self._size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a loop of its own makes its own class

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        """Write a request; the future ends with the answer, or with a ReadError."""
        self._waiting = asyncio.get_running_loop().create_future()
        self.afresh()
        self._size = 0
        self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        """Drop the connection."""
        self.closed = True
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._size += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(httpx2.ReadError("the answer is not HTTP"))
        if self._waiting is not None and self._size > MOST_ANSWER:
            self._fail(TooLong("the answer has no end"))

    def eof_received(self) -> bool:
        if self.ends_with_connection:
            self.on_message_complete()
        self.closed = True
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._fail(httpx2.ReadError(f"the connection broke{f' ({type(exc).__name__})' if exc else ''}"))

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if 300 <= self._parser.get_status_code() < 400:
            self._fail(Redirected("the address answers with a redirect"))
        elif self.headers.get("content-encoding", "identity").lower() != "identity":
            self._fail(TooLong("the answer is packed"))

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if self.interim(status):
            return
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            self.close()  # an answer that nobody asked for
            return
        if not self._parser.should_keep_alive():
            self.close()
        if not waiting.done():
            waiting.set_result(Answer(status, self.headers, bytes(self.body)))

    def _fail(self, error: httpx2.ReadError) -> None:
        waiting, self._waiting = self._waiting, None
        if not self.closed:
            self.close()
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)


class _Pool:
    """The connections to one place."""

    def __init__(self, place: Place, tls: ssl.SSLContext) -> None:
        self._place = place
        self._tls = tls if place[0] else None
        self._idle: list[_Connection] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._open = 0

    async def take(self) -> _Connection:
        """A connection, new or kept. Raises ConnectError or ConnectTimeout."""
        loop = asyncio.get_running_loop()
        while self._open >= CONNECTIONS:
            turn: asyncio.Future[None] = loop.create_future()
            self._waiting.append(turn)
            try:
                await turn
            except BaseException:
                if turn.done() and not turn.cancelled():
                    self._next()  # it was our turn, and we are gone
                raise
        self._open += 1
        oldest = loop.time() - IDLE
        while self._idle:
            kept = self._idle.pop()
            if not kept.closed and kept.idle_since > oldest:
                return kept
            if not kept.closed:
                kept.close()
        try:
            return await self._connect(loop)
        except BaseException:
            self._leave()
            raise

    async def _connect(self, loop: asyncio.AbstractEventLoop) -> _Connection:
        _, host, port = self._place
        try:
            async with asyncio.timeout(CONNECT):
                name = host if self._tls else None
                _, made = await loop.create_connection(_Connection, host, port, ssl=self._tls, server_hostname=name)
        except TimeoutError:
            raise httpx2.ConnectTimeout("no connection in time") from None
        except (OSError, UnicodeError) as error:  # names that can't be looked up, certificates that don't match
            raise httpx2.ConnectError(type(error).__name__) from None
        return made

    def give_back(self, connection: _Connection) -> None:
        """It may be used again, unless it was closed."""
        if not connection.closed:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        self._leave()

    def close(self) -> None:
        """Drop what is kept."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()

    def _leave(self) -> None:
        self._open -= 1
        self._next()

    def _next(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


class Wire(httpx2.AsyncBaseTransport):
    """Connections that are kept, for makers' clients and for whoever has the bytes of a request already."""

    def __init__(self) -> None:
        self._tls = httpx2.create_ssl_context()
        self._pools: dict[Place, _Pool] = {}

    async def exchange(self, place: Place, request: bytes) -> Answer:
        """Send a request; gives the answer, whatever its status. Raises an error of httpx2."""
        pool = self._pools.get(place)
        if pool is None:
            pool = self._pools[place] = _Pool(place, self._tls)
        connection = await pool.take()
        try:
            return await connection.ask(request)
        except BaseException:
            connection.close()
            raise
        finally:
            pool.give_back(connection)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        head = head_of(request.method, request.url, request.headers.multi_items())
        answer = await self.exchange(place_of(request.url), head + b"\r\n\r\n" + await request.aread())
        return httpx2.Response(answer.status, headers=answer.headers, content=answer.body)

    async def aclose(self) -> None:
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()


class Http:
    """The connections to one maker: `wire`, and `client` for who knows only those of httpx2."""

    def __init__(self) -> None:
        self.wire = Wire()
        timeout = httpx2.Timeout(600.0, connect=CONNECT, pool=600.0)  # `models` ends a call long before
        self.client = create_async_httpx2_client(timeout=timeout, transport=self.wire)

    async def aclose(self) -> None:
        """Close them."""
        await self.client.aclose()


def place_of(url: httpx2.URL) -> Place:
    """Where this address leads to."""
    tls = url.scheme == "https"
    return tls, url.host, url.port or (443 if tls else 80)


def head_of(method: str, url: httpx2.URL, headers: Iterable[tuple[str, str]]) -> bytes:
    """The head of a request, without the empty line at its end. Asks for an answer that is not packed. Raises
    ValueError for what can't be in a head."""
    given = [(name, value) for name, value in headers if name.lower() not in ("host", "accept-encoding")]
    host = url.netloc.decode("ascii")
    lines = [f"{method} {url.raw_path.decode('ascii')} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity"]
    lines += [f"{name}: {value}" for name, value in given]
    if any(char in line for line in lines for char in "\r\n\0"):
        raise ValueError("a line break where none may be")
    return "\r\n".join(lines).encode("latin-1")
