"""RCS by Twilio: on the line of the number, with SMS where a phone has no RCS."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.channels.examination.conftest import Api
from tests.channels.examination.examinee import ANA, NUMBER, OURS, text_out
from tests.channels.examination.twilio.examinee import EXAMINEE
from tests.support.fake_provider import FakeProvider, twilio_status, twilio_text
from tests.support.misbehaving import Answer
from textback.channels.base import Accepted, Failure, Found, Lists, Outgoing, Provider
from textback.channels.client import Session
from textback.channels.registry import PROVIDERS
from textback.channels.twilio_lists import ListingTwilio
from textback.core.errors import SettingsError
from textback.core.messages import Channel
from textback.core.offer import Offer
from textback.core.when import HOUR, MINUTE
from textback.engine.arrivals import DeliveryStatus, Media, Message
from textback.pipeline.lines import channels_of

AGENT, SERVICE = "rcs:harbor_agent", "MG" + "0" * 32
BOTH = {"rcs_sender": AGENT, "messaging_service": SERVICE}


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """Twilio's API."""
    async with Api(EXAMINEE) as server:
        yield server


def line(options: dict[str, str], http: Session | None = None, url: str = "https://api.example.com") -> Provider:
    return EXAMINEE.line("", http, url, **options)


def parsed(form: dict[str, str], **options: str) -> list[Message | DeliveryStatus]:
    webhook = EXAMINEE.signed(EXAMINEE.form(form, f"m={OURS}"))
    made = line(options)
    made.verify(webhook, 0)
    return made.parse(webhook)


@pytest.mark.parametrize(
    ("options", "channels"),
    [
        ({}, ("sms",)),
        ({"rcs_sender": AGENT}, ("sms", "rcs")),
        ({"rcs_sender": AGENT.removeprefix("rcs:")}, ("sms", "rcs")),
        (BOTH, ("rcs", "sms")),
    ],
)
def test_rcs_is_tried_first_only_where_something_falls_back(
    options: dict[str, str], channels: tuple[Channel, ...]
) -> None:
    assert channels_of(line(options)) == channels


@pytest.mark.parametrize("options", [{"messaging_service": SERVICE}, {"rcs_sender": AGENT, "messaging_service": "XX"}])
def test_a_service_that_is_none_or_has_no_sender_stops_the_start(options: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="TWILIO_MESSAGING_SERVICE"):
        line(options)


# --- What comes


@pytest.mark.parametrize("sender", [ANA, f"rcs:{ANA}"])
@pytest.mark.parametrize("options", [BOTH, {"rcs_sender": "harbor_agent"}])
def test_a_text_by_rcs_is_of_the_number_and_says_how_it_came(sender: str, options: dict[str, str]) -> None:
    (message,) = parsed(twilio_text("hi & bye 😀 ", sender, To=AGENT), **options)
    assert isinstance(message, Message)
    assert (message.sender, message.recipient, message.channel) == (ANA, NUMBER, "rcs")
    assert message.text == "hi & bye 😀 "


def test_a_picture_by_rcs_comes_along() -> None:
    files = {"NumMedia": "1", "MediaUrl0": "https://example.com/a.jpg", "MediaContentType0": "image/jpeg"}
    (message,) = parsed(twilio_text("look", f"rcs:{ANA}", To=AGENT, **files), **BOTH)
    assert isinstance(message, Message)
    assert ([one.url for one in message.media], message.channel) == (["https://example.com/a.jpg"], "rcs")


def test_a_text_by_sms_is_one_on_the_same_line() -> None:
    (message,) = parsed(twilio_text("hi"), **BOTH)
    assert isinstance(message, Message)
    assert (message.sender, message.recipient, message.channel) == (ANA, NUMBER, "sms")


@pytest.mark.parametrize(
    ("form", "options"),
    [
        (twilio_text("hi", f"rcs:{ANA}", To="rcs:another_agent"), BOTH),
        (twilio_text("hi", f"rcs:{ANA}", To=AGENT), {}),
        (twilio_text("hi", f"whatsapp:{ANA}", To="whatsapp:+12065550100"), BOTH),
    ],
)
def test_what_is_of_another_sender_is_ignored(form: dict[str, str], options: dict[str, str]) -> None:
    assert parsed(form, **options) == []


def status(form: dict[str, str]) -> tuple[Any, ...]:
    (found,) = parsed(form, **BOTH)
    assert isinstance(found, DeliveryStatus)
    return found.status, found.recipient, found.channel, found.message_id


