"""Checking that a webhook is ours, and reading it.

A delivery is signed in two ways over the same bytes: as Standard Webhooks has it, with an id and a time, and in the
header X-SenderZ-Signature. The first also tells a delivery that somebody has recorded and sends again.
"""

import base64
import hmac
import time
from collections.abc import Mapping
from typing import Any

import msgspec

from textback.core.signing import key_of

TOLERANCE = 300
"""Seconds that a delivery's time may be off."""


class BadSignature(Exception):
    """The request is not from the server, or too old. Answer 401 and do nothing."""


class EventMedia(msgspec.Struct):
    """A picture or file of a text."""

    url: str = ""
    content_type: str = ""


class EventData(msgspec.Struct, rename={"from_": "from"}):
    """What has happened to what. A field that this kind of event does not have is empty; `raw` of the event has those
    that are not here. Of a text, `id` is the message's. Times are ISO 8601 in UTC."""

    id: str = ""
    from_: str = ""
    to: str = ""
    body: str = ""
    channel: str = ""
    received_at: str = ""
    sent_at: str = ""
    at: str = ""
    tenant_id: str = ""
    conversation_id: str = ""
    contact_id: str = ""
    phone_number: str = ""
    line: str = ""
    direction: str = ""
    status: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    rule: str = ""
    reason: str = ""
    queue: str = ""
    media: list[EventMedia] = []


class WebhookEvent(msgspec.Struct):
    """One event as a webhook brings it. `event` is its kind, such as message.received; `id` is the same each time that
    it is delivered, so that what came twice can be told; `raw` is all of `data` as it came."""

    event: str
    data: EventData
    id: str = ""
    raw: dict[str, Any] = {}


class _Body(msgspec.Struct):
    event: str
    data: msgspec.Raw
    id: str = ""


def verify_webhook(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str,
    tolerance: float = TOLERANCE,
    *,
    now: float | None = None,
) -> WebhookEvent:
    """The event that this request brings, once its signature is found right. Raises BadSignature.

    `body` is what came, byte for byte. `headers` are the request's, whatever their case. Where there are headers of
    Standard Webhooks they decide, and the delivery may be `tolerance` seconds old or early; `now` is in seconds since
    1970. The other signature has no time, so remember the `id` of events to do nothing twice.
    """
    raw = body.encode() if isinstance(body, str) else bytes(body)
    found = {str(name).lower(): value for name, value in headers.items()}
    if "webhook-signature" in found:
        right = _standard(raw, found, secret, tolerance, time.time() if now is None else now)
    else:
        right = _plain(raw, found.get("x-senderz-signature", ""), secret)
    if not right:
        raise BadSignature("The signature does not fit the body and the secret.")
    return _read(raw, found.get("webhook-id", ""))


def _standard(body: bytes, headers: Mapping[str, str], secret: str, tolerance: float, now: float) -> bool:
    id_, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id_ or not at.isascii() or not at.isdigit() or len(at) > 12:
        raise BadSignature("webhook-id and webhook-timestamp must be there.")
    if abs(now - int(at)) > tolerance:
        raise BadSignature(f"It was signed more than {tolerance:g} s ago, or by a clock that is ahead.")
    signed = f"{id_}.{at}.".encode() + body
    wanted = f"v1,{base64.b64encode(hmac.digest(key_of(secret), signed, 'sha256')).decode()}".encode()
    given = [one.encode("utf-8", "replace") for one in headers["webhook-signature"].split(" ")]
    return any([hmac.compare_digest(wanted, one) for one in given])  # noqa: C419  # all of them: no time is told


def _plain(body: bytes, given: str, secret: str) -> bool:
    """With the secret's text as the key."""
    wanted = f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}".encode()
    return hmac.compare_digest(wanted, given.encode("utf-8", "replace"))


def _read(body: bytes, id_: str) -> WebhookEvent:
    try:
        told = msgspec.json.decode(body, type=_Body)
        raw = msgspec.json.decode(told.data, type=dict[str, Any])
        data = msgspec.convert({name: one for name, one in raw.items() if one is not None}, EventData)
    except msgspec.DecodeError as error:
        raise BadSignature(f"The body is signed, and no event: {error}.") from None
    return WebhookEvent(told.event, data, told.id or id_, raw)
