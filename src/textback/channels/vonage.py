"""Vonage's Messages API, version 1: webhooks with a signed token, and texts posted to /v1/messages.

Contract: Vonage's OpenAPI specification of the Messages API, its pages on signed webhooks, on error codes and on
opted-out numbers, and its Python SDK, as read on 2026-11-21.
"""

import time
from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from textback.channels.base import (
    Accepted,
    BadPayload,
    BadSignature,
    Failure,
    Option,
    Outgoing,
    Traits,
    Webhook,
    common_options,
)
from textback.channels.client import Answer, Session, Target
from textback.channels.http import accepted, api_address, basic, exchange, need, origins, refusal, secrets_of, target
from textback.channels.jwt import Signer, claims_of, match_hash, seconds_of
from textback.channels.reading import UNREADABLE, moment_of, number_of, our_id, read_json, report_of
from textback.channels.vonage_events import CODES as CODES
from textback.channels.vonage_events import STATUSES as STATUSES
from textback.channels.vonage_events import Event, code_of, content_of
from textback.core.errors import SettingsError
from textback.core.files import FileAsk
from textback.core.ids import new_id
from textback.core.text import clean
from textback.core.when import HOUR, MINUTE
from textback.engine.arrivals import DeliveryStatus, Media, Message

BASE_URL = "https://api.nexmo.com"
OLDEST, AHEAD = 25 * HOUR, 5 * MINUTE
"""How far a token's time may be from now. Vonage tries for a day, and nobody says that it signs anew."""
LIFETIME = 900
"""Seconds that a token of ours lasts, the most there may be."""


class _Response(msgspec.Struct):
    message_uuid: str


_event = msgspec.json.Decoder(Event)
_response = msgspec.json.Decoder(_Response)
_encode = msgspec.json.Encoder().encode


