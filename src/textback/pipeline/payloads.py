"""What other programs are told of an event: the same when it is delivered and when it is listed.

The words of a text are read from its message at that moment. So what has been erased, or kept for long enough, is told
to nobody any more.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from textback.core import plain
from textback.core.events import MESSAGES
from textback.core.when import to_iso
from textback.pipeline.lines import Line
from textback.store import events
from textback.store.db import Row, Tx

_data = msgspec.json.Decoder(dict[str, Any])
_media = msgspec.json.Decoder(list[dict[str, Any]])


def payloads(tx: Tx, workspace: str, lines: Mapping[str, Line], rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """What is told of each of these events, in their order."""
    said = events.messages_of(tx, rows)
    addresses = events.addresses_of(tx, rows)
    return [
        {
            "event": row.kind,
            "id": row.id,
            "number": row.number,
            "data": _of(row, workspace, lines, addresses.get(row.contact_id, ""), said.get((row.contact_id, row.ref))),
        }
        for row in rows
    ]


def encoded(payload: Mapping[str, Any]) -> bytes:
    """The body of a delivery."""
    return plain.encode(payload)


def trial(id_: str, workspace: str, now: int) -> dict[str, Any]:
    """What a test tells: that nothing has happened."""
    return {"event": "webhook.test", "id": id_, "number": 0, "data": {"at": to_iso(now), "tenant_id": workspace}}


def _of(
    row: Row[Any], workspace: str, lines: Mapping[str, Line], address: str, message: Row[Any] | None
) -> dict[str, Any]:
    about = {"tenant_id": workspace, "conversation_id": row.contact_id, "contact_id": row.contact_id}
    data = _data.decode(row.data) if row.data else {}
    if not row.kind.startswith(MESSAGES):
        return {"id": row.id, "at": to_iso(row.at), **about, "phone_number": address, **data, **_ref(row)}
    if message is None:  # of somebody who was erased
        return {"id": row.ref, "at": to_iso(row.at), **about, **data}
    ours = lines[message.line].number if message.line in lines else ""
    inbound = message.direction == "in"
    at = "received_at" if inbound else "sent_at" if row.kind == "message.sent" else "at"
    return {
        "id": message.id,
        "from": address if inbound else ours,
        "to": ours if inbound else address,
        "body": message.text,
        "channel": message.channel,
        at: to_iso(row.at),
        **about,
        "line": message.line,
        "direction": message.direction,
        "status": message.status,
        "media": _media.decode(message.media),
        **({} if inbound else _of_ours(message)),
        **data,
    }


def _of_ours(message: Row[Any]) -> dict[str, Any]:
    return {
        "author": message.author,
        "class": message.message_class,
        "segments": message.segments,
        "rule": message.rule,
        "code": message.code,
        "detail": message.detail,
        "in_reply_to": message.arrival_id,
    }


def _ref(row: Row[Any]) -> dict[str, str]:
    return {"message_id": row.ref} if row.ref else {}
