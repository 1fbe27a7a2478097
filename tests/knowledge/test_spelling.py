"""What texters type, and what the bot's examples would have said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.knowledge.language import guess
from textback.knowledge.spelling import Dictionary, Speller, plain, read, split, vocabulary

OWN = vocabulary(["How much is a brake repair?", "book an appointment", "cancel my appointment", "flat tyre", "open"])
COMMON = Dictionary(["the", "to", "my", "this", "weather", "tomorrow", "bicycle", "cart", "can", "you", "please"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pls cancl my apointment", "please cancel my appointment"),
        ("can u bk an appt tmrw", "can you bk an appointment tomorrow"),
        ("hw mch is a brk rpr", "how much is a brake repair"),
        ("CANCEL my appointmnet!!!", "cancel my appointment ! !"),
        ("cancellll", "cancel"),
        ("weathr", "weather"),
        ("bcycl", "bicycle"),
        ("my cart", "my cart"),  # a real word stays, near as it is to one of the bot's
        ("don't", "do not"),
        ("flat tíre", "flat tyre"),
        ("zzyzx 42", "zzyzx 42"),
        ("", ""),
    ],
)
def test_what_is_typed_becomes_what_is_meant(typed: str, meant: str) -> None:
    assert " ".join(Speller(OWN, COMMON).words(typed)) == meant


def test_of_two_words_that_are_near_the_one_that_begins_alike_was_meant() -> None:
    assert Speller(["rate", "rate", "gauge"], None).words("gate") == ["rate"]
    assert Speller(["rate", "game"], None).words("gate") == ["game"]


def test_without_the_encoders_words_only_the_bots_own_are_mended_to() -> None:
    assert Speller(OWN, None).words("cancl the weathr") == ["cancel", "the", "weathr"]


def test_spanish_has_its_own_abbreviations_and_is_not_turned_into_english() -> None:
    speller = Speller(vocabulary(["quiero cancelar mi cita"]), COMMON)
    assert " ".join(speller.words("kiero canselar mi cita xfa", spanish=True)) == "quiero cancelar mi cita por favor"
    assert speller.words("wether", spanish=True) == ["wether"]
    assert speller.words("wether") == ["weather"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what time do you open", "en"),
        ("u open tmrw?", "en"),
        ("a que hora abren", "es"),
        ("¿cuánto cuesta?", "es"),
        ("reparación", "es"),
        ("hola", "es"),
        ("ok thanks", "en"),
        ("see ya", "unknown"),
        ("tune up", "unknown"),
        ("👍", "unknown"),
        ("4512", "unknown"),
        ("", "unknown"),
        ("я хочу записаться", "unknown"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert guess(split(text.lower()), text) == language


def test_common_words_alone_are_english_too_where_the_encoder_knows_them() -> None:
    assert read("bicycle weather", Speller(OWN, COMMON))[0] == "en"
    assert read("bicycle weather", Speller(OWN, None))[0] == "unknown"
    assert read("weather", Speller(OWN, COMMON))[0] == "unknown"
    assert read("weather wetter", Speller([], COMMON))[0] == "unknown"


def test_spanish_is_glossed_for_the_encoder_and_seen_in_both_languages_by_n_grams() -> None:
    language, words, meant = read("¿A qué hora abren mañana?", Speller(OWN, COMMON))
    assert language == "es"
    assert " ".join(meant) == "¿ at what hour open tomorrow ?"
    assert {"abren", "open", "manana", "tomorrow"} <= set(words)


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_raises_and_words_stay_plain(text: str) -> None:
    words = Speller(OWN, COMMON).words(text)
    assert all(word and not word.isspace() for word in words)
    assert plain(plain(text)) == plain(text)
