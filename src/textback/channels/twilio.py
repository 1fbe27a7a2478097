"""Twilio Programmable Messaging: HMAC-signed form webhooks, and texts posted to Messages.json.

Contract: Twilio's pages on incoming message webhooks, on webhook security, on status callbacks and on Advanced
Opt-Out, its error dictionary, and its OpenAPI specification, as read on 2026-11-20.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import parse_qs, urlencode

import msgspec

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
from textback.channels.files import KB, MB, Files
from textback.channels.http import (
    accepted,
    api_address,
    basic,
    either_port,
    exchange,
    need,
    origins,
    refused,
    seconds,
    secrets_of,
    target,
)
from textback.channels.listing import Reader
from textback.channels.reading import UNREADABLE, form_of, our_id, report_of, signed_pairs
from textback.compliance.limits import next_day
from textback.core.errors import SettingsError
from textback.core.files import FileAsk
from textback.core.messages import Status
from textback.core.phone import is_short_code, is_toll_free
from textback.core.when import HOUR, SECOND
from textback.engine.arrivals import DeliveryStatus, Media, Message

BASE_URL = "https://api.twilio.com"
MOST_MEDIA = 10

STATUSES: dict[str, Status] = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "partially_delivered": "sent",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
    "read": "read",
}

#: What an error code means. Codes that are not listed are refusals that a repeat would not change.
CODES: dict[str, FailureKind] = {
    **dict.fromkeys(("21610", "63014", "63033"), "opted_out"),
    **dict.fromkeys(("30007", "30004", "30034", "30032", "30035", "30450", "63016", "63013"), "filtered"),
    **dict.fromkeys(("20429", "21611", "30022", "63017", "63018"), "throttled"),
    **dict.fromkeys(("30610", "30023", "30027"), "later"),
    **dict.fromkeys(("30001", "30017", "30410", "63012"), "retry"),
    **dict.fromkeys(
        ("20003", "21606", "21608", "21408", "21703", "21704", "21705", "21712", "30002", "90010"), "misconfigured"
    ),
}

_HOURS = "30610"
"""Twilio's code for a text that it does not let go at this hour."""

_LONG_CODE: Mapping[str, frozenset[str]] = {
    "stop": frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}),
    "start": frozenset({"START", "YES", "UNSTOP"}),
    "help": frozenset({"HELP", "INFO"}),
}
_TOLL_FREE: Mapping[str, frozenset[str]] = {
    "stop": frozenset({"STOP"}),
    "start": frozenset({"START", "UNSTOP"}),
    "help": frozenset({"HELP"}),
}


class _Response(msgspec.Struct):
    sid: str


class _Refusal(msgspec.Struct):
    code: int | None = None
    message: str | None = None


_response = msgspec.json.Decoder(_Response)
_refusal = msgspec.json.Decoder(_Refusal)


