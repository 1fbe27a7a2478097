"""Intents: what a text seems to want starts a flow, or is asked about, or is nothing."""

import msgspec

from tests.engine.talk import SERVICE, Talk, flow, folder
from textback.engine.bot import Understood

HOURS = flow("- say: Tue to Sat.", start="hours", name="hours")
PRICES = flow("- say: From $20.", start="prices", name="prices")


class Reads:
    """Reads what it was told to."""

    def __init__(self, **texts: Understood) -> None:
        self.texts = {text.replace("_", " "): read for text, read in texts.items()}

    def read(self, text: str) -> Understood:
        return self.texts.get(text, Understood())


def talk(**texts: Understood) -> Talk:
    made = Talk(folder(SERVICE, hours=HOURS, prices=PRICES))
    made.bot = msgspec.structs.replace(made.bot, recogniser=Reads(**texts))
    return made


def test_a_text_that_surely_wants_a_flow_starts_it() -> None:
    assert talk(are_you_open=Understood(("hours",), True, 0.97)).say("are you open") == ["Tue to Sat."]


def test_what_the_text_says_in_answer_to_its_questions_is_kept() -> None:
    conversation = talk(can_you_repair_it=Understood(("main",), True, 0.9))
    assert conversation.say("can you repair it") == ["Service: Repair. Repair it is."]


def test_a_text_that_may_want_one_of_two_is_asked_about() -> None:
    conversation = talk(when_how_much=Understood(("hours", "prices", "main"), False, 0.5))
    assert conversation.say("when how much") == ["I'm not sure I got that. Is it about hours or prices?"]
    assert conversation.say("the second one") == ["From $20."]
    assert (conversation.state.unclear, conversation.state.unclear_text) == ([], "")


def test_neither_is_an_answer_too() -> None:
    conversation = talk(when_how_much=Understood(("hours", "prices"), False, 0.5))
    assert conversation.script("when how much", "no")[0].startswith("Sorry, I didn't understand")


def test_neither_again_and_again_gets_a_person() -> None:
    conversation = talk(when_how_much=Understood(("hours", "prices"), False, 0.5))
    conversation.script("when how much", "no", "sing", "dance")
    assert conversation.owner == "nobody"


def test_another_text_takes_the_question_back() -> None:
    conversation = talk(when_how_much=Understood(("hours", "prices"), False, 0.5))
    assert conversation.script("when how much", "go")[0].startswith("What do you need?")
    assert conversation.state.unclear == []


def test_a_text_that_wants_nothing_known_is_not_understood() -> None:
    assert talk().say("sing me a song")[0].startswith("Sorry, I didn't understand")


def test_an_answer_to_the_open_question_comes_first_and_a_digression_is_answered() -> None:
    conversation = talk(are_you_open=Understood(("hours",), True, 0.97))
    conversation.say("go")
    assert conversation.say("are you open")[0] == "Tue to Sat."
    assert conversation.say("repair") == ["Repair it is."]


def test_no_question_is_asked_about_a_text_while_another_question_is_open() -> None:
    conversation = talk(when_how_much=Understood(("hours", "prices"), False, 0.5))
    assert conversation.script("go", "when how much")[0].startswith("Sorry, I didn't get that.")


def test_the_flow_that_is_open_is_not_begun_again() -> None:
    conversation = talk(i_need_something=Understood(("main",), True, 0.97))
    assert conversation.script("go", "i need something")[0].startswith("Sorry, I didn't get that.")
