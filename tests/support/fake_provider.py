"""A provider on this machine: it takes texts as Telnyx and Twilio do, remembers them, signs webhooks, and misbehaves.

In an async test:           async with FakeProvider() as fake: ...
Beside a served process:    with fake_provider() as fake: Served([...], folder, fake.environment())
"""

import asyncio
import base64
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web
from nacl.signing import SigningKey
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.support.fake_lists import FakeLists
from tests.support.fake_numbers import FakeNumbers
from tests.support.misbehaving import HANG as HANG
from tests.support.misbehaving import RESET as RESET
from tests.support.misbehaving import Answer as Answer
from tests.support.misbehaving import Misbehaving, json_of, lower
from tests.support.misbehaving import Posted as Posted

NUMBER = "+12065550100"
TELNYX_API_KEY = "KEY-of-the-fake-provider"
TELNYX_SIGNING_KEY = SigningKey(b"textback fake provider, one key.")
TELNYX_PUBLIC_KEY = base64.b64encode(bytes(TELNYX_SIGNING_KEY.verify_key)).decode()
TWILIO_ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
TWILIO_AUTH_TOKEN = "token-of-the-fake-provider"


class FakeProvider(Misbehaving):
    """Both providers behind one address. `taken` are the requests that became a text, by the id that it got."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[str, Posted] = {}
        self._count = 0
        self.app.router.add_post("/v2/messages", self._telnyx)
        self.app.router.add_post("/2010-04-01/Accounts/{sid}/Messages.json", self._twilio)
        self.lists = FakeLists((TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN), TELNYX_API_KEY)
        self.lists.add_routes(self.app)
        self.numbers = FakeNumbers((TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN), TELNYX_API_KEY, NUMBER)
        self.numbers.add_routes(self.app)

    @property
    def telnyx_url(self) -> str:
        """The value of TELNYX_BASE_URL."""
        return f"{self.url}/v2"

    @property
    def twilio_url(self) -> str:
        """The value of TWILIO_BASE_URL."""
        return self.url

    def telnyx_options(self, **more: str) -> dict[str, str]:
        """The options of a Telnyx line that sends to this fake."""
        return {
            "api_key": TELNYX_API_KEY,
            "public_key": TELNYX_PUBLIC_KEY,
            "base_url": self.telnyx_url,
            **more,
        }

    def twilio_options(self, **more: str) -> dict[str, str]:
        """The options of a Twilio line that sends to this fake."""
        return {
            "account_sid": TWILIO_ACCOUNT_SID,
            "auth_token": TWILIO_AUTH_TOKEN,
            "base_url": self.twilio_url,
            **more,
        }

    def environment(self, *providers: str) -> dict[str, str]:
        """The variables that make a served Textback send here: of "telnyx", "twilio", or (by default) both."""
        both = {
            "telnyx": {
                "TELNYX_API_KEY": TELNYX_API_KEY,
                "TELNYX_PUBLIC_KEY": TELNYX_PUBLIC_KEY,
                "TELNYX_PHONE_NUMBER": NUMBER,
                "TELNYX_BASE_URL": self.telnyx_url,
            },
            "twilio": {
                "TWILIO_ACCOUNT_SID": TWILIO_ACCOUNT_SID,
                "TWILIO_AUTH_TOKEN": TWILIO_AUTH_TOKEN,
                "TWILIO_PHONE_NUMBER": NUMBER,
                "TWILIO_BASE_URL": self.twilio_url,
            },
        }
        return {name: value for provider in providers or both for name, value in both[provider].items()}

    async def _telnyx(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        asked = json_of(body)
        posted = Posted(request.path, lower(request), body, json=asked)
        scripted = await self.note(posted)
        if scripted is not None:
            return await self.scripted(request, scripted)
        if request.headers.get("Authorization") != f"Bearer {TELNYX_API_KEY}":
            return _telnyx_error(401, "10009", "Authentication failed")
        if not isinstance(asked, dict):
            return _telnyx_error(400, "10015", "Invalid JSON")
        for name in ("to", "from"):
            if not asked.get(name):
                return _telnyx_error(422, "10004", "Missing required parameter")
        if not asked.get("text") and not asked.get("media_urls"):
            return _telnyx_error(422, "10004", "Missing required parameter")
        self._count += 1
        message = _telnyx_message(asked, self._count)
        self.taken[message["id"]] = posted
        self._took(message["id"], asked["from"], asked["to"], asked.get("text", ""), asked.get("webhook_url"))
        return web.json_response({"data": message})

    async def _twilio(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        form = tuple(parse_qsl(body.decode(), keep_blank_values=True))
        posted = Posted(request.path, lower(request), body, form=form)
        scripted = await self.note(posted)
        if scripted is not None:
            return await self.scripted(request, scripted)
        asked = dict(form)
        login = base64.b64encode(f"{TWILIO_ACCOUNT_SID}:{TWILIO_AUTH_TOKEN}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {login}":
            return _twilio_error(401, 20003, "Authenticate")
        if request.match_info["sid"] != TWILIO_ACCOUNT_SID:
            return _twilio_error(404, 20404, "The requested resource was not found")
        if not asked.get("To"):
            return _twilio_error(400, 21604, "A 'To' phone number is required.")
        if not asked.get("From"):
            return _twilio_error(400, 21603, "A 'From' phone number is required.")
        if not asked.get("Body") and not asked.get("MediaUrl"):
            return _twilio_error(400, 21602, "Message body is required.")
        self._count += 1
        message = _twilio_message(form, self._count)
        self.taken[message["sid"]] = posted
        self._took(message["sid"], asked["From"], asked["To"], asked.get("Body", ""))
        return web.json_response(message, status=201)

    def _took(self, id_: str, sender: str, recipient: str, text: str, webhook_url: str | None = None) -> None:
        """A text that was posted is in the provider's lists at once."""
        now = time.time_ns() // 1_000_000
        self.lists.add("out", sender, recipient, text, now, id=id_, webhook_url=webhook_url)


