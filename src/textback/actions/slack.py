"""Slack: a line into a channel, by an incoming webhook."""

from typing import Any

from textback.actions.asking import Asker
from textback.actions.base import Order, Wrong

MOST = 4_000


async def ask(asker: Asker, order: Order) -> dict[str, Any]:
    """{ok}. Raises NoResult and Wrong."""
    url, text = order.options["url"], order.needed("text", MOST)
    if not url.startswith(("https://", "http://")):
        raise Wrong("url is not the address of a webhook.")
    # These three are what Slack gives a meaning of its own; a contact's words must not call a whole channel.
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(char, entity)
    await asker.ask("POST", url, json={"text": text})
    return {"ok": True}
