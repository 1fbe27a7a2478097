"""Twilio: whose webhooks are believed, what they say, and what becomes of a text that is sent."""

import base64
import hashlib
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.support.fake_provider import (
    HANG,
    NUMBER,
    RESET,
    TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN,
    Answer,
    FakeProvider,
    encoded,
    sign_twilio,
    twilio_status,
    twilio_text,
)
from textback.channels.base import Accepted, BadPayload, BadSignature, Failure, Outgoing, Webhook
from textback.channels.client import Session
from textback.channels.twilio import Twilio
from textback.core.errors import SettingsError
from textback.engine.arrivals import DeliveryStatus, Media, Message

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


def text_of(text: str = "hi", **more: str) -> Message:
    (message,) = parse(twilio_text(text, **more))
    assert isinstance(message, Message)
    return message


def status_of(form: dict[str, str], url: str = URL) -> DeliveryStatus:
    (status,) = parse(form, url)
    assert isinstance(status, DeliveryStatus)
    return status


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
    "another account's token": (sign_twilio(URL, FORM, "another token"), FORM, URL),
    "a field changed": (SIGNED, FORM | {"Body": "something else"}, URL),
    "a field trimmed": (SIGNED, FORM | {"Body": FORM["Body"].strip()}, URL),
    "a field added": (SIGNED, FORM | {"OptOutType": "STOP"}, URL),
    "a field left out": (SIGNED, without(FORM, "NumMedia"), URL),
    "an empty field left out": (SIGNED, without(FORM, "FromCity"), URL),
    "no fields": (SIGNED, {}, URL),
    "another path": (SIGNED, FORM, URL + "2"),
    "a slash at the end": (SIGNED, FORM, URL + "/"),
    "another host": (SIGNED, FORM, URL.replace("bot", "bat")),
    "http for https": (SIGNED, FORM, URL.replace("https", "http")),
    "another message": (sign_twilio(STATUS_URL, FORM), FORM, STATUS_URL.replace("m=0", "m=1")),
    "no signature": (without(SIGNED, "x-twilio-signature"), FORM, URL),
    "empty signature": (SIGNED | {"x-twilio-signature": ""}, FORM, URL),
    "signature not base64": (SIGNED | {"x-twilio-signature": "!!!"}, FORM, URL),
    "signature not ASCII": (SIGNED | {"x-twilio-signature": "é" * 28}, FORM, URL),
    "signature cut": (SIGNED | {"x-twilio-signature": SIGNED["x-twilio-signature"][:-2]}, FORM, URL),
    "unknown algorithm": (SIGNED | {"x-twilio-webhooks-signature-settings": "key=k,algorithm=HMAC_MD5"}, FORM, URL),
    "another algorithm": (SIGNED | {"x-twilio-webhooks-signature-settings": "key=k,algorithm=HMAC_SHA256"}, FORM, URL),
}


@pytest.mark.parametrize("case", FORGERIES)
def test_a_forgery_is_refused(case: str) -> None:
    headers, form, url = FORGERIES[case]
    assert not believed(headers, encoded(form), url)
    if case != "unknown algorithm":  # which the SDK answers with ValueError
        assert not sdk_believes(headers, form, url)


FIELDS = st.dictionaries(st.text(min_size=1, max_size=12), st.text(max_size=30), max_size=8)


@given(form=FIELDS, changed=st.booleans())
def test_it_believes_what_the_sdk_believes(form: dict[str, str], changed: bool) -> None:
    headers = sign_twilio(URL, form)
    came = form | {"Extra": "1"} if changed else form
    assert believed(headers, encoded(came)) is sdk_believes(headers, came) is (came == form)


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


@pytest.mark.parametrize("tokens", [f"{TWILIO_AUTH_TOKEN},second", f"second , {TWILIO_AUTH_TOKEN}"])
@pytest.mark.parametrize("token", [TWILIO_AUTH_TOKEN, "second"])
def test_while_tokens_change_both_are_believed(tokens: str, token: str) -> None:
    assert believed(sign_twilio(URL, FORM, token), encoded(FORM), token=tokens)


