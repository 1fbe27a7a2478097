"""Vonage's SMS API, the older one: webhooks signed by a field, and texts posted to /sms/json.

Contract: Vonage's pages on inbound SMS, delivery receipts and signing messages, and its SDKs for Python and Java, as
read on 2026-11-22. What comes is a query, a form or JSON, as the account is set. A long text comes in parts, each a
webhook of its own: they are put together where turns are taken (pipeline/parts.py).
"""

import hmac
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlencode

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
from textback.channels.client import Session
from textback.channels.files import ANY
from textback.channels.http import accepted, api_address, exchange, need, refusal, refused, secrets_of, target
from textback.channels.reading import UNREADABLE, moment_of, number_of, our_id, report_of, said_in
from textback.channels.vonage_sms_signing import METHODS, digest, fields_of, signed_texts, time_of
from textback.core.errors import SettingsError
from textback.core.messages import Status
from textback.core.text import segments
from textback.core.when import HOUR, MINUTE
from textback.engine.arrivals import DeliveryStatus, Message, Part

BASE_URL = "https://rest.nexmo.com"
OLDEST, AHEAD = 73 * HOUR, 5 * MINUTE
"""How far a signed time may be from now. Vonage tries a report for 72 hours, and nobody says that it signs anew."""
MOST_CALLBACK = 100
"""Characters that the address for reports may have."""
MOST_PARTS = 255

STATUSES: dict[str, Status] = {
    **dict.fromkeys(("accepted", "buffered", "unknown"), "sent"), "delivered": "delivered",
    **dict.fromkeys(("expired", "failed"), "undelivered"), "rejected": "failed",
}  # fmt: skip

#: What the status of a refusal means. Those that are not listed are refusals that a repeat would not change.
CODES: dict[str, FailureKind] = {
    "1": "throttled",
    **dict.fromkeys(("5", "13"), "retry"),
    **dict.fromkeys(("4", "8", "9", "11", "14", "29", "32"), "misconfigured"),
}

#: What the code of a report means, where that is more than that the text did not arrive.
REPORT_CODES: dict[str, FailureKind] = {
    "9": "opted_out",
    **dict.fromkeys(("6", "14", "50", "51", "52", "53", "54"), "filtered"),
}


class _Segment(msgspec.Struct):
    status: str | int | None = None
    id: str | None = msgspec.field(default=None, name="message-id")


class _Answer(msgspec.Struct):
    messages: list[_Segment] = []


_answer = msgspec.json.Decoder(_Answer)


