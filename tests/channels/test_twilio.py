"""Twilio, where it is like no other provider. What all have in common is in the examination."""

import hashlib
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.support.fake_provider import (
    NUMBER,
    TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN,
    Answer,
    FakeProvider,
    encoded,
    sign_twilio,
    twilio_status,
    twilio_text,
)
from textback.channels.base import BadPayload, BadSignature, Failure, Outgoing, Webhook
from textback.channels.client import Session
from textback.channels.twilio import Twilio
from textback.core.errors import SettingsError
from textback.engine.arrivals import DeliveryStatus, Message

NOW = 1_795_176_000_000
URL = "https://bot.example.com/webhooks/twilio"
STATUS_URL = f"{URL}?m=0123456789abcdef01234567"
FORM = twilio_text(" café 😀 & = + % ")
SID = "SM" + "1" * 32
TEXT = Outgoing("0123456789abcdef01234567", NUMBER, "+12065550123", "We close at 6.")


def line(auth_token: str = TWILIO_AUTH_TOKEN, number: str = NUMBER, **options: str) -> Twilio:
    given_options = {"account_sid": TWILIO_ACCOUNT_SID, "auth_token": auth_token, **options}
    return Twilio(number, given_options, None)  # type: ignore[arg-type]


def webhook(body: bytes, headers: dict[str, str] | None = None, url: str = URL) -> Webhook:
    return Webhook("POST", url, urlsplit(url).query, headers or {}, body)


def parse(form: dict[str, str] | bytes, url: str = URL) -> list[Message | DeliveryStatus]:
    return line().parse(webhook(form if isinstance(form, bytes) else encoded(form), url=url))


def without(form: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in form.items() if name not in names}


# --- Signatures: the official SDK is the oracle


def believed(headers: dict[str, str], body: bytes, url: str = URL, token: str = TWILIO_AUTH_TOKEN) -> bool:
    try:
        line(token).verify(webhook(body, headers, url), NOW)
    except BadSignature:
        return False
    return True


def sdk_believes(headers: dict[str, str], form: dict[str, str], url: str = URL, token: str = TWILIO_AUTH_TOKEN) -> bool:
    settings = headers.get("x-twilio-webhooks-signature-settings")
    given_signature = headers.get("x-twilio-signature", "")
    return bool(RequestValidator(token).validate(url, form, given_signature, settings))


SIGNED = sign_twilio(URL, FORM)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        STATUS_URL,
        f"{URL}?a=%2B1&b=caf%C3%A9",
        "https://bot.example.com:443/webhooks/twilio",
        "https://bot.example.com:8443/webhooks/twilio",
        "http://bot.example.com/webhooks/twilio/",
        "http://127.0.0.1:8000/webhooks/twilio",
        "http://[::1]:8000/webhooks/twilio",
    ],
)
@pytest.mark.parametrize("algorithm", ["", "HMAC_SHA256"])
def test_a_webhook_that_twilio_signed_is_believed(url: str, algorithm: str) -> None:
    assert believed(sign_twilio(url, FORM, algorithm=algorithm), encoded(FORM), url)


@pytest.mark.parametrize(
    ("signed", "ours"),
    [
        ("https://bot.example.com:443/webhooks/twilio", URL),
        (URL, "https://bot.example.com:443/webhooks/twilio"),
        (URL, "https://bot.example.com:8443/webhooks/twilio"),
        ("http://bot.example.com:80/webhooks/twilio", "http://bot.example.com/webhooks/twilio"),
    ],
)
def test_a_port_may_be_spelt_out_or_left_out(signed: str, ours: str) -> None:
    headers = sign_twilio(signed, FORM)
    assert believed(headers, encoded(FORM), ours)
    assert sdk_believes(headers, FORM, ours)


FORGERIES: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "a field trimmed": (SIGNED, FORM | {"Body": FORM["Body"].strip()}, URL),
    "a field left out": (SIGNED, without(FORM, "NumMedia"), URL),
    "an empty field left out": (SIGNED, without(FORM, "FromCity"), URL),
    "unknown algorithm": (SIGNED | {"x-twilio-webhooks-signature-settings": "key=k,algorithm=HMAC_MD5"}, FORM, URL),
    "another algorithm": (SIGNED | {"x-twilio-webhooks-signature-settings": "key=k,algorithm=HMAC_SHA256"}, FORM, URL),
}


