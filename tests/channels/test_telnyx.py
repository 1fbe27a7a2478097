"""Telnyx: whose webhooks are believed, what they say, and what becomes of a text that is sent."""

import base64
import json
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey
from telnyx.lib import webhook_verification as sdk

from tests.support.fake_provider import (
    HANG,
    NUMBER,
    RESET,
    TELNYX_API_KEY,
    TELNYX_PUBLIC_KEY,
    Answer,
    FakeProvider,
    sign_telnyx,
    telnyx_status,
    telnyx_text,
)
from textback.channels.base import Accepted, BadPayload, BadSignature, Failure, Outgoing, Webhook
from textback.channels.client import Session
from textback.channels.telnyx import Telnyx
from textback.core.errors import SettingsError
from textback.engine.arrivals import DeliveryStatus, Media, Message

NOW = 1_795_176_000_000
BODY = json.dumps(telnyx_text("What time do you close? 😀")).encode()
OTHER_KEY = SigningKey(b"textback fake provider, a second")
OTHER_PUBLIC_KEY = base64.b64encode(bytes(OTHER_KEY.verify_key)).decode()
TEXT = Outgoing("0123456789abcdef01234567", NUMBER, "+12065550123", "We close at 6.")


def line(public_key: str = TELNYX_PUBLIC_KEY, **options: str) -> Telnyx:
    return Telnyx(NUMBER, {"api_key": TELNYX_API_KEY, "public_key": public_key, **options}, None)  # type: ignore[arg-type]


def webhook(body: bytes, headers: dict[str, str] | None = None, query: str = "") -> Webhook:
    return Webhook("POST", "https://bot.example.com/webhooks/telnyx", query, headers or {}, body)


def parse(event: Any, query: str = "") -> list[Message | DeliveryStatus]:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return line().parse(webhook(body, query=query))


def text_of(**payload: Any) -> Message:
    (message,) = parse(telnyx_text(**{"text": "hi", **payload}))
    assert isinstance(message, Message)
    return message


def status_of(event: dict[str, Any], query: str = "") -> DeliveryStatus:
    (status,) = parse(event, query)
    assert isinstance(status, DeliveryStatus)
    return status


