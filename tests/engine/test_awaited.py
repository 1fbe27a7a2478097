"""wait for an event: it comes, it does not, it comes at another moment; and waiting while something else goes on."""

import pytest

from tests.engine.talk import ANA, BEGIN, CONTACT, LINE, SERVICE, Talk, flow, folder
from textback.core.when import DAY, HOUR, MINUTE
from textback.engine.arrivals import ApiEvent, HandBack, Message, Takeover
from textback.engine.load import check_bot, load_bot
from textback.pipeline.conversations import read_conversations
from textback.pipeline.judging import Coverage, judge
from textback.pipeline.rehearse import Rehearsal

PAYING = """
- say: Please pay.
- id: payment
  wait:
    event: paid
    for: 2d
    else: [{say: Another time.}, {end: unpaid}]
- say: "Thanks for ${{ event.data.amount }}{% if event.data.by.name %}, {{ event.data.by.name }}{% endif %}."
- end: paid
"""
PAID = ApiEvent("paid", {"amount": "40", "by": {"name": "Ana"}}, "till")
HOURS = flow("- say: Tue to Sat.", start="hours", name="hours")
NAME = flow("- ask: name\n  text: Who is this?\n- say: Hello {{ name }}.", start="name", name="hello")
LATER = flow("- say: Soon.\n- id: pause\n  wait: {for: 2h, reply: keep}\n- say: Now.", start="later", name="later")


def paying() -> Talk:
    talk = Talk(folder(PAYING, hours=HOURS, hello=NAME, later=LATER))
    assert talk.say("go") == ["Please pay."]
    return talk


def where(talk: Talk) -> tuple[str, bool]:
    session = talk.state.session
    return (session.flow, session.sleeping) if session else ("", False)


def test_the_event_lets_the_flow_go_on_and_its_data_can_be_read() -> None:
    talk = paying()
    assert talk.timers == {"wait:payment": 2 * DAY}
    assert talk.act(PAID) == ["Thanks for $40, Ana."]
    assert talk.event("event_received") == {"name": "paid", "by": "till", "awaited": True}
    assert talk.event("session_ended")["outcome"] == "paid"


def test_what_the_data_does_not_have_is_empty() -> None:
    assert paying().act(ApiEvent("paid")) == ["Thanks for $."]


def test_without_the_event_it_goes_on_at_else() -> None:
    talk = paying()
    assert talk.fire("wait:payment") == ["Another time."]
    assert talk.event("session_ended")["outcome"] == "unpaid"
    assert talk.act(PAID) == []


def test_without_an_else_it_goes_on_all_the_same_and_can_tell() -> None:
    paid = "- wait: {event: paid, for: 2d}\n- say: 'Paid: {{ event.name }}.'\n"
    talk = Talk(f"{paid}- say: Bye.\n  if: not event.data.amount and event.data.by.name == ''\n")
    talk.say("go")
    assert talk.fire("wait:1") == ["Paid: .", "Bye."]


@pytest.mark.parametrize("event", [ApiEvent("shipped"), ApiEvent("paid_back")])
def test_an_event_that_nobody_waits_for_is_in_the_record_and_changes_nothing(event: ApiEvent) -> None:
    talk = paying()
    before = talk.state
    assert talk.act(event) == []
    assert talk.event("event_received")["awaited"] is False
    assert talk.state == before
    stranger = Talk(PAYING)
    assert stranger.act(PAID) == []
    assert stranger.kinds == ["event_received"]


def test_a_text_is_not_the_event() -> None:
    talk = paying()
    assert talk.say("I have paid")[0].startswith("Sorry, I didn't understand")
    assert where(talk) == ("main", True)
    assert talk.act(PAID) == ["Thanks for $40, Ana."]


def test_a_flow_that_is_started_meanwhile_is_answered_and_it_waits_on() -> None:
    talk = paying()
    assert talk.say("hours") == ["Tue to Sat."]
    assert where(talk) == ("main", True)
    assert talk.timers == {"wait:payment": 2 * DAY - MINUTE}
    assert talk.act(PAID) == ["Thanks for $40, Ana."]


def test_a_flow_that_asks_puts_it_aside_and_it_comes_back_without_a_word() -> None:
    talk = paying()
    assert talk.say("name") == ["Who is this?"]
    assert [one.flow for one in talk.state.parked] == ["main"]
    assert talk.say("Ben") == ["Hello Ben."]
    assert where(talk) == ("main", True)
    assert talk.timers == {"wait:payment": 2 * DAY - 2 * MINUTE}


def test_an_event_that_comes_while_it_is_aside_counts_when_it_is_back() -> None:
    talk = paying()
    talk.say("name")
    assert talk.act(PAID) == []
    assert talk.event("event_received")["awaited"] is True
    assert talk.say("Ben") == ["Hello Ben.", "Thanks for $40, Ana."]
    assert talk.state.session is None


def test_a_time_that_is_over_while_it_is_aside_counts_when_it_is_back() -> None:
    talk = paying()
    talk.say("name")
    talk.now += 3 * DAY
    assert talk.say("Ben") == ["Hello Ben.", "Another time."]


