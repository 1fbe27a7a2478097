"""One request to an address that an author wrote: on a connection of its own, to a host that was looked up once.

What the bot's author may reach is the internet, not the network that the server stands in: every address of a host must
be a public one, and it is the address that was checked which is connected to. Redirects are not followed.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from concurrent.futures import Executor
from functools import partial
from typing import Literal
from urllib.parse import urlsplit

import httptools
import msgspec

from textback.core.http import Pieces

MOST_ANSWER = 256 * 1024
"""Bytes of an answer, its headers included."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class FetchError(Exception):
    """No answer. `how`: "before" the request was written, "after", or "refused": it must not be asked at all."""

    def __init__(self, how: Literal["before", "after", "refused"], detail: str) -> None:
        super().__init__(detail)
        self.how = how
        self.detail = detail


class TooLong(FetchError):
    """The answer is longer than was wanted. `size` is how long it says it is; None where it does not say."""

    def __init__(self, detail: str, size: int | None = None) -> None:
        super().__init__("after", detail)
        self.size = size


class Request(msgspec.Struct, frozen=True):
    """What is asked. `headers` have all but Host and the length."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""


class Answer(msgspec.Struct, frozen=True):
    """What was answered. Header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Allowed:
    """Hosts and networks that may be asked although they are private: those that the `setting` lists. Raises ValueError
    for what is neither."""

    def __init__(self, names: Iterable[str] = (), setting: str = "ACTIONS_PRIVATE") -> None:
        self.setting = setting
        self.hosts: set[str] = set()
        self.networks: list[Network] = []
        for name in names:
            if name[:1].isdigit() or ":" in name:
                self.networks.append(ipaddress.ip_network(name))
            elif name and all(char.isalnum() or char in ".-" for char in name):
                self.hosts.add(name.lower())
            else:
                raise ValueError(name)

    def lists(self, host: str, address: Address) -> bool:
        """Whether the host or the address is listed."""
        either = (address, _real(address))
        return host.lower() in self.hosts or any(one in network for one in either for network in self.networks)

    def names(self, host: str) -> bool:
        """Whether the host is listed, by its name or as an address."""
        try:
            return self.lists(host, ipaddress.ip_address(host))
        except ValueError:
            return host.lower() in self.hosts

    def allows(self, host: str, address: Address) -> bool:
        """Whether this address of this host may be asked."""
        if self.lists(host, address):
            return True
        real = _real(address)
        return real.is_global and not real.is_multicast and not real.is_reserved


def _real(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


class _Exchange(Pieces, asyncio.Protocol):
    """One request and its answer, of so many bytes at most, its headers included."""

    def __init__(self, most: int = MOST_ANSWER) -> None:
        super().__init__()
        self._most = most
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._size = 0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a loop of its own makes its own class

    def data_received(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._most:
            self._too_long()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail("The answer is not HTTP.")

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        length = self.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:18]) > self._most:
            self._too_long()

    def eof_received(self) -> bool:
        if self.ends_with_connection:
            self.on_message_complete()
        return False

    def connection_lost(self, _: Exception | None) -> None:
        self._fail("The connection broke before the answer was complete.")

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if not self.interim(status) and not self.answer.done():
            self.answer.set_result(Answer(status, self.headers, bytes(self.body)))

    def _fail(self, detail: str) -> None:
        if not self.answer.done():
            self.answer.set_exception(FetchError("after", detail))

    def _too_long(self) -> None:
        if not self.answer.done():
            length = self.headers.get("content-length", "")
            size = int(length[:18]) if length.isascii() and length.isdigit() else None
            self.answer.set_exception(TooLong(f"The answer is longer than {self._most // 1024} KB.", size))
        self.transport.abort()


async def fetch(request: Request, seconds: float, allowed: Allowed, most: int = MOST_ANSWER) -> Answer:
    """The answer to a request, whatever its status, of so many bytes at most. Raises FetchError."""
    written = False
    try:
        async with asyncio.timeout(seconds):
            parts = urlsplit(request.url)
            host, tls = parts.hostname or "", parts.scheme == "https"
            port = parts.port or (443 if tls else 80)
            head = _head(request, parts.netloc.rpartition("@")[2], parts.path or "/", parts.query)
            exchange = await _connect(await look_up(host, port, allowed), port, host if tls else None, most)
            try:
                written = True
                exchange.transport.write(head + request.body)
                return await exchange.answer
            finally:
                exchange.answer.cancel()
                exchange.transport.abort()
    except TimeoutError:
        raise FetchError("after" if written else "before", f"No answer in {seconds:g} s.") from None
    except (ValueError, UnicodeError):
        raise FetchError("refused", "The address or a header has a character in it that can't be sent.") from None


def _head(request: Request, host: str, path: str, query: str) -> bytes:
    target = f"{path}?{query}" if query else path
    lines = [f"{request.method} {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    if request.body or request.method not in ("GET", "DELETE"):
        lines.append(f"Content-Length: {len(request.body)}")
    if any(char in line for line in lines for char in "\r\n\0") or not target.isascii() or " " in target:
        raise ValueError("a line break or a space where none may be")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def look_up(host: str, port: int, allowed: Allowed, finders: Executor | None = None) -> list[str]:
    """The host's addresses, all of which may be asked. `finders` are threads that look for them."""
    loop = asyncio.get_running_loop()
    try:
        find = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await loop.run_in_executor(finders, find)
    except OSError:
        raise FetchError("before", "The host's address can't be found.") from None
    addresses = list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))
    if not all(allowed.allows(host, ipaddress.ip_address(address)) for address in addresses):
        raise FetchError(
            "refused", f"The host has a private address. {allowed.setting} lists those that may be called."
        )
    return addresses


async def _connect(addresses: list[str], port: int, name: str | None, most: int) -> _Exchange:
    """A connection to the first of these addresses that takes one; `name` is what its certificate must be for."""
    loop = asyncio.get_running_loop()
    tls = ssl.create_default_context() if name is not None else None
    why = "The host has no address."
    for address in addresses:
        try:
            begin = partial(_Exchange, most)
            _, made = await loop.create_connection(begin, address, port, ssl=tls, server_hostname=name)
            return made
        except ssl.SSLError:
            raise FetchError("refused", "The host's certificate is not right.") from None
        except OSError:
            why = "The host takes no connection."
    raise FetchError("before", why)
