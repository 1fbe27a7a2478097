"""A conversation with a past: episodes of texts that are written straight into the tables, as turns would have."""

import json
from typing import Any

from sqlalchemy import insert

from textback.core.ids import bucket_of
from textback.core.when import DAY, MINUTE
from textback.store.db import Tx
from textback.store.tables import messages, turns

WORKSPACE = "default"


def id_at(at: int, place: int = 0) -> str:
    """An id as one of that time (ms) would be."""
    return f"{at:011x}{place:05x}00000000"


def message(contact: str, at: int, text: str, *, side: str = "in", **more: Any) -> dict[str, Any]:
    """A row of a text; `side` is in, bot or person."""
    out = side != "in"
    return {
        "bucket": bucket_of(contact), "contact_id": contact, "id": id_at(at), "workspace": WORKSPACE,
        "line": "simulator", "channel": "sms", "direction": "out" if out else "in",
        "author": side if out else "contact", "author_id": "u-tom" if side == "person" else "",
        "author_name": "Tom Alvarez" if side == "person" else "", "message_class": "conversational", "text": text,
        "media": "[]", "segments": 1, "status": "delivered" if out else "received", "rule": "", "code": "",
        "detail": "", "provider_id": None, "source": "", "arrival_id": id_at(at), "at": at, **more,
    }  # fmt: skip


def turn(contact: str, at: int, *events: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A row of a turn with these events."""
    said = [{"kind": kind, "data": data} for kind, data in events]
    return {
        "bucket": bucket_of(contact), "contact_id": contact, "id": id_at(at), "workspace": WORKSPACE, "at": at,
        "events": json.dumps(said, separators=(",", ":")), "trace": "",
    }  # fmt: skip


def remember(tx: Tx, contact: str, begin: int, episodes: int, each: int, flow: str = "book_repair") -> list[str]:
    """Episodes, one a day from `begin` (ms) on, each of so many texts, theirs and the bot's in turn, with a flow that
    is completed. Returns the texts, oldest first."""
    texts, happened = [], []
    for number in range(episodes):
        start = begin + number * DAY
        for place in range(each):
            side = "bot" if place % 2 else "in"
            texts.append(message(contact, start + place * MINUTE, f"episode {number} text {place}", side=side))
        happened.append(
            turn(
                contact,
                start,
                ("episode_started", {"number": number + 1}),
                ("session_started", {"flow": flow, "version": 1}),
            )
        )
        ended = {"flow": flow, "outcome": "completed"}
        happened.append(turn(contact, start + (each - 1) * MINUTE + 1, ("session_ended", ended)))
    tx.execute(insert(messages), texts)
    tx.execute(insert(turns), happened)
    return [str(one["text"]) for one in texts]