class VonageSMS:
    """One Vonage number whose texts go through the SMS API."""

    name: ClassVar[str] = "vonage-sms"
    options: ClassVar[tuple[Option, ...]] = (
        Option("api_key", "VONAGE_SMS_API_KEY", "The account's key."),
        Option("api_secret", "VONAGE_SMS_API_SECRET", "The account's secret: sends texts.", secret=True),
        Option("signature_secret", "VONAGE_SMS_SIGNATURE_SECRET", "The account's signature secret.", secret=True),
        Option(
            "signature_method", "VONAGE_SMS_SIGNATURE_METHOD",
            "How the account signs: md5hash (the default), md5, sha1, sha256 or sha512.", required=False,
        ),
        *common_options("VONAGE_SMS", BASE_URL),
    )  # fmt: skip
    content_types: ClassVar[tuple[str, ...]] = ("application/x-www-form-urlencoded", "application/json")
    methods: ClassVar[tuple[str, ...]] = ("POST", "GET")
    parted: ClassVar[bool] = True
    acknowledgement: ClassVar[tuple[str, bytes]] = ("text/plain", b"OK")
    traits: ClassVar[Traits | None] = Traits(
        title="Vonage SMS",
        header="",
        field="sig",
        signature="HMAC or MD5 over all fields, in one of them",
        opt_out="code 9 in reports",
        fail_over="a text is tried for 24 hours, a report for 72",
        limits="30 a second",
        media="out, as an address in the text",
        files=ANY,
        inbound="SMS",
    )

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        need(options, self.options)
        self.number = number
        self._http = http
        self._method = options.get("signature_method", "").strip().lower() or METHODS[0]
        if self._method not in METHODS:
            raise SettingsError("VONAGE_SMS_SIGNATURE_METHOD is not one.", f"Use one of {', '.join(METHODS)}.")
        secrets = secrets_of(options, "signature_secret", "VONAGE_SMS_SIGNATURE_SECRET")
        self._secrets = [secret.encode() for secret in secrets]
        self._login = {"api_key": options["api_key"].strip(), "api_secret": options["api_secret"].strip()}
        address = api_address(options, BASE_URL, "VONAGE_SMS_BASE_URL")
        self._target = target(f"{address}/sms/json", {"Content-Type": self.content_types[0]}, "VONAGE_SMS_BASE_URL")
        self.keywords: Mapping[str, frozenset[str]] = {}

    def verify(self, webhook: Webhook, now: int) -> None:
        """The field `sig` must be made with our secret from all the others, and not too long ago."""
        fields = fields_of(webhook)
        given = fields.pop("sig", "").lower().encode("utf-8", "replace")
        for text in signed_texts(fields):
            if any(hmac.compare_digest(digest(self._method, text, secret), given) for secret in self._secrets):
                break
        else:
            raise BadSignature("wrong signature" if given else "no signature")
        at = time_of(fields)
        if at is None or not now - OLDEST <= at <= now + AHEAD:
            raise BadSignature("no time" if at is None else "stale timestamp")

    def signed_at(self, webhook: Webhook) -> int | None:
        """The time that is signed."""
        try:
            return time_of(fields_of(webhook))
        except BadSignature:
            return None

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """A text or a part of one, or the status of one of ours; nothing for what is not words."""
        # A field with nothing in it may be unsigned (see signed_texts), so it says nothing.
        said = {name: value for name, value in reversed(said_in(webhook)) if value.strip()}
        id_, theirs = said.get("messageId", "")[:255], number_of(said.get("msisdn"))
        if not id_:
            raise BadPayload("messageId", "is missing")
        if not theirs:
            raise BadPayload("msisdn", "is missing")
        at = moment_of(f"{said.get('message-timestamp', '')}+00:00")
        if "status" in said or "err-code" in said:
            status, code = STATUSES.get(said.get("status", "")), said.get("err-code")
            if status is None:
                return []
            ours = our_id(webhook) or said.get("client-ref", "")[:32] or None
            code = None if code == "0" else code
            return [report_of(id_, theirs, status, code, REPORT_CODES, message_id=ours, at=at)]
        if said.get("type") == "binary":
            return []
        recipient = number_of(said.get("to")) or self.number
        return [Message(theirs, recipient, said.get("text", ""), id_, sent_at=at, part=_part(said))]

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """POST /sms/json. The HTTP status is 200 whatever comes of it: each segment has a status of its own. There is
        no idempotency key, so only a clear refusal is ever tried again."""
        text = "\n".join(part for part in (outgoing.text, *(media.url for media in outgoing.media)) if part)
        asked = {
            **self._login,
            "from": outgoing.sender.lstrip("+"),
            "to": outgoing.recipient.lstrip("+"),
            "text": text,
            "type": "text" if segments(text).encoding == "GSM-7" else "unicode",
            "client-ref": outgoing.message_id,
            "status-report-req": "1",
        }
        # Without a query: reports may come by GET, and then nobody knows whether that is signed with them.
        if (reports := (outgoing.status_url or "").partition("?")[0]) and len(reports) <= MOST_CALLBACK:
            asked["callback"] = reports
        answer = await exchange(self._http, self._target, urlencode(asked, errors="replace").encode(), outgoing)
        if isinstance(answer, Failure):
            return answer
        if not 200 <= answer.status < 300:
            return refusal(answer, "", f"Vonage answered {answer.status}.", CODES)
        try:
            some = _answer.decode(answer.body).messages
        except UNREADABLE:
            some = []
        taken = [one.id for one in some if one.id and str(one.status) == "0"]
        code = next((str(one.status) for one in some if one.status is not None and str(one.status) != "0"), "")
        if code and taken:
            return refused("unknown", code, "Vonage took only some of its segments.")
        if code:
            return refused(CODES.get(code, "rejected"), code, f"Vonage answered status {code}.")
        return accepted(taken[0]) if taken else Failure("unknown", str(answer.status), "Vonage's answer can't be read.")


def _part(said: Mapping[str, str]) -> Part | None:
    """Which part of a longer text it is; None for one that is whole, or does not say."""
    ref, number, of = (said.get(f"concat-{name}", "") for name in ("ref", "part", "total"))
    if said.get("concat", "").lower() not in ("true", "1") or not ref:
        return None
    if not all(text.isascii() and text.isdigit() and len(text) <= 3 for text in (number, of)):
        return None
    return Part(ref[:32], int(number), int(of)) if 1 <= int(number) <= int(of) <= MOST_PARTS and int(of) > 1 else None
