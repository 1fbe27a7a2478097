"""The routes of the Telnyx example: its address for texts, sending one, and the list of conversations."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest

from tests.acceptance.carrier import IS_OPEN, Answered, Carrier, api_key, environment, idle, rows, sent_texts, write_bot
from tests.support.fake_provider import NUMBER, FakeProvider, fake_provider, telnyx_status, telnyx_text, twilio_text
from tests.support.served import Served, command

JSON = {"content-type": "application/json"}


class Place(NamedTuple):
    """One served program for all tests of this file; each test uses numbers of its own."""

    url: str
    fake: FakeProvider
    database_url: str
    key: str
    folder: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("routes")
    bot = write_bot(folder / "bot")
    url = f"sqlite:///{folder}/textback.db"
    arguments = ["serve", str(bot), "--database", url, "--port", "0"]
    with fake_provider() as fake, Served(arguments, folder, environment(fake)) as served:
        yield Place(served.wait_ready().url, fake, url, api_key(url, folder), folder)


@pytest.fixture
def carrier(http: aiohttp.ClientSession, place: Place) -> Carrier:
    return Carrier(http, place.url)


async def send(carrier: Carrier, key: str, body: bytes | dict[str, Any]) -> Answered:
    """POST /sms/send."""
    data = body if isinstance(body, bytes) else encode(body)
    return await carrier.post("/sms/send", data, {**JSON, "authorization": f"Bearer {key}"})


def encode(body: Any) -> bytes:
    return json.dumps(body).encode()


async def listed(carrier: Carrier, key: str) -> dict[str, dict[str, Any]]:
    """GET /conversations, by phone number."""
    found: list[dict[str, Any]] = (await carrier.get("/conversations", key)).json
    return {row["phone_number"]: row for row in found}


# --- POST /webhooks/sms


async def test_a_text_comes_to_the_example_s_address(carrier: Carrier, place: Place) -> None:
    """Its answer promises no reply, because that is sent afterwards; the text itself is answered as any other."""
    answer = await carrier.telnyx(telnyx_text("hours", "+12065550130", "sms-1"), "/webhooks/sms")
    assert answer.status == 200
    assert answer.json == {
        "status": "accepted",
        "inbound_message": "hours",
        "response_sent": None,
        "message_id": None,
    }
    await idle(place.database_url)
    assert sent_texts(place.fake, "+12065550130") == [IS_OPEN]


async def test_it_is_the_same_line_under_another_name(carrier: Carrier, place: Place) -> None:
    event = telnyx_text("hours", "+12065550131", "sms-2")
    assert (await carrier.telnyx(event, "/webhooks/sms")).status == 200
    assert (await carrier.telnyx(event)).status == 200
    await idle(place.database_url)
    assert sent_texts(place.fake, "+12065550131") == [IS_OPEN]


async def test_the_example_s_address_takes_statuses_and_ignores_the_rest(carrier: Carrier) -> None:
    status = await carrier.telnyx(telnyx_status("delivered", "sms-3"), "/webhooks/sms")
    assert (status.status, status.json["inbound_message"]) == (200, None)
    other = telnyx_text("hours", "+12065550131")
    other["data"]["event_type"] = "call.initiated"
    ignored = await carrier.telnyx(other, "/webhooks/sms")
    assert (ignored.status, ignored.json["status"]) == (200, "ignored")


async def test_the_example_s_address_wants_a_signature(carrier: Carrier) -> None:
    assert (await carrier.post("/webhooks/sms", encode(telnyx_text("hours")), JSON)).status == 401
    assert (await carrier.twilio(twilio_text("hours"), "/webhooks/sms")).status == 415


# --- POST /sms/send


async def test_sending_a_text(carrier: Carrier, place: Place) -> None:
    answer = await send(carrier, place.key, {"to": "+12065550132", "message": "Your bike is ready. \U0001f6b2"})
    assert answer.status == 200
    sent = answer.json
    assert sent.pop("message_id")
    assert sent.pop("trace")
    assert sent == {
        "status": "queued",
        "from": NUMBER,
        "to": "+12065550132",
        "text": "Your bike is ready. \U0001f6b2",
    }
    await idle(place.database_url)
    assert sent_texts(place.fake, "+12065550132") == ["Your bike is ready. \U0001f6b2"]
    assert (await listed(carrier, place.key))["+12065550132"]["message_count"] == 1
    query = "SELECT status FROM messages WHERE id = :id"
    assert rows(place.database_url, query, id=answer.json["message_id"]) == [("accepted",)]


async def test_sending_within_a_conversation(carrier: Carrier, place: Place) -> None:
    """A text that a program sends does not answer the bot's open question."""
    who = "+12065550133"
    await carrier.telnyx(telnyx_text("order", who, "send-1"))
    await idle(place.database_url)
    assert (await send(carrier, place.key, {"to": "(206) 555-0133", "message": "One moment."})).json["to"] == who
    await idle(place.database_url)
    await carrier.telnyx(telnyx_text("tea", who, "send-2"))
    await idle(place.database_url)
    assert sent_texts(place.fake, who)[1:] == ["One moment.", "Tea. Anything that we should know?"]
    assert (await listed(carrier, place.key))[who]["message_count"] == 5


