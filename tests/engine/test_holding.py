"""Who has a conversation among people: assigning, asking, keeping, and giving it back where one wants."""

import pytest

from tests.engine.talk import ANA, BEN, BOOKING, NAME, Talk, folder
from textback.core.when import MINUTE
from textback.engine.arrivals import AgentReply, AskFor, Assign, HandBack, Note, Renew, Takeover
from textback.engine.effects import CancelQueued, CancelTimers

BACK = "The automated assistant answers you again from here on."


def held() -> Talk:
    talk = Talk(BOOKING)
    talk.script("go", "repair")
    talk.act(Takeover(*ANA))
    return talk


def test_taking_it_from_the_bot_withdraws_what_the_bot_has_queued() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    talk.act(Takeover(*ANA))
    assert CancelQueued("taken", "bot") in talk.turn.effects
    talk.act(Takeover(*BEN, force=True))
    assert not [one for one in talk.turn.effects if isinstance(one, CancelQueued)], "Ana's own texts must go"


def test_writing_hushes_the_bot_as_taking_over_does() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    talk.act(AgentReply(*ANA, "Ana here.", "x1"))
    assert CancelQueued("taken", "bot") in talk.turn.effects
    assert talk.say("repair") == []


def test_a_colleague_is_given_it_and_has_to_look() -> None:
    talk = held()
    assert talk.act(Assign(*ANA, *BEN)) == []
    assert (talk.owner, talk.state.owner.name) == ("person", "Ben")
    assert talk.state.episode.status == "waiting_on_agent"
    assert talk.timers == {"owner_idle": 10 * MINUTE}
    assert talk.event("assigned")["to_name"] == "Ben"
    assert talk.state.handoff is not None
    assert talk.state.handoff.collected == {"service": "repair"}


def test_a_queue_is_given_it_and_nobody_has_it() -> None:
    talk = held()
    talk.act(Assign(*ANA, queue="billing"))
    assert (talk.owner, talk.state.episode.status) == ("nobody", "waiting_on_agent")
    assert talk.state.handoff is not None
    assert (talk.state.handoff.reason, talk.state.handoff.queue) == ("assigned", "billing")
    assert CancelTimers(("owner_idle",)) in talk.turn.effects
    assert talk.say("hello?") == []


def test_what_the_bot_said_of_the_handoff_stays_when_it_is_passed_on() -> None:
    talk = Talk(BOOKING)
    talk.script("go", "person")
    talk.act(Assign(*ANA, *BEN))
    assert talk.state.handoff is not None
    assert talk.state.handoff.reason == "asked"


def test_an_assignment_that_is_taken_back_leaves_no_queue_where_there_was_none() -> None:
    talk = Talk(BOOKING)
    talk.script("go", "person")
    talk.act(Assign(*ANA, queue="billing"))
    talk.act(Assign(*ANA, force=True, undo="queue"))
    assert talk.state.handoff is not None
    assert (talk.state.handoff.queue, talk.state.handoff.reason, talk.owner) == ("", "asked", "nobody")
    talk.act(Assign(*ANA, queue="billing"))
    talk.act(Assign(*ANA, force=True))
    assert talk.state.handoff.queue == "billing", "whoever comes first, of those who had it"


@pytest.mark.parametrize("to", [ANA, BEN])
def test_who_had_taken_it_from_the_bot_has_it_back_without_a_hand_over(to: tuple[str, str]) -> None:
    talk = Talk(BOOKING)
    talk.script("go", "repair")
    talk.act(Takeover(*to))
    talk.act(Assign(*to, queue="billing"))
    talk.act(Assign(*ANA, *to, force=True, undo="handoff"))
    assert (talk.owner, talk.state.owner.user_id, talk.state.handoff) == ("person", to[0], None)


def test_only_who_has_it_gives_it_away_unless_it_is_forced() -> None:
    talk = held()
    talk.act(Assign(*BEN, queue="billing"))
    assert (talk.owner, talk.state.owner.name) == ("person", "Ana")
    assert talk.event("assign_refused")["holder"] == "Ana"
    talk.act(Assign(*BEN, to_id="u3", to_name="Cleo", force=True))
    assert talk.state.owner.name == "Cleo"
    assert talk.event("assigned")["from_name"] == "Ana"


