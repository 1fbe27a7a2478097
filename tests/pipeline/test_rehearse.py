"""A conversation in memory, and the test files that are played with it."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import textback.examples
from tests.engine.talk import BOT, NAME, PATIENT, folder
from tests.support.accidents import mutated
from textback.app import read_folder
from textback.core.errors import TextbackError
from textback.core.when import DAY, HOUR, MINUTE, SECOND, to_iso
from textback.engine.arrivals import AnyArrival, DeliveryStatus, HandBack, Takeover
from textback.engine.bot import Bot
from textback.engine.effects import AnyEffect, Event, Send, SetTimer, UpdateDelivery
from textback.engine.load import BotError, load_bot
from textback.engine.state import State
from textback.engine.step import Turn
from textback.pipeline import rehearse
from textback.pipeline.conversations import OUT_KEYS, Stub, Stubs, Texted, read_conversations
from textback.pipeline.judging import ANSWERS, Coverage, Verdict, judge
from textback.pipeline.knowing import Knowing
from textback.pipeline.mending import mended
from textback.pipeline.rehearse import Rehearsal

MORNING = 1_772_445_600_000  # 2026-03-02T10:00Z
EXAMPLES = Path(next(iter(textback.examples.__path__)))
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/bot.yml"))
FOLDERS = {name: read_folder(EXAMPLES / name) for name in NAMES}


def rehearsal(steps: str, bot: str = BOT, **more: Any) -> Rehearsal:
    return Rehearsal(load_bot(folder(steps, bot)), MORNING, **more)


# The conversation in memory


def test_texts_are_answered_and_the_state_lives_on() -> None:
    talk = rehearsal(NAME)
    assert talk.text("go").said == ["Who is this?"]
    assert talk.text("Ana").said == ["Hello Ana."]
    assert talk.state.session is None


def test_what_is_known_of_the_contact_is_there() -> None:
    assert rehearsal("- say: 'Hi {{ contact.name }}.'", fields={"name": "Ana"}).text("go").said == ["Hi Ana."]


def test_nothing_is_said_to_one_who_opted_out_and_it_is_kept_what_was_refused() -> None:
    talk = rehearsal(NAME)
    assert len(talk.text("stop").said) == 1
    assert talk.opted_out
    played = talk.text("go")
    assert played.said == []
    assert [done.gate.rule for done in played.done if done.gate] == ["O6"]
    talk.text("start")
    assert talk.text("go").said == ["Who is this?"]


def test_timers_fire_on_the_way_each_at_its_time() -> None:
    talk = rehearsal(PATIENT)
    talk.text("go")
    assert talk.wait(4 * HOUR - 1).said == []
    assert talk.wait(1).said == ["Still there? Who is this?"]
    played = talk.wait(3 * DAY)
    assert played.said == ["Another time."]
    assert talk.now == MORNING + 4 * HOUR + 3 * DAY


def test_a_reminder_waits_for_the_morning() -> None:
    early = rehearsal(PATIENT.replace("4h", "9h"))
    early.text("go")
    assert early.wait(9 * HOUR).said == ["Still there? Who is this?"]
    late = rehearsal(PATIENT.replace("4h", "12h"))
    late.text("go")
    assert late.wait(12 * HOUR).said == []  # it is 22:00
    assert late.wait(10 * HOUR - 1).said == []
    assert late.wait(1).said == ["Still there? Who is this?"]


def test_an_answer_takes_the_timers_away() -> None:
    talk = rehearsal(PATIENT)
    talk.text("go")
    talk.text("Ana")
    assert talk.timers == {}
    assert talk.wait(9 * DAY).turns == []


def test_a_person_who_says_nothing_loses_the_conversation() -> None:
    talk = rehearsal(NAME)
    talk.text("go")
    talk.happen(Takeover("u1", "Ana"))
    talk.wait(10 * MINUTE)
    assert talk.state.owner.kind == "nobody"


def test_timers_that_never_end_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def tick(bot: Bot, state: State, arrival: AnyArrival, now: int, *_: object, **__: object) -> Turn:
        return Turn(state, [SetTimer("tick", now + 1)], [], [])

    monkeypatch.setattr(rehearse, "decide", tick)
    talk = rehearsal(NAME)
    talk.text("go")
    with pytest.raises(TextbackError, match="More than 1,000 timers"):
        talk.wait(DAY)


def test_other_systems_answer_and_the_answer_is_a_turn() -> None:
    def delivered(effect: AnyEffect) -> AnyArrival | None:
        return DeliveryStatus("p1", "x", "delivered") if isinstance(effect, Send) else None

    played = rehearsal(NAME, answer=delivered).text("go")
    assert len(played.turns) == 2
    assert [type(done.effect) for done in played.done] == [Send, UpdateDelivery]


def test_systems_that_answer_each_other_for_ever_are_an_error() -> None:
    with pytest.raises(TextbackError, match="for ever"):
        rehearsal(NAME, answer=lambda _: DeliveryStatus("p1", "x", "delivered")).text("go")


def test_nothing_but_json_survives_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[object] = [(1, 2), object()]

    def keeps(bot: Bot, state: State, *_: object, **__: object) -> Turn:
        return Turn(State(fields={"x": kept.pop(0)}), [], [], [])

    monkeypatch.setattr(rehearse, "decide", keeps)
    talk = rehearsal(NAME)
    talk.text("go")
    assert talk.state.fields == {"x": [1, 2]}
    assert [event.kind for event in talk.text("go").events] == ["turn_failed"]


def test_what_breaks_the_engine_is_a_failed_turn_as_on_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Turn:
        raise ZeroDivisionError

    monkeypatch.setattr(rehearse, "decide", broken)
    played = rehearsal(NAME).text("go")
    assert [event.kind for event in played.events] == ["turn_failed"]
    assert played.said == []


# Expectations


ROUND = """
- ask: service
  text: What do you need?
  choices: {repair: Repair, other: Other}
