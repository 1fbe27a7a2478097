"""What the bot says and does, step by step of a flow."""

import pytest

from tests.engine.talk import (
    ANA,
    BOOKING,
    BOT,
    CONFUSED,
    EXAMPLE,
    HANDOFF,
    NAME,
    SERVICE,
    WHEEL,
    Talk,
    flow,
    folder,
)
from textback.engine.arrivals import HandBack
from textback.engine.effects import Send


def typed(type_: str, steps: str) -> dict[str, str]:
    """A folder whose variable is of a declared type."""
    name = steps.partition("ask: ")[2].partition("\n")[0]
    return folder("") | {"flows/main.yml": flow(steps, more=f"vars: {{{name}: {type_}}}\n")}


# Start words


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("go", ["Hello."]),
        ("GO!!", ["Hello."]),
        ("  gó ", ["Hello."]),
        ("go now please", ["Hello."]),
        ("tune up", ["Tuned."]),
        ("Tune-up, tomorrow", ["Tuned."]),
        ("tune", [CONFUSED]),
        ("please go", [CONFUSED]),
        ("gone", [CONFUSED]),
        ("", [CONFUSED]),
        ("🙂", [CONFUSED]),
    ],
)
def test_a_start_word_begins_a_flow_when_it_begins_the_text(text: str, answer: list[str]) -> None:
    talk = Talk(folder("- say: Hello.", tune=flow("- say: Tuned.", start="tune up", name="tune")))
    assert talk.say(text) == answer


def test_the_longest_start_word_wins() -> None:
    talk = Talk(folder("- say: Hello.", more=flow("- say: Away.", start="go away", name="more")))
    assert talk.say("go away now") == ["Away."]


def test_a_text_question_takes_a_sentence_that_only_begins_with_a_start_word() -> None:
    talk = Talk(folder(NAME, hours=flow("- say: Tue to Sat.", start="hours", name="hours")))
    assert talk.script("go", "Hours Smith") == ["Hello Hours Smith."]


def test_a_choice_wins_over_a_start_word() -> None:
    talk = Talk(folder(SERVICE, fix=flow("- say: Fixing.", start="fix", name="fix")))
    assert talk.script("go", "fix") == ["Repair it is."]


def test_a_start_word_that_is_no_choice_still_starts_its_flow() -> None:
    talk = Talk(folder(SERVICE, hours=flow("- say: Tue to Sat.", start="hours", name="hours")))
    assert talk.script("go", "hours please")[0] == "Tue to Sat."


# say


def test_say_sends_texts_in_order_and_names_where_they_come_from() -> None:
    talk = Talk("- say: One.\n- id: two\n  say: Two.\n  class: informational\n  media: [https://example.com/a.png]")
    assert talk.say("go") == ["One.", "Two."]
    first, second = (effect for effect in talk.turn.effects if isinstance(effect, Send))
    assert (first.source, first.message_class, first.media) == ("main.1", "conversational", ())
    assert (second.source, second.message_class) == ("main.two", "informational")
    assert [one.url for one in second.media] == ["https://example.com/a.png"]


def test_say_sends_nothing_where_its_template_comes_to_nothing() -> None:
    assert Talk("- say: '{{ contact.name }}'\n- say: Bye.").say("go") == ["Bye."]


# ask


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1", "Repair it is."),
        ("b", "Fitting it is."),
        ("REPAIR", "Repair it is."),
        ("fix", "Repair it is."),
        ("the second one", "Fitting it is."),
        ("rep", "Repair it is."),
        ("fiting", "Fitting it is."),
        ("can I get a repair on Monday", "Repair it is."),
    ],
)
def test_a_choice_is_understood_however_it_is_named(text: str, answer: str) -> None:
    talk = Talk(SERVICE)
    assert talk.say("go") == ["What do you need? Reply 1 for Repair, 2 for Fitting."]
    assert talk.say(text) == [answer]


@pytest.mark.parametrize(("text", "kept"), [("  Ana  ", "Ana"), ("O'Neil, A.", "O'Neil, A."), ("4", "4")])
def test_a_text_answer_is_kept_as_it_was_written(text: str, kept: str) -> None:
    assert Talk(NAME).script("go", text) == [f"Hello {kept}."]


