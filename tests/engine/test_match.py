"""How a text is understood. Each table is what a person would expect of a reader with common sense."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from textback.engine.match import (
    LONGEST_ANSWER,
    Match,
    Options,
    is_skip,
    make_options,
    match_choice,
    match_yes_no,
    normalise,
    read_tapback,
    wants_person,
)

SHOP = make_options(
    {
        "repair": ["Repair", "Reparar", "fix", "broken", "flat tyre"],
        "tune_up": ["Tune-up", "Puesta a punto", "service"],
        "fitting": ["Bike fitting", "Ajuste", "saddle"],
    }
)

#: Anything a phone can send, and much that it can't.
TEXTS = st.one_of(
    st.text(max_size=300),
    st.text("ab 12.,'\"“”👍👎é\u200d\x00\ud800", max_size=60),
    st.lists(
        st.sampled_from(
            "yes no the second one repair fix tune up not but person talk to a 1 b Liked “x” si 👍".split()
        ),
        max_size=12,
    ).map(" ".join),
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Hello, World!", "hello world"),
        ("  two \t lines\n", "two lines"),
        ("Don't", "dont"),
        ("Don’t", "dont"),
        ("¿Sí?", "si"),
        ("ESPAÑOL", "espanol"),
        ("Straße", "strasse"),
        ("tune-up", "tune up"),
        ("ＹＥＳ", "yes"),
        ("𝐘𝐞𝐬", "yes"),
        ("Don＇t", "dont"),
        ("👍🏽", "👍"),
        ("❤️", "❤"),
        ("$5 + tax", "5 tax"),
        ("a\u200bb", "ab"),
        ("", ""),
        ("?!…", ""),
    ],
)
def test_normalise(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize(
    ("text", "value", "how"),
    [
        ("1", "repair", "number"),
        ("1.", "repair", "number"),
        (" 2 ", "tune_up", "number"),
        ("#3", "fitting", "number"),
        ("option 2", "tune_up", "number"),
        ("number 3 please", "fitting", "number"),
        ("a", "repair", "letter"),
        ("B)", "tune_up", "letter"),
        ("c please", "fitting", "letter"),
        ("Repair", "repair", "label or synonym"),
        ("reparar", "repair", "label or synonym"),
        ("FIX!", "repair", "label or synonym"),
        ("tune up", "tune_up", "label or synonym"),
        ("I'd like a tune-up please", "tune_up", "label or synonym"),
        ("the second one", "tune_up", "ordinal"),
        ("2nd", "tune_up", "ordinal"),
        ("last", "fitting", "ordinal"),
        ("two", "tune_up", "ordinal"),
        ("la segunda", "tune_up", "ordinal"),
        ("tres", "fitting", "ordinal"),
        ("rep", "repair", "beginning"),
        ("bike", "fitting", "beginning"),
        ("repiar", "repair", "one typo"),
        ("repaair", "repair", "one typo"),
        ("servise", "tune_up", "one typo"),
        ("my bike is broken since Monday", "repair", "in a sentence"),
        ("got a flat tyre, can you do it today", "repair", "in a sentence"),
    ],
)
def test_a_choice_is_found(text: str, value: str, how: str) -> None:
    assert match_choice(text, SHOP) == Match(value, how)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "4",
        "0",
        "z",
        "fourth",
        "r",
        "zebra",
        "rpir",
        "not a repair, something else",
        "a repair or a service",
        "yes",
        "no",
        "prefix",
        "unbroken",
        "repair " * 40,
        "tune_up " * 1000,
    ],
)
def test_no_choice_is_guessed(text: str) -> None:
    assert match_choice(text, SHOP) is None


@pytest.mark.parametrize(
    ("choices", "text", "value"),
    [
        ({"one": ["2"], "two": ["1"]}, "1", "two"),
        ({"x": ["B"], "y": ["Y"]}, "b", "x"),
        ({"small": ["Small"], "smaller": ["Smaller"]}, "small", "small"),
        ({"x": ["Small bike"], "y": ["Small car"]}, "small", None),
        ({"cat": ["Cats"], "bat": ["Bats"]}, "lats", None),
        ({"bike_model": ["Model"], "other": ["Other"]}, "bike model", "bike_model"),
        ({str(n): [f"Choice {n:02}"] for n in range(1, 31)}, "30", "30"),
    ],
)
def test_names_win_over_numbers_and_two_candidates_are_none(
    choices: dict[str, list[str]], text: str, value: str | None
) -> None:
    found = match_choice(text, make_options(choices))
    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", True),
        ("Y", True),
        ("Yep!", True),
        ("yes please", True),
        ("yes, that works for us", True),
        ("That's right.", True),
        ("ok", True),
        ("Sí", True),
        ("claro que sí", True),
        ("👍", True),
        ("👍🏿", True),
        ("✅", True),
        ("no", False),
        ("Nope", False),
        ("no thanks", False),
        ("no, we sold it", False),
        ("not really", False),
        ("that’s not right", False),
        ("no gracias", False),
        ("👎", False),
        ("yes but on Friday", None),
        ("yes, no, I don't know", None),
        ("no, yes, I mean", None),
        ("ok except the day", None),
        ("sí, pero el viernes", None),
        ("yes " * 100, None),
        ("maybe", None),
        ("yesterday", None),
        ("north", None),
        ("", None),
        ("1", None),
    ],
)
def test_yes_and_no(text: str, answer: bool | None) -> None:
    found = match_yes_no(text)
    assert (found.value if found else None) is answer


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("person", True),
        ("AGENT!", True),
        ("a human, please", True),
        ("I want a real person", True),
        ("can I talk to someone?", True),
        ("let me speak to the manager", True),
        ("Are you a robot?", True),
        ("quiero hablar con alguien", True),
        ("necesito una persona", True),
        ("PERSONA", True),
        ("I need someone to fix my bike", False),
        ("one bike per person", False),
        ("personal training", False),
        ("my agent said Tuesday", False),
        ("two people", False),
        ("", False),
        ("person " * 50, False),
    ],
)
def test_asking_for_a_person(text: str, asked: bool) -> None:
    assert wants_person(normalise(text)) is asked


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('Liked "See you at 4?"', True),
        ("Liked “See you at 4?”", True),
        ("Loved “See you\nat 4?”", True),
        ("Disliked “See you at 4?”", False),
        ("Laughed at “See you at 4?”", None),
        ("Emphasized “See you at 4?”", None),
        ("Questioned “See you at 4?”", None),
        ("Removed a like from “See you at 4?”", None),
        ("Reacted 👍 to “See you at 4?”", True),
        ("Reacted 👎🏽 to “See you at 4?”", False),
        ("Reacted 🤔 to “See you at 4?”", None),
        ("👍 to “See you at 4?”", True),
        ("Le gustó «¿A las 4?»", True),
        ("No le gustó “¿A las 4?”", False),
        ("Reaccionó con 👍 a “¿A las 4?”", True),
        ('Liked "He said "yes" to me"', True),
    ],
)
def test_a_reaction_is_read(text: str, answer: bool | None) -> None:
    found = read_tapback(text)
    assert found is not None
    assert found.answer is answer


@pytest.mark.parametrize(
    "text",
    ["", "Liked it", 'He said "yes"', '"yes"', "Liked", 'I liked "Jaws"', "“”", 'Reacted badly to "it"', 'to "x"'],
)
def test_an_ordinary_text_is_no_reaction(text: str) -> None:
    assert read_tapback(text) is None


@pytest.mark.parametrize(
    ("text", "skipped"),
    [("skip", True), ("N/A", True), ("no thanks", True), ("nada", True), ("skip the first", False), ("", False)],
)
def test_skipping(text: str, skipped: bool) -> None:
    assert is_skip(text) is skipped


@given(TEXTS)
def test_no_text_breaks_a_matcher_and_each_says_the_same_twice(text: str) -> None:
    def all_of() -> tuple[object, ...]:
        normal = normalise(text)
        return (
            normal,
            match_choice(text, SHOP),
            match_yes_no(text),
            wants_person(normal),
            read_tapback(text),
            is_skip(text),
        )

    assert all_of() == all_of()


@given(TEXTS)
@example("𝐀")
@example("ŉ")
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == " ".join(once.split())


@given(TEXTS)
def test_case_and_outer_space_do_not_matter(text: str) -> None:
    for match in (lambda said: match_choice(said, SHOP), match_yes_no):
        assert match(f"  {text} \n") == match(text)
    assert normalise(text.upper().lower()) == normalise(text.upper())


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True),
        st.lists(st.text(max_size=12), min_size=1, max_size=3),
        min_size=2,
        max_size=8,
    ),
    st.text(max_size=30),
)
def test_a_match_is_always_one_of_the_choices_and_a_unique_name_always_matches(
    choices: dict[str, list[str]], text: str
) -> None:
    options: Options = make_options(choices)
    found = match_choice(text, options)
    assert found is None or found.value in choices
    names = {
        id_: {normalise(name) for name in (*names, id_.replace("_", " "))} - {""} for id_, names in choices.items()
    }
    for id_, own in names.items():
        others = set().union(*(terms for other, terms in names.items() if other != id_))
        for name in own - others:
            assert match_choice(name, options) == Match(id_, "label or synonym")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "yes " * 50_000,
        "talk to " * 25_000,
        "“" * 200_000 + "”",
        "Liked “" + "x”" * 100_000,
        "é\u0301" * 100_000,
        "'" * 200_000,
        " " * 200_000 + '"',
    ],
    ids=lambda text: repr(text[:8]),
)
@pytest.mark.timeout(20)
def test_a_very_long_text_is_read_in_linear_time_and_is_no_answer(text: str) -> None:
    assert match_choice(text, SHOP) is None
    assert match_yes_no(text) is None
    assert wants_person(normalise(text)) is False
    read_tapback(text)


def test_the_longest_answer_is_still_read() -> None:
    assert match_yes_no("yes " + "x" * (LONGEST_ANSWER - 4)) == Match(True, "first word")
    assert match_yes_no("yes " + "x" * (LONGEST_ANSWER - 3)) is None
