"""Whatever a phone can send, a matcher gives a value of its type, a question, or nothing. It never raises."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.matchers.cases import BIRTHDAYS, CA, ES, GB, MX, NO_HOURS, NOWHERE, US
from textback.core.phone import is_e164
from textback.engine.matchers import FINDERS, MATCHERS, Ambiguous, Found, Here, find, merge
from textback.engine.matchers.line import MASK, Line

OPTIONS = {"pattern": "[A-Z]{2}-?[0-9]{3,6}"}

WORDS = (
    "tmrw next fri this friday in 2 weeks the 5th march 3 3/4 3/4/26 2026-02-30 day after tomorrow a week from "
    "monday at 4 4pm 16:30 half past quarter to five noon midnight around 3ish in the morning twenty five a dozen "
    "and half of $20 20 bucks twelve fifty € 1.200,50 1,200 minus not doesn't no yes im ana my name is "
    "ana@example.com at example dot com arroba punto 2065550123 +1 98101 sw1a 1aa 12 Oak Street calle mayor 47.6 "
    ", -122.3 https://maps.google.com/?q= el martes a las 5 próximo dentro de dos semanas pasado mañana y media "
    "menos cuarto para por la tarde 31 99 0 AB-1234 an hour later between or - 999 years feb 30 ½ ٣ one hundred "
    "thousand million"
).split()

TEXTS = st.one_of(
    st.text(max_size=80),
    st.text("0123456789 :/.,-$€apmhoxk@()+½¼", max_size=40),
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    st.text("ab1 .@\u202e\u200d\u0301\x00\ud800\udfff😀𝟓Ⅳﬁ\n", max_size=60),
)
PLACES = st.sampled_from([US, NO_HOURS, GB, CA, ES, MX, NOWHERE, BIRTHDAYS])


def check(type_: str, value: Any) -> None:
    """That a value has the shape of its type."""
    match type_:
        case "text" | "name" | "pattern" | "postcode":
            assert isinstance(value, str)
            assert value.strip() == value != ""
        case "number":
            assert isinstance(value, int | float)
            assert abs(value) <= 10**19
        case "integer":
            assert isinstance(value, int)
        case "money":
            assert set(value) == {"amount", "currency"}
            assert Decimal(value["amount"]) >= 0
            assert re.fullmatch("[A-Z]{3}", value["currency"])
        case "yes_no":
            assert isinstance(value, bool)
        case "date":
            assert date.fromisoformat(value).isoformat() == value
        case "time":
            assert time.fromisoformat(value).isoformat("minutes") == value
        case "datetime":
            assert datetime.fromisoformat(value).isoformat(timespec="minutes") == value
        case "email":
            assert re.fullmatch(r"[^\s@A-Z]+@[^\s@A-Z]+\.[^\s@A-Z]+", value)
        case "phone":
            assert is_e164(value)
        case "location":
            assert set(value) in ({"address"}, {"lat", "lon"})


def check_found(type_: str, found: Found, text: str) -> None:
    if found is None:
        return
    readings = found.readings if isinstance(found, Ambiguous) else (found,)
    assert len({msgspec.json.encode(reading.value) if type_ != "text" else 0 for reading in readings}) == len(readings)
    assert (2 <= len(readings) <= 4) == isinstance(found, Ambiguous)
    for reading in readings:
        check(type_, reading.value)
        assert reading.how
        assert reading.said
        assert MASK not in reading.rest or MASK in text


@pytest.mark.parametrize("type_", MATCHERS)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS, here=PLACES)
def test_a_matcher_gives_a_value_of_its_type_or_nothing(type_: str, text: str, here: Here) -> None:
    text = text.replace("\ud800", "") if type_ in {"text", "name", "pattern", "location"} else text
    check_found(type_, MATCHERS[type_](text, here, OPTIONS), text)
    check_found(type_, find(type_, text, here, OPTIONS), text)


@pytest.mark.parametrize("type_", MATCHERS)
@settings(max_examples=50, deadline=None)
@given(text=st.text(st.characters(), max_size=60))
def test_unpaired_surrogates_stop_no_matcher(type_: str, text: str) -> None:
    MATCHERS[type_](text + "\ud800", US, OPTIONS)
    find(type_, "\udfff" + text, ES, OPTIONS)


@settings(max_examples=200, deadline=None)
@given(
    type_=st.sampled_from(["date", "time", "datetime"]),
    old=st.sampled_from(["2026-03-03T16:00", "2026-03-31", "16:00", "", "0001-01-01T00:00", "9999-12-31T23:59", "x:y"]),
    text=TEXTS,
    here=PLACES,
)
def test_a_correction_gives_a_value_of_its_type_or_nothing(type_: str, old: str, text: str, here: Here) -> None:
    check_found(type_, merge(type_, old, text, here), text)


def test_every_type_has_a_finder() -> None:
    assert list(FINDERS) == list(MATCHERS)


LONG = [
    unit * (10_000 // len(unit))
    for unit in (
        "a", "1", " ", "\n", "@", "a@", "1,", "1.", "(", "twenty ", "monday ", "the 5th at 4 ", "at ", "half past ",
        "im ana ", "http://", "😀", "\ud800", "\u202e", "́", "½", "a.", "dot ", "menos ", "$5 ", "12 Oak ", "not ",
    )
]  # fmt: skip


@pytest.mark.parametrize("type_", MATCHERS)
def test_a_long_text_is_read_by_no_matcher_but_text(type_: str) -> None:
    for text in LONG:
        for found in (MATCHERS[type_](text, US, OPTIONS), find(type_, text, US, OPTIONS)):
            assert found is None or type_ == "text"


@pytest.mark.parametrize("type_", MATCHERS)
def test_the_longest_text_that_is_read_holds_nobody_up(type_: str) -> None:
    # Not timed: a matcher that goes over the text once for each of its words would run into the time limit of a test.
    for text in LONG:
        MATCHERS[type_](text[:1600], ES, OPTIONS)
        find(type_, text[:1600], US, OPTIONS)


@given(st.text())
def test_a_line_leads_back_to_what_was_written(text: str) -> None:
    line = Line(text)
    assert len(line.normal) == len(line.origin)
    assert list(line.origin) == sorted(line.origin)
    assert MASK not in line.normal
    assert Line(line.normal).normal == line.normal
    for place in range(min(len(line.normal), 20)):
        assert text[line.origin[place]] in line.original((place, place + 1))
