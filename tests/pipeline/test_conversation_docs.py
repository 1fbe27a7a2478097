"""The pages about test files say what textback test does: every example is played, and nothing is left out."""

import re

import pytest

from tests.docs.pages import blocks, read
from tests.pipeline.test_rehearse import FOLDERS
from textback.engine.load import load_bot
from textback.pipeline.conversations import ACTS, BEGINS, CONVERSATION_KEYS, HAND_BACKS, OUT_KEYS, read_conversations
from textback.pipeline.judging import Coverage, Verdict, judge
from textback.pipeline.mending import mended

REFERENCE = "docs/reference/test-files.md"
EXAMPLES = [example for page in (REFERENCE, "docs/how-to/test-a-bot.md") for example in blocks(read(page), "yaml")]
SHOP = {name: text for name, text in FOLDERS["bike_shop"].items() if not name.startswith("tests/")}


def verdicts(example: str) -> list[Verdict]:
    files = SHOP | {"tests/a.yml": example}
    bot = load_bot(files)
    conversations, problems = read_conversations(files, bot)
    assert problems == []
    return [judge(bot, conversation, Coverage(bot)) for conversation in conversations]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.partition("\n")[0])
def test_every_example_goes_as_it_says(example: str) -> None:
    found = verdicts(example)
    if re.search(r"- out:(\n    - |\n?\Z)", example):  # to be filled in by --update
        assert not found[0].passed
        example = mended(example, found[0].edits)
        found = verdicts(example)
    assert [one.shown for one in found if not one.passed] == []


def keys(title: str) -> list[str]:
    """The first cells of the table under a heading."""
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", read(REFERENCE), re.MULTILINE | re.DOTALL)
    assert section is not None
    return re.findall(r"^\| `(\w+)` \|", section[1], re.MULTILINE)


def test_the_tables_have_every_key() -> None:
    assert sorted(keys("A conversation")) == sorted(CONVERSATION_KEYS)
    assert keys("A turn") == [*ACTS, "out"]
    assert sorted(keys("What should come of it")) == sorted(OUT_KEYS)


def test_the_words_to_hand_back_and_the_usual_time_are_told() -> None:
    page = read(REFERENCE)
    assert f"| `at` | `{BEGINS}` |" in page
    assert all(re.search(rf"\b{how}\b", page) for how in HAND_BACKS)
