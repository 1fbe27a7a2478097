"""MessageBird's REST API, the older of Bird's: webhooks signed by a token, and texts posted to /messages and /mms.

Contract: MessageBird's SDKs for Python and Node.js, its support page on delivery reports, and Bird's page on keywords
for opting out, as read on 2026-11-22. Texts that come in are posted as a form or as JSON, reports come as a query.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

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
from textback.channels.http import (
    accepted,
    api_address,
    exchange,
    keywords_of,
    need,
    origins,
    refusal,
    secrets_of,
    target,
)
from textback.channels.jwt import HASHES, claims_of, match_hash, seconds_of
from textback.channels.reading import UNREADABLE, moment_of, number_of, our_id, report_of, said_in
from textback.channels.stamped import check_stamp, sorted_queries, stamped_at
from textback.core.files import FileAsk
from textback.core.messages import Status
from textback.core.when import SECOND
from textback.engine.arrivals import DeliveryStatus, Media, Message

BASE_URL = "https://rest.messagebird.com"
LEEWAY = 5 * SECOND
"""How far our clock may be off at either end of a token's time."""
TOLERANCE = 300 * SECOND
"""How far the time of an older signature may be from now, either way."""

STATUSES: dict[str, Status] = {
    "scheduled": "accepted",
    "buffered": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "expired": "undelivered",
    "delivery_failed": "undelivered",
}

#: What the code of a refusal means. Codes that are not listed are refusals that a repeat would not change.
CODES: dict[str, FailureKind] = {**dict.fromkeys(("2", "20", "25", "98"), "misconfigured"), "99": "unknown"}

#: What the code of a report means, where that is more than that the text did not arrive.
REPORT_CODES: dict[str, FailureKind] = {"103": "opted_out"}

#: Whole messages that MessageBird answers itself.
KEYWORDS: Mapping[str, frozenset[str]] = {
    "stop": frozenset({"STOP", "ARRET", "STOPALL", "UNSUBSCRIBE", "QUIT", "CANCEL", "END"}),
    "start": frozenset({"UNSTOP", "START", "YES"}),
    "help": frozenset({"HELP"}),
}


class _Error(msgspec.Struct):
    code: int | str | None = None


class _Answer(msgspec.Struct):
    id: str | None = None
    errors: list[_Error] = []


_answer = msgspec.json.Decoder(_Answer)
_encode = msgspec.json.Encoder().encode


