"""What of a turn's record other programs are told, and how much of it: never the words of a text."""

from collections.abc import Mapping
from typing import Any

from textback.engine.effects import Event
from textback.engine.episode import OVER

_TOLD: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "episode_started": ("conversation.started", ("number",)),
    "taken_over": ("conversation.taken", ("user", "name")),
    "handed_back": ("conversation.returned", ("user", "name", "mode")),
    "escalated": ("handoff.requested", ("reason", "queue")),
    "loop_guard": ("handoff.requested", ("reason", "queue")),
    "owner_idle": ("handoff.idle", ("user", "name")),
    "limit_passed": ("handoff.late", ("limit", "queue", "priority")),
    "requeued": ("handoff.moved", ("from", "to", "why")),
    "assigned": ("conversation.assigned", ("user", "name", "to", "to_name", "queue")),
    "noted": ("note.added", ("user", "name", "note", "mentions")),
    "opted_in": ("consent.opted_in", ("rule", "matched_by", "by")),
    "opted_out": ("consent.opted_out", ("rule", "matched_by", "by")),
    "opt_out_unsure": ("consent.unsure", ("matched_by",)),
    "goal": ("goal.reached", ("session", "flow", "step", "name", "data")),
    "recorded": ("event.recorded", ("session", "flow", "step", "name", "data")),
    "tagged": ("contact.tagged", ("tags",)),
    "untagged": ("contact.untagged", ("tags",)),
}
"""By the kind of a turn's event: what it is called in the log, and which of its data go there."""


def public(event: Event) -> tuple[str, dict[str, Any]] | None:
    """The kind and the data of what other programs are told; None for nothing."""
    if event.kind == "episode_status":
        return ("conversation.completed", {}) if event.data.get("to") in OVER else None
    told = _TOLD.get(event.kind)
    if told is None or (event.kind == "recorded" and "step" not in event.data):  # a model's reasons are its own
        return None
    kind, names = told
    return kind, {name: event.data[name] for name in names if event.data.get(name) not in (None, "")}
