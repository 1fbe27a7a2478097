"""What the providers' own lists say: texts that never came by webhook, and what became of texts that are unknown."""

from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from tests.channels.specification import Spec
from tests.support.fake_lists import Listed, telnyx_message
from tests.support.fake_provider import NUMBER, FakeProvider
from textback.channels import listing
from textback.channels.base import Heard, ListFailed, Lists, ListTooLong, Outgoing, Provider
from textback.channels.client import Session
from textback.channels.registry import PROVIDERS
from textback.core.when import DAY, HOUR, MINUTE, SECOND
from textback.engine.arrivals import Media, Message

ANA, BEN = "+12065550123", "+12065550124"
NOW = 1_795_176_000_000
NAMES = ["telnyx", "twilio"]
TEXT = Outgoing("0123456789abcdef01234567", NUMBER, ANA, "We close at 6.")
URL = "https://bot.example.com/webhooks/main?m="
TWILIO_PATH = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


def make(name: str, fake: FakeProvider, http: Session, number: str = NUMBER) -> Lists:
    options = {"telnyx": fake.telnyx_options, "twilio": fake.twilio_options}[name]()
    provider: Provider = PROVIDERS[name].make(number, options, http)
    assert isinstance(provider, Lists)
    return provider


Made = Callable[[str], Lists]


@pytest.fixture
def made(fake: FakeProvider, http: Session) -> Made:
    return lambda name: make(name, fake, http)


async def whole(provider: Lists, heard: Heard) -> Message | None:
    return heard.message or await provider.read(heard)


def heard_from(fake: FakeProvider, *texts: str, since: int = NOW) -> list[Listed]:
    return [fake.lists.add("in", ANA, NUMBER, text, since + n * SECOND) for n, text in enumerate(texts)]


def test_the_simulator_keeps_no_list(http: Session) -> None:
    assert not isinstance(PROVIDERS["simulator"].make(NUMBER, {}, http), Lists)


@pytest.mark.parametrize("name", NAMES)
async def test_texts_that_came_in(name: str, fake: FakeProvider, made: Made) -> None:
    rows = heard_from(fake, "one", "two", "three")
    provider = made(name)
    recent = await provider.recent(NOW - MINUTE, NOW + MINUTE)
    assert [(heard.provider_id, heard.sender, heard.at) for heard in recent.heard] == [
        (row.id, ANA, row.at) for row in rows
    ]
    assert [await whole(provider, heard) for heard in recent.heard] == [
        Message(ANA, NUMBER, row.text, row.id, sent_at=row.at) for row in rows
    ]
    assert recent.statuses == ()


@pytest.mark.parametrize("name", NAMES)
async def test_a_picture(name: str, fake: FakeProvider, made: Made) -> None:
    fake.lists.add("in", ANA, NUMBER, "look", NOW, media=("image/jpeg", "image/png"))
    provider = made(name)
    (heard,) = (await provider.recent(NOW, NOW + MINUTE)).heard
    message = await whole(provider, heard)
    assert message is not None
    assert (message.text, message.channel) == ("look", "mms")
    assert [file.content_type for file in message.media] == ["image/jpeg", "image/png"]
    assert not any(file.url.endswith(".json") for file in message.media)


@pytest.mark.parametrize("name", NAMES)
async def test_how_our_texts_stand(name: str, fake: FakeProvider, made: Made) -> None:
    out = fake.lists.add("out", NUMBER, ANA, "a", NOW)
    bad = fake.lists.add(
        "out", NUMBER, BEN, "b", NOW + SECOND, status="failed", code={"telnyx": 40003, "twilio": 30007}[name]
    )
    gone = fake.lists.add(
        "out", NUMBER, BEN, "c", NOW + 2 * SECOND, status="failed", code={"telnyx": 40300, "twilio": 21610}[name]
    )
    statuses = (await made(name).recent(NOW, NOW + MINUTE)).statuses
    assert [(s.provider_id, s.recipient, s.status, s.opted_out) for s in statuses] == [
        (out.id, ANA, "delivered", False),
        (bad.id, BEN, "filtered", False),
        (gone.id, BEN, "failed", True),
    ]


@pytest.mark.parametrize("name", NAMES)
async def test_only_this_line_and_this_time(name: str, fake: FakeProvider, made: Made) -> None:
    for at in (NOW - SECOND, NOW, NOW + HOUR - SECOND, NOW + HOUR):
        fake.lists.add("in", ANA, NUMBER, str(at), at)
    fake.lists.add("in", ANA, "+12065550199", "another line", NOW)
    recent = await made(name).recent(NOW, NOW + HOUR)
    assert [heard.at for heard in recent.heard] == [NOW, NOW + HOUR - SECOND]


