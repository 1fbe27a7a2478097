"""What each matcher reads, by the tables in cases.py."""

from typing import Any

import pytest

from tests.matchers.cases import ES, NUMBERS, OTHERS, US, read
from tests.matchers.moment_cases import DATES, DATETIMES, TIMES
from textback.engine.matchers import MATCHERS, Ambiguous, Here, Reading, find, merge, prepare

ROWS = [
    pytest.param(type_, here, text, expected, id=f"{type_} {where}: {text[:40]}")
    for type_, table in (("date", DATES), ("time", TIMES), ("datetime", DATETIMES), ("number", NUMBERS))
    for where, (here, rows) in table.items()
    for text, expected in rows
] + [
    pytest.param(type_, here, text, expected, id=f"{type_} {here.country}: {text[:40]}")
    for type_, rows in OTHERS.items()
    for here, text, expected in rows
]


@pytest.mark.parametrize(("type_", "here", "text", "expected"), ROWS)
def test_an_answer_is_read(type_: str, here: Here, text: str, expected: Any) -> None:
    found = read(MATCHERS[type_](text, here, {}))
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("type_", "text", "value", "rest"),
    [
        ("datetime", "repair tmrw 5pm im ana", "2026-03-03T17:00", "repair im ana"),
        ("datetime", "repair tmrw 5, I'm Ana", "2026-03-03T17:00", "repair I'm Ana"),
        ("datetime", "can u fix my bike tmrw at 4", "2026-03-03T16:00", "can u fix my bike"),
        ("datetime", "repair tmrw 5 bikes", None, ""),
        ("datetime", "actually 5pm", None, ""),
        ("datetime", "i have 2 bikes to fix tomorrow", None, ""),
        ("date", "i have 2 bikes to fix tomorrow", "2026-03-03", "i have 2 bikes to fix"),
        ("date", "my bike is broken since monday", None, ""),
        ("date", "i may sit in the sun", None, ""),
        ("time", "actually 5pm", "17:00", ""),
        ("time", "5", None, ""),
        ("time", "i have order 1234", None, ""),
        ("name", "repair tmrw 5pm im ana", "Ana", "repair tmrw 5pm"),
        ("name", "I'm Ana. My bike is broken", "Ana", "My bike is broken"),
        ("name", "soy ana y quiero una cita", "Ana", "y quiero una cita"),
        ("name", "repair tomorrow", None, ""),
        ("name", "im running late", None, ""),
        ("name", "this is ridiculous", None, ""),
        ("name", "im not sure", None, ""),
        ("email", "repair tmrw, ana@example.com", "ana@example.com", "repair tmrw"),
        ("email", "meet me at example dot com", None, ""),
        ("phone", "repair please, call 206 555 0123", "+12065550123", "repair please, call"),
        ("money", "can pay $20 for 2 bikes", {"amount": "20.00", "currency": "USD"}, "can pay for 2 bikes"),
        ("money", "i have 2 bikes", None, ""),
        ("number", "a repair for 2 bikes", 2, "a repair bikes"),
        ("number", "repair tmrw at 5", None, ""),
        ("number", "repair, room 12", None, ""),
        ("integer", "repair for 2.5 bikes", None, ""),
        ("postcode", "order 98101", None, ""),
        ("postcode", "repair, zip 98101", "98101", "repair"),
        ("location", "pick it up at 12 Oak Street tomorrow", {"address": "12 Oak Street"}, "pick it up tomorrow"),
        ("location", "2 bikes on the way", None, ""),
        ("text", "anything", None, ""),
        ("yes_no", "yes", None, ""),
    ],
)
def test_a_value_is_found_inside_a_longer_text(type_: str, text: str, value: Any, rest: str) -> None:
    found = find(type_, text, US, {})
    if value is None:
        assert found is None
    else:
        assert isinstance(found, Reading)
        assert (found.value, found.rest) == (value, rest)