def test_giving_it_to_oneself_is_taking_over() -> None:
    talk = Talk(BOOKING)
    talk.say("go")
    talk.act(Assign(*ANA, *ANA))
    assert talk.kinds[-2:] == ["taken_over", "episode_status"] or "taken_over" in talk.kinds
    assert talk.state.owner.name == "Ana"


def test_asking_for_it_tells_who_has_it_and_changes_nothing_else() -> None:
    talk = held()
    talk.act(AskFor(*BEN))
    assert talk.state.owner.name == "Ana"
    assert talk.state.asker is not None
    assert (talk.state.asker.name, talk.state.asker.of) == ("Ben", "u1")
    talk.act(AskFor(*ANA))
    assert talk.state.asker is not None
    assert talk.state.asker.name == "Ben"


@pytest.mark.parametrize("who", [ANA, BEN])
def test_only_a_sign_of_life_of_who_has_it_renews_the_lease(who: tuple[str, str]) -> None:
    talk = held()
    talk.act(Renew(*who))
    assert talk.timers == ({"owner_idle": 10 * MINUTE} if who == ANA else {})
    assert talk.kinds == []


def test_a_lease_that_ends_leaves_it_waiting_and_never_to_the_bot() -> None:
    talk = held()
    talk.fire("owner_idle")
    assert (talk.owner, talk.state.episode.status) == ("nobody", "waiting_on_agent")
    assert talk.say("tuesday") == []


def test_a_note_is_in_the_record_and_never_sent() -> None:
    talk = held()
    assert talk.act(Note(*BEN, "One sensor in stock.", "n1", ("u1",))) == []
    assert talk.event("noted") == {
        "user": "u2", "name": "Ben", "text": "One sensor in stock.", "note": "n1", "mentions": ["u1"],
    }  # fmt: skip
    assert talk.state.owner.name == "Ana"


def test_a_note_opens_no_episode_and_does_not_hush_the_bot() -> None:
    talk = Talk(BOOKING)
    talk.act(Note(*BEN, "They called.", "n1"))
    assert talk.state.episode.number == 0
    assert talk.say("go") == ["What do you need? Reply 1 for Repair, 2 for Fitting."]


def test_the_bot_carries_on_at_the_step_that_was_chosen() -> None:
    talk = held()
    assert talk.act(HandBack(*ANA, "step", "service")) == ["What do you need? Reply 1 for Repair, 2 for Fitting."]
    assert talk.owner == "bot"
    assert talk.event("handed_back")["step"] == "service"
    assert talk.script("fitting", "Monday") == ["Fitting on Monday?"]


@pytest.mark.parametrize("step", ["", "nowhere"])
def test_a_step_that_the_flow_has_not_is_refused_and_the_person_keeps_it(step: str) -> None:
    talk = held()
    assert talk.act(HandBack(*ANA, "step", step)) == []
    assert talk.owner == "person"
    assert talk.event("hand_back_refused")["why"] == "no_step"


@pytest.mark.parametrize(
    ("mode", "says"), [("ask", f"{BACK} Which day?"), ("wait", BACK), ("end", BACK)]
)  # fmt: skip
def test_the_contact_is_told_that_a_program_answers_again_where_that_is_ticked(mode: str, says: str) -> None:
    talk = held()
    assert talk.act(HandBack(*ANA, mode, tell=True)) == [says]


def test_they_are_told_in_their_language() -> None:
    talk = Talk(folder("- say: Hi.", "bot: Shop\nlocales: [en, es]\n"))
    talk.state.fields["locale"] = "es"
    talk.act(Takeover(*ANA))
    assert talk.act(HandBack(*ANA, "wait", tell=True)) == ["Desde ahora le responde de nuevo el asistente virtual."]


def test_two_tabs_of_one_person_send_one_answer() -> None:
    talk = Talk(NAME)
    talk.say("go")
    assert talk.act(AgentReply(*ANA, "Hi, Ana here.", "x1", after="")) == ["Hi, Ana here."]
    assert talk.act(AgentReply(*ANA, "Hi, Ana here.", "x2", after="")) == []
    assert talk.event("reply_refused")["why"] == "answered"
    assert talk.act(AgentReply(*ANA, "And one more thing.", "x3", after="x1")) == ["And one more thing."]
    assert talk.act(AgentReply(*ANA, "A program does not look.", "x4")) == ["A program does not look."]