async def test_texts_of_other_channels_are_left_alone(fake: FakeProvider, made: Made) -> None:
    fake.lists.add("in", f"whatsapp:{ANA}", NUMBER, "hi", NOW)
    fake.lists.add("in", ANA, NUMBER, "still coming", NOW, status="receiving")
    assert (await made("twilio").recent(NOW, NOW + MINUTE)).heard == ()


@pytest.mark.parametrize("name", NAMES)
async def test_many_pages(name: str, fake: FakeProvider, made: Made) -> None:
    rows = heard_from(fake, *map(str, range(listing.PAGE * 2 + 10)))
    recent = await made(name).recent(NOW, NOW + HOUR)
    assert [heard.provider_id for heard in recent.heard] == [row.id for row in rows]


@pytest.mark.parametrize("name", NAMES)
async def test_more_than_a_listing_reads(
    name: str, fake: FakeProvider, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("telnyx_lists", "twilio_lists"):
        monkeypatch.setattr(f"textback.channels.{module}.PAGES", 2)
    heard_from(fake, *map(str, range(listing.PAGE * 2 + 10)))
    with pytest.raises(ListTooLong):
        await made(name).recent(NOW, NOW + HOUR)
    assert len((await made(name).recent(NOW, NOW + 20 * SECOND)).heard) == 20


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("status", [401, 404, 429, 500])
async def test_a_list_that_is_refused(name: str, status: int, fake: FakeProvider, made: Made) -> None:
    heard_from(fake, *map(str, range(listing.PAGE + 10)))
    fake.lists.fail.extend([200, status])
    with pytest.raises(ListFailed, match=str(status)):
        await made(name).recent(NOW, NOW + HOUR)


@pytest.mark.parametrize("name", NAMES)
async def test_a_provider_that_is_away(name: str, fake: FakeProvider, http: Session) -> None:
    async with FakeProvider() as gone:
        url = gone.url
    fake.url = url
    provider = make(name, fake, http)
    with pytest.raises(ListFailed, match="could not be asked") as caught:
        await provider.recent(NOW, NOW + HOUR)
    assert "KEY" not in str(caught.value)
    assert "token" not in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
async def test_a_text_that_is_gone(name: str, fake: FakeProvider, made: Made) -> None:
    row = fake.lists.add("in", ANA, NUMBER, "look", NOW, media=("image/png",))
    (heard,) = (await made(name).recent(NOW, NOW + HOUR)).heard
    fake.lists.gone.add(row.id)
    assert await made(name).read(heard) is None


async def test_the_login_goes_nowhere_else(fake: FakeProvider, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page may name the next one, but not the server that it is on."""
    heard_from(fake, *map(str, range(listing.PAGE + 1)))
    async with FakeProvider() as elsewhere:
        monkeypatch.setattr(fake.lists, "host", elsewhere.url)
        recent = await made("twilio").recent(NOW, NOW + HOUR)
        assert len(recent.heard) == listing.PAGE + 1
        assert elsewhere.lists.asked == []


# --- Texts whose fate is unknown


@pytest.mark.parametrize("name", NAMES)
async def test_a_text_that_did_go(name: str, fake: FakeProvider, made: Made) -> None:
    row = fake.lists.add("out", NUMBER, ANA, TEXT.text, NOW)
    other = fake.lists.add("out", NUMBER, ANA, "Something else", NOW)
    fake.lists.add("out", NUMBER, BEN, TEXT.text, NOW)
    fake.lists.add("out", NUMBER, ANA, TEXT.text, NOW - HOUR)
    found = await made(name).find(TEXT, NOW - MINUTE, NOW + MINUTE)
    assert [(status.provider_id, status.status) for status in found.same] == [(row.id, "delivered")]
    assert found.others == (other.id,)


@pytest.mark.parametrize(("name", "surely"), [("telnyx", False), ("twilio", True)])
async def test_a_text_that_did_not_go(name: str, surely: bool, fake: FakeProvider, made: Made) -> None:
    fake.lists.add("out", NUMBER, ANA, "An hour ago", NOW - HOUR)
    found = await made(name).find(TEXT, NOW - MINUTE, NOW + MINUTE)
    assert (found.same, found.others, found.surely) == ((), (), surely)


@pytest.mark.parametrize("name", NAMES)
async def test_white_space_may_differ(name: str, fake: FakeProvider, made: Made) -> None:
    fake.lists.add("out", NUMBER, ANA, " We  close at\n6. ", NOW)
    assert len((await made(name).find(TEXT, NOW - MINUTE, NOW + MINUTE)).same) == 1


async def test_twilio_puts_words_before_texts_of_a_trial_account(fake: FakeProvider, made: Made) -> None:
    fake.lists.add("out", NUMBER, ANA, f"Sent from your Twilio trial account - {TEXT.text}", NOW)
    assert len((await made("twilio").find(TEXT, NOW - MINUTE, NOW + MINUTE)).same) == 1


@pytest.mark.parametrize("name", NAMES)
async def test_a_picture_without_words(name: str, fake: FakeProvider, made: Made) -> None:
    picture = Outgoing("m", NUMBER, ANA, "", (Media("https://example.com/menu.jpg"),))
    fake.lists.add("out", NUMBER, ANA, "", NOW, media=("image/jpeg", "image/jpeg"))
    row = fake.lists.add("out", NUMBER, ANA, "", NOW, media=("image/jpeg",))
    found = await made(name).find(picture, NOW - MINUTE, NOW + MINUTE)
    assert [status.provider_id for status in found.same] == [row.id]


async def test_telnyx_knows_our_id_by_the_address_of_its_reports(fake: FakeProvider, made: Made) -> None:
    mine = fake.lists.add("out", NUMBER, ANA, TEXT.text, NOW, webhook_url=URL + TEXT.message_id)
    twin = fake.lists.add("out", NUMBER, ANA, TEXT.text, NOW, webhook_url=URL + "f" * 24)
    found = await made("telnyx").find(TEXT, NOW - MINUTE, NOW + MINUTE)
    assert [(status.provider_id, status.message_id) for status in found.same] == [(mine.id, TEXT.message_id)]
    assert found.others == (twin.id,)


async def test_twilio_lists_what_it_has_not_sent_yet(fake: FakeProvider, made: Made) -> None:
    row = fake.lists.add("out", NUMBER, ANA, TEXT.text, NOW, status="queued", unsent=True)
    found = await made("twilio").find(TEXT, NOW - MINUTE, NOW + MINUTE)
    assert [(status.provider_id, status.status) for status in found.same] == [(row.id, "accepted")]


async def test_a_list_without_end_proves_nothing(
    fake: FakeProvider, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textback.channels.twilio_lists.PAGES", 2)
    for n in range(listing.PAGE * 3):
        fake.lists.add("out", NUMBER, ANA, "x", NOW + HOUR + n * SECOND)
    assert (await made("twilio").find(TEXT, NOW - MINUTE, NOW + MINUTE)).surely is False
    fake.lists.texts.clear()
    for n in range(listing.PAGE * 3):
        fake.lists.add("out", NUMBER, ANA, "x", NOW - 2 * DAY - n * SECOND)
    assert (await made("twilio").find(TEXT, NOW - MINUTE, NOW + MINUTE)).surely is True


# --- The providers' documents


def parameters(spec: Spec, path: str) -> set[str]:
    return {one["name"] for one in spec.document["paths"][path]["get"]["parameters"]}


def answer(spec: Spec, path: str) -> dict[str, object]:
    content = spec.document["paths"][path]["get"]["responses"]["200"]["content"]
    return dict(content["application/json"]["schema"])


async def test_what_twilio_is_asked_and_answers(
    shared: Path, fake: FakeProvider, made: Made, other: aiohttp.ClientSession
) -> None:
    spec = Spec(shared / "openapi" / "twilio_messages_v2010.json")
    heard_from(fake, *map(str, range(listing.PAGE + 1)))
    fake.lists.add("in", ANA, NUMBER, "look", NOW, media=("image/png",))
    provider = made("twilio")
    for heard in (await provider.recent(NOW, NOW + HOUR)).heard:
        await whole(provider, heard)
    await provider.find(TEXT, NOW, NOW + HOUR)
    paths = {path for path, _ in fake.lists.asked}
    assert len(paths) == 3
    login = {"Authorization": f"Basic {fake.lists.basic}"}
    for path, query in list(fake.lists.asked):
        kept = TWILIO_PATH if path.endswith("/Messages.json") else TWILIO_PATH.replace(".json", "/{Sid}.json")
        if path.endswith("/Media.json"):
            kept = TWILIO_PATH.replace(".json", "/{MessageSid}/Media.json")
        assert set(query) - parameters(spec, kept) == set()
        async with other.get(fake.url + path, params=query, headers=login) as got:
            assert spec.problems(answer(spec, kept), await got.json()) == []


@pytest.mark.parametrize("media", [(), ("image/png",)])
def test_our_sample_of_a_telnyx_message(shared: Path, media: tuple[str, ...]) -> None:
    spec = Spec(shared / "openapi" / "telnyx_messages_v2.json")
    for direction, name in (("in", "InboundMessagePayload"), ("out", "OutboundMessagePayload")):
        one = Listed("00000000-0000-4000-8000-000000000001", direction, ANA, NUMBER, "hi", NOW, media=media)
        assert spec.problems({"$ref": f"#/components/schemas/{name}"}, telnyx_message(one)) == []


def test_the_check_of_samples_finds_what_is_wrong(shared: Path) -> None:
    spec = Spec(shared / "openapi" / "telnyx_messages_v2.json")
    one = telnyx_message(Listed("x", "in", ANA, NUMBER, "hi", NOW))
    assert spec.problems({"$ref": "#/components/schemas/InboundMessagePayload"}, {**one, "direction": "up"}) != []
