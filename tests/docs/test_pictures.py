"""Every picture in the README and the documents is one that a command makes, and each of those is shown."""

import re
from pathlib import Path

import pytest

from screenshots.__main__ import FOLDER, MOST_BYTES, PICTURES
from tests.docs.pages import PAGES

MEASURED = {"guard-reliability.svg"}
"""Drawn by the measurement of the guard."""
SHOWN = re.compile(r"(?:!\[[^\]]*\]\(|src=\"|srcset=\")([^)\"\s]*images/[^)\"\s]+)")


def shown() -> set[Path]:
    """The files of all pictures that a page shows."""
    return {(page.parent / path).resolve() for page in PAGES for path in SHOWN.findall(page.read_text())}


def test_every_picture_is_made_by_a_command_and_every_one_of_those_is_shown() -> None:
    assert {path.parent for path in shown()} == {FOLDER}
    assert {path.name for path in shown()} == {*PICTURES, *MEASURED}
    assert {path.name for path in FOLDER.iterdir()} == {*PICTURES, *MEASURED}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_what_its_name_says(name: str) -> None:
    made = (FOLDER / name).read_bytes()
    assert made[:4] == b"RIFF"
    assert made[8:12] == b"WEBP"
    assert len(made) <= MOST_BYTES
