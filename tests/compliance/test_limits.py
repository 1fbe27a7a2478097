"""Limits: no hour has more replies than the limit, programs that talk to programs are noticed, days are Pacific."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.compliance.limits import (
    AT_AND_T_PER_MINUTE,
    T_MOBILE_PER_DAY,
    Guard,
    cap_of,
    day_of,
    fitting,
    next_day,
    note_reply,
    priority_of,
    rate_of,
    starting,
)
from textback.core.tally import Tally
from textback.core.when import HOUR, MINUTE, SECOND, to_datetime

NOW = 1_780_513_200_000
GAPS = st.lists(st.integers(0, 20 * MINUTE), min_size=1, max_size=120)


def talk(times: list[int], guard: Guard, answers: int = 1, text: str = "") -> list[int]:
    """The times at which answers went, until there would be too many: each exchange has words of its own."""
    tally: Tally | None = None
    went: list[int] = []
    for number, at in enumerate(times):
        tally, why = note_reply(tally, at, text or f"text {number}", [f"answer {number}"] * answers, guard)
        if why:
            break
        went += [at] * answers
    return went


@given(GAPS, st.integers(1, 40), st.integers(1, 3))
def test_no_hour_has_more_replies_than_the_limit(gaps: list[int], most: int, answers: int) -> None:
    times = [NOW]
    for gap in gaps:
        times.append(times[-1] + gap)
    went = talk(times, Guard(replies=most), answers)
    for at in went:
        assert sum(at <= other < at + HOUR for other in went) <= most


@given(GAPS, st.integers(1, 40))
def test_who_stays_well_under_the_limit_is_always_answered(gaps: list[int], most: int) -> None:
    times = [NOW]
    for gap in gaps:
        times.append(times[-1] + gap)
    crowded = any(sum(at <= other <= at + 70 * MINUTE for other in times) > most for at in times)
    went = talk(times, Guard(replies=most))
    assert crowded or went == times


def test_the_limit_is_reached_with_exactly_one_too_many() -> None:
    times = [NOW + n * MINUTE for n in range(40)]
    assert len(talk(times, Guard(replies=30))) == 30


def test_the_same_exchange_again_and_again_is_a_loop() -> None:
    guard = Guard(repeats=5)
    tally: Tally | None = None
    whys = []
    for n in range(5):
        tally, why = note_reply(tally, NOW + n * SECOND, " We are CLOSED. ", ["Which day?"], guard)
        whys.append(why)
    assert whys == ["", "", "", "", "repeated"]


def test_two_exchanges_by_turns_are_a_loop_too() -> None:
    guard = Guard(repeats=5)
    tally: Tally | None = None
    whys = []
    for n in range(9):
        tally, why = note_reply(tally, NOW + n * SECOND, "We are closed.", [f"answer {n % 2}"], guard)
        whys.append(why)
    assert whys == [""] * 8 + ["repeated"]


def test_a_person_who_asks_the_same_now_and_then_is_answered() -> None:
    guard = Guard(repeats=5)
    tally: Tally | None = None
    for n in range(20):
        tally, why = note_reply(tally, NOW + n * 3 * MINUTE, "price", ["$40"], guard)
        assert why == ""


@given(st.integers(0, 2**44), st.integers(0, 2**44), st.text(max_size=20), st.lists(st.text(max_size=9), max_size=4))
def test_no_clock_and_no_text_breaks_the_count(before: int, now: int, text: str, answers: list[str]) -> None:
    guard = Guard(replies=30, repeats=5)
    tally, _ = note_reply(None, before, text, answers, guard)
    tally, _ = note_reply(tally, now, text, answers, guard)
    assert len(tally.counts) <= 7
    assert len(tally.said) <= 16


def test_no_limits_never_stop_anything() -> None:
    assert len(talk([NOW] * 200, Guard(), text="same")) == 200


def test_answers_go_first_and_the_unknown_last() -> None:
    classes = ["compliance", "conversational", "informational", "promotional", "nonsense"]
    assert [priority_of(name) for name in classes] == [0, 0, 1, 2, 2]


@given(st.integers(NOW - 400 * 24 * HOUR, NOW + 400 * 24 * HOUR))
def test_the_carriers_day_ends_at_midnight_pacific(now: int) -> None:
    end = next_day(now)
    assert now < end <= now + 25 * HOUR
    assert day_of(end) > day_of(now) == day_of(end - 1)
    assert to_datetime(end, "America/Los_Angeles").strftime("%H:%M:%S") == "00:00:00"


@given(st.lists(st.integers(1, 10)), st.integers(-5, 60))
def test_what_fits_a_cap_never_exceeds_it(sizes: list[int], room: int) -> None:
    count = fitting(sizes, room)
    assert sum(sizes[:count]) <= max(room, 0)
    assert count == len(sizes) or sum(sizes[: count + 1]) > room


@given(st.lists(st.integers(1, 10)), st.integers(-5, 60))
def test_what_starts_overdraws_by_less_than_one_text(sizes: list[int], room: int) -> None:
    count = starting(sizes, room)
    assert count == 0 or sum(sizes[: count - 1]) < room
    assert count == len(sizes) or sum(sizes[:count]) >= room


def test_the_tables_fall_from_tier_to_tier() -> None:
    for table in (T_MOBILE_PER_DAY, AT_AND_T_PER_MINUTE):
        assert all(above >= below for above, below in pairwise(table.values()))
    assert list(T_MOBILE_PER_DAY) == list(AT_AND_T_PER_MINUTE)
    assert (cap_of("low"), rate_of("low", "standard")) == (2_000, 4.0)
    assert rate_of("top", "low_volume") == pytest.approx(1.25)
    assert rate_of("sole_proprietor", "low_volume") == pytest.approx(0.25)