def without(*path: str) -> dict[str, Any]:
    """The sample text's webhook without one of its fields."""
    event: dict[str, Any] = telnyx_text("hi")
    at = event
    for name in path[:-1]:
        at = at[name]
    del at[path[-1]]
    return event


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
    "another account's key": (sign_telnyx(BODY, NOW, OTHER_KEY), BODY, NOW),
    "body changed by a space": (SIGNED, BODY + b" ", NOW),
    "body re-serialised": (SIGNED, json.dumps(json.loads(BODY), indent=1).encode(), NOW),
    "body emptied": (SIGNED, b"", NOW),
    "timestamp moved": (SIGNED | {"telnyx-timestamp": str(NOW // 1000 + 1)}, BODY, NOW),
    "stale": (SIGNED, BODY, NOW + 301_000),
    "from the future": (SIGNED, BODY, NOW - 301_000),
    "no signature": ({k: v for k, v in SIGNED.items() if "signature" not in k}, BODY, NOW),
    "no timestamp": ({k: v for k, v in SIGNED.items() if "timestamp" not in k}, BODY, NOW),
    "no headers": ({}, BODY, NOW),
    "empty signature": (SIGNED | {"telnyx-signature-ed25519": ""}, BODY, NOW),
    "signature not base64": (SIGNED | {"telnyx-signature-ed25519": "!!!"}, BODY, NOW),
    "signature not ASCII": (SIGNED | {"telnyx-signature-ed25519": "é" * 88}, BODY, NOW),
    "signature too short": (SIGNED | {"telnyx-signature-ed25519": SIGNED["telnyx-signature-ed25519"][:40]}, BODY, NOW),
    "timestamp not a number": (SIGNED | {"telnyx-timestamp": "now"}, BODY, NOW),
    "timestamp empty": (SIGNED | {"telnyx-timestamp": ""}, BODY, NOW),
    "timestamp absurd": (SIGNED | {"telnyx-timestamp": "9" * 5000}, BODY, NOW),
}


@pytest.mark.parametrize("off", [0, 299_000, 300_000, -299_000, -300_000])
def test_a_webhook_that_telnyx_signed_is_believed(off: int) -> None:
    assert believed(SIGNED, BODY, NOW + off)
    assert sdk_believes(SIGNED, BODY, NOW + off)


@pytest.mark.parametrize("case", FORGERIES)
def test_a_forgery_is_refused(case: str) -> None:
    headers, body, now = FORGERIES[case]
    assert not believed(headers, body, now)
    if case != "timestamp absurd":  # which the SDK does not survive
        assert not sdk_believes(headers, body, now)


@given(body=st.text(max_size=100).map(str.encode), off=st.integers(-400, 400), flip=st.integers(-1, 63))
def test_it_believes_what_the_sdk_believes(body: bytes, off: int, flip: int) -> None:
    headers = sign_telnyx(body, NOW)
    if flip >= 0:
        signature = bytearray(base64.b64decode(headers["telnyx-signature-ed25519"]))
        signature[flip] ^= 1
        headers["telnyx-signature-ed25519"] = base64.b64encode(signature).decode()
    now = NOW + off * 1000
    assert believed(headers, body, now) is sdk_believes(headers, body, now) is (flip < 0 and abs(off) <= 300)


@pytest.mark.parametrize(
    "keys", [f"{TELNYX_PUBLIC_KEY},{OTHER_PUBLIC_KEY}", f"{OTHER_PUBLIC_KEY} , {TELNYX_PUBLIC_KEY}"]
)
@pytest.mark.parametrize("key", [None, OTHER_KEY])
def test_while_keys_change_both_are_believed(keys: str, key: SigningKey | None) -> None:
    headers = sign_telnyx(BODY, NOW, key) if key else SIGNED
    assert believed(headers, BODY, NOW, keys)


def test_while_keys_change_a_third_is_not_believed() -> None:
    headers = sign_telnyx(BODY, NOW, SigningKey(b"a third key, which nobody knows."))
    assert not believed(headers, BODY, NOW, f"{TELNYX_PUBLIC_KEY},{OTHER_PUBLIC_KEY}")


@pytest.mark.parametrize("key", ["", "not base64!", "c2hvcnQ=", TELNYX_PUBLIC_KEY[:-4], f"{TELNYX_PUBLIC_KEY},oops"])
def test_a_public_key_that_is_none_stops_the_start(key: str) -> None:
    with pytest.raises(SettingsError, match="TELNYX_PUBLIC_KEY") as error:
        line(key)
    assert TELNYX_PUBLIC_KEY not in str(error.value)


@pytest.mark.parametrize("name", ["api_key", "public_key"])
def test_a_line_without_a_needed_option_stops_the_start(name: str) -> None:
    options = {"api_key": TELNYX_API_KEY, "public_key": TELNYX_PUBLIC_KEY}
    del options[name]
    with pytest.raises(SettingsError, match=f"(?i){name}"):
        Telnyx(NUMBER, options, None)  # type: ignore[arg-type]


# --- Texts


def test_a_text() -> None:
    sent = {"received_at": "2026-11-20T12:00:00.000+00:00"}
    assert text_of(text="What time do you close?", message_id="m-77", **sent) == Message(
        sender="+12065550123",
        recipient=NUMBER,
        text="What time do you close?",
        provider_id="m-77",
        sent_at=1_795_176_000_000,
    )


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("", ""),
        ("  two  spaces  ", "  two  spaces  "),
        ("line\none\r\ntwo", "line\none\r\ntwo"),
        ("👩‍👩‍👧 café", "👩‍👩‍👧 café"),
        ("שלום, מתי סוגרים? \u200f(מחר)", "שלום, מתי סוגרים? \u200f(מחר)"),
        ("مرحبا", "مرحبا"),
        ("x" * 1600, "x" * 1600),
        ("😀" * 1600, "😀" * 1600),
        ("a\0b\0", "a\ufffdb\ufffd"),
        (None, ""),
    ],
)
def test_the_text_is_kept_as_it_was_written(sent: str | None, stored: str) -> None:
    assert text_of(text=sent).text == stored


