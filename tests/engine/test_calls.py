"""Asking other systems: a flow waits for what they say, while the conversation goes on."""

from typing import Any

import pytest

from tests.engine.talk import BOT, flow
from textback.core.when import SECOND
from textback.engine.actions import nothing, yes
from textback.engine.arrivals import HandBack, JobResult, Takeover
from textback.engine.bot import Bot
from textback.engine.effects import Perform
from textback.engine.load import check_bot, load_bot
from textback.pipeline.rehearse import Later, Played, Rehearsal

ACTIONS = """\
timezone: America/New_York
handoff: {queues: [desk], queue: desk, text: Somebody will come.}
actions:
  free: {http: "https://example.com/free"}
  book: {http: {url: "https://example.com/book/{{ day }}"}, timeout: 5s, retries: 1, result: {ref: id}}
"""
BOOK = """
- ask: day
  text: Which day?
- call: book
  with: {day: "{{ day }}", note: "for {{ day }}", people: 2, sure: true}
  save: booking
  on_error: [{say: "No: {{ booking.error }}."}]
- say: "Booked {{ booking.ref }}."
"""
CHECKED = """
- ask: who
  text: Who?
- ask: day
  text: Which day?
  check: {call: free, say: "{{ day }} is taken."}
- ask: note
  text: Anything else?
- confirm: "{{ day }} for {{ who }}?"
- say: Done.
"""
HOURS = {"flows/hours.yml": flow("- say: Nine to five.", start="hours", name="hours")}
MOMENT = "One moment please, I'm checking."


class Talk:
    """A conversation whose actions answer when the test says so. `asked` are those that wait for it."""

    def __init__(self, steps: str, **files: str) -> None:
        self.bot: Bot = load_bot({"bot.yml": BOT + ACTIONS, "flows/main.yml": flow(steps), **HOURS, **files})
        self.asked: list[Perform] = []
        self.rehearsal = Rehearsal(self.bot, 1_772_463_600_000, answer=self._note)

    def _note(self, effect: Any) -> Later | None:
        if not isinstance(effect, Perform):
            return None
        self.asked.append(effect)
        return Later(JobResult(effect.job, error="unknown"), 10**15)  # never

    def says(self, *texts: str) -> list[str]:
        """What the last of these texts is answered with."""
        return [self.rehearsal.text(text).said for text in texts][-1]

    def comes(self, value: Any = None, error: str = "", asked: Perform | None = None) -> Played:
        """The result of an action comes: of the last one, unless another is named."""
        return self.rehearsal.happen(JobResult((asked or self.asked[-1]).job, value, error))

    @property
    def vars(self) -> dict[str, Any]:
        session = self.rehearsal.state.session
        assert session is not None
        return session.vars


def test_a_call_waits_for_its_result_and_goes_on_with_it() -> None:
    talk = Talk(BOOK)
    assert talk.says("go", "friday") == []
    (asked,) = talk.asked
    assert (asked.action, asked.step, asked.timeout, asked.retries) == ("book", "main.2", 5 * SECOND, 1)
    assert asked.arguments == {"day": "friday", "note": "for friday", "people": 2, "sure": True}
    assert asked.key == f"{asked.session}.2.1"
    assert talk.comes({"ref": "R1"}).said == ["Booked R1."]
    assert talk.rehearsal.state.session is None


def test_without_a_result_on_error_runs_and_ends_the_flow() -> None:
    talk = Talk(BOOK)
    talk.says("go", "friday")
    played = talk.comes(error="rejected")
    assert played.said == ["No: rejected."]
    assert ("session_ended", "action_failed") in [(one.kind, one.data.get("outcome")) for one in played.events]


def test_without_on_error_a_person_is_asked_for() -> None:
    talk = Talk("- call: free\n- say: Fine.")
    talk.says("go")
    assert talk.comes(error="unknown").said == ["Somebody will come."]
    assert talk.rehearsal.state.handoff is not None
    assert talk.rehearsal.state.handoff.reason == "action_failed"
    assert talk.rehearsal.state.session is None


