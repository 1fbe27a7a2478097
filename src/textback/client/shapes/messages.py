"""What the API says of messages. `make api` writes it; it is not to be edited."""

from typing import Any, Literal

import msgspec


class SentMessage(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"from_": "from", "class_": "class"}):
    """A message that was just queued, and `warnings` about its words."""

    id: str
    direction: str
    status: str
    channel: str
    to: str
    from_: str
    line: str
    class_: str
    conversation_id: str
    contact_id: str
    author: str
    body: str
    media: list[str]
    segments: int
    encoding: str
    template: str
    send_at: str | None
    held_until: str | None
    rule: str
    reason: str
    code: str
    metadata: dict[str, str]
    created_at: str
    trace: str
    warnings: list[str]


class MediaFile(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A picture or file that goes with a text: where it is, and what is known of it. What is said of its type and
    size (bytes) is checked before it is stored; without `content_type` the end of the address tells."""

    url: str
    content_type: str = ""
    size: int | None = None


class MessageInfo(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"from_": "from", "class_": "class"}):
    """A message. `status` says how it stands: a text that waits for its time is scheduled, one that waits for its
    turn or for the end of quiet hours (`held_until`) is queued. `rule` and `reason` say why it waits, or did not
    go; `code` is the provider's. `trace` is the id that logs and traces name it by. Times are in ISO 8601."""

    id: str
    direction: str
    status: str
    channel: str
    to: str
    from_: str
    line: str
    class_: str
    conversation_id: str
    contact_id: str
    author: str
    body: str
    media: list[str]
    segments: int
    encoding: str
    template: str
    send_at: str | None
    held_until: str | None
    rule: str
    reason: str
    code: str
    metadata: dict[str, str]
    created_at: str
    trace: str


class GateDecision(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """What the consent gate decided about a message, when it was queued or about to go (`stage`): it may go, is held
    (`until`) or refused, by which rule and why, judged as of which class, by what agreement (`basis`), at what
    time of the contact's own; `inputs` is what else it knew."""

    at: str
    stage: str
    outcome: str
    rule: str
    reason: str
    class_: str
    basis: str
    until: str | None
    zone: str
    local_time: str
    inputs: dict[str, Any]


class Step(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A status that a message has had, since when, and the provider's code where it gave one."""

    status: str
    at: str
    code: str = ""


class MessageDetail(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"from_": "from", "class_": "class"}):
    """A message with its `history`, and what the gate decided about it. An ordinary answer that went is not recorded
    with each: its `rule` says by what it went."""

    id: str
    direction: str
    status: str
    channel: str
    to: str
    from_: str
    line: str
    class_: str
    conversation_id: str
    contact_id: str
    author: str
    body: str
    media: list[str]
    segments: int
    encoding: str
    template: str
    send_at: str | None
    held_until: str | None
    rule: str
    reason: str
    code: str
    metadata: dict[str, str]
    created_at: str
    trace: str
    history: list[Step]
    decisions: list[GateDecision]


class BulkProblem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A text that was not taken, or did not go: its place among those that were given, beginning with 0, and why."""

    index: int
    code: str
    detail: str
    field: str = ""
    rule: str = ""
    message_id: str = ""


class BulkState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How far a bulk send is. `counts` are texts by what became of them: `waiting` have not had their turn,
    `invalid` could not be taken; the others are statuses of messages. It is done when none is waiting. `errors`
    are the first 50."""

    id: str
    status: str
    total: int
    counts: dict[str, int]
    errors: list[BulkProblem]
    created_at: str
    done_at: str | None


class MessageBody(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """What POST /v1/messages takes: `to`, in E.164 or as people write it in the workspace's country, and the text:
    either `body`, up to 1,600 characters, with `media` or without, or `template` with its `variables`; without
    `locale` a template is sent in the contact's language. `media` are https addresses, or objects that also say
    what is known of a file, up to 10. `channel` is "auto" or what it must go by, `line` which line; `class` what
    it is for (C1), where the workspace's policy is not to say. `send_at` is when it is to go: ISO 8601 with an
    offset, or without one in the contact's own time, up to a year ahead. `zone`, `region` and `programme` are as
    with POST /sms/send. `metadata`, up to 20 names with up to 500 characters each, comes back with the message
    and its events."""

    channel: str = "auto"
    body: str = ""
    template: str = ""
    variables: dict[str, str] = {}
    locale: str = ""
    media: list[str | MediaFile] = []
    class_: Literal["conversational", "informational", "promotional"] | None = None
    line: str = ""
    send_at: str = ""
    metadata: dict[str, str] = {}
    zone: str = ""
    region: str = ""
    programme: str = ""
    to: str


class Content(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """What a text says and how it goes: either `body`, up to 1,600 characters, with `media` or without, or
    `template` with its `variables`; without `locale` a template is sent in the contact's language. `media` are
    https addresses, or objects that also say what is known of a file, up to 10. `channel` is "auto" or what it
    must go by, `line` which line; `class` what it is for (C1), where the workspace's policy is not to say.
    `send_at` is when it is to go: ISO 8601 with an offset, or without one in the contact's own time. `zone`,
    `region` and `programme` are as with POST /sms/send. `metadata` comes back with the message and its events."""

    channel: str = "auto"
    body: str = ""
    template: str = ""
    variables: dict[str, str] = {}
    locale: str = ""
    media: list[str | MediaFile] = []
    class_: Literal["conversational", "informational", "promotional"] | None = None
    line: str = ""
    send_at: str = ""
    metadata: dict[str, str] = {}
    zone: str = ""
    region: str = ""
    programme: str = ""


class Recipient(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whom a bulk send is to: a number, with the values of the template's variables and metadata of its own."""

    to: str
    variables: dict[str, str] = {}
    metadata: dict[str, str] = {}
