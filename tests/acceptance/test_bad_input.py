"""What is wrong with a webhook gets the right answer and leaves no trace; what is merely odd is stored and answered."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NamedTuple

import aiohttp
import pytest
from nacl.signing import SigningKey

from tests.acceptance.carrier import (
    FALLBACK,
    IS_OPEN,
    PUBLIC_URL,
    TWILIO_NUMBER,
    Carrier,
    api_key,
    environment,
    idle,
    now_ms,
    rows,
    sent_texts,
    write_bot,
)
from tests.support.fake_provider import (
    FakeProvider,
    encoded,
    fake_provider,
    sign_telnyx,
    sign_twilio,
    telnyx_status,
    telnyx_text,
    twilio_status,
    twilio_text,
)
from tests.support.served import Served

TELNYX, TWILIO = "/webhooks/telnyx", "/webhooks/twilio"
LINES = ("telnyx", "twilio")
MOST = 256 * 1024
NOBODY = "+12065550199"
"""Whoever texts from here is never heard."""


class Place(NamedTuple):
    """One served program for all tests of this file; each test texts from numbers of its own."""

    url: str
    fake: FakeProvider
    database_url: str
    key: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("bad-input")
    bot = write_bot(folder / "bot")
    url = f"sqlite:///{folder}/textback.db"
    arguments = ["serve", str(bot), "--database", url, "--port", "0"]
    with fake_provider() as fake, Served(arguments, folder, environment(fake)) as served:
        yield Place(served.wait_ready().url, fake, url, api_key(url, folder))


@pytest.fixture
async def carrier(http: aiohttp.ClientSession, place: Place) -> AsyncIterator[Carrier]:
    """Nobody who was refused is in any conversation afterwards, or was sent anything."""
    made = Carrier(http, place.url)
    yield made
    await idle(place.database_url)
    assert not [row for row in (await made.get("/conversations", place.key)).json if row["phone_number"] == NOBODY]
    assert rows(place.database_url, "SELECT 1 FROM arrivals WHERE data LIKE :who", who=f"%{NOBODY}%") == []
    assert sent_texts(place.fake, NOBODY) == []


def telnyx_body(sender: str = NOBODY) -> bytes:
    return json.dumps(telnyx_text("hours", sender, "bad-input")).encode()


def twilio_form(sender: str = NOBODY) -> dict[str, str]:
    return twilio_text("hours", sender, "SMf" + "0" * 31)


async def count(carrier: Carrier, place: Place, line: str, outcome: str) -> float:
    """How many webhooks of a line came to this, as /metrics says."""
    lines = (await carrier.get("/metrics", place.key)).body.decode().splitlines()
    wanted = f'textback_webhooks_total{{line="{line}",outcome="{outcome}"}}'
    (value,) = [text.rpartition(" ")[2] for text in lines if text.startswith(wanted)]
    return float(value)


# --- 401


def telnyx_unsigned() -> tuple[str, bytes, dict[str, str]]:
    return TELNYX, telnyx_body(), {"content-type": "application/json"}


def telnyx_other_key() -> tuple[str, bytes, dict[str, str]]:
    return TELNYX, telnyx_body(), sign_telnyx(telnyx_body(), now_ms(), SigningKey.generate())


def telnyx_altered() -> tuple[str, bytes, dict[str, str]]:
    return TELNYX, telnyx_body() + b" ", sign_telnyx(telnyx_body(), now_ms())


def telnyx_stale() -> tuple[str, bytes, dict[str, str]]:
    return TELNYX, telnyx_body(), sign_telnyx(telnyx_body(), now_ms() - 310_000)


def telnyx_early() -> tuple[str, bytes, dict[str, str]]:
    return TELNYX, telnyx_body(), sign_telnyx(telnyx_body(), now_ms() + 310_000)


def telnyx_redated() -> tuple[str, bytes, dict[str, str]]:
    headers = sign_telnyx(telnyx_body(), now_ms() - 310_000)
    return TELNYX, telnyx_body(), {**headers, "telnyx-timestamp": str(now_ms() // 1000)}


def telnyx_garbage() -> tuple[str, bytes, dict[str, str]]:
    return TELNYX, telnyx_body(), {**sign_telnyx(telnyx_body(), now_ms()), "telnyx-signature-ed25519": "\u00e9!"}


def telnyx_malformed() -> tuple[str, bytes, dict[str, str]]:
    """Whether it makes sense is nobody's business before it is known who sent it."""
    return TELNYX, b"{", {"content-type": "application/json"}


def twilio_unsigned() -> tuple[str, bytes, dict[str, str]]:
    return TWILIO, encoded(twilio_form()), {"content-type": "application/x-www-form-urlencoded"}


