"""What providers send and answer: webhooks, answers to posts, pages of lists, and HTTP itself."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Coroutine
from typing import Any, TypeVar, get_args

import msgspec

from fuzz.target import Target, check, joined, parts
from tests.channels.examination.examinee import NOW as SIGNED_AT
from tests.channels.examination.examinee import Examinee, examinees
from tests.support.fake_provider import (
    NUMBER,
    TELNYX_API_KEY,
    TELNYX_PUBLIC_KEY,
    TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN,
    encoded,
    sign_telnyx,
    telnyx_status,
    telnyx_text,
    twilio_status,
    twilio_text,
)
from textback.channels import probe
from textback.channels.base import (
    Accepted,
    BadPayload,
    BadSignature,
    Failure,
    Found,
    Heard,
    ListFailed,
    Outgoing,
    Webhook,
)
from textback.channels.client import Answer, Broken, Session, _Connection
from textback.channels.client import Target as Address
from textback.channels.telnyx_lists import ListingTelnyx
from textback.channels.twilio_lists import ListingTwilio
from textback.core.messages import RANK, Channel
from textback.engine.arrivals import DeliveryStatus, Message
from textback.pipeline.accept import incoming

T = TypeVar("T")
NOW = 1_800_000_000_000
WEEK = 7 * 24 * 3_600_000
URL = "https://bot.example.com/webhooks/twilio"


class Canned(Session):
    """A session that answers whatever it is asked with the same bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = Answer(200, {}, b"")

    async def post(self, *_: object) -> Answer:
        """The answer."""
        return self.answer

    async def get(self, *_: object) -> Answer:
        """The answer."""
        return self.answer


http = Canned()
telnyx = ListingTelnyx(NUMBER, {"api_key": TELNYX_API_KEY, "public_key": TELNYX_PUBLIC_KEY}, http)
twilio = ListingTwilio(NUMBER, {"account_sid": TWILIO_ACCOUNT_SID, "auth_token": TWILIO_AUTH_TOKEN}, http)
OUT = Outgoing("0192f0c1a5e00000a1b2c3d4", NUMBER, "+12065550123", "Your bike is ready.")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run what does no I/O."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    work.close()
    raise AssertionError("it waited")


def _storable(text: str, longest: int) -> bool:
    return len(text) <= longest and "\x00" not in text and text.encode("utf-8", "replace").decode() == text


def arrivals_are_sound(found: list[Message | DeliveryStatus]) -> None:
    """What the inbox, and every column of the database, can take."""
    for one in found:
        stored = incoming("x" * 64, one)
        check(_storable(stored.provider_id, 255) and bool(stored.provider_id), "the id can't be stored")
        check(_storable(stored.kind, 48), "the kind can't be stored")
        check(_storable(stored.identifier, 320) and bool(stored.identifier), "the address can't be stored")
        check(_storable(stored.data, 10_000_000), "the text can't be stored")
        check(msgspec.json.decode(stored.data, type=type(one)) == one, "it is not read back as it was")
        if isinstance(one, DeliveryStatus):
            check(one.status in RANK and _storable(one.code or "", 32), "the status can't be stored")
            check(_storable(one.message_id or "", 32), "our id can't be stored")
        else:
            check(one.channel in get_args(Channel) and one.keyword in (None, "stop", "start", "help"), "no such word")


def _webhook(url: str, headers: bytes, body: bytes) -> Webhook:
    named = {}
    for line in headers.decode("latin-1").split("\n"):
        name, _, value = line.partition(":")
        named[name.strip().lower()] = value.strip()
    return Webhook("POST", url, url.partition("?")[2], named, body)


def telnyx_verify(data: bytes) -> None:
    """Headers and body, as they come."""
    headers, body = parts(data, 2)
    telnyx.verify(_webhook("https://bot.example.com/webhooks/telnyx", headers, body), NOW)


def twilio_verify(data: bytes) -> None:
    """Path and query, headers, and body, as they come."""
    path, headers, body = parts(data, 3)
    twilio.verify(_webhook("https://bot.example.com/" + path.decode("latin-1"), headers, body), NOW)


def telnyx_parse(data: bytes) -> None:
    """A body."""
    query, body = parts(data, 2)
    arrivals_are_sound(telnyx.parse(Webhook("POST", "", query.decode("latin-1"), {}, body)))


def twilio_parse(data: bytes) -> None:
    """A form."""
    query, body = parts(data, 2)
    arrivals_are_sound(twilio.parse(Webhook("POST", "", query.decode("latin-1"), {}, body)))


