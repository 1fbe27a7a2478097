"""What words about how often texts come promise, and how long a text counts for it (Q3)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from textback.core.promise import LONGEST, Promise, promise_of, speaks_of_number
from textback.core.when import DAY, HOUR, to_ms

HOME = "America/Los_Angeles"


def at(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(HOME)))


@pytest.mark.parametrize(
    ("text", "promise"),
    [
        ("4 msgs/month", Promise(4, "month")),
        ("4msgs/mo.", Promise(4, "month")),
        ("Up to 4 texts a month", Promise(4, "month")),
        ("No more than four automated marketing messages per month.", Promise(4, "month")),
        ("2-4 messages per week", Promise(4, "week")),
        ("2 – 4 msgs / wk", Promise(4, "week")),
        ("Once or twice a month", Promise(2, "month")),
        ("One text weekly", Promise(1, "week")),
        ("Weekly", Promise(1, "week")),
        ("Every day", Promise(1, "day")),
        ("3 times a day", Promise(3, "day")),
        ("One text every two weeks", Promise(1, "week", 2)),
        ("Every other week", Promise(1, "week", 2)),
        ("At most 10 texts in any 30 days", Promise(10, "day", 30)),
        ("4 mensajes al mes", Promise(4, "month")),
        ("Hasta cuatro mensajes por mes", Promise(4, "month")),
        ("No más de 2 mensajes a la semana", Promise(2, "week")),
        ("Una vez al día", Promise(1, "day")),
        ("De 2 a 4 mensajes mensuales", Promise(4, "month")),
        ("Once mensajes al mes", Promise(11, "month")),
        ("Un mensaje cada dos semanas", Promise(1, "week", 2)),
        ("Un mensaje semanal", Promise(1, "week")),
    ],
)
def test_what_is_read(text: str, promise: Promise) -> None:
    assert promise_of(text) == promise
    assert speaks_of_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "At least 4 msgs/month",
        "4+ msgs/month",
        "More than 4 texts a month",
        "Al menos 4 mensajes al mes",
        "4 msgs/month, 1 a week",
        "4 a month and 2 a week",
        "Weekly offers, up to 4 a month",
        "4 msgs/month from 206-555-0100",
        "10 alerts, 4 texts a month",
        "1,000 texts a month",
        "0 msgs/month",
        "4 texts an hour",
        "2 texts per order",
        "Up to 4 texts",
        "Biweekly, 2 texts",
        "1 text every 6 months",
        "One text a year",
    ],
)
def test_what_is_not_read_for_sure(text: str) -> None:
    assert promise_of(text) is None
    assert speaks_of_number(text)


@pytest.mark.parametrize("text", ["", "Message frequency varies", "Only answers to your texts", "La frecuencia varía"])
def test_what_promises_no_number(text: str) -> None:
    assert promise_of(text) is None
    assert not speaks_of_number(text)


@pytest.mark.parametrize(
    ("promise", "sent", "over"),
    [
        (Promise(1, "day"), "2026-03-07T09:00", "2026-03-08T09:00"),  # the clock goes forward that night
        (Promise(1, "week"), "2026-10-27T09:00", "2026-11-03T09:00"),
        (Promise(1, "month"), "2026-02-01T09:00", "2026-03-01T09:00"),
        (Promise(1, "month"), "2026-01-31T09:00", "2026-02-28T09:00"),
        (Promise(1, "month"), "2026-12-15T09:00", "2027-01-15T09:00"),
        (Promise(1, "week", 2), "2026-06-01T09:00", "2026-06-15T09:00"),
    ],
)
def test_a_text_counts_until_the_same_hour_a_period_later(promise: Promise, sent: str, over: str) -> None:
    assert promise.over(at(sent), HOME) == at(over)
    assert at(over) - at(sent) <= promise.reach + HOUR <= LONGEST + HOUR
    assert promise.reach >= DAY


def test_how_a_promise_is_said() -> None:
    assert [Promise(4, "month").words, Promise(1, "week", 2).words] == ["4 a month", "1 in 2 weeks"]
