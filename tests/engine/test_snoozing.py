"""Out of sight until later, and how urgent a conversation is: what turns do to both."""

import pytest

from tests.engine.talk import ANA, BEGIN, BEN, CONTACT, LINE, NAME, folder
from textback.core.evidence import Evidence
from textback.core.when import DAY, HOUR
from textback.engine.arrivals import (
    AgentReply,
    AnyArrival,
    Complete,
    ConsentChange,
    HandBack,
    Message,
    Reopen,
    SetPriority,
    Snooze,
    Takeover,
    TimerFired,
    Unsnooze,
)
from textback.engine.effects import CancelTimers, Event, SetTimer
from textback.engine.load import BotError, load_bot
from textback.engine.state import State, dump_state, load_state
from textback.engine.step import Turn
from textback.pipeline.decide import Standing, decide

LATER = BEGIN + 3 * HOUR


class Talk:
    """A conversation that goes through consent and engine, as a served one does."""

    def __init__(self, steps: str = NAME) -> None:
        self.bot = load_bot(folder(steps))
        self.state = State()
        self.now = BEGIN
        self.last: Turn

    def do(self, arrival: AnyArrival, after: int = 0) -> list[str]:
        """What happened."""
        self.now += after
        standing = Standing(False, {}, self.now)
        self.last = decide(self.bot, self.state, arrival, self.now, standing, session_id="s1")
        self.state = load_state(dump_state(self.last.state))
        return [event.kind for event in self.last.events]

    def say(self, text: str) -> list[str]:
        return self.do(Message(CONTACT, LINE, text, "p"))

    def timers(self) -> dict[str, int]:
        return {one.key: one.due_at for one in self.last.effects if isinstance(one, SetTimer)}

    def cancelled(self) -> set[str]:
        return {key for one in self.last.effects if isinstance(one, CancelTimers) for key in one.keys}


@pytest.fixture
def held() -> Talk:
    """A conversation that Ana has."""
    talk = Talk()
    talk.say("go")
    talk.do(Takeover(*ANA))
    return talk


def test_a_snooze_sets_its_timer_and_rests_the_lease(held: Talk) -> None:
    assert held.do(Snooze(*ANA, LATER)) == ["snoozed"]
    assert held.timers() == {"snooze": LATER}
    assert held.cancelled() == {"owner_idle"}
    assert held.state.snoozed is not None
    assert held.state.owner.user_id == "u1"


def test_it_comes_back_when_its_time_has_come_and_the_lease_begins_anew(held: Talk) -> None:
    held.do(Snooze(*ANA, LATER))
    assert held.do(TimerFired("snooze", LATER), 3 * HOUR) == ["unsnoozed"]
    assert held.state.snoozed is None
    assert held.state.back_at == held.now
    assert "owner_idle" in held.timers()
    assert "unsnoozed" not in held.do(AgentReply(*ANA, "Here again.", "m1"))
    assert held.state.back_at == 0


def test_the_timer_of_an_earlier_snooze_does_nothing(held: Talk) -> None:
    held.do(Snooze(*ANA, LATER))
    held.do(Snooze(*ANA, LATER + DAY))
    assert held.do(TimerFired("snooze", LATER), 3 * HOUR) == []
    assert held.state.snoozed is not None
    assert held.state.snoozed.until == LATER + DAY


def test_a_text_brings_it_back(held: Talk) -> None:
    held.do(Snooze(*ANA))
    assert held.timers() == {}
    assert "unsnoozed" in held.say("Still there?")
    assert held.state.snoozed is None
    assert "snooze" in held.cancelled()
    assert held.last.events[-1] == Event("unsnoozed", {"why": "text"})


@pytest.mark.parametrize(
    "act", [HandBack(*ANA, "wait"), Complete(*ANA), Takeover(*BEN, force=True), AgentReply(*ANA, "Hello.", "m1")]
)
def test_what_a_person_does_with_it_brings_it_back(held: Talk, act: AnyArrival) -> None:
    held.do(Snooze(*ANA, LATER))
    assert held.do(act)[-1] == "unsnoozed"
    assert held.state.snoozed is None


def test_only_whoever_has_it_may_snooze_it(held: Talk) -> None:
    assert held.do(Snooze(*BEN, LATER)) == ["snooze_refused"]
    assert held.state.snoozed is None


def test_what_is_over_or_past_is_not_snoozed(held: Talk) -> None:
    assert held.do(Snooze(*ANA, BEGIN - 1)) == ["snooze_refused"]
    held.do(Complete(*ANA))
    assert held.do(Snooze(*ANA, LATER)) == ["snooze_refused"]


def test_an_opt_out_that_forgets_all_timers_keeps_that_of_the_snooze(held: Talk) -> None:
    held.do(Snooze(*ANA, LATER))
    held.do(ConsentChange("opt_out", Evidence(method="person")))
    assert held.state.snoozed is not None
    assert held.timers()["snooze"] == LATER
    held.say("STOP")
    assert held.state.snoozed is None


def test_a_person_brings_it_back_before_its_time(held: Talk) -> None:
    held.do(Snooze(*ANA, LATER))
    assert held.do(Unsnooze(*BEN)) == ["unsnoozed"]
    assert held.state.snoozed is None
    assert "snooze" in held.cancelled()
    assert "owner_idle" in held.timers()
    assert held.do(Unsnooze(*BEN)) == []


def test_a_person_says_how_urgent_it_is_until_it_is_over(held: Talk) -> None:
    assert held.do(SetPriority(*BEN, "urgent")) == ["prioritised"]
    assert held.do(SetPriority(*BEN, "urgent")) == []
    held.say("Hello?")
    assert dump_state(held.state).count('"priority":"urgent"') == 1
    held.do(Complete(*ANA))
    assert held.state.priority == "normal"


def test_a_flow_says_how_urgent_it_is() -> None:
    talk = Talk("- priority: high\n- escalate: sales")
    assert "prioritised" in talk.say("go")
    assert talk.state.priority == "high"


def test_what_was_completed_is_opened_again_as_it_was(held: Talk) -> None:
    held.do(Complete(*ANA))
    assert held.do(Reopen(*ANA, "u1", "Ana", waiting=True))[0] == "reopened"
    assert (held.state.owner.kind, held.state.owner.user_id) == ("person", "u1")
    assert held.state.episode.status == "waiting_on_agent"


def test_nothing_is_opened_again_once_something_has_begun(held: Talk) -> None:
    held.do(Complete(*ANA))
    held.say("go")
    assert held.do(Reopen(*ANA, "u1", "Ana")) == []
    assert held.state.owner.kind == "bot"


def test_a_wrong_priority_is_a_mistake_in_the_flow() -> None:
    with pytest.raises(BotError, match="priority can't be 'soon'"):
        load_bot(folder("- priority: soon"))
