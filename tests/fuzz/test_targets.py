"""Whatever comes from outside is taken or refused with a sentence: the targets of `make fuzz`, a little of each.

FUZZ_EXAMPLES=1000 tries as many on each, and other ones every time.
"""

import os
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import registry
from fuzz.mutate import LONGEST, ODD, STEPS, spoil
from fuzz.run import Trial, shares, table
from fuzz.target import Target, Wrong, check, joined, parts

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))


@pytest.fixture(scope="module", autouse=True)
def _opened() -> Iterator[None]:
    yield
    registry.close()


@pytest.mark.parametrize("name", registry.TARGETS)
def test_spoilt_input_is_taken_or_refused(name: str) -> None:
    target = registry.TARGETS[name]

    @settings(
        max_examples=EXAMPLES or max(target.share, 5),
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def spoilt(rng: Random) -> None:
        target(spoil(rng, target.samples))

    spoilt()


@pytest.mark.parametrize("name", registry.TARGETS)
def test_a_sample_is_good_or_refused_and_one_of_them_is_good(name: str) -> None:
    target = registry.TARGETS[name]
    taken = [target(sample) for sample in target.samples]
    assert any(taken) or name == "fault"


# The tools themselves


@given(st.randoms(use_true_random=False), st.lists(st.binary(max_size=50), min_size=1, max_size=3))
def test_every_step_makes_bytes_of_any_bytes(rng: Random, samples: list[bytes]) -> None:
    for step in STEPS:
        assert isinstance(step(rng, samples[0], samples[-1]), bytes)
    assert len(spoil(rng, samples)) <= LONGEST


def test_spoiling_reaches_every_odd_thing() -> None:
    rng = Random(1)
    seen = b"".join(spoil(rng, [b'{"a": 1}']) for _ in range(12_000))
    assert [odd for odd in ODD if odd not in seen] == []


def test_a_target_tells_a_refusal_from_a_defect() -> None:
    def parse(data: bytes) -> None:
        check(data != b"wrong", "it is wrong")
        if data == b"defect":
            raise KeyError("x")
        if data == b"bare":
            raise ValueError
        if data == b"bad":
            raise ValueError("That is bad.")

    target = Target("one", parse, [b"good"], (ValueError,))
    assert (target(b"good"), target(b"bad")) == (True, False)
    with pytest.raises(KeyError):
        target(b"defect")
    with pytest.raises(Wrong, match="without a sentence"):
        target(b"bare")
    with pytest.raises(Wrong, match="it is wrong"):
        target(b"wrong")


def test_parts_of_an_input() -> None:
    assert parts(joined("a", b"b"), 3) == [b"a", b"b", b""]
    assert parts(b"a|||b|||c", 2) == [b"a", b"b|||c"]


def test_a_run_counts_and_keeps_what_failed(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(data: bytes) -> None:
        if data.startswith(b"{"):
            raise KeyError(data[:1])
        if not data:
            raise ValueError("Nothing is there.")

    monkeypatch.setitem(registry.TARGETS, "one", Target("one", parse, [b"x"], (ValueError,)))
    monkeypatch.setattr("fuzz.run.FOUND", tmp_path)
    trial = Trial("one")
    for data in (b"x", b"", b"{1", b"{2"):
        trial.one(data)
    trial.done()
    assert (trial.result.inputs, trial.result.taken) == (4, 1)
    (kept,) = trial.result.errors.values()
    assert (tmp_path / kept).read_bytes() == b"{1"
    assert [path.name for path in tmp_path.iterdir()] == [kept]
    assert "| one | 4 | 1 | 2 | 1 |" in table([trial.result])


def test_every_target_gets_its_share() -> None:
    given_ = shares(100_000, list(registry.TARGETS))
    assert sum(given_.values()) >= 100_000
    assert min(given_.values()) >= 100
