"""senderZ: one number that speaks iMessage and SMS. HMAC-signed JSON webhooks, and texts posted to /v1/messages.

Contract: senderZ's pages on sending, webhooks, errors, authentication, testing, compliance and opt-outs, and its guide
to two-way chatbots, as read on 2026-11-22. The guide's webhooks have their fields in `data` and may carry a copy of the
signature; those of the reference are flat. Both are read.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import ClassVar

import msgspec

from textback.channels.base import (
    Accepted,
    BadPayload,
    BadSignature,
    Failure,
    FailureKind,
    Option,
    Outgoing,
    Traits,
    Webhook,
    common_options,
)
from textback.channels.client import Session, Target
from textback.channels.files import ANY
from textback.channels.http import accepted, api_address, exchange, keywords_of, need, refusal, secrets_of, target
from textback.channels.reading import UNREADABLE, moment_of, number_of, our_id, read_json, report_of
from textback.core.messages import Channel, Status
from textback.core.text import clean
from textback.engine.arrivals import DeliveryStatus, Message

BASE_URL = "https://api.senderz.com"
RECEIVED = ("message.received", "message.inbound")

STATUSES: dict[str, Status] = {
    "message.queued": "accepted",
    "message.sent": "sent",
    "message.delivered": "delivered",
    "message.read": "read",
    "message.failed": "failed",
    "message.blocked": "failed",
}

#: What a code of a refusal, or the reason of a failure, means. Others are refusals that a repeat would not change.
CODES: dict[str, FailureKind] = {
    **dict.fromkeys(("OPTED_OUT", "RECIPIENT_OPTED_OUT", "opted_out"), "opted_out"),
    **dict.fromkeys(("RATE_LIMIT_EXCEEDED", "rate_limited"), "throttled"),
}

#: Whole messages that senderZ answers itself.
KEYWORDS: Mapping[str, frozenset[str]] = {
    "stop": frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}),
    "start": frozenset({"START", "UNSTOP", "YES"}),
    "help": frozenset({"HELP", "INFO", "AIDE"}),
}

CHANNELS: dict[str, Channel] = {"imessage": "imessage", "sms": "sms", "mms": "sms", "rcs": "rcs"}


class _Fields(msgspec.Struct):
    message_id: str | None = None
    id: str | None = None
    from_: str | int | None = msgspec.field(default=None, name="from")
    to: str | int | None = None
    body: str | int | None = None
    channel: str | None = None
    status: str | None = None
    reason: str | None = None
    code: str | None = None
    received_at: str | None = None
    timestamp: str | None = None
    delivered_at: str | None = None


class _Event(_Fields):
    event: str | None = None
    data: _Fields | None = None


_event = msgspec.json.Decoder(_Event)
_parts = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encode = msgspec.json.Encoder().encode


class SenderZ:
    """One senderZ number."""

    name: ClassVar[str] = "senderz"
    options: ClassVar[tuple[Option, ...]] = (
        Option("api_key", "SENDERZ_API_KEY", "The API key that sends texts.", secret=True),
        Option("webhook_secret", "SENDERZ_WEBHOOK_SECRET", "The secret that the webhook was made with.", secret=True),
        *common_options("SENDERZ", BASE_URL),
    )
    content_types: ClassVar[tuple[str, ...]] = ("application/json",)
    acknowledgement: ClassVar[tuple[str, bytes]] = ("application/json", b'{"received":true}')
    channels: ClassVar[tuple[Channel, ...]] = ("imessage", "sms", "rcs")
    traits: ClassVar[Traits | None] = Traits(
        title="senderZ",
        header="x-senderz-signature",
        signature="HMAC-SHA256 over the body",
        opt_out="code OPTED_OUT",
        fail_over="3 more tries; then in its dashboard",
        limits="60, 300 or 1500 requests a minute; 1600 characters",
        media="out, as an address in the text",
        files=ANY,
        inbound="iMessage, SMS, RCS",
    )

    @staticmethod
    def question(options: Mapping[str, str]) -> Target:
        """What asks senderZ whether it knows our key: which webhooks there are."""
        address = api_address(options, BASE_URL, "SENDERZ_BASE_URL")
        return Target(f"{address}/v1/webhooks", {"Authorization": f"Bearer {options.get('api_key', '')}"}, "GET")

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        need(options, self.options)
        self.number = number
        self._http = http
        address = api_address(options, BASE_URL, "SENDERZ_BASE_URL")
        login = {"Authorization": f"Bearer {options['api_key']}", "Content-Type": "application/json"}
        self._target = target(f"{address}/v1/messages", login, "SENDERZ_API_KEY")
        secrets = secrets_of(options, "webhook_secret", "SENDERZ_WEBHOOK_SECRET")
        self._secrets = [secret.encode() for secret in secrets]
        self.keywords = keywords_of(options, KEYWORDS)

    def verify(self, webhook: Webhook, now: int) -> None:
        """HMAC-SHA256 over the body, in hexadecimal digits. There is no time: what keeps a replay out is that the same
        message is stored once."""
        scheme, _, given = webhook.headers.get("x-senderz-signature", "").partition("=")
        if scheme != "sha256" or not given:
            raise BadSignature("no signature")
        claimed = given.encode("latin-1", "replace")
        for text in _signed(webhook.body):
            for secret in self._secrets:
                if hmac.compare_digest(hmac.new(secret, text, hashlib.sha256).hexdigest().encode(), claimed):
                    return
        raise BadSignature("wrong signature")

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """A text, or the status of one of ours; nothing for other events, such as those of calls."""
        event = read_json(_event, webhook.body)
        kind = event.event
        if kind is None:
            raise BadPayload("event", "is missing")
        heard, status = kind in RECEIVED, STATUSES.get(kind)
        if not heard and status is None:
            return []
        said, place = (event, "") if event.data is None else (event.data, "data.")
        id_ = clean(said.message_id or said.id or "")[:255]
        if not id_:
            raise BadPayload(f"{place}message_id", "is missing")
        address = number_of(said.from_ if heard else said.to)
        if not address:
            raise BadPayload(place + ("from" if heard else "to"), "is missing")
        at = moment_of(said.received_at or said.timestamp or said.delivered_at)
        channel = CHANNELS.get(said.channel or "")
        if status is not None:
            ours = our_id(webhook)
            found = report_of(id_, address, status, said.code or said.reason, CODES, message_id=ours, at=at)
            return [msgspec.structs.replace(found, channel=channel)]
        text = clean("" if said.body is None else str(said.body))
        return [Message(address, number_of(said.to) or self.number, text, id_, channel or "sms", sent_at=at)]

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """POST /v1/messages. Somebody who texts by SMS is answered by SMS; for everybody else senderZ tries iMessage
        first, and falls back. There is no idempotency key, so only a clear refusal is ever tried again."""
        text = "\n".join(part for part in (outgoing.text, *(media.url for media in outgoing.media)) if part)
        channel = "sms" if outgoing.channel == "sms" else "auto"
        body = {"to": outgoing.recipient, "from_number": outgoing.sender, "body": text, "channel": channel}
        answer = await exchange(self._http, self._target, _encode(body), outgoing)
        if isinstance(answer, Failure):
            return answer
        try:
            whole = _event.decode(answer.body)
        except UNREADABLE:
            whole = _Event()
        said = whole.data or whole
        code = said.code or said.reason or ""
        if not 200 <= answer.status < 300:
            return refusal(answer, code, f"senderZ answered {answer.status}, code {code or answer.status}.", CODES)
        if said.status in ("failed", "blocked"):  # it says yes, and that it did not go
            return Failure(CODES.get(code, "rejected"), clean(code)[:32], "senderZ took it and did not send it.")
        id_ = said.message_id or said.id
        if not id_:
            return Failure("unknown", str(answer.status), "senderZ took it but its answer can't be read.")
        return msgspec.structs.replace(accepted(id_), channel=CHANNELS.get(said.channel or ""))


def _signed(body: bytes) -> Iterator[bytes]:
    """What may have been signed: the body as it is; where it carries a copy of the signature, the body without that."""
    yield body
    try:
        parts = _parts.decode(body)
    except UNREADABLE:
        return
    if "signature" in parts:
        rest = (_encode(name) + b":" + bytes(raw) for name, raw in parts.items() if name != "signature")
        yield b"{" + b",".join(rest) + b"}"
