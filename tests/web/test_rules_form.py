"""What somebody put into the routing form, and two people who save at once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.test_adjusting import bot_of
from textback.web.rulesform import keys_of, read, together

KEYS = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.sampled_from([0.1, 0.2, "x"]), max_size=4)


@given(KEYS, KEYS, KEYS)
def test_two_peoples_changes_are_put_together_and_nothing_of_either_is_lost(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    found, both = together(base, mine, theirs)
    for key in {*base, *mine, *theirs}:
        if mine.get(key) != base.get(key):
            assert found.get(key) == mine.get(key)
            clash = theirs.get(key) not in (base.get(key), mine.get(key))
            assert (key in both) is clash, "I am not told that they have changed it too"
        else:
            assert found.get(key) == theirs.get(key)


@pytest.mark.parametrize(
    ("form", "changes", "wrong"),
    [
        ({"knowledge///answer": "0.9"}, {"knowledge///answer": 0.9}, set()),
        ({"knowledge///answer": " 0,9 "}, {"knowledge///answer": 0.9}, set()),  # as people in Spain write it
        ({"knowledge///answer": ""}, {}, set()),
        ({"knowledge///answer": "lots"}, {"knowledge///answer": "lots"}, {"knowledge///answer"}),
        ({"knowledge///answer": "1e999"}, {"knowledge///answer": float("inf")}, {"knowledge///answer"}),
        ({"reason/asked//queue": "bench"}, {"reason/asked//queue": "bench"}, set()),
        ({"reason/asked//queue": "moon"}, {"reason/asked//queue": "moon"}, {"reason/asked//queue"}),
        ({"weather/rain//queue": "bench"}, {}, set()),  # no field of the page
        ({"new/clerk//intent": "price", "new/clerk//send": "0.9"}, {"gate/clerk/price/send": 0.9}, set()),
        ({"new/clerk//intent": "a/b", "new/clerk//send": "0.9"}, {}, {"new/clerk//intent"}),
        ({"new/clerk//intent": "price"}, {}, {"new/clerk//intent"}),
        ({"new/clerk//send": "0.9"}, {}, {"new/clerk//intent"}),
    ],
)
def test_a_form_is_read(form: dict[str, str], changes: dict[str, Any], wrong: set[str]) -> None:
    draft = read(bot_of(), form, 0, {})
    assert draft.changes == changes
    assert set(draft.wrong) == wrong


def test_what_the_form_does_not_show_stays_until_it_is_put_back() -> None:
    gone = {"gate/greeter//send": 0.5}
    assert read(bot_of(), {"knowledge///answer": "0.9"}, 3, gone).changes == {**gone, "knowledge///answer": 0.9}
    assert read(bot_of(), {"knowledge///answer": "0.9"}, 3, gone).wrong == {}
    assert read(bot_of(), {"back": "gate/greeter//send"}, 3, gone).changes == {}


def test_every_value_has_one_field() -> None:
    keys = keys_of(bot_of(), {"gate/clerk/price/send": 0.9})
    assert len(keys) == len(set(keys))
    assert {"gate/clerk//send", "gate/clerk/refund/least", "gate/clerk/price/least", "usual///queue"} <= set(keys)
