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


def answered(
    written: Written, contact_id: str, said: Sequence[Queued], standing: Sequence[Queued], *, text: bool
) -> list[Queued]:
    """The bot said something in this turn. Where it answered a `text`, what earlier turns of the same batch said and
    this stands for is withdrawn. `standing` is what of that may be withdrawn at all; gives what is from now on."""
    gone: set[str] = set()
    if text:
        written.answered.setdefault(contact_id, []).extend(said)
        gone = {one.row["id"] for one in standing if _replaced(one.row["asks"], one.source, one.text, said, last=True)}
    if gone:
        written.outbox = [one for one in written.outbox if one.row["id"] not in gone]
        for message in written.messages:
            if message["id"] in gone:
                message.update(status="canceled", rule=RULE)
    summary = ASKS["summary"]  # something has been said after those that stood so far
    left = [one for one in standing if one.row["id"] not in gone and one.row["asks"] != summary]
    return left + [one for one in said if one.row["asks"] and (one.row["asks"] != summary or one is said[-1])]


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
