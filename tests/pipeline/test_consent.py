"""Consent on the road: what STOP, START and HELP send, record and withdraw, whoever writes and whoever knows first."""

from typing import Any

import pytest

from tests.engine.talk import PATIENT
from tests.pipeline.working import ANA, BEN, ECHO, LINE, NOON, Clock, Phones, Working, bot, store, working
from textback.channels.base import Failure
from textback.core.ids import new_id
from textback.core.when import MINUTE
from textback.engine.arrivals import AgentReply, ApiSend, DeliveryStatus, Message, Takeover
from textback.store.db import Db

GOODBYE = "Harbor Cycle Works: you are unsubscribed and will get no more messages. Reply START to resubscribe."
WELCOME = (
    "Harbor Cycle Works: you are subscribed again. Message frequency varies. Msg & data rates may apply. "
    "Reply HELP for help, STOP to end."
)
HELP = "Harbor Cycle Works: Message frequency varies. Msg & data rates may apply. Reply STOP to end."
OK = "accepted"


def text(words: str, number: str = ANA) -> Message:
    return Message(number, LINE, words, new_id())


async def settled(node: Working, number: str = ANA) -> list[tuple[str, str, str]]:
    """Our texts of a conversation once none waits any more."""

    async def done() -> bool:
        return all(status != "queued" for _, status, _ in await node.ours(number))

    await node.until(done, True)
    return await node.ours(number)


async def opted_out(node: Working, number: str = ANA) -> bool:
    return bool((await node.conversation(number)).opted_out)


async def test_stop_is_confirmed_once_recorded_and_honoured_until_start(db: Db) -> None:
    async with working(db) as node:
        await node.text("BOOK")
        await node.text("Stop.")
        assert await node.phones.took(2) == ["Go on.", GOODBYE]
        assert await opted_out(node)
        await node.text("STOP")
        await node.text("BOOK")
        await node.text("help")
        assert (await node.phones.took(3))[2:] == [HELP]
        await node.text("START")
        assert (await node.phones.took(4))[3:] == [WELCOME]
        assert not await opted_out(node)
        await node.text("BOOK")
        assert (await node.phones.took(5))[4:] == ["Go on."]
        assert await node.consent() == [
            ("opt_out", "O6", "keyword", "Stop."),
            ("opt_out", "O7", "keyword", "STOP"),
            ("re_opt_in", "O8", "keyword", "START"),
        ]
        assert ("Go on.", "blocked", "O6") in await settled(node)
        refused = [data for _, data in await node.events("send_refused")]
        assert [(data["author"], data["rule"]) for data in refused] == [("bot", "O6")]


@pytest.mark.parametrize("words", ["please don't stop", "Stop by tomorrow?", "START", "yes"])
async def test_ordinary_texts_change_nothing(file_db: Db, words: str) -> None:
    async with working(file_db) as node:
        await node.text("BOOK")
        await node.text(words)
        assert await node.phones.took(2) == ["Go on.", f"You said {words}."]
        assert await node.consent() == []


@pytest.mark.parametrize(
    ("words", "flag", "recorded"),
    [
        ("STOP", "stop", [("opt_out", "O1", "provider", "STOP")]),
        ("Adios", "stop", [("opt_out", "O1", "provider", "Adios")]),
        ("STOP", "help", [("opt_out", "O1", "provider", "STOP")]),
        ("HELP", "help", []),
    ],
)
async def test_what_the_provider_has_answered_is_recorded_in_silence(
    db: Db, words: str, flag: str, recorded: list[tuple[str, ...]]
) -> None:
    async with working(db) as node:
        await node.text(words, keyword=flag)
        assert await node.ours() == []
        assert await node.consent() == recorded
        assert await opted_out(node) is bool(recorded)
        assert node.phones.sent == []


async def test_a_providers_start_opens_the_gate_in_silence(db: Db) -> None:
    async with working(db) as node:
        await node.text("STOP", keyword="stop")
        await node.text("START", keyword="start")
        await node.text("BOOK")
        assert await node.phones.took(1) == ["Go on."]
        assert [(kind, by) for kind, _, by, _ in await node.consent()] == [
            ("opt_out", "provider"),
            ("re_opt_in", "provider"),
        ]


async def test_words_that_the_line_answers_itself_get_no_second_answer(file_db: Db) -> None:
    phones = Phones({"stop": frozenset({"STOP"}), "help": frozenset({"HELP"}), "start": frozenset({"START"})})
    async with working(file_db, phones=phones) as node:
        for words in ("HELP", "stop", "START"):
            await node.text(words)
        assert await node.ours() == []
        await node.text("Stop!!")  # the provider does not know this one
        assert await node.phones.took(1) == [GOODBYE]
        assert [kind for kind, *_ in await node.consent()] == ["opt_out", "re_opt_in", "opt_out"]


async def test_a_confirmation_that_would_come_too_late_is_not_sent(db: Db) -> None:
    await store(db, text("STOP"), text("BOOK", BEN))
    async with working(db, clock=Clock(NOON + 6 * MINUTE)) as node:
        assert await node.phones.took(1, BEN) == ["Go on."]
        assert await node.consent() == [("opt_out", "O6", "keyword", "STOP")]
        assert await node.ours() == []


