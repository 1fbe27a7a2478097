"""Where another program answers, the bot says nothing but what consent, people and its own open questions ask for."""

import pytest

from tests.engine.talk import ANA, BOT, HANDOFF, Talk, folder
from textback.compliance.consent import Brand, goodbye
from textback.engine.arrivals import ApiEvent, ApiSend, HandBack, Message, Takeover
from textback.engine.effects import Send
from textback.engine.load import check_bot, load_bot
from textback.pipeline.decide import Standing, decide

LEFT = BOT + "answers: program\n"
ORDER = """
- ask: drink
  text: Tea or coffee?
  choices: {tea: Tea, coffee: Coffee}
  retry: {max: 5, text: Please pick one.}
- say: "{{ drink }}!"
"""


def reply(text: str) -> ApiSend:
    """What the program answers."""
    return ApiSend("crm", text, "m1", message_class="conversational")


@pytest.mark.parametrize("text", ["go", "Do you fix e-bikes?", "???", "2"])
def test_a_text_is_left_to_the_program(text: str) -> None:
    talk = Talk(folder(ORDER, LEFT))
    assert talk.say(text) == []
    assert talk.decided == "Left to a program"
    assert (talk.owner, talk.state.episode.status, talk.state.session) == ("bot", "engaged", None)
    assert talk.act(reply("Yes, we do.")) == ["Yes, we do."]
    assert talk.state.episode.status == "waiting_on_customer"
    assert talk.say("Thanks") == []
    assert (talk.state.episode.number, talk.state.episode.status) == (1, "engaged")


def test_who_asks_for_a_person_gets_one_and_the_program_s_text_does_not_take_them_away() -> None:
    talk = Talk(folder(ORDER, LEFT))
    assert talk.say("Can I talk to a real person please") == [HANDOFF]
    talk.act(reply("I am quick."))
    assert (talk.owner, talk.state.episode.status) == ("nobody", "waiting_on_agent")
    talk.act(Takeover(*ANA))
    assert talk.say("Hello?") == []
    assert talk.decided == "A person has it"
    talk.act(HandBack(*ANA))
    talk.say("Are you open?")
    assert (talk.decided, talk.owner) == ("Left to a program", "bot")


def test_a_flow_that_the_program_began_hears_its_answers() -> None:
    files = folder(ORDER, LEFT)
    started = "keywords: [go], event: came, class: informational"
    files["flows/main.yml"] = files["flows/main.yml"].replace("keywords: [go]", started)
    talk = Talk(files)
    assert talk.act(ApiEvent("came", {}, "crm")) == ["Tea or coffee? Reply 1 for Tea, 2 for Coffee."]
    assert talk.say("a bicycle") == ["Please pick one."]
    assert talk.say("tea") == ["Tea!"]
    assert talk.say("tea") == []
    assert talk.decided == "Left to a program"


@pytest.mark.parametrize("text", ["STOP", "HELP", "START", "please do not text me again"])
def test_consent_comes_before_the_program(text: str) -> None:
    bot = load_bot(folder(ORDER, LEFT), 1)
    talk = Talk(folder(ORDER, LEFT))
    heard = Message("+12065550123", "+12065550100", text, "m1")
    standing = Standing(text == "START", {}, talk.now)
    turn = decide(bot, talk.state, heard, talk.now, standing, session_id="s")
    sent = [effect.text for effect in turn.effects if isinstance(effect, Send)]
    assert len(sent) == 1
    assert (sent == [goodbye(Brand(bot.name))]) == (text not in ("HELP", "START"))
    assert "Left to a program" not in {check.name for check in turn.checks if check.hit}


def test_such_a_bot_needs_no_flow_and_any_other_does() -> None:
    assert check_bot({"bot.yml": LEFT}) == []
    assert Talk({"bot.yml": LEFT}).say("Hi") == []
    assert [problem.message for problem in check_bot({"bot.yml": BOT})] == ["The bot has no flow."]


def test_answers_is_bot_or_program() -> None:
    assert load_bot(folder(ORDER, BOT + "answers: bot\n")).answers == "bot"
    [problem] = check_bot(folder(ORDER, BOT + "answers: crm\n"))
    assert (problem.message, problem.fix) == ("answers can't be 'crm'.", "Write bot or program.")
