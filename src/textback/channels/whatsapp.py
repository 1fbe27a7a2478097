"""WhatsApp's Cloud API, part of Meta's Graph. HMAC-signed JSON webhooks; messages are posted to /{number}/messages.

Contract: Meta's pages on webhooks, messages and error codes, and its OpenAPI description of version 23, as read on
2026-11-22. One app has one address for the webhooks of all its numbers, and one request may bring many of them.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qs

import msgspec

from textback.channels.base import (
    Accepted,
    BadSignature,
    Failure,
    Option,
    Outgoing,
    Traits,
    Webhook,
    common_options,
)
from textback.channels.client import Answer, Session, Target
from textback.channels.files import ANY
from textback.channels.http import accepted, api_address, exchange, need, origins, refusal, secrets_of, target
from textback.channels.reading import UNREADABLE, our_id, read_json
from textback.channels.whatsapp_events import CODES as CODES
from textback.channels.whatsapp_events import STATUSES as STATUSES
from textback.channels.whatsapp_events import Events, Value, told_of
from textback.channels.whatsapp_messages import content_of
from textback.core.errors import SettingsError
from textback.core.files import FileAsk
from textback.core.messages import Channel
from textback.engine.arrivals import DeliveryStatus, Message

BASE_URL = "https://graph.facebook.com"
VERSION = "v23.0"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class _Sent(msgspec.Struct):
    id: str


class _Response(msgspec.Struct):
    messages: list[_Sent]


class _Error(msgspec.Struct):
    code: int | None = None


class _Refusal(msgspec.Struct):
    error: _Error


_events = msgspec.json.Decoder(Events)
_response = msgspec.json.Decoder(_Response)
_refusal = msgspec.json.Decoder(_Refusal)
_encode = msgspec.json.Encoder().encode


class WhatsApp:
    """One number of WhatsApp."""

    name: ClassVar[str] = "whatsapp"
    options: ClassVar[tuple[Option, ...]] = (
        Option("phone_number_id", "WHATSAPP_PHONE_NUMBER_ID", "The number's id at Meta, not the number itself."),
        Option("access_token", "WHATSAPP_ACCESS_TOKEN", "A system user's token, which sends messages.", secret=True),
        Option("app_secret", "WHATSAPP_APP_SECRET", "The app's secret, which signs webhooks.", secret=True),
        Option("verify_token", "WHATSAPP_VERIFY_TOKEN", "What Meta repeats when it checks the address.", secret=True),
        Option("version", "WHATSAPP_VERSION", f"The Graph's version. Default: {VERSION}", required=False),
        *common_options("WHATSAPP", BASE_URL),
    )
    content_types: ClassVar[tuple[str, ...]] = ("application/json",)
    acknowledgement: ClassVar[tuple[str, bytes]] = ("application/json", b"{}")
    channels: ClassVar[tuple[Channel, ...]] = ("whatsapp",)
    offers: ClassVar[bool] = True
    traits: ClassVar[Traits | None] = Traits(
        title="WhatsApp",
        header="X-Hub-Signature-256",
        signature="HMAC-SHA256 over the body",
        opt_out="code 131050",
        fail_over="tried for 7 days, ever more seldom",
        limits="80 a second, one in 6 s to one contact; 4,096 characters",
        inbound="WhatsApp",
        files=ANY,
    )

    @staticmethod
    def question(options: Mapping[str, str]) -> Target:
        """What asks Meta whether it knows the number and the token."""
        url = f"{_address(options)}/{options.get('phone_number_id', '')}?fields=verified_name"
        return Target(url, {"Authorization": f"Bearer {options.get('access_token', '')}"}, "GET")

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        need(options, self.options)
        self.number = number
        self.account = options["phone_number_id"].strip()
        if not _NAME.fullmatch(self.account):
            raise SettingsError("WHATSAPP_PHONE_NUMBER_ID is no id.", "Copy it from the page API Setup of your app.")
        self._http = http
        self._secrets = [s.encode() for s in secrets_of(options, "app_secret", "WHATSAPP_APP_SECRET")]
        self._token = options["verify_token"].encode()
        login = {"Authorization": f"Bearer {options['access_token']}", "Content-Type": "application/json"}
        self._files = _address(options)
        # Where the Graph API says that a file lies, which is asked with the token too ("Media Download API").
        own = origins(self._files, "https://lookaside.fbsbx.com")
        self._ask = FileAsk("", {"Authorization": login["Authorization"]}, own, told=True)
        self._target = target(f"{self._files}/{self.account}/messages", login, "WHATSAPP_ACCESS_TOKEN")
        self.keywords: Mapping[str, frozenset[str]] = {}

    def ask_for(self, url: str) -> FileAsk:
        """In two steps, both with the token: the id of a file gives its address, which is good for five minutes."""
        return msgspec.structs.replace(self._ask, url=url)

    def greet(self, webhook: Webhook) -> tuple[str, bytes] | None:
        """The answer to a GET that checks the address: the challenge, where it has our token."""
        asked = {name: values[0] for name, values in parse_qs(webhook.query).items()}
        given = asked.get("hub.verify_token", "").encode("utf-8", "replace")
        challenge = asked.get("hub.challenge", "")
        right = hmac.compare_digest(given, self._token) and asked.get("hub.mode") == "subscribe"
        # Only what can't be a page: whoever knows the token must not be able to make one.
        return ("text/plain", challenge.encode()) if right and _NAME.fullmatch(challenge) else None

    def verify(self, webhook: Webhook, now: int) -> None:
        """HMAC-SHA256 over the body as it came, which has escapes that no JSON library would write again. There is no
        time: what keeps a replay out is that the same message is stored once."""
        scheme, _, given = webhook.headers.get("x-hub-signature-256", "").partition("=")
        if scheme != "sha256" or not given:
            raise BadSignature("no signature")
        claimed = given.encode("latin-1", "replace")
        for secret in self._secrets:
            if hmac.compare_digest(hmac.new(secret, webhook.body, hashlib.sha256).hexdigest().encode(), claimed):
                return
        raise BadSignature("wrong signature")

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """All messages and statuses of this number; nothing of other numbers and of other kinds of changes."""
        found: list[Message | DeliveryStatus] = []
        for place, value in _values(webhook):
            if value.metadata is None or str(value.metadata.phone_number_id or "") in ("", self.account):
                found += told_of(value, place, self.number, self._files, our_id(webhook))
        return found

    def of_others(self, webhook: Webhook) -> frozenset[str]:
        """The ids of numbers that a request speaks of and that are not this line's."""
        said = (value.metadata and str(value.metadata.phone_number_id or "") for _, value in _values(webhook))
        return frozenset(id_ for id_ in said if id_ and id_ != self.account)

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """POST /{number}/messages. There is no idempotency key, so only a clear refusal is ever tried again."""
        body: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": outgoing.recipient.lstrip("+"),
            "biz_opaque_callback_data": outgoing.message_id,
            **content_of(outgoing),
        }
        answer = await exchange(self._http, self._target, _encode(body), outgoing)
        if isinstance(answer, Failure):
            return answer
        if not 200 <= answer.status < 300:
            return _refused(answer)
        try:
            return accepted(_response.decode(answer.body).messages[0].id)
        except (*UNREADABLE, IndexError):
            return Failure("unknown", str(answer.status), "WhatsApp took it but its answer can't be read.")


