"""What Vonage's Messages API says and is told: events, error codes, and what a text is made of."""

from typing import Any

import msgspec

from textback.channels.base import FailureKind, Outgoing
from textback.channels.reading import UNREADABLE
from textback.core.messages import Status
from textback.engine.arrivals import Media

STATUSES: dict[str, Status] = {
    "submitted": "sent", "delivered": "delivered", "rejected": "failed", "undeliverable": "undelivered", "read": "read",
}  # fmt: skip

#: What an error code means. Codes that are not listed are refusals that a repeat would not change.
CODES: dict[str, FailureKind] = {
    "1240": "opted_out",
    **dict.fromkeys(("1210", "1270", "1280"), "filtered"),
    **dict.fromkeys(("1000", "1241"), "throttled"),
    **dict.fromkeys(("1030", "1100", "1180", "1220", "1230"), "retry"),
    **dict.fromkeys(("1060", "1070", "1080", "1110", "1140", "1160"), "misconfigured"),
}


class _File(msgspec.Struct):
    url: str | None = None
    caption: str | None = None
    type: str | None = None


class _Error(msgspec.Struct):
    type: str | None = None
    title: str | int | None = None
    error: msgspec.Raw = msgspec.Raw(b"null")

    @property
    def code(self) -> str:
        """The number in it: at the end of its address, or else its title."""
        found = (self.type or "").rpartition("#")[2]
        if found.isascii() and found.isdigit():
            return found
        title = str(self.title or "")
        return title if title.isascii() and title.isdigit() else ""


class Event(msgspec.Struct):
    message_uuid: str | None = None
    to: str | int | None = None
    from_: str | int | None = msgspec.field(default=None, name="from")
    timestamp: str | None = None
    channel: str | None = None
    status: str | None = None
    client_ref: str | None = None
    text: str | None = None
    image: _File | None = None
    audio: _File | None = None
    video: _File | None = None
    file: _File | None = None
    vcard: _File | None = None
    content: list[_File] | None = None
    error: msgspec.Raw = msgspec.Raw(b"null")


_error = msgspec.json.Decoder(_Error | None)


def code_of(raw: bytes | msgspec.Raw) -> str:
    """The code of an error as Vonage writes it, "" where there is none; some have it one level further in."""
    try:
        found = _error.decode(raw)
        inner = _error.decode(found.error) if found is not None and not found.code else None
    except UNREADABLE:
        return ""
    return (found.code if found is not None else "") or (inner.code if inner is not None else "")


def content_of(outgoing: Outgoing) -> dict[str, Any]:
    """The words, or the files with the words beside the first."""
    if not outgoing.media:
        return {"channel": "sms", "message_type": "text", "text": outgoing.text}
    files = [{"type": _kind(media), "url": media.url} for media in outgoing.media]
    if outgoing.text:
        files[0]["caption"] = outgoing.text
    if len(files) > 1:
        return {"channel": "mms", "message_type": "content", "content": files}
    kind = files[0].pop("type")
    return {"channel": "mms", "message_type": kind, kind: files[0]}


def _kind(media: Media) -> str:
    kind = "vcard" if "vcard" in media.content_type else media.content_type.partition("/")[0] or "image"
    return kind if kind in ("image", "audio", "video", "vcard") else "file"
