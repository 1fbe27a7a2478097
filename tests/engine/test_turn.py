"""Timers, limits, versions, and the record of a turn."""

import pytest

from tests.engine.talk import (
    ANA,
    BEGIN,
    BOOKING,
    BOT,
    HANDOFF,
    NAME,
    PATIENT,
    SERVICE,
    Talk,
    flow,
    folder,
)
from textback.core.when import HOUR
from textback.engine.arrivals import ApiSend, DeliveryStatus, Takeover
from textback.engine.bot import Limits
from textback.engine.contact import TURN
from textback.engine.effects import CancelTimers, Send, UpdateDelivery
from textback.engine.load import load_bot
from textback.engine.state import State
from textback.engine.step import close_session

# Timers


def test_a_question_sets_its_timers_and_an_answer_cancels_them() -> None:
    talk = Talk(PATIENT)
    talk.say("go")
    assert talk.timers == {"remind:name": 4 * HOUR, "expire:name": 48 * HOUR}
    talk.say("Ana")
    assert talk.turn.effects[0] == CancelTimers(("remind:name", "expire:name"))


def test_a_bad_answer_starts_the_timers_again() -> None:
    talk = Talk(PATIENT)
    talk.script("go", "?!")
    assert talk.timers == {"remind:name": 4 * HOUR, "expire:name": 48 * HOUR}


def test_a_reminder_repeats_the_question_and_leaves_it_open() -> None:
    talk = Talk(PATIENT)
    talk.say("go")
    assert talk.fire("remind:name") == ["Still there? Who is this?"]
    assert talk.kinds == ["reminded"]
    assert talk.say("Ana") == ["Hello Ana."]


def test_a_reminder_without_words_has_the_engines() -> None:
    talk = Talk("- ask: name\n  text: Who is this?\n  remind: {after: 4h}")
    talk.say("go")
    assert talk.fire("remind:name") == ["Still there? Who is this?"]


def test_an_expired_question_leads_where_it_says() -> None:
    talk = Talk(PATIENT)
    talk.say("go")
    assert talk.fire("expire:name") == ["Another time."]
    assert talk.event("session_ended")["outcome"] == "expired"


def test_an_expired_question_that_leads_nowhere_ends_the_session_in_silence() -> None:
    talk = Talk("- ask: name\n  text: Who is this?\n  expire: {after: 2d}")
    talk.say("go")
    assert talk.fire("expire:name") == []
    assert talk.event("session_ended")["outcome"] == "expired"
    assert talk.state.episode.status == "completed"


@pytest.mark.parametrize("key", ["remind:name", "expire:name", "remind:other", "nothing", ""])
@pytest.mark.parametrize("texts", [[], ["go", "Ana"], ["go", "person"]])
def test_a_timer_that_no_longer_fits_does_nothing(key: str, texts: list[str]) -> None:
    talk = Talk(PATIENT)
    for text in texts:
        talk.say(text)
    before = talk.state
    assert talk.fire(key) == []
    assert (talk.state, talk.turn.effects, talk.turn.events) == (before, [], [])


# Limits and mistakes


def test_a_flow_that_goes_round_for_ever_is_stopped_and_says_nothing_of_it() -> None:
    talk = Talk("- id: round\n  say: Round.\n- goto: round\n  if: not contact.enough")
    assert talk.say("go") == [HANDOFF]
    assert (talk.owner, talk.state.session) == ("nobody", None)
    assert talk.event("turn_failed")["limit"] == "steps_in_a_turn"
    assert talk.event("session_ended")["outcome"] == "failed"


def test_a_session_of_too_many_texts_gets_a_person() -> None:
    talk = Talk(SERVICE + "- goto: service")
    talk.say("go")
    answers = [talk.say("1") for _ in range(Limits().texts)]
    assert [HANDOFF] not in answers
    assert talk.say("1") == [HANDOFF]
    assert talk.event("turn_failed")["limit"] == "turns_in_a_session"
    assert Limits().texts == 100


def test_the_limits_are_the_bots_to_set() -> None:
    talk = Talk(folder(SERVICE + "- goto: service", f"{BOT}limits: {{texts: 3}}\n"))
    talk.say("go")
    assert [talk.say("1") == [HANDOFF] for _ in range(4)] == [False, False, False, True]
    assert talk.event("turn_failed")["most"] == 3


def test_a_template_that_fails_asks_for_a_person_in_the_engines_own_words() -> None:
    bot = BOT + "handoff: {text: 'Wait, {{ contact.name.first }}.'}\n"
    talk = Talk(folder("- say: Hi.\n- say: '{{ 1 + contact.name }}'", bot))
    assert talk.say("go") == [HANDOFF]
    assert (talk.owner, talk.state.session) == ("nobody", None)
    assert talk.event("turn_failed")["reason"] == "template"