class MessageBird:
    """One MessageBird number."""

    name: ClassVar[str] = "messagebird"
    options: ClassVar[tuple[Option, ...]] = (
        Option("access_key", "MESSAGEBIRD_ACCESS_KEY", "The live access key that sends texts.", secret=True),
        Option("signing_key", "MESSAGEBIRD_SIGNING_KEY", "The key that webhooks are signed with.", secret=True),
        *common_options("MESSAGEBIRD", BASE_URL),
    )
    content_types: ClassVar[tuple[str, ...]] = ("application/x-www-form-urlencoded", "application/json")
    methods: ClassVar[tuple[str, ...]] = ("POST", "GET")
    acknowledgement: ClassVar[tuple[str, bytes]] = ("text/plain", b"OK")
    traits: ClassVar[Traits | None] = Traits(
        title="MessageBird",
        header="messagebird-signature-jwt",
        signature="JWT over address, body and time",
        opt_out="code 103 in reports",
        fail_over="not documented",
        limits="1377 characters",
    )

    @staticmethod
    def question(options: Mapping[str, str]) -> Target:
        """What asks MessageBird whether it knows our key: the balance."""
        address = api_address(options, BASE_URL, "MESSAGEBIRD_BASE_URL")
        return Target(f"{address}/balance", {"Authorization": f"AccessKey {options.get('access_key', '')}"}, "GET")

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        need(options, self.options)
        self.number = number
        self._http = http
        address = api_address(options, BASE_URL, "MESSAGEBIRD_BASE_URL")
        login = {"Authorization": f"AccessKey {options['access_key']}", "Content-Type": "application/json"}
        self._texts = target(f"{address}/messages", login, "MESSAGEBIRD_ACCESS_KEY")
        self._pictures = target(f"{address}/mms", login, "MESSAGEBIRD_ACCESS_KEY")
        access = {"Authorization": login["Authorization"]}
        # Files can be closed to all who have no key: https://developers.messagebird.com/api/file-storage
        self._files = FileAsk("", access, origins(address, "https://*.messagebird.com"))
        self._keys = [key.encode() for key in secrets_of(options, "signing_key", "MESSAGEBIRD_SIGNING_KEY")]
        self.keywords = keywords_of(options, KEYWORDS)

    def ask_for(self, url: str) -> FileAsk:
        """With the access key."""
        return msgspec.structs.replace(self._files, url=url)

    def verify(self, webhook: Webhook, now: int) -> None:
        """A token over address and body, good for as long as it says; or the older HMAC over time, query and body."""
        token = webhook.headers.get("messagebird-signature-jwt")
        if token is None:
            check_stamp(webhook, sorted_queries(webhook.query), self._keys, now, TOLERANCE)
            return
        claims = claims_of(token, self._keys, HASHES)
        begins, ends = seconds_of(claims, "nbf"), seconds_of(claims, "exp")
        if claims.get("iss") != "MessageBird" or begins is None or ends is None:
            raise BadSignature("the token is not MessageBird's, or has no time")
        if not begins - LEEWAY <= now <= ends + LEEWAY:
            raise BadSignature("stale timestamp")
        match_hash(claims, "url_hash", webhook.url.encode("utf-8", "replace"))
        if webhook.body or claims.get("payload_hash"):
            match_hash(claims, "payload_hash", webhook.body)

    def signed_at(self, webhook: Webhook) -> int | None:
        """When the token begins to be good, or the time that is signed with the older form."""
        token = webhook.headers.get("messagebird-signature-jwt")
        if token is None:
            return stamped_at(webhook)
        try:
            return seconds_of(claims_of(token, self._keys, HASHES), "nbf")
        except BadSignature:
            return None

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """A text, or the status of one of ours."""
        pairs = said_in(webhook)
        said = dict(reversed(pairs))
        id_ = (said.get("id") or said.get("mid") or "")[:255]
        if not id_:
            raise BadPayload("id", "is missing")
        if "status" in said:
            recipient, status = number_of(said.get("recipient")), STATUSES.get(said["status"])
            if not recipient:
                raise BadPayload("recipient", "is missing")
            if status is None:
                return []
            code, why, at = said.get("statusErrorCode"), said.get("statusReason"), _moment(said.get("statusDatetime"))
            code = None if code == "0" else code
            ours = our_id(webhook) or said.get("reference", "")[:32] or None
            return [report_of(id_, recipient, status, code, REPORT_CODES, detail=why, message_id=ours, at=at)]
        sender = number_of(said.get("originator"))
        if not sender:
            raise BadPayload("originator", "is missing")
        media = tuple(Media(value) for name, value in pairs if name.lower().startswith("mediaurl") and value)
        recipient = number_of(said.get("recipient") or said.get("shortcode")) or self.number
        text, at = said.get("body", said.get("message", "")), _moment(said.get("createdDatetime"))
        return [Message(sender, recipient, text, id_, "mms" if media else "sms", media, sent_at=at)]

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """POST /messages, or /mms where pictures go along. Reports come only for a text that has a reference. There is
        no idempotency key, so only a clear refusal is ever tried again."""
        asked: dict[str, Any] = {
            "originator": outgoing.sender.lstrip("+"),
            "recipients": [outgoing.recipient.lstrip("+")],
            "reference": outgoing.message_id,
        }
        if outgoing.text or not outgoing.media:
            asked["body"] = outgoing.text
        if outgoing.media:
            asked["mediaUrls"] = [media.url for media in outgoing.media]
        else:
            asked["datacoding"] = "auto"  # else letters that GSM-7 has not are lost
            if outgoing.status_url:
                asked["reportUrl"] = outgoing.status_url
        to = self._pictures if outgoing.media else self._texts
        answer = await exchange(self._http, to, _encode(asked), outgoing)
        if isinstance(answer, Failure):
            return answer
        try:
            said = _answer.decode(answer.body)
        except UNREADABLE:
            said = _Answer()
        if 200 <= answer.status < 300:
            if said.id:
                return accepted(said.id)
            return Failure("unknown", str(answer.status), "MessageBird took it but its answer can't be read.")
        code = next((str(error.code) for error in said.errors if error.code is not None), "")
        return refusal(answer, code, f"MessageBird answered {answer.status}, code {code or answer.status}.", CODES)


def _moment(text: str | None) -> int | None:
    """A time, where a plus of its zone may have been read as a space."""
    return moment_of(text.replace(" ", "+") if text and "T" in text else text)
