"""What the API says of conversations. `make api` writes it; it is not to be edited."""

from typing import Any

import msgspec


class LastText(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The last text of a conversation."""

    text: str
    author: str
    at: str


class OwnerInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Who may speak: the bot, a person (or a program, by its key's id), or nobody yet."""

    kind: str
    id: str
    name: str
    since: str | None


class ConversationInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A conversation. Its `id` is its contact's."""

    id: str
    number: str
    name: str
    line: str
    status: str
    owner: OwnerInfo
    waiting_since: str | None
    unread: int
    message_count: int
    opted_out: bool
    tags: list[str]
    last: LastText | None
    created_at: str


class EpisodeInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One stretch of a conversation, counted from 1."""

    number: int
    status: str
    started_at: str | None


class FlowPlace(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A flow that runs, its version, and the step where it stands."""

    flow: str
    version: int
    step: str
    started_at: str


class HandoffInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why a person was asked for. `captured` are the contact's answers so far; sensitive ones are not shown. While
    the contact waits for an answer, `limit` is the limit that runs (first_answer or next_answer) and `due_at`
    when it is over; `settle_by` is when all is to be settled. `late` are the limits that have passed."""

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


class ShortText(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One text of a conversation."""

    id: str
    direction: str
    author: str
    text: str
    status: str
    at: str


class ConversationDetail(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A conversation, where its flow stands, why a person was asked for, and its last texts, oldest first. `parked`
    are flows that wait for this one to end."""

    id: str
    number: str
    name: str
    line: str
    status: str
    owner: OwnerInfo
    waiting_since: str | None
    unread: int
    message_count: int
    opted_out: bool
    tags: list[str]
    last: LastText | None
    created_at: str
    episode: EpisodeInfo
    flow: FlowPlace | None
    parked: list[FlowPlace]
    handoff: HandoffInfo | None
    texts: list[ShortText]