class Twilio:
    """One Twilio number."""

    name: ClassVar[str] = "twilio"
    options: ClassVar[tuple[Option, ...]] = (
        Option("account_sid", "TWILIO_ACCOUNT_SID", "The account's SID, which begins with AC."),
        Option(
            "auth_token", "TWILIO_AUTH_TOKEN", "The account's auth token: verifies webhooks, sends texts.", secret=True
        ),
        Option("number", "TWILIO_PHONE_NUMBER", "The number texts come to and go out from, in E.164."),
        Option("base_url", "TWILIO_BASE_URL", f"The API's address. Default: {BASE_URL}", required=False),
        KEYWORD_OWNER,
        *signature_options("TWILIO"),
    )
    content_types: ClassVar[tuple[str, ...]] = ("application/x-www-form-urlencoded",)
    acknowledgement: ClassVar[tuple[str, bytes]] = ("text/xml", b"<Response/>")
    traits: ClassVar[Traits | None] = Traits(
        title="Twilio",
        header="X-Twilio-Signature",
        signature="HMAC-SHA1 or SHA-256 over address and form",
        opt_out="flag, codes 21610, 63014, 63033",
        fail_over="1 more try when it can't connect, a second address, then lost",
        limits="1 segment a second from a long code, 3 toll-free, 100 from a short code; 1,600 characters",
        inbound="SMS, MMS, RCS",
        files=Files(picture=5 * MB, other=500 * KB),
    )

    @staticmethod
    def question(options: Mapping[str, str]) -> Target:
        """What asks Twilio whether it knows our account."""
        address = api_address(options, BASE_URL, "TWILIO_BASE_URL")
        sid = options.get("account_sid", "")
        token = options.get("auth_token", "").split(",")[0].strip()
        headers = {"Authorization": basic(sid, token)}
        return Target(f"{address}/2010-04-01/Accounts/{sid}.json", headers, "GET")

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        need(options, self.options)
        sid = options["account_sid"]
        if not (len(sid) == 34 and sid.startswith("AC") and sid.isalnum()):
            raise SettingsError(
                "TWILIO_ACCOUNT_SID is not one: it is AC and 32 more characters.", "Copy it from the console."
            )
        tokens = secrets_of(options, "auth_token", "TWILIO_AUTH_TOKEN")
        self.number = number
        self._http = http
        self._tokens = [token.encode() for token in tokens]
        address = api_address(options, BASE_URL, "TWILIO_BASE_URL")
        login = {"Authorization": basic(sid, tokens[0])}
        self._path = f"/2010-04-01/Accounts/{sid}/Messages"
        self._target = target(
            f"{address}{self._path}.json",
            {**login, "Content-Type": self.content_types[0]},
            "TWILIO_AUTH_TOKEN",
        )
        self._reader = Reader(http, address, login, "Twilio")
        # The REST API serves media, and its hosts in other regions are named like it:
        # https://www.twilio.com/docs/messaging/api/media-resource and, of regions,
        # https://www.twilio.com/docs/global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region
        self._files = FileAsk("", login, origins(address, "https://api.twilio.com", "https://api.*.twilio.com"))
        self.keywords = {} if options.get("keyword_owner") == "app" else _keywords_of(number)

    def ask_for(self, url: str) -> FileAsk:
        """With the account's name and token; Twilio sends on to where the file lies, which must not see them."""
        return msgspec.structs.replace(self._files, url=url)

    def verify(self, webhook: Webhook, now: int) -> None:
        """HMAC over the address and the form's fields, sorted; or over the address, and a hash of a JSON body.

        There is no timestamp: what keeps a replay out is that the same message is stored once.
        """
        given = webhook.headers.get("x-twilio-signature", "").encode("latin-1", "replace")
        algorithm = _algorithm(webhook.headers.get("x-twilio-webhooks-signature-settings"))
        declared = parse_qs(webhook.query).get("bodySHA256", [None])[0]
        if declared is not None:
            actual = hashlib.sha256(webhook.body).hexdigest()
            if not hmac.compare_digest(actual.encode(), declared.encode()):
                raise BadSignature("the body does not match its hash")
            tail = ""
        else:
            tail = _signed_fields(webhook.body)
        try:
            urls = either_port(webhook.url)
        except ValueError:
            raise BadSignature("the address is not one") from None
        for url in urls:
            message = (url + tail).encode("utf-8", "surrogatepass")
            for token in self._tokens:
                digest = base64.b64encode(hmac.digest(token, message, algorithm))
                if hmac.compare_digest(digest, given):
                    return
        raise BadSignature("wrong signature" if given else "no signature")

    def parse(self, webhook: Webhook) -> list[Message | DeliveryStatus]:
        """A text, or the status of one of ours; nothing for channels other than SMS and MMS."""
        form = form_of(webhook.body)
        sid = form.get("MessageSid") or form.get("SmsSid") or ""
        if not sid:
            raise BadPayload("MessageSid", "is missing")
        sender, recipient = form.get("From", "").strip(), form.get("To", "").strip()
        if not recipient:
            raise BadPayload("To", "is missing")
        if ":" in sender or ":" in recipient:  # whatsapp:+1…, rcs:agent: not this line's channels
            return []
        status = form.get("MessageStatus") or form.get("SmsStatus") or ""
        if "Body" in form or "NumMedia" in form or status in ("received", "receiving"):
            if not sender:
                raise BadPayload("From", "is missing")
            return [self._message(form, sid, sender, recipient)]
        known = STATUSES.get(status)
        if not status:
            raise BadPayload("MessageStatus", "is missing")
        return [self._status(form, sid, recipient, known, webhook)] if known else []

    def _message(self, form: Mapping[str, str], sid: str, sender: str, recipient: str) -> Message:
        count = form.get("NumMedia", "0") or "0"
        if not (len(count) <= 3 and count.isascii() and count.isdigit() and int(count) <= 100):
            raise BadPayload("NumMedia", "is not a number of files")
        media = tuple(
            Media(url, form.get(f"MediaContentType{n}", ""))
            for n in range(min(int(count), MOST_MEDIA))
            if (url := form.get(f"MediaUrl{n}", ""))
        )
        flag = form.get("OptOutType", "").lower()
        return Message(
            sender=sender[:320],
            recipient=recipient[:320],
            text=form.get("Body", ""),
            provider_id=sid[:255],
            channel="mms" if media else "sms",
            media=media,
            keyword=flag if flag in ("stop", "start", "help") else None,
        )

    def _status(
        self, form: Mapping[str, str], sid: str, recipient: str, status: Status, webhook: Webhook
    ) -> DeliveryStatus:
        return status_of(
            sid,
            recipient,
            status,
            form.get("ErrorCode", ""),
            form.get("ErrorMessage"),
            our_id(webhook),
        )

    async def send(self, outgoing: Outgoing) -> Accepted | Failure:
        """POST Messages.json. Twilio has no idempotency key, so only a clear refusal is ever tried again."""
        return await self._post(outgoing, [("Body", outgoing.text)] if outgoing.text or not outgoing.media else [])

    async def _post(self, outgoing: Outgoing, words: list[tuple[str, str]]) -> Accepted | Failure:
        fields = [("To", outgoing.recipient), *self._senders(outgoing), *words]
        fields += [("MediaUrl", media.url) for media in outgoing.media[:MOST_MEDIA]]
        if outgoing.status_url:
            fields.append(("StatusCallback", outgoing.status_url))
        body = urlencode(fields, errors="replace").encode()
        answer = await exchange(self._http, self._target, body, outgoing)
        if isinstance(answer, Failure):
            return answer
        if 200 <= answer.status < 300:
            try:
                return accepted(_response.decode(answer.body).sid)
            except UNREADABLE:
                return Failure("unknown", str(answer.status), "Twilio took it but its answer can't be read.")
        return _refused(answer.status, answer.headers, answer.body)

    def _senders(self, outgoing: Outgoing) -> list[tuple[str, str]]:
        """Who a text is from."""
        return [("From", outgoing.sender)]


