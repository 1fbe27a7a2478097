"""RCS by Twilio: on the line of the number, with SMS where a phone has no RCS."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.channels.examination.conftest import Api
from tests.channels.examination.examinee import ANA, NUMBER, OURS, text_out
from tests.channels.examination.twilio.examinee import EXAMINEE
from tests.support.fake_provider import twilio_status, twilio_text
from textback.channels.base import Accepted, Found, Lists, Outgoing, Provider
from textback.channels.client import Session
from textback.channels.twilio_lists import ListingTwilio
from textback.core.errors import SettingsError
from textback.core.messages import Channel
from textback.engine.arrivals import DeliveryStatus, Message
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
