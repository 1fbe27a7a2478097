"""The lists of consent words: dated, in their compared form, and the same for everyone who needs them."""

import re
from datetime import date

import pytest

from textback.compliance.detect import normalise
from textback.compliance.keywords import LISTS, WordList
from textback.engine.consent_words import NEVER_HEARD


@pytest.mark.parametrize("entry", LISTS, ids=lambda entry: f"{entry.kind} {entry.source}")
def test_every_list_has_a_source_a_date_and_words_that_can_match(entry: WordList) -> None:
    assert entry.source
    assert date.fromisoformat(entry.as_of) >= date(2026, 1, 1)
    assert len(set(entry.words)) == len(entry.words)
    assert [word for word in entry.words if normalise(word) != re.sub("-", " ", word)] == []


def test_no_word_has_two_meanings() -> None:
    kinds: dict[str, set[str]] = {}
    for entry in LISTS:
        for word in entry.words:
            kinds.setdefault(normalise(word).replace(" ", ""), set()).add(entry.kind)
    assert {word: found for word, found in kinds.items() if len(found) > 1} == {}


def test_no_flow_may_listen_for_a_word_that_it_never_hears() -> None:
    """O5, O9: a flow that starts with BAJA would silently never start, so checking the bot must say so."""
    taken = {normalise(word) for entry in LISTS if entry.kind in ("stop", "help") for word in entry.words}
    assert taken - NEVER_HEARD == set()
