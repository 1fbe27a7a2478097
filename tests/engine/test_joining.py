"""bot.yml's opt-in words: what they agree to, and which can't be one (K1, K3)."""

import pytest

from tests.engine.talk import BOT, flow
from textback.core.promise import Promise
from textback.engine.bot import OptIn
from textback.engine.joining import promises_of
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


def frequencies(brand: str, *words: str) -> dict[str, str]:
    """bot.yml with its own frequency and words of the programme offers, each with one."""
    keywords = ", ".join(
        f"W{number}: {{programme: offers, frequency: {word!r}, wording: w}}" for number, word in enumerate(words)
    )
    found = files(f"{{{keywords}}}")
    return {**found, "bot.yml": f"{found['bot.yml']}frequency: {brand}\n"}


@pytest.mark.parametrize(
    ("brand", "words", "offers", "others"),
    [
        ("2 a week", ["4 msgs/month"], Promise(4, "month"), Promise(2, "week")),
        ("2 a week", ["4 msgs/month", "1 a day"], Promise(4, "month"), Promise(2, "week")),
        ("2 a week", ["1 a day", "4 msgs/month"], Promise(4, "month"), Promise(2, "week")),
        ("2 a week", [], Promise(2, "week"), Promise(2, "week")),
        ("2 a week", ["Message frequency varies"], None, Promise(2, "week")),
        ("Only answers to your texts", ["Weekly"], Promise(1, "week"), None),
    ],
)
def test_q3_what_a_programme_promises(
    brand: str, words: list[str], offers: Promise | None, others: Promise | None
) -> None:
    promises = promises_of(load_bot(frequencies(brand, *words)))
    assert (promises.of("offers"), promises.of(""), promises.of("news")) == (offers, others, others)
    assert check_bot(frequencies(brand, *words)) == []


def test_q3_a_frequency_that_can_not_be_counted_is_warned_of() -> None:
    problems = check_bot(frequencies("4 or so, weekly, 2 a day", "When we have news"))
    assert [(one.file, one.level) for one in problems] == [("bot.yml", "warning")] * 2
    assert [one.message for one in sorted(problems, key=lambda one: -one.line)] == [
        "The frequency '4 or so, weekly, 2 a day' can't be counted, so nothing is held back for it.",
        "The frequency 'When we have news' can't be counted, so nothing is held back for it.",
    ]


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