@pytest.mark.parametrize("sender", ["+12065550123", "22395", "BANK", "anonymous", "+88213000", "info@example.com"])
def test_any_sender_is_kept(sender: str) -> None:
    assert text_of(sender=sender).sender == sender


@pytest.mark.parametrize("sender", [" +12065550123", "+12065550123\n"])
def test_space_around_a_sender_does_not_make_another_contact(sender: str) -> None:
    assert text_of(sender=sender).sender == "+12065550123"


@pytest.mark.parametrize(
    ("media", "kept"),
    [
        (None, ()),
        ([], ()),
        ([{"url": "https://media.example.com/a"}], (Media("https://media.example.com/a"),)),
        (
            [
                {"url": "https://media.example.com/a.jpg", "content_type": "image/jpeg", "size": 12_345},
                {"url": "https://media.example.com/b.vcf", "content_type": None, "size": None, "sha256": "00"},
            ],
            (
                Media("https://media.example.com/a.jpg", "image/jpeg", 12_345),
                Media("https://media.example.com/b.vcf"),
            ),
        ),
        ([{"url": None, "content_type": "image/jpeg"}, {}], ()),
        ([{"url": "https://media.example.com/\0"}], (Media("https://media.example.com/\ufffd"),)),
    ],
)
def test_pictures(media: list[dict[str, Any]] | None, kept: tuple[Media, ...]) -> None:
    message = text_of(media=media)
    assert message.media == kept
    assert message.channel == ("mms" if kept else "sms")


@pytest.mark.parametrize(
    ("flag", "keyword"),
    [
        ("STOP", "stop"),
        ("START", "start"),
        ("HELP", "help"),
        ("stop", "stop"),
        ("CUSTOM", None),
        ("", None),
        (None, None),
    ],
)
def test_an_opt_out_that_telnyx_handled(flag: str | None, keyword: str | None) -> None:
    assert text_of(text="whatever", autoresponse_type=flag).keyword == keyword