def twilio_other_token() -> tuple[str, bytes, dict[str, str]]:
    return TWILIO, encoded(twilio_form()), sign_twilio(PUBLIC_URL + TWILIO, twilio_form(), "another token")


def twilio_altered() -> tuple[str, bytes, dict[str, str]]:
    form = twilio_form()
    return TWILIO, encoded({**form, "Body": "order"}), sign_twilio(PUBLIC_URL + TWILIO, form)


def twilio_other_address() -> tuple[str, bytes, dict[str, str]]:
    form = twilio_form()
    return TWILIO, encoded(form), sign_twilio("https://elsewhere.example.com" + TWILIO, form)


def twilio_other_query() -> tuple[str, bytes, dict[str, str]]:
    form = twilio_form()
    return f"{TWILIO}?m=1", encoded(form), sign_twilio(PUBLIC_URL + TWILIO, form)


def twilio_malformed() -> tuple[str, bytes, dict[str, str]]:
    return TWILIO, b"%%%", {"content-type": "application/x-www-form-urlencoded"}


Webhook = tuple[str, bytes, dict[str, str]]
FORGED: list[Callable[[], Webhook]] = [
    telnyx_unsigned, telnyx_other_key, telnyx_altered, telnyx_stale, telnyx_early, telnyx_redated, telnyx_garbage,
    telnyx_malformed, twilio_unsigned, twilio_other_token, twilio_altered, twilio_other_address, twilio_other_query,
    twilio_malformed,
]  # fmt: skip


@pytest.mark.parametrize("forged", FORGED)
async def test_a_webhook_that_its_provider_did_not_sign(
    carrier: Carrier, place: Place, forged: Callable[[], Webhook]
) -> None:
    line = forged.__name__.partition("_")[0]
    before = await count(carrier, place, line, "unsigned")
    answer = await carrier.post(*forged())
    assert answer.status == 401
    assert "error" in answer.json
    assert await count(carrier, place, line, "unsigned") == before + 1


async def test_twilio_signs_no_time_so_a_repeat_is_kept_out_by_its_id(carrier: Carrier, place: Place) -> None:
    form = twilio_text("hours", "+12065550110", "SMe" + "1" * 31)
    headers = sign_twilio(PUBLIC_URL + TWILIO, form)
    for _ in range(3):
        assert (await carrier.post(TWILIO, encoded(form), headers)).status == 200
    await idle(place.database_url)
    assert sent_texts(place.fake, "+12065550110") == [IS_OPEN]


# --- 404, 405, 415


@pytest.mark.parametrize("path", ["/webhooks/nobody", "/webhooks/", "/webhooks/telnyx/", "/webhooks/telnyx/x"])
async def test_an_unknown_line(carrier: Carrier, path: str) -> None:
    answer = await carrier.telnyx(telnyx_body(), path)
    assert answer.status == 404
    assert "error" in answer.json


@pytest.mark.parametrize("path", [TELNYX, TWILIO])
async def test_a_webhook_is_posted(carrier: Carrier, path: str) -> None:
    assert (await carrier.get(path)).status == 405


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""])
async def test_a_wrong_content_type(carrier: Carrier, kind: str) -> None:
    signed = sign_telnyx(telnyx_body(), now_ms())
    assert (await carrier.post(TELNYX, telnyx_body(), {**signed, "content-type": kind})).status == 415
    form = twilio_form()
    signed = sign_twilio(PUBLIC_URL + TWILIO, form)
    assert (await carrier.post(TWILIO, encoded(form), {**signed, "content-type": kind})).status == 415


async def test_one_provider_s_kind_of_body_at_the_other_s_line(carrier: Carrier) -> None:
    assert (await carrier.telnyx(telnyx_body(), TWILIO)).status == 415
    assert (await carrier.twilio(twilio_form(), TELNYX)).status == 415


async def test_a_charset_beside_the_content_type_is_fine(carrier: Carrier, place: Place) -> None:
    body = telnyx_body("+12065550111")
    headers = sign_telnyx(body, now_ms())
    answer = await carrier.post(TELNYX, body, {**headers, "content-type": "Application/JSON; charset=utf-8"})
    assert answer.status == 200
    await idle(place.database_url)
    assert sent_texts(place.fake, "+12065550111") == [IS_OPEN]


# --- 400


def without(event: dict[str, Any], *path: str) -> dict[str, Any]:
    """The event without what is at this path."""
    inner = event
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return event


def with_payload(**fields: Any) -> dict[str, Any]:
    event = telnyx_text("hours", NOBODY)
    event["data"]["payload"].update(fields)
    return event


