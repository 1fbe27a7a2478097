"""A message's status only climbs, in whatever order the news of it comes."""

from functools import reduce
from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.core.messages import CONSENT, CONSENT_WORDS, ENDED_WITH, FAILED, FAMILY, RANK, Channel, Status, climbs

STATUSES = get_args(Status)


def settle(news: list[str]) -> str:
    return reduce(lambda now, new: new if climbs(now, new) else now, news)


@given(st.lists(st.sampled_from(STATUSES), min_size=1), st.randoms(use_true_random=False))
def test_the_last_word_is_the_highest_rank_in_any_order(told: list[str], random: Random) -> None:
    shuffled = random.sample(told, len(told))
    highest = max(RANK[status] for status in told)
    assert RANK[settle(told)] == RANK[settle(shuffled)] == highest


@given(st.lists(st.sampled_from(STATUSES), min_size=1))
def test_telling_it_all_again_changes_nothing(news: list[str]) -> None:
    assert settle(news + news) == settle(news)


@pytest.mark.parametrize(
    ("old", "new", "taken"),
    [
        ("queued", "sending", True),
        ("sending", "unknown", True),
        ("unknown", "accepted", True),
        ("unknown", "delivered", True),
        ("accepted", "sent", True),
        ("sent", "delivered", True),
        ("delivered", "read", True),
        ("sent", "undelivered", True),
        ("undelivered", "delivered", True),  # better news wins
        ("failed", "read", True),
        ("failed", "sent", False),  # a late receipt reopens nothing
        ("canceled", "sent", False),
        ("canceled", "queued", False),
        ("blocked", "sending", False),
        ("delivered", "sent", False),
        ("delivered", "failed", False),
        ("read", "delivered", False),
        ("failed", "undelivered", False),  # the first reason stays
        ("sent", "sent", False),
    ],
)
def test_climbs(old: str, new: str, taken: bool) -> None:
    assert climbs(old, new) is taken


def test_every_status_has_a_rank_and_every_channel_a_family() -> None:
    assert set(RANK) == set(STATUSES)
    assert set(FAMILY) == set(get_args(Channel))
    assert set(STATUSES) > FAILED


def test_withdrawn_is_no_trouble_but_refused_is() -> None:
    assert "canceled" not in FAILED
    assert {"failed", "undelivered", "filtered", "blocked", "expired"} <= FAILED


def test_one_phone_is_one_person_on_every_phone_channel() -> None:
    assert {FAMILY[channel] for channel in ("sms", "mms", "rcs", "imessage", "whatsapp")} == {"phone"}
    assert len({FAMILY[channel] for channel in ("sms", "slack", "web", "email")}) == 4


def test_consent_is_asked_for_by_channel_and_ended_by_phone() -> None:
    assert set(CONSENT) == set(FAMILY)
    assert {name for name in FAMILY if CONSENT[name] != FAMILY[name]} == {"whatsapp"}
    assert {CONSENT[channel] for channel in ("sms", "mms", "rcs", "imessage")} == {"phone"}
    assert all(ENDED_WITH.get(CONSENT[name], CONSENT[name]) == FAMILY[name] for name in FAMILY)
    assert set(CONSENT_WORDS) == set(CONSENT.values())
