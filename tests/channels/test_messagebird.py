"""MessageBird beyond the examination: reports by GET, what tokens may say, and the older signatures."""

import base64
import hashlib
import hmac
import warnings
from collections.abc import AsyncIterator, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import jwt
import pytest
from messagebird.signed_request import SignedRequest  # type: ignore[import-untyped]

from tests.channels.examination.conftest import Api
from tests.channels.examination.examinee import ANA, NOW, NUMBER, OURS, PUBLIC_URL, changed, text_out
from tests.channels.examination.messagebird.examinee import EXAMINEE, HEADER, signed
from tests.channels.examination.telnyx.examinee import EXAMINEE as TELNYX
from textback.channels.base import Webhook
from textback.channels.client import Session
from textback.channels.messagebird import TOLERANCE
from textback.core.when import SECOND
from textback.engine.arrivals import DeliveryStatus, Media
from textback.pipeline.lines import Line
from textback.web.webhooks import Webhooks

KEY = EXAMINEE.secrets[0]
REPORT = {
    "id": "e8077d803532c0b5937c639b60216938",
    "reference": OURS,
    "recipient": "12065550123",
    "status": "delivered",
    "statusDatetime": "2026-11-20T12:00:00+00:00",
    "price[amount]": "0.5",
    "m": OURS,
}


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """MessageBird's API."""
    async with Api(EXAMINEE) as server:
        yield server


def get(query: str = urlencode(REPORT)) -> Webhook:
    """A report as it comes: a GET, with all it says in the address."""
    return Webhook("GET", f"{PUBLIC_URL}/webhooks/messagebird?{query}", query, {}, b"")


def status_of(webhook: Webhook) -> DeliveryStatus:
    (found,) = EXAMINEE.line().parse(webhook)
    assert isinstance(found, DeliveryStatus)
    return found


# --- Reports by GET


def test_a_report_comes_in_the_address() -> None:
    found = status_of(get())
    assert (found.provider_id, found.recipient, found.status) == (REPORT["id"], ANA, "delivered")
    assert (found.message_id, found.at, found.code) == (OURS, NOW, None)


def test_the_plus_of_a_time_zone_may_come_as_it_is() -> None:
    assert status_of(get(urlencode(REPORT).replace("%2B", "+"))).at == NOW


def test_a_report_by_get_is_signed_without_a_body() -> None:
    webhook = signed(get(), KEY, NOW)
    assert EXAMINEE.believes(webhook)
    assert EXAMINEE.sdk_believes(webhook, KEY, NOW)
    assert not EXAMINEE.believes(changed(webhook, url=webhook.url.replace("delivered", "expired")))
    assert not EXAMINEE.believes(changed(webhook, body=b"status=expired"))


@pytest.mark.parametrize(
    ("method", "provider", "status"),
    [("GET", "messagebird", 200), ("PUT", "messagebird", 405), ("GET", "telnyx", 405)],
)
async def test_only_who_reports_by_get_may(method: str, provider: str, status: int) -> None:
    """The line answers OK, and hands on what the address says; a body and its type are nobody's business here."""
    heard: list[Any] = []

    async def receive(line: str, arrivals: list[Any], **_: Any) -> list[str]:
        heard.extend(arrivals)
        return ["a"]

    line = EXAMINEE.line() if provider == "messagebird" else TELNYX.line()
    road: Any = SimpleNamespace(now=lambda: NOW, tracer=None, receive=receive)
    webhooks = Webhooks(road, {provider: Line(provider, line, NUMBER)}, PUBLIC_URL)
    webhook = signed(get(), KEY, NOW)
    said: list[Any] = []

    async def body() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        said.append(message)

    parts = urlsplit(webhook.url)
    headers = [(name.encode(), value.encode()) for name, value in webhook.headers.items()]
    path = f"/webhooks/{provider}"
    scope = {"method": method, "path": path, "query_string": parts.query.encode(), "headers": headers}
    await webhooks(scope, body, send)
    assert said[0]["status"] == status
    if status == 200:
        assert said[1]["body"] == b"OK"
        assert heard == [status_of(webhook)]
    else:
        allowed = b"POST, GET" if provider == "messagebird" else b"POST"
        assert (b"allow", allowed) in said[0]["headers"]


# --- Tokens


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_an_algorithm_of_the_sdk_is_taken(algorithm: str) -> None:
    webhook = signed(EXAMINEE.text("hi", "m-1"), KEY * 2, NOW, algorithm)
    assert EXAMINEE.believes(webhook, secret=KEY * 2)
    assert EXAMINEE.sdk_believes(webhook, KEY * 2, NOW)


BAD_CLAIMS: dict[str, Mapping[str, Any]] = {
    "another issuer": {"iss": "MessageBard"},
    "no issuer": {"iss": None},
    "no beginning": {"nbf": None},
    "no end": {"exp": None},
    "an end that is a word": {"exp": "soon"},
    "no hash of the address": {"url_hash": None},
    "a hash of another address": {"url_hash": hashlib.sha256(b"https://bot.example.com/").hexdigest()},
    "no hash of the body": {"payload_hash": None},
    "a hash of another body": {"payload_hash": hashlib.sha256(b"").hexdigest()},
    "a hash that is no text": {"payload_hash": 7},
}