TELNYX_MALFORMED: list[tuple[Any, str]] = [
    (b"{", "body"),
    (b"\xff\xfe", "body"),
    (b"", "body"),
    ([], "body"),
    ({}, "data"),
    ({"data": 5}, "data"),
    (without(telnyx_text("hours", NOBODY), "data", "event_type"), "data.event_type"),
    (without(telnyx_text("hours", NOBODY), "data", "payload"), "data.payload"),
    (without(telnyx_text("hours", NOBODY), "data", "payload", "id"), "data.payload.id"),
    (without(telnyx_text("hours", NOBODY), "data", "payload", "from"), "data.payload.from.phone_number"),
    (with_payload(**{"from": {"phone_number": " "}}), "data.payload.from.phone_number"),
    (with_payload(**{"from": {"phone_number": 12065550123}}), "data.payload.from.phone_number"),
    (with_payload(to=[]), "data.payload.to"),
    (with_payload(text=5), "data.payload.text"),
    (with_payload(media={"url": "x"}), "data.payload.media"),
    (without(telnyx_status("delivered"), "data", "payload", "to"), "data.payload.to"),
]


@pytest.mark.parametrize(("event", "field"), TELNYX_MALFORMED)
async def test_a_field_that_telnyx_left_out_or_spoilt(carrier: Carrier, place: Place, event: Any, field: str) -> None:
    before = await count(carrier, place, "telnyx", "malformed")
    answer = await carrier.telnyx(event)
    assert (answer.status, answer.json["field"]) == (400, field)
    assert field in answer.json["error"]
    assert await count(carrier, place, "telnyx", "malformed") == before + 1


def left_out(*names: str) -> dict[str, str]:
    return {name: value for name, value in twilio_form().items() if name not in names}


TWILIO_MALFORMED: list[tuple[dict[str, str], str]] = [
    ({}, "MessageSid"),
    (left_out("MessageSid", "SmsSid", "SmsMessageSid"), "MessageSid"),
    (left_out("From"), "From"),
    (left_out("To"), "To"),
    ({**twilio_form(), "From": " "}, "From"),
    ({**twilio_form(), "NumMedia": "many"}, "NumMedia"),
    ({**twilio_form(), "NumMedia": "-1"}, "NumMedia"),
    (without(without(twilio_status("sent"), "MessageStatus"), "SmsStatus"), "MessageStatus"),
]


@pytest.mark.parametrize(("form", "field"), TWILIO_MALFORMED)
async def test_a_field_that_twilio_left_out_or_spoilt(
    carrier: Carrier, place: Place, form: dict[str, str], field: str
) -> None:
    before = await count(carrier, place, "twilio", "malformed")
    answer = await carrier.twilio(form)
    assert (answer.status, answer.json["field"]) == (400, field)
    assert field in answer.json["error"]
    assert await count(carrier, place, "twilio", "malformed") == before + 1


# --- 413


async def in_chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 50_000):
        yield body[start : start + 50_000]


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_256_kb(carrier: Carrier, chunked: bool) -> None:
    event = telnyx_text("hours", NOBODY, padding="")
    padding = MOST + 1 - len(json.dumps(event))
    body = json.dumps(telnyx_text("hours", NOBODY, padding="x" * padding)).encode()
    assert len(body) == MOST + 1
    sent: Any = in_chunks(body) if chunked else body
    assert (await carrier.post(TELNYX, sent, sign_telnyx(body, now_ms()))).status == 413
    form = {**twilio_form(), "Padding": "x" * MOST}
    sent = in_chunks(encoded(form)) if chunked else encoded(form)
    assert (await carrier.post(TWILIO, sent, sign_twilio(PUBLIC_URL + TWILIO, form))).status == 413


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_of_256_kb(carrier: Carrier, place: Place, chunked: bool) -> None:
    sender = "+12065550113" if chunked else "+12065550112"
    event = telnyx_text("hours", sender, padding="")
    body = json.dumps(telnyx_text("hours", sender, f"full-{chunked}", padding="")).encode()
    event = telnyx_text("hours", sender, f"full-{chunked}", padding="x" * (MOST - len(body)))
    body = json.dumps(event).encode()
    assert len(body) == MOST
    sent: Any = in_chunks(body) if chunked else body
    assert (await carrier.post(TELNYX, sent, sign_telnyx(body, now_ms()))).status == 200
    await idle(place.database_url)
    assert sent_texts(place.fake, sender) == [IS_OPEN]


# --- 200 and nothing more


