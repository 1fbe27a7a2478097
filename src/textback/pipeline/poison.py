"""Poison: an arrival whose turn the database refuses to write. It must not stop the turns of all others.

A batch that the database refused is taken again, one arrival at a time; the one that is refused alone becomes a dead
letter, and its conversation waits for a person.
"""

from collections.abc import Collection

import msgspec
import structlog

from textback.pipeline.dead import of_arrival
from textback.pipeline.decide import failed_turn
from textback.pipeline.masking import shown
from textback.pipeline.turn import Handled, Turns, read_arrival
from textback.pipeline.writes import Conversation
from textback.store import dead, inbox, turns
from textback.store.db import Row, Tx
from textback.store.trouble import is_refusal, reason

log = structlog.get_logger("textback.road")


def is_poison(error: BaseException | None) -> bool:
    """Whether it is what was read or written that is wrong, and not the database: it would fail again."""
    return is_refusal(error) or isinstance(error, msgspec.MsgspecError | RecursionError)


def run_one(turns_: Turns, workspace: str, tx: Tx, now: int, room: int, shut: Collection[str]) -> Handled:
    """The turn of the oldest arrival, or its end as a dead letter."""
    try:
        with tx.begin_nested():
            return turns_.run(tx, now, 1, room, shut)
    except Exception as error:
        if not is_poison(error):
            raise
        return _give_up(tx, workspace, now, error)


def _give_up(tx: Tx, workspace: str, now: int, error: Exception) -> Handled:
    oldest = inbox.pending(tx, 1)
    locked = turns.lock_conversations(tx, {row.contact_id for row in oldest})
    if not locked:
        return Handled(left=bool(oldest))
    row = oldest[0]
    log.error("a turn can't be written; kept as a dead letter", trace=row.id, line=row.line, reason=reason(error))
    key = {"bucket": row.bucket, "id": row.id, "workspace": workspace, "contact_id": row.contact_id}
    arrival = read_arrival(row.data)
    seen, hidden = (None, False) if arrival is None else shown(arrival)
    dead.add(tx, [of_arrival(key, row.line, seen, reason(error), now)])
    inbox.mark_handled(tx, [row], now, () if hidden else {row.id})
    _ask_for_a_person(tx, locked[0], now, error)
    return Handled([row.id], {row.contact_id}, left=True, given_up=True)


def _ask_for_a_person(tx: Tx, row: Row[object], now: int, error: Exception) -> None:
    try:
        conversation = Conversation(row)
    except (msgspec.MsgspecError, RecursionError):  # it is the state that can't be read: nobody may write over it
        return
    conversation.state = failed_turn(conversation.state, now, error).state
    turns.save_conversations(tx, [conversation.saved(now)])