- set: {contact.name: Ana, count: 2, code: "2", ready: true}
- escalate: shop
  text: A person will come.
  reason: Because
- end: done
"""
QUEUES = BOT + "handoff: {queues: [shop, sales]}\n"


def script(turns: str, steps: str = ROUND, bot: str = QUEUES, more: str = "") -> Verdict:
    """The verdict on one conversation with these turns."""
    indented = "\n".join(f"    {line}" for line in turns.strip("\n").splitlines())
    files = folder(steps, bot) | {"tests/a.yml": f"- conversation: one\n{more}  turns:\n{indented}\n"}
    loaded = load_bot(files)
    [conversation], problems = read_conversations(files, loaded)
    assert problems == []
    return judge(loaded, conversation, Coverage(loaded))


def outcome(out: str) -> tuple[bool, list[str]]:
    """Whether an expectation of the last turn of ROUND holds, and what is printed of it."""
    verdict = script(f"- in: go\n- in: repair\n- out: {out}")
    return verdict.passed, [f"{one.sign} {one.label} {one.text}" for one in verdict.shown if one.sign != " "]


RIGHT_AND_WRONG: list[tuple[str, str, list[str]]] = [
    ("A person will come.", "Nobody comes.", ["- out Nobody comes.", "+ out A person will come."]),
    ("[A person will come.]", "[A person will come., Soon.]", ["- out Soon."]),
    ("{text: A person will come.}", "[]", ["+ out A person will come.", "! out No text was expected."]),
    ("{contains: person}", "{contains: robot}", ["- contains robot"]),
    ("{contains: [person, come]}", "{contains: [person, go]}", ["- contains go"]),
    ("{not_contains: robot}", "{not_contains: person}", ["- not_contains person"]),
    ("{matches: '^A p.*n'}", "{matches: '^a p'}", ["- matches ^a p"]),
    ("{none: false}", "{none: true}", ["- none true"]),
    ("{flow: main}", "{flow: ended}", ["- flow ended", "+ flow main"]),
    ("{step: '4'}", "{step: service}", ["- step service", "+ step 4"]),
    ("{vars: {service: repair}}", "{vars: {service: other}}", ["- vars.service other", "+ vars.service repair"]),
    ("{vars: {count: 2, code: '2', ready: true}}", "{vars: {ready: 1}}", ["- vars.ready 1", "+ vars.ready true"]),
    ("{vars: {code: 2}}", "{vars: {nothing: 2}}", ["- vars.nothing 2", "+ vars.nothing (none)"]),
    ("{contact: {name: Ana}}", "{contact: {name: Ben}}", ["- contact.name Ben", "+ contact.name Ana"]),
    ("{owner: nobody}", "{owner: person}", ["- owner person", "+ owner nobody"]),
    ("{queue: shop}", "{queue: sales}", ["- queue sales", "+ queue shop"]),
    ("{reason: Because}", "{reason: Why}", ["- reason Why", "+ reason Because"]),
    ("{opted_out: false}", "{opted_out: true}", ["- opted_out true", "+ opted_out false"]),
]


@pytest.mark.parametrize(("right", "wrong", "shown"), RIGHT_AND_WRONG, ids=[row[1] for row in RIGHT_AND_WRONG])
def test_an_expectation_holds_or_says_what_there_was(right: str, wrong: str, shown: list[str]) -> None:
    assert outcome(right) == (True, [])
    passed, printed = outcome(wrong)
    assert not passed
    assert [line for line in printed if not line.startswith("! out These")] == shown


@pytest.mark.parametrize(
    ("key", "event"),
    [
        ("outcome", Event("session_ended", {"outcome": "done"})),
        ("goal", Event("goal", {"name": "done"})),
        ("tag", Event("tagged", {"tags": ["vip", "done"]})),
    ],
)
def test_what_the_record_of_a_turn_says(key: str, event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    def decided(bot: Bot, state: State, *_: object, **__: object) -> Turn:
        return Turn(state, [], [event], [])

    monkeypatch.setattr(rehearse, "decide", decided)
    assert script(f"- in: go\n- out: {{{key}: done}}").passed
    wrong = script(f"- in: go\n- out: {{{key}: other}}")
    assert [(one.sign, one.text) for one in wrong.shown if one.sign != " "] == [("-", "other"), ("+", "done")]


def test_every_key_of_an_expectation_is_tested() -> None:
    tested = {key for right, _, _ in RIGHT_AND_WRONG for key in yaml.safe_load(right) if right.startswith("{")}
    assert tested | {"goal", "outcome", "tag"} == set(OUT_KEYS)


def test_a_turn_without_an_expectation_is_not_looked_at() -> None:
    assert script("- in: go\n- in: repair").passed


def test_a_text_that_is_not_expected_is_a_failure() -> None:
    verdict = script("- in: go\n- in: repair\n- out: []")
    assert not verdict.passed
    assert verdict.line == 5


def test_the_first_line_that_is_wrong_is_named() -> None:
    assert script("- in: go\n- out: What?\n- in: repair\n- out: No.").line == 4


def test_a_flow_that_fails_is_a_failure_whether_or_not_somebody_looks() -> None:
    failing = "- say: '{{ 1 + contact.a }}'"
    verdict = script("- in: go", steps=failing)
    assert [(one.sign, one.label) for one in verdict.shown if one.sign == "!"] == [("!", "fails")]
    assert script("- in: go\n- out: {outcome: failed}", steps=failing).passed


def test_people_act_and_hand_back() -> None:
    verdict = script(
        """
        - in: go
        - in: repair
        - takeover: true
        - out: {owner: person}
        - agent: Hello, this is Ben.
        - out: {none: true}
        - hand_back: {how: resume}
        - out: {owner: bot, outcome: done}
        - complete: true
        - in: go
        - hand_back: end
        """.replace("\n        ", "\n")
    )
    assert verdict.passed, verdict.shown
    assert [one.label for one in verdict.shown if one.label not in {"in", "out"}] == [
        "takeover", "agent", "hand_back", "complete", "hand_back"
    ]  # fmt: skip


def test_pictures_and_words_that_the_provider_has_seen_to() -> None:
    stopped = "- in: {text: hello, keyword: stop}\n- out: {opted_out: true}\n"
    assert script(f"{stopped}- in: {{media: [https://example.com/a.jpg]}}\n- out: []").passed


def test_a_conversation_begins_when_and_as_it_says() -> None:
    lines = "lines: {main: {provider: simulator, number: '+12065550199'}}\n"
    actions = "actions: {calendar.book: {http: 'https://example.com/book'}}\n"
    files = folder(NAME, f"{BOT}timezone: America/Chicago\nlocales: [en, es]\n{lines}{actions}")
    files["tests/a.yml"] = (
        "conversation: one\nat: 2026-07-01T10:00\nlocale: es\ncontact: {name: Ana, age: 4}\nline: main\n"
        "actions:\n  calendar.book: [{result: {ref: A1}, after: 5s}, {error: rejected}]\nturns: [{in: go}]\n"
    )
    [one], problems = read_conversations(files, load_bot(files))
    assert problems == []
    assert to_iso(one.begins) == "2026-07-01T15:00:00Z"
    assert one.fields == {"name": "Ana", "age": 4, "locale": "es"}
    assert one.number == "+12065550199"
    assert one.stubs == {"calendar.book": (Stub({"ref": "A1"}, after=5 * SECOND), Stub(error="rejected"))}
    assert one.exchanges[0].act == Texted("go")


def test_stubs_answer_in_turn_and_the_last_one_stays() -> None:
    stubs = Stubs({"a": (Stub(1), Stub(error="no"))})
    assert [stubs.take("a"), stubs.take("a"), stubs.take("a"), stubs.take("b")] == [
        Stub(1), Stub(error="no"), Stub(error="no"), None
    ]  # fmt: skip


def test_stubs_answer_the_effects_that_ask_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def back(_: AnyEffect, stubs: Stubs, *more: object) -> AnyArrival | None:
        stub = stubs.take("desk")
        return HandBack("u1", "Ana", stub.result) if stub else None

    monkeypatch.setitem(ANSWERS, Send, back)
    more = "  actions: {desk: {result: end}}\n"
    turns = "- in: go\n- in: repair\n- out: {owner: nobody}"
    bot = f"{QUEUES}actions: {{desk: {{http: 'https://example.com'}}}}\n"
    assert script(turns, bot=bot).passed
    assert not script(turns, bot=bot, more=more).passed
    assert script(turns.replace("nobody", "bot"), bot=bot, more=more).passed


# Coverage


def covered(turns: str, steps: str) -> Coverage:
    files = folder(steps) | {"tests/a.yml": f"- conversation: one\n  turns: {turns}\n"}
    bot = load_bot(files)
    coverage = Coverage(bot)
    for conversation in read_conversations(files, bot)[0]:
        judge(bot, conversation, coverage)
    return coverage


WAYS = """
- ask: x
  text: Which?
  choices: {a: A one, b: B one}