async def test_stop_withdraws_what_waits_for_them_and_for_nobody_else(db: Db) -> None:
    async with working(db) as node:
        for number in (ANA, BEN):
            node.phones.answer(number, Failure("throttled", retry_after=60))
            await node.text("BOOK", number)
        await node.phones.took(2)
        await node.throttled(2)
        await node.text("blue", ANA)
        await node.text("STOP", ANA)
        assert (await node.phones.took(3))[2] == GOODBYE
        assert await settled(node) == [
            ("Go on.", "canceled", "O6"),
            ("You said blue.", "canceled", "O6"),
            (GOODBYE, OK, "C1"),
        ]
        assert await node.ours(BEN) == [("Go on.", "queued", "C2")]


async def test_stop_withdraws_what_was_answered_in_the_same_moment(db: Db) -> None:
    await store(db, text("BOOK"), text("STOP"))
    async with working(db) as node:
        assert await node.phones.took(1) == [GOODBYE]
        assert await settled(node) == [("Go on.", "canceled", "O6"), (GOODBYE, OK, "C1")]


async def test_stop_twice_in_one_moment_is_confirmed_once(db: Db) -> None:
    await store(db, text("STOP"), text("STOP"), text("BOOK", BEN))
    async with working(db) as node:
        await node.phones.took(1, BEN)
        assert await settled(node) == [(GOODBYE, OK, "C1")]


async def test_a_second_stop_does_not_withdraw_the_confirmation_of_the_first(db: Db) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, Failure("throttled", retry_after=60))
        await node.text("STOP")
        await node.phones.took(1)
        await node.throttled()
        await node.text("STOP")
        node.clock.at += 2 * MINUTE
        assert await settled(node) == [(GOODBYE, OK, "C1")]
        assert node.phones.texts() == [GOODBYE, GOODBYE]  # the first try was throttled


async def test_a_person_can_not_text_someone_who_has_opted_out(db: Db) -> None:
    async with working(db) as node:
        await node.text("STOP", keyword="stop")
        contact = (await node.home()).contact_id
        await node.road.post(contact, AgentReply("u1", "Ana", "But why?", new_id()), wait=15)
        assert await node.ours() == [("But why?", "blocked", "O6")]
        [(_, data)] = await node.events("send_refused")
        assert (data["author"], data["rule"]) == ("person", "O6")
        assert "START" in data["reason"]
        assert node.phones.sent == []


@pytest.mark.parametrize("message_class", ["conversational", "informational", "promotional"])
async def test_the_api_can_not_text_someone_who_has_opted_out(db: Db, message_class: Any) -> None:
    async with working(db) as node:
        await node.text("STOP", keyword="stop", line="one")
        await node.road.send_to("two", ANA, ApiSend("crm", "Sale!", new_id(), message_class=message_class), wait=15)
        assert await node.ours() == [("Sale!", "blocked", "O6")]
        [(_, data)] = await node.events("send_refused")
        assert (data["author"], data["rule"]) == ("api", "O6")
        await node.text("START", keyword="start")
        await node.road.send_to("two", ANA, ApiSend("crm", "Ready.", new_id(), message_class="informational"), wait=15)
        assert await node.phones.took(1) == ["Ready."]


async def test_an_opt_out_outlives_a_restart(db: Db) -> None:
    async with working(db) as node:
        await node.text("STOP", keyword="stop")
    async with working(db) as node:
        await node.road.send_to("one", ANA, ApiSend("crm", "Sale!", new_id()), wait=15)
        await node.text("BOOK")
        assert [status for _, status, _ in await node.ours()] == ["blocked", "blocked"]
        assert node.phones.sent == []


async def test_stop_ends_the_session_and_forgets_its_timers(db: Db) -> None:
    async with working(db, bot(PATIENT)) as node:
        await node.text("BOOK")
        assert set(await node.timers()) == {"remind:name", "expire:name"}
        await node.text("STOP", keyword="stop")
        assert await node.timers() == {}
        kinds = [kind for kind, _ in await node.events("session_ended", "opted_out")]
        assert kinds == ["session_ended", "opted_out"]
        await node.text("START", keyword="start")
        await node.text("Ana")
        assert "Hello Ana." not in [words for words, _, _ in await node.ours()]


async def test_a_person_keeps_the_conversation_through_an_opt_out_but_not_for_ever(file_db: Db) -> None:
    async with working(file_db, bot(ECHO)) as node:
        await node.text("BOOK")
        await node.phones.took(1)
        await node.road.post((await node.home()).contact_id, Takeover("u1", "Ana"), wait=15)
        await node.text("STOP", keyword="stop")
        assert (await node.conversation()).owner_id == "u1"
        assert set(await node.timers()) == {"owner_idle"}


async def test_an_opt_out_that_the_provider_reports_is_honoured(db: Db) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, Failure("throttled", retry_after=60))
        await node.text("BOOK")
        await node.phones.took(1)
        await node.throttled()
        for provider_id in ("p-1", "p-2"):
            refused = DeliveryStatus(provider_id, ANA, "failed", code="21610", opted_out=True)
            await node.road.receive("one", [refused], wait=15)
        assert await opted_out(node)
        assert await settled(node) == [("Go on.", "canceled", "O6")]
        assert await node.consent() == [("opt_out", "V2", "provider", "")]
        await node.text("BOOK")
        assert (await settled(node))[1:] == [("Go on.", "blocked", "O6")]


async def test_a_provider_that_refuses_because_of_an_opt_out_is_believed(db: Db) -> None:
    async with working(db) as node:
        node.phones.answer(ANA, Failure("opted_out", "21610", "They have unsubscribed."))
        await node.text("BOOK")
        await node.until(lambda: opted_out(node), True)
        assert await node.ours() == [("Go on.", "failed", "opted_out")]
        assert await node.consent() == [("opt_out", "V2", "provider", "")]
        await node.text("blue")
        assert len(node.phones.sent) == 1
