"""Telling providers where to post: through their own APIs, as far as that goes, and said plainly where it does not."""

import pytest
from aiohttp import web

from tests.support.fake_numbers import NUMBER_SID, PROFILE
from tests.support.fake_provider import NUMBER, FakeProvider
from tests.support.misbehaving import Answer, Misbehaving, Posted, json_of, lower
from textback.channels.client import Session
from textback.channels.hooking import NotSet, set_webhook
from textback.channels.probe import address_verdict

URL = "https://texts.example.com/webhooks/shop"


async def given(fake: FakeProvider, provider: str, **options: str) -> str:
    made = fake.telnyx_options(**options) if provider == "telnyx" else fake.twilio_options(**options)
    async with Session() as http:
        return await set_webhook(http, provider, NUMBER, made, URL)


async def test_telnyx_gets_the_address_for_the_numbers_profile() -> None:
    async with FakeProvider() as fake:
        assert "messaging profile" in await given(fake, "telnyx")
        assert fake.numbers.hooks == {PROFILE: {"webhook_url": URL, "webhook_api_version": "2"}}


async def test_twilio_gets_the_address_for_the_number() -> None:
    async with FakeProvider() as fake:
        assert "this number" in await given(fake, "twilio")
        assert fake.numbers.hooks == {NUMBER_SID: {"SmsUrl": URL, "SmsMethod": "POST"}}


@pytest.mark.parametrize(
    ("provider", "numbers", "application", "words"),
    [
        ("telnyx", {}, "", "Telnyx has no such number in this account."),
        ("telnyx", {NUMBER: ""}, "", "The number is in no messaging profile."),
        ("telnyx", {NUMBER: "../../secrets"}, "", "can't be read"),
        ("twilio", {}, "", "Twilio has no such number in this account."),
        ("twilio", {NUMBER: ""}, "AP" + "1" * 32, "TwiML application"),
    ],
)
async def test_what_cannot_be_set_is_said_and_nothing_is_changed(
    provider: str, numbers: dict[str, str], application: str, words: str
) -> None:
    async with FakeProvider() as fake:
        fake.numbers.numbers = numbers
        fake.numbers.applications = {NUMBER: application}
        with pytest.raises(NotSet, match=words) as refused:
            await given(fake, provider)
        assert refused.value.fix
        assert NUMBER not in str(refused.value)
        assert fake.numbers.hooks == {}


@pytest.mark.parametrize(("provider", "key"), [("telnyx", "api_key"), ("twilio", "auth_token")])
async def test_a_key_that_may_not_is_told_apart(provider: str, key: str) -> None:
    async with FakeProvider() as fake:
        with pytest.raises(NotSet, match="does not let this key do it") as refused:
            await given(fake, provider, **{key: "another-secret-key"})
        assert "another-secret-key" not in str(refused.value)


async def test_a_provider_that_is_away_or_has_no_api_for_it() -> None:
    async with Session() as http:
        options = {"api_key": "k", "base_url": "http://127.0.0.1:9/v2"}
        with pytest.raises(NotSet, match="could not be asked"):
            await set_webhook(http, "telnyx", NUMBER, options, URL)
        with pytest.raises(NotSet, match="no API"):
            await set_webhook(http, "plivo", NUMBER, options, URL)


class Anything(Misbehaving):
    """Answers every request as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.app.router.add_route("*", "/{tail:.*}", self._any)

    async def _any(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        scripted = await self.note(Posted(request.path, lower(request), body, json=json_of(body)))
        return await self.scripted(request, scripted or Answer(200, {}))


async def test_senderz_gets_a_webhook_with_our_secret() -> None:
    async with Anything() as fake, Session() as http:
        options = {"api_key": "k", "webhook_secret": "the-new-one, the-old-one", "base_url": fake.url}
        assert "one more webhook" in await set_webhook(http, "senderz", NUMBER, options, URL)
        (posted,) = fake.posts
        assert posted.path == "/v1/webhooks"
        assert posted.json["url"] == URL
        assert posted.json["secret"] == "the-new-one"
        assert posted.json["events"] == ["message.received", "message.delivered", "message.failed"]


@pytest.mark.parametrize(
    ("answer", "level", "words"),
    [
        (Answer(405, {"error": "Webhooks are posted."}), "ok", "leads here"),
        (Answer(404, {"error": "There is no line 'shop' here."}), "error", "does not have this line"),
        (Answer(404, b"<h1>Not found</h1>"), "error", "HTTP 404"),
        (Answer(405, b"\xff"), "error", "HTTP 405"),
        (Answer(200, {}), "error", "HTTP 200"),
    ],
)
async def test_who_answers_at_an_address(answer: Answer, level: str, words: str) -> None:
    async with Anything() as fake, Session() as http:
        fake.misbehave(answer)
        verdict = await address_verdict(http, f"{fake.url}/webhooks/shop")
        assert verdict.level == level
        assert words in verdict.seen
        assert (verdict.fix == "") == (level == "ok")
    async with Session() as http:
        assert "can't be reached" in (await address_verdict(http, "http://127.0.0.1:9/webhooks/shop")).seen
