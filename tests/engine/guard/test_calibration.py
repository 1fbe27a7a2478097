"""What people's verdicts make of confidence."""

from hypothesis import given
from hypothesis import strategies as st

from textback.engine.guard.calibration import calibration_error, fitted, interval, reliability
from textback.engine.guard.picture import diagram

PAIRS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60)


def test_without_verdicts_it_stays() -> None:
    its = fitted([])
    assert all(abs(its(n / 50) - n / 50) < 1e-9 for n in range(51))


def test_five_verdicts_do_not_swing_it_and_two_hundred_do() -> None:
    wrong = [(0.9, False)] * 5
    assert abs(fitted(wrong)(0.9) - 0.9) < 0.2
    half = [(0.9, n % 2 == 0) for n in range(200)]
    assert abs(fitted(half)(0.9) - 0.5) < 0.15
    right = [(0.6, True)] * 200
    assert fitted(right)(0.6) > 0.85


@given(PAIRS, st.floats(allow_nan=True), st.floats(allow_nan=True))
def test_it_never_falls_and_stays_between_0_and_1(pairs: list[tuple[float, bool]], one: float, other: float) -> None:
    its = fitted(pairs)
    assert 0 <= its(one) <= 1
    if one <= other:
        assert its(one) <= its(other) + 1e-12


@given(PAIRS)
def test_a_verdict_moves_it_its_own_way(pairs: list[tuple[float, bool]]) -> None:
    before = fitted(pairs)(0.7)
    assert fitted([*pairs, (0.7, True)])(0.7) >= before - 1e-9
    assert fitted([*pairs, (0.7, False)])(0.7) <= before + 1e-9


@given(PAIRS)
def test_every_reply_is_in_one_bucket(pairs: list[tuple[float, bool]]) -> None:
    buckets = reliability(pairs)
    assert sum(one.count for one in buckets) == len(pairs)
    assert sum(one.count * one.right for one in buckets) == sum(right for _, right in pairs) or pairs
    assert all(one.low <= one.confidence <= one.high and one.least <= one.right <= one.most for one in buckets)
    assert 0 <= calibration_error(pairs) <= 1


def test_the_report_and_its_picture() -> None:
    pairs = [(0.95, True)] * 9 + [(0.95, False), (0.15, False)]
    low, high = reliability(pairs)
    assert (low.count, low.right, high.count, high.right) == (1, 0.0, 10, 0.9)
    assert abs(calibration_error(pairs) - (0.05 * 10 + 0.15) / 11) < 1e-9
    picture = diagram([low, high], "Replies <last week>")
    assert picture.count("<circle") == 2
    assert "Replies &lt;last week&gt;" in picture
    assert "script" not in picture


def test_the_interval_holds_the_share() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    low, high = interval(9, 10)
    assert 0.5 < low < 0.9 < high < 1