def test_a_report_says_how_a_text_went() -> None:
    assert status(twilio_status("delivered", From=AGENT, To=f"rcs:{ANA}")) == ("delivered", ANA, "rcs", OURS)
    assert status(twilio_status("delivered", From=AGENT)) == ("delivered", ANA, "rcs", OURS)
    assert status(twilio_status("delivered")) == ("delivered", ANA, "sms", OURS), "it fell back"
    assert status(twilio_status("delivered", "MM" + "1" * 32)) == ("delivered", ANA, None, OURS)


def test_a_text_by_rcs_is_read() -> None:
    assert status(twilio_status("read", From=AGENT))[0] == "read"
    assert status(twilio_status("delivered", From=AGENT, EventType="READ"))[0] == "read"


# --- What goes


@pytest.mark.parametrize(
    ("options", "channel", "senders"),
    [
        (BOTH, "rcs", {"MessagingServiceSid": SERVICE, "FallbackFrom": NUMBER}),
        (BOTH, "sms", {"From": NUMBER}),
        ({"rcs_sender": AGENT}, "rcs", {"From": AGENT}),
        ({"rcs_sender": AGENT}, "sms", {"From": NUMBER}),
        ({}, "rcs", {"From": NUMBER}),
    ],
)
async def test_who_a_text_is_from(
    api: Api, http: Session, shared: Path, options: dict[str, str], channel: Channel, senders: dict[str, str]
) -> None:
    assert isinstance(await line(options, http, api.url).send(text_out(channel=channel)), Accepted)
    asked = dict(api.posts[0].form)
    named = ("From", "MessagingServiceSid", "FallbackFrom")
    assert {name: value for name, value in asked.items() if name in named} == senders
    assert asked["To"] == ANA
    assert EXAMINEE.problems(api.posts[0], shared) == []


@pytest.mark.parametrize(("channel", "surely"), [("sms", True), ("rcs", False)])
async def test_that_a_text_by_rcs_is_not_in_the_list_proves_nothing(
    monkeypatch: pytest.MonkeyPatch, channel: Channel, surely: bool
) -> None:
    """What was proven not to have gone may be sent again, so nothing may be that the list does not have."""

    async def find(*_: Any) -> Found:
        return Found((), (), True)

    monkeypatch.setattr(ListingTwilio, "find", find)
    made = line(BOTH)
    assert isinstance(made, Lists)
    asked: Outgoing = text_out(channel=channel)
    assert (await made.find(asked, 0, 1)).surely is surely


# --- Choices as chips

MENU = "Which day? Reply 1 for Monday, 2 for Tuesday."
DAYS = Offer(("Monday", "Tuesday"), "Reply 1 for Monday, 2 for Tuesday.")
SID = "HX" + "0" * 31 + "2"
NONE = Answer(200, {"contents": [], "meta": {"next_page_url": None}})
MADE = Answer(201, {"sid": SID, "friendly_name": "textback_choices_1_2"})


def asked(api: Api) -> list[str]:
    return [one.path.rpartition("/")[2] for one in api.posts]


async def test_choices_are_chips_and_words_by_sms(api: Api, http: Session, shared: Path) -> None:
    made = line(BOTH, http, api.url)
    api.misbehave(NONE, MADE)
    assert isinstance(await made.send(text_out(text=MENU, channel="rcs", offer=DAYS)), Accepted)
    assert isinstance(await made.send(text_out(text=MENU, channel="rcs", offer=DAYS)), Accepted)
    look, make, first, second = api.posts
    assert (look.path, make.path) == ("/v2/Content", "/v1/Content")
    assert look.headers["authorization"] == make.headers["authorization"] == first.headers["authorization"]
    form = dict(first.form)
    assert form == dict(second.form), "the template is made once"
    assert (form["ContentSid"], form["To"], form["FallbackFrom"], "Body" in form) == (SID, ANA, NUMBER, False)
    assert EXAMINEE.problems(first, shared) == []
    # What Twilio makes of the two: the card with its chips, and the words where it falls back.
    values = json.loads(form["ContentVariables"])
    assert all(values.values()), "Twilio refuses an empty value (21656)"
    types = filled(make.json, values)
    assert types["twilio/card"]["body"] == "Which day?"
    assert [(one["type"], one["title"]) for one in types["twilio/card"]["actions"]] == [
        ("QUICK_REPLY", "Monday"), ("QUICK_REPLY", "Tuesday")
    ]  # fmt: skip
    assert types["twilio/text"]["body"] == MENU
    assert set(make.json["variables"]) == set(values), "each value has a sample"


def filled(template: Any, values: dict[str, str]) -> Any:
    """The types of a content template with its values put in."""
    said = json.dumps(template["types"])
    for name, value in values.items():
        said = said.replace(f"{{{{{name}}}}}", json.dumps(value)[1:-1])
    assert "{{" not in said
    return json.loads(said)