def test_while_tokens_change_a_third_is_not_believed() -> None:
    assert not believed(sign_twilio(URL, FORM, "third"), encoded(FORM), token=f"{TWILIO_AUTH_TOKEN},second")
    joined = f"{TWILIO_AUTH_TOKEN},second"
    assert not believed(sign_twilio(URL, FORM, joined), encoded(FORM), token=joined)


def test_more_fields_than_any_text_has_are_refused() -> None:
    form = {f"f{n}": "" for n in range(600)}
    assert not believed(sign_twilio(URL, form), encoded(form))


@pytest.mark.parametrize("sid", ["", "AC123", "SM" + "0" * 32, "AC" + "0" * 31 + "/", TWILIO_ACCOUNT_SID + "0"])
def test_an_account_that_is_none_stops_the_start(sid: str) -> None:
    with pytest.raises(SettingsError, match="TWILIO_ACCOUNT_SID"):
        line(account_sid=sid)


@pytest.mark.parametrize("token", ["", " ", ",", " , "])
def test_a_token_that_is_none_stops_the_start(token: str) -> None:
    with pytest.raises(SettingsError, match="TWILIO_AUTH_TOKEN"):
        line(token)


@pytest.mark.parametrize("name", ["account_sid", "auth_token"])
def test_a_line_without_a_needed_option_stops_the_start(name: str) -> None:
    options = {"account_sid": TWILIO_ACCOUNT_SID, "auth_token": TWILIO_AUTH_TOKEN}
    del options[name]
    with pytest.raises(SettingsError, match=f"(?i){name}"):
        Twilio(NUMBER, options, None)  # type: ignore[arg-type]


# --- Texts


def test_a_text() -> None:
    assert text_of("What time do you close?") == Message(
        sender="+12065550123", recipient=NUMBER, text="What time do you close?", provider_id=SID
    )


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("", ""),
        ("  two  spaces  ", "  two  spaces  "),
        ("line\none\r\ntwo", "line\none\r\ntwo"),
        ("a+b & c=d;e %41", "a+b & c=d;e %41"),
        ("👩‍👩‍👧 café", "👩‍👩‍👧 café"),
        ("שלום, מתי סוגרים? \u200f(מחר)", "שלום, מתי סוגרים? \u200f(מחר)"),
        ("مرحبا", "مرحبا"),
        ("x" * 1600, "x" * 1600),
        ("😀" * 1600, "😀" * 1600),
        ("a\0b\0", "a\ufffdb\ufffd"),
    ],
)
def test_the_text_is_kept_as_it_was_written(sent: str, stored: str) -> None:
    assert text_of(sent).text == stored


@pytest.mark.parametrize(
    ("raw", "stored"), [(b"%FF", "\ufffd"), (b"%ED%A0%BD", "\ufffd\ufffd\ufffd"), (b"%F0%9F", "\ufffd")]
)
def test_a_text_that_is_not_utf8_is_kept_as_well_as_can_be(raw: bytes, stored: str) -> None:
    (message,) = parse(encoded(without(twilio_text(""), "Body")) + b"&Body=" + raw)
    assert isinstance(message, Message)
    assert message.text == stored


@pytest.mark.parametrize("sender", ["+12065550123", "22395", "BANK", "anonymous", "+266696687", "+88213000"])
def test_any_sender_is_kept(sender: str) -> None:
    assert text_of(sender=sender).sender == sender


@pytest.mark.parametrize("sender", [" +12065550123", "+12065550123\n"])
def test_space_around_a_sender_does_not_make_another_contact(sender: str) -> None:
    assert text_of(sender=sender).sender == "+12065550123"


A = "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM1/Media/ME1"
B = "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM1/Media/ME2"


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({}, ()),
        ({"NumMedia": ""}, ()),
        ({"NumMedia": "0", "MediaUrl0": A}, ()),
        ({"NumMedia": "1", "MediaUrl0": A, "MediaContentType0": "image/jpeg"}, (Media(A, "image/jpeg"),)),
        ({"NumMedia": "1", "MediaUrl0": A}, (Media(A),)),
        (
            {"NumMedia": "2", "MediaUrl0": A, "MediaUrl1": B, "MediaContentType1": "text/vcard"},
            (Media(A), Media(B, "text/vcard")),
        ),
        ({"NumMedia": "2", "MediaUrl1": B}, (Media(B),)),
        ({"NumMedia": "1"}, ()),
        ({"NumMedia": "100"} | {f"MediaUrl{n}": A for n in range(100)}, (Media(A),) * 10),
    ],
)
def test_pictures(fields: dict[str, str], kept: tuple[Media, ...]) -> None:
    message = text_of("", **fields)
    assert message.media == kept
    assert message.channel == ("mms" if kept else "sms")