@pytest.mark.parametrize("at", ["", None, "yesterday", "2026-11-20T12:00:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_makes_no_sense_does_not_lose_the_text(at: str | None) -> None:
    assert text_of(text="hi", received_at=at).text == "hi"


def test_a_field_that_is_new_does_not_lose_the_text() -> None:
    event = telnyx_text("hi", new_field={"a": [1, 2.5, None]})
    event["also_new"] = True
    (message,) = parse(event)
    assert isinstance(message, Message)
    assert message.text == "hi"


def test_a_text_to_several_numbers_goes_to_the_first() -> None:
    assert text_of(to=[{"phone_number": NUMBER}, {"phone_number": "+12065550199"}]).recipient == NUMBER


# --- Statuses


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("queued", "accepted"),
        ("sending", "accepted"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("sending_failed", "failed"),
        ("delivery_failed", "undelivered"),
        ("delivery_unconfirmed", "sent"),
        ("expired", "failed"),
        ("read", "read"),
    ],
)
def test_a_status(said: str, status: str) -> None:
    assert status_of(telnyx_status(said, "m-9"), "m=0123456789abcdef01234567") == DeliveryStatus(
        provider_id="m-9",
        recipient="+12065550123",
        status=status,  # type: ignore[arg-type]
        message_id="0123456789abcdef01234567",
        at=1_795_176_001_000,
    )


@pytest.mark.parametrize(
    ("said", "code", "status", "opted_out"),
    [
        ("delivery_failed", "40002", "filtered", False),
        ("sending_failed", "40010", "filtered", False),
        ("sending_failed", "40300", "failed", True),
        ("delivery_failed", "40001", "undelivered", False),
        ("delivered", "40002", "delivered", False),
    ],
)
def test_a_failure_keeps_its_code(said: str, code: str, status: str, opted_out: bool) -> None:
    found = status_of(telnyx_status(said, code=code))
    assert (found.status, found.code, found.detail, found.opted_out) == (status, code, "An error", opted_out)


def test_a_code_that_is_a_number_means_the_same() -> None:
    found = status_of(telnyx_status("sending_failed", errors=[{"code": 40300, "title": "Blocked"}]))
    assert (found.code, found.opted_out) == ("40300", True)


@pytest.mark.parametrize(
    ("query", "ours"),
    [("", None), ("m=", None), ("x=1", None), ("m=abc", "abc"), ("m=abc&m=def", "abc"), ("m=%00", "\ufffd")],
)
def test_our_own_id_comes_back(query: str, ours: str | None) -> None:
    assert status_of(telnyx_status("sent"), query).message_id == ours


@pytest.mark.parametrize("status", ["brand_new", "webhook_delivered", "", None])
def test_a_status_that_is_new_is_ignored(status: Any) -> None:
    assert parse(telnyx_status(status)) == []


@pytest.mark.parametrize("kind", ["message.failed", "call.initiated", "10dlc.campaign.updated", "", "MESSAGE.RECEIVED"])
def test_other_events_are_ignored(kind: str) -> None:
    assert parse({"data": {"event_type": kind, "payload": {"anything": [1]}}}) == []


# --- What makes no sense


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (b"", "body"),
        (b"not json", "body"),
        (b"\xff\xfe", "body"),
        (b"[]", "body"),
        (b"null", "body"),
        ({}, "data"),
        ({"data": None}, "data"),
        ({"data": []}, "data"),
        (without("data", "event_type"), "data.event_type"),
        ({"data": {"event_type": 5}}, "data.event_type"),
        (without("data", "payload"), "data.payload"),
        ({"data": {"event_type": "message.received", "payload": "text"}}, "data.payload"),
        (without("data", "payload", "id"), "data.payload.id"),
        (telnyx_text("hi", id=""), "data.payload.id"),
        (telnyx_text("hi", id=7), "data.payload.id"),
        (without("data", "payload", "from"), "data.payload.from.phone_number"),
        (without("data", "payload", "from", "phone_number"), "data.payload.from.phone_number"),
        (telnyx_text("hi", sender="  "), "data.payload.from.phone_number"),
        (telnyx_text("hi", **{"from": "+12065550123"}), "data.payload.from"),
        (without("data", "payload", "to"), "data.payload.to"),
        (telnyx_text("hi", to=[]), "data.payload.to"),
        (telnyx_text("hi", to=NUMBER), "data.payload.to"),
        (telnyx_text(["hi"]), "data.payload.text"),  # type: ignore[arg-type]
        (telnyx_text("hi", media={}), "data.payload.media"),
        (telnyx_status("sent", to=None), "data.payload.to"),
        (telnyx_status("sent", message_id=""), "data.payload.id"),
        (telnyx_status("sent", errors="none"), "data.payload.errors"),
    ],
)
def test_a_malformed_webhook_names_the_field(event: Any, field: str) -> None:
    with pytest.raises(BadPayload) as error:
        parse(event)
    assert error.value.field == field
    assert error.value.problem
    assert "+1206" not in str(error.value)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"data":{"event_type":"message.received","new":' + b"[" * 100_000,
        b'{"data":{"event_type":"message.received","payload":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"}}",
        b'{"data":{"event_type":"message.sent","payload":{"id":"m","errors":[{"code":' + b"9" * 5000 + b"}]}}}",
        b'{"data":{"event_type":"message.received","payload":{"id":"m","text":"\\ud83d"}}}',
    ],
    ids=["nested", "nested in a new field", "nested in the payload", "huge number", "half an emoji"],
)
def test_an_absurd_body_is_malformed_and_no_more(body: bytes) -> None:
    with pytest.raises(BadPayload):
        parse(body)


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


# --- Sending


def error(code: str | int, title: str = "An error") -> dict[str, Any]:
    return {"errors": [{"code": code, "title": title, "detail": title}]}


