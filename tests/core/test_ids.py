"""Ids: in the order they were made, and always in the same bucket."""

import re
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.core.ids import BUCKETS, IdMaker, bucket_of, new_contact_id, new_id


def test_ids_grow_and_are_24_hex_digits() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"[0-9a-f]{24}", id_) for id_ in ids)


@given(st.lists(st.integers(min_value=0, max_value=2**41), min_size=1, max_size=50))
def test_ids_grow_even_when_the_clock_steps_back(clock: list[int]) -> None:
    ticks = iter(clock)
    maker = IdMaker()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: next(ticks) * 1_000_000)
        ids = [maker() for _ in clock]
    assert ids == sorted(set(ids))


def test_ids_of_one_frozen_millisecond_never_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_800_000_000_000_000_000)
    maker = IdMaker()
    maker._ms, maker._count = 1_800_000_000_000, 0xFFFFE  # as if a million ids had been made already
    ids = [maker() for _ in range(4)]
    assert ids == sorted(set(ids))


def test_a_later_millisecond_sorts_after_an_earlier_one_of_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_800_000_000_000]
    monkeypatch.setattr(time, "time_ns", lambda: now[0] * 1_000_000)
    first, second = IdMaker(), IdMaker()
    ids = []
    for maker in (first, second, second, first):
        ids.append(maker())
        now[0] += 1
    assert ids == sorted(set(ids))


def test_threads_share_no_id() -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend([new_id() for _ in range(500)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 2000


@pytest.mark.parametrize(
    ("contact_id", "bucket"), [("00" * 12, 0), ("0a" + "f" * 22, 10), ("ff" * 12, 255), ("7f" + "0" * 22, 127)]
)
def test_the_bucket_is_written_in_the_id(contact_id: str, bucket: int) -> None:
    """Rows are stored under it for good, so another rule would lose them."""
    assert bucket_of(contact_id) == bucket


def test_contact_ids_are_random_and_fall_into_all_buckets() -> None:
    ids = {new_contact_id() for _ in range(8000)}
    assert len(ids) == 8000
    assert all(re.fullmatch(r"[0-9a-f]{24}", id_) for id_ in ids)
    assert {bucket_of(id_) for id_ in ids} == set(range(BUCKETS))
