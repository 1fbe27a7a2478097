"""The kinds of events that other programs are told of, and the patterns that choose among them."""

import re
from collections.abc import Iterable, Mapping

MESSAGES = "message."

KINDS: Mapping[str, str] = {
    "message.received": "A contact's text is in their conversation.",
    "message.sent": "The provider has taken a text of ours.",
    "message.delivered": "The carrier says that it has arrived.",
    "message.read": "The contact has opened it, where the channel says so.",
    "message.failed": "It will not arrive: refused, undelivered, filtered, expired, or blocked by the gate (`rule`).",
    "message.canceled": "It was withdrawn before it went (`rule`).",
    "conversation.started": "A new episode has begun.",
    "conversation.completed": "The episode is over.",
    "conversation.taken": "A person speaks now.",
    "conversation.returned": "The bot speaks again.",
    "conversation.assigned": "A person has given it to a colleague (`to_name`), or to whoever comes first (`queue`).",
    "handoff.requested": "A person is asked for (`reason`, `queue`).",
    "handoff.idle": "The person who took it has said nothing for too long.",
    "handoff.late": "They have waited longer for a person than the queue allows (`limit`, `queue`, `priority`).",
    "handoff.moved": "It waits in another queue now (`from`, `to`).",
    "note.added": "A person wrote a private note (`note`), perhaps for colleagues (`mentions`).",
    "consent.opted_in": "They agreed to texts (`rule`).",
    "consent.opted_out": "They get no texts any more (`rule`).",
    "consent.unsure": "It sounded like an opt-out; a person is asked.",
    "goal.reached": "A `record` step with a goal was reached (`name`).",
    "event.recorded": "A `record` step with an event was reached (`name`).",
    "contact.tagged": "Tags were added (`tags`).",
    "contact.untagged": "Tags were removed (`tags`).",
    "contact.merged": "Another contact (`other`) is part of this one from now on (`merge`).",
    "contact.unmerged": "A merge (`merge`) was undone; `other` is a contact of their own again.",
    "contact.erased": "All that is kept of them was erased; erase it too.",
    "link.clicked": "They opened a short link of ours.",
    "webhook.test": "Somebody wants to see whether a webhook works. It is in no log.",
}
"""Every kind, and what has happened."""

TEST = "webhook.test"

_PATTERN = re.compile(r"\*|[a-z]+\.(?:\*|[a-z_]+)")


def is_pattern(text: str) -> bool:
    """Whether it chooses any kind: "*", "message.*" or "message.received"."""
    return bool(_PATTERN.fullmatch(text)) and any(chooses(text, kind) for kind in KINDS)


def chooses(pattern: str, kind: str) -> bool:
    """Whether a pattern is of this kind. A test chooses nobody."""
    if kind == TEST:
        return False
    return pattern in ("*", kind) or (pattern.endswith(".*") and kind.startswith(pattern[:-1]))


def chosen(patterns: Iterable[str]) -> frozenset[str]:
    """The kinds that any of the patterns chooses."""
    wanted = list(patterns)
    return frozenset(kind for kind in KINDS if any(chooses(pattern, kind) for pattern in wanted))