async def test_a_text_is_taken(fake: FakeProvider, http: Session) -> None:
    telnyx = Telnyx(NUMBER, fake.telnyx_options(), http)
    assert await telnyx.send(TEXT) == Accepted("00000000-0000-4000-8000-000000000001")
    (posted,) = fake.posts
    assert posted.json == {"from": NUMBER, "to": "+12065550123", "text": "We close at 6."}
    assert posted.headers["authorization"] == f"Bearer {TELNYX_API_KEY}"
    assert posted.headers["content-type"] == "application/json"


async def test_every_text_is_a_message_of_its_own(fake: FakeProvider, http: Session) -> None:
    telnyx = Telnyx(NUMBER, fake.telnyx_options(), http)
    assert await telnyx.send(TEXT) != await telnyx.send(TEXT)


@pytest.mark.parametrize("text", ["😀" * 400, "שלום", 'quotes " and \\', "a\nb", "100% + 1 & 2 = 3"])
async def test_the_text_goes_out_as_it_was_written(fake: FakeProvider, http: Session, text: str) -> None:
    await Telnyx(NUMBER, fake.telnyx_options(), http).send(msgspec.structs.replace(TEXT, text=text))
    assert fake.posts[0].json["text"] == text


async def test_pictures_and_the_status_address_go_along(fake: FakeProvider, http: Session) -> None:
    outgoing = msgspec.structs.replace(
        TEXT,
        media=(Media("https://example.com/a.jpg", "image/jpeg"), Media("https://example.com/b.jpg")),
        status_url="https://bot.example.com/webhooks/telnyx?m=1",
    )
    await Telnyx(NUMBER, fake.telnyx_options(), http).send(outgoing)
    assert fake.posts[0].json["media_urls"] == ["https://example.com/a.jpg", "https://example.com/b.jpg"]
    assert fake.posts[0].json["webhook_url"] == "https://bot.example.com/webhooks/telnyx?m=1"


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Answer(401, error("10009")), "misconfigured", "10009"),
        (Answer(401, b""), "misconfigured", "401"),
        (Answer(403, error("10010")), "misconfigured", "10010"),
        (Answer(403, error("40333")), "misconfigured", "40333"),
        (Answer(403, error("40300")), "opted_out", "40300"),
        (Answer(400, error("40300")), "opted_out", "40300"),
        (Answer(400, error(40300)), "opted_out", "40300"),
        (Answer(422, error("40305")), "misconfigured", "40305"),
        (Answer(402, error("20100")), "misconfigured", "20100"),
        (Answer(400, error("40010")), "filtered", "40010"),
        (Answer(400, error("40322")), "filtered", "40322"),
        (Answer(400, error("40006")), "retry", "40006"),
        (Answer(400, error("40318")), "throttled", "40318"),
        (Answer(400, error("40310")), "rejected", "40310"),
        (Answer(400, error("99999")), "rejected", "99999"),
        (Answer(422, {"errors": []}), "rejected", "422"),
        (Answer(422, {"errors": None}), "rejected", "422"),
        (Answer(400, {"errors": [{"title": "no code"}]}), "rejected", "400"),
        (Answer(400, b"<html>"), "rejected", "400"),
        (Answer(400, b"\xff"), "rejected", "400"),
        (Answer(429, error("10011")), "throttled", "10011"),
        (Answer(429, b""), "throttled", "429"),
        (Answer(500, error("10007")), "unknown", "10007"),
        (Answer(502, b"<html>Bad Gateway</html>"), "unknown", "502"),
        (Answer(503, error("40006")), "unknown", "40006"),
        (Answer(504, b""), "unknown", "504"),
        (Answer(307, b"", {"Location": "/v2/messages"}), "misconfigured", "307"),
        (Answer(200, b"<html>welcome</html>"), "unknown", "200"),
        (Answer(200, b""), "unknown", "200"),
        (Answer(200, {"data": {}}), "unknown", "200"),
        (Answer(200, {"data": {"id": 7}}), "unknown", "200"),
        (Answer(200, {"ok": True}), "unknown", "200"),
        (Answer(202, b"\xff"), "unknown", "202"),
        (Answer(200, b"junk", {"Content-Encoding": "gzip"}), "unknown", "200"),
        (RESET, "unknown", ""),
    ],
)
async def test_a_text_that_is_not_taken(
    fake: FakeProvider, http: Session, answer: Answer, kind: str, code: str
) -> None:
    fake.misbehave(answer)
    failure = await Telnyx(NUMBER, fake.telnyx_options(), http).send(TEXT)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.code) == (kind, code)
    assert len(fake.posts) == 1, "it is never repeated here"
    assert "+12065550123" not in failure.detail


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"x-ratelimit-reset": "3"}, 3.0),
        ({"Retry-After": "7"}, 7.0),
        ({"x-ratelimit-reset": "3", "Retry-After": "7"}, 3.0),
        ({"x-ratelimit-reset": "soon", "Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "Fri, 20 Nov 2026 12:00:00 GMT"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "86400"}, 3600.0),
    ],
)
async def test_too_many_requests(
    fake: FakeProvider, http: Session, headers: dict[str, str], wait: float | None
) -> None:
    fake.misbehave(Answer(429, error("10011"), headers))
    failure = await Telnyx(NUMBER, fake.telnyx_options(), http).send(TEXT)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retry_after) == ("throttled", wait)