def test_a_text_that_reads_an_answer_not_given_yet_fails() -> None:
    talk = Talk("- ask: x\n  text: X?\n  if: contact.asked\n- say: 'X is {{ x }}.'")
    assert talk.say("go") == [HANDOFF]
    assert talk.event("turn_failed")["reason"] == "template"


# Versions


def test_a_session_stays_on_its_version_and_the_next_begins_on_the_new_one() -> None:
    talk = Talk(folder(NAME), version=1)
    talk.say("go")
    old = talk.bot
    talk.bot = load_bot(folder(NAME.replace("Hello", "Welcome")), version=2)
    talk.pinned = old
    assert talk.say("Ana") == ["Hello Ana."]
    talk.pinned = None
    talk.say("go")
    assert talk.state.session is not None
    assert talk.state.session.version == 2
    assert talk.say("Ana") == ["Welcome Ana."]


def test_start_words_are_those_of_the_current_version() -> None:
    talk = Talk(folder(NAME), version=1)
    talk.say("go")
    talk.pinned = talk.bot
    talk.bot = load_bot(folder(NAME, news=flow("- say: News.", "news", "news")), version=2)
    assert talk.say("news")[0] == "News."


@pytest.mark.parametrize(
    "files",
    [folder("- say: Hi."), {"bot.yml": BOT, "flows/x.yml": flow("- say: Hi.", name="x")}],
    ids=["the step is gone", "the flow is gone"],
)
def test_a_session_whose_step_or_flow_is_gone_ends_as_failed_and_the_text_is_heard(files: dict[str, str]) -> None:
    talk = Talk(folder(NAME), version=1)
    talk.say("go")
    talk.bot = load_bot(files, version=2)
    assert talk.say("go") == ["Hi."]
    failed = talk.event("turn_failed")
    assert (failed["reason"], failed["step"]) == ("step_gone", "name")
    assert talk.turn.events[1].data["outcome"] == "failed"


# What is not a text


def test_a_program_sends_whoever_has_the_conversation() -> None:
    talk = Talk(BOOKING)
    talk.act(Takeover(*ANA))
    assert talk.act(ApiSend("crm", "Your bike is ready.", "x9")) == ["Your bike is ready."]
    [sent] = [effect for effect in talk.turn.effects if isinstance(effect, Send)]
    assert (sent.author, sent.author_name, sent.message_class) == ("api", "crm", "promotional")
    assert talk.owner == "person"


def test_a_delivery_status_changes_the_message_and_nothing_else() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    before = talk.state
    assert talk.act(DeliveryStatus("p1", "+12065550123", "delivered", "m1")) == []
    assert talk.turn.effects == [UpdateDelivery("p1", "delivered", "m1")]
    assert talk.state == before


# close_session and the trace


def test_close_session_ends_the_session_and_the_episode_on_a_state_of_its_own() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    closed, events = close_session(talk.state, "opted_out")
    assert (closed.session, closed.episode.status) == (None, "completed")
    assert [event.kind for event in events] == ["session_ended", "episode_status"]
    assert events[0].data["outcome"] == "opted_out"
    assert talk.state.session is not None


def test_close_session_leaves_what_a_person_has_with_them() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    talk.act(Takeover(*ANA))
    closed, _ = close_session(talk.state, "opted_out")
    assert (closed.owner.kind, closed.episode.status) == ("person", "engaged")


def test_close_session_without_a_session_says_nothing() -> None:
    assert close_session(State(), "opted_out") == (State(), [])


@pytest.mark.parametrize(
    ("texts", "row"),
    [
        (["go"], "Start words"),
        (["go", "repair"], "Answer to the open question"),
        (["go", "repair", "Monday", "yes"], "Pending confirmation"),
        (["go", "zzz"], "Ask again"),
        (["zzz"], "Fallback"),
        (["person"], "Asks for a person"),
        (["person", "hello"], "A person has it"),
        (['Liked "Hi"'], "A reaction"),
    ],
)
def test_the_trace_names_every_row_in_order_and_the_one_that_decided(texts: list[str], row: str) -> None:
    talk = Talk(BOOKING)
    talk.script(*texts)
    assert [check.name for check in talk.turn.checks] == [name for name, _ in TURN]
    assert talk.decided == row
    place = [name for name, _ in TURN].index(row)
    assert [check.reached for check in talk.turn.checks] == [at <= place for at in range(len(TURN))]


def test_the_time_of_the_contacts_last_text_is_kept() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    heard = talk.now
    talk.act(Takeover(*ANA))
    assert talk.state.last_inbound_at == heard > BEGIN
