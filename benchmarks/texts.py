"""Signed texts, as the bytes of whole HTTP requests, and who sends them."""

import base64
import hashlib
import hmac
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from nacl.signing import SigningKey

NUMBER = "+12065550100"
Scheme = Literal["telnyx", "express", "api"]


@dataclass(frozen=True)
class Crowd:
    """Who texts: `size` known numbers, one after the other, or drawn evenly when a seed is given. `strangers` of all
    texts come from numbers that were never seen; `first_stranger` keeps those of different runs apart."""

    size: int = 2000
    seed: int | None = None
    strangers: float = 0.0
    first_stranger: int = 0

    def numbers(self, count: int) -> Iterator[str]:
        """The senders of so many texts."""
        chance = random.Random(self.seed)
        met = 0
        for n in range(count):
            if self.strangers and chance.random() < self.strangers:
                yield stranger(self.first_stranger + met)
                met += 1
            else:
                yield known(n % self.size if self.seed is None else chance.randrange(self.size))


def known(n: int) -> str:
    """The number of the n-th contact, made up; a million of them are apart from the strangers'."""
    return f"+1206{5_551_000 + n:07}"


def stranger(n: int) -> str:
    """The n-th number that nobody has texted from before."""
    return f"+1206{7_000_000 + n % 3_000_000:07}"


def make_keys() -> tuple[SigningKey, str]:
    """A signing key and its public half as Telnyx shows it."""
    key = SigningKey.generate()
    return key, base64.b64encode(bytes(key.verify_key)).decode()


def secret_of(key: bytes) -> str:
    """What the Express example shares with its provider."""
    return hashlib.sha256(key).hexdigest()


def telnyx_text(key: SigningKey, sender: str, name: str, path: str, text: str = "hours") -> bytes:
    """A whole HTTP request: a text from this number as Telnyx posts it, signed now."""
    body = json.dumps(
        {
            "data": {
                "event_type": "message.received",
                "id": f"event-{name}",
                "occurred_at": "2026-01-01T00:00:00.000+00:00",
                "payload": {
                    "direction": "inbound",
                    "encoding": "GSM-7",
                    "errors": [],
                    "from": {"carrier": "Example", "line_type": "Wireless", "phone_number": sender},
                    "id": name,
                    "media": [],
                    "messaging_profile_id": "00000000-0000-4000-8000-000000000000",
                    "parts": 1,
                    "received_at": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()),
                    "record_type": "message",
                    "text": text,
                    "to": [{"carrier": "Telnyx", "phone_number": NUMBER, "status": "webhook_delivered"}],
                    "type": "SMS",
                },
                "record_type": "event",
            },
            "meta": {"attempt": 1, "delivered_to": "https://bot.example.com/webhooks/telnyx"},
        }
    ).encode()
    stamp = str(int(time.time())).encode()
    signature = base64.b64encode(key.sign(stamp + b"|" + body).signature)
    signed = b"telnyx-signature-ed25519: " + signature + b"\r\ntelnyx-timestamp: " + stamp
    return _request(path, signed, body)


def express_text(secret: bytes, sender: str, name: str, path: str) -> bytes:
    """A whole HTTP request: a text as the Express example takes it, with an HMAC over its body."""
    data = {
        "id": name,
        "from": sender,
        "to": NUMBER,
        "body": "hours",
        "channel": "sms",
        "received_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    body = json.dumps({"event": "message.received", "data": data}).encode()
    return _request(path, b"x-signature: sha256=" + hmac.new(secret, body, "sha256").hexdigest().encode(), body)


def api_text(token: str, to: str, name: str, path: str, text: str) -> bytes:
    """A whole HTTP request: a text that a program sends through the API, under a key of its own."""
    body = json.dumps({"to": to, "body": text, "class": "informational", "metadata": {"order": name}}).encode()
    return _request(path, f"Authorization: Bearer {token}\r\nIdempotency-Key: {name}".encode(), body)


def _request(path: str, signed: bytes, body: bytes) -> bytes:
    return (
        b"POST " + path.encode() + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + signed
        + b"\r\nUser-Agent: provider-webhooks\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
    )  # fmt: skip
