"""start: {event: NAME}: another program says that something happened, and the flow texts first."""

import pytest

from tests.engine.talk import ANA, SERVICE, Talk, flow, folder
from textback.core.when import HOUR
from textback.engine.arrivals import ApiEvent, Complete, HandBack, Takeover
from textback.engine.bot import Bot
from textback.engine.effects import Send
from textback.engine.load import check_bot, load_bot
from textback.engine.state import State
from textback.pipeline.conversations import read_conversations
from textback.pipeline.decide import Standing, decide
from textback.pipeline.judging import Coverage, judge

READY = """flow: ready
start: {event: bike_ready, class: informational}
vars: {how: choice}
steps:
  - say: "{{ bot.name }}: {{ event.data.bike }} is ready."
  - ask: how
    text: Will you pick it up?
    choices: {pick: Pick up, bring: Bring it}
    remind: {after: 4h, text: "Still there? {{ question }}"}
  - say: "Noted: {{ how }}, {{ event.name }}{{ event.data.none }}."
"""
TOLD = READY.partition("  - ask")[0]
BIKE = ApiEvent("bike_ready", {"bike": "Your Surly"}, "till")
IS_READY = "Harbor Cycle Works: Your Surly is ready."
ASKS = "Will you pick it up? Reply 1 for Pick up, 2 for Bring it."


def talking(ready: str = TOLD) -> Talk:
    return Talk(folder(SERVICE, ready=ready))


def classes(talk: Talk) -> list[str]:
    return [effect.message_class for effect in talk.turn.effects if isinstance(effect, Send)]


def test_the_event_starts_the_flow_which_can_read_its_data() -> None:
    talk = talking(READY)
    assert talk.act(BIKE) == [IS_READY, ASKS]
    assert classes(talk) == ["informational", "informational"]
    received = {"name": "bike_ready", "by": "till", "awaited": False, "starts": "ready"}
    assert talk.event("event_received") == received
    assert talk.state.episode.status == "waiting_on_customer"
    assert talk.say("1") == ["Noted: Pick up, bike_ready."]
    assert classes(talk) == ["conversational"]  # they have asked for this one
    assert talk.event("session_ended")["outcome"] == "completed"


def test_until_they_answer_nothing_is_an_answer() -> None:
    talk = talking(READY)
    talk.act(BIKE)
    assert talk.fire("remind:how") == [f"Still there? {ASKS}"]
    assert classes(talk) == ["informational"]


def test_a_class_of_its_own_stays() -> None:
    talk = talking(TOLD.replace('ready."', 'ready."\n    class: promotional'))
    talk.act(BIKE)
    assert classes(talk) == ["promotional"]


def test_an_open_question_is_still_open_afterwards() -> None:
    talk = talking()
    asked = talk.say("go")
    assert talk.act(BIKE) == [IS_READY]
    assert talk.state.session is not None
    assert talk.state.session.flow == "main"
    assert not talk.state.parked
    assert talk.say("repeat") == asked


def test_a_flow_that_asks_puts_the_open_question_aside() -> None:
    talk = talking(READY)
    talk.say("go")
    assert talk.act(BIKE) == [IS_READY, ASKS]
    assert talk.say("2")[0] == "Noted: Bring it, bike_ready."
    assert talk.state.offered


def test_while_a_person_has_it_it_waits_and_the_last_one_counts() -> None:
    talk = talking()
    talk.act(Takeover(*ANA))
    assert talk.act(ApiEvent("bike_ready", {"bike": "Your Brompton"})) == talk.act(BIKE) == []
    assert talk.act(HandBack(*ANA)) == [IS_READY]
    assert talk.act(Takeover(*ANA)) == talk.act(HandBack(*ANA)) == []


def test_a_person_who_closes_it_has_seen_it() -> None:
    talk = talking()
    talk.act(Takeover(*ANA))
    talk.act(BIKE)
    assert talk.act(Complete(*ANA)) == []
    assert talk.state.happened is None


def test_a_flow_that_waits_for_the_event_comes_first() -> None:
    waiting = flow("- wait: {event: bike_ready, for: 2d}\n- say: At last.", start="wait", name="waiting")
    talk = Talk(folder(SERVICE, ready=TOLD, waiting=waiting))
    talk.say("wait")
    assert talk.act(BIKE) == ["At last."]
    assert talk.act(BIKE) == [IS_READY]


def test_nothing_begins_for_somebody_who_has_opted_out() -> None:
    bot: Bot = load_bot(folder(SERVICE, ready=READY))
    turn = decide(bot, State(), BIKE, HOUR, Standing(True, {}, HOUR), session_id="s1")
    assert turn.effects == []
    assert turn.state.session is None


@pytest.mark.parametrize(
    ("start", "what"),
    [
        ("{event: bike_ready}", "so it must say what its texts are"),
        ("{event: bike_ready, class: conversational}", "class can't be 'conversational'"),
        ("{event: Bike Ready, class: informational}", "event can't be 'Bike Ready'"),
        ("{keywords: [ready], class: informational}", "belongs to an event"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(start: str, what: str) -> None:
    ready = TOLD.replace("{event: bike_ready, class: informational}", start)
    found = [one for one in check_bot(folder(SERVICE, ready=ready)) if one.level == "error" and what in one.message]
    assert [(one.file, one.line) for one in found] == [("flows/ready.yml", 2)]
    assert found[0].fix


def test_an_event_starts_one_flow_only() -> None:
    found = check_bot(folder(SERVICE, ready=TOLD, other=TOLD.replace("flow: ready", "flow: other")))
    assert any("also starts the flow" in one.message for one in found if one.level == "error")


GOLDEN = """
conversation: the bike is ready
turns:
  - event: {name: bike_ready, data: {bike: Your Surly}}
  - out: ["Harbor Cycle Works: Your Surly is ready.", "Will you pick it up? Reply 1 for Pick up, 2 for Bring it."]
  - after: 4h
  - out: "Still there? Will you pick it up? Reply 1 for Pick up, 2 for Bring it."
  - in: pick up
  - out: {contains: Pick up, outcome: completed}
"""


def test_a_golden_conversation_begins_with_it() -> None:
    bot = load_bot({"bot.yml": folder(SERVICE)["bot.yml"], "flows/ready.yml": READY})
    conversations, problems = read_conversations({"tests/ready.yml": GOLDEN}, bot)
    assert problems == []
    coverage = Coverage(bot)
    (verdict,) = [judge(bot, one, coverage) for one in conversations]
    assert verdict.passed
