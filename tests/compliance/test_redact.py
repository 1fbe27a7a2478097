"""Personal data in texts: found, and not found where there is none; masked by level; never slow (rule P5)."""

import re
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compliance.redact_cases import CASES, KNOWN, NEAR_MISSES
from textback.compliance import redact_words
from textback.compliance.redact import EVERYWHERE, LABELS, OUTSIDE, cover, find, mask

SHOWN = {str(kind): label for kind, label in LABELS.items()}
MARK = re.compile("«([a-z]+):([^»]*)»")


def marked(case: str) -> tuple[str, list[tuple[str, str]]]:
    return MARK.sub(lambda hit: hit[2], case), MARK.findall(case)


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find(text)]


def test_there_are_enough_cases_of_every_class() -> None:
    classes = Counter(kind for case in CASES for kind, _ in marked(case)[1])
    assert set(classes) == OUTSIDE
    assert min(classes.values()) >= 4
    assert len(CASES) + len(NEAR_MISSES) >= 280


def test_precision_and_recall_over_all_cases() -> None:
    right, wrong, missed = 0, [], []
    for case in [*CASES, *NEAR_MISSES]:
        text, wanted = marked(case)
        have = found(text)
        right += len(set(wanted) & set(have))
        wrong += [(text, one) for one in have if one not in wanted]
        missed += [(text, one) for one in wanted if one not in have]
    assert (wrong, missed) == ([], [])
    assert right >= 165


@pytest.mark.parametrize(("text", "shown"), KNOWN)
def test_names_that_are_known_are_masked(text: str, shown: str) -> None:
    spans = find(text, names=["Ana López"])
    assert cover(text, spans) == MARK.sub(lambda hit: LABELS["name"], shown)


def test_each_class_has_its_label() -> None:
    for case in CASES:
        text, wanted = marked(case)
        assert mask(text) == MARK.sub(lambda hit: SHOWN[hit[1]], case), wanted


def test_only_secrets_are_masked_everywhere() -> None:
    for case in CASES:
        text, _ = marked(case)
        kept = MARK.sub(lambda hit: SHOWN[hit[1]] if hit[1] in EVERYWHERE else hit[2], case)
        assert mask(text, "everywhere") == kept


def test_the_business_s_own_numbers_are_no_secret() -> None:
    text = "Call us at (206) 555-0100 or reach Ana at 206-555-0123."
    assert mask(text, kept=["+12065550100"]) == "Call us at (206) 555-0100 or reach Ana at [phone]."


def test_what_overlaps_is_covered_as_a_whole() -> None:
    assert mask("password is ana@example.com") == "password is [password]"
    assert mask("my ssn is 123-45-6789.") == "my ssn is [ID number]."


def test_two_cards_in_one_text() -> None:
    assert mask("4111 1111 1111 1111 or 5555 5555 5555 4444") == "[card] or [card]"


HOSTILE = [
    "4 " * 5000, "4" * 10_000, "4-" * 5000, "41 " * 3000, "password " * 1100, "password is" * 900, "ES12 " * 2000,
    "ES1" * 3300, "a@" * 5000, "a." * 5000, "a" * 10_000, "1 Oak " * 1600, "1 a " * 2500, "calle a " * 1250,
    "eyJa" * 2500, "-----BEGIN PRIVATE KEY-----" * 370, "my name is " * 900, "otp " * 2500, "verification code " * 550,
    "my son " * 1400, "born " * 2000, "+1" * 5000, "(206" * 2500, "api key " * 1250, "sk_" * 3300, "x" * 9999 + "@",
    "passport " * 1100, "driver's license " * 580, "social is " * 1000, "12345678 " * 1100, "\u0660" * 10_000,
    "  " * 5000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_hostile_texts_are_gone_through(text: str) -> None:
    spans = find(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


ENDLESS = re.compile(r"(?<!\\)(?:\*|\+|\{\d+,\})(?![^\[\]]*\])")
"""A repetition without an end, outside of a class of characters."""


PATTERNS = [one for value in vars(redact_words).values() for one in (value if isinstance(value, tuple) else [value])]


def test_no_pattern_repeats_without_end() -> None:
    """So that the work at each place of a text is bounded, and all of it linear."""
    patterns = [one.pattern for one in PATTERNS if isinstance(one, re.Pattern)]
    assert len(patterns) > 30
    assert [one for one in patterns if ENDLESS.search(one)] == []
    assert ENDLESS.search("a+b")
    assert ENDLESS.search("(?:a|b)*")


ALPHABET = st.sampled_from(
    [*"0123456789 -.@+()/:=#aAzZxyESGBDIpinsc«é", "password ", "otp ", "ssn ", "calle ", "4111 "]
)


@given(st.one_of(st.text(max_size=10_000), st.lists(ALPHABET, max_size=400).map("".join)))
def test_any_text_is_covered_without_overlaps(text: str) -> None:
    spans = find(text)
    assert all(span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    covered = cover(text, spans)
    for span in spans:
        assert LABELS[span.kind] in covered


@given(st.lists(ALPHABET, max_size=120).map("".join))
def test_what_the_quick_look_leaves_out_holds_no_secret(text: str) -> None:
    """The first look at a text is only quicker than the second: a card in any surroundings is found."""
    assert "[card]" in mask(f"{text} x 4111 1111 1111 1111 x", "everywhere")