@contextmanager
def fake_provider() -> Iterator[FakeProvider]:
    """A fake provider in a thread of its own, for tests without an event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    fake = FakeProvider()
    try:
        asyncio.run_coroutine_threadsafe(fake.__aenter__(), loop).result(10)
        yield fake
    finally:
        asyncio.run_coroutine_threadsafe(fake.__aexit__(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def sign_telnyx(body: bytes, now: int, key: SigningKey = TELNYX_SIGNING_KEY) -> dict[str, str]:
    """The headers of a webhook that Telnyx sends at `now` (ms)."""
    timestamp = str(now // 1000)
    signature = key.sign(timestamp.encode() + b"|" + body).signature
    return {
        "content-type": "application/json",
        "telnyx-timestamp": timestamp,
        "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
    }


def sign_twilio(
    url: str, form: Mapping[str, str], token: str = TWILIO_AUTH_TOKEN, *, algorithm: str = ""
) -> dict[str, str]:
    """The headers of a webhook that Twilio posts to `url`; `algorithm` is "HMAC_SHA256" for a shared key."""
    signature = RequestValidator(token).compute_signature(url, dict(form), algorithm or None)
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    if algorithm:
        headers["x-twilio-webhooks-signature-settings"] = f"key=webhooks_sharedkey_x,algorithm={algorithm}"
    return headers


def telnyx_text(text: str, sender: str = "+12065550123", message_id: str = "m-1", **more: Any) -> dict[str, Any]:
    """A Telnyx webhook that brings a text. `more` are further fields of its payload."""
    return _telnyx_event(
        "message.received",
        {
            "direction": "inbound",
            "id": message_id,
            "record_type": "message",
            "type": "MMS" if more.get("media") else "SMS",
            "from": {"phone_number": sender, "carrier": "", "line_type": "Wireless", "status": "received"},
            "to": [{"phone_number": NUMBER, "carrier": "", "line_type": "Wireless", "status": "webhook_delivered"}],
            "text": text,
            "media": [],
            "errors": [],
            "parts": 1,
            "encoding": "GSM-7",
            "received_at": datetime.now(UTC).isoformat(timespec="milliseconds"),  # a text of long ago is not answered
            **more,
        },
    )


def telnyx_status(status: str, message_id: str = "m-1", code: str = "", **more: Any) -> dict[str, Any]:
    """A Telnyx webhook that says what became of a text of ours; `code` is an error's code."""
    return _telnyx_event(
        "message.sent" if status == "sent" else "message.finalized",
        {
            "direction": "outbound",
            "id": message_id,
            "record_type": "message",
            "type": "SMS",
            "from": {"phone_number": NUMBER, "carrier": "", "line_type": "Wireless"},
            "to": [{"phone_number": "+12065550123", "carrier": "", "line_type": "Wireless", "status": status}],
            "text": "Hello",
            "media": [],
            "errors": [{"code": code, "title": "An error"}] if code else [],
            "parts": 1,
            **more,
        },
    )