@pytest.mark.parametrize(
    ("flag", "keyword"),
    [("STOP", "stop"), ("START", "start"), ("HELP", "help"), ("stop", "stop"), ("OTHER", None), ("", None)],
)
def test_an_opt_out_that_twilio_handled(flag: str, keyword: str | None) -> None:
    assert text_of("whatever", OptOutType=flag).keyword == keyword


def test_older_names_of_the_id_are_understood() -> None:
    (message,) = parse(without(twilio_text("hi"), "MessageSid"))
    assert isinstance(message, Message)
    assert message.provider_id == SID


def test_a_field_that_is_new_does_not_lose_the_text() -> None:
    assert text_of("hi", NewField="1", ChannelMetadata='{"type":"x"}').text == "hi"


@pytest.mark.parametrize("sender", ["whatsapp:+12065550123", "rcs:agent", "messenger:123"])
def test_other_channels_are_ignored(sender: str) -> None:
    assert parse(twilio_text("hi", sender=sender)) == []
    assert parse(twilio_status("delivered", To=sender)) == []


# --- Statuses


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("accepted", "accepted"),
        ("scheduled", "accepted"),
        ("queued", "accepted"),
        ("sending", "accepted"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("partially_delivered", "sent"),
        ("undelivered", "undelivered"),
        ("failed", "failed"),
        ("canceled", "failed"),
        ("read", "read"),
    ],
)
def test_a_status(said: str, status: str) -> None:
    assert status_of(twilio_status(said), STATUS_URL) == DeliveryStatus(
        provider_id=SID,
        recipient="+12065550123",
        status=status,  # type: ignore[arg-type]
        message_id="0123456789abcdef01234567",
    )


@pytest.mark.parametrize(
    ("said", "code", "status", "opted_out"),
    [
        ("undelivered", "30007", "filtered", False),
        ("failed", "30034", "filtered", False),
        ("failed", "21610", "failed", True),
        ("undelivered", "30005", "undelivered", False),
        ("undelivered", "99999", "undelivered", False),
        ("delivered", "30007", "delivered", False),
    ],
)
def test_a_failure_keeps_its_code(said: str, code: str, status: str, opted_out: bool) -> None:
    found = status_of(twilio_status(said, ErrorCode=code, ErrorMessage="An error"))
    assert (found.status, found.code, found.detail, found.opted_out) == (status, code, "An error", opted_out)


def test_a_status_under_its_older_name_is_understood() -> None:
    assert status_of(without(twilio_status("sent"), "MessageStatus", "MessageSid")).status == "sent"


@pytest.mark.parametrize(
    ("query", "ours"),
    [("", None), ("?m=", None), ("?x=1", None), ("?m=abc", "abc"), ("?m=abc&m=def", "abc"), ("?m=%00", "\ufffd")],
)
def test_our_own_id_comes_back(query: str, ours: str | None) -> None:
    assert status_of(twilio_status("sent"), URL + query).message_id == ours


def test_a_status_that_is_new_is_ignored() -> None:
    assert parse(twilio_status("brand_new")) == []


# --- What makes no sense


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "MessageSid"),
        (b"\xff\xfe", "MessageSid"),
        (b'{"json": true}', "MessageSid"),
        (without(twilio_text("hi"), "MessageSid", "SmsSid"), "MessageSid"),
        (twilio_text("hi", message_id=""), "MessageSid"),
        (without(twilio_text("hi"), "To"), "To"),
        (twilio_text("hi", To=" "), "To"),
        (without(twilio_text("hi"), "From"), "From"),
        (twilio_text("hi", From=""), "From"),
        (twilio_text("hi", NumMedia="many"), "NumMedia"),
        (twilio_text("hi", NumMedia="-1"), "NumMedia"),
        (twilio_text("hi", NumMedia="1.0"), "NumMedia"),
        (twilio_text("hi", NumMedia="١"), "NumMedia"),
        (twilio_text("hi", NumMedia="101"), "NumMedia"),
        (twilio_text("hi", NumMedia="9" * 5000), "NumMedia"),
        (twilio_status(""), "MessageStatus"),
        (without(twilio_status("sent"), "MessageStatus", "SmsStatus"), "MessageStatus"),
        ({f"f{n}": "" for n in range(600)}, "body"),
    ],
)
def test_a_malformed_webhook_names_the_field(form: Any, field: str) -> None:
    with pytest.raises(BadPayload) as error:
        parse(form)
    assert error.value.field == field
    assert error.value.problem
    assert "+1206" not in str(error.value)


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


