"""Codes of authenticator apps, against the vectors of RFC 6238 and by properties."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.core.totp import DRIFT, STEP, address, code, secret_of, step_of

SECRET = secret_of(b"12345678901234567890")


@pytest.mark.parametrize(
    ("seconds", "eight"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
     (2000000000, "69279037"), (20000000000, "65353130")],
)  # fmt: skip
def test_the_vectors_of_the_standard(seconds: int, eight: str) -> None:
    assert code(SECRET, seconds // 30) == eight[2:]


def test_a_secret_is_what_apps_read() -> None:
    assert SECRET == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert base64.b32decode(SECRET) == b"12345678901234567890"
    assert address(SECRET, "sam@example.com", "Harbor & Co") == (
        "otpauth://totp/Harbor%20%26%20Co%3Asam%40example.com"
        f"?secret={SECRET}&issuer=Harbor%20%26%20Co&digits=6&period=30"
    )


@given(now=st.integers(10**12, 10**13), off=st.integers(-5, 5))
def test_a_code_counts_near_its_time_only(now: int, off: int) -> None:
    step = now // STEP + off
    found = step_of(SECRET, code(SECRET, step), now, 0)
    assert (found is not None) or abs(off) > DRIFT
    if abs(off) <= DRIFT:
        assert found is not None
        assert code(SECRET, found) == code(SECRET, step)


@given(now=st.integers(10**12, 10**13), last=st.integers(-1, 1))
def test_no_code_is_taken_twice_and_none_older_than_the_last(now: int, last: int) -> None:
    taken = now // STEP + last
    for off in range(-DRIFT, DRIFT + 1):
        found = step_of(SECRET, code(SECRET, now // STEP + off), now, taken)
        assert found is None or found > taken


@given(st.text(max_size=20))
def test_nonsense_is_no_code(text: str) -> None:
    found = step_of(SECRET, text, 10**12, 0)
    assert found is None or "".join(text.split()) == code(SECRET, found)


def test_a_secret_that_is_none() -> None:
    with pytest.raises(ValueError, match="base32"):
        code("no secret!", 1)
