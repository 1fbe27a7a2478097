"""Telnyx, API v2: Ed25519-signed JSON webhooks, and texts posted to /messages.

Contract: Telnyx's pages on receiving webhooks, on message encoding and on rate limits, its messaging error code
reference, and its OpenAPI specification, as read on 2026-11-20.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from textback.channels.base import (
    KEYWORD_OWNER,
    Accepted,
    BadPayload,
    BadSignature,
    Failure,
    FailureKind,
    Option,
    Outgoing,
    Traits,
    Webhook,
    signature_options,
)
from textback.channels.client import Session, Target
from textback.channels.files import MB, Files
from textback.channels.http import accepted, api_address, exchange, need, refused, seconds, target
from textback.channels.listing import Reader
from textback.channels.reading import UNREADABLE, moment_of, our_id, read_json, report_of
from textback.core.errors import SettingsError
from textback.core.files import FileAsk
from textback.core.messages import Status
from textback.core.text import clean
from textback.core.when import SECOND
from textback.engine.arrivals import DeliveryStatus, Media, Message

BASE_URL = "https://api.telnyx.com/v2"
TOLERANCE = 300 * SECOND
"""How far a webhook's timestamp may be from now, either way."""

STATUSES: dict[str, Status] = {
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "sending_failed": "failed",
    "delivery_failed": "undelivered",
    "delivery_unconfirmed": "sent",
    "expired": "failed",
    "read": "read",
}

#: What an error code means. Codes that are not listed are refusals that a repeat would not change.
CODES: dict[str, FailureKind] = {
    "40300": "opted_out",
    **dict.fromkeys(("40002", "40003", "40015", "40017", "40322", "40010", "40329", "40330"), "filtered"),
    **dict.fromkeys(("10011", "40011", "40016", "40018", "40318"), "throttled"),
    **dict.fromkeys(("40006", "40008", "40004"), "retry"),
    **dict.fromkeys(("40305", "40309", "40312", "40331", "20100", "20012", "40333", "10009"), "misconfigured"),
}

