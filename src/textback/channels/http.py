"""The one HTTP session that all providers of a process share, and what its failures mean."""

from typing import TypeAlias

import aiohttp

from textback.channels.base import Failure

Session: TypeAlias = aiohttp.ClientSession
"""What providers send with, as the rest of the program names it."""

CONNECT = 5.0
TOTAL = 15.0
"""Seconds to connect, and for a whole request."""


def open_session() -> aiohttp.ClientSession:
    """A keep-alive session without cookies. Close it when the process stops."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=256, limit_per_host=128, ttl_dns_cache=60, keepalive_timeout=60),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=TOTAL, sock_connect=CONNECT),
        auto_decompress=True,
        headers={"User-Agent": "textback/0.1"},
    )


def failure_of(error: Exception) -> Failure:
    """What a failed request means. Only one that never left this machine may be tried again: a request that was
    written may have been obeyed, whatever became of the answer."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            return Failure("retry", detail="The provider could not be reached in time.")
        case aiohttp.ClientConnectorError():
            return Failure("retry", detail="The provider could not be reached.")
        case TimeoutError():
            return Failure("unknown", detail="The provider did not answer in time.")
        case _:
            return Failure("unknown", detail=f"The connection broke: {type(error).__name__}.")


def seconds(text: str | None) -> float | None:
    """A waiting time that a provider named in a header, in seconds; None when it named none that makes sense."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return min(value, 3600.0) if 0 <= value < float("inf") else None
