"""Words that work everywhere, anger, and topics for people."""

import pytest

from tests.engine.talk import BOT, HANDOFF, SERVICE, Talk, folder

TWO = """
- ask: first
  text: First?
- ask: second
  text: Second?
- say: "{{ first }} and {{ second }}."
"""


def test_back_asks_the_question_before() -> None:
    talk = Talk(TWO)
    talk.script("go", "one")
    assert talk.say("go back") == ["First?"]
    assert talk.script("uno", "dos") == ["uno and dos."]


def test_back_at_the_first_question_repeats_it() -> None:
    talk = Talk(TWO)
    assert talk.script("go", "back") == ["First?"]


@pytest.mark.parametrize("word", ["repeat", "say again", "¿Cómo?", "What was the question?"])
def test_repeat_is_no_failed_try(word: str) -> None:
    talk = Talk(SERVICE)
    assert talk.script("go", word) == ["What do you need? Reply 1 for Repair, 2 for Fitting."]
    assert talk.state.session is not None
    assert talk.state.session.tries == 0


@pytest.mark.parametrize("word", ["never mind", "Nevermind", "nvm", "forget it", "olvídalo", "ya no"])
def test_never_mind_ends_the_session(word: str) -> None:
    talk = Talk(TWO)
    assert talk.script("go", word) == ["OK, I've stopped that. Text us any time."]
    assert talk.event("session_ended")["outcome"] == "abandoned"
    assert talk.state.session is None


def test_start_over_begins_the_flow_again_without_the_answers() -> None:
    talk = Talk(TWO)
    assert talk.script("go", "one", "start over") == ["First?"]
    assert talk.state.session is not None
    assert talk.state.session.vars == {}


@pytest.mark.parametrize("word", ["who is this", "Who's this?", "who r u", "¿Quién es?"])
def test_who_is_this_is_answered_and_the_question_comes_back(word: str) -> None:
    talk = Talk(SERVICE)
    assert talk.say(word) == ["This is Harbor Cycle Works."]
    back = "Back to where we were: What do you need? Reply 1 for Repair, 2 for Fitting."
    assert talk.script("go", word) == ["This is Harbor Cycle Works.", back]
    assert talk.say(word) == ["This is Harbor Cycle Works."]
    assert talk.state.session is not None
    assert talk.state.session.tries == 0


def test_who_is_this_may_start_a_flow_of_its_own() -> None:
    talk = Talk(folder(SERVICE, who="flow: who\nstart: {keywords: [who is this]}\nsteps:\n  - say: Ana's shop."))
    assert talk.say("who is this") == ["Ana's shop."]


def test_they_mean_nothing_where_no_question_is_open() -> None:
    talk = Talk(TWO)
    assert talk.say("never mind")[0].startswith("Sorry, I didn't understand")


def test_a_choice_of_the_open_question_wins() -> None:
    talk = Talk(SERVICE.replace("also: [fix]", "also: [go back, ridiculous]"))
    assert talk.script("go", "go back") == ["Repair it is."]
    assert talk.script("go", "ridiculous") == ["Repair it is."]


@pytest.mark.parametrize("text", ["this is ridiculous", "WTF", "you useless bot!!", "Esto es ridículo", "I'm so angry"])
def test_anger_gets_a_person_at_once(text: str) -> None:
    talk = Talk(TWO)
    assert talk.script("go", text) == [HANDOFF]
    assert (talk.event("escalated")["reason"], talk.owner) == ("upset", "nobody")


def test_a_business_may_leave_anger_to_the_bot() -> None:
    talk = Talk(folder(TWO, BOT + "handoff: {upset: false}\n"))
    assert talk.script("go", "this is ridiculous") == ["Second?"]


@pytest.mark.parametrize("text", ["I will call my lawyer", "LAWYER", "small-claims court it is"])
def test_a_listed_topic_gets_a_person_at_once(text: str) -> None:
    talk = Talk(folder(TWO, BOT + "handoff: {topics: {legal: [lawyer, small claims]}}\n"))
    assert talk.say(text) == [HANDOFF]
    assert talk.event("escalated")["reason"] == "legal"


def test_a_topic_is_a_whole_word() -> None:
    talk = Talk(folder(TWO, BOT + "handoff: {topics: {legal: [sue]}}\n"))
    assert talk.script("go", "the issue") == ["Second?"]
