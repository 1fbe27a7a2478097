"""What programs do to a conversation: hand it to people, start a flow, change what is known of the contact."""

import pytest

from tests.engine.talk import ANA, HANDOFF, NAME, SERVICE, Talk, flow, folder
from textback.core.when import HOUR
from textback.engine.arrivals import AgentReply, ContactChange, HandBack, HandOver, StartFlow, Takeover
from textback.engine.effects import CancelTimers, Send
from textback.engine.load import load_bot
from textback.engine.programs import MOST_FIELDS
from textback.engine.state import State
from textback.pipeline.decide import Standing, decide

TILL = ("k1", "till")
OVER = HandOver(*TILL, "Wants to change an order", "shop", "Can I have the blue one?")
GREET = flow(
    "- ask: name\n  text: Who is this?\n- ask: size\n  text: Which size?\n- say: '{{ name }} wants {{ size }}.'",
    start="greet",
    name="greet",
)


def talking() -> Talk:
    return Talk(folder(SERVICE, greet=GREET))


def classes(talk: Talk) -> list[str]:
    return [effect.message_class for effect in talk.turn.effects if isinstance(effect, Send)]


def test_a_program_asks_for_a_person_who_sees_what_was_said_so_far() -> None:
    talk = talking()
    talk.say("greet")
    talk.say("Ben")
    assert talk.act(OVER) == [HANDOFF]
    state = talk.state
    assert (state.owner.kind, state.episode.status) == ("nobody", "waiting_on_agent")
    assert state.handoff is not None
    assert (state.handoff.reason, state.handoff.queue, state.handoff.ask) == (OVER.reason, "shop", OVER.ask)
    assert (state.handoff.collected, state.handoff.stopped_at) == ({"name": "Ben"}, "greet.size")
    assert talk.act(HandBack(*ANA, "ask")) == ["Which size?"]


@pytest.mark.parametrize(("text", "said"), [("", []), ("One moment.", ["One moment."]), (None, [HANDOFF])])
def test_the_program_says_what_the_contact_is_told(text: str | None, said: list[str]) -> None:
    assert talking().act(HandOver(*TILL, "x", text=text)) == said


def test_who_is_asked_for_already_is_not_asked_for_again() -> None:
    talk = talking()
    talk.act(OVER)
    assert talk.act(HandOver(*TILL, "again")) == []
    assert talk.state.handoff is not None
    assert talk.state.handoff.reason == OVER.reason


def test_a_program_that_has_it_hands_it_on_and_takes_it_from_no_person() -> None:
    talk = talking()
    talk.act(Takeover(*TILL))
    assert talk.act(OVER) == [HANDOFF]
    assert CancelTimers(("owner_idle",)) in talk.turn.effects
    talk.act(AgentReply(*ANA, "Hello", "m1"))
    assert talk.act(OVER) == []
    assert talk.event("hand_over_refused")["holder"] == "Ana"
    assert talk.state.owner.name == "Ana"


def test_a_program_starts_a_flow_whose_texts_nobody_has_asked_for() -> None:
    talk = talking()
    assert talk.act(StartFlow("till", "greet", "informational")) == ["Who is this?"]
    assert classes(talk) == ["informational"]
    assert talk.state.episode.status == "waiting_on_customer"
    talk.say("Ben")
    assert classes(talk) == ["conversational"]


def test_a_flow_begins_at_a_step_with_what_the_program_knows() -> None:
    talk = talking()
    assert talk.act(StartFlow("till", "greet", "informational", "size", {"name": "Ben"})) == ["Which size?"]
    assert talk.say("large") == ["Ben wants large."]


def test_what_was_open_is_there_again_when_the_flow_is_over() -> None:
    talk = talking()
    talk.say("go")
    talk.act(StartFlow("till", "greet", "informational", "size", {"name": "Ben"}))
    talk.say("large")
    assert talk.state.offered


@pytest.mark.parametrize(("flow_", "step"), [("none", ""), ("greet", "none")])
def test_a_flow_or_step_that_is_gone_is_refused(flow_: str, step: str) -> None:
    talk = talking()
    assert talk.act(StartFlow("till", flow_, "informational", step)) == []
    assert talk.event("flow_refused") == {"flow": flow_, "by": "till", "why": "no_flow"}


def test_nothing_begins_while_a_person_has_it_or_they_have_opted_out() -> None:
    talk = talking()
    talk.act(Takeover(*ANA))
    assert talk.act(StartFlow("till", "greet", "informational")) == []
    assert talk.event("flow_refused")["why"] == "held"
    bot = load_bot(folder(NAME))
    turn = decide(
        bot, State(), StartFlow("till", "main", "informational"), HOUR, Standing(True, {}, HOUR), session_id="s"
    )
    assert (turn.effects, turn.state.session, turn.events[0].data["why"]) == ([], None, "opted_out")


def test_fields_and_tags_change_in_order_and_the_record_has_no_values() -> None:
    talk = talking()
    talk.act(ContactChange("crm", {"bike": "Surly", "age": 3}, tag=("vip", "late"), name="Ana"))
    assert talk.state.fields == {"bike": "Surly", "age": 3, "name": "Ana"}
    assert talk.state.tags == ["late", "vip"]
    assert talk.event("contact_changed") == {"by": "crm", "fields": ["age", "bike", "name"]}
    talk.act(ContactChange("crm", {"bike": None}, tags=("vip", "new")))
    assert talk.state.fields == {"age": 3, "name": "Ana"}
    assert talk.state.tags == ["new", "vip"]
    assert (talk.event("tagged")["tags"], talk.event("untagged")["tags"]) == (["new"], ["late"])
    talk.act(ContactChange("crm", {"age": 3}, untag=("late",), name=""))
    assert talk.event("contact_changed")["fields"] == ["name"]
    assert (talk.state.fields, talk.state.tags) == ({"age": 3}, ["new", "vip"])


def test_a_change_that_changes_nothing_is_not_in_the_record() -> None:
    talk = talking()
    talk.act(ContactChange("crm", {"bike": "Surly"}, tag=("vip",)))
    talk.act(ContactChange("crm", {"bike": "Surly", "none": None}, tag=("vip",)))
    assert talk.kinds == []


def test_flows_read_what_a_program_has_said() -> None:
    talk = Talk("- say: Hello {{ contact.name }}{% if 'vip' in contact.tags %}, dear guest{% endif %}.")
    talk.act(ContactChange("crm", name="Ana", tag=("vip",)))
    assert talk.say("go") == ["Hello Ana, dear guest."]


def test_too_much_is_refused_whole() -> None:
    talk = talking()
    talk.act(ContactChange("crm", {f"f{n}": n for n in range(MOST_FIELDS)}, tag=("vip",)))
    talk.act(ContactChange("crm", {"more": 1}, tag=("late",)))
    assert talk.event("contact_refused") == {"by": "crm", "why": "fields", "most": MOST_FIELDS}
    assert talk.state.tags == ["vip"]
    talk.act(ContactChange("crm", tag=tuple(f"t{n}" for n in range(50))))
    assert talk.event("contact_refused")["why"] == "tags"
    talk.act(ContactChange("crm", {"f0": None, "more": 1}))
    assert "more" in talk.state.fields
