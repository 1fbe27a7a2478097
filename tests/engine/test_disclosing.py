"""The first text that the bot sends a contact says that a program writes."""

import pytest

from textback.core.text import segments
from textback.engine.arrivals import AgentReply, Message
from textback.engine.effects import Send
from textback.engine.load import BotError, load_bot
from textback.engine.state import State, dump_state, load_state
from textback.engine.step import Turn, step
from textback.engine.words import LANGUAGES

NOW = 1_800_000_000_000
FLOW = "flow: hello\nstart: {keywords: [hello]}\nsteps:\n  - ask: name\n    text: TEXT\n  - say: Thank you.\n"


def served(automated: str, text: str = "Who are you?", more: str = "") -> tuple[State, list[str]]:
    """What a contact who texts hello and then their name reads, and the state that is left."""
    bot = load_bot(
        {
            "bot.yml": f"bot: Example Dental\n{more}{automated}\n",
            "flows/hello.yml": FLOW.replace("TEXT", text),
            "personas/desk.yml": "persona: desk\nprompt: You help.\n",
        }
    )
    state, said = State(), []
    for n, words in enumerate(("hello", "Ana")):
        turn = step(
            bot, load_state(dump_state(state)), Message("+12065550123", "main", words, f"m{n}"), NOW, session_id="s"
        )
        state = turn.state
        said += [effect.text for effect in turn.effects if isinstance(effect, Send)]
    return state, said


def test_it_is_said_once_and_before_all_else() -> None:
    _, said = served("automated: true")
    assert said == ["This is the automated assistant of Example Dental. Who are you?", "Thank you."]


MODEL = "model: {use: openai:gpt-5-mini}\n"


def test_a_bot_with_a_model_says_so_unless_it_must_not() -> None:
    assert served("", more=MODEL)[1][0] == "This is the automated assistant of Example Dental. Who are you?"
    assert served("automated: false", more=MODEL)[1][0] == "Who are you?"


def test_nothing_is_said_where_nobody_asked_for_it() -> None:
    for setting in ("", "automated: false"):
        assert served(setting)[1][0] == "Who are you?"


def test_the_words_are_the_business_s_own_by_locale() -> None:
    more = "locales: [en, es]\n"
    _, said = served('automated: {en: "A program of {{ bot.name }} writes.", es: "Escribe un programa."}', more=more)
    assert said[0] == "A program of Example Dental writes. Who are you?"


def test_a_text_that_says_so_itself_is_left_as_it_is() -> None:
    state, said = served("automated: true", "I am the automated helper. Who are you?")
    assert said[0] == "I am the automated helper. Who are you?"
    assert state.disclosed


def test_a_person_does_not_call_themselves_a_program() -> None:
    bot = load_bot({"bot.yml": "bot: Example Dental\nautomated: true\n", "flows/hello.yml": FLOW.replace("TEXT", "Hi")})
    turn: Turn = step(bot, State(), AgentReply("u1", "Ana", "On our way.", "m1"), NOW, session_id="s")
    assert [effect.text for effect in turn.effects if isinstance(effect, Send)] == ["On our way."]
    assert not turn.state.disclosed


def test_it_is_not_withdrawn_with_the_question_that_it_stands_before() -> None:
    bot = load_bot(
        {"bot.yml": "bot: Example Dental\nautomated: true\n", "flows/hello.yml": FLOW.replace("TEXT", "Who?")}
    )
    turn = step(bot, State(), Message("+12065550123", "main", "hello", "m1"), NOW, session_id="s")
    assert [effect.asks for effect in turn.effects if isinstance(effect, Send)] == [""]


def test_the_engines_own_sentence_does_not_make_a_text_dearer() -> None:
    for language in LANGUAGES.values():
        assert segments(language.phrases.automated.format(name="Example")).encoding == "GSM-7"


def test_a_sentence_that_names_what_nobody_knows_is_refused() -> None:
    with pytest.raises(BotError, match="no variable"):
        load_bot({"bot.yml": 'bot: Example\nautomated: "{{ visit }}"\n', "flows/hello.yml": FLOW.replace("TEXT", "Hi")})