def _examined(examinee: Examinee) -> list[Target]:
    """Signatures and webhooks of a provider that has joined the examination."""
    line, kind = examinee.line(), examinee.line().content_types[0]

    def verify(data: bytes) -> None:
        """Path and query, headers, and body, as they come."""
        path, headers, body = parts(data, 3)
        line.verify(_webhook("https://bot.example.com/" + path.decode("latin-1"), headers, body), SIGNED_AT)

    def parse(data: bytes) -> None:
        """A body."""
        query, body = parts(data, 2)
        arrivals_are_sound(line.parse(Webhook("POST", "", query.decode("latin-1"), {"content-type": kind}, body)))

    signed = examinee.signed(examinee.text("hours", "m-1"))
    headers = "\n".join(f"{name}: {value}" for name, value in signed.headers.items())
    path = signed.url.partition("//")[2].partition("/")[2]
    webhooks = [examinee.webhook(case) for case in examinee.cases]
    return [
        Target(f"{examinee.name} signature", verify, [joined(path, headers, signed.body)], (BadSignature,)),
        Target(
            f"{examinee.name} webhook", parse, [joined(one.query, one.body) for one in webhooks], (BadPayload,), 200
        ),
    ]


def _answer(data: bytes) -> Answer:
    status, headers, body = parts(data, 3)
    code = int(status[:3]) if status[:3].isdigit() and len(status) >= 3 else 200
    return Answer(code, dict(_webhook("", headers, b"").headers), body)


def _sent(provider: ListingTelnyx | ListingTwilio, data: bytes) -> None:
    http.answer = _answer(data)
    result = run(provider.send(OUT))
    if isinstance(result, Accepted):
        check(_storable(result.provider_id, 255), "the id can't be stored")
        check(200 <= http.answer.status < 300, "a refusal was taken for an acceptance")
    else:
        check(isinstance(result, Failure), "neither accepted nor failed")
        check(_storable(result.code, 32) and _storable(result.detail, 200), "the failure can't be stored")
        wait = result.retry_after
        check(wait is None or 0 <= wait <= 3600, "the pause makes no sense")


def telnyx_answer(data: bytes) -> None:
    """What Telnyx answers to a post."""
    _sent(telnyx, data)


def twilio_answer(data: bytes) -> None:
    """What Twilio answers to a post."""
    _sent(twilio, data)


def _list(provider: ListingTelnyx | ListingTwilio, data: bytes) -> None:
    """The same answer for the list, for what went to one contact, and for one text. Raises ListFailed when it is none
    of these."""
    http.answer = _answer(data)
    failed: list[ListFailed] = []
    try:
        recent = run(provider.recent(NOW - WEEK, NOW))
        arrivals_are_sound([one for one in recent.statuses if one.recipient])  # others are of nobody
        arrivals_are_sound([one.message for one in recent.heard if one.message is not None and one.message.sender])
    except ListFailed as error:
        failed.append(error)
    try:
        check(isinstance(run(provider.find(OUT, NOW - WEEK, NOW)), Found), "nothing was said")
    except ListFailed as error:
        failed.append(error)
    try:
        message = run(provider.read(Heard("SM1", "+12065550123", NOW)))
        arrivals_are_sound([message] if message is not None and message.sender and message.provider_id else [])
    except ListFailed as error:
        failed.append(error)
    if len(failed) == 3:
        raise failed[0]


def telnyx_list(data: bytes) -> None:
    """A page of Telnyx's detail records."""
    _list(telnyx, data)


def twilio_list(data: bytes) -> None:
    """A page of Twilio's messages."""
    _list(twilio, data)


def probed(data: bytes) -> None:
    """What a provider answers to the harmless question."""
    http.answer = _answer(data)
    answered = run(probe.probe(http, "telnyx", {"api_key": "k"}))
    check(answered is not None and (answered.time is None or isinstance(answered.time, int)), "no time")


class _NoTransport(asyncio.Transport):
    def write(self, data: object) -> None:
        pass

    def abort(self) -> None:
        pass


_loop: list[asyncio.AbstractEventLoop] = []


