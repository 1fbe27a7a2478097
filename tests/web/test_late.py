"""What people read about a text that came late."""

from types import SimpleNamespace

import pytest

from textback.web.present import line_of
from textback.web.reasons import reason_words


@pytest.mark.parametrize(
    ("minutes", "ago"),
    [(61, "61 minutes"), (119, "119 minutes"), (120, "2 hours"), (2879, "47 hours"), (2880, "2 days")],
)
def test_a_late_text_says_how_late(minutes: int, ago: str) -> None:
    row = SimpleNamespace(id="1-0", at=1_795_176_000_000, kind="late_message", data={"sent_at": 1, "minutes": minutes})
    line = line_of(row, "me", "UTC")
    assert line is not None
    assert line.words == f"This text came {ago} after it was sent."
    assert line.tone == "wait"


def test_why_a_person_was_asked_for() -> None:
    assert reason_words("late") == "The text came late"