@pytest.mark.parametrize("claims", BAD_CLAIMS.values(), ids=BAD_CLAIMS)
def test_a_token_that_says_too_little_is_refused(claims: Mapping[str, Any]) -> None:
    assert not EXAMINEE.believes(signed(EXAMINEE.text("hi", "m-1"), KEY, NOW, **claims))


def test_a_hash_of_a_body_that_is_not_there_is_refused() -> None:
    more = {"payload_hash": hashlib.sha256(b"x").hexdigest()}
    assert not EXAMINEE.believes(signed(get(), KEY, NOW, **more))


def test_a_token_can_not_choose_to_be_unsigned() -> None:
    plain = EXAMINEE.text("hi", "m-1")
    claims = jwt.decode(signed(plain, KEY, NOW).headers[HEADER], options={"verify_signature": False})
    assert not EXAMINEE.believes(changed(plain, headers={HEADER: jwt.encode(claims, "", "none")}))


# --- The older form


def older(plain: Webhook, query: str, now: int = NOW, key: str = KEY) -> Webhook:
    """Signed in the older form, over this query."""
    time = str(now // SECOND)
    text = f"{time}\n{query}\n".encode() + hashlib.sha256(plain.body).digest()
    digest = base64.b64encode(hmac.new(key.encode(), text, hashlib.sha256).digest()).decode()
    return changed(plain, headers={"messagebird-signature": digest, "messagebird-request-timestamp": time})


def sdk_believed(webhook: Webhook, key: str) -> bool:
    headers, said = webhook.headers, dict(parse_qsl(webhook.query, keep_blank_values=True))
    with warnings.catch_warnings(action="ignore"):
        request = SignedRequest(
            headers["messagebird-signature"], headers["messagebird-request-timestamp"], webhook.body.decode(), said
        )
        return bool(request.verify(key))


SORTED = urlencode(sorted(REPORT.items()))


def test_the_older_form_is_taken_as_the_sdk_takes_it() -> None:
    webhook = older(get(), SORTED)
    assert sdk_believed(webhook, KEY)
    assert EXAMINEE.believes(webhook)
    for other in (EXAMINEE.secrets[1], "x"):
        assert not sdk_believed(webhook, other)
        assert not EXAMINEE.believes(webhook, secret=other)
    text = older(EXAMINEE.text("hi", "m-1"), "")
    assert sdk_believed(text, KEY)
    assert EXAMINEE.believes(text)


def test_a_plus_that_comes_as_it_is_was_signed_as_it_is_spelt() -> None:
    """MessageBird's own SDK for Node.js mends that."""
    assert EXAMINEE.believes(older(get(urlencode(REPORT).replace("%2B", "+")), SORTED))


@pytest.mark.parametrize(
    "forge",
    [
        lambda webhook: changed(webhook, url=webhook.url.replace("delivered", "expired")),
        lambda webhook: changed(webhook, url=f"{webhook.url}&x=1"),
        lambda webhook: changed(webhook, body=b"x"),
        lambda webhook: changed(webhook, headers={"messagebird-signature": None}),
        lambda webhook: changed(webhook, headers={"messagebird-signature": "é"}),
        lambda webhook: changed(webhook, headers={"messagebird-request-timestamp": str(NOW // SECOND + 1)}),
        lambda webhook: changed(webhook, headers={"messagebird-request-timestamp": "²"}),
        lambda webhook: changed(webhook, headers={HEADER: ""}),
    ],
)
def test_a_forgery_of_the_older_form_is_refused(forge: Any) -> None:
    assert not EXAMINEE.believes(forge(older(get(), SORTED)))


def test_how_old_the_older_form_may_be() -> None:
    for off in (-TOLERANCE, TOLERANCE):
        assert EXAMINEE.believes(older(get(), SORTED, NOW + off))
    for off in (-TOLERANCE - SECOND, TOLERANCE + SECOND):
        assert not EXAMINEE.believes(older(get(), SORTED, NOW + off))


# --- What is posted


async def test_letters_outside_gsm_survive_and_reports_come(api: Api, http: Session) -> None:
    outgoing = text_out(text="Gracias 😀", status_url="https://x.example.com/?m=1")
    await EXAMINEE.line(http=http, base_url=api.url).send(outgoing)
    assert api.posts[0].json == {
        "originator": NUMBER.lstrip("+"),
        "recipients": [ANA.lstrip("+")],
        "body": "Gracias 😀",
        "datacoding": "auto",
        "reference": OURS,
        "reportUrl": "https://x.example.com/?m=1",
    }


async def test_pictures_go_another_way(api: Api, http: Session) -> None:
    url = f"https://example.com/{quote('menü')}.jpg"
    await EXAMINEE.line(http=http, base_url=api.url).send(text_out(text="", media=(Media(url),)))
    assert api.posts[0].path == "/mms"
    assert api.posts[0].json == {
        "originator": NUMBER.lstrip("+"),
        "recipients": [ANA.lstrip("+")],
        "reference": OURS,
        "mediaUrls": [url],
    }
