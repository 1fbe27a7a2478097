"""What a text offers, with and without the words for it."""

import pytest

from textback.core.offer import Offer, dump_offer, load_offer


@pytest.mark.parametrize(
    ("text", "tail", "left"),
    [
        ("Which? Reply A or B.", "Reply A or B.", "Which?"),
        ("Which?\n\nReply A or B.", "Reply A or B.", "Which?"),
        ("Reply A or B.", "Reply A or B.", "Reply A or B."),
        ("Reply A or B. Which?", "Reply A or B.", "Reply A or B. Which?"),
        ("Which?", "", "Which?"),
        ("", "Reply A or B.", ""),
    ],
)
def test_a_text_without_the_words_for_its_options(text: str, tail: str, left: str) -> None:
    assert Offer(("A", "B"), tail).without(text) == left


@pytest.mark.parametrize("offer", [None, Offer(("A", "B")), Offer(("ü", '"'), "Reply ü.")])
def test_it_comes_back_from_the_outbox(offer: Offer | None) -> None:
    assert load_offer(dump_offer(offer)) == offer