@pytest.mark.parametrize("result", [{}, {"ref": None}, None, {"items": 1, "ref": {"a": 1}}])
def test_what_a_result_has_not_is_empty(result: Any) -> None:
    talk = Talk(BOOK)
    talk.says("go", "friday")
    assert talk.comes(result).said == ["Booked ."]


def test_a_result_that_nobody_waits_for_changes_nothing() -> None:
    talk = Talk(BOOK)
    talk.says("go", "friday")
    first = talk.asked[0]
    talk.comes({"ref": "R1"})
    before = talk.rehearsal.state
    for again in (talk.comes({"ref": "R2"}, asked=first), talk.rehearsal.happen(JobResult("no-1"))):
        assert again.said == []
        assert [one.kind for one in again.events] == ["action_stale"]
    assert talk.rehearsal.state == before


def test_each_visit_has_a_key_of_its_own() -> None:
    talk = Talk("- id: top\n  ask: day\n  text: Which day?\n- call: free\n  on_error: end\n- goto: top")
    talk.says("go", "friday")
    talk.comes()
    talk.says("monday")
    one, two = talk.asked
    assert one.session == two.session
    assert one.key != two.key
    assert talk.comes(asked=one).events[0].kind == "action_stale"


def test_texts_meanwhile_are_answered_and_do_not_disturb() -> None:
    talk = Talk(BOOK)
    talk.says("go", "friday")
    assert talk.says("hello?") == [MOMENT]
    assert talk.says("hello??") == []
    assert talk.says("hours") == ["Nine to five."]
    assert talk.says("go") == []  # it is under way
    assert len(talk.asked) == 1
    assert talk.comes({"ref": "R1"}).said == ["Booked R1."]


def test_never_mind_ends_it_and_the_result_is_not_heard() -> None:
    talk = Talk(BOOK)
    talk.says("go", "friday")
    assert talk.says("never mind") == ["OK, I've stopped that. Text us any time."]
    assert talk.comes({"ref": "R1"}).said == []


def test_what_they_say_meanwhile_answers_later_questions() -> None:
    steps = "- call: free\n  on_error: end\n- ask: mail\n  text: Your e-mail?\n- say: 'Mail {{ mail }}.'"
    talk = Talk(steps, **{"flows/main.yml": flow(steps, more="vars: {mail: email}\n")})
    talk.says("go")
    assert talk.says("write to ana@example.com") == [MOMENT]
    assert talk.rehearsal.state.session is not None
    said = talk.comes().said
    assert said == ["Your e-mail?"] or "ana@example.com" in said[-1]


def test_a_flow_that_asks_something_meanwhile_is_over_first() -> None:
    other = flow("- ask: size\n  text: Which size?\n- say: 'Size {{ size }}.'", start="size", name="size")
    talk = Talk(BOOK, **{"flows/size.yml": other})
    talk.says("go", "friday")
    assert talk.says("size") == ["Which size?"]
    assert talk.comes({"ref": "R1"}).said == []
    assert talk.says("large") == ["Size large.", "Booked R1."]


def test_while_a_person_has_it_the_result_waits() -> None:
    talk = Talk(BOOK)
    talk.says("go", "friday")
    talk.rehearsal.happen(Takeover("u1", "Ana"))
    assert talk.comes({"ref": "R1"}).said == []
    assert talk.rehearsal.happen(HandBack("u1", "Ana", "ask")).said == ["Booked R1."]


def test_a_hand_back_before_the_result_asks_nobody_twice() -> None:
    talk = Talk(BOOK)
    talk.says("go", "friday")
    talk.rehearsal.happen(Takeover("u1", "Ana"))
    talk.rehearsal.happen(HandBack("u1", "Ana", "ask"))
    assert len(talk.asked) == 1
    assert talk.comes({"ref": "R1"}).said == ["Booked R1."]


