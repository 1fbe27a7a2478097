"""Reactions, asking for a person, and what people at the desk do."""

import pytest

from tests.engine.talk import (
    ANA,
    BEN,
    BOOKING,
    BOT,
    CONFUSED,
    HANDOFF,
    NAME,
    Talk,
    folder,
)
from textback.core.when import HOUR, MINUTE
from textback.engine.arrivals import AgentReply, Complete, HandBack, Takeover
from textback.engine.effects import CancelTimers, Send

# Reactions


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('Liked "Repair on Monday?"', ["Booked."]),
        ("Loved “Repair on Monday?”", ["Booked."]),
        ('Reacted 👍 to "Repair on Monday?"', ["Booked."]),
        ('Disliked "Repair on Monday?"', ["What should I change? Reply 1 for Service, 2 for Day."]),
        ('Laughed at "Repair on Monday?"', []),
        ('Reacted 🤔 to "Repair on Monday?"', []),
    ],
)
def test_a_reaction_answers_a_confirmation_or_is_ignored(text: str, answer: list[str]) -> None:
    talk = Talk(BOOKING)
    talk.script("go", "repair", "Monday")
    assert talk.say(text) == answer
    assert talk.decided == "A reaction"


def test_a_reaction_to_anything_else_is_ignored_and_keeps_the_questions_timers() -> None:
    talk = Talk(NAME.replace("  text:", "  remind: {after: 4h}\n  text:"))
    talk.say("go")
    assert talk.say('Liked "Who is this?"') == []
    assert not [effect for effect in talk.turn.effects if isinstance(effect, CancelTimers)]
    assert talk.say("Ana") == ["Hello Ana."]


def test_a_reaction_out_of_the_blue_opens_no_episode() -> None:
    talk = Talk("- say: Hi.")
    talk.say("go")
    assert talk.say('Liked "Hi."') == []
    assert talk.state.episode.number == 1


# A person


@pytest.mark.parametrize("text", ["person", "AGENT", "can I talk to a real person please", "quiero hablar con alguien"])
@pytest.mark.parametrize("opening", [[], ["go"]])
def test_asking_for_a_person_always_works(text: str, opening: list[str]) -> None:
    talk = Talk(BOOKING)
    for one in opening:
        talk.say(one)
    assert talk.say(text) == [HANDOFF]
    assert talk.owner == "nobody"
    assert talk.event("escalated")["reason"] == "asked"
    assert (talk.state.session is not None) == bool(opening)


def test_a_choice_that_is_called_person_is_an_answer() -> None:
    talk = Talk("- ask: who\n  text: For whom?\n  choices: {person: A person, bike: A bike}\n- say: '{{ who }}.'")
    assert talk.script("go", "person") == ["A person."]


@pytest.mark.parametrize("text", ["go", "hello", "person", "yes", 'Liked "Hi."', ""])
@pytest.mark.parametrize("owner", ["nobody", "person"])
def test_the_bot_is_silent_until_it_is_handed_back(text: str, owner: str) -> None:
    talk = Talk(BOOKING)
    talk.script("go", "person")
    if owner == "person":
        talk.act(Takeover(*ANA))
    assert talk.say(text) == []
    assert talk.owner == owner
    assert talk.decided == "A person has it"
    assert talk.state.episode.status == "waiting_on_agent"


def test_taking_over_makes_the_person_the_owner_for_as_long_as_they_show_signs_of_life() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    assert talk.act(Takeover(*ANA)) == []
    assert (talk.owner, talk.state.owner.name) == ("person", "Ana")
    assert talk.timers == {"owner_idle": 10 * MINUTE}
    assert talk.event("taken_over")["from"] == "bot"
    talk.act(AgentReply(*ANA, text="Hi, Ana here.", message_id="x1"))
    assert talk.sent == ["Hi, Ana here."]
    assert talk.timers == {"owner_idle": 10 * MINUTE}


def test_owner_idle_of_the_bot_is_the_length_of_the_lease() -> None:
    talk = Talk(folder("- say: Hi.", BOT + "owner_idle: 2h\n"))
    talk.act(Takeover(*ANA))
    assert talk.timers == {"owner_idle": 2 * HOUR}


