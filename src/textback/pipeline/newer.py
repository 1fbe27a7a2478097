"""A newer text cancels a reply that has not been sent: what the bot said to an older text, and that waits for its line,
for its provider or for the next try, is withdrawn when the answer to a newer one stands for it.

Only where the bot does answer, and only what nobody misses: see docs/decisions/0011-what-a-newer-answer-withdraws.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from textback.core.messages import Asks
from textback.pipeline.claim import Queued
from textback.store import outbox, turns
from textback.store.db import Tx

ASKS: Mapping[Asks, int] = {"": 0, "only": 1, "whole": 2, "summary": 3}
"""How the outbox keeps what a text asks."""
RULE = "newer"
"""The rule of a message that was withdrawn."""


class Written(Protocol):
    """What a batch of turns has written so far. `answered` has the contacts whose texts the bot has answered in it,
    each with what it said."""

    outbox: list[Queued]
    messages: list[dict[str, Any]]
    answered: dict[str, list[Queued]]


def answered(written: Written, contact_id: str, said: list[Queued], arrival_id: str) -> None:
    """A text was answered with those of `said` that belong to this arrival. What earlier turns of the same batch said
    and this stands for is withdrawn. `said` are the bot's own answers to this contact in this batch."""
    mine = [one for one in said if one.arrival_id == arrival_id]
    if not mine:
        return
    written.answered.setdefault(contact_id, []).extend(mine)
    older = said[: len(said) - len(mine)]
    gone = {
        one.row["id"] for one in older
        if _replaced(one.row["asks"], one.source, one.text, mine, last=one is older[-1])
    }  # fmt: skip
    if gone:
        written.outbox = [one for one in written.outbox if one.row["id"] not in gone]
        for message in written.messages:
            if message["id"] in gone:
                message.update(status="canceled", rule=RULE)
        said[:] = [one for one in said if one.row["id"] not in gone]


def _replaced(asks: int, source: str, text: str, by: Sequence[Queued], *, last: bool) -> bool:
    """Whether nobody misses a text. `last`: nothing was said after it, so that a summary has not been confirmed yet."""
    if asks == ASKS["only"]:
        return True
    if asks == ASKS["whole"]:
        return any(text in one.text for one in by)
    if asks == ASKS["summary"]:
        return last and any(one.source == source and one.row["asks"] == asks for one in by)
    return False


def settle(tx: Tx, written: Written) -> set[str]:
    """Withdraw what earlier batches left waiting and is answered anew. Gives those of this batch's contacts that still
    have a text waiting or being posted."""
    contacts = {(one.row["bucket"], one.row["contact_id"]) for one in written.outbox}
    rows = outbox.under_way(tx, list(contacts)) if contacts else []
    waiting = [row for row in rows if row.asks and row.state == "queued" and row.contact_id in written.answered]
    gone: set[str] = set()
    if waiting:
        said = turns.said(tx, [(row.bucket, row.contact_id, row.id) for row in waiting])
        last = {row.contact_id: row.id for row in sorted(rows, key=lambda row: str(row.id))}
        keys = [
            (row.bucket, row.contact_id, row.id) for row in waiting
            if row.id in said and _replaced(
                row.asks, said[row.id].source, said[row.id].text, written.answered[row.contact_id],
                last=last[row.contact_id] == row.id,
            )
        ]  # fmt: skip
        gone = turns.withdraw(tx, keys, RULE) if keys else set()
    return {row.contact_id for row in rows if row.id not in gone}
