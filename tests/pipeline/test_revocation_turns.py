"""What a conversation does with an opt-out in other words, and what only may be one (D4, O3, O4, O6, O10)."""

import msgspec
import pytest

from tests.engine.talk import BOT, flow
from textback.compliance.consent import CONFIRM_WITHIN
from textback.engine.arrivals import Complete, HandBack, Message, SettleOptOut, Takeover
from textback.engine.effects import CancelQueued, RecordConsent, Send
from textback.engine.load import load_bot
from textback.engine.state import State
from textback.engine.step import Turn
from textback.pipeline.decide import Standing, decide

NOW = 1_800_000_000_000
FLOW = flow("- ask: note\n  text: What is your complaint?\n- say: Thanks")
TALK = load_bot({"bot.yml": BOT, "flows/main.yml": FLOW})


def hears(state: State, text: str, at: int = NOW) -> Turn:
    arrival = Message("+12065550123", "+12065550100", text, f"m{at}")
    return decide(TALK, state, arrival, at, Standing(False, {}, at), session_id="s")


def settles(state: State, opted_out: bool, at: int = NOW) -> Turn:
    return decide(TALK, state, SettleOptOut("u1", "Ana", opted_out), at, Standing(False, {}, at), session_id="s")


def kinds(turn: Turn) -> list[str]:
    return [event.kind for event in turn.events]


def texts(turn: Turn) -> list[str]:
    return [effect.text for effect in turn.effects if isinstance(effect, Send)]


def test_a_clear_one_opts_out_in_the_middle_of_a_flow() -> None:
    asked = hears(State(), "go")
    assert asked.state.session is not None
    turn = hears(asked.state, "you are rude. stop texting me")
    assert any(isinstance(effect, RecordConsent) and effect.matched_by == "rule" for effect in turn.effects)
    assert any(isinstance(effect, CancelQueued) for effect in turn.effects)
    assert turn.state.session is None
    assert len(texts(turn)) == 1
    assert "unsubscribed" in texts(turn)[0]
    assert turn.state.owner.kind == "bot"


def test_what_else_they_ask_waits_for_a_person() -> None:
    turn = hears(State(), "Stop texting me. Also where is my refund?")
    assert "opted_out" in kinds(turn)
    assert turn.state.owner.kind == "nobody"
    assert turn.state.handoff is not None
    assert (turn.state.handoff.reason, turn.state.handoff.ask) == (
        "opted_out_asked",
        "Stop texting me. Also where is my refund?",
    )
    assert turn.state.episode.status == "waiting_on_agent"


@pytest.mark.parametrize("text", ["wrong number", "Wrong person, quit texting me", "número equivocado"])
def test_d4_somebody_else_who_has_the_number_is_opted_out_and_a_person_looks(text: str) -> None:
    turn = hears(State(), text)
    assert [one.rule for one in turn.effects if isinstance(one, RecordConsent)] == ["D4"]
    assert len(texts(turn)) == 1
    assert turn.state.owner.kind == "nobody"
    assert turn.state.handoff is not None
    assert (turn.state.handoff.reason, turn.state.handoff.ask) == ("wrong_person", text)
    assert turn.state.episode.status == "waiting_on_agent"


def test_an_unsure_one_says_nothing_and_asks_for_a_person() -> None:
    turn = hears(State(), "who gave you my number")
    assert texts(turn) == []
    assert turn.state.opt_out_unsure == NOW
    assert turn.state.owner.kind == "nobody"
    assert turn.state.handoff is not None
    assert turn.state.handoff.reason == "opt_out_unsure"
    assert "opt_out_unsure" in kinds(turn)
    assert not any(isinstance(effect, RecordConsent) for effect in turn.effects)


def test_an_unsure_one_to_a_person_is_flagged() -> None:
    taken = decide(TALK, State(), Takeover("u1", "Ana"), NOW, Standing(False, {}, NOW), session_id="s").state
    turn = hears(taken, "who gave you my number")
    assert turn.state.owner.kind == "person"
    assert turn.state.opt_out_unsure == NOW


def test_a_person_says_that_they_opted_out() -> None:
    held = hears(State(), "who gave you my number").state
    turn = settles(held, True, NOW + 1000)
    consent = [effect for effect in turn.effects if isinstance(effect, RecordConsent)]
    assert [(effect.change, effect.rule, effect.matched_by) for effect in consent] == [("opt_out", "O10", "human")]
    assert turn.state.opt_out_unsure == 0
    assert len(texts(turn)) == 1
    assert texts(settles(held, True, NOW + CONFIRM_WITHIN)) == []  # O7: in time or not at all


def test_a_person_says_that_they_did_not() -> None:
    held = hears(State(), "who gave you my number").state
    turn = settles(held, False)
    assert turn.effects == []
    assert turn.state.opt_out_unsure == 0
    assert kinds(turn) == ["opt_out_settled"]
    assert settles(turn.state, True).effects == []  # nothing is left to settle


def test_whoever_returns_or_completes_it_has_seen_the_text() -> None:
    held = hears(State(), "who gave you my number").state
    for act in (HandBack("u1", "Ana"), Complete("u1", "Ana")):
        turn = decide(TALK, held, act, NOW, Standing(False, {}, NOW), session_id="s")
        assert turn.state.opt_out_unsure == 0
        assert "opt_out_settled" in kinds(turn)


def test_stop_and_start_settle_it_too() -> None:
    held = hears(State(), "who gave you my number").state
    assert hears(held, "STOP").state.opt_out_unsure == 0
    assert hears(held, "HELP").state.opt_out_unsure == NOW


def test_an_older_state_still_loads() -> None:
    assert msgspec.json.decode(b"{}", type=State).opt_out_unsure == 0