def status_of(
    sid: str, recipient: str, status: Status, code: str, detail: str | None, message_id: str | None = None
) -> DeliveryStatus:
    """How a text of ours stands, `code` being Twilio's error code or empty."""
    return report_of(sid, recipient, status, code or None, CODES, detail=detail, message_id=message_id)


def _refused(status: int, headers: Mapping[str, str], answer: bytes) -> Failure:
    try:
        error = _refusal.decode(answer)
    except UNREADABLE:
        error = _Refusal()
    code = str(error.code or status)
    kind = CODES.get(code)
    detail = f"Twilio answered {status}, code {code}."  # its own sentence would repeat the whole number
    if status == 429 or kind == "throttled":
        return refused("throttled", code, detail, seconds(headers.get("retry-after")))
    if kind == "later":
        return refused("later", code, detail, _until(code))
    if status >= 500:
        # It may have been taken before it broke: a double is worse than asking.
        return refused("unknown", code, detail)
    if 300 <= status < 400:
        return refused("misconfigured", code, "The address of the API answers with a redirect.")
    if kind is None and status in (401, 403, 404):
        return refused("misconfigured", code, detail)
    return refused(kind or "rejected", code, detail)


def _until(code: str) -> float:
    """How long (seconds) a text waits that Twilio refused for the hour (Q5), or for the day as a carrier's cap is used
    up."""
    now = time.time_ns() // 1_000_000
    return (HOUR if code == _HOURS else next_day(now) - now) / SECOND


def _keywords_of(number: str) -> Mapping[str, frozenset[str]]:
    """Who answers depends on the number: Twilio on long codes, the network on toll-free, nobody on short codes."""
    if is_short_code(number):
        return {}
    return _TOLL_FREE if is_toll_free(number) else _LONG_CODE


def _algorithm(settings: str | None) -> str:
    """The hash that the signature uses. Raises BadSignature for one that we don't know."""
    if not settings:
        return "sha1"
    pairs = dict(part.strip().partition("=")[::2] for part in settings.split(","))
    if pairs.get("algorithm") != "HMAC_SHA256":
        raise BadSignature("unknown signature algorithm")
    return "sha256"


def _signed_fields(body: bytes) -> str:
    """The part of the signed text that the form makes: names sorted, each followed by its values, each value once."""
    fields: dict[str, set[str]] = {}
    for name, value in signed_pairs(body):
        fields.setdefault(name, set()).add(value)
    return "".join(name + value for name in sorted(fields) for value in sorted(fields[name]))