#: Whole messages that Telnyx answers itself. REVOKE and OPT OUT are not among them.
KEYWORDS: Mapping[str, frozenset[str]] = {
    "stop": frozenset({"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}),
    "start": frozenset({"START", "UNSTOP"}),
    "help": frozenset({"HELP"}),
}


class _Party(msgspec.Struct):
    phone_number: str | None = None
    status: str | None = None


class _File(msgspec.Struct):
    url: str | None = None
    content_type: str | None = None
    size: int | None = None


class _Error(msgspec.Struct):
    code: str | int | None = None
    title: str | None = None
    detail: str | None = None


class Payload(msgspec.Struct):
    """A message as webhooks and the API show it."""

    id: str | None = None
    from_: _Party | None = msgspec.field(default=None, name="from")
    to: list[_Party] | None = None
    text: str | None = None
    media: list[_File] | None = None
    errors: list[_Error] | None = None
    autoresponse_type: str | None = None
    received_at: str | None = None


class _Data(msgspec.Struct):
    event_type: str | None = None
    id: str | None = None
    occurred_at: str | None = None
    payload: msgspec.Raw = msgspec.Raw(b"null")


class _Event(msgspec.Struct):
    data: _Data


class _Sent(msgspec.Struct):
    id: str


class _Response(msgspec.Struct):
    data: _Sent


class _Refusal(msgspec.Struct):
    errors: list[_Error]


_event = msgspec.json.Decoder(_Event)
_payload = msgspec.json.Decoder(Payload | None)
_response = msgspec.json.Decoder(_Response)
_refusal = msgspec.json.Decoder(_Refusal)
_encode = msgspec.json.Encoder().encode


class Telnyx:
    """One Telnyx number."""

    name: ClassVar[str] = "telnyx"
    options: ClassVar[tuple[Option, ...]] = (
        Option("api_key", "TELNYX_API_KEY", "The API v2 key that sends texts.", secret=True),
        Option("public_key", "TELNYX_PUBLIC_KEY", "The account's public key, which webhooks are verified with."),
        Option("number", "TELNYX_PHONE_NUMBER", "The number texts come to and go out from, in E.164."),
        Option("base_url", "TELNYX_BASE_URL", f"The API's address. Default: {BASE_URL}", required=False),
        KEYWORD_OWNER,
        *signature_options("TELNYX"),
    )
    content_types: ClassVar[tuple[str, ...]] = ("application/json",)
    acknowledgement: ClassVar[tuple[str, bytes]] = ("application/json", b'{"status":"accepted"}')
    traits: ClassVar[Traits | None] = Traits(
        title="Telnyx",
        header="telnyx-signature-ed25519",
        signature="Ed25519 over time and body",
        opt_out="flag, code 40300",
        fail_over="2 or 3 tries of 2 s, a second address, then lost",
        limits="50 SMS and 15 MMS a second; 10 segments",
        files=Files(together=1 * MB),
    )

    @staticmethod
    def question(options: Mapping[str, str]) -> Target:
        """What asks Telnyx whether it knows our key."""
        address = api_address(options, BASE_URL, "TELNYX_BASE_URL")
        headers = {"Authorization": f"Bearer {options.get('api_key', '')}"}
        return Target(f"{address}/messaging_profiles?page%5Bsize%5D=1", headers, "GET")

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        need(options, self.options)
        self.number = number
        self._http = http
        address = api_address(options, BASE_URL, "TELNYX_BASE_URL")
        login = {"Authorization": f"Bearer {options['api_key']}"}
        self._target = target(f"{address}/messages", {**login, "Content-Type": "application/json"}, "TELNYX_API_KEY")
        self._reader = Reader(http, address, login, "Telnyx")
        self._keys = [_verify_key(part) for part in options["public_key"].split(",")]
        self.keywords: Mapping[str, frozenset[str]] = {} if options.get("keyword_owner") == "app" else KEYWORDS

    def ask_for(self, url: str) -> FileAsk:
        """As anybody: the address is its own key, for about 30 days."""
        return FileAsk(url)

    def verify(self, webhook: Webhook, now: int) -> None:
        """Ed25519 over `timestamp|body`; a timestamp over five minutes off is stale."""
        at = self.signed_at(webhook)
        if at is None:
            raise BadSignature("no timestamp")
        if abs(now - at) > TOLERANCE:
            raise BadSignature("stale timestamp")
        try:
            signature = base64.b64decode(webhook.headers.get("telnyx-signature-ed25519", ""), validate=True)
        except (binascii.Error, ValueError):
            raise BadSignature("signature is not base64") from None
        if len(signature) != 64:
            raise BadSignature("no signature")
        signed = webhook.headers["telnyx-timestamp"].encode() + b"|" + webhook.body
        for key in self._keys:
            try:
                key.verify(signed, signature)
            except BadSignatureError:
                continue
            return
        raise BadSignature("wrong signature")

    def signed_at(self, webhook: Webhook) -> int | None:
        """The timestamp that is signed with the body."""
        timestamp = webhook.headers.get("telnyx-timestamp", "")
        fine = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
        return int(timestamp) * SECOND if fine else None

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """A text, or the statuses of one of ours; nothing for other events."""
        event = read_json(_event, webhook.body)
        kind = event.data.event_type
        if kind is None:
            raise BadPayload("data.event_type", "is missing")
        if kind not in ("message.received", "message.sent", "message.finalized", "message.read"):
            return []
        payload = read_json(_payload, event.data.payload, "data.payload")
        if payload is None:
            raise BadPayload("data.payload", "is missing")
        if not payload.id:
            raise BadPayload("data.payload.id", "is missing")
        if kind == "message.received":
            return [message_of(payload, self.number)]
        return self._statuses(payload, webhook, event.data.occurred_at)

    def _statuses(self, payload: Payload, webhook: Webhook, occurred_at: str | None) -> list[Message | DeliveryStatus]:
        if not payload.to:
            raise BadPayload("data.payload.to", "is missing")
        error = payload.errors[0] if payload.errors else _Error()
        code = code_of(error.code)
        ours = our_id(webhook)
        found: list[Message | DeliveryStatus] = []
        for party in payload.to:
            status = STATUSES.get(party.status or "")
            if status is None or not party.phone_number:
                continue
            found.append(
                report_of(
                    payload.id or "",
                    party.phone_number.strip(),
                    status,
                    code,
                    CODES,
                    detail=error.title or error.detail,
                    message_id=ours,
                    at=moment_of(occurred_at),
                )
            )
        return found

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """POST /messages. Telnyx has no idempotency key here, so only a clear refusal is ever tried again."""
        body: dict[str, Any] = {"from": outgoing.sender, "to": outgoing.recipient, "text": outgoing.text}
        if outgoing.media:
            body["media_urls"] = [media.url for media in outgoing.media]
        if outgoing.status_url:
            body["webhook_url"] = outgoing.status_url
        answer = await exchange(self._http, self._target, _encode(body), outgoing)
        if isinstance(answer, Failure):
            return answer
        if 200 <= answer.status < 300:
            try:
                return accepted(_response.decode(answer.body).data.id)
            except UNREADABLE:
                return Failure("unknown", str(answer.status), "Telnyx took it but its answer can't be read.")
        return _refused(answer.status, answer.headers, answer.body)


def message_of(payload: Payload, number: str) -> Message:
    """A text that came in; `number` is ours. Raises BadPayload."""
    sender = (payload.from_.phone_number or "").strip() if payload.from_ else ""
    if not sender:
        raise BadPayload("data.payload.from.phone_number", "is missing")
    if not payload.to:
        raise BadPayload("data.payload.to", "is missing")
    media = tuple(
        Media(clean(file.url), clean(file.content_type or ""), file.size) for file in payload.media or () if file.url
    )
    flag = (payload.autoresponse_type or "").lower()
    return Message(
        sender=clean(sender)[:320],
        recipient=clean(payload.to[0].phone_number or number)[:320],
        text=clean(payload.text or ""),
        provider_id=clean(payload.id or "")[:255],
        channel="mms" if media else "sms",
        media=media,
        keyword=flag if flag in ("stop", "start", "help") else None,
        sent_at=moment_of(payload.received_at),
    )


def code_of(error: str | int | None) -> str | None:
    """An error's code as a database can keep it."""
    return clean(str(error))[:32] if error is not None else None


def _refused(status: int, headers: Mapping[str, str], answer: bytes) -> Failure:
    try:
        error = (_refusal.decode(answer).errors or [_Error()])[0]
    except UNREADABLE:
        error = _Error()
    code = str(error.code) if error.code is not None else str(status)
    detail = error.title or f"Telnyx answered {status}."
    if status == 429:
        wait = seconds(headers.get("x-ratelimit-reset")) or seconds(headers.get("retry-after"))
        return refused("throttled", code, detail, wait)
    if status >= 500:
        # It may have been taken before it broke: a double is worse than asking.
        return refused("unknown", code, detail)
    if status in (401, 403) and code not in CODES:
        return refused("misconfigured", code, detail)
    if 300 <= status < 400:
        return refused("misconfigured", code, "The address of the API answers with a redirect.")
    return refused(CODES.get(code, "rejected"), code, detail)


def _verify_key(text: str) -> VerifyKey:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise SettingsError(
            "TELNYX_PUBLIC_KEY is not a public key: it must be the base64 of 32 bytes.",
            "Copy it from the portal, under API keys.",
        )
    return VerifyKey(raw)
