"""The channel of a text: an answer goes on the one that the contact used, and the one that it took is shown."""

from types import SimpleNamespace

import pytest

from tests.pipeline.working import ANA, LINE, Working, working
from textback.channels.base import Accepted, Failure
from textback.core.ids import new_id
from textback.core.messages import Channel
from textback.engine.arrivals import ApiSend, Message
from textback.pipeline.lines import channels_of
from textback.store.db import Db
from textback.web.present import bubble

BOTH: tuple[Channel, ...] = ("imessage", "sms")


async def text(node: Working, words: str, channel: Channel, line: str = "one", number: str = ANA) -> None:
    await node.road.receive(line, [Message(number, LINE, words, new_id(), channel)], wait=15.0)


async def channels(node: Working, number: str = ANA) -> list[tuple[str, str]]:
    return [(row.text, row.channel) for row in await node.thread(number)]


@pytest.mark.parametrize("channel", BOTH)
async def test_an_answer_goes_on_the_channel_of_the_text(db: Db, channel: Channel) -> None:
    async with working(db, one=BOTH) as node:
        await text(node, "BOOK", channel)
        await node.phones.took(1)
        assert [one.channel for one in node.phones.sent] == [channel]
        assert await channels(node) == [("BOOK", channel), ("Go on.", channel)]


async def test_it_changes_when_they_change(db: Db) -> None:
    async with working(db, one=BOTH) as node:
        await text(node, "BOOK", "imessage")
        await text(node, "blue", "sms")
        await node.phones.took(2)
        await text(node, "STOP", "imessage")
        await node.phones.took(3)
        assert [one.channel for one in node.phones.sent] == ["imessage", "sms", "imessage"]


async def test_a_picture_is_answered_as_a_text_message(db: Db) -> None:
    async with working(db, one=BOTH) as node:
        await text(node, "BOOK", "mms")
        await node.phones.took(1)
        assert node.phones.sent[0].channel == "sms"


async def test_somebody_who_has_not_written_is_tried_on_the_first_channel(db: Db) -> None:
    async with working(db, one=BOTH) as node:
        await text(node, "BOOK", "sms", line="two")
        home = await node.home()
        send = ApiSend("crm", "Your bike is ready.", new_id(), message_class="informational")
        await node.road.post(home.contact_id, send, line="one", wait=15.0)
        await node.phones.took(2)
        assert [one.channel for one in node.phones.sent] == ["sms", "imessage"]


@pytest.mark.parametrize("channel", BOTH)
async def test_a_program_that_names_the_channel_is_obeyed(db: Db, channel: Channel) -> None:
    async with working(db, one=BOTH) as node:
        await text(node, "BOOK", "sms" if channel == "imessage" else "imessage")
        home = await node.home()
        send = ApiSend("crm", "Your bike is ready.", new_id(), message_class="informational", channel=channel)
        await node.road.post(home.contact_id, send, line="one", wait=15.0)
        await node.phones.took(2)
        assert node.phones.sent[1].channel == channel
        assert (await channels(node))[2] == ("Your bike is ready.", channel)


async def test_a_line_of_one_channel_never_hears_of_another(db: Db) -> None:
    async with working(db, one=BOTH) as node:
        await text(node, "BOOK", "imessage")
        await text(node, "blue", "sms", line="two")
        await node.phones.took(2)
        assert [one.channel for one in node.phones.sent] == ["imessage", "sms"]


async def test_one_that_waited_keeps_its_channel(db: Db) -> None:
    """It was queued, and is claimed from the database on its second try."""
    async with working(db, one=BOTH) as node:
        node.phones.answer(ANA, Failure("retry"))
        await text(node, "BOOK", "imessage")
        await node.throttled()
        node.clock.at += 400_000
        await node.phones.took(2)
        assert [one.channel for one in node.phones.sent] == ["imessage", "imessage"]


async def test_what_the_provider_chose_is_kept(db: Db) -> None:
    async with working(db, one=BOTH) as node:
        node.phones.answer(ANA, Accepted("p-1", "sms"))
        await text(node, "BOOK", "imessage")
        await node.becomes(("Go on.", "accepted", "C2"))
        assert await channels(node) == [("BOOK", "imessage"), ("Go on.", "sms")]


async def test_what_the_provider_chose_later_is_kept(db: Db) -> None:
    async with working(db, one=BOTH) as node:
        node.phones.answer(ANA, Accepted("p-1", "imessage"))
        await text(node, "BOOK", "imessage")
        await node.becomes(("Go on.", "accepted", "C2"))
        await node.status("delivered", "p-1", channel="sms")
        await node.becomes(("Go on.", "delivered", "C2"))
        assert (await channels(node))[1] == ("Go on.", "sms")
        await node.status("sent", "p-1", channel=None)
        assert (await channels(node))[1] == ("Go on.", "sms")


def test_most_providers_speak_sms() -> None:
    class Two:
        channels = BOTH

    assert channels_of(Two()) == BOTH  # type: ignore[arg-type]
    assert channels_of(object()) == ("sms",)  # type: ignore[arg-type]


@pytest.mark.parametrize(("channel", "shown"), [("imessage", "iMessage"), ("sms", ""), ("mms", "")])
def test_the_desk_says_which(channel: str, shown: str) -> None:
    row = SimpleNamespace(
        id="1", at=1_800_000_000_000, direction="in", author="contact", author_name="", author_id="", status="received",
        rule="", detail="", text="Hi", media="[]", source="", code="", channel=channel,
    )  # fmt: skip
    assert bubble(row, "me", "America/Los_Angeles", row.at).channel == shown
