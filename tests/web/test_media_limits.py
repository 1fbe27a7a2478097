"""Media that a program sends: what the line's provider does not take is refused before anything is stored."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.fake_provider import FakeProvider, fake_provider
from tests.web.conftest import Site, running
from tests.web.test_messages import made

BOT = {
    "bot.yml": """
bot: Harbor Cycle Works
country: US
timezone: America/Los_Angeles
lines:
  front:
    provider: twilio
    number: "+12065550100"
    account_sid: ${TWILIO_ACCOUNT_SID}
    auth_token: ${TWILIO_AUTH_TOKEN}
    base_url: ${TWILIO_BASE_URL}
  small:
    provider: telnyx
    number: "+12065550101"
    api_key: ${TELNYX_API_KEY}
    public_key: ${TELNYX_PUBLIC_KEY}
    base_url: ${TELNYX_BASE_URL}
  tried: {provider: simulator, number: "+12065550102"}
fallback: {text: "Sorry?"}
""",
    "flows/hours.yml": "flow: hours\nstart: {keywords: [hours]}\nsteps:\n  - say: 9 to 5.\n",
    "templates/leaflet.yml": """
leaflet:
  class: informational
  text: "Harbor: here is our leaflet."
  media: ["https://www.example.com/leaflet.html"]
""",
}
PICTURE = "https://www.example.com/bike.png"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeProvider]:
    with fake_provider() as started:
        yield started


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, fake: FakeProvider) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("media"), BOT, fake.environment(), public_url=fake.url) as found:
        yield found


@pytest.fixture(scope="module")
def till(shop: Site) -> httpx.Client:
    return made(shop, "till")


def ask(till: httpx.Client, shop: Site, line: str, media: list[Any], **more: Any) -> httpx.Response:
    body = {"to": f"+{shop.phone()}", "line": line, "body": "Harbor: your bike.", "class": "informational", **more}
    return till.post("/v1/messages", json=body | ({"media": media} if media else {}))


@pytest.mark.parametrize(
    ("line", "media", "code", "field"),
    [
        ("front", [PICTURE, "https://www.example.com/page.html"], "media_type", "media.1"),
        ("front", [{"url": PICTURE, "size": 6_000_000}], "media_too_large", "media.0"),
        ("front", [{"url": PICTURE, "content_type": "video/mp4", "size": 600_000}], "media_too_large", "media.0"),
        ("small", [{"url": PICTURE, "size": 600_000}, {"url": PICTURE, "size": 600_000}], "media_too_large", "media"),
    ],
)
def test_media_that_the_provider_does_not_take_are_refused(
    shop: Site, till: httpx.Client, line: str, media: list[Any], code: str, field: str
) -> None:
    before = shop.rows("SELECT count(*) FROM messages")[0][0]
    answer = ask(till, shop, line, media)
    problem = answer.json()
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert (answer.status_code, problem["code"], problem["field"]) == (422, code, field), problem
    assert ("Twilio" if line == "front" else "Telnyx") in problem["detail"]
    assert shop.rows("SELECT count(*) FROM messages")[0][0] == before


def test_the_same_media_go_where_they_fit(shop: Site, till: httpx.Client) -> None:
    media = [{"url": PICTURE, "content_type": "image/png", "size": 600_000}, PICTURE]
    for line in ("front", "small", "tried"):
        answer = ask(till, shop, line, media)
        assert answer.status_code == 202, answer.text
        assert answer.json()["data"]["media"] == [PICTURE, PICTURE]


def test_what_is_said_of_a_file_is_kept_with_it(shop: Site, till: httpx.Client) -> None:
    said = ask(till, shop, "tried", [{"url": PICTURE, "content_type": "image/png", "size": 600}]).json()["data"]
    kept = shop.rows(f"SELECT media FROM messages WHERE id = '{said['id']}'")[0][0]
    assert '"content_type":"image/png"' in kept
    assert '"size":600' in kept


@pytest.mark.parametrize(
    ("line", "channel", "status", "field"),
    [("front", "auto", 422, "template"), ("tried", "sms", 400, "channel"), ("tried", "auto", 202, "")],
)
def test_the_media_of_a_template_are_held_to_the_same(
    shop: Site, till: httpx.Client, line: str, channel: str, status: int, field: str
) -> None:
    body = {"to": f"+{shop.phone()}", "line": line, "channel": channel, "template": "leaflet"}
    answer = till.post("/v1/messages", json=body)
    assert (answer.status_code, answer.json().get("field", "")) == (status, field), answer.text


def test_texts_of_a_bulk_send_are_told_apart(shop: Site, till: httpx.Client) -> None:
    bodies = [
        {"to": f"+{shop.phone()}", "line": "front", "body": "Harbor: sale.", "class": "informational", "media": [one]}
        for one in (PICTURE, "https://www.example.com/page.html")
    ]
    answer = till.post("/v1/messages/bulk", json={"messages": bodies})
    data = answer.json()["data"]
    assert data["counts"]["invalid"] == 1
    assert [(one["index"], one["code"]) for one in data["errors"]] == [(1, "media_type")]