@pytest.mark.parametrize("text", ["", "   ", "?!", "🙂"])
def test_a_text_answer_needs_a_letter_or_a_digit(text: str) -> None:
    assert Talk(NAME).script("go", text) == ["Sorry, I didn't get that. Who is this?"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [("yes", "yes"), ("yep, it is", "yes"), ("Sí", "yes"), ("👍", "yes"), ("nope", "no"), ("no, not that", "no")],
)
def test_yes_and_no_are_understood_and_said_back(text: str, answer: str) -> None:
    assert Talk(typed("yes_no", WHEEL)).script("go", text) == [f"E-bike: {answer}."]


@pytest.mark.parametrize("text", ["skip", "prefer not to say", "ninguna"])
def test_an_optional_question_may_be_skipped(text: str) -> None:
    assert Talk(typed("yes_no", WHEEL)).script("go", text) == ["E-bike: ."]


def test_a_question_that_is_not_optional_can_not_be_skipped() -> None:
    assert Talk(SERVICE).script("go", "skip")[0].startswith("Sorry, I didn't get that.")


# Not understood


def test_an_answer_that_makes_no_sense_is_asked_again_then_with_an_example_then_a_person_comes() -> None:
    talk = Talk(SERVICE)
    talk.say("go")
    assert talk.say("zzz") == ["Sorry, I didn't get that. What do you need? Reply 1 for Repair, 2 for Fitting."]
    assert talk.say("zzz") == [EXAMPLE]
    assert talk.say("zzz") == [HANDOFF]
    assert talk.owner == "nobody"
    assert talk.event("escalated")["reason"] == "not_understood"


@pytest.mark.parametrize("most", [0, 1, 3])
def test_retry_max_is_how_often_a_question_is_asked_again(most: int) -> None:
    talk = Talk(SERVICE.replace("  choices:", f"  retry: {{max: {most}}}\n  choices:"))
    talk.say("go")
    owners = [(talk.say("zzz"), talk.owner)[1] for _ in range(most + 1)]
    assert owners == ["bot"] * most + ["nobody"]


def test_a_good_answer_forgets_the_bad_ones() -> None:
    talk = Talk(SERVICE + "- ask: again\n  text: And now?\n  choices: {yellow: Yellow, green: Green}\n")
    talk.script("go", "zzz", "zzz", "repair")
    assert talk.say("zzz") == ["Sorry, I didn't get that. And now? Reply 1 for Yellow, 2 for Green."]


def test_retry_text_replaces_the_engines_words_and_then_leads_elsewhere() -> None:
    retry = "  retry: {max: 1, text: 'Again: {{ question }}', then: [{say: Never mind.}, end]}\n"
    talk = Talk(SERVICE.replace("  choices:", retry + "  choices:"))
    talk.say("go")
    assert talk.say("zzz") == ["Again: What do you need? Reply 1 for Repair, 2 for Fitting."]
    assert talk.say("zzz") == ["Never mind."]
    assert talk.event("session_ended")["outcome"] == "not_understood"


def test_a_question_that_was_given_up_on_is_empty_afterwards() -> None:
    retry = "  retry: {max: 0, then: {say: Moving on.}}\n"
    talk = Talk(SERVICE.replace("  choices:", retry + "  choices:"))
    assert talk.script("go", "zzz") == ["Moving on.", "it is."]


def test_texts_that_nothing_understands_are_counted_and_then_a_person_comes() -> None:
    talk = Talk("- say: Hello.")
    assert [talk.say("what?") for _ in range(3)] == [[CONFUSED], [CONFUSED], [HANDOFF]]
    assert talk.event("escalated")["reason"] == "fallback"


def test_a_text_that_is_understood_starts_the_count_again() -> None:
    talk = Talk("- say: Hello.")
    talk.script("what?", "what?", "go")
    assert talk.say("what?") == [CONFUSED]


def test_the_bots_own_fallback_words_count_queue_and_reason() -> None:
    bot = BOT + (
        "fallback: {text: Pardon?, max: 1, then: {escalate: shop, text: Wait for us., reason: lost}}\n"
        "handoff: {queues: [shop]}\n"
    )
    talk = Talk(folder("- say: Hello.", bot))
    assert talk.say("what?") == ["Pardon?"]
    assert talk.say("what?") == ["Wait for us."]
    assert (talk.event("escalated")["reason"], talk.event("escalated")["queue"]) == ("lost", "shop")


# confirm


def test_yes_to_a_confirmation_goes_on() -> None:
    talk = Talk(BOOKING)
    assert talk.script("go", "repair", "Monday") == ["Repair on Monday?"]
    assert talk.say("yep") == ["Booked."]
    assert talk.event("session_ended")["outcome"] == "booked"


