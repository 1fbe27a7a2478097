"""Posting to a provider: an HTTP/1.1 client that does one thing, on the path of every text.

It keeps connections, posts a body (or gets a page of a list), reads a small answer and says exactly how far a failed
request got, because only one that never left this machine may be tried again. Parsing is httptools', encryption is
Python's.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import urlsplit

import httptools
import msgspec

from textback.core.http import Pieces

CONNECT = 5.0
TOTAL = 15.0
"""Seconds to connect, and for a whole request."""
IDLE = 20.0
"""Seconds that a connection is kept without use. Providers keep theirs longer, so one is rarely used as it ends."""
MOST = 1024
"""Connections to one provider at most; further posts wait for one. More than one line may have under way, so that a
line that hangs leaves some to another line of the same provider."""
MOST_ANSWER = 1024 * 1024
Method = Literal["POST", "PATCH", "GET", "OPTIONS"]
"""What a request may be: the first two have a body."""


class Unreachable(Exception):
    """No connection: nothing was sent."""


class Broken(Exception):
    """The connection broke, or the answer made no sense, after the request was written: it may have been obeyed."""


class TooSlow(Exception):
    """No answer in time, after the request was written: it may have been obeyed."""


class Answer(msgspec.Struct):
    """What a provider answered. Header names are lower case."""

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
        """Write a request; the future ends with the answer, or with Broken."""
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
            self._fail("the answer is not HTTP")
        if self._waiting is not None and self._size > MOST_ANSWER:  # headers without end count too
            self._fail("the answer has no end")

    def eof_received(self) -> bool:
        if self.ends_with_connection:
            self.on_message_complete()
        self.closed = True
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._fail(f"the connection broke{f' ({type(exc).__name__})' if exc else ''}")

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

    def _fail(self, what: str) -> None:
        waiting, self._waiting = self._waiting, None
        if not self.closed:
            self.close()
        if waiting is not None and not waiting.done():
            waiting.set_exception(Broken(what))


class Target:
    """One address to post to or to get, with headers that stay the same. Raises ValueError for what can't be in a
    request."""

    def __init__(self, url: str, headers: Mapping[str, str], method: Method = "POST") -> None:
        parts = urlsplit(url)
        self.tls = parts.scheme == "https"
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if self.tls else 80)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "User-Agent: textback/0.1", "Accept: application/json"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if any(char in line for line in lines for char in "\r\n\0") or not path.isascii() or " " in path:
            raise ValueError("a line break or a space where none may be")
        self._head = "\r\n".join(lines).encode("latin-1")

    def request(self, body: bytes) -> bytes:
        """The whole request that posts this."""
        return b"%b\r\nContent-Length: %d\r\n\r\n%b" % (self._head, len(body), body)

    def question(self) -> bytes:
        """The whole request that gets."""
        return self._head + b"\r\n\r\n"


class _Pool:
    """The connections to one host."""

    def __init__(self, target: Target, tls: ssl.SSLContext | None) -> None:
        self._target = target
        self._tls = tls
        self._idle: list[_Connection] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._open = 0

    async def take(self) -> _Connection:
        """A connection, new or kept. Raises Unreachable."""
        loop = asyncio.get_running_loop()
        while self._open >= MOST:
            turn: asyncio.Future[None] = loop.create_future()
            self._waiting.append(turn)
            await turn
        self._open += 1
        oldest = loop.time() - IDLE
        while self._idle:
            kept = self._idle.pop()
            if not kept.closed and kept.idle_since > oldest:
                return kept
            if not kept.closed:
                kept.close()
        target = self._target
        try:
            async with asyncio.timeout(CONNECT):
                _, made = await loop.create_connection(
                    _Connection,
                    target.host,
                    target.port,
                    ssl=self._tls,
                    server_hostname=target.host if self._tls else None,
                )
        except TimeoutError:
            self._leave()
            raise Unreachable("no connection in time") from None
        except (OSError, UnicodeError) as error:  # names that can't be looked up, certificates that don't match
            self._leave()
            raise Unreachable(type(error).__name__) from None
        except BaseException:
            self._leave()
            raise
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
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


class Session:
    """Posts to providers over connections that are kept. Close it when the process stops."""

    def __init__(self, *, total: float = TOTAL) -> None:
        self._total = total
        self._tls: ssl.SSLContext | None = None
        self._pools: dict[tuple[str, int, bool], _Pool] = {}

    async def __aenter__(self) -> "Session":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def post(self, target: Target, body: bytes, ours: Callable[[], bool] | None = None) -> Answer:
        """Post and return the answer, whatever its status. Raises Unreachable, Broken or TooSlow.

        Connecting takes time; when `ours` says no after it, nothing is written: Unreachable.
        """
        return await self._exchange(target, target.request(body), ours)

    async def get(self, target: Target) -> Answer:
        """Get and return the answer, whatever its status. Raises as `post` does; asking again does no harm."""
        return await self._exchange(target, target.question(), None)

    async def _exchange(self, target: Target, request: bytes, ours: Callable[[], bool] | None) -> Answer:
        pool = self._pool(target)
        connection = await pool.take()
        if ours is not None and not ours():
            pool.give_back(connection)
            raise Unreachable("the time to send it was over")
        waiting = connection.ask(request)
        timer = asyncio.get_running_loop().call_later(self._total, _give_up, waiting)
        try:
            return await waiting
        except BaseException:
            connection.close()
            raise
        finally:
            timer.cancel()
            pool.give_back(connection)

    def _pool(self, target: Target) -> _Pool:
        key = (target.host, target.port, target.tls)
        pool = self._pools.get(key)
        if pool is None:
            if target.tls and self._tls is None:
                self._tls = ssl.create_default_context()
            pool = self._pools[key] = _Pool(target, self._tls if target.tls else None)
        return pool

    async def close(self) -> None:
        """Drop every connection."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()


def _give_up(waiting: asyncio.Future[Answer]) -> None:
    if not waiting.done():
        waiting.set_exception(TooSlow("no answer in time"))
