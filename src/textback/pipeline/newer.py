"""A newer text cancels a reply that has not been sent: what the bot said to an older text, and that waits for its line,
for its provider or for the next try, is withdrawn when the answer to a newer one stands for it.

Only where the bot does answer, and only what nobody misses: see docs/decisions/0010-what-a-newer-answer-withdraws.md.
"""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from textback.engine.effects import Asks
from textback.pipeline.claim import Queued
from textback.store import outbox, turns
from textback.store.db import Tx

ASKS: Mapping[Asks, int] = {"": 0, "only": 1, "whole": 2}
"""How the outbox keeps what a text asks."""
ONLY, WHOLE = ASKS["only"], ASKS["whole"]
RULE = "newer"
"""The rule of a message that was withdrawn."""


class Written(Protocol):
    """What a batch of turns has written so far. `answered` has the contacts whose texts the bot has answered in it, and
    for each the sources of the questions that it asked in full."""

    outbox: list[Queued]
    messages: list[dict[str, Any]]
    answered: dict[str, set[str]]


def answered(written: Written, contact_id: str, said: list[Queued], arrival_id: str) -> None:
    """A text was answered with those of `said` that belong to this arrival. What earlier turns of the same batch said
    and this stands for is withdrawn. `said` are the bot's own answers to this contact in this batch."""
    mine = [one for one in said if one.arrival_id == arrival_id]
    if not mine:
        return
    again = {one.source for one in mine if one.row["asks"] == WHOLE}
    written.answered.setdefault(contact_id, set()).update(again)
    gone = {
        one.row["id"] for one in said if one.arrival_id != arrival_id and _replaced(one.row["asks"], one.source, again)
    }
    if gone:
        written.outbox = [one for one in written.outbox if one.row["id"] not in gone]
        for message in written.messages:
            if message["id"] in gone:
                message.update(status="canceled", rule=RULE)
        said[:] = [one for one in said if one.row["id"] not in gone]


def _replaced(asks: int, source: str, again: Collection[str]) -> bool:
    return asks == ONLY or (asks == WHOLE and source in again)


def settle(tx: Tx, written: Written) -> set[str]:
    """Withdraw what earlier batches left waiting and is answered anew. Gives those of this batch's contacts that still
    have a text waiting or being posted."""
    contacts = {(one.row["bucket"], one.row["contact_id"]) for one in written.outbox}
    rows = outbox.under_way(tx, list(contacts)) if contacts else []
    keys = [
        (row.bucket, row.contact_id, row.id)
        for row in rows
        if row.asks and row.state == "queued" and row.contact_id in written.answered
    ]
    gone: set[str] = set()
    if keys:
        sources = turns.sources(tx, keys)
        asks = {row.id: row.asks for row in rows}
        keys = [key for key in keys if _replaced(asks[key[2]], sources.get(key[2], ""), written.answered[key[1]])]
        gone = turns.withdraw(tx, keys, RULE) if keys else set()
    return {row.contact_id for row in rows if row.id not in gone}
