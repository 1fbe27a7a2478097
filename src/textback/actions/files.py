"""Fetching files that strangers may have put there: never from a private network, never much, never for long.

Every step of the way is a request of `fetch`, which checks the host's addresses and connects to one that it checked.
Redirects are followed by hand, so each is checked like the first. What says who we are goes to no host but those that
the provider names as its own, and never on with a redirect to another one.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urljoin, urlsplit

import msgspec

from textback.actions.fetch import MOST_ANSWER, Allowed, FetchError, Request, TooLong, fetch
from textback.core.files import HEAD, FileAsk, kind_of
from textback.core.when import named_wait

MOST_STEPS = 5
"""Requests for one file: its address where it must be asked for, and redirects."""
SLACK = 64 * 1024
"""Bytes that the headers of an answer may have beside the file."""
HERE = (301, 302, 303, 307, 308)
GONE = (404, 410)
SHUT = (401, 403)
LONGEST_PAUSE = 3600.0
_PAGE = re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
_SIGNED = ("x-amz-signature=", "x-goog-signature=")
"""What is in addresses that are signed. Who serves them refuses whoever says in a second way who they are."""

Why = Literal["large", "full", "refused", "expired", "retry", "failed"]


class File(msgspec.Struct, frozen=True):
    """A whole file, and what it is by its first bytes."""

    data: bytes
    kind: str
    digest: str


class NoFile(msgspec.Struct, frozen=True):
    """Why there is none, with a sentence for people that names no address.

    large: it has more bytes than wanted. full: with it a conversation's files would have. refused: it is of no type
    that is kept. expired: its address leads to nothing any more. retry: try again, after `retry_after` seconds at the
    earliest. failed: somebody must mend something.
    """

    why: Why
    detail: str
    size: int | None = None
    retry_after: float | None = None


class _Told(msgspec.Struct):
    """What some providers answer first."""

    url: str
    file_size: int | None = None


_told = msgspec.json.Decoder(_Told)


async def download(ask: FileAsk, seconds: float, allowed: Allowed, most: int) -> File | NoFile:
    """The file that is asked for, of so many bytes at most. Never raises for what a host does. `seconds` are for each
    request."""
    try:
        return await _download(ask, seconds, allowed, most)
    except TooLong as error:
        return NoFile("large", "", error.size)
    except FetchError as error:
        return NoFile("failed" if error.how == "refused" else "retry", error.detail)


async def _download(ask: FileAsk, seconds: float, allowed: Allowed, most: int) -> File | NoFile:
    url, told = ask.url, ask.told
    login = trusted(ask, url)
    sent_off = False
    for _ in range(MOST_STEPS):
        if (wrong := _wrong(url, allowed)) is not None:
            return wrong
        headers = {"User-Agent": "textback", "Accept": "*/*", "Accept-Encoding": "identity", **login}
        answer = await fetch(Request("GET", url, headers), seconds, allowed, MOST_ANSWER if told else most + SLACK)
        where = answer.headers.get("location", "")
        if answer.status in HERE and where:
            before = origin_of(url)
            try:
                url = urljoin(url, where)
            except ValueError:
                return NoFile("failed", "It was sent on to something that is no web address.")
            if origin_of(url) != before:
                login, sent_off = {}, sent_off or bool(login)
        elif answer.status != 200:
            return _refusal(answer.status, answer.headers, known=bool(login), told=told)
        elif told:
            try:
                found = _told.decode(answer.body)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return NoFile("retry", "The provider’s answer names no file.")
            if found.file_size is not None and found.file_size > most:
                return NoFile("large", "", found.file_size)
            url, told = found.url, False
            login = trusted(ask, url)
        else:
            if sent_off and _PAGE.match(answer.body[:HEAD]):
                return NoFile("failed", "The provider showed a page instead: the key may lack a permission.")
            return _file(answer.body, most)
    return NoFile("failed", "It was sent on again and again.")


def _file(data: bytes, most: int) -> File | NoFile:
    if len(data) > most:
        return NoFile("large", "", len(data))
    kind = kind_of(data[:HEAD])
    if not kind:
        return NoFile("refused", "", len(data))
    return File(data, kind, hashlib.sha256(data).hexdigest())


def _refusal(status: int, headers: Mapping[str, str], *, known: bool, told: bool) -> NoFile:
    """What an answer without a file means. `known`: we said who we are; `told`: we asked for its address."""
    if status in GONE or (status == 400 and told):
        return NoFile("expired", "")
    if status in SHUT:
        # A signed address says so when its time is over; a provider that knows us, when our key is not right.
        refused = f"The provider refused our account or key ({status})."
        return NoFile("failed", refused) if known else NoFile("expired", "")
    if status == 429 or status >= 500 or status == 408:
        wait = named_wait(headers.get("retry-after"), LONGEST_PAUSE)
        return NoFile("retry", f"The server answered {status}.", retry_after=wait)
    return NoFile("failed", f"The server answered {status}.")


def origin_of(url: str) -> str:
    """Scheme, host and port, such as https://api.example.com; "" for no web address. A usual port is left out."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("https", "http") or not host:
        return ""
    usual = port is None or port == (443 if parts.scheme == "https" else 80)
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" if usual else f"{parts.scheme}://{name}:{port}"


def trusted(ask: FileAsk, url: str) -> Mapping[str, str]:
    """The headers that say who we are, where this address may read them; else none."""
    origin = origin_of(url)
    if any(mark in url.lower() for mark in _SIGNED):
        return {}
    for one in ask.origins:
        scheme, star, below = one.partition("*")
        if origin and (origin.startswith(scheme) and origin.endswith(below) if star else origin == one):
            return ask.login
    return {}


def _wrong(url: str, allowed: Allowed) -> NoFile | None:
    """Why nothing may be asked of an address, as far as it says so itself."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return NoFile("failed", "Its address is no web address.")
    if not origin_of(url) or parts.username is not None:
        return NoFile("failed", "Its address is no web address.")
    if parts.scheme == "http" and not allowed.names(host):
        why = f"Its address does not begin with https://. {allowed.setting} lists those that need not."
        return NoFile("failed", why)
    return None