@pytest.mark.parametrize("choice", ["Monday", "The Tuesday after the next public holiday"])
async def test_a_chip_that_is_tapped_comes_in_as_its_choice(api: Api, http: Session, choice: str) -> None:
    api.misbehave(NONE, MADE)
    offer = Offer((choice, "Other"), f"Reply 1 for {choice}, 2 for Other.")
    await line(BOTH, http, api.url).send(text_out(text=f"When? {offer.tail}", channel="rcs", offer=offer))
    types = filled(api.posts[1].json, json.loads(dict(api.posts[2].form)["ContentVariables"]))
    chip = types["twilio/card"]["actions"][0]
    assert len(chip["title"]) <= 25
    assert len(chip["id"]) <= 200
    form = twilio_text(chip["title"], f"rcs:{ANA}", To=AGENT, ButtonText=chip["title"], ButtonPayload=chip["id"])
    (message,) = parsed(form, **BOTH)
    assert isinstance(message, Message)
    assert (message.text, message.sender, message.channel) == (choice, ANA, "rcs")


@pytest.mark.parametrize(
    ("body", "text", "payload", "said"),
    [
        ("Track it", "Track it", "track:17", "Track it"),
        ("", "Track it", "track:17", "Track it"),
        ("", "", "track:17", "track:17"),
    ],
)
def test_a_chip_of_another_program_says_its_words(body: str, text: str, payload: str, said: str) -> None:
    (message,) = parsed(twilio_text(body, f"rcs:{ANA}", To=AGENT, ButtonText=text, ButtonPayload=payload), **BOTH)
    assert isinstance(message, Message)
    assert message.text == said


def test_a_chip_without_a_body_is_a_text() -> None:
    form = twilio_text("", f"rcs:{ANA}", To=AGENT, ButtonText="Monday", ButtonPayload="textback:Monday")
    (message,) = parsed({k: v for k, v in form.items() if k not in ("Body", "NumMedia", "SmsStatus")}, **BOTH)
    assert isinstance(message, Message)
    assert message.text == "Monday"


@pytest.mark.parametrize(
    "more",
    [
        {"offer": None},
        {"channel": "sms"},
        {"media": (Media("https://example.com/a.jpg", "image/jpeg"),)},
        {"offer": Offer(tuple(f"Choice {n}" for n in range(11)), DAYS.tail)},
        {"offer": Offer(("A choice of many many letters 1", "A choice of many many letters 2"), DAYS.tail)},
        {"offer": Offer(("A" * 200,), DAYS.tail)},
        {"offer": Offer((" ", "Tuesday"), DAYS.tail)},
    ],
)
async def test_what_no_chip_can_show_goes_in_words(api: Api, http: Session, more: dict[str, Any]) -> None:
    text = text_out(text=MENU, **({"channel": "rcs", "offer": DAYS} | more))
    assert isinstance(await line(BOTH, http, api.url).send(text), Accepted)
    assert asked(api) == ["Messages.json"]
    assert dict(api.posts[0].form)["Body"] == MENU


async def test_a_template_that_is_there_is_used_again(api: Api, http: Session) -> None:
    next_page = "https://evil.example.com/v2/Content?ContentName=textback_choices_1_&PageSize=50&Page=1&PageToken=x"
    other = {"sid": "HX" + "9" * 32, "friendly_name": "flight_status"}
    ours = {"sid": SID, "friendly_name": "textback_choices_1_2"}
    api.misbehave(
        Answer(200, {"contents": [other], "meta": {"next_page_url": next_page}}),
        Answer(200, {"contents": [ours], "meta": {}}),
    )
    await line(BOTH, http, api.url).send(text_out(text=MENU, channel="rcs", offer=DAYS))
    assert asked(api) == ["Content", "Content", "Messages.json"], "none was made, and nobody else was asked"
    assert dict(api.posts[2].form)["ContentSid"] == SID


