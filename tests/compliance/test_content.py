"""What is looked for in texts: subjects, how to stop, digits in the place of STOP, names, and what a welcome lacks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.compliance import content
from textback.compliance.content_words import AS_OF, SOURCE, SUBJECT_NAMES, SUBJECT_WORDS
from textback.core.subjects import SUBJECTS

SPEAKS = {
    "sex": ["XXX videos tonight", "fotos de desnudos"],
    "hate": ["white power rally"],
    "alcohol": ["Happy-hour until 7!", "2x1 en CERVEZAS", "Craft beer tasting"],
    "firearms": ["New AMMO in store", "venta de pistolas"],
    "tobacco": ["Vapes from $9", "cigarrillos", "E-cigarettes here"],
    "cannabis": ["CBD gummies", "marihuana legal", "delta-8 is back"],
    "gambling": ["50 free spins", "Casino royale night", "casa de apuestas"],
    "loans": ["Payday loans in 5 min", "préstamo rápido"],
    "debt": ["Debt relief works", "reparación de crédito"],
    "leads": ["Work from home!", "You’ve been pre-approved", "compramos casas"],
    "crypto": ["Buy Bitcoin now", "criptomonedas"],
}
HARMLESS = [
    "Your bike is ready.", "The staples are in stock.", "Shot of espresso", "We begin at 9.", "The gunwale",
    "Grass is cut on Monday", "El vinilo está listo", "Your appointment is at 4:20 PM.", "Bring a coat", "Sussex",
    "Reply YES to confirm", "Su cita es el martes a las 4", "No aceptamos efectivo", "Weeding on Friday, $40",
    "credit card ending 1234", "Please bring your loaner bike", "Puro aire", "Scunthorpe branch",
]  # fmt: skip


def test_the_lists_are_dated_have_their_source_and_both_languages() -> None:
    assert len(AS_OF) == 10
    assert "CTIA" in SOURCE
    assert tuple(SUBJECT_WORDS) == SUBJECTS == tuple(SUBJECT_NAMES)
    for subject, words in SUBJECT_WORDS.items():
        assert set(words) == {"en", "es"}
        for word in {one for ones in words.values() for one in ones}:
            assert content.words_of(word) == f" {word} ", (subject, word)


@pytest.mark.parametrize(("subject", "text"), [(subject, text) for subject, texts in SPEAKS.items() for text in texts])
def test_a_subject_is_heard(subject: str, text: str) -> None:
    assert subject in [one.subject for one in content.spoken(text)]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_is_not(text: str) -> None:
    assert content.spoken(text) == []


def test_words_that_mean_something_else_here_are_left_out() -> None:
    assert content.spoken("Our wine country bike tour", ["wine country"]) == []
    assert [one.word for one in content.spoken("Wine, and wine country", ["wine country"])] == ["wine"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Reply STOP to opt out", True), ("Text stop to end", True), ("Responda ALTO para salir", True),
        ("Opt-out any time", True), ("The bus stops here", False), ("Nonstop fun", False), ("", False),
    ],
)  # fmt: skip
def test_how_to_stop(text: str, says: bool) -> None:
    assert content.says_stop(text) is says


@pytest.mark.parametrize(
    ("text", "digit"),
    [
        ("Reply 2 to opt out.", True), ("Text 9 to stop", True), ("Responda 2 para darse de baja", True),
        ("Press 1 to unsubscribe", True), ("Reply with 3 to STOP", True), ("Reply 1 to confirm, 2 to move it", False),
        ("Reply STOP to opt out", False), ("Text 2 to book, STOP to stop", False),
    ],
)  # fmt: skip
def test_digits_that_take_the_place_of_stop(text: str, digit: bool) -> None:
    assert bool(content.digit_for_stop(text)) is digit


def test_a_welcome_says_what_k4_asks() -> None:
    full = "Harbor: welcome! 4 msgs/month. Msg & data rates may apply. Reply HELP for help, STOP to opt out."
    assert content.confirmation_lacks(full) == []
    assert content.confirmation_lacks("Harbor: welcome!") == [
        "how to get help", "how to stop", "how often texts come", "fees",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "named"),
    [("Harbor Cycle Works: hi", True), ("hi from HARBOR CYCLE-WORKS", True), ("Harbor: hi", False), ("hi", False)],
)
def test_who_sends_it(text: str, named: bool) -> None:
    assert content.names_sender(text, ["Harbor Cycle Works", ""]) is named


def test_words_that_rotate() -> None:
    assert content.spun("{Hi|Hello|Hey} Ana") == "{Hi|Hello|Hey}"
    assert content.spun("{{ name }} and {% if a %}b|c{% endif %}") == ""


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    content.spoken(text)
    content.digit_for_stop(text)
    content.confirmation_lacks(text)
    content.spun(text)