def test_it_comes_back_too_when_the_other_flow_is_given_up() -> None:
    talk = paying()
    talk.say("name")
    assert len(talk.say("never mind")) == 1
    assert where(talk) == ("main", True)


def test_two_that_wait_come_back_one_after_the_other() -> None:
    talk = paying()
    assert talk.say("later") == ["Soon."]
    assert (where(talk), [one.flow for one in talk.state.parked]) == (("later", True), ["main"])
    assert talk.act(PAID) == []
    assert talk.fire("wait:pause") == ["Now.", "Thanks for $40, Ana."]


def test_the_same_flow_begins_again() -> None:
    talk = paying()
    assert talk.say("go") == ["Please pay."]
    assert talk.state.parked == []


def test_while_a_person_has_it_the_event_is_kept_for_the_bot() -> None:
    talk = paying()
    talk.act(Takeover(*ANA))
    assert talk.act(PAID) == []
    assert talk.act(HandBack(*ANA, "ask")) == ["Thanks for $40, Ana."]


@pytest.mark.parametrize("mode", ["ask", "wait"])
def test_handed_back_before_the_event_it_waits_on(mode: str) -> None:
    talk = paying()
    talk.act(Takeover(*ANA))
    assert talk.act(HandBack(*ANA, mode)) == []
    assert talk.timers == {"wait:payment": 2 * DAY - 2 * MINUTE}
    assert talk.act(PAID) == ["Thanks for $40, Ana."]


def test_a_stop_forgets_what_waits() -> None:
    rehearsal = Rehearsal(load_bot(folder(PAYING)), BEGIN)
    rehearsal.text("go")
    rehearsal.text("STOP")
    assert rehearsal.happen(PAID).said == []
    assert rehearsal.state.session is None


def test_what_came_may_be_kept_in_a_variable() -> None:
    kept = '{all: "{{ event.data }}", contact.amount: "{{ event.data.amount }}", none: "{{ event.data.x }}"}'
    talk = Talk(f"- wait: {{event: paid, for: 1h}}\n- set: {kept}\n- ask: ok\n  text: OK?\n")
    talk.say("go")
    talk.act(PAID)
    assert talk.vars["none"] == ""
    assert talk.vars["all"] == {"amount": "40", "by": {"name": "Ana"}}
    assert talk.state.fields == {"amount": "40"}
    assert talk.timers == {}


def test_texts_of_this_kind_do_not_reach_the_engine_as_events() -> None:
    talk = paying()
    assert talk.act(Message(CONTACT, LINE, "paid", "m1"))[0].startswith("Sorry")


@pytest.mark.parametrize(
    ("wait", "says"),
    [
        ("{event: paid}", "wait needs either `for` or `until`."),
        ("{event: Paid!, for: 1h}", "event can't be 'Paid!'."),
        ("{event: paid, for: 1h, reply: go_on}", "A text is not the event, so it can't go on."),
        ("{for: 1h, else: end}", "else is for an event that does not come."),
    ],
)
def test_what_can_not_be_meant_is_said(wait: str, says: str) -> None:
    [problem] = [one for one in check_bot(folder(f"- wait: {wait}\n- say: Hi.")) if one.level == "error"]
    assert (problem.message, bool(problem.fix)) == (says, True)


def test_event_is_no_name_for_a_variable_and_nothing_where_none_is_awaited() -> None:
    messages = [one.message for one in check_bot(folder("- ask: event\n  text: Hm?\n- say: '{{ event }}'"))]
    assert "A variable can't be called 'event'." in messages
    assert "There is no variable 'event' here." in [one.message for one in check_bot(folder("- say: '{{ event }}'"))]


CONVERSATIONS = """
- conversation: paid in time
  turns:
    - in: go
    - out: Please pay.
    - event: shipped
    - out: []
    - event: {name: paid, data: {amount: 40, by: {name: Ana}}}
    - out: {text: "Thanks for $40, Ana.", outcome: paid}
- conversation: too late
  turns:
    - in: go
    - after: 2d
    - out: {contains: Another time, outcome: unpaid}
"""


def test_conversation_tests_can_let_an_event_happen() -> None:
    bot = load_bot(folder(PAYING))
    found, problems = read_conversations({"tests/a.yml": CONVERSATIONS}, bot)
    assert problems == []
    coverage = Coverage(bot)
    assert [judge(bot, one, coverage).passed for one in found] == [True, True]
    assert coverage.missing == []


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ("{data: {a: 1}}", "This event has no name."),
        ("{name: paid, data: 40}", "data must have names with values."),
        ("Paid!", "The name of an event can't be 'Paid!'."),
    ],
)
def test_what_is_wrong_with_an_event_in_a_test_is_said(event: str, says: str) -> None:
    text = f"conversation: x\nturns:\n  - event: {event}\n"
    assert [one.message for one in read_conversations({"tests/a.yml": text}, load_bot(folder(SERVICE)))[1]] == [says]


def test_a_day_aside_does_not_end_what_waits_for_longer() -> None:
    talk = paying()
    talk.say("name")
    talk.now += DAY + HOUR
    talk.say("Ben")
    assert talk.act(PAID) == ["Thanks for $40, Ana."]