def twilio_text(
    text: str, sender: str = "+12065550123", message_id: str = "SM" + "1" * 32, **more: str
) -> dict[str, str]:
    """The form of a Twilio webhook that brings a text."""
    return {
        "ToCountry": "US",
        "SmsMessageSid": message_id,
        "NumMedia": "0",
        "FromCity": "",
        "SmsSid": message_id,
        "SmsStatus": "received",
        "Body": text,
        "To": NUMBER,
        "NumSegments": "1",
        "MessageSid": message_id,
        "AccountSid": TWILIO_ACCOUNT_SID,
        "From": sender,
        "ApiVersion": "2010-04-01",
        **more,
    }


def twilio_status(status: str, message_id: str = "SM" + "1" * 32, **more: str) -> dict[str, str]:
    """The form of a Twilio webhook that says what became of a text of ours."""
    return {
        "SmsSid": message_id,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": "+12065550123",
        "MessageSid": message_id,
        "AccountSid": TWILIO_ACCOUNT_SID,
        "From": NUMBER,
        "ApiVersion": "2010-04-01",
        **more,
    }


def encoded(form: Mapping[str, str]) -> bytes:
    """A form as it is posted."""
    return urlencode(form).encode()


def _telnyx_event(kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "data": {
            "event_type": kind,
            "id": "00000000-0000-4000-8000-0000000000e1",
            "occurred_at": "2026-11-20T12:00:01.000+00:00",
            "payload": payload,
            "record_type": "event",
        },
        "meta": {"attempt": 1, "delivered_to": "https://bot.example.com/webhooks/telnyx"},
    }


def _telnyx_message(asked: Mapping[str, Any], count: int) -> dict[str, Any]:
    media: Sequence[str] = asked.get("media_urls") or ()
    return {
        "record_type": "message",
        "direction": "outbound",
        "id": f"00000000-0000-4000-8000-{count:012d}",
        "type": "MMS" if media else "SMS",
        "from": {"phone_number": asked["from"], "carrier": "", "line_type": ""},
        "to": [{"phone_number": asked["to"], "status": "queued", "carrier": "", "line_type": ""}],
        "text": asked.get("text", ""),
        "media": [{"url": url, "content_type": None, "sha256": None, "size": None} for url in media],
        "webhook_url": asked.get("webhook_url"),
        "encoding": "GSM-7",
        "parts": 1,
        "received_at": "2026-11-20T12:00:00.000+00:00",
        "sent_at": None,
        "errors": [],
    }


def _twilio_message(form: Sequence[tuple[str, str]], count: int) -> dict[str, Any]:
    asked = dict(form)
    media = [value for name, value in form if name == "MediaUrl"]
    sid = f"{'MM' if media else 'SM'}{count:032x}"
    return {
        "account_sid": TWILIO_ACCOUNT_SID,
        "api_version": "2010-04-01",
        "body": asked.get("Body", ""),
        "date_created": "Fri, 20 Nov 2026 12:00:00 +0000",
        "date_sent": None,
        "date_updated": "Fri, 20 Nov 2026 12:00:00 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": asked["From"],
        "messaging_service_sid": None,
        "num_media": str(len(media)),
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": "queued",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Messages/{sid}/Media.json"},
        "to": asked["To"],
        "uri": f"/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Messages/{sid}.json",
    }


def _telnyx_error(status: int, code: str, title: str) -> web.Response:
    return web.json_response({"errors": [{"code": code, "title": title, "detail": title}]}, status=status)


def _twilio_error(status: int, code: int, message: str) -> web.Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return web.json_response({"code": code, "message": message, "more_info": more, "status": status}, status=status)
