"""The kinds of step that do something besides talking: run, wait, tag, record, and agreed templates."""

import pytest

from tests.engine.talk import ANA, BEGIN, BOT, Talk, flow, folder
from textback.core.when import DAY, HOUR, MINUTE, to_datetime
from textback.engine.arrivals import HandBack, Takeover
from textback.engine.load import BotError, check_bot, load_bot

NAMES = flow("- ask: name\n  text: Who is this?", start="names", name="names")
OPEN = BOT + "timezone: America/Los_Angeles\nhours: {mon-fri: '9:00-18:00', sat: '10-14'}\n"

# run


def test_run_goes_through_another_flow_and_back() -> None:
    talk = Talk(folder("- say: First.\n- run: names\n- say: 'Hello {{ name }}.'", names=NAMES))
    assert talk.say("go") == ["First.", "Who is this?"]
    assert talk.say("Ana") == ["Hello Ana."]
    assert (talk.event("session_ended")["outcome"], talk.event("session_ended")["flow"]) == ("completed", "main")


def test_end_in_a_flow_that_was_run_goes_back() -> None:
    inner = flow("- say: In.\n- end: done\n", start="inner", name="inner")
    talk = Talk(folder("- run: inner\n- say: Out.", inner=inner))
    assert talk.say("go") == ["In.", "Out."]


def test_flows_that_run_each_other_are_refused() -> None:
    with pytest.raises(BotError, match="runs itself"):
        load_bot(folder("- run: other", other=flow("- run: main", start="o", name="other")))
    with pytest.raises(BotError, match=r"no flow 'nmaes' to run"):
        load_bot(folder("- run: nmaes", names=NAMES))


def test_a_flow_that_is_run_may_read_what_its_caller_knows() -> None:
    other = flow("- say: 'Bye {{ name }}.'", start="o", name="other")
    assert Talk(folder("- ask: name\n  text: Who?\n- run: other", other=other)).script("go", "Ana") == ["Bye Ana."]


# wait


def test_wait_goes_on_later() -> None:
    talk = Talk("- say: Soon.\n- id: pause\n  wait: 2h\n- say: Now.")
    assert talk.say("go") == ["Soon."]
    assert talk.timers == {"wait:pause": 2 * HOUR}
    assert talk.fire("wait:pause") == ["Now."]
    assert talk.state.session is None


@pytest.mark.parametrize(
    ("reply", "answer", "left"), [("go_on", ["Now."], False), ("keep", [], True), ("end", [], False)]
)
def test_a_text_meanwhile_does_what_the_author_says(reply: str, answer: list[str], left: bool) -> None:
    talk = Talk(f"- say: Soon.\n- id: pause\n  wait: {{for: 2h, reply: {reply}}}\n- say: Now.")
    talk.say("go")
    sent = talk.say("thanks")
    assert [text for text in sent if not text.startswith("Sorry")] == answer
    assert (talk.state.session is not None) is left
    assert talk.fire("wait:pause") == (["Now."] if left else [])


def test_wait_until_a_time_of_day_and_until_the_business_opens() -> None:
    talk = Talk(folder("- say: Soon.\n- id: pause\n  wait: {until: '09:30'}\n- say: Now.", OPEN))
    talk.say("go")
    due = talk.now + talk.timers["wait:pause"]
    assert to_datetime(due, "America/Los_Angeles").strftime("%H:%M") == "09:30"
    assert 0 < talk.timers["wait:pause"] <= DAY
    talk = Talk(folder("- say: Soon.\n- id: pause\n  wait: {until: open}\n- say: Now.", OPEN))
    talk.say("go")  # a Sunday, 18:41 there: it opens on Monday at 9
    assert to_datetime(BEGIN, "America/Los_Angeles").strftime("%a %H:%M") == "Sun 18:40"
    assert talk.timers["wait:pause"] == 14 * HOUR + 19 * MINUTE


def test_nothing_is_waited_for_where_it_is_open() -> None:
    talk = Talk(folder("- wait: {until: open}\n- say: Now.", BOT + "hours: {mon-sun: '0-24'}\n"))
    assert talk.say("go") == ["Now."]


def test_a_person_who_takes_it_meanwhile_ends_the_wait_and_the_next_text_goes_on() -> None:
    talk = Talk("- say: Soon.\n- id: pause\n  wait: {for: 2h, reply: keep}\n- say: Now.")
    talk.say("go")
    talk.act(Takeover(*ANA))
    assert talk.fire("wait:pause") == []
    talk.act(HandBack(*ANA, "wait"))
    assert talk.say("hello?") == ["Now."]


# tag, untag, record


def test_tags_stay_with_the_contact() -> None:
    talk = Talk(
        "- tag: [vip, bikes]\n- untag: bikes\n- branch:\n    - if: \"'vip' in contact.tags\"\n      then: "
        "[{say: Hello again.}]\n    - else: [{say: Hello.}]"
    )
    assert talk.say("go") == ["Hello again."]
    assert talk.state.tags == ["vip"]
    assert talk.kinds.count("tagged") == 1
    talk.say("go")
    assert "untagged" in talk.kinds


def test_record_writes_goals_and_events() -> None:
    talk = Talk("- set: {price: 20}\n- record: {goal: sold, data: {amount: '{{ price }}'}}\n- record: {event: seen}")
    talk.say("go")
    goal = talk.event("goal")
    assert (goal["name"], goal["data"], goal["flow"]) == ("sold", {"amount": "20"}, "main")
    assert talk.event("recorded")["name"] == "seen"


# templates


def test_say_sends_an_agreed_template_with_its_class() -> None:
    files = folder("- ask: name\n  text: Who?\n- say: {template: ready}\n  quick: [Thanks, Not mine]")
    files["templates/orders.yml"] = "ready: {class: informational, text: '{{ name }}, it is ready.'}\n"
    talk = Talk(files)
    assert talk.script("go", "Ana") == ["Ana, it is ready. Reply Thanks or Not mine."]
    assert talk.turn.effects[-1].message_class == "informational"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("template", "steps", "problem"),
    [
        ("ready: {class: informational, text: Hi.}", "- say: {template: raedy}", "There is no template 'raedy'."),
        ("ready: {class: loud, text: Hi.}", "- say: Hi.", "class can't be 'loud'."),
        ("ready: {text: Hi.}", "- say: Hi.", "The template 'ready' has no class."),
        (
            "ready: {class: informational, text: '{{ x }}'}",
            "- say: {template: ready}",
            "There is no variable 'x' here.",
        ),
        ("- ready", "- say: Hi.", "A file of templates must name each one."),
    ],
)
def test_what_is_wrong_with_a_template_is_said(template: str, steps: str, problem: str) -> None:
    problems = check_bot({**folder(steps), "templates/t.yml": template})
    assert any(problem in one.message for one in problems)
