"""Answers of every type in a conversation: said early, corrected, checked, asked which, hidden."""

import pytest

from tests.engine.talk import BOT, HANDOFF, Talk, folder
from textback.engine.arrivals import Media, Message
from textback.engine.effects import Mask

# 2026-02-01 18:40 in Los Angeles, a Sunday; open on weekdays.
SHOP = BOT + "timezone: America/Los_Angeles\nhours: {mon-fri: '9:00-18:00'}\n"

BOOKING = """
- ask: service
  text: What do you need?
  choices:
    repair: {label: Repair, also: [fix]}
    fitting: Fitting
- ask: when
  text: When suits you?
  check: [future, open_hours]
- ask: name
  text: And your name?
- confirm: "{{ service }} on {{ when | when }} for {{ name }}?"
- record: {goal: booked}
- say: Booked.
"""
VARS = "vars: {when: datetime, name: name}\n"


def booking(steps: str = BOOKING, bot: str = SHOP, more: str = VARS) -> Talk:
    files = folder(steps, bot)
    files["flows/main.yml"] = files["flows/main.yml"].replace("steps:", f"{more}steps:", 1)
    return Talk(files)


# Said before it is asked


def test_what_is_said_at_the_start_is_not_asked() -> None:
    talk = booking()
    said = talk.say("go, a repair tomorrow at 4, I'm Ana")
    assert said == ["Repair on Mon Feb 2 at 4:00 PM for Ana?"]
    assert talk.say("yep") == ["Booked."]


def test_what_is_said_with_an_answer_is_not_asked() -> None:
    talk = booking()
    talk.say("go")
    assert talk.say("repair on wednesday at 10am") == ["And your name?"]
    assert talk.say("ana lopez") == ["Repair on Wed Feb 4 at 10:00 AM for Ana Lopez?"]


def test_what_nothing_will_confirm_is_said_back() -> None:
    talk = booking(BOOKING.replace('- confirm: "{{ service }} on {{ when | when }} for {{ name }}?"\n', ""))
    talk.say("go")
    assert talk.say("repair tomorrow at 4") == ["When: Mon Feb 2 at 4:00 PM. And your name?"]


def test_what_a_check_refuses_is_not_kept_and_is_asked() -> None:
    talk = booking()
    talk.say("go")
    assert talk.say("repair on saturday at 10am") == ["When suits you?"]


def test_a_question_may_want_to_be_asked() -> None:
    talk = booking(BOOKING.replace("text: And your name?", "text: And your name?\n  prefill: false"))
    talk.say("go")
    assert talk.say("repair tomorrow at 4, I'm Ana") == ["And your name?"]


# Corrections


def test_a_time_alone_corrects_the_time() -> None:
    talk = booking()
    talk.say("go, a repair tomorrow at 4, I'm Ana")
    assert talk.say("actually 5pm") == ["Repair on Mon Feb 2 at 5:00 PM for Ana?"]
    assert talk.say("no, Tuesday") == ["Repair on Tue Feb 3 at 5:00 PM for Ana?"]
    assert talk.say("make it a fitting") == ["Fitting on Tue Feb 3 at 5:00 PM for Ana?"]
    assert talk.say("yes but at 3pm") == ["Fitting on Tue Feb 3 at 3:00 PM for Ana?"]
    assert talk.say("sí") == ["Booked."]


def test_an_earlier_answer_is_corrected_while_another_question_is_open() -> None:
    talk = booking()
    talk.script("go", "repair", "tomorrow at 4")
    assert talk.say("sorry, I meant tuesday") == ["And your name?"]
    assert talk.say("Ana") == ["Repair on Tue Feb 3 at 4:00 PM for Ana?"]


def test_a_correction_is_checked() -> None:
    talk = booking()
    talk.say("go, a repair tomorrow at 4, I'm Ana")
    assert talk.say("actually saturday") != ["Repair on Sat Feb 7 at 4:00 PM for Ana?"]
    assert talk.state.session is not None
    assert talk.state.session.vars["when"] == "2026-02-02T16:00"