@pytest.mark.parametrize("line", ["telnyx", "twilio"])
async def test_an_opted_out_contact_gets_nothing(carrier: Carrier, place: Place, line: str) -> None:
    """The refusal names its rule, the attempt is in the conversation, and START opens the way again."""
    who = "+12065550134" if line == "telnyx" else "+12065550135"

    async def text(words: str, place_: int) -> None:
        if line == "telnyx":
            await carrier.telnyx(telnyx_text(words, who, f"out-{place_}"))
        else:
            await carrier.twilio(twilio_text(words, who, f"SMb{place_:031x}"))
        await idle(place.database_url)

    await text("hours", 1)
    await text("Stop.", 2)
    before = sent_texts(place.fake, who)
    answer = await send(carrier, place.key, {"to": who, "message": "Half price today!"})
    assert (answer.status, answer.json["status"], answer.json["rule"]) == (403, "blocked", "O6")
    assert "opted out" in answer.json["error"]
    await text("hours", 3)
    assert sent_texts(place.fake, who) == before
    query = "SELECT status, rule FROM messages WHERE id = :id"
    assert rows(place.database_url, query, id=answer.json["message_id"]) == [("blocked", "O6")]
    await text("START", 4)
    assert (await send(carrier, place.key, {"to": who, "message": "Welcome back."})).status == 200
    await idle(place.database_url)
    assert sent_texts(place.fake, who)[-1] == "Welcome back."
    assert "Half price today!" not in sent_texts(place.fake, who)


BAD: list[tuple[bytes | dict[str, Any], str]] = [
    ({"to": "nobody", "message": "Hi"}, "to"),
    ({"to": "+1", "message": "Hi"}, "to"),
    ({"to": "", "message": "Hi"}, "to"),
    ({"to": 12065550123, "message": "Hi"}, "to"),
    ({"message": "Hi"}, "to"),
    ({"to": "+12065550136"}, "message"),
    ({"to": "+12065550136", "message": " "}, "message"),
    ({"to": "+12065550136", "message": None}, "message"),
    ({"to": "+12065550136", "message": "x" * 1601}, "message"),
]


@pytest.mark.parametrize(("body", "field"), BAD)
async def test_a_text_that_can_not_be_sent(
    carrier: Carrier, place: Place, body: bytes | dict[str, Any], field: str
) -> None:
    answer = await send(carrier, place.key, body)
    assert (answer.status, answer.json.get("field")) == (400, field)
    assert answer.json["error"]
    assert "+12065550136" not in await listed(carrier, place.key)
    assert sent_texts(place.fake, "+12065550136") == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'"hi"'])
async def test_a_body_that_is_no_json_object(carrier: Carrier, place: Place, body: bytes) -> None:
    answer = await send(carrier, place.key, body)
    assert answer.status == 400
    assert answer.json["error"]


async def test_other_bodies_that_are_refused(carrier: Carrier, place: Place) -> None:
    body = encode({"to": "+12065550136", "message": "Hi"})
    login = {"authorization": f"Bearer {place.key}"}
    assert (await carrier.post("/sms/send", body, {**login, "content-type": "text/plain"})).status == 415
    assert (await send(carrier, place.key, {"to": "+12065550136", "message": "x" * 70_000})).status == 413
    assert (await carrier.get("/sms/send", place.key)).status == 405
    assert sent_texts(place.fake, "+12065550136") == []


async def test_sending_1600_characters(carrier: Carrier, place: Place) -> None:
    assert (await send(carrier, place.key, {"to": "+12065550137", "message": "\u05d0" * 1600})).status == 200
    await idle(place.database_url)
    assert sent_texts(place.fake, "+12065550137") == ["\u05d0" * 1600]


# --- GET /conversations


async def test_listing_conversations(carrier: Carrier, place: Place) -> None:
    who = "+12065550138"
    began = datetime.now(UTC).replace(microsecond=0)
    await carrier.telnyx(telnyx_text("hours", who, "list-1"))
    await idle(place.database_url)
    row = (await listed(carrier, place.key))[who]
    created = row.pop("created_at")
    assert row == {"phone_number": who, "state": "completed", "message_count": 2}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", created)
    assert began <= datetime.fromisoformat(created) <= datetime.now(UTC)
    await carrier.telnyx(telnyx_text("order", who, "list-2"))
    await idle(place.database_url)
    row = (await listed(carrier, place.key))[who]
    assert row == {**row, "state": "waiting_on_customer", "message_count": 4, "created_at": created}
    await carrier.telnyx(telnyx_text("I want to talk to a person", who, "list-3"))
    await idle(place.database_url)
    found = (await carrier.get("/conversations", place.key)).json
    assert (found[0]["phone_number"], found[0]["state"]) == (who, "waiting_on_agent")


# --- Keys


@pytest.mark.parametrize("login", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic {key}", "{key}", "Bearer {key}x"])
async def test_without_a_key_there_is_nothing(
    http: aiohttp.ClientSession, carrier: Carrier, place: Place, login: str
) -> None:
    headers = {"authorization": login.format(key=place.key)} if login else {}
    body = encode({"to": "+12065550139", "message": "Hi"})
    assert (await carrier.post("/sms/send", body, {**JSON, **headers})).status == 401
    for path in ("/conversations", "/metrics"):
        async with http.get(place.url + path, headers=headers) as answer:
            assert answer.status == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert "+1206" not in await answer.text()
    assert sent_texts(place.fake, "+12065550139") == []


async def test_a_revoked_key_is_refused_at_once(carrier: Carrier, place: Place) -> None:
    key = api_key(place.database_url, place.folder, "short-lived")
    assert (await carrier.get("/conversations", key)).status == 200
    done = command("apikey", "revoke", "short-lived", "--database", place.database_url, folder=place.folder)
    assert done.returncode == 0
    assert (await carrier.get("/conversations", key)).status == 401
