"""What the API says of handoffs. `make api` writes it; it is not to be edited."""

from typing import Any

import msgspec

from textback.client.shapes.conversations import OwnerInfo


class OpenHandoff(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An open hand-over: its `conversation`, who has it, and since when the contact waits; null once a person has
    answered."""

    reason: str
    queue: str
    ask: str
    captured: dict[str, Any]
    stopped_at: str
    asked_at: str | None
    priority: str = ""
    limit: str = ""
    due_at: str | None = None
    settle_by: str | None = None
    late: list[str] = []
    conversation: str
    number: str
    line: str
    owner: OwnerInfo
    waiting_since: str | None