- branch:
    - if: x == 'a'
      then: {say: It is a.}
    - elif: x == 'c'
      then: {say: It is c.}
- say: Member.
  if: contact.member
- say: Bye.
"""


def test_coverage_counts_steps_and_ways_and_names_what_was_not_reached() -> None:
    coverage = covered("[{in: go}, {in: a one}]", WAYS)
    assert coverage.steps == (4, 6)
    assert coverage.branches == (2, 5)
    assert coverage.missing == [
        ("flows/main.yml", 7, "branch 2, no case of which holds"),
        ("flows/main.yml", 11, "case 2 of branch 2"),
        ("flows/main.yml", 11, "step 2.2.1"),
        ("flows/main.yml", 12, "step 3"),
        ("flows/main.yml", 12, "step 3, not skipped by its if"),
    ]
    assert covered("[{in: go}, {in: b one}]", WAYS).branches == (2, 5)


def test_a_bot_without_branches_has_all_of_none() -> None:
    assert covered("[{in: go}]", NAME).branches == (0, 0)


# What is wrong with a test file

PROBLEMS: list[tuple[str, str, str]] = [
    ("- conversation: one", "1:3", "The conversation has no 'turns'."),
    ("- turns: [{in: a}]", "1:3", "The conversation has no 'conversation'."),
    ("just words", "1:1", "A conversation must have keys and values."),
    ("", "1:1", "The file is empty."),
    ("conversation: a\nturn: []\nturns: [{in: a}]", "2:1", "A conversation has no key 'turn'."),
    ("conversation: a\nturns: []", "2:8", "turns must be a list."),
    ("conversation: a\nturns:\n  - out: Hi", "3:5", "Nothing has happened before this `out`."),
    ("conversation: a\nturns:\n  - in: a\n  - out: Hi\n  - out: Ho", "5:5", "Two `out` follow each other."),
    ("conversation: a\nturns:\n  - {in: a, after: 4h}", "3:13", "One turn can't be both 'in' and 'after'."),
    ("conversation: a\nturns:\n  - after: soon", "3:12", "after must be a time such as 30s, 5m, 4h or 2d."),
    ("conversation: a\nturns:\n  - hand_back: never", "3:16", "There is no way to hand back called 'never'."),
    ("conversation: a\nturns:\n  - in: {media: [x], keyword: halt}", "3:31", "There is no keyword 'halt'."),
    ("conversation: a\nturns:\n  - in: {keyword: stop}", "3:9", "This `in` has neither text nor media."),
    ("conversation: a\nturns:\n  - in: a\n    out: {say: b}", "4:11", "out has no key 'say'."),
    ("conversation: a\nturns:\n  - in: a\n    out: {owner: me}", "4:18", "There is no owner 'me'."),
    ("conversation: a\nturns:\n  - in: a\n    out: {flow: man}", "4:17", "There is no flow 'man'."),
    ("conversation: a\nturns:\n  - in: a\n    out: {vars: x}", "4:17", "vars must have names with values."),
    ("conversation: a\nturns:\n  - in: a\n    out: {none: maybe}", "4:17", "none must be true or false."),
    ("conversation: a\nat: noon\nturns: [{in: a}]", "2:5", "at can't be 'noon'."),
    ("conversation: a\nat: 2026-13-40T10:00\nturns: [{in: a}]", "2:5", "There is no time '2026-13-40T10:00'."),
    ("conversation: a\nlocale: xx\nturns: [{in: a}]", "2:9", "There is no locale 'xx'."),
    ("conversation: a\nline: x\nturns: [{in: a}]", "2:7", "There is no line 'x' in bot.yml."),
    ("conversation: a\ncontact: Ana\nturns: [{in: a}]", "2:10", "contact must have fields."),
    ("conversation: a\nactions: x\nturns: [{in: a}]", "2:10", "actions must name actions."),
    ("conversation: a\nactions: {X: {result: 1}}\nturns: [{in: a}]", "2:11", "There is no action 'X' in bot.yml."),
    ("conversation: a\nactions: {x: {}}\nturns: [{in: a}]", "2:14", "An answer of 'x' is a result or an error."),
    (
        "- {conversation: a, turns: [{in: a}]}\n- {conversation: a, turns: [{in: a}]}",
        "2:3",
        "The conversation 'a' is also in tests/a.yml, line 1.",
    ),
    ("conversation: a\nturns:\n  - in: a\n    out: {matches: '('}", "4:20", "matches is not a regular expression"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "says"), PROBLEMS, ids=[row[2] for row in PROBLEMS])
def test_what_is_wrong_with_a_test_file_has_its_place_and_a_fix(text: str, place: str, says: str) -> None:
    files = folder(NAME) | {"tests/a.yml": text}
    problems = read_conversations(files, load_bot(files))[1]
    found = [one for one in problems if one.message.startswith(says) and f"{one.line}:{one.column}" == place]
    assert found, problems
    assert all(one.fix for one in found)


# The examples


@pytest.mark.parametrize("name", NAMES)
def test_an_example_goes_as_its_conversations_say_and_they_reach_all_of_it(name: str, tmp_path: Path) -> None:
    bot = load_bot(FOLDERS[name])
    bot = msgspec.structs.replace(bot, answerer=Knowing(tmp_path).library(bot.sources, bot.knowledge, None))
    coverage = Coverage(bot)
    conversations, problems = read_conversations(FOLDERS[name], bot)
    assert problems == []
    wrong = [one for one in conversations if not judge(bot, one, coverage).passed]
    assert [one.name for one in wrong] == []
    assert coverage.missing == []


def play_all(files: dict[str, str]) -> None:
    """Any folder is a bot whose conversations end in verdicts, or a list of problems."""
    try:
        bot = load_bot(files)
    except BotError:
        return
    conversations, problems = read_conversations(files, bot)
    assert all(one.file in files and one.line >= 1 and one.column >= 1 and one.message for one in problems)
    for conversation in conversations:
        verdict = judge(bot, conversation, Coverage(bot))
        assert verdict.passed or any(one.sign in "-+!" for one in verdict.shown)
        mended(files[conversation.file], verdict.edits)


@given(st.sampled_from(NAMES).flatmap(lambda name: mutated(FOLDERS[name])))
@settings(deadline=None, max_examples=50)
def test_an_accident_in_an_example_ends_in_verdicts_or_a_list_of_problems(files: dict[str, str]) -> None:
    play_all(files)


def accident_in_a_test(name: str) -> st.SearchStrategy[dict[str, str]]:
    tests = {file: text for file, text in FOLDERS[name].items() if file.startswith("tests/")}
    return mutated(tests).map(lambda files: FOLDERS[name] | files)


@given(st.sampled_from(NAMES).flatmap(accident_in_a_test))
@settings(deadline=None, max_examples=50)
def test_an_accident_in_a_test_file_ends_in_verdicts_or_a_list_of_problems(files: dict[str, str]) -> None:
    play_all(files)