# Checks


def test_an_answer_is_held_until_another_system_has_accepted_it() -> None:
    talk = Talk(CHECKED)
    assert talk.says("go", "ana", "friday") == []
    assert talk.asked[0].arguments == {"day": "friday"}
    assert "day" not in talk.vars
    assert talk.comes({"ok": False}).said == ["friday is taken. Which day?"]
    assert talk.says("monday") == []
    assert talk.comes({"ok": True}).said == ["Anything else?"]
    assert talk.vars["day"] == "monday"


def test_a_newer_answer_takes_the_place_of_the_one_that_is_held() -> None:
    talk = Talk(CHECKED)
    talk.says("go", "ana", "friday", "monday")
    old, _ = talk.asked
    assert talk.comes({"ok": True}, asked=old).said == []
    assert talk.comes().said == ["Anything else?"]
    assert talk.vars["day"] == "monday"


def test_a_check_that_gives_no_result_asks_for_a_person_and_the_question_stays() -> None:
    talk = Talk(CHECKED)
    talk.says("go", "ana", "friday")
    assert talk.comes(error="retry").said == ["Somebody will come."]
    assert talk.rehearsal.happen(HandBack("u1", "Ana", "ask")).said == ["Which day?"]


def test_a_changed_answer_is_checked_again_and_comes_back_to_where_it_was() -> None:
    talk = Talk(CHECKED)
    talk.says("go", "ana", "friday")
    talk.comes()
    assert talk.says("no") == ["friday for ana?"]
    assert talk.says("change the day", "monday") == []
    assert talk.comes().said == ["monday for ana?"]
    assert talk.says("yes") == ["Done."]


def test_a_correction_is_checked_again_and_comes_back_to_where_it_was() -> None:
    steps = CHECKED.replace("- ask: note", "- say: Noted.\n- ask: note")
    more = "vars: {day: date}\n"
    talk = Talk(steps, **{"flows/main.yml": flow(steps, more=more)})
    talk.says("go", "ana", "march 6")
    assert talk.comes().said == ["Noted.", "Anything else?"]
    assert talk.says("actually march 9") == []
    assert talk.comes().said == ["Anything else?"]
    assert talk.vars["day"] == "2026-03-09"


def test_a_flow_that_asks_for_ever_is_stopped() -> None:
    talk = Talk("- id: top\n  call: free\n  on_error: end\n- goto: top\n  if: contact.x != 'y'\n- say: Out.")
    talk.says("go")
    for _ in range(49):
        assert talk.comes().said == []
    played = talk.comes()
    assert [one.data.get("limit") for one in played.events if one.kind == "turn_failed"] == ["calls_in_a_session"]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(None, True), ({}, True), ({"ok": True}, True), ({"ok": False}, False), (False, False), ([], False), (3, True)],
)
def test_what_a_result_says_to_a_check(value: Any, wanted: bool) -> None:
    assert yes(value) is wanted


def test_what_is_only_played_has_the_names_of_the_result() -> None:
    bot = load_bot({"bot.yml": BOT + ACTIONS, "flows/main.yml": flow(BOOK)})
    assert (nothing(bot.actions["book"]), nothing(bot.actions["free"])) == ({"ref": ""}, {})
    rehearsal = Rehearsal(bot, 0)
    rehearsal.text("go")
    assert rehearsal.text("friday").said == ["Booked ."]


# What is wrong

