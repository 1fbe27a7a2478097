"""The rows of open hand-overs, as turns leave them."""

from collections.abc import Iterable
from typing import Any, Protocol

from textback.engine.state import State
from textback.store import handoffs
from textback.store.db import Tx


class Handed(Protocol):
    """A conversation with its state."""

    contact_id: str
    bucket: int
    state: State


def changed(before: State, after: State) -> bool:
    """Whether a turn has changed the hand-over, who has it, or how urgent it is."""
    return before.handoff != after.handoff or before.owner != after.owner or before.priority != after.priority


def row_of(workspace: str, one: Handed) -> dict[str, Any] | None:
    """The row of a hand-over; None where there is none."""
    handoff, owner = one.state.handoff, one.state.owner
    if handoff is None:
        return None
    return {
        "bucket": one.bucket,
        "contact_id": one.contact_id,
        "workspace": workspace,
        "queue": handoff.queue,
        "priority": one.state.priority,
        "asked_at": handoff.asked_at,
        "waiting_since": handoff.since or None,
        "due_at": handoff.due_at or None,
        "late": bool(handoff.since and handoff.limit in handoff.late),
        "late_at": handoff.late_at or None,
        "owner_id": owner.user_id if owner.kind == "person" else "",
        "owner_since": owner.since,
        "wanted": handoff.wanted,
    }


def keep_handoffs(tx: Tx, workspace: str, conversations: Iterable[Handed]) -> None:
    """Write down how these stand."""
    some = list(conversations)
    rows = [row for one in some if (row := row_of(workspace, one)) is not None]
    gone = [{"b": one.bucket, "c": one.contact_id} for one in some if one.state.handoff is None]
    if gone:
        handoffs.remove(tx, gone)
    if rows:
        handoffs.save(tx, rows)