def test_no_asks_which_answer_to_change_and_changes_only_that() -> None:
    talk = Talk(BOOKING)
    talk.script("go", "repair", "Monday")
    assert talk.say("no") == ["What should I change? Reply 1 for Service, 2 for Day."]
    assert talk.say("2") == ["Which day?"]
    assert talk.say("Friday") == ["Repair on Friday?"]
    assert talk.say("yes") == ["Booked."]


@pytest.mark.parametrize("text", ["no, the day", "change the day", "the day is wrong", "day"])
def test_a_correction_may_name_the_answer_at_once(text: str) -> None:
    talk = Talk(BOOKING)
    talk.script("go", "repair", "Monday")
    assert talk.say(text) == ["Which day?"]


def test_no_to_the_only_answer_asks_it_again_at_once() -> None:
    talk = Talk(NAME + "- confirm: '{{ name }}, right?'\n- say: Done.")
    talk.script("go", "Ana")
    assert talk.say("no") == ["Who is this?"]
    assert talk.say("Ben") == ["Ben, right?"]


def test_a_confirmation_that_is_not_understood_is_asked_again_then_explained_then_a_person_comes() -> None:
    talk = Talk(BOOKING)
    talk.script("go", "repair", "Monday")
    assert talk.say("perhaps") == ["Sorry, I didn't get that. Repair on Monday?"]
    assert talk.say("perhaps") == ["Please reply YES if this is right, or NO to change something. Repair on Monday?"]
    assert talk.say("perhaps") == [HANDOFF]


def test_a_bare_number_never_says_which_answer_to_change_before_it_was_offered() -> None:
    talk = Talk(BOOKING)
    talk.script("go", "repair", "Monday")
    assert talk.say("1") == ["Sorry, I didn't get that. Repair on Monday?"]


# branch, set, goto, if


BRANCH = """
- ask: bikes
  text: How many?
  choices: {one: One, some: Two, many: More}
- branch:
    - if: bikes == 'one'
      then: {say: A bike.}
    - elif: bikes == 'some'
      then: [{say: Two.}, {say: Bikes.}]
    - else: {escalate: shop}
- say: After.
"""


@pytest.mark.parametrize(
    ("text", "answer"), [("1", ["A bike.", "After."]), ("2", ["Two.", "Bikes.", "After."]), ("3", [HANDOFF])]
)
def test_branch_takes_the_first_case_that_holds(text: str, answer: list[str]) -> None:
    assert Talk(BRANCH).script("go", text) == answer


def test_branch_without_else_goes_on_when_nothing_holds() -> None:
    assert Talk("- set: {n: one}\n- branch:\n    - {if: n == 'two', then: {say: Two.}}\n- say: After.").say("go") == [
        "After."
    ]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("3", 3),
        ("1.5", 1.5),
        ("-2", -2),
        ("true", True),
        ("'true'", "true"),
        ("007", "007"),
        ("hello", "hello"),
        ("null", None),
        ("'{{ 1 + 2 }}'", 3),
        ("'{{ 1 == 1 }}'", True),
        ("'n is {{ 1 + 2 }}'", "n is 3"),
        ("'{{ bot.name }}'", "Harbor Cycle Works"),
    ],
)
def test_set_keeps_the_type_of_its_value(value: str, kept: object) -> None:
    talk = Talk(f"- set: {{found: {value}}}\n- ask: name\n  text: Who?")
    talk.say("go")
    assert talk.vars["found"] == kept
    assert type(talk.vars["found"]) is type(kept)


def test_set_keeps_a_choice_as_its_id() -> None:
    talk = Talk(SERVICE + "- set: {kept: '{{ service }}', contact.wants: '{{ service }}'}\n- ask: name\n  text: Who?")
    talk.script("go", "fix")
    assert talk.vars["kept"] == "repair"
    assert talk.state.fields == {"wants": "repair"}


def test_contact_fields_outlive_the_session() -> None:
    talk = Talk(
        folder(NAME + "- set: {contact.name: '{{ name }}'}", hi=flow("- say: Hi {{ contact.name }}.", "hi", "hi"))
    )
    talk.script("go", "Ana")
    assert talk.say("hi") == ["Hi Ana."]


def test_contact_locale_is_the_language_of_texts_and_of_the_engines_words() -> None:
    bot = BOT + "locales: [en, es]\n"
    steps = "- set: {contact.locale: es}\n- say: {en: Hello., es: Hola.}\n- ask: name\n  text: {en: Name?, es: Nombre}"
    talk = Talk(folder(steps, bot))
    assert talk.say("go") == ["Hola.", "Nombre"]
    assert talk.say("?!") == ["Perdone, no le he entendido. Nombre"]


