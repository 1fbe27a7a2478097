"""Posting to addresses that programs gave us: one small request and the head of its answer, on kept connections.

Every address of a host must be a public one, and it is the address that was checked which is connected to, as in
`fetch`. Nothing is followed, and of the answer's body no more is read than keeps the connection usable.
"""

import asyncio
import ipaddress
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit

import httptools
import msgspec

from textback.actions.fetch import Allowed, FetchError, look_up
from textback.core.http import Pieces

MOST_HEAD = 64 * 1024
MOST_BODY = 64 * 1024
"""Bytes of an answer that are read; a connection that brings more is closed."""
IDLE = 20.0
"""Seconds that a connection is kept that nothing is sent on."""
KEPT = 8
"""Connections that are kept to one place."""
KEPT_IN_ALL = 512
FINDERS = 16
"""Threads that look for addresses, and as many for doubtful ones: a name server that says nothing must not keep the
program's other threads busy."""

Place = tuple[bool, str, int]
"""With TLS or without, host, port."""


class Head(msgspec.Struct, frozen=True):
    """What was answered: the status, and the headers with lower-case names."""

    status: int
    headers: dict[str, str]


class _Connection(Pieces, asyncio.Protocol):
    """A connection on which one request at a time is under way. `used`: it has brought an answer before."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        super().__init__()
        loop = asyncio.get_running_loop()
        self.head: asyncio.Future[Head] = loop.create_future()
        self.whole: asyncio.Future[bool] = loop.create_future()
        self.used = False
        self.alive = True
        self._parser = httptools.HttpResponseParser(self)
        self._size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a loop of its own makes its own class

    def begin(self, request: bytes) -> None:
        """Send a request; `head` and `whole` are of its answer."""
        loop = asyncio.get_running_loop()
        self.afresh()
        self.head, self.whole, self._size = loop.create_future(), loop.create_future(), 0
        self._parser = httptools.HttpResponseParser(self)
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._size += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail("The answer is not HTTP.")
        if self._size > MOST_HEAD + MOST_BODY or (self._size > MOST_HEAD and not self.head.done()):
            self._fail("The head of the answer is too long.")

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        status = self._parser.get_status_code()
        if not self.interim(status) and not self.head.done():
            self.head.set_result(Head(status, dict(self.headers)))

    def on_body(self, body: bytes) -> None:
        """Nobody reads it."""

    def on_message_complete(self) -> None:
        if self.head.done() and not self.whole.done():
            self.whole.set_result(self._parser.should_keep_alive())

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, _: Exception | None) -> None:
        self.alive = False
        self._fail("The connection broke before the answer.")

    def close(self) -> None:
        """Let go of it."""
        self.alive = False
        self.transport.abort()

    def _fail(self, detail: str) -> None:
        if not self.head.done():
            self.head.set_exception(FetchError("after", detail))
            self.head.exception()  # it may be that nobody waits for it any more
        if not self.whole.done():
            self.whole.set_result(False)
        if self.alive:
            self.close()


class Poster:
    """Posts, and keeps connections for a while."""

    def __init__(self, allowed: Allowed, tls: ssl.SSLContext | None = None) -> None:
        self._allowed = allowed
        self._tls = tls
        self._finders = [ThreadPoolExecutor(FINDERS, thread_name_prefix=f"textback-find-{n}") for n in (0, 1)]
        self._kept: dict[Place, list[tuple[float, _Connection]]] = {}
        self._count = 0
        self._reading: set[asyncio.Task[None]] = set()

    def refusal(self, url: str) -> str:
        """Why nothing can be posted to this address, as far as it says so itself; empty where something can."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
            _request(url, {}, b"")
        except (ValueError, UnicodeError):
            return "That is no web address."
        if parts.scheme not in ("https", "http") or not host or port == 0:
            return "It must be a web address that begins with https://."
        if parts.username is not None or parts.fragment:
            return "It must have no user name and nothing after a #."
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            private = host.lower() in self._allowed.hosts
        else:
            private = self._allowed.lists(host, address)
            if not self._allowed.allows(host, address):
                return f"It is a private address. {self._allowed.setting} lists those that may be used."
        if parts.scheme == "http" and not private:
            return f"It must begin with https://; only what {self._allowed.setting} lists can do without."
        return ""

    async def close(self) -> None:
        """Let go of every connection."""
        for task in self._reading:
            task.cancel()
        for kept in self._kept.values():
            for _, one in kept:
                one.close()
        self._kept.clear()
        for finders in self._finders:
            finders.shutdown(wait=False, cancel_futures=True)

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, seconds: float, *, doubtful: bool = False
    ) -> Head:
        """The head of the answer, whatever its status. Raises FetchError, after so many seconds at the latest. Where it
        is `doubtful` that there will be one, the host is looked for by other threads than the rest."""
        written = False
        connection: _Connection | None = None
        try:
            async with asyncio.timeout(seconds):
                place, request = _request(url, headers, body)
                while True:
                    connection = self._take(place)
                    if connection is None:
                        connection = await self._connect(place, self._finders[doubtful])
                    written = True
                    connection.begin(request)
                    try:
                        head = await connection.head
                    except FetchError:
                        if not connection.used or connection.begun:
                            raise
                        continue  # it was kept, and has been closed at the other end meanwhile
                    break
        except TimeoutError:
            raise FetchError("after" if written else "before", f"No answer in {seconds:g} s.") from None
        except (ValueError, UnicodeError):
            raise FetchError("refused", "The address has a character in it that can't be sent.") from None
        else:
            self._read_on(place, connection)
            connection = None
            return head
        finally:
            if connection is not None:
                connection.close()

    def _read_on(self, place: Place, connection: _Connection) -> None:
        """Keep the connection, once the rest of the answer has come."""
        if connection.whole.done():
            self._keep(place, connection)
            return
        task = asyncio.create_task(self._rest(place, connection))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _rest(self, place: Place, connection: _Connection) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await asyncio.shield(connection.whole)
        self._keep(place, connection)

    def _keep(self, place: Place, connection: _Connection) -> None:
        whole = connection.whole
        kept = self._kept.setdefault(place, [])
        if (
            not (whole.done() and whole.result() and connection.alive)
            or len(kept) >= KEPT
            or self._count >= KEPT_IN_ALL
        ):
            connection.close()
        else:
            connection.used = True
            kept.append((asyncio.get_running_loop().time(), connection))
            self._count += 1
        if not kept:
            del self._kept[place]

    def _take(self, place: Place) -> _Connection | None:
        now = asyncio.get_running_loop().time()
        kept = self._kept.get(place, [])
        found = None
        while kept and found is None:
            since, one = kept.pop()
            self._count -= 1
            if one.alive and now - since < IDLE and not one.transport.is_closing():
                found = one
            else:
                one.close()
        if not kept:
            self._kept.pop(place, None)
        return found

    def tidy(self) -> None:
        """Close connections that nothing was sent on for a while."""
        now = asyncio.get_running_loop().time()
        for place, kept in list(self._kept.items()):
            stay = [(since, one) for since, one in kept if one.alive and now - since < IDLE]
            for since, one in kept:
                if (since, one) not in stay:
                    one.close()
            self._count -= len(kept) - len(stay)
            if stay:
                self._kept[place] = stay
            else:
                del self._kept[place]

    async def _connect(self, place: Place, finders: ThreadPoolExecutor) -> _Connection:
        tls, host, port = place
        addresses = await look_up(host, port, self._allowed, finders)
        if tls and self._tls is None:  # it takes a while to make, so there is one for all
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        loop = asyncio.get_running_loop()
        why = "The host has no address."
        for address in addresses:
            try:
                _, made = await loop.create_connection(
                    _Connection, address, port, ssl=self._tls if tls else None, server_hostname=host if tls else None
                )
                return made
            except ssl.SSLError:
                raise FetchError("refused", "The host's certificate is not right.") from None
            except OSError:
                why = "The host takes no connection."
        raise FetchError("before", why)


def _request(url: str, headers: Mapping[str, str], body: bytes) -> tuple[Place, bytes]:
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    place = tls, parts.hostname or "", parts.port or (443 if tls else 80)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc.rpartition('@')[2]}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Length: {len(body)}")
    if any(char in line for line in lines for char in "\r\n\0") or not target.isascii() or " " in target:
        raise ValueError("a line break or a space where none may be")
    return place, ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body