def client(data: bytes) -> None:
    """The bytes of an answer, in two pieces, and then the end of the connection."""

    async def ask() -> None:
        connection = _Connection()
        connection.connection_made(_NoTransport())
        waiting = connection.ask(Address("https://api.example.com/v2/messages", {}).request(b"{}"))
        for piece in (data[: len(data) // 2], data[len(data) // 2 :]):
            if not connection.closed:
                connection.data_received(piece)
        if not connection.closed:
            connection.eof_received()
        connection.connection_lost(None)
        check(waiting.done(), "nobody is told")
        answer = waiting.result()
        check(100 <= answer.status <= 999 and len(answer.body) <= 2**20 + len(data), "no answer")

    if not _loop:
        _loop.append(asyncio.new_event_loop())
    _loop[0].run_until_complete(ask())


def close() -> None:
    """Let go of the loop."""
    while _loop:
        _loop.pop().close()


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _texts() -> list[dict[str, Any]]:
    return [
        telnyx_text("hours", received_at="2027-01-15T08:00:00.000+00:00"),
        telnyx_text("STOP", autoresponse_type="STOP"),
        telnyx_text("", media=[{"url": "https://example.com/a.jpg", "content_type": "image/jpeg", "size": 5}]),
        telnyx_status("delivered"),
        telnyx_status("delivery_failed", code="40300"),
    ]


def _forms() -> list[dict[str, str]]:
    return [
        twilio_text("hours 🚲"),
        twilio_text("", NumMedia="1", MediaUrl0="https://example.com/a", MediaContentType0="image/jpeg"),
        twilio_text("STOP", OptOutType="STOP"),
        twilio_status("delivered"),
        twilio_status("undelivered", ErrorCode="30007", ErrorMessage="Filtered"),
    ]


def _signed_telnyx() -> bytes:
    body = _json(telnyx_text("hours"))
    headers = "\n".join(f"{name}: {value}" for name, value in sign_telnyx(body, NOW).items())
    return joined(headers, body)


def _signed_twilio(body: bytes, path: str = "webhooks/twilio") -> bytes:
    """Signed by the hash of the body, in the address."""
    path = f"{path}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    digest = hmac.digest(TWILIO_AUTH_TOKEN.encode(), f"https://bot.example.com/{path}".encode(), "sha1")
    return joined(path, f"X-Twilio-Signature: {base64.b64encode(digest).decode()}", body)


_RECORD = {
    "uuid": "m-1", "cli": "+12065550123", "cld": NUMBER, "direction": "inbound", "status": "delivered",
    "created_at": "2027-01-15T07:00:00Z", "errors": ["40002"],
    "delivery_status_webhook_url": "https://bot.example.com/webhooks/telnyx?m=0192f0c1a5e00000a1b2c3d4",
}  # fmt: skip
_ROW: dict[str, Any] = {
    "sid": "SM1", "direction": "inbound", "status": "received", "to": NUMBER, "from": "+12065550123", "body": "hours",
    "num_media": "0", "date_created": "Fri, 15 Jan 2027 07:00:00 +0000", "date_sent": "Fri, 15 Jan 2027 07:00:01 +0000",
    "error_code": None, "error_message": None,
}  # fmt: skip
_OUTBOUND = {**_ROW, "sid": "SM2", "direction": "outbound-api", "status": "delivered", "to": "+12065550123"}
_OUTBOUND = {**_OUTBOUND, "from": NUMBER, "body": OUT.text, "error_code": 30007}
_JSON_ANSWER = "content-type: application/json\ndate: Fri, 15 Jan 2027 08:00:00 GMT"
_REFUSED = b"retry-after: 3\nx-ratelimit-reset: 1"

TARGETS = [
    Target("telnyx signature", telnyx_verify, [_signed_telnyx()], (BadSignature,)),
    Target("telnyx webhook", telnyx_parse, [joined("m=1", _json(one)) for one in _texts()], (BadPayload,), 200),
    Target(
        "twilio signature",
        twilio_verify,
        [_signed_twilio(encoded(_forms()[0])), joined("webhooks/twilio?m=1", "x-twilio-signature: eA==", "Body=hours")],
        (BadSignature,),
    ),
    Target("twilio webhook", twilio_parse, [joined("m=1", encoded(one)) for one in _forms()], (BadPayload,), 200),
    Target(
        "telnyx answer",
        telnyx_answer,
        [
            joined("200", _JSON_ANSWER, _json({"data": {"id": "m-1"}})),
            joined("429", _REFUSED, _json({"errors": [{"code": "10011", "title": "Too many"}]})),
            joined("422", b"", _json({"errors": [{"code": 40300, "title": "Opted out", "detail": "x"}]})),
            joined("502", b"", b"<html>Bad gateway</html>"),
        ],
    ),
    Target(
        "twilio answer",
        twilio_answer,
        [
            joined("201", _JSON_ANSWER, _json({"sid": "SM1", "status": "queued"})),
            joined("429", _REFUSED, _json({"code": 20429, "message": "Too many", "status": 429})),
            joined("400", b"", _json({"code": 21610, "message": "Opted out"})),
        ],
    ),
    Target(
        "telnyx list",
        telnyx_list,
        [
            joined("200", b"", _json({"data": [_RECORD, {**_RECORD, "direction": "outbound"}], "meta": {}})),
            joined("200", b"", _json({"data": {"id": "m-1", "text": "hours", **_texts()[0]["data"]["payload"]}})),
        ],
        (ListFailed,),
        50,
    ),
    Target(
        "twilio list",
        twilio_list,
        [
            joined("200", b"", _json({"messages": [_ROW, _OUTBOUND], "next_page_uri": None})),
            joined("200", b"", _json({"messages": [_ROW], "next_page_uri": "/2010-04-01/Accounts/x/Messages?Page=1"})),
            joined("200", b"", _json({**_ROW, "media_list": [{"uri": "/Media/ME1.json", "content_type": "a/b"}]})),
        ],
        (ListFailed,),
        50,
    ),
    *(target for one in examinees() if one.name not in ("telnyx", "twilio") for target in _examined(one)),
    Target("provider's clock", probed, [joined("200", _JSON_ANSWER, b"{}")]),
    Target(
        "provider's HTTP",
        client,
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: application/json\r\n\r\n{\"data\": \"x\"}",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Too Many\r\nRetry-After: 3\r\nConnection: close\r\n\r\nwait",
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nrest",
            b"HTTP/1.0 204 No Content\r\n\r\n",
        ],
        (Broken,),
    ),
]  # fmt: skip

__all__ = ["TARGETS", "close"]