def test_a_reply_takes_the_conversation_and_is_the_persons_own() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    talk.act(AgentReply(*ANA, text="Hi, Ana here.", message_id="x1"))
    [sent] = [effect for effect in talk.turn.effects if isinstance(effect, Send)]
    assert (sent.author, sent.author_id, sent.author_name, sent.source) == ("person", "u1", "Ana", "desk")
    assert sent.message_id == "x1"
    assert talk.owner == "person"
    assert talk.state.episode.status == "waiting_on_customer"


@pytest.mark.parametrize(
    ("arrival", "kind"),
    [
        (Takeover(*BEN), "takeover_refused"),
        (AgentReply(*BEN, text="Hi.", message_id="x2"), "reply_refused"),
        (HandBack(*BEN), "hand_back_refused"),
        (Complete(*BEN), "complete_refused"),
    ],
)
def test_another_person_may_not_act_on_a_held_conversation(
    arrival: Takeover | AgentReply | HandBack | Complete, kind: str
) -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    talk.act(Takeover(*ANA))
    assert talk.act(arrival) == []
    assert talk.event(kind)["holder"] == "Ana"
    assert talk.state.owner.name == "Ana"


def test_another_person_may_take_over_by_force() -> None:
    talk = Talk(BOOKING)
    talk.act(Takeover(*ANA))
    talk.act(Takeover(*BEN, force=True))
    assert talk.state.owner.name == "Ben"
    assert talk.event("taken_over")["from_name"] == "Ana"


def test_an_idle_owner_loses_the_conversation_to_nobody_not_to_the_bot() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    talk.act(Takeover(*ANA))
    assert talk.fire("owner_idle") == []
    assert talk.owner == "nobody"
    assert talk.kinds == ["owner_idle", "episode_status"]
    assert talk.state.handoff is not None
    assert talk.state.handoff.stopped_at == "main.service"
    assert talk.say("repair") == []


def test_an_idle_timer_without_an_owner_does_nothing() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    before = talk.state
    assert talk.fire("owner_idle") == []
    assert talk.state == before


@pytest.mark.parametrize(
    ("mode", "at_once", "then"),
    [
        ("ask", ["What do you need? Reply 1 for Repair, 2 for Fitting."], ["Which day?"]),
        ("wait", [], ["Which day?"]),
        ("end", [], [CONFUSED]),
    ],
)
def test_handing_back_goes_on_as_the_person_chose(mode: str, at_once: list[str], then: list[str]) -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    talk.act(Takeover(*ANA))
    assert talk.act(HandBack(*ANA, mode=mode)) == at_once
    assert talk.owner == "bot"
    assert talk.event("handed_back")["mode"] == mode
    assert CancelTimers(("owner_idle",)) in talk.turn.effects
    assert talk.say("repair") == then


def test_a_text_after_a_hand_back_is_heard_even_where_the_flow_has_nothing_more_to_say() -> None:
    talk = Talk("- escalate: shop\n- end: sold")
    talk.say("go")
    talk.act(HandBack(*ANA, mode="wait"))
    assert talk.say("go") == [HANDOFF]
    assert "session_started" in talk.kinds


def test_handing_back_starts_the_questions_timers_again() -> None:
    talk = Talk(NAME.replace("  text:", "  remind: {after: 4h}\n  text:"))
    talk.say("go")
    talk.act(Takeover(*ANA))
    assert CancelTimers(("remind:name",)) in talk.turn.effects
    talk.act(HandBack(*ANA, mode="wait"))
    assert talk.timers == {"remind:name": 4 * HOUR}


def test_handing_back_what_the_bot_has_changes_nothing() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    before = talk.state
    assert talk.act(HandBack(*ANA, mode="end")) == []
    assert (talk.state, talk.kinds) == (before, [])


def test_anyone_may_hand_back_what_nobody_has() -> None:
    talk = Talk(BOOKING)
    talk.script("go", "person")
    assert talk.act(HandBack(*ANA, mode="ask")) == ["What do you need? Reply 1 for Repair, 2 for Fitting."]


def test_completing_ends_everything_and_the_bot_takes_the_next_text() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    talk.act(Takeover(*ANA))
    assert talk.act(Complete(*ANA)) == []
    assert (talk.owner, talk.state.session, talk.state.episode.status) == ("bot", None, "completed")
    assert talk.event("session_ended")["outcome"] == "closed"
    assert talk.say("go") == ["What do you need? Reply 1 for Repair, 2 for Fitting."]
    assert talk.state.episode.number == 2


def test_completing_twice_says_nothing_the_second_time() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    talk.act(Complete(*ANA))
    talk.act(Complete(*ANA))
    assert talk.kinds == []
