"""Telnyx, where it is like no other provider. What all have in common is in the examination."""

import json
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telnyx.lib import webhook_verification as sdk

from tests.support.fake_provider import (
    NUMBER,
    TELNYX_API_KEY,
    TELNYX_PUBLIC_KEY,
    sign_telnyx,
    telnyx_text,
)
from textback.channels.base import BadPayload, BadSignature, Webhook
from textback.channels.telnyx import Telnyx
from textback.core.errors import SettingsError
from textback.engine.arrivals import DeliveryStatus, Message

NOW = 1_795_176_000_000
BODY = json.dumps(telnyx_text("What time do you close? 😀")).encode()


def line(public_key: str = TELNYX_PUBLIC_KEY, **options: str) -> Telnyx:
    return Telnyx(NUMBER, {"api_key": TELNYX_API_KEY, "public_key": public_key, **options}, None)  # type: ignore[arg-type]


def webhook(body: bytes, headers: dict[str, str] | None = None, query: str = "") -> Webhook:
    return Webhook("POST", "https://bot.example.com/webhooks/telnyx", query, headers or {}, body)


def parse(event: Any, query: str = "") -> list[Message | DeliveryStatus]:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return line().parse(webhook(body, query=query))


# --- Signatures: the official SDK is the oracle


def believed(headers: dict[str, str], body: bytes, now: int, public_key: str = TELNYX_PUBLIC_KEY) -> bool:
    try:
        line(public_key).verify(webhook(body, headers), now)
    except BadSignature:
        return False
    return True


def sdk_believes(headers: dict[str, str], body: bytes, now: int, public_key: str = TELNYX_PUBLIC_KEY) -> bool:
    with patch.object(sdk, "time", SimpleNamespace(time=lambda: now / 1000)):
        try:
            sdk.verify_webhook_signature(body, headers, public_key)
        except sdk.WebhookVerificationError:
            return False
    return True


SIGNED = sign_telnyx(BODY, NOW)
FORGERIES: dict[str, tuple[dict[str, str], bytes, int]] = {
    "body re-serialised": (SIGNED, json.dumps(json.loads(BODY), indent=1).encode(), NOW),
    "timestamp moved": (SIGNED | {"telnyx-timestamp": str(NOW // 1000 + 1)}, BODY, NOW),
    "no timestamp": ({k: v for k, v in SIGNED.items() if "timestamp" not in k}, BODY, NOW),
    "signature too short": (SIGNED | {"telnyx-signature-ed25519": SIGNED["telnyx-signature-ed25519"][:40]}, BODY, NOW),
    "timestamp not a number": (SIGNED | {"telnyx-timestamp": "now"}, BODY, NOW),
    "timestamp empty": (SIGNED | {"telnyx-timestamp": ""}, BODY, NOW),
    "timestamp absurd": (SIGNED | {"telnyx-timestamp": "9" * 5000}, BODY, NOW),
}


@pytest.mark.parametrize("case", FORGERIES)
def test_a_forgery_is_refused(case: str) -> None:
    headers, body, now = FORGERIES[case]
    assert not believed(headers, body, now)
    if case != "timestamp absurd":  # which the SDK does not survive
        assert not sdk_believes(headers, body, now)


@pytest.mark.parametrize("key", ["", "not base64!", "c2hvcnQ=", TELNYX_PUBLIC_KEY[:-4], f"{TELNYX_PUBLIC_KEY},oops"])
def test_a_public_key_that_is_none_stops_the_start(key: str) -> None:
    with pytest.raises(SettingsError, match="TELNYX_PUBLIC_KEY") as error:
        line(key)
    assert TELNYX_PUBLIC_KEY not in str(error.value)


# --- Webhooks of any shape


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PARTY = st.fixed_dictionaries(
    {}, optional={"phone_number": st.text() | JSON, "status": st.sampled_from(["sent"]) | JSON}
)
PAYLOAD = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text() | JSON,
        "from": PARTY | JSON,
        "to": st.lists(PARTY, max_size=3) | JSON,
        "text": st.text() | JSON,
        "media": st.lists(st.fixed_dictionaries({}, optional={"url": st.text(), "size": JSON}), max_size=3) | JSON,
        "errors": st.lists(st.fixed_dictionaries({}, optional={"code": JSON, "title": JSON}), max_size=3) | JSON,
        "autoresponse_type": st.sampled_from(["STOP"]) | JSON,
        "received_at": st.datetimes().map(str) | JSON,
    },
)
EVENT = st.fixed_dictionaries(
    {
        "data": st.fixed_dictionaries(
            {"event_type": st.sampled_from(["message.received", "message.sent", "message.finalized", "message.read"])},
            optional={"payload": PAYLOAD | JSON, "occurred_at": JSON},
        )
    }
)


@given(body=st.binary() | JSON.map(json.dumps).map(str.encode) | EVENT.map(json.dumps).map(str.encode))
def test_whatever_comes_it_is_understood_or_malformed(body: bytes) -> None:
    field, arrivals = "none is malformed", list[Message | DeliveryStatus]()
    try:
        arrivals = parse(body)
    except BadPayload as error:
        field = error.field
    assert field
    stored = msgspec.json.encode(arrivals)
    assert b"\\u0000" not in stored
    for arrival in arrivals:
        assert isinstance(arrival, Message | DeliveryStatus)
        assert 0 < len(arrival.provider_id) <= 255
        assert len(arrival.recipient) <= 320


# --- Who answers STOP, START and HELP


@pytest.mark.parametrize("word", ["STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"])
def test_telnyx_answers_its_own_words(word: str) -> None:
    assert word in line().keywords["stop"]


@pytest.mark.parametrize("word", ["REVOKE", "OPTOUT", "OPT OUT", "BAJA"])
def test_telnyx_leaves_other_words_to_us(word: str) -> None:
    assert all(word not in words for words in line().keywords.values())


def test_the_app_can_answer_them_all() -> None:
    assert not line(keyword_owner="app").keywords