# --- Sending


def error(status: int, code: int) -> dict[str, Any]:
    message = "The number +12065550123 is not a valid phone number."
    return {"code": code, "message": message, "more_info": "https://example.com", "status": status}


async def test_a_text_is_taken(fake: FakeProvider, http: Session) -> None:
    twilio = Twilio(NUMBER, fake.twilio_options(), http)
    assert await twilio.send(TEXT) == Accepted("SM" + "0" * 31 + "1")
    (posted,) = fake.posts
    assert posted.path == f"/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Messages.json"
    assert posted.fields() == {"To": "+12065550123", "From": NUMBER, "Body": "We close at 6."}
    login = base64.b64encode(f"{TWILIO_ACCOUNT_SID}:{TWILIO_AUTH_TOKEN}".encode()).decode()
    assert posted.headers["authorization"] == f"Basic {login}"
    assert posted.headers["content-type"].startswith("application/x-www-form-urlencoded")


async def test_while_tokens_change_the_first_one_sends(fake: FakeProvider, http: Session) -> None:
    options = fake.twilio_options(auth_token=f"{TWILIO_AUTH_TOKEN}, second")
    assert isinstance(await Twilio(NUMBER, options, http).send(TEXT), Accepted)


@pytest.mark.parametrize("text", ["😀" * 400, "שלום", 'quotes " and \\', "a\nb", "100% + 1 & 2 = 3", "; ,"])
async def test_the_text_goes_out_as_it_was_written(fake: FakeProvider, http: Session, text: str) -> None:
    await Twilio(NUMBER, fake.twilio_options(), http).send(msgspec.structs.replace(TEXT, text=text))
    assert fake.posts[0].fields()["Body"] == text