WRONG = [
    ("- call: nope\n  on_error: end", "There is no action 'nope' in bot.yml."),
    ("- call: book\n  on_error: end", "book needs 'day'."),
    ("- call: free\n  save: bot\n  on_error: end", "A result can't be called 'bot'."),
    ("- call: free\n  with: x\n  on_error: end", "with must have names with values."),
    ("- call: free\n  timeout: 5m\n  on_error: end", "timeout can't be more than 60s: somebody waits for the answer."),
    ("- call: free\n  wth: {}\n  on_error: end", "A 'call' step has no key 'wth'."),
    ("- ask: a\n  text: A?\n  check: {call: book}\n- say: Hm.", "book needs 'day'."),
    ("- ask: a\n  text: A?\n  check: {call: free, with: {x: '{{ y }}'}}\n- say: Hm.", "There is no variable 'y' here."),
    ("- ask: a\n  text: A?\n  check: {min: 1, with: {x: 1}}\n- say: Hm.", "A check is one thing."),
    ("- call: free\n- say: Hm.", "free may fail, and nothing is said of what happens then."),
    (
        "- say: '{{ got.x }}'\n- call: free\n  save: got\n  on_error: end",
        "'got' can't be there yet: no action has given",
    ),
    ("- id: top\n  call: free\n  on_error: {goto: top}\n- goto: top", "From here the flow goes round for ever."),
]


@pytest.mark.parametrize(("steps", "says"), WRONG, ids=[says for _, says in WRONG])
def test_what_is_wrong_with_a_call_is_said(steps: str, says: str) -> None:
    problems = check_bot({"bot.yml": BOT + ACTIONS, "flows/main.yml": flow(steps)})
    assert [one.message for one in problems if one.message.startswith(says)], problems
    assert all(one.fix for one in problems if one.message.startswith(says))


def test_a_result_may_be_used_behind_its_call_on_every_way() -> None:
    files = {"bot.yml": BOT + ACTIONS, "flows/main.yml": flow(BOOK)}
    assert [one for one in check_bot(files) if "there yet" in one.message] == []


DECLARED = [
    ("x: {}", "The action 'x' does not say what to do."),
    ("X: {http: 'https://e.example'}", "An action can't be called 'X'."),
    ("x: {http: {method: POST}}", "The action 'x' has no url."),
    ("x: {http: 'ftp://e.example'}", "url is not the address of an API."),
    ("x: {http: 'https://{{ host }}/'}", "url is not the address of an API."),
    ("x: {http: 'https://u:p@e.example/'}", "url is not the address of an API."),
    ("x: {http: 'http://e.example'}", "This address is not encrypted: what is sent there can be read."),
    ("x: {http: {url: 'https://e.example', headers: {Authorization: abc}}}", "The header 'Authorization' is written"),
    ("x: {http: {url: 'https://e.example', headers: {Host: abc}}}", "The header 'Host' is written by Textback."),
    ("x: {http: {url: 'https://e.example', headers: {X-A: '{{ a }}'}}}", "A header can't have a template in it."),
    ("x: {http: {url: 'https://e.example', method: GET, json: {a: 1}}}", "A GET has no json."),
    ("x: {http: {url: 'https://e.example', json: {a: '{{ a.__class__ }}'}}}", "json is not a valid template"),
    ("x: {http: {url: 'https://e.example', json: {a: '${A} {{ a }}'}}}", "json mixes {{ }} and ${NAME}."),
    ("x: {http: {url: 'https://e.example', query: [1]}}", "query must have names and values."),
    ("x: {http: 'https://e.example', retries: 11}", "retries must be a whole number from 0 to 10."),
    ("x: {http: 'https://e.example', result: 'a b'}", "result can't be 'a b'."),
    ("x: {http: 'https://e.example', also: 1}", "The action 'x' has no key 'also'."),
]


@pytest.mark.parametrize(("declared", "says"), DECLARED, ids=[declared for declared, _ in DECLARED])
def test_what_is_wrong_with_an_action_is_said(declared: str, says: str) -> None:
    files = {"bot.yml": f"{BOT}actions:\n  {declared}\n", "flows/main.yml": flow("- say: Hi.")}
    problems = [one for one in check_bot(files) if one.file == "bot.yml"]
    assert [one.message for one in problems if one.message.startswith(says)], problems
    assert all(one.fix and one.line >= 2 for one in problems)