def test_a_correction_may_lead_another_way_and_repeats_nothing() -> None:
    talk = booking(
        """
- ask: size
  text: Which size?
  choices: {small: Small, large: Large}
- say: Noted.
- record: {event: sized}
- branch:
    - if: size == 'large'
      then:
        - ask: floor
          text: Which floor?
    - else: [{say: It fits in a letterbox.}]
- ask: day
  text: Which day?
- confirm: "{{ size }}, {{ day }}?"
- say: Done.
""",
        more="vars: {floor: integer, day: date}\n",
    )
    talk.script("go", "small")
    assert talk.say("actually large") == ["Which floor?"]
    assert talk.kinds.count("recorded") == 0
    assert talk.say("3") == ["Which day?"]
    assert talk.say("tomorrow") == ["Large, Mon Feb 2?"]


def test_an_earlier_choice_named_again_is_its_answer_and_starts_nothing_else() -> None:
    steps = """
- ask: size
  text: Which size?
  choices: {small: Small, large: Large}
- ask: urgent
  text: Is it urgent?
- say: "{{ size }}, {{ urgent }}."
"""
    talk = booking(steps, more="vars: {urgent: yes_no}\n")
    talk.script("go", "small")
    assert talk.say("small") == ["Sorry, I didn't get that. Is it urgent?"]
    assert talk.say("large") == ["Is it urgent?"]
    assert talk.event("corrected")["step"] == "size"
    assert talk.say("yes") == ["Large, yes."]


def test_a_round_trip_through_a_question_is_no_endless_walk() -> None:
    talk = booking(
        """
- ask: item
  text: What shall we add?
  choices: {tea: Tea, cake: Cake}
- ask: more
  text: Anything else?
- goto: item
  if: more
- say: Thanks.
""",
        more="vars: {more: yes_no}\n",
    )
    talk.script("go", "tea", "yes")
    assert talk.script("cake", "no") == ["Thanks."]
    talk.script("go", "tea", "yes", "cake")
    assert talk.say("actually tea") == ["Anything else?"]


# Which of two


def test_what_may_mean_two_things_is_asked() -> None:
    talk = booking("- ask: at\n  text: What time?\n- say: '{{ at | when }} it is.'", BOT, "vars: {at: time}\n")
    talk.say("go")
    asked = talk.say("4")
    assert asked == ["Do you mean 4:00 AM or 4:00 PM?"]
    assert talk.say("the second") == ["4:00 PM it is."]


def test_which_one_may_be_said_in_full() -> None:
    talk = booking("- ask: at\n  text: What time?\n- say: '{{ at | when }} it is.'", BOT, "vars: {at: time}\n")
    assert talk.script("go", "4", "4 in the afternoon") == ["4:00 PM it is."]


def test_a_day_without_a_time_is_asked_for_the_time() -> None:
    talk = booking()
    talk.script("go", "repair")
    assert talk.say("tomorrow") == ["What time on Mon Feb 2?"]
    assert talk.say("at 4") == ["And your name?"]
    assert talk.say("Ana") == ["Repair on Mon Feb 2 at 4:00 PM for Ana?"]


def test_a_time_without_a_day_is_asked_for_the_day() -> None:
    talk = booking(bot=BOT + "timezone: America/Los_Angeles\n")
    talk.script("go", "repair")
    asked = talk.say("7pm")
    if asked == ["And your name?"]:
        assert talk.say("Ana") == ["Repair on Sun Feb 1 at 7:00 PM for Ana?"]
    else:
        assert asked[0].startswith("Do you mean")


# Checks, sensitive answers, media


def test_a_refused_answer_says_why_and_the_question_stays_open() -> None:
    talk = booking()
    talk.script("go", "repair")
    assert talk.say("saturday at 10am") == ["We are closed then. When suits you?"]
    assert talk.say("january 5 2026 at 10am") == [
        "That is in the past. For example: tomorrow at 4 pm. When suits you? Or reply PERSON to get a person."
    ]
    assert talk.say("saturday at 11am") == [HANDOFF]


def test_checks_have_their_own_words_and_may_read_the_answer() -> None:
    talk = booking(
        """
- ask: guests
  text: How many?
  check: [{min: 1}, {max: 8, say: "Eight at most."}, {expr: "guests != 7", say: "Not {{ guests }}."}]
- say: "{{ guests }}."
""",
        more="vars: {guests: integer}\n",
    )
    talk.say("go")
    assert talk.say("a dozen") == ["Eight at most. How many?"]
    assert talk.say("seven")[0].startswith("Not 7.")
    assert talk.script("go", "0") == ["That is too low: at least 1, please. How many?"]
    assert talk.say("four of us") == ["4."]