@pytest.mark.parametrize("case", FORGERIES)
def test_a_forgery_is_refused(case: str) -> None:
    headers, form, url = FORGERIES[case]
    assert not believed(headers, encoded(form), url)
    if case != "unknown algorithm":  # which the SDK answers with ValueError
        assert not sdk_believes(headers, form, url)


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.lists(st.text(max_size=5), min_size=1), max_size=4))
def test_a_field_that_comes_twice_is_signed_as_the_sdk_does(form: dict[str, list[str]]) -> None:
    signature = RequestValidator(TWILIO_AUTH_TOKEN).compute_signature(URL, Multi(form))
    assert believed({"x-twilio-signature": signature}, urlencode(form, doseq=True).encode())


class Multi(dict[str, list[str]]):
    """A form that gives all the values of a field, as web frameworks have them."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def test_a_body_is_believed_by_its_hash() -> None:
    body = b'{"a":1}'
    url = f"{URL}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    headers = {"x-twilio-signature": RequestValidator(TWILIO_AUTH_TOKEN).compute_signature(url, {})}
    assert believed(headers, body, url)
    assert not believed(headers, body + b" ", url)
    assert not believed(headers, b"", url)
    other = f"{URL}?bodySHA256={hashlib.sha256(b'other').hexdigest()}"
    assert not believed(headers, b"other", other)


@pytest.mark.parametrize("sid", ["", "AC123", "SM" + "0" * 32, "AC" + "0" * 31 + "/", TWILIO_ACCOUNT_SID + "0"])
def test_an_account_that_is_none_stops_the_start(sid: str) -> None:
    with pytest.raises(SettingsError, match="TWILIO_ACCOUNT_SID"):
        line(account_sid=sid)


# --- Texts


@pytest.mark.parametrize(
    ("raw", "stored"), [(b"%FF", "\ufffd"), (b"%ED%A0%BD", "\ufffd\ufffd\ufffd"), (b"%F0%9F", "\ufffd")]
)
def test_a_text_that_is_not_utf8_is_kept_as_well_as_can_be(raw: bytes, stored: str) -> None:
    (message,) = parse(encoded(without(twilio_text(""), "Body")) + b"&Body=" + raw)
    assert isinstance(message, Message)
    assert message.text == stored


KNOWN = sorted(
    {*twilio_text(""), *twilio_status(""), "MediaUrl0", "MediaContentType0", "OptOutType", "ErrorCode", "ErrorMessage"}
)
FORMS = st.dictionaries(st.sampled_from(KNOWN), st.text() | st.sampled_from(["1", "sent", "failed", "21610", NUMBER]))


@given(body=st.binary() | st.text().map(quote_plus).map(str.encode) | FORMS.map(encoded))
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


def error(status: int, code: int) -> dict[str, Any]:
    message = "The number +12065550123 is not a valid phone number."
    return {"code": code, "message": message, "more_info": "https://example.com", "status": status}


# --- Who answers STOP, START and HELP


@pytest.mark.parametrize(
    ("number", "word", "answered"),
    [
        ("+12065550100", "STOP", True),
        ("+12065550100", "REVOKE", True),
        ("+12065550100", "YES", True),
        ("+12065550100", "INFO", True),
        ("+18885550100", "STOP", True),
        ("+18885550100", "REVOKE", False),
        ("+18885550100", "YES", False),
        ("22395", "STOP", False),
        ("22395", "HELP", False),
    ],
)
def test_who_answers_depends_on_the_number(number: str, word: str, answered: bool) -> None:
    assert any(word in words for words in line(number=number).keywords.values()) is answered


async def test_q5_a_text_that_twilio_refuses_for_the_hour_or_the_day_waits(fake: FakeProvider, http: Session) -> None:
    twilio = Twilio(NUMBER, fake.twilio_options(), http)
    fake.misbehave(Answer(400, error(400, 30610)), Answer(400, error(400, 30023)))
    hour, day = await twilio.send(TEXT), await twilio.send(TEXT)
    assert isinstance(hour, Failure)
    assert hour.retry_after == 3600
    assert isinstance(day, Failure)
    assert 0 < (day.retry_after or 0) <= 25 * 3600
