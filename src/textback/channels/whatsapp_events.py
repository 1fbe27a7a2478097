"""What WhatsApp's webhooks say: messages of every type as texts, and how ours stand."""

from collections.abc import Iterator

import msgspec

from textback.channels.base import BadPayload, FailureKind
from textback.channels.reading import number_of, report_of
from textback.core.messages import Status
from textback.core.text import clean
from textback.core.when import EARLIEST, SECOND
from textback.engine.arrivals import DeliveryStatus, Media, Message

STATUSES: dict[str, Status] = {"sent": "sent", "delivered": "delivered", "read": "read", "failed": "failed"}

#: What an error code means. Others are refusals that a repeat would not change.
CODES: dict[str, FailureKind] = {
    "131050": "opted_out",
    **dict.fromkeys(("4", "80007", "130429", "131056"), "throttled"),
    **dict.fromkeys(("131016", "131057"), "retry"),
    **dict.fromkeys(("131048", "131049"), "later"),
    **dict.fromkeys(("368", "131031", "131042", "131005", "131045", "133010"), "misconfigured"),
    **dict.fromkeys(("0", "3", "10", "190"), "misconfigured"),
    **dict.fromkeys(("130497",), "filtered"),
}

#: Types of messages that are files.
FILES = ("image", "audio", "video", "document", "sticker")


class Metadata(msgspec.Struct):
    """Whose webhook it is."""

    phone_number_id: str | int | None = None


class Said(msgspec.Struct):
    """Words."""

    body: str | int | None = None


class File(msgspec.Struct):
    """A file that Meta keeps under an id."""

    id: str | int | None = None
    mime_type: str | None = None
    caption: str | None = None


class Place(msgspec.Struct):
    """A place on the map."""

    latitude: float | None = None
    longitude: float | None = None
    name: str | None = None
    address: str | None = None


class Pressed(msgspec.Struct):
    """A button, or a row of a list, that somebody pressed."""

    id: str | int | None = None
    title: str | int | None = None
    text: str | int | None = None


class Interactive(msgspec.Struct):
    """An answer to buttons or to a list."""

    button_reply: Pressed | None = None
    list_reply: Pressed | None = None


class Name(msgspec.Struct):
    """A person's name."""

    formatted_name: str | None = None


class Phone(msgspec.Struct):
    """A person's number."""

    phone: str | int | None = None


class Card(msgspec.Struct):
    """A contact that somebody passed on."""

    name: Name | None = None
    phones: list[Phone] | None = None


class Written(msgspec.Struct):
    """A message of a contact. Who has no phone number here has an id of the business's own."""

    from_: str | int | None = msgspec.field(default=None, name="from")
    from_user_id: str | None = None
    id: str | None = None
    timestamp: str | int | None = None
    type: str | None = None
    text: Said | None = None
    image: File | None = None
    audio: File | None = None
    video: File | None = None
    document: File | None = None
    sticker: File | None = None
    location: Place | None = None
    button: Pressed | None = None
    interactive: Interactive | None = None
    contacts: list[Card] | None = None


class Error(msgspec.Struct):
    """Why a message of ours failed."""

    code: int | str | None = None


class Standing(msgspec.Struct):
    """How a message of ours stands."""

    id: str | None = None
    status: str | None = None
    timestamp: str | int | None = None
    recipient_id: str | int | None = None
    recipient_user_id: str | None = None
    biz_opaque_callback_data: str | None = None
    errors: list[Error] | None = None


class Value(msgspec.Struct):
    """What a change tells of."""

    metadata: Metadata | None = None
    messages: list[Written] | None = None
    statuses: list[Standing] | None = None


class Change(msgspec.Struct):
    """Of all kinds of changes only `messages` matter here."""

    field: str | None = None
    value: Value | None = None


class Entry(msgspec.Struct):
    """Changes of one business account."""

    changes: list[Change] = []


class Events(msgspec.Struct):
    """A whole request."""

    entry: list[Entry]


def told_of(
    value: Value, place: str, number: str, files: str, asked: str | None = None
) -> Iterator[Message | DeliveryStatus]:
    """The arrivals of one change, which stands at `place`, for the line of this number. `files` begins the address of a
    file; `asked` is an id of ours in the address that was called. Raises BadPayload."""
    for n, written in enumerate(value.messages or ()):
        if written.type != "reaction":  # somebody tapped a text: that is no text, and wants no answer
            yield _heard(written, f"{place}.messages.{n}", number, files)
    for n, standing in enumerate(value.statuses or ()):
        status = STATUSES.get(standing.status or "")
        if status is not None:
            yield _stands(standing, status, f"{place}.statuses.{n}", asked)


def _heard(written: Written, place: str, number: str, files: str) -> Message:
    sender = number_of(written.from_) or clean(written.from_user_id or "")[:320]
    if not sender:
        raise BadPayload(f"{place}.from", "is missing")
    id_ = clean(written.id or "")[:255]
    if not id_:
        raise BadPayload(f"{place}.id", "is missing")
    found = [one for one in (getattr(written, kind) for kind in FILES) if one is not None]
    media = tuple(Media(f"{files}/{clean(str(one.id))}", clean(one.mime_type or "")) for one in found if one.id)
    said = [*(one.caption for one in found if one.caption), *_words(written)]
    return Message(
        sender=sender,
        recipient=number,
        text=clean("\n".join(said)),
        provider_id=id_,
        channel="whatsapp",
        media=media,
        sent_at=_moment(written.timestamp),
    )


def _words(written: Written) -> Iterator[str]:
    """What a message says in words, whatever its type: a pressed button says its title."""
    if written.text is not None and written.text.body is not None:
        yield str(written.text.body)
    pressed = [written.button]
    if written.interactive is not None:
        pressed += [written.interactive.button_reply, written.interactive.list_reply]
    for one in pressed:
        if one is None:
            continue
        title = one.title if one.title is not None else one.text
        if title is not None and one.id is not None and str(title).endswith("…"):
            title = one.id  # what of ours was too long for a button is its id
        if title is not None:
            yield str(title)
    if (at := written.location) is not None:
        where = f"{at.latitude:.6f}, {at.longitude:.6f}" if None not in (at.latitude, at.longitude) else ""
        yield ", ".join(part for part in (at.name, at.address, where) if part)
    for card in written.contacts or ():
        name = card.name.formatted_name if card.name is not None else ""
        phones = [str(one.phone) for one in card.phones or () if one.phone is not None]
        yield ", ".join(part for part in (name, *phones) if part)


def _stands(standing: Standing, status: Status, place: str, asked: str | None) -> DeliveryStatus:
    recipient = number_of(standing.recipient_id) or clean(standing.recipient_user_id or "")[:320]
    if not recipient:
        raise BadPayload(f"{place}.recipient_id", "is missing")
    if not standing.id:
        raise BadPayload(f"{place}.id", "is missing")
    codes = [str(error.code) for error in standing.errors or () if error.code not in (None, "")]
    ours = clean(standing.biz_opaque_callback_data or "")[:32] or asked
    code = codes[0] if codes else None
    return report_of(standing.id, recipient, status, code, CODES, message_id=ours, at=_moment(standing.timestamp))


def _moment(said: str | int | None) -> int | None:
    """Seconds since 1970, as words or as a number, in ms."""
    text = str(said if said is not None else "")
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        return None
    at = int(text) * SECOND
    return at if at >= EARLIEST else None