async def test_pictures_and_the_status_address_go_along(fake: FakeProvider, http: Session) -> None:
    outgoing = msgspec.structs.replace(
        TEXT,
        text="",
        media=(Media("https://example.com/a.jpg", "image/jpeg"), Media("https://example.com/b.jpg")),
        status_url=STATUS_URL,
    )
    await Twilio(NUMBER, fake.twilio_options(), http).send(outgoing)
    assert fake.posts[0].fields() == {
        "To": "+12065550123",
        "From": NUMBER,
        "MediaUrl": ["https://example.com/a.jpg", "https://example.com/b.jpg"],
        "StatusCallback": STATUS_URL,
    }


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Answer(400, error(400, 21610)), "opted_out", "21610"),
        (Answer(401, error(401, 20003)), "misconfigured", "20003"),
        (Answer(401, b""), "misconfigured", "401"),
        (Answer(403, error(403, 20005)), "misconfigured", "20005"),
        (Answer(404, error(404, 20404)), "misconfigured", "20404"),
        (Answer(400, error(400, 21606)), "misconfigured", "21606"),
        (Answer(400, error(400, 21408)), "misconfigured", "21408"),
        (Answer(400, error(400, 21211)), "rejected", "21211"),
        (Answer(400, error(400, 99999)), "rejected", "99999"),
        (Answer(400, error(400, 63016)), "filtered", "63016"),
        (Answer(400, error(400, 21611)), "throttled", "21611"),
        (Answer(400, error(400, 30001)), "retry", "30001"),
        (Answer(400, error(400, 30610)), "later", "30610"),
        (Answer(400, error(400, 30023)), "later", "30023"),
        (Answer(400, {"message": "no code"}), "rejected", "400"),
        (Answer(400, {"code": "21610"}), "rejected", "400"),
        (Answer(400, b"<html>"), "rejected", "400"),
        (Answer(400, b"\xff"), "rejected", "400"),
        (Answer(429, error(429, 20429)), "throttled", "20429"),
        (Answer(429, b""), "throttled", "429"),
        (Answer(500, error(500, 20500)), "unknown", "20500"),
        (Answer(502, b"<html>Bad Gateway</html>"), "unknown", "502"),
        (Answer(503, error(503, 30001)), "unknown", "30001"),
        (Answer(504, b""), "unknown", "504"),
        (Answer(307, b"", {"Location": "/"}), "misconfigured", "307"),
        (Answer(201, b"<html>welcome</html>"), "unknown", "201"),
        (Answer(201, b""), "unknown", "201"),
        (Answer(201, {}), "unknown", "201"),
        (Answer(201, {"sid": None}), "unknown", "201"),
        (Answer(200, [1]), "unknown", "200"),
        (Answer(201, b"\xff"), "unknown", "201"),
        (Answer(201, b"junk", {"Content-Encoding": "gzip"}), "unknown", "201"),
        (RESET, "unknown", ""),
    ],
)
async def test_a_text_that_is_not_taken(
    fake: FakeProvider, http: Session, answer: Answer, kind: str, code: str
) -> None:
    fake.misbehave(answer)
    failure = await Twilio(NUMBER, fake.twilio_options(), http).send(TEXT)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.code) == (kind, code)
    assert len(fake.posts) == 1, "it is never repeated here"
    assert "+12065550123" not in failure.detail


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "Fri, 20 Nov 2026 12:00:00 GMT"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "86400"}, 3600.0),
    ],
)
async def test_too_many_requests(
    fake: FakeProvider, http: Session, headers: dict[str, str], wait: float | None
) -> None:
    fake.misbehave(Answer(429, error(429, 20429), headers))
    failure = await Twilio(NUMBER, fake.twilio_options(), http).send(TEXT)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retry_after) == ("throttled", wait)


async def test_an_answer_that_never_comes_leaves_it_unknown(fake: FakeProvider) -> None:
    fake.misbehave(HANG)
    async with Session(total=0.2) as impatient:
        failure = await Twilio(NUMBER, fake.twilio_options(), impatient).send(TEXT)
    assert isinstance(failure, Failure)
    assert failure.kind == "unknown"


async def test_a_provider_that_is_not_there_is_tried_again(http: Session) -> None:
    async with FakeProvider() as gone:
        options = gone.twilio_options()
    failure = await Twilio(NUMBER, options, http).send(TEXT)
    assert isinstance(failure, Failure)
    assert failure.kind == "retry"


@pytest.mark.parametrize(
    "answer",
    [Answer(201, {"sid": "a\0b"}), Answer(201, {"sid": "x" * 300}), Answer(400, error(400, int("4" * 100)))],
    ids=["NUL in the id", "long id", "long code"],
)
async def test_what_the_provider_answers_can_be_stored(fake: FakeProvider, http: Session, answer: Answer) -> None:
    fake.misbehave(answer)
    result = await Twilio(NUMBER, fake.twilio_options(), http).send(TEXT)
    assert b"\\u0000" not in msgspec.json.encode(result)
    if isinstance(result, Accepted):
        assert len(result.provider_id) <= 255
    else:
        assert len(result.code) <= 32


async def test_the_address_may_end_in_a_slash(fake: FakeProvider, http: Session) -> None:
    options = fake.twilio_options(base_url=f"{fake.twilio_url}/")
    assert isinstance(await Twilio(NUMBER, options, http).send(TEXT), Accepted)


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


def test_the_app_can_answer_them_all() -> None:
    assert not line(keyword_owner="app").keywords


async def test_q5_a_text_that_twilio_refuses_for_the_hour_or_the_day_waits(fake: FakeProvider, http: Session) -> None:
    twilio = Twilio(NUMBER, fake.twilio_options(), http)
    fake.misbehave(Answer(400, error(400, 30610)), Answer(400, error(400, 30023)))
    hour, day = await twilio.send(TEXT), await twilio.send(TEXT)
    assert isinstance(hour, Failure)
    assert hour.retry_after == 3600
    assert isinstance(day, Failure)
    assert 0 < (day.retry_after or 0) <= 25 * 3600
