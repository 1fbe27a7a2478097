"""What the webhooks of several providers have in common: forms, JSON, numbers without a plus, and our own id."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, parse_qsl

import msgspec

from textback.channels.base import BadPayload, BadSignature, FailureKind, Webhook
from textback.core.messages import Status
from textback.core.text import clean
from textback.core.when import EARLIEST, to_ms
from textback.engine.arrivals import DeliveryStatus

MOST_FIELDS = 500
"""Fields that a form may have."""
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoders of msgspec raise for bytes that they can't read."""
_object = msgspec.json.Decoder(dict[str, Any])
_T = TypeVar("_T")


def pairs_of(body: bytes) -> list[tuple[str, str]]:
    """A form's fields as they came, in order. Raises BadPayload when there are absurdly many."""
    try:
        return parse_qsl(
            body.decode("latin-1"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise BadPayload("body", "has too many fields") from None


def signed_pairs(body: bytes) -> list[tuple[str, str]]:
    """The same for a form of which nobody knows yet who signed it. Raises BadSignature."""
    try:
        return pairs_of(body)
    except BadPayload:
        raise BadSignature("the form has too many fields") from None


def form_of(body: bytes) -> dict[str, str]:
    """A form's fields as a database can keep them; of repeated ones the first. Raises BadPayload."""
    form: dict[str, str] = {}
    for name, value in pairs_of(body):
        form.setdefault(name, clean(value))
    return form


def said_in(webhook: Webhook) -> list[tuple[str, str]]:
    """What a request says, name by name, whether it came as a query, as a form or as a JSON object whose values are
    words, numbers or lists of them. Raises BadPayload."""
    if webhook.method == "GET":
        return [(name, clean(value)) for name, value in pairs_of(webhook.query.encode("latin-1", "replace"))]
    if not webhook.headers.get("content-type", "").lower().startswith("application/json"):
        return [(name, clean(value)) for name, value in pairs_of(webhook.body)]
    pairs: list[tuple[str, str]] = []
    for name, value in read_json(_object, webhook.body).items():
        some = value if isinstance(value, list) else [value]
        pairs += [(name, clean(str(one))) for one in some if isinstance(one, str | int) and not isinstance(one, bool)]
    return pairs


def read_json(decoder: msgspec.json.Decoder[_T], text: bytes | msgspec.Raw, field: str = "") -> _T:
    """What a part of the body says. Raises BadPayload naming the field, `field` being where the part stands."""
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        raise _bad(error, field) from None
    except UNREADABLE:
        raise BadPayload(field or "body", "is not JSON, or is nested too deeply") from None


def _bad(error: msgspec.ValidationError, prefix: str) -> BadPayload:
    """msgspec says "… - at `$.data.payload`"; say it as field and problem."""
    text = str(error)
    problem, _, path = text.partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    if not path and "missing required field" in text:
        field = text.rsplit("`", 2)[-2]
        problem = "is missing"
    return BadPayload(".".join(part for part in (prefix, field) if part) or "body", problem)


def number_of(said: str | int | None) -> str:
    """A phone number that a provider writes as digits, in E.164; a short code or a name as it is; "" for none."""
    text = clean(str(said)).strip()[:320] if said is not None else ""
    return f"+{text}" if 8 <= len(text) <= 15 and text.isascii() and text.isdigit() else text


def our_id(webhook: Webhook) -> str | None:
    """Our message's id, which we put into the address that its reports come to."""
    found = parse_qs(webhook.query).get("m", [None])[0]
    return clean(found)[:32] if found else None


def moment_of(text: str | None) -> int | None:
    """A time in ISO form with its zone, in ms; None where there is none that can be."""
    try:
        at = to_ms(datetime.fromisoformat(text or ""))
    except (ValueError, OverflowError):
        return None
    return at if at >= EARLIEST else None


def report_of(
    provider_id: str,
    recipient: str,
    status: Status,
    code: str | None = None,
    codes: Mapping[str, FailureKind] | None = None,
    *,
    detail: str | None = None,
    message_id: str | None = None,
    at: int | None = None,
) -> DeliveryStatus:
    """How a text of ours stands; `codes` says what the provider's error codes mean."""
    kind = (codes or {}).get(code or "")
    if status in ("failed", "undelivered") and kind == "filtered":
        status = "filtered"
    return DeliveryStatus(
        provider_id=clean(provider_id)[:255],
        recipient=clean(recipient)[:320],
        status=status,
        message_id=message_id,
        code=clean(code)[:32] if code else None,
        detail=clean(detail) if detail else None,
        opted_out=kind == "opted_out",
        at=at,
    )
