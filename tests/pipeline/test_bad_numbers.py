"""Numbers that can't get texts (N1): what marks one, and what ends that."""

from importlib import import_module

import msgspec
import pytest

from tests.engine.talk import BOT, flow
from textback.compliance.gate import Ask, decide_send
from textback.engine.arrivals import CanText, DeliveryStatus, Message
from textback.engine.load import load_bot
from textback.engine.state import BadNumber, State, dump_state, load_state
from textback.engine.step import Turn
from textback.pipeline.bad_numbers import CODES, codes_of, refused_for_good
from textback.pipeline.decide import Standing, decide

NOW = 1_800_000_000_000
TALK = load_bot({"bot.yml": BOT, "flows/main.yml": flow("- say: Hello")})
TABLES = {"twilio": "twilio", "telnyx": "telnyx", "plivo": "plivo", "vonage": "vonage", "vonage-sms": "vonage_sms"}


def comes(state: State, arrival: DeliveryStatus | Message | CanText, provider: str = "twilio") -> Turn:
    return decide(TALK, state, arrival, NOW, Standing(False, {}, NOW, bad_numbers=codes_of(provider)), session_id="s")


def report(code: str, status: str = "undelivered", **more: str) -> DeliveryStatus:
    given = {"provider_id": "SM1", "recipient": "+12065550123", "status": status, "code": code, **more}
    return msgspec.convert(given, DeliveryStatus)


def kinds(turn: Turn) -> list[str]:
    return [event.kind for event in turn.events]


@pytest.mark.parametrize(
    ("provider", "code", "why"),
    [(provider, code, why) for provider, codes in CODES.items() for code, why in codes.items()],
)
def test_a_code_about_the_number_marks_it_and_the_first_one_stays(provider: str, code: str, why: str) -> None:
    turn = comes(State(), report(code), provider)
    assert turn.state.bad_number == BadNumber(why, code, NOW)
    assert load_state(dump_state(turn.state)).bad_number == turn.state.bad_number
    assert kinds(turn) == ["bad_number"]
    again = comes(turn.state, report(next(iter(CODES[provider])), "failed"), provider)
    assert again.state.bad_number == turn.state.bad_number
    assert kinds(again) == []


@pytest.mark.parametrize(
    "said",
    [
        report("30003"), report("30007", "filtered"), report("21610", "failed"), report("", "undelivered"),
        report("30006", "sent"), report("30006", doubt="unsigned"), report("40001"),
    ],
)  # fmt: skip
def test_what_says_nothing_of_the_number_marks_nothing(said: DeliveryStatus) -> None:
    turn = comes(State(), said)
    assert turn.state.bad_number is None
    assert "bad_number" not in kinds(turn)


def test_whoever_texts_has_a_number_that_works() -> None:
    bad = State(bad_number=BadNumber("gone", "30005", NOW))
    text = Message("+12065550123", "+12065550100", "hello", "m1")
    turn = comes(bad, text)
    assert (turn.state.bad_number, "number_works" in kinds(turn)) == (None, True)
    stop = comes(bad, msgspec.structs.replace(text, text="STOP"))
    assert stop.state.bad_number is None, "a word of consent is a text as well"
    doubted = comes(bad, msgspec.structs.replace(text, doubt="unsigned"))
    assert doubted.state.bad_number == bad.bad_number, "nobody knows that they sent it"
    assert "number_works" not in kinds(comes(State(), text))


def test_a_person_knows_better() -> None:
    turn = comes(State(bad_number=BadNumber("gone", "30005", NOW)), CanText("u1", "Ana"))
    assert turn.state.bad_number is None
    assert [(event.kind, event.data) for event in turn.events] == [("number_works", {"user": "u1", "name": "Ana"})]
    assert kinds(comes(State(), CanText("u1", "Ana"))) == []


@pytest.mark.parametrize("provider", TABLES)
def test_no_such_code_is_one_that_means_something_else(provider: str) -> None:
    module = import_module(f"textback.channels.{TABLES[provider]}")
    reports = getattr(module, "REPORT_CODES", module.CODES)
    assert CODES[provider].keys() & reports.keys() == set()
    assert {code for code in CODES[provider] if refused_for_good(provider, code)} & module.CODES.keys() == set()


def test_an_answer_and_a_report_of_one_provider_have_their_own_codes() -> None:
    assert codes_of("vonage-sms")["3"] == "gone"
    assert not refused_for_good("vonage-sms", "3"), "in an answer it is a field that is wrong"
    assert refused_for_good("twilio", "21211")


@pytest.mark.parametrize("message_class", ["informational", "promotional", "conversational"])
def test_n1_what_is_no_answer_is_refused(message_class: str) -> None:
    ask = Ask(message_class=message_class, now=NOW, author="api", wrote=True, bad_number=True, to="+12065550123")
    decision = decide_send(ask)
    assert (decision.outcome, decision.rule, decision.status) == ("refuse", "N1", "blocked")
    assert "can't get texts" in decision.reason


def test_n1_answers_and_words_about_consent_go_all_the_same() -> None:
    for one in (
        Ask(message_class="conversational", now=NOW, last_inbound_at=NOW - 1, bad_number=True),
        Ask(message_class="compliance", now=NOW, bad_number=True),
    ):
        assert decide_send(one).outcome == "go"
    out = Ask(message_class="informational", now=NOW, opted_out=True, bad_number=True)
    assert decide_send(out).rule == "O6", "an opt-out comes first"