async def test_an_answer_that_never_comes_leaves_it_unknown(fake: FakeProvider) -> None:
    fake.misbehave(HANG)
    async with Session(total=0.2) as impatient:
        failure = await Telnyx(NUMBER, fake.telnyx_options(), impatient).send(TEXT)
    assert isinstance(failure, Failure)
    assert failure.kind == "unknown"


async def test_a_provider_that_is_not_there_is_tried_again(http: Session) -> None:
    async with FakeProvider() as gone:
        options = gone.telnyx_options()
    failure = await Telnyx(NUMBER, options, http).send(TEXT)
    assert isinstance(failure, Failure)
    assert failure.kind == "retry"


@pytest.mark.parametrize("address", ["api.telnyx.example.com", "ftp://127.0.0.1", "http://127.0.0.1:99999"])
async def test_an_address_that_is_none_is_the_operators_to_mend(http: Session, address: str) -> None:
    try:
        result = await Telnyx(NUMBER, {**FakeProvider().telnyx_options(), "base_url": address}, http).send(TEXT)
    except SettingsError:
        return
    assert isinstance(result, Failure)
    assert result.kind == "misconfigured"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {"data": {"id": "a\0b"}}),
        Answer(200, {"data": {"id": "x" * 300}}),
        Answer(400, error("4\0", "a\0b")),
        Answer(400, error("4" * 100)),
        Answer(400, error(int("4" * 100))),
    ],
    ids=["NUL in the id", "long id", "NUL in an error", "long code", "long number"],
)
async def test_what_the_provider_answers_can_be_stored(fake: FakeProvider, http: Session, answer: Answer) -> None:
    fake.misbehave(answer)
    result = await Telnyx(NUMBER, fake.telnyx_options(), http).send(TEXT)
    assert b"\\u0000" not in msgspec.json.encode(result)
    if isinstance(result, Accepted):
        assert len(result.provider_id) <= 255
    else:
        assert len(result.code) <= 32


async def test_the_address_may_end_in_a_slash(fake: FakeProvider, http: Session) -> None:
    options = fake.telnyx_options(base_url=f"{fake.telnyx_url}/")
    assert isinstance(await Telnyx(NUMBER, options, http).send(TEXT), Accepted)


# --- Who answers STOP, START and HELP


@pytest.mark.parametrize("word", ["STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"])
def test_telnyx_answers_its_own_words(word: str) -> None:
    assert word in line().keywords["stop"]


@pytest.mark.parametrize("word", ["REVOKE", "OPTOUT", "OPT OUT", "BAJA"])
def test_telnyx_leaves_other_words_to_us(word: str) -> None:
    assert all(word not in words for words in line().keywords.values())


def test_the_app_can_answer_them_all() -> None:
    assert not line(keyword_owner="app").keywords
