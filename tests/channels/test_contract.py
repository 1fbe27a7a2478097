"""The webhooks and answers that our tests are made of fit the providers' own specifications."""

from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from tests.channels.specification import Spec
from tests.support.fake_provider import (
    NUMBER,
    Answer,
    FakeProvider,
    Posted,
    telnyx_status,
    telnyx_text,
)
from textback.channels.base import Outgoing
from textback.channels.client import Session
from textback.channels.telnyx import STATUSES as TELNYX_STATUSES
from textback.channels.telnyx import Telnyx
from textback.channels.twilio import STATUSES as TWILIO_STATUSES
from textback.channels.twilio import Twilio
from textback.engine.arrivals import Media

TELNYX_PATH = "/messages"
TWILIO_PATH = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
STATUS_URL = "https://bot.example.com/webhooks/main?m=0123456789abcdef01234567"

TEXT = Outgoing("0123456789abcdef01234567", NUMBER, "+12065550123", "We close at 6. 😀")
PICTURE = Media("https://example.com/menu.jpg", "image/jpeg")
OUTGOING: dict[str, Outgoing] = {
    "text": TEXT,
    "text with a status address": msgspec.structs.replace(TEXT, status_url=STATUS_URL),
    "text with a picture": msgspec.structs.replace(TEXT, media=(PICTURE,), status_url=STATUS_URL),
    "two pictures without a text": msgspec.structs.replace(TEXT, text="", media=(PICTURE, PICTURE)),
    "long text": msgspec.structs.replace(TEXT, text="x" * 1600),
}


@pytest.fixture
def telnyx(shared: Path) -> Spec:
    return Spec(shared / "openapi" / "telnyx_messages_v2.json")


@pytest.fixture
def twilio(shared: Path) -> Spec:
    """With unknown fields refused and a sender and content required, which Twilio's own document leaves out."""
    return Spec(shared / "openapi" / "twilio_messages_v2010.strict.json")


async def post_telnyx(fake: FakeProvider, http: Session, outgoing: Outgoing) -> Posted:
    await Telnyx(NUMBER, fake.telnyx_options(), http).send(outgoing)
    return fake.posts[-1]


async def post_twilio(fake: FakeProvider, http: Session, outgoing: Outgoing) -> Posted:
    await Twilio(NUMBER, fake.twilio_options(), http).send(outgoing)
    return fake.posts[-1]


# --- The check itself


@pytest.mark.parametrize(
    "fields",
    [{}, {"To": "+12065550123"}, {"To": "+12065550123", "From": NUMBER, "Boddy": "hi"}, {"From": NUMBER, "Body": "hi"}],
)
def test_the_check_itself_finds_what_is_wrong(twilio: Spec, telnyx: Spec, fields: dict[str, str]) -> None:
    assert twilio.problems(twilio.request(TWILIO_PATH), fields) != []
    assert telnyx.problems(telnyx.request(TELNYX_PATH), {"to": 5, "media_urls": "x"}) != []


# --- The webhooks and answers that the tests use

EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "text": ("inboundMessage", telnyx_text("hi", id="00000000-0000-4000-8000-000000000001")),
    "picture": (
        "inboundMessage",
        telnyx_text("", media=[{"url": PICTURE.url, "content_type": "image/jpeg", "size": 1}]),
    ),
    "sent": ("deliveryUpdate", telnyx_status("sent")),
    "delivered": ("deliveryUpdate", telnyx_status("delivered")),
    "failed": ("deliveryUpdate", telnyx_status("delivery_failed", code="40002")),
}


@pytest.mark.parametrize("case", EVENTS)
def test_our_sample_of_a_telnyx_webhook(telnyx: Spec, case: str) -> None:
    name, event = EVENTS[case]
    assert telnyx.problems(telnyx.webhook(name), event) == []


def test_every_status_of_telnyx_is_known(telnyx: Spec) -> None:
    payload = telnyx.document["components"]["schemas"]["OutboundMessagePayload"]["properties"]
    named = set(payload["to"]["items"]["properties"]["status"]["enum"])
    assert named - set(TELNYX_STATUSES) == set()


def test_every_status_of_twilio_is_known(twilio: Spec) -> None:
    named = set(twilio.document["components"]["schemas"]["message_enum_status"]["enum"])
    assert named - set(TWILIO_STATUSES) == {"received", "receiving"}, "those two are of texts that come in"


@pytest.mark.parametrize("case", OUTGOING)
async def test_the_fake_answers_as_the_providers_do(
    telnyx: Spec, twilio: Spec, fake: FakeProvider, http: Session, other: aiohttp.ClientSession, case: str
) -> None:
    one = await post_telnyx(fake, http, OUTGOING[case])
    async with other.post(fake.telnyx_url + TELNYX_PATH, data=one.body, headers=_login(one)) as answer:
        assert telnyx.problems(telnyx.response(TELNYX_PATH, str(answer.status)), await answer.json()) == []
    two = await post_twilio(fake, http, OUTGOING[case])
    async with other.post(fake.url + two.path, data=two.body, headers=_login(two)) as answer:
        assert twilio.problems(twilio.response(TWILIO_PATH, str(answer.status)), await answer.json()) == []


async def test_the_fake_refuses_as_the_providers_do(
    telnyx: Spec, twilio: Spec, fake: FakeProvider, http: Session, other: aiohttp.ClientSession
) -> None:
    async with other.post(fake.telnyx_url + TELNYX_PATH, json={"to": "+12065550123"}) as answer:
        assert answer.status == 401
        assert telnyx.problems(telnyx.response(TELNYX_PATH, "4XX"), await answer.json()) == []
    two = await post_twilio(fake, http, TEXT)
    async with other.post(fake.url + two.path, data={"To": "+12065550123"}) as answer:
        assert answer.status == 401
        assert twilio.problems(twilio.response(TWILIO_PATH, "401"), await answer.json()) == []
    fake.misbehave(Answer(418, {"teapot": True}), None)
    statuses = []
    for _ in range(3):
        async with other.post(fake.url + two.path, data=two.body, headers=_login(two)) as answer:
            statuses.append(answer.status)
    assert statuses == [418, 201, 201]


def _login(posted: Posted) -> dict[str, str]:
    return {name: posted.headers[name] for name in ("authorization", "content-type")}
