"""Plivo: HMAC-signed form webhooks, and texts posted to Message/.

Contract: Plivo's pages on validating requests, on incoming messages, on status callbacks, on the Message object and on
error codes, and its Python SDK, as read on 2026-11-21.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit, urlunsplit

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
from textback.channels.files import MB, Files
from textback.channels.http import (
    accepted,
    api_address,
    basic,
    exchange,
    keywords_of,
    need,
    origins,
    refusal,
    secrets_of,
    target,
)
from textback.channels.listing import Reader
from textback.channels.reading import UNREADABLE, form_of, number_of, our_id, report_of, signed_pairs
from textback.core.errors import SettingsError
from textback.core.files import FileAsk
from textback.core.messages import Status
from textback.engine.arrivals import DeliveryStatus, Media, Message

BASE_URL = "https://api.plivo.com"
MOST_MEDIA = 10

STATUSES: dict[str, Status] = {
    "queued": "accepted", "sent": "sent", "delivered": "delivered", "undelivered": "undelivered", "failed": "failed",
    "rejected": "failed", "read": "read",
}  # fmt: skip

#: Plivo's answers have no codes, only a status of HTTP.
CODES: dict[str, FailureKind] = {}

#: What an error code in a report means. Codes that are not listed are refusals that a repeat would not change.
REPORT_CODES: dict[str, FailureKind] = {
    "200": "opted_out",
    "30": "filtered",
    **dict.fromkeys(("20", "80", "300"), "retry"),
    **dict.fromkeys(("450", "900", "910"), "misconfigured"),
}

#: Whole messages that Plivo answers itself.
KEYWORDS: Mapping[str, frozenset[str]] = {
    "stop": frozenset({"STOP", "END", "QUIT"}),
    "start": frozenset({"START", "UNSTOP"}),
    "help": frozenset({"HELP", "INFO"}),
}
_INTENTS = {"optout": "stop", "optin": "start", "help": "help"}
_MEDIA = re.compile(r"Media(\d{1,3})")


class _Response(msgspec.Struct):
    message_uuid: list[str]


_response = msgspec.json.Decoder(_Response)
_encode = msgspec.json.Encoder().encode


class Plivo:
    """One Plivo number."""

    name: ClassVar[str] = "plivo"
    options: ClassVar[tuple[Option, ...]] = (
        Option("auth_id", "PLIVO_AUTH_ID", "The account's Auth ID, or that of a subaccount."),
        Option("auth_token", "PLIVO_AUTH_TOKEN", "Its Auth Token: verifies webhooks, sends texts.", secret=True),
        Option("signature_version", "PLIVO_SIGNATURE_VERSION", "v3 (the default), or v2, which signs no text.", False),
        *common_options("PLIVO", BASE_URL),
    )
    content_types: ClassVar[tuple[str, ...]] = ("application/x-www-form-urlencoded",)
    acknowledgement: ClassVar[tuple[str, bytes]] = ("text/plain", b"")
    traits: ClassVar[Traits | None] = Traits(
        title="Plivo",
        header="X-Plivo-Signature-V3",
        signature="HMAC-SHA256 over address, form and nonce (V3)",
        opt_out="flag, code 200",
        fail_over="3 more tries, after 1, 2 and 4 minutes, then lost",
        limits="5 SMS a second, 1 MMS in 4; 1,600 characters, 737 beyond GSM-7",
        files=Files(together=5 * MB),
    )

    @staticmethod
    def question(options: Mapping[str, str]) -> Target:
        """What asks Plivo whether it knows our account."""
        address = api_address(options, BASE_URL, "PLIVO_BASE_URL")
        auth_id = options.get("auth_id", "")
        login = basic(auth_id, options.get("auth_token", "").split(",")[0].strip())
        return Target(f"{address}/v1/Account/{auth_id}/", {"Authorization": login}, "GET")

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        need(options, self.options)
        auth_id = options["auth_id"]
        if not (auth_id.isascii() and auth_id.isalnum()):
            raise SettingsError("PLIVO_AUTH_ID is not one: it is letters and digits.", "Copy it from the console.")
        self._version = options.get("signature_version", "").strip().lower() or "v3"
        if self._version not in ("v2", "v3"):
            raise SettingsError("PLIVO_SIGNATURE_VERSION is neither v3 nor v2.", "Leave it out for v3.")
        tokens = secrets_of(options, "auth_token", "PLIVO_AUTH_TOKEN")
        self.number = number
        self._http = http
        self._tokens = [token.encode() for token in tokens]
        address = api_address(options, BASE_URL, "PLIVO_BASE_URL")
        login = {"Authorization": basic(auth_id, tokens[0])}
        self._path = f"/v1/Account/{auth_id}/Message/"
        json = {**login, "Content-Type": "application/json"}
        self._target = target(f"{address}{self._path}", json, "PLIVO_AUTH_TOKEN")
        self._reader = Reader(http, address, login, "Plivo")
        # Nothing names the host of media that come in; recordings lie at media.plivo.com and such hosts of regions.
        self._files = FileAsk("", login, origins(address, "https://*.plivo.com"))
        self.keywords = keywords_of(options, KEYWORDS)

    def ask_for(self, url: str) -> FileAsk:
        """With the account's name and token."""
        return msgspec.structs.replace(self._files, url=url)

    def verify(self, webhook: Webhook, now: int) -> None:
        """HMAC-SHA256 over address, fields and nonce, by the account or (Ma) the main account. There is no time in it:
        what keeps a replay out is that the same message is stored once."""
        name = f"x-plivo-signature-{self._version}"
        said = [webhook.headers.get(header, "") for header in (name, name.replace("-v", "-ma-v"))]
        given = [part.strip().encode("latin-1", "replace") for both in said for part in both.split(",")[:5] if part]
        nonce = webhook.headers.get(f"{name}-nonce", "")
        if not given or not nonce:
            raise BadSignature("no signature")
        try:
            signed = _signed_v3(webhook, nonce) if self._version == "v3" else _bare(webhook.url) + nonce
        except ValueError:
            raise BadSignature("the address is not one") from None
        message = signed.encode("utf-8", "surrogatepass")
        for token in self._tokens:
            digest = base64.b64encode(hmac.digest(token, message, "sha256"))
            if any(hmac.compare_digest(digest, one) for one in given):
                return
        raise BadSignature("wrong signature")

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """A text, or the status of one of ours; nothing for WhatsApp."""
        form = form_of(webhook.body)
        uuid = form.get("MessageUUID", "")
        if not uuid:
            raise BadPayload("MessageUUID", "is missing")
        sender, recipient = number_of(form.get("From")), number_of(form.get("To"))
        if not recipient:
            raise BadPayload("To", "is missing")
        if form.get("Type") == "whatsapp":
            return []
        if "Status" in form:
            status, code = STATUSES.get(form["Status"].lower()), form.get("ErrorCode", "").strip().lstrip("0")
            ours = our_id(webhook)
            return [report_of(uuid, recipient, status, code, REPORT_CODES, message_id=ours)] if status else []
        if not sender:
            raise BadPayload("From", "is missing")
        found = sorted((int(match[1]), url) for name, url in form.items() if url and (match := _MEDIA.fullmatch(name)))
        media = tuple(Media(url) for _, url in found[:MOST_MEDIA])
        return [
            Message(
                sender=sender,
                recipient=recipient,
                text=form.get("Text") or form.get("Body", ""),
                provider_id=uuid[:255],
                channel="mms" if media else "sms",
                media=media,
                keyword=_INTENTS.get(form.get("MessageIntent", "").lower()),
            )
        ]

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """POST Message/. Plivo has no idempotency key, so only a clear refusal is ever tried again."""
        body: dict[str, Any] = {"src": outgoing.sender, "dst": outgoing.recipient, "text": outgoing.text, "type": "sms"}
        if outgoing.media:
            body |= {"type": "mms", "media_urls": [media.url for media in outgoing.media[:MOST_MEDIA]]}
        if outgoing.status_url:
            body |= {"url": outgoing.status_url, "method": "POST"}
        answer = await exchange(self._http, self._target, _encode(body), outgoing)
        if isinstance(answer, Failure):
            return answer
        if not 200 <= answer.status < 300:
            return refusal(answer, "", f"Plivo answered {answer.status}.", CODES)
        try:
            return accepted(_response.decode(answer.body).message_uuid[0])
        except (*UNREADABLE, IndexError):
            return Failure("unknown", str(answer.status), "Plivo took it but its answer can't be read.")


def _bare(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))


def _signed_v3(webhook: Webhook, nonce: str) -> str:
    """The address without its query, the query sorted, the form's fields sorted, and the nonce."""
    query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(webhook.query, keep_blank_values=True)))
    fields = "".join(name + value for name, value in sorted(signed_pairs(webhook.body)))
    mark = "?" if query or fields else ""
    dot = "." if query and fields else ""
    return f"{_bare(webhook.url)}{mark}{query}{dot}{fields}.{nonce}"
