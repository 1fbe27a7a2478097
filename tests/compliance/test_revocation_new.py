"""Opt-outs in texts that are new: sets that were written before they were measured, bare words of every list however
they are dressed or mistyped, opt-outs in the middle of something else, and the texts that the model learns from."""

import json
from functools import cache
from pathlib import Path

import pytest

from benchmarks.revocation_made import expanded, from_templates, from_texts, misspelt
from textback.compliance.detect import keyword
from textback.compliance.keywords import LISTS
from textback.compliance.mistyped import MISTYPED, mistyped
from textback.compliance.revocation import revocation
from textback.compliance.tagging import words_of

FOLDER = Path(__file__).parent / "revocation"
STOPS = sorted({word for one in LISTS if one.kind == "stop" for word in one.words})


@cache
def texts(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def reading(text: str) -> str:
    found = keyword(text)
    return "clear" if found is not None and found.kind == "stop" else revocation(text).reading


def shares(name: str) -> tuple[float, float]:
    """Clear opt-outs that are found, and texts that are none and are taken for one; the unsure are on neither side."""
    rows = [(one["label"], reading(one["text"]) == "clear") for one in texts(name)]
    clear = [found for label, found in rows if label == "clear"]
    rest = [found for label, found in rows if label == "none"]
    return sum(clear) / len(clear), sum(rest) / len(rest)


def test_a_round_that_has_been_learnt_from() -> None:
    """The first look was 97.8% and 1.6%."""
    recall, false = shares("blind_4")
    assert recall >= 0.995
    assert false <= 0.005


def test_a_round_that_was_measured_once() -> None:
    """Forty people of all sorts, in 14 languages: 96.3% and 0.5% at the first look. Nothing was changed for them."""
    recall, false = shares("blind_5")
    assert recall >= BLIND_5_RECALL
    assert false <= BLIND_5_FALSE


BLIND_5_RECALL, BLIND_5_FALSE = 0.96, 0.005


DRESSES = "{}| {} |{}.|{}!!!|“{}”|({})|🛑 {}|{} 🙏|*{}*|{}…|{}?|¡{}!|{}。|{}！|[{}]|<{}>|{}\nSent from my phone|#{}"


@pytest.mark.parametrize("dress", DRESSES.split("|"))
def test_a_bare_word_of_any_list_is_never_missed(dress: str) -> None:
    missed = [
        written
        for word in STOPS
        for written in (word, word.upper(), word.title())
        if reading(dress.format(written)) != "clear"
    ]
    assert missed == []


SLIPS = "cancle|Cancell|cancal!|CNACEL|quti|qiut!|sotp|stpo|stoip|unsubscirbe|optuot|revok|edn.|opt oout|cancle 😡"


@pytest.mark.parametrize("text", SLIPS.split("|"))
def test_a_word_of_the_law_with_a_slip_is_one(text: str) -> None:
    """CTIA 5.1.3: small variants must not defeat an opt-out."""
    assert reading(text) == "clear"


@pytest.mark.parametrize(
    "text",
    ["quite", "quiet", "Ned", "cancer", "shop", "step", "evoke", "eend", "send", "cancle my 3pm"],
)
def test_another_word_that_is_near_is_none(text: str) -> None:
    assert reading(text) == "none"
    assert mistyped(words_of(text)) == ""


def test_no_slip_is_a_word_that_consent_knows() -> None:
    assert not MISTYPED & {word for one in LISTS if one.kind != "stop" for word in one.words}


@pytest.mark.parametrize(
    "text",
    [
        "The food was great. Please take me off your texting list. When do you open on Sunday?",
        "My order came late again. Please stop texting me. I want my deposit back on Friday",
        "Ya llegó mi pedido, gracias. No me manden más mensajes. ¿A qué hora cierran?",
    ],
)
def test_an_opt_out_among_other_sentences_is_one(text: str) -> None:
    """O4."""
    assert reading(text) == "clear"


@pytest.mark.parametrize(
    "text", ["haha stop it. you are killing me. see you at eight", "stop worrying. i am fine. call you"]
)
def test_a_command_to_a_friend_among_other_sentences_is_none(text: str) -> None:
    assert reading(text) != "clear"


def test_a_template_is_each_of_its_choices_and_the_same_each_time() -> None:
    assert set(expanded("{stop|quit} {texting|calling} me{|!}", 50)) == {
        f"{verb} {what} me{end}" for verb in ("stop", "quit") for what in ("texting", "calling") for end in ("", "!")
    }
    assert expanded("{a|b} {c|d}", 2) == expanded("{a|b} {c|d}", 2)
    assert len(expanded("{a|b|c} {d|e|f}", 4)) == 4


def test_the_templates_are_in_all_languages_and_none_is_both() -> None:
    rows = list(from_templates())
    clear = {one["text"].casefold() for one in rows if one["label"] == "clear"}
    rest = {one["text"].casefold() for one in rows if one["label"] == "none"}
    assert not clear & rest
    assert {one["lang"] for one in rows} == set("en es fr de pt it nl pl ru tr zh ja ar hi".split())
    assert not any("{" in text or "|" in text or "}" in text for text in clear | rest)


def test_what_is_made_of_texts_keeps_what_they_are() -> None:
    rows = [
        {"text": "please stop texting me", "label": "clear", "lang": "en", "group": "a"},
        {"text": "running ten minutes late today", "label": "none", "lang": "en", "group": "b"},
        {"text": "how do I get off", "label": "unsure", "lang": "en", "group": "c"},
    ]
    made = list(from_texts(rows))
    assert made == list(from_texts(rows))
    assert {(one["label"], one["group"]) for one in made} == {("clear", "a"), ("none", "b")}
    assert any("running ten" in one["text"] and one["label"] == "clear" for one in made)


def test_a_misspelling_differs_by_little_and_words_too_short_stay() -> None:
    assert misspelt("go to it") == "go to it"
    assert misspelt("unsubscribe") != "unsubscribe"
    assert misspelt("unsubscribe")[0] == "u"
