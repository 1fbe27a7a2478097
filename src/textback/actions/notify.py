"""Telling people by the library apprise: Slack, e-mail, Teams and many more, each by one address.

The address is a secret, so nothing that apprise logs or raises is passed on. It is synchronous, and so runs in a
thread.
"""

import asyncio
import logging
from typing import Any

from textback.actions.base import Done, Failed
from textback.core.when import SECOND

INSTALL = "Install it with: pip install 'textback[notify]'."


def load() -> Any | None:
    """apprise, or None where it is not installed. It takes a moment."""
    try:
        import apprise  # noqa: PLC0415 - an extra, and slow
    except ImportError:
        return None
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it names addresses
    return apprise


def refusal(url: str) -> str:
    """What is wrong with an address, in a few words without it; empty where people can be told there."""
    apprise = load()
    if apprise is None:
        return f"apprise is not installed. {INSTALL}"
    try:
        known = apprise.Apprise.instantiate(url) is not None
    except Exception:  # whatever a plugin does with it
        known = False
    return "" if known else "It is no address that apprise knows, such as slack://... or mailto://..."


def _tell(url: str, title: str, body: str) -> Done | Failed:
    apprise = load()
    if apprise is None:
        return Failed("misconfigured", detail=f"apprise is not installed. {INSTALL}")
    told = apprise.Apprise()
    try:
        if not told.add(url):
            return Failed("misconfigured", detail="Its address is none that apprise knows.")
        return Done() if told.notify(title=title, body=body) else Failed("retry", detail="It was not taken.")
    except Exception as error:  # of any plugin; its words may hold the address
        return Failed("retry", detail=type(error).__name__)


async def tell(url: str, title: str, body: str, timeout: int) -> Done | Failed:
    """Tell people once, within so long (ms). Never raises."""
    try:
        async with asyncio.timeout(timeout / SECOND):
            return await asyncio.to_thread(_tell, url, title, body)
    except TimeoutError:
        return Failed("unknown", detail="It took too long.")
