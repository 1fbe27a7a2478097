"""Fetching web pages that strangers may have written: only from the public internet, never much, never for long.

An address is looked up once, every machine it may stand for is checked, and the connection goes to one that was: a name
can't change its meaning in between. Redirects are followed by hand, each checked like the first.
"""

import http.client
import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import msgspec

from textback import __version__

AGENT = f"Textback/{__version__} (knowledge crawler)"
ACCEPT = "text/html,text/plain,application/xml"
LARGEST = 3 * 2**20
"""Bytes of a page, unpacked."""
TIMEOUT, DEADLINE = 10.0, 30.0
"""Seconds without a sign of life, and for the whole page."""
MOST_REDIRECTS = 5
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}


class Refused(Exception):
    """A page that was not fetched, and why, in a few words. `settled`: it is not to be had, today or tomorrow."""

    def __init__(self, why: str, *, settled: bool = False) -> None:
        super().__init__(why)
        self.settled = settled


class Fetched(msgspec.Struct, frozen=True):
    """A page: where it was in the end, its status, its headers in small letters, its bytes."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def public(host: str, port: int) -> str:
    """The address of a host on the public internet. Raises Refused where any of its addresses is not: this server's
    own network is nobody's website."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused("there is no such host") from None
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise Refused("it is not on the public internet")
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether an IP address belongs to the public internet, whatever it is wrapped in."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if address in _NAT64:
            return False
    return address.is_global and not address.is_multicast


class _Plain(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), TIMEOUT)


class _Tls(http.client.HTTPSConnection):
    def __init__(self, host: str, port: int, address: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT, context=self._tls)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIMEOUT)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


class Fetcher:
    """Fetches pages one after the other. `resolve` gives the address to connect to, or raises Refused."""

    def __init__(self, resolve: Callable[[str, int], str] = public) -> None:
        self._resolve = resolve

    def get(self, url: str, headers: Mapping[str, str] = {}) -> Fetched:
        """The page at this address, or at the one that it redirects to. Raises Refused."""
        deadline = time.monotonic() + DEADLINE
        for _ in range(MOST_REDIRECTS + 1):
            found = self._once(url, headers, deadline)
            where = found.headers.get("location", "")
            if found.status not in (301, 302, 303, 307, 308) or not where:
                return found
            url = urljoin(url, where)
        raise Refused("it redirects again and again")

    def _once(self, url: str, headers: Mapping[str, str], deadline: float) -> Fetched:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            raise Refused("it is no web address") from None
        if parts.scheme not in _PORTS or not host or parts.username:
            raise Refused("it is no web address")
        address = self._resolve(host, port)
        kind = _Tls if parts.scheme == "https" else _Plain
        connection = kind(host, port, address)
        try:
            sent = {"User-Agent": AGENT, "Accept": ACCEPT, "Accept-Encoding": "identity"}
            connection.request("GET", _target(parts), headers={**sent, **headers})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            body = _unpacked(_read(answer, deadline), found.get("content-encoding", ""))
            return Fetched(urlunsplit(parts._replace(fragment="")), answer.status, found, body)
        except ssl.SSLError:
            raise Refused("its certificate is not right") from None
        except TimeoutError:
            raise Refused("it takes too long") from None
        except (OSError, http.client.HTTPException, ValueError, UnicodeError):
            raise Refused("it can't be reached") from None
        finally:
            connection.close()


def _target(parts: SplitResult) -> str:
    """What is asked of the server; spaces and control characters can't smuggle a second request into it."""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return "".join(c if "!" <= c <= "~" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in path)


def _read(answer: http.client.HTTPResponse, deadline: float) -> bytes:
    parts = []
    size = 0
    while chunk := answer.read1(65_536):
        size += len(chunk)
        if size > LARGEST:
            raise Refused(f"it is larger than {LARGEST >> 20} MB")
        if time.monotonic() > deadline:
            raise Refused("it takes too long")
        parts.append(chunk)
    return b"".join(parts)


def _unpacked(body: bytes, encoding: str) -> bytes:
    """The page, where the server packed it although nobody asked; never more than LARGEST."""
    if encoding.lower() in ("", "identity"):
        return body
    if encoding.lower() not in ("gzip", "x-gzip", "deflate"):
        raise Refused(f"it is packed with {encoding[:20]}")
    return unpack(body)


def unpack(body: bytes) -> bytes:
    """Bytes packed with gzip or zlib. Raises Refused where they unpack to more than a page may have."""
    worker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        found = worker.decompress(body, LARGEST + 1)
    except zlib.error:
        raise Refused("it is broken") from None
    if len(found) > LARGEST:
        raise Refused(f"it is larger than {LARGEST >> 20} MB")
    return found