def test_a_sensitive_answer_is_shown_nowhere() -> None:
    talk = booking(
        "- ask: card\n  text: Last four digits?\n  sensitive: true\n- ask: more\n  text: Anything else?\n- end",
        more="vars: {card: pattern}\n".replace("pattern", "text"),
    )
    talk.script("go", "4417")
    assert any(isinstance(effect, Mask) for effect in talk.turn.effects)
    assert "4417" not in str(talk.turn.checks) + str(talk.turn.events)
    talk.say("a person please")
    assert talk.state.handoff is not None
    assert talk.state.handoff.collected == {"card": "•••"}
    assert talk.state.session is not None
    assert talk.state.session.vars["card"] == "4417"


def test_what_a_sensitive_question_does_not_take_is_hidden_too() -> None:
    asks = "- ask: pin\n  text: PIN?\n  sensitive: true\n  pattern: '\\d{4}'\n- end"
    conversation = booking(asks, more="")
    conversation.script("go", "my pin is 99 99")
    assert any(isinstance(effect, Mask) for effect in conversation.turn.effects)
    assert conversation.script("my pin is 99 99", "my pin is 99 99") == [HANDOFF]
    assert conversation.state.handoff is not None
    assert conversation.state.handoff.ask == "•••"


def test_a_picture_is_an_answer_only_where_one_is_asked_for() -> None:
    talk = booking("- ask: photo\n  text: Send a photo.\n- say: Thanks.", more="vars: {photo: media}\n")
    talk.say("go")
    assert talk.say("here") == ["Sorry, I didn't get that. Send a photo."]
    picture = Message("+12065550123", "+12065550100", "", "m9", media=(Media("https://example.com/a.jpg"),))
    assert talk.act(picture) == ["Thanks."]
    talk = booking()
    talk.say("go")
    assert talk.act(picture)[0].startswith("Sorry, I didn't get that.")


@pytest.mark.parametrize(
    ("type_", "text", "shown"),
    [
        ("number", "two and a half", "2.5"),
        ("integer", "twenty five", "25"),
        ("money", "20 bucks", "$20"),
        ("date", "next friday?", "Fri Feb 6"),
        ("date", "march 3", "Tue Mar 3"),
        ("time", "half past 4 pm", "4:30 PM"),
        ("datetime", "tomorrow at noon", "Mon Feb 2 at 12:00 PM"),
        ("email", "ana@example.com", "ana@example.com"),
        ("phone", "206 555 0123", "(206) 555-0123"),
        ("postcode", "98101", "98101"),
        ("name", "im ana", "Ana"),
        ("yes_no", "yep", "yes"),
        ("location", "12 Pier Road", "12 Pier Road"),
    ],
)
def test_every_type_is_asked_and_shown(type_: str, text: str, shown: str) -> None:
    talk = booking("- ask: x\n  text: Well?\n- say: '{{ x }}'", more=f"vars: {{x: {type_}}}\n")
    sent = talk.script("go", text)
    assert sent == [shown]


def test_values_print_as_people_write_them_and_are_kept_as_programs_do() -> None:
    steps = """
- ask: when
  text: When?
- ask: price
  text: How much?
- set: {contact.when: "{{ when }}", contact.price: "{{ price }}"}
- say: "{{ when }}, {{ price }} ({{ price.currency }})."
- say: Late.
  if: when > '2026-02-01'
"""
    talk = booking(steps, more="vars: {when: datetime, price: money}\n")
    assert talk.script("go", "tomorrow at noon", "twelve fifty") == ["Mon Feb 2 at 12:00 PM, $12.50 (USD).", "Late."]
    assert talk.state.fields == {"when": "2026-02-02T12:00", "price": {"amount": "12.50", "currency": "USD"}}


def test_a_pattern_says_what_an_answer_looks_like() -> None:
    talk = booking(
        "- ask: code\n  text: Which code?\n  pattern: '[A-Z]{2}[0-9]{4}'\n- say: 'Found {{ code }}.'", more=""
    )
    talk.say("go")
    assert talk.say("no idea")[0].startswith("Sorry, I didn't get that.")
    assert talk.say("AB1234") == ["Found AB1234."]


def test_a_date_of_another_year_says_which() -> None:
    steps = "- ask: day\n  text: Which day?\n- say: '{{ day }} it is, {{ day | when }}.'"
    talk = booking(steps, BOT, "vars: {day: date}\n")
    assert talk.script("go", "jan 5 2027") == ["Tue Jan 5, 2027 it is, Tue Jan 5, 2027."]
