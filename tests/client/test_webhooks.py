"""Webhooks are believed only when they are signed, over the very bytes, in one of the two ways, and lately."""

import base64
import hashlib
import hmac
import json

import pytest

from textback.client import BadSignature, verify_webhook

NOW = 1_764_000_000
BODY = json.dumps(
    {"event": "message.received", "id": "0192f0c1a5e00003a1b2c3d4",
     "data": {"id": "0192f0c1a5e00000a1b2c3d4", "from": "+12065550123", "to": "+12065550100", "body": "Grüße 🚲",
              "channel": "sms", "received_at": "2026-01-02T03:04:05Z", "tenant_id": "default", "media": [],
              "rule": None, "new": {"a": 1}}},
    separators=(",", ":"), ensure_ascii=False,
).encode()  # fmt: skip
PLAIN, CODED = "any words, even ü", f"whsec_{base64.b64encode(bytes(range(24))).decode()}"
ODD = b'{"event":"x","data":{"id":7}}'
KEYS = {PLAIN: PLAIN.encode(), CODED: bytes(range(24))}


def standard(secret: str, body: bytes = BODY, at: int = NOW, id_: str = "msg_1") -> dict[str, str]:
    """The headers of Standard Webhooks."""
    digest = hmac.new(KEYS[secret], f"{id_}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "Webhook-Id": id_,
        "Webhook-Timestamp": str(at),
        "Webhook-Signature": f"v1a,else v1,{_coded(b'another')} v1,{_coded(digest)}",
    }


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def plain(key: bytes, body: bytes = BODY) -> dict[str, str]:
    """The other header."""
    return {"x-senderz-signature": f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"}


@pytest.mark.parametrize("secret", KEYS)
def test_a_delivery_is_read_once_it_is_known_to_be_ours(secret: str) -> None:
    ways = [standard(secret), plain(secret.encode()), {**standard(secret), **plain(b"wrong")}]
    for headers in ways:
        found = verify_webhook(BODY, headers, secret, now=NOW + 300)
        assert (found.event, found.id) == ("message.received", "0192f0c1a5e00003a1b2c3d4")
        assert (found.data.from_, found.data.to, found.data.body) == ("+12065550123", "+12065550100", "Grüße 🚲")
        assert (found.data.channel, found.data.rule) == ("sms", "")
        assert found.raw["new"] == {"a": 1}
    assert verify_webhook(BODY.decode(), ways[0], secret, now=NOW).data.body == "Grüße 🚲"


@pytest.mark.parametrize("secret", KEYS)
@pytest.mark.parametrize("now", [NOW + 301, NOW - 301])
def test_one_that_somebody_has_recorded_is_refused(secret: str, now: int) -> None:
    with pytest.raises(BadSignature, match="more than 300 s ago"):
        verify_webhook(BODY, standard(secret), secret, now=now)
    assert verify_webhook(BODY, standard(secret), secret, 600, now=now).event == "message.received"


def test_the_other_signature_is_keyed_with_the_text_of_the_secret() -> None:
    """Programs that know no other way take the secret as it is written; its decoded bytes are no second key."""
    with pytest.raises(BadSignature):
        verify_webhook(BODY, plain(KEYS[CODED]), CODED, now=NOW)


def spoilt() -> list[tuple[str, bytes, dict[str, str]]]:
    """Deliveries that nobody should believe."""
    right = standard(PLAIN)
    changed = BODY.replace(b"0123", b"0124")
    return [
        ("nothing", BODY, {}),
        ("another body", changed, right),
        ("another body, the other way", changed, plain(PLAIN.encode())),
        ("one byte more", BODY + b" ", right),
        ("another secret", BODY, standard(CODED)),
        ("another secret, the other way", BODY, plain(b"other")),
        ("another id", BODY, {**right, "Webhook-Id": "msg_2"}),
        ("another time", BODY, {**right, "Webhook-Timestamp": str(NOW + 1)}),
        ("no id", BODY, {**right, "Webhook-Id": ""}),
        ("no time", BODY, {**right, "Webhook-Timestamp": ""}),
        ("no number", BODY, {**right, "Webhook-Timestamp": "soon"}),
        ("other digits", BODY, {**right, "Webhook-Timestamp": "\u0661\u0662"}),
        ("empty", BODY, {**right, "Webhook-Signature": ""}),
        ("not ASCII", BODY, {"x-senderz-signature": "sha256=é\udc80"}),
        ("without the kind", BODY, {"x-senderz-signature": plain(PLAIN.encode())["x-senderz-signature"][7:]}),
        ("signed, and no event", b"[]", plain(PLAIN.encode(), b"[]")),
        ("signed, and no JSON", b"\xff", plain(PLAIN.encode(), b"\xff")),
        ("signed, and of other types", ODD, plain(PLAIN.encode(), ODD)),
    ]  # fmt: skip


@pytest.mark.parametrize(("body", "headers"), [case[1:] for case in spoilt()], ids=[case[0] for case in spoilt()])
def test_what_is_not_signed_for_these_bytes_is_refused(body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify_webhook(body, headers, PLAIN, now=NOW)
