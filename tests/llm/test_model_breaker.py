"""A model's breaker: after some failures it is left alone, then probed by one call at a time."""

import pytest

from textback.llm.base import Why
from textback.llm.breaker import AFTER, FIRST, MISCONFIGURED, MOST, Breaker


def failed(times: int, why: Why = "unavailable", now: float = 100.0) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker.fails(why, now)
    return breaker


@pytest.mark.parametrize("why", ["timeout", "throttled", "unavailable"])
def test_it_opens_after_some_failures_in_a_row(why: Why) -> None:
    assert failed(AFTER - 1, why).lets(100.0)
    breaker = failed(AFTER, why)
    assert breaker.why == why
    assert not breaker.lets(100.0 + FIRST - 0.1)
    assert breaker.lets(100.0 + FIRST)


def test_one_answer_ends_the_row() -> None:
    breaker = failed(AFTER - 1)
    breaker.answered()
    assert not breaker.fails("timeout", 100.0)
    assert breaker.lets(100.0)


@pytest.mark.parametrize("why", ["refused", "malformed"])
def test_nonsense_is_an_answer_too(why: Why) -> None:
    breaker = failed(AFTER)
    assert not breaker.fails(why, 100.0)
    assert breaker.lets(100.0)


def test_one_probe_at_a_time_and_longer_pauses() -> None:
    breaker, now, pauses = failed(AFTER), 100.0, []
    for _ in range(8):
        begun = now
        while not breaker.lets(now):
            now += 0.5
        assert not breaker.lets(now)
        breaker.fails("timeout", now)
        pauses.append(now - begun)
    assert pauses == sorted(pauses)
    assert pauses[-1] == MOST


def test_a_probe_that_is_answered_closes_it() -> None:
    breaker = failed(AFTER)
    assert breaker.lets(110.0)
    breaker.answered()
    assert [breaker.lets(110.0) for _ in range(3)] == [True] * 3
    assert breaker.why is None


def test_it_waits_as_long_as_it_was_asked_to() -> None:
    breaker = Breaker()
    breaker.fails("throttled", 100.0, 7.0)
    assert (breaker.lets(106.9), breaker.lets(107.0)) == (False, True)
    breaker.fails("throttled", 107.0, 86_400.0)
    assert breaker.lets(107.0 + MOST)


def test_what_somebody_must_mend_is_said_once_and_left_alone_for_a_minute() -> None:
    breaker = Breaker()
    assert breaker.fails("misconfigured", 100.0)
    assert not breaker.lets(100.0 + MISCONFIGURED - 0.1)
    assert breaker.lets(100.0 + MISCONFIGURED)
    assert not breaker.fails("misconfigured", 160.0)
    breaker.answered()
    assert breaker.fails("misconfigured", 200.0)