def _address(options: Mapping[str, str]) -> str:
    version = options.get("version", "").strip() or VERSION
    if not _NAME.fullmatch(version):
        raise SettingsError("WHATSAPP_VERSION is no version.", f"Write it like {VERSION}, or leave it out.")
    return f"{api_address(options, BASE_URL, 'WHATSAPP_BASE_URL')}/{version}"


def _values(webhook: Webhook) -> list[tuple[str, Value]]:
    """What has changed, each with where it stands in the body. Raises BadPayload."""
    events = read_json(_events, webhook.body)
    return [
        (f"entry.{n}.changes.{m}.value", change.value)
        for n, entry in enumerate(events.entry)
        for m, change in enumerate(entry.changes)
        if change.field == "messages" and change.value is not None
    ]


def _refused(answer: Answer) -> Failure:
    """What a refusal means. Of errors in the Graph's own range for permissions all are the operator's."""
    try:
        number = _refusal.decode(answer.body).error.code
    except UNREADABLE:
        number = None
    code = "" if number is None else str(number)
    if number is not None and 200 <= number <= 299:
        return Failure("misconfigured", code, "The token may not send from this number.")
    failure = refusal(answer, code, f"WhatsApp answered {answer.status}, code {code or answer.status}.", CODES)
    # A code for something that passes comes with 4xx and 5xx alike, and says that nothing was taken.
    if CODES.get(code) in ("retry", "later"):
        return msgspec.structs.replace(failure, kind=CODES[code])
    return failure
