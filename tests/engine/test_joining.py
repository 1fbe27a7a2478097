"""bot.yml's opt-in words: what they agree to, and which can't be one (K1, K3)."""

import pytest

from tests.engine.talk import BOT, flow
from textback.engine.bot import OptIn
from textback.engine.load import check_bot, load_bot

STEPS = "\n- say: Hello.\n"


def files(consent: str) -> dict[str, str]:
    return {"bot.yml": f"{BOT}consent:\n  keywords: {consent}\n", "flows/main.yml": flow(STEPS, start="book")}


def test_a_word_says_what_it_agrees_to() -> None:
    words = "{Join Us: {programme: offers, class: informational, name: N, frequency: Weekly, wording: W, version: '2'}}"
    assert load_bot(files(words)).opt_ins == {"join us": OptIn("offers", "informational", "N", "Weekly", "W", "2")}
    assert check_bot(files(words)) == []


def test_a_word_alone_is_for_all_promotional_texts_and_its_wording_is_missed() -> None:
    assert load_bot(files("{JOIN: {}}")).opt_ins == {"join": OptIn("", "promotional")}
    (warning,) = check_bot(files("{JOIN: {}}"))
    assert (warning.level, warning.message) == ("warning", "Nothing says what people read before they text JOIN.")


@pytest.mark.parametrize(
    ("consent", "said"),
    [
        ("{STOP: {wording: w}}", "has another meaning already"),
        ("{Yes: {wording: w}}", "has another meaning already"),
        ("{JOIN: {wording: w}, join!: {wording: w}}", "is there already"),
        ("{a very long word that nobody texts: {wording: w}}", "can't be texted as a word"),
        ("{JOIN: {wording: w, class: compliance}}", "Nobody opts in to the class"),
        ("{JOIN: {wording: w, programme: Big Offers}}", "programme can't be"),
        ("{JOIN: {wording: w, kind: x}}", "has no key"),
        ("[JOIN]", "must have keywords"),
    ],
)
def test_what_can_not_be_one_is_named(consent: str, said: str) -> None:
    errors = [problem.message for problem in check_bot(files(consent)) if problem.level == "error"]
    assert len(errors) == 1
    assert said in errors[0]