@pytest.mark.parametrize(
    ("type_", "old", "text", "expected"),
    [
        ("datetime", "2026-03-03T16:00", "actually 5", "2026-03-03T17:00"),
        ("datetime", "2026-03-03T16:00", "actually 5pm", "2026-03-03T17:00"),
        ("datetime", "2026-03-03T16:00", "no, 10:30", "2026-03-03T10:30"),
        ("datetime", "2026-03-03T16:00", "i meant wednesday", "2026-03-04T16:00"),
        ("datetime", "2026-03-10T16:00", "I meant Wednesday", "2026-03-11T16:00"),
        ("datetime", "2026-03-03T16:00", "friday at 3 instead", "2026-03-06T15:00"),
        ("datetime", "2026-03-03T16:00", "an hour later", "2026-03-03T17:00"),
        ("datetime", "2026-03-03T16:00", "a day later", "2026-03-04T16:00"),
        ("datetime", "2026-03-03T04:00", "i meant pm", "2026-03-03T16:00"),
        ("datetime", "2026-03-03T16:00", "8", ["2026-03-03T08:00", "2026-03-03T20:00"]),
        ("datetime", "2026-03-03", "4", "2026-03-03T16:00"),
        ("datetime", "16:00", "tuesday", "2026-03-03T16:00"),
        ("datetime", "16:00", "5pm", None),
        ("datetime", "2026-03-03T16:00", "thanks", None),
        ("datetime", "2026-03-03T16:00", "feb 30", None),
        ("datetime", "nonsense", "thanks", None),
        ("date", "2026-04-03", "no the 10th", "2026-04-10"),
        ("date", "2026-03-03", "sorry, friday", "2026-03-06"),
        ("time", "16:00", "30 minutes earlier", "15:30"),
        ("time", "10:00", "make it 11 please", "11:00"),
        ("time", "16:00", "6", "18:00"),
        ("datetime", "2026-03-03T16:00", "mejor a las 5", "2026-03-03T17:00"),
        ("datetime", "2026-03-03T16:00", "una hora más tarde", "2026-03-03T17:00"),
        ("money", "20", "21", None),
    ],
)
def test_a_correction_changes_only_what_it_names(type_: str, old: str, text: str, expected: Any) -> None:
    here = ES if {"mejor", "tarde"} & set(text.split()) else US
    assert read(merge(type_, old, text, here)) == expected


@pytest.mark.parametrize(
    ("type_", "here", "text", "said"),
    [
        ("date", US, "tmrw", "Tue Mar 3"),
        ("date", US, "3/4/27", "Thu Mar 4, 2027"),
        ("date", ES, "mañana", "mar 3 mar"),
        ("time", US, "16:30", "4:30 PM"),
        ("time", US, "noon", "12:00 PM"),
        ("time", ES, "a las 4", "16:00"),
        ("datetime", US, "tmrw at 4", "Tue Mar 3 at 4:00 PM"),
        ("datetime", ES, "el martes a las 5", "mar 3 mar a las 17:00"),
        ("number", ES, "2,5", "2,5"),
        ("money", US, "1200", "$1,200.00"),
        ("money", ES, "1200", "1.200,00 EUR"),
        ("phone", US, "2065550123", "(206) 555-0123"),
        ("yes_no", ES, "yes", "si"),
    ],
)
def test_a_value_is_repeated_as_people_there_say_it(type_: str, here: Here, text: str, said: str) -> None:
    found = MATCHERS[type_](text, here, {})
    assert isinstance(found, Reading)
    assert found.said == said
    assert found.said.isascii()  # one other character may double what a text costs


def test_the_trace_says_what_decided() -> None:
    by_hours, gap = (MATCHERS["datetime"](text, US, {}) for text in ("tmrw at 4", "march 8 at 2:30 am"))
    assert isinstance(by_hours, Reading)
    assert by_hours.how == '"tmrw", hour, by the opening hours'
    assert isinstance(gap, Reading)
    assert "there is no 02:30 that day" in gap.how


def test_a_question_says_what_it_is_about() -> None:
    found = MATCHERS["date"]("3/4", Here(US.now), {})
    assert isinstance(found, Ambiguous)
    assert found.how == "the order of day and month"
    assert [reading.said for reading in found.readings] == ["Wed Mar 4", "Fri Apr 3"]


def test_the_author_may_name_the_currency() -> None:
    assert read(MATCHERS["money"]("20", US, {"currency": "EUR"})) == {"amount": "20.00", "currency": "EUR"}


def test_a_language_that_is_not_known_reads_english() -> None:
    prepare("fr-CA")
    assert read(MATCHERS["date"]("tomorrow", Here(US.now, "UTC", "CA", "fr-CA"), {})) == "2026-03-03"
    assert read(MATCHERS["date"]("tomorrow", Here(US.now, "UTC", "US", "en_US"), {})) == "2026-03-03"


def test_after_closing_time_a_weekday_is_not_today() -> None:
    evening = US.now + 9 * 3_600_000
    assert read(MATCHERS["date"]("monday", Here(evening, US.timezone, "US", "en", US.hours), {})) == "2026-03-09"
