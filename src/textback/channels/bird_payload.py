"""Messages as Bird writes them, in webhooks and in lists, and what they say.

Contract: Bird's pages on receiving SMS, on message statuses and on failure codes, as read on 2026-11-22.
"""

import msgspec

from textback.channels.base import BadPayload, FailureKind
from textback.channels.reading import moment_of, number_of, report_of
from textback.core.messages import Status
from textback.core.text import clean
from textback.engine.arrivals import DeliveryStatus, Media, Message

STATUSES: dict[str, Status] = {
    "accepted": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "sending_failed": "failed",
    "delivery_failed": "undelivered",
}

#: What the code of a refusal means. Bird's are words; its HTTP statuses say all that matters.
CODES: dict[str, FailureKind] = {}

#: What the SMS platform's code in a report means, where that is more than that the text did not arrive.
REPORT_CODES: dict[str, FailureKind] = {"103": "opted_out"}


class Camel(msgspec.Struct, rename="camel"):
    pass


class _Address(Camel):
    identifier_value: str | int | None = None


class _Party(Camel):
    contact: _Address | None = None
    contacts: list[_Address] | None = None
    connector: _Address | None = None


class _File(Camel):
    media_url: str | None = None
    content_type: str | None = None


class _Content(Camel):
    text: str | int | None = None
    images: list[_File] | None = None
    files: list[_File] | None = None


class _Body(Camel):
    text: _Content | None = None
    image: _Content | None = None
    file: _Content | None = None


class _Source(Camel):
    name: str | None = None
    code: str | int | None = None


class _Failed(Camel):
    code: str | int | None = None
    source: _Source | None = None


class Payload(Camel):
    id: str | None = None
    channel_id: str | None = None
    sender: _Party | None = None
    receiver: _Party | None = None
    body: _Body | None = None
    status: str | None = None
    reference: str | None = None
    details: str | None = None
    failure: _Failed | None = None
    created_at: str | None = None
    last_status_at: str | None = None


def id_of(said: Payload) -> str:
    """What Bird calls the message. Raises BadPayload."""
    id_ = clean(said.id or "")[:255]
    if not id_:
        raise BadPayload("payload.id", "is missing")
    return id_


def text_of(said: Payload, number: str) -> Message:
    """A text that came in; `number` is ours. Raises BadPayload."""
    party = said.sender.contact if said.sender else None
    sender = number_of(party.identifier_value) if party else ""
    if not sender:
        raise BadPayload("payload.sender.contact.identifierValue", "is missing")
    ours = said.receiver.connector if said.receiver else None
    body = said.body or _Body()
    parts = [part for part in (body.text, body.image, body.file) if part is not None]
    files = [file for part in parts for file in (*(part.images or ()), *(part.files or ()))]
    media = tuple(Media(clean(file.media_url), clean(file.content_type or "")) for file in files if file.media_url)
    text = next((clean(str(part.text)) for part in parts if part.text is not None), "")
    recipient = (number_of(ours.identifier_value) if ours else "") or number
    at = moment_of(said.created_at)
    return Message(sender, recipient, text, id_of(said), "mms" if media else "sms", media, sent_at=at)


def status_of(said: Payload, ours: str | None) -> DeliveryStatus | None:
    """How a text of ours stands; None for a status that nobody has told us of. `ours` is our id of it, where an address
    said it; else Bird's copy counts. Raises BadPayload."""
    id_ = id_of(said)
    contacts = said.receiver.contacts if said.receiver else None
    recipient = number_of(contacts[0].identifier_value) if contacts else ""
    if not recipient:
        raise BadPayload("payload.receiver.contacts", "is missing")
    status = STATUSES.get(said.status or "")
    if status is None:
        return None
    mine = ours or clean(said.reference or "")[:32] or None
    code, at = _code(said.failure), moment_of(said.last_status_at)
    return report_of(id_, recipient, status, code, REPORT_CODES, detail=said.details, message_id=mine, at=at)


def _code(failed: _Failed | None) -> str | None:
    """The SMS platform's code where there is one, else Bird's own."""
    if failed is None:
        return None
    source = failed.source
    code = source.code if source is not None and source.name == "sms-messagebird" else None
    found = failed.code if code is None else code
    return None if found is None else str(found)
