"""Patterns of authors: as Python's own where both know them, linear, and clear about what they do not know."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.matchers.cases import US, read
from textback.engine.matchers import MATCHERS, PatternError, Reading, compile_pattern

ATOMS = st.sampled_from(
    ["a", "b", "1", ".", r"\d", r"\w", r"\s", r"\D", "[ab]", "[^a]", "[a-c1-3]", r"[\d-]", r"\.", "-"]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeats = st.sampled_from(["?", "*", "+", "{2}", "{0,2}", "{1,}"])
    return st.one_of(
        st.tuples(inner, repeats).map(lambda t: f"(?:{t[0]}){t[1]}"),
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        inner.map(lambda part: f"^{part}"),
        inner.map(lambda part: f"{part}$"),
    )


PATTERNS = st.recursive(ATOMS, _grown, max_leaves=8)


@settings(max_examples=400, deadline=None)
@given(pattern=PATTERNS, text=st.text("ab1c. -\n", max_size=8))
def test_it_matches_what_python_matches(pattern: str, text: str) -> None:
    # Python lets "$" through before a line break at the very end, which no answer has.
    text = text.rstrip("\n")
    assert compile_pattern(pattern).fullmatch(text) == (re.fullmatch(pattern, text) is not None)


@settings(max_examples=300, deadline=None)
@given(pattern=PATTERNS, text=st.text("ab1c. -", max_size=8))
def test_what_it_finds_is_a_match_of_whole_words(pattern: str, text: str) -> None:
    compiled = compile_pattern(pattern)
    span = compiled.search(text)
    if span is not None:
        assert span[0] < span[1]
        for edge in span:
            assert edge in {0, len(text)} or not (text[edge - 1].isalnum() and text[edge].isalnum())
        if "^" not in pattern and "$" not in pattern:
            assert compiled.fullmatch(text[slice(*span)])
    elif "^" not in pattern and "$" not in pattern:
        assert not any(compiled.fullmatch(word) for word in re.findall(r"(?<!\w)\w+(?!\w)", text))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"[A-Z]{2}-?\d{4}", "AB-1234", "AB-1234"),
        (r"[A-Z]{2}-?\d{4}", " AB1234 ", "AB1234"),
        (r"[A-Z]{2}-?\d{4}", "my order is AB-1234, thanks", "AB-1234"),
        (r"[A-Z]{2}-?\d{4}", "AB-1234 or AB-1235", ["AB-1234", "AB-1235"]),
        (r"[A-Z]{2}-?\d{4}", "XAB-12345", None),
        (r"[A-Z]{2}-?\d{4}", "ab-1234", None),
        (r"(?i)[A-Z]{2}-?\d{4}", "ab-1234", "ab-1234"),
        (r"^\d{5}$", "12345", "12345"),
        (r"^\d{5}$", "it is 12345", None),
        (r"\d+", "room 12", "12"),
        (r"(red|green|dark blue)", "the dark blue one", "dark blue"),
        (r"[^\s]+", "word", "word"),
        ("(", "(", None),
    ],
)
def test_answers_of_a_form(pattern: str, text: str, expected: object) -> None:
    assert read(MATCHERS["pattern"](text, US, {"pattern": pattern})) == expected


def test_what_is_left_over_may_answer_another_question() -> None:
    found = MATCHERS["pattern"]("AB-1234, im ana", US, {"pattern": r"[A-Z]{2}-\d{4}"})
    assert isinstance(found, Reading)
    assert found.rest == "im ana"


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a+)+$", "(a|a)*c", "(a?){40}a{40}", "(.*)*x", "([a-z]+)*[A-Z]"])
def test_no_text_holds_it_up(pattern: str) -> None:
    # Backtracking over this would outlast the universe.
    assert MATCHERS["pattern"]("a" * 1500 + "!", US, {"pattern": pattern}) is None or pattern == "(a?){40}a{40}"


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(?=a)b", "only (?: is supported"),
        ("a**", "Two repetitions in a row"),
        ("a+?", "Two repetitions in a row"),
        ("(a", "A ( is not closed. At character 3"),
        ("a)", "A ) closes nothing. At character 2"),
        ("[a", "A [ is not closed"),
        ("[z-a]", "wrong way round"),
        (r"\b", r"\b is not supported"),
        (r"\1", r"\1 is not supported"),
        (r"[\q]", r"\q is not supported inside [ ]"),
        ("a\\", "can't end with a backslash"),
        ("a{2,1}", "not below the first"),
        ("a{x}", "Braces hold a count"),
        ("*a", "nothing before * to repeat"),
        ("^*", "can't be repeated"),
        ("(a{1,99}){1,99}", "too big"),
        ("(" * 40 + ")" * 40, "nested more than"),
        ("a" * 501, "longer than 500"),
        ("(?i)a(", "At character 7"),
    ],
)
def test_what_is_not_supported_is_named(pattern: str, problem: str) -> None:
    with pytest.raises(PatternError) as raised:
        compile_pattern(pattern)
    assert problem in str(raised.value)


@given(st.text("ab()[]{}|*+?^$\\-,1.:i", max_size=30))
def test_any_pattern_is_compiled_or_refused_in_words(pattern: str) -> None:
    problem = ""
    try:
        compile_pattern(pattern)
    except PatternError as error:
        problem = str(error)
    assert problem == "" or problem.endswith(".")
