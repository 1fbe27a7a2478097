"""Signatures of deliveries, checked by the library of those who have specified one of them."""

import base64
import hashlib
import hmac
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from textback.core.signing import headers, key_of

BODY = '{"event":"message.received","data":{"body":"é😀"}}'.encode()
NEW = "whsec_" + base64.b64encode(b"n" * 24).decode()
OLD = "whsec_" + base64.b64encode(b"o" * 24).decode()


def signed(*secrets: str) -> dict[str, str]:
    return headers("1a200b58bce0000082bba085r", int(time.time()), BODY, secrets)


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_while_a_secret_is_rotated_both_are_right(secret: str) -> None:
    assert Webhook(secret).verify(BODY, signed(NEW, OLD))["event"] == "message.received"


def test_another_body_secret_or_id_is_not() -> None:
    for found in (signed(OLD), {**signed(NEW), "webhook-id": "another"}):
        with pytest.raises(WebhookVerificationError):
            Webhook(NEW).verify(BODY, found)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY + b" ", signed(NEW))


def test_a_secret_is_base64_after_its_prefix_and_else_its_own_bytes() -> None:
    assert (key_of(NEW), key_of("a sécret"), key_of("whsec_!")) == (b"n" * 24, "a sécret".encode(), b"whsec_!")
    assert Webhook(base64.b64encode(b"a secret").decode()).verify(BODY, signed("a secret"))


def test_the_other_header_signs_the_bare_body_with_the_newest() -> None:
    wanted = f"sha256={hmac.new(NEW.encode(), BODY, hashlib.sha256).hexdigest()}"
    assert signed(NEW, OLD)["X-SenderZ-Signature"] == wanted, "the key is the secret as people copied it"
