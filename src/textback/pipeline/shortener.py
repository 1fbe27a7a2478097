"""What is done to a text between its turn and the gate: links become short, and one of too many parts stops."""

from typing import Any

import msgspec

from textback.core.ids import new_id
from textback.core.text import MOST_PARTS, segments
from textback.core.when import DAY
from textback.engine.bot import Bot
from textback.engine.effects import Send
from textback.pipeline.wording import leads_to
from textback.store.short_links import new_token

PATH = "/l/"
NAMED = "template."
"""What the source of a named message that a program sends begins with."""
RULE = "E3"
"""The rule by which a text of too many parts is refused."""
LINK_DAYS = 90


class Shortener:
    """Where short links stand, how long they last, and how many parts a text may have. Without a `base` links stay as
    their authors wrote them."""

    def __init__(self, base: str = "", days: int = LINK_DAYS, most_parts: int = MOST_PARTS) -> None:
        self.base = base.rstrip("/")
        self.days = days
        self.most_parts = most_parts
        self.surely = most_parts * 33
        """Characters that fit whatever they are: a part holds at least 33 of two units each."""

    def shortened(self, send: Send, bot: Bot, key: dict[str, Any], now: int) -> tuple[Send, list[dict[str, Any]]]:
        """The text with short links in the place of its addresses, and the links to keep. `key` has the bucket, the
        workspace and the contact_id. An address that links may not lead to stays as it is (E4)."""
        rows: list[dict[str, Any]] = []
        if not self.base:
            return send, rows
        id_ = send.message_id or new_id()
        pieces = [send.text]
        for target in sorted(send.links, key=len, reverse=True):  # one may be the beginning of another
            if not leads_to(bot, target):
                continue
            token = new_token(key["bucket"])
            placed = _replaced(pieces, target, f"{self.base}{PATH}{token}")
            if placed is not None:
                pieces = placed
                expires_at = now + self.days * DAY
                row = {"token": token, "message_id": id_, "target": target, "created_at": now, "expires_at": expires_at}
                rows.append({**{name: key[name] for name in ("bucket", "workspace", "contact_id")}, **row})
        return msgspec.structs.replace(send, text="".join(pieces), message_id=id_), rows

    def overflows(self, send: Send) -> int:
        """How many parts a text takes, if that is too many; else 0 (E3).

        What people and programs write in their own words is limited where they write it.
        """
        if len(send.text) <= self.surely or not (send.author == "bot" or send.source.startswith(NAMED)):
            return 0
        count = segments(send.text).count
        return count if count > self.most_parts else 0


def _replaced(pieces: list[str], target: str, link: str) -> list[str] | None:
    """The pieces with the link in the place of its target; None where it is in none. Links are pieces of their own, so
    that no other target is looked for in them."""
    found: list[str] = []
    for place, piece in enumerate(pieces):
        parts = piece.split(target) if place % 2 == 0 else [piece]
        for n, part in enumerate(parts):
            found += [link, part] if n else [part]
    return found if len(found) > len(pieces) else None


def too_long(parts: int) -> str:
    """Why it was not sent."""
    return f"It would have taken {parts} parts. Make it shorter."