@pytest.mark.parametrize(
    "answers",
    [
        (Answer(403, {"code": 20403}),),
        (Answer(200, {"contents": 7}),),
        (NONE, Answer(400, {"code": 20422})),
        (NONE, Answer(201, {"sid": "x"})),
        (NONE, Answer(then="reset")),
    ],
)
async def test_without_a_template_choices_go_in_words(
    api: Api, http: Session, answers: tuple[Answer, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = line(BOTH, http, api.url)
    api.misbehave(*answers)
    for _ in range(2):
        assert isinstance(await made.send(text_out(text=MENU, channel="rcs", offer=DAYS)), Accepted)
    assert asked(api) == ["Content"] * len(answers) + ["Messages.json"] * 2, "Twilio is not asked for each text"
    assert dict(api.posts[-1].form)["Body"] == MENU
    monkeypatch.setattr("textback.channels.twilio_content.time", SimpleNamespace(monotonic=lambda: 10.0**9))
    # A list that was read need not be read again.
    api.misbehave(*([NONE] if len(answers) == 1 else []), MADE)
    await made.send(text_out(text=MENU, channel="rcs", offer=DAYS))
    assert dict(api.posts[-1].form).get("ContentSid") == SID, "later it is"


async def test_a_template_that_twilio_does_not_take_is_sent_in_words(api: Api, http: Session) -> None:
    made = line(BOTH, http, api.url)
    api.misbehave(NONE, MADE, EXAMINEE.refused("21655"))
    assert isinstance(await made.send(text_out(text=MENU, channel="rcs", offer=DAYS)), Accepted)
    assert asked(api) == ["Content", "Content", "Messages.json", "Messages.json"]
    assert dict(api.posts[3].form)["Body"] == MENU


async def test_a_contact_that_refuses_is_not_asked_twice(api: Api, http: Session) -> None:
    made = line(BOTH, http, api.url)
    api.misbehave(NONE, MADE, EXAMINEE.refused("21610"))
    failure = await made.send(text_out(text=MENU, channel="rcs", offer=DAYS))
    assert isinstance(failure, Failure)
    assert failure.kind == "opted_out"
    assert asked(api) == ["Content", "Content", "Messages.json"]


# --- The list

NOW = 1_795_176_000_000


def listing(fake: FakeProvider, http: Session, options: dict[str, str]) -> Any:
    return PROVIDERS["twilio"].make(NUMBER, fake.twilio_options(**options), http)


async def test_the_list_has_texts_by_rcs(fake: FakeProvider, http: Session) -> None:
    one = fake.lists.add("in", f"rcs:{ANA}", AGENT, "by RCS", NOW)
    two = fake.lists.add("in", ANA, NUMBER, "by SMS", NOW + 1000)
    fake.lists.add("in", f"rcs:{ANA}", "rcs:another", "not ours", NOW)
    picture = fake.lists.add("in", f"rcs:{ANA}", AGENT, "look", NOW + 2000, media=("image/jpeg",))
    sent = fake.lists.add("out", AGENT, f"rcs:{ANA}", "hello", NOW, status="read")
    fell_back = fake.lists.add("out", NUMBER, ANA, "hello again", NOW + 1000)
    made = listing(fake, http, BOTH)
    recent = await made.recent(NOW - MINUTE, NOW + HOUR)
    assert [heard.provider_id for heard in recent.heard] == [one.id, two.id, picture.id]
    by_rcs, by_sms, unread = recent.heard
    assert by_rcs.message == Message(ANA, NUMBER, "by RCS", one.id, channel="rcs", sent_at=NOW)
    assert by_sms.message == Message(ANA, NUMBER, "by SMS", two.id, sent_at=NOW + 1000)
    assert unread.message is None
    whole = await made.read(unread)
    assert (whole.sender, whole.recipient, whole.channel, len(whole.media)) == (ANA, NUMBER, "rcs", 1)
    stands = [(status.provider_id, status.recipient, status.status, status.channel) for status in recent.statuses]
    assert stands == [(sent.id, ANA, "read", "rcs"), (fell_back.id, ANA, "delivered", None)]


async def test_a_line_without_rcs_reads_its_own_texts_only(fake: FakeProvider, http: Session) -> None:
    fake.lists.add("in", f"rcs:{ANA}", AGENT, "by RCS", NOW)
    recent = await listing(fake, http, {}).recent(NOW - MINUTE, NOW + HOUR)
    assert recent.heard == ()
    assert len(fake.lists.asked) == 2


@pytest.mark.parametrize("words", [MENU, "Which day?"])
async def test_an_unknown_text_by_rcs_is_found(fake: FakeProvider, http: Session, words: str) -> None:
    one = fake.lists.add("out", AGENT, f"rcs:{ANA}", words, NOW, status="delivered")
    fake.lists.add("out", AGENT, f"rcs:{ANA}", "Something else", NOW)
    found = await listing(fake, http, BOTH).find(
        text_out(text=MENU, channel="rcs", offer=DAYS), NOW - MINUTE, NOW + MINUTE
    )
    assert [(same.provider_id, same.status, same.channel) for same in found.same] == [(one.id, "delivered", "rcs")]
    assert (len(found.others), found.surely) == (1, False)


async def test_an_unknown_text_that_fell_back_is_found(fake: FakeProvider, http: Session) -> None:
    one = fake.lists.add("out", NUMBER, ANA, MENU, NOW)
    found = await listing(fake, http, BOTH).find(
        text_out(text=MENU, channel="rcs", offer=DAYS), NOW - MINUTE, NOW + MINUTE
    )
    assert [same.provider_id for same in found.same] == [one.id]