def test_goto_leads_to_a_step_by_id_or_by_its_question() -> None:
    talk = Talk("- goto: late\n- id: early\n  say: Early.\n- end\n- id: late\n  say: Late.\n- goto: early")
    assert talk.say("go") == ["Late.", "Early."]


def test_goto_a_question_asks_it_again() -> None:
    talk = Talk(SERVICE + "- goto: service")
    assert talk.script("go", "1") == ["Repair it is.", "What do you need? Reply 1 for Repair, 2 for Fitting."]


@pytest.mark.parametrize(
    "step",
    [
        "say: Not this.",
        "ask: name\n  text: Not this?",
        "set: {n: two}",
        "branch: [{if: n == 'one', then: {say: Not this.}}]",
        "escalate: shop",
        "goto: last",
        "end: early",
    ],
)
def test_if_skips_any_kind_of_step_whose_condition_does_not_hold(step: str) -> None:
    talk = Talk(f"- set: {{n: one}}\n- {step}\n  if: n == 'two'\n- say: n is {{{{ n }}}}.\n- id: last\n  say: Last.")
    assert talk.say("go") == ["n is one.", "Last."]


def test_if_runs_a_step_whose_condition_holds() -> None:
    assert Talk("- set: {n: 1}\n- say: One.\n  if: n == 1\n- say: Two.\n  if: n == 2").say("go") == ["One."]


def test_an_if_on_a_variable_without_a_value_does_not_hold() -> None:
    steps = "- ask: x\n  text: X?\n  if: contact.asked\n- say: X is known.\n  if: x\n- say: End."
    assert Talk(steps).say("go") == ["End."]


# escalate, end


def test_escalate_tells_the_contact_and_hands_over_what_is_known() -> None:
    bot = BOT + "handoff: {text: Somebody comes., queue: shop, queues: [shop, sales]}\n"
    talk = Talk(folder(SERVICE + "- escalate: sales\n  reason: Price\n", bot))
    assert talk.script("go", "I need a fix please") == ["Repair it is.", "Somebody comes."]
    assert talk.owner == "nobody"
    assert talk.state.episode.status == "waiting_on_agent"
    handoff = talk.state.handoff
    assert handoff is not None
    assert (handoff.reason, handoff.queue, handoff.collected) == ("Price", "sales", {"service": "repair"})
    assert (handoff.ask, handoff.stopped_at) == ("I need a fix please", "main.3")


def test_an_escalation_with_nothing_after_it_ends_the_session() -> None:
    talk = Talk("- escalate: shop")
    talk.say("go")
    assert talk.state.session is None
    assert talk.event("session_ended")["outcome"] == "escalated"


def test_a_session_goes_on_after_an_escalation_once_handed_back_and_the_contact_writes() -> None:
    talk = Talk("- escalate: shop\n- say: Welcome back.")
    talk.say("go")
    assert talk.act(HandBack(*ANA, mode="wait")) == []
    assert talk.say("hello") == ["Welcome back."]


def test_a_session_goes_on_after_an_escalation_at_once_when_handed_back_to_ask() -> None:
    talk = Talk("- escalate: shop\n- say: Welcome back.")
    talk.say("go")
    assert talk.act(HandBack(*ANA, mode="ask")) == ["Welcome back."]
    assert talk.state.session is None


def test_a_question_that_was_given_up_on_for_a_person_is_still_open_when_handed_back() -> None:
    talk = Talk(SERVICE.replace("  choices:", "  retry: {max: 0, then: {escalate: shop}}\n  choices:"))
    assert talk.script("go", "zzz") == [HANDOFF]
    assert talk.event("escalated")["stopped_at"] == "main.service"
    assert talk.act(HandBack(*ANA, mode="ask")) == ["What do you need? Reply 1 for Repair, 2 for Fitting."]
    assert talk.say("1") == ["Repair it is."]


@pytest.mark.parametrize(
    ("step", "outcome"),
    [("end", "completed"), ("end:", "completed"), ("end: sold", "sold"), ("say: Bye.", "completed")],
)
def test_the_outcome_of_a_session_is_recorded(step: str, outcome: str) -> None:
    talk = Talk(f"- say: Hi.\n- {step}")
    talk.say("go")
    assert talk.event("session_ended")["outcome"] == outcome
    assert talk.state.episode.status == "completed"


def test_the_next_text_after_an_end_begins_another_episode() -> None:
    talk = Talk("- say: Hi.")
    talk.script("go", "go")
    assert talk.state.episode.number == 2