class Vonage:
    """One Vonage number that belongs to an application."""

    name: ClassVar[str] = "vonage"
    options: ClassVar[tuple[Option, ...]] = (
        Option("application_id", "VONAGE_APPLICATION_ID", "The id of the application that the number belongs to."),
        Option("private_key", "VONAGE_PRIVATE_KEY", "The application's private key (PEM): sends texts.", secret=True),
        Option("signature_secret", "VONAGE_SIGNATURE_SECRET", "The account's signature secret.", secret=True),
        Option("api_key", "VONAGE_API_KEY", "The account's key, only for textback doctor.", required=False),
        Option("api_secret", "VONAGE_API_SECRET", "The account's secret, likewise.", required=False, secret=True),
        *common_options("VONAGE", BASE_URL),
    )
    content_types: ClassVar[tuple[str, ...]] = ("application/json",)
    acknowledgement: ClassVar[tuple[str, bytes]] = ("application/json", b"{}")
    traits: ClassVar[Traits | None] = Traits(
        title="Vonage",
        header="Authorization",
        signature="JWT (HMAC-SHA256) with a hash of the body",
        opt_out="code 1240",
        fail_over="tried for 24 hours, after 5 s and up to 15 minutes",
        limits="30 a second; 3,200 characters",
    )

    @staticmethod
    def question(options: Mapping[str, str]) -> Target | None:
        """What asks Vonage whether it knows the application; None without the account's key."""
        address = api_address(options, BASE_URL, "VONAGE_BASE_URL")
        if not options.get("api_key") or not options.get("api_secret"):
            return None
        login = basic(options["api_key"], options["api_secret"])
        return Target(f"{address}/v2/applications/{options['application_id']}", {"Authorization": login}, "GET")

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        need(options, self.options)
        self.number = number
        self._http = http
        self._application = options["application_id"].strip()
        self._secrets = [s.encode() for s in secrets_of(options, "signature_secret", "VONAGE_SIGNATURE_SECRET")]
        self._url = f"{api_address(options, BASE_URL, 'VONAGE_BASE_URL')}/v1/messages"
        try:
            self._signer = Signer(options["private_key"], {"application_id": self._application}, LIFETIME)
        except ImportError:
            raise SettingsError("Vonage needs the extra `vonage`.", "pip install 'textback[vonage]'.") from None
        except ValueError:
            raise SettingsError("VONAGE_PRIVATE_KEY is no private RSA key.", "Copy the file private.key.") from None
        self._renew_at = 0.0
        self._target = self._fresh()
        self.keywords: Mapping[str, frozenset[str]] = {}

    def ask_for(self, url: str) -> FileAsk:
        """With a fresh token of the application."""
        token = self._signer.token(time.time_ns() // 1_000_000_000, new_id())
        # Media lie at hosts such as api-us.nexmo.com; an application can close them to all who have none of its tokens:
        # https://developer.vonage.com/en/messages/concepts/secure-inbound-media
        own = origins(self._url, "https://*.nexmo.com", "https://*.vonage.com")
        return FileAsk(url, {"Authorization": f"Bearer {token}"}, own)

    def verify(self, webhook: Webhook, now: int) -> None:
        """The token must be signed with our secret, for this body, by Vonage, and not too long ago."""
        claims = claims_of(_token(webhook), self._secrets)
        if claims.get("iss") != "Vonage":
            raise BadSignature("the token is not Vonage's")
        if claims.get("application_id", self._application) != self._application:
            raise BadSignature("the token is another application's")
        at = seconds_of(claims, "iat")
        if at is None or not now - OLDEST <= at <= now + AHEAD:
            raise BadSignature("no time" if at is None else "stale token")
        match_hash(claims, "payload_hash", webhook.body)

    def signed_at(self, webhook: Webhook) -> int | None:
        """The time that the token names, when it is one of ours."""
        try:
            return seconds_of(claims_of(_token(webhook), self._secrets), "iat")
        except BadSignature:
            return None

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """A text, or the status of one of ours; nothing for channels other than SMS and MMS."""
        event = read_json(_event, webhook.body)
        if event.channel not in ("sms", "mms", None):
            return []
        if not event.message_uuid:
            raise BadPayload("message_uuid", "is missing")
        sender, recipient = number_of(event.from_), number_of(event.to)
        if not recipient:
            raise BadPayload("to", "is missing")
        if event.status is not None:
            status, at = STATUSES.get(event.status), moment_of(event.timestamp)
            ours = our_id(webhook) or clean(event.client_ref or "")[:32] or None
            about = (event.message_uuid, recipient)
            code = code_of(event.error)
            return [report_of(*about, status, code, CODES, message_id=ours, at=at)] if status else []
        if not sender:
            raise BadPayload("from", "is missing")
        files = [event.image, event.audio, event.video, event.file, event.vcard, *(event.content or ())]
        media = tuple(Media(clean(file.url)) for file in files if file is not None and file.url)
        said = [event.text, *(file.caption for file in files if file is not None)]
        return [
            Message(
                sender=sender,
                recipient=recipient,
                text=clean("\n".join(words for words in said if words)),
                provider_id=clean(event.message_uuid)[:255],
                channel="mms" if media else "sms",
                media=media,
                sent_at=moment_of(event.timestamp),
            )
        ]

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """POST /v1/messages. Vonage has no idempotency key, so only a clear refusal is ever tried again."""
        if time.monotonic() >= self._renew_at:
            self._target = self._fresh()
        body: dict[str, Any] = {
            "from": outgoing.sender.lstrip("+"),
            "to": outgoing.recipient.lstrip("+"),
            "client_ref": outgoing.message_id,
            **content_of(outgoing),
        }
        if outgoing.status_url:
            body |= {"webhook_url": outgoing.status_url, "webhook_version": "v1"}
        answer = await exchange(self._http, self._target, _encode(body), outgoing)
        if isinstance(answer, Failure):
            return answer
        if not 200 <= answer.status < 300:
            return _refused(answer)
        try:
            return accepted(_response.decode(answer.body).message_uuid)
        except UNREADABLE:
            return Failure("unknown", str(answer.status), "Vonage took it but its answer can't be read.")

    def _fresh(self) -> Target:
        """Where texts are posted to, with a token that has just begun."""
        self._renew_at = time.monotonic() + LIFETIME / 2
        token = self._signer.token(time.time_ns() // 1_000_000_000, new_id())
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return target(self._url, headers, "VONAGE_APPLICATION_ID")


def _token(webhook: Webhook) -> str:
    scheme, _, token = webhook.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _refused(answer: Answer) -> Failure:
    code = code_of(answer.body)
    return refusal(answer, code, f"Vonage answered {answer.status}{f', code {code}' if code else ''}.", CODES)
