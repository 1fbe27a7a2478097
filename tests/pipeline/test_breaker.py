"""The breaker: opens when conversation after conversation fails, lets a probe through now and then, closes again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.channels.base import Accepted, Failure
from textback.pipeline.breaker import AFTER, FIRST, MOST, PATIENCE, Breaker
from textback.pipeline.slots import Slots

OK = Accepted("p-1")
AWAY = Failure("retry", "503")
KEY = Failure("misconfigured", "20003")


def opened(failure: Failure = AWAY, now: float = 0.0) -> Breaker:
    breaker = Breaker()
    for n in range(AFTER):
        breaker.heard(failure, f"c{n}", now)
    return breaker


@pytest.mark.parametrize("failure", [AWAY, Failure("throttled"), Failure("unknown"), KEY])
def test_it_opens_when_enough_conversations_fail_in_a_row(failure: Failure) -> None:
    breaker = Breaker()
    for n in range(AFTER - 1):
        breaker.heard(failure, f"c{n}", 0.0)
        assert breaker.room(0.0) is None
    assert breaker.heard(failure, "last", 0.0)
    assert breaker.room(0.0) == 0
    assert breaker.condition(3.0).why == ("misconfigured" if failure is KEY else "away")
    assert breaker.condition(3.0).since == 3.0


@pytest.mark.parametrize("kind", ["rejected", "filtered", "opted_out"])
def test_a_provider_that_refuses_a_text_for_its_own_sake_is_there(kind: str) -> None:
    for answer in (OK, Failure(kind)):  # type: ignore[arg-type]
        breaker = Breaker()
        for n in range(3 * AFTER):
            breaker.heard(AWAY if n % AFTER else answer, f"c{n}", 0.0)
        assert breaker.state == "closed"


def test_one_number_that_can_not_be_reached_does_not_stop_the_others() -> None:
    breaker = Breaker()
    for _ in range(20):
        breaker.heard(AWAY, "the same", 0.0)
    assert breaker.room(0.0) is None


def test_one_probe_at_a_time_and_longer_pauses_each_time() -> None:
    breaker, now = opened(), 0.0
    for expected in (2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0):
        assert breaker.pause(now) == expected
        assert breaker.room(now + expected - 0.01) == 0
        now += expected
        assert breaker.room(now) == 1
        breaker.probe(now)
        assert breaker.room(now) == 0
        breaker.heard(AWAY, "probe", now)
    assert (FIRST, MOST) == (2.0, 60.0)


def test_a_probe_that_goes_closes_it_and_it_begins_anew() -> None:
    breaker = opened()
    breaker.probe(2.0)
    breaker.heard(AWAY, "probe", 2.0)
    breaker.probe(6.0)
    assert breaker.heard(OK, "probe", 6.0)
    assert (breaker.room(6.0), breaker.condition(6.0).why) == (None, "")
    assert not breaker.heard(AWAY, "a", 7.0)
    assert opened(now=8.0).pause(8.0) == FIRST


def test_a_text_that_was_under_way_may_close_it_but_does_not_lengthen_the_pause() -> None:
    breaker = opened()
    assert not breaker.heard(AWAY, "straggler", 1.0)
    assert breaker.pause(1.0) == 1.0
    assert breaker.heard(OK, "straggler", 1.0)
    assert breaker.room(1.0) is None


def test_the_provider_may_ask_for_a_longer_pause() -> None:
    assert opened(Failure("throttled", retry_after=300.0)).pause(0.0) == 300.0


def test_a_probe_that_is_never_heard_of_again_is_given_up() -> None:
    breaker = opened()
    breaker.probe(2.0)
    assert breaker.room(2.0 + PATIENCE - 0.1) == 0
    assert breaker.room(2.0 + PATIENCE) == 1


def test_a_wrong_key_is_said_at_the_first_text() -> None:
    breaker = Breaker()
    assert breaker.heard(KEY, "a", 0.0)
    assert (breaker.state, breaker.condition(0.0).why, breaker.condition(0.0).code) == (
        "closed",
        "misconfigured",
        "20003",
    )
    assert not breaker.heard(KEY, "b", 1.0)
    assert breaker.heard(OK, "c", 2.0)
    assert breaker.condition(2.0).why == ""


ANSWERS = st.sampled_from(
    [OK, AWAY, KEY, Failure("unknown"), Failure("rejected"), Failure("throttled", retry_after=9.0)]
)


@given(st.lists(st.tuples(ANSWERS, st.integers(0, 9), st.floats(0, 40)), max_size=80))
def test_whatever_comes_it_never_stays_shut_for_ever_and_a_good_answer_opens_the_way(
    story: list[tuple[Accepted | Failure, int, float]],
) -> None:
    breaker, now, changes = Breaker(), 0.0, []
    for answer, contact, passed in story:
        now += passed
        if breaker.room(now) == 1:
            breaker.probe(now)
        before = (breaker.state == "closed", breaker.why)
        changed = breaker.heard(answer, f"c{contact}", now)
        assert changed == (before != (breaker.state == "closed", breaker.why))
        changes.append(changed)
        if isinstance(answer, Accepted) or answer.kind == "rejected":
            assert breaker.room(now) is None
            assert breaker.condition(now).why == ""
        pause = breaker.pause(now)
        if pause is not None:
            assert pause <= MOST
            assert breaker.room(now + pause) == 1


# Slots


def test_a_line_that_is_nearly_full_is_left_to_the_deliverer_and_takes_nothing_from_others() -> None:
    slots = Slots(["one", "two"], 8)
    assert slots.room() == 8
    for _ in range(6):
        slots.took("one")
    assert (slots.shut, slots.room(), slots.limits(0.0)) == ({"one"}, 8, {"one": 2})
    for _ in range(2):
        slots.took("one")
    assert slots.limits(0.0) == {"one": 0}
    assert slots.away() == []
    for _ in range(8):
        slots.gave_back("one")
    assert (slots.shut, slots.room()) == (set(), 8)


def test_a_line_that_is_away_has_room_for_one_probe_when_its_time_has_come() -> None:
    slots = Slots(["one", "two"], 8)
    for n in range(AFTER):
        slots.heard("one", AWAY, f"c{n}", 0.0)
    assert (slots.away(), slots.limits(0.0), slots.pause(0.0)) == (["one"], {"one": 0}, FIRST)
    assert slots.limits(FIRST) == {"one": 1}
    slots.probed("one", FIRST)
    assert slots.limits(FIRST) == {"one": 0}
    slots.heard("one", OK, "probe", FIRST)
    assert (slots.shut, slots.limits(FIRST), slots.pause(FIRST)) == (set(), {}, None)


def test_a_line_that_is_gone_takes_no_slot() -> None:
    slots = Slots(["one"], 8)
    slots.took("old")
    slots.gave_back("old")
    assert slots.room() == 8
