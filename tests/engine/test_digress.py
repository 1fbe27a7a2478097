"""Digressions: something else is answered, and the open question comes back."""

from tests.engine.talk import ANA, HANDOFF, NAME, SERVICE, Talk, flow, folder
from textback.core.when import DAY
from textback.engine.arrivals import Complete, Takeover
from textback.engine.load import load_bot

HOURS = flow("- say: Tue to Sat.", start="hours", name="hours")
QUOTE = flow("- ask: job\n  text: A price for what?\n- say: $20 for {{ job }}.", start="price", name="quote")
LONG = """
- ask: size
  text: We make two. Look at them first. Which size do you want?
- say: "Size {{ size }}."
"""
MENU = "What do you need? Reply 1 for Repair, 2 for Fitting."


def test_the_open_question_is_asked_again_behind_the_answer_to_another() -> None:
    talk = Talk(folder(SERVICE, hours=HOURS))
    talk.say("go")
    assert talk.say("hours") == ["Tue to Sat.", f"Back to where we were: {MENU}"]
    assert talk.kinds == ["session_parked", "session_started", "session_ended", "session_resumed"]
    assert talk.say("repair") == ["Repair it is."]


def test_it_is_asked_again_only_once() -> None:
    talk = Talk(folder(SERVICE, hours=HOURS))
    talk.script("go", "hours")
    assert talk.say("hours") == ["Tue to Sat."]
    assert talk.say("2") == ["Fitting it is."]


def test_it_is_asked_again_without_what_leads_up_to_it() -> None:
    talk = Talk(folder(LONG.replace("ask: size", "ask: size\n  id: size"), hours=HOURS))
    assert talk.script("go", "hours")[1] == "Back to where we were: Which size do you want?"


def test_its_timers_stop_meanwhile_and_start_again() -> None:
    steps = NAME.replace("text: Who is this?", "text: Who is this?\n  remind: {after: 4h}")
    talk = Talk(folder(steps, price=QUOTE))
    talk.script("go", "price")
    assert talk.timers == {}
    talk.script("a puncture", "yes")
    assert list(talk.timers) == ["remind:name"]


def test_after_a_longer_digression_it_is_offered_to_go_on() -> None:
    talk = Talk(folder(NAME, price=QUOTE))
    assert talk.script("go", "price") == ["A price for what?"]
    assert talk.say("a puncture") == ["$20 for a puncture.", "Shall we go on with main? Reply YES or NO."]
    assert talk.say("sure") == ["Who is this?"]
    assert talk.say("Ana") == ["Hello Ana."]


def test_the_offer_may_be_declined_and_the_session_has_ended() -> None:
    talk = Talk(folder(NAME, price=QUOTE))
    talk.script("go", "price", "a puncture")
    assert talk.say("no thanks") == ["OK, I've stopped that. Text us any time."]
    assert talk.event("session_ended")["outcome"] == "abandoned"
    assert (talk.state.parked, talk.state.offered, talk.state.episode.status) == ([], False, "completed")


def test_an_offer_that_gets_another_text_is_taken_back_and_go_on_still_goes_on() -> None:
    talk = Talk(folder(NAME, price=QUOTE, hours=HOURS))
    talk.script("go", "price", "a puncture")
    assert talk.say("hours")[0] == "Tue to Sat."
    talk.say("hours")
    assert talk.say("go on") == ["Who is this?"]


def test_a_flow_is_called_by_its_label() -> None:
    named = folder(NAME, price=QUOTE)
    named["flows/main.yml"] = named["flows/main.yml"].replace("start:", "label: your booking\nstart:")
    talk = Talk(named)
    assert talk.script("go", "price", "x")[1] == "Shall we go on with your booking? Reply YES or NO."


def test_the_same_flow_again_begins_again() -> None:
    talk = Talk(SERVICE)
    assert talk.script("go", "go") == [MENU]
    assert (talk.event("session_ended")["outcome"], talk.state.parked) == ("replaced", [])


def test_a_session_that_was_put_aside_a_day_ago_has_ended() -> None:
    talk = Talk(folder(NAME, price=QUOTE))
    talk.script("go", "price")
    talk.now += DAY + 1
    assert talk.say("a puncture") == ["$20 for a puncture."]
    assert [event.data["outcome"] for event in talk.turn.events if event.kind == "session_ended"] == [
        "abandoned",
        "completed",
    ]


def test_a_person_who_is_asked_for_meanwhile_gets_the_conversation_and_the_question_waits() -> None:
    asks = flow("- escalate: ''", start="boss", name="boss")
    talk = Talk(folder(NAME, boss=asks.replace("escalate: ''", "escalate: sales")))
    assert talk.script("go", "boss") == [HANDOFF]
    assert [session.flow for session in talk.state.parked] == ["main"]
    assert talk.owner == "nobody"


def test_a_person_who_closes_the_conversation_closes_what_was_put_aside() -> None:
    talk = Talk(folder(NAME, price=QUOTE))
    talk.script("go", "price")
    talk.act(Takeover(*ANA))
    talk.act(Complete(*ANA))
    assert (talk.state.parked, talk.state.episode.status) == ([], "completed")
    assert talk.kinds.count("session_ended") == 2


def test_a_parked_session_stays_on_its_version() -> None:
    talk = Talk(folder(NAME, price=QUOTE), version=1)
    talk.script("go", "price")
    talk.pinned = talk.bot
    talk.bot = load_bot(folder(NAME.replace("Hello", "Welcome"), price=QUOTE), version=2)
    assert talk.script("a puncture", "yes", "Ana") == ["Hello Ana."]


def test_no_more_than_three_wait() -> None:
    others = {f"f{n}": flow(f"- ask: v{n}\n  text: Q{n}?\n- say: A.", start=f"w{n}", name=f"f{n}") for n in range(5)}
    talk = Talk(folder(SERVICE, **others))
    talk.script("go", "w0", "w1", "w2")
    assert len(talk.state.parked) == 3
    talk.say("w3")
    assert [session.flow for session in talk.state.parked] == ["f0", "f1", "f2"]
    assert talk.event("session_ended")["flow"] == "main"