async def test_an_event_that_is_not_used(carrier: Carrier, place: Place) -> None:
    before = [await count(carrier, place, line, "ignored") for line in LINES]
    for kind in ("call.initiated", "10dlc.brand.update", "number.order.completed", ""):
        event = telnyx_text("hours", NOBODY)
        event["data"]["event_type"] = kind
        assert (await carrier.telnyx(event)).status == 200
    assert (await carrier.twilio({**twilio_form(), "From": f"whatsapp:{NOBODY}"})).status == 200
    assert (await carrier.twilio(twilio_status("some_new_status"))).status == 200
    assert [await count(carrier, place, line, "ignored") for line in LINES] == [before[0] + 4, before[1] + 2]


async def test_a_status_of_a_text_that_nobody_knows(carrier: Carrier, place: Place) -> None:
    """It makes no conversation."""
    event = telnyx_status("delivered", "unknown-1")
    event["data"]["payload"]["to"][0]["phone_number"] = NOBODY
    assert (await carrier.telnyx(event, f"{TELNYX}?m=no-such-message")).status == 200
    assert (await carrier.twilio(twilio_status("delivered", To=NOBODY))).status == 200


async def test_the_same_event_again(carrier: Carrier, place: Place) -> None:
    event = telnyx_text("hours", "+12065550114", "again")
    form = twilio_text("hours", "+12065550115", "SMe" + "2" * 31)
    for _ in range(3):
        answers = await asyncio.gather(*[carrier.telnyx(event) for _ in range(3)])
        answers += await asyncio.gather(*[carrier.twilio(form) for _ in range(3)])
        assert {answer.status for answer in answers} == {200}
    event["meta"]["attempt"] = 2
    event["data"]["id"] = "00000000-0000-4000-8000-0000000000e2"
    assert (await carrier.telnyx(event)).status == 200
    await idle(place.database_url)
    listed = (await carrier.get("/conversations", place.key)).json
    counts = {row["phone_number"]: row["message_count"] for row in listed}
    for sender in ("+12065550114", "+12065550115"):
        assert sent_texts(place.fake, sender) == [IS_OPEN]
        assert counts[sender] == 2


# --- Odd, stored and answered

LONG = "word " * 319 + "hours"
TEXTS = {
    "no text, a picture": "",
    "1,600 characters": LONG,
    "emoji": "\U0001f6b2\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1fa\U0001f1f8",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u200f",
    "markup": "<script>alert(1)</script> {{ bot.name }} '; DROP TABLE messages; --",
    "NUL": "what\x00ever",
}


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("case", TEXTS)
async def test_an_odd_text(carrier: Carrier, place: Place, line: str, case: str) -> None:
    words = TEXTS[case]
    sender = f"+1{'206' if line == 'telnyx' else '425'}55502{list(TEXTS).index(case):02d}"
    if line == "telnyx":
        media: dict[str, Any] = {} if words else {"media": [{"url": "https://example.com/a.jpg"}]}
        answer = await carrier.telnyx(telnyx_text(words, sender, f"odd-{case}", **media))
    else:
        form = twilio_text(words, sender, f"SMd{list(TEXTS).index(case):031x}")
        answer = await carrier.twilio(
            form if words else {**form, "NumMedia": "1", "MediaUrl0": "https://example.com/a"}
        )
    assert answer.status == 200
    await idle(place.database_url)
    assert sent_texts(place.fake, sender) == [FALLBACK]
    query = (
        "SELECT m.text, m.channel, m.media FROM messages m JOIN conversations c ON c.contact_id = m.contact_id "
        "WHERE m.direction = 'in' AND c.address = :who"
    )
    ((text, channel, stored),) = rows(place.database_url, query, who=sender)
    assert text == words.replace("\x00", "\ufffd")
    assert channel == ("sms" if words else "mms")
    assert ("https://example.com/a" in stored) == (not words)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("sender", ["72345", "SHOPNEWS", "Bank 24/7", "+1", "anonymous"])
async def test_a_sender_that_is_no_phone_number(carrier: Carrier, place: Place, line: str, sender: str) -> None:
    """A short code, a name: stored, and answered where texts of theirs come from."""
    sender = f"{sender}{line[1]}" if sender != "72345" else f"7234{LINES.index(line)}"
    if line == "telnyx":
        answer = await carrier.telnyx(telnyx_text("hours", sender, f"from-{sender}"))
    else:
        form = twilio_text("hours", sender, f"SMc{sum(map(ord, sender)):031x}", To=TWILIO_NUMBER)
        answer = await carrier.twilio(form)
    assert answer.status == 200
    await idle(place.database_url)
    assert sent_texts(place.fake, sender) == [IS_OPEN]
    listed = (await carrier.get("/conversations", place.key)).json
    assert [row["message_count"] for row in listed if row["phone_number"] == sender] == [2]
