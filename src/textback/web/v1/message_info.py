"""How programs see messages: what they say, how they stand, and what became of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from textback.compliance.gate import HOLDS
from textback.core.text import segments
from textback.core.when import to_iso
from textback.engine.arrivals import Media
from textback.web.context import WebContext
from textback.web.media import addresses

SCHEDULED = "scheduled"
STATUSES = Literal[
    "received", "scheduled", "queued", "sending", "unknown", "accepted", "sent", "delivered", "read", "undelivered",
    "failed", "filtered", "canceled", "expired", "blocked",
]  # fmt: skip
_TEMPLATE = "template."
_media = msgspec.json.Decoder(list[Media])
_metadata = msgspec.json.Decoder(dict[str, str])

Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class MessageInfo(msgspec.Struct, rename={"from_": "from", "class_": "class"}):
    """A message. `status` says how it stands: a text that waits for its time is scheduled, one that waits for its turn
    or for the end of quiet hours (`held_until`) is queued. `rule` and `reason` say why it waits, or did not go; `code`
    is the provider's. `trace` is the id that logs and traces name it by. Times are in ISO 8601."""

    id: str
    direction: Literal["in", "out"]
    status: STATUSES
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
    send_at: Time | None
    held_until: Time | None
    rule: str
    reason: str
    code: str
    metadata: dict[str, str]
    created_at: Time
    trace: str


class SentMessage(MessageInfo, rename={"from_": "from", "class_": "class"}):
    """A message that was just queued, and `warnings` about its words."""

    warnings: list[str]


class Step(msgspec.Struct, omit_defaults=True):
    """A status that a message has had, since when, and the provider's code where it gave one."""

    status: str
    at: Time
    code: str = ""


class GateDecision(msgspec.Struct, rename={"class_": "class"}):
    """What the consent gate decided about a message, when it was queued or about to go (`stage`): it may go, is held
    (`until`) or refused, by which rule and why, judged as of which class, by what agreement (`basis`), at what time of
    the contact's own; `inputs` is what else it knew."""

    at: Time
    stage: str
    outcome: str
    rule: str
    reason: str
    class_: str
    basis: str
    until: Time | None
    zone: str
    local_time: str
    inputs: dict[str, Any]


class MessageDetail(MessageInfo, rename={"from_": "from", "class_": "class"}):
    """A message with its `history`, and what the gate decided about it. An ordinary answer that went is not recorded
    with each: its `rule` says by what it went."""

    history: list[Step]
    decisions: list[GateDecision]


def iso(at: int | None) -> str | None:
    """A time in ISO 8601, or none."""
    return to_iso(at) if at else None


def facts(
    ctx: WebContext, row: Mapping[str, Any], *, address: str, due_at: int | None, later: bool, send_at: int | None,
    metadata: Mapping[str, str], files: Sequence[Any] = (),
) -> dict[str, Any]:  # fmt: skip
    """The fields of a message from its row and what else is kept of it; `files` came with it."""
    line = ctx.lines.get(row["line"])
    ours = line.number if line is not None else ""
    out = row["direction"] == "out"
    media = [one.url for one in _media.decode(row["media"])] if row["media"] != "[]" else []
    if files:
        media = addresses(ctx, media, files)
    status = row["status"]
    waits = status == "queued"
    held = waits and not later and row["rule"] in HOLDS
    size = segments(row["text"])
    return {
        "id": row["id"],
        "direction": row["direction"],
        "status": SCHEDULED if waits and later else status,
        "channel": "mms" if media and row["channel"] == "sms" else row["channel"],
        "to": address if out else ours,
        "from_": ours if out else address,
        "line": row["line"],
        "class_": row["message_class"],
        "conversation_id": row["contact_id"],
        "contact_id": row["contact_id"],
        "author": row["author"],
        "body": row["text"],
        "media": media,
        "segments": row["segments"] or size.count,
        "encoding": size.encoding,
        "template": row["source"].removeprefix(_TEMPLATE) if row["source"].startswith(_TEMPLATE) else "",
        "send_at": iso(send_at),
        "held_until": iso(due_at) if held else None,
        "rule": row["rule"],
        "reason": row["detail"],
        "code": row["code"],
        "metadata": dict(metadata),
        "created_at": to_iso(row["at"]),
        "trace": row["arrival_id"],
    }


def facts_of(ctx: WebContext, row: Any, files: Sequence[Any] = ()) -> dict[str, Any]:
    """The fields of a message as store.sent reads it."""
    return facts(
        ctx, row._mapping, address=row.address or "", due_at=row.due_at, later=row.waits == "later",
        send_at=row.send_at, metadata=_metadata.decode(row.metadata) if row.metadata else {}, files=files,
    )  # fmt: skip


def history(row: Any, reports: Iterable[Any], decisions: Iterable[Any]) -> list[Step]:
    """What a message went through, in order of time: that it was taken in, when the gate last let it go, what the
    provider said of it, and how it stands."""
    if row.direction == "in":
        return [Step("received", to_iso(row.at))]
    found = [Step("blocked" if row.status == "blocked" else "queued", to_iso(row.at))]
    went = [one.at for one in decisions if one.stage == "dispatch" and one.outcome == "go"]
    if went:
        found.append(Step("sending", to_iso(went[-1])))
    for one in reports:
        _, _, said = one.kind.partition("/")
        status, _, code = said.partition("/")
        found.append(Step(status, to_iso(one.received_at), code))
    return found


def decided(one: Any) -> GateDecision:
    """A row of the gate's record."""
    return GateDecision(
        to_iso(one.at), one.stage, one.outcome, one.rule, one.reason, one.judged, one.basis, iso(one.until), one.zone,
        one.local_time, msgspec.json.decode(one.inputs) if one.inputs else {},
    )  # fmt: skip
