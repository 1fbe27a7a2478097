"""A bot's knowledge is encoded once, kept for the next start, and answers by words until that is done."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engine.talk import BOT, flow
from tests.knowledge.shop import HashEncoder
from textback.engine.bot import Knowledge
from textback.engine.load import load_bot
from textback.pipeline.knowing import Knowing, knowledge_problems
from textback.pipeline.rehearse import Rehearsal
from textback.pipeline.understanding import Understanding

MORNING = 1_772_445_600_000
PRICES = "Q: How much is a tune-up\nA: A tune-up is $75.\n"
PARKING = "# Parking\n\nThere are four spaces in the yard.\n"
FILES = {"knowledge/a.md": PRICES, "knowledge/b.md": PARKING}
FOLDER = {"bot.yml": BOT, "flows/main.yml": flow("- say: Hi."), **FILES}


class Counting(HashEncoder):
    """Notes what it encodes, and waits where it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.go = threading.Event()
        self.go.set()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if len(texts) > 1:  # one alone only tells how wide a vector is
            self.go.wait(10)
        self.texts += texts
        return super().encode(texts)


def patient(folder: Path) -> Knowing:
    return Knowing(folder, patience=None)


def test_a_bot_that_was_taught_answers_from_its_folder(tmp_path: Path) -> None:
    bot = Understanding(tmp_path, "lite").taught(load_bot(FOLDER))
    assert Rehearsal(bot, MORNING).text("how much is a tune up").said == ["A tune-up is $75."]


def test_a_bot_without_knowledge_or_understanding_has_no_answerer(tmp_path: Path) -> None:
    plain = {name: text for name, text in FOLDER.items() if name not in FILES}
    assert Understanding(tmp_path, "lite").taught(load_bot(plain)).answerer is None
    assert Understanding(tmp_path, "off").taught(load_bot(FOLDER)).answerer is None
    empty = {**plain, "knowledge/a.md": "---\ntitle: Nothing\n---\n"}
    assert Understanding(tmp_path, "lite").taught(load_bot(empty)).answerer is None


def test_the_next_start_encodes_nothing_and_a_changed_file_only_what_is_new(tmp_path: Path) -> None:
    first, second, third = Counting(), Counting(), Counting()
    patient(tmp_path).library(FILES, Knowledge(), first)
    assert len(first.texts) >= 4
    again = patient(tmp_path).library(FILES, Knowledge(), second)
    assert second.texts == []
    assert again is not None
    assert again.base.method == "hybrid"
    patient(tmp_path).library({**FILES, "knowledge/c.md": "# Dogs\n\nThey are welcome.\n"}, Knowledge(), third)
    assert third.texts == ["Dogs", "Dogs: They are welcome."]


@pytest.mark.parametrize("damage", [b"", b"x" * 500, None])
def test_what_is_kept_and_damaged_is_made_again(tmp_path: Path, damage: bytes | None) -> None:
    patient(tmp_path).library(FILES, Knowledge(), Counting())
    [path] = tmp_path.glob("knowledge-*.bin")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content) if damage is None else damage)
    encoder = Counting()
    found = patient(tmp_path).library(FILES, Knowledge(), encoder)
    assert len(encoder.texts) >= 4
    assert found is not None
    assert found.answer("how much is a tune-up", "en", MORNING).passage == "a.md#how-much-is-a-tune-up"


def test_a_folder_that_can_not_be_written_costs_time_not_answers(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = patient(tmp_path / "file/x").library(FILES, Knowledge(), Counting())
    assert found is not None
    assert found.base.method == "hybrid"


def test_only_the_latest_few_are_kept(tmp_path: Path) -> None:
    for number in range(9):
        patient(tmp_path).library({"knowledge/a.md": f"# A\n\nText {number}.\n"}, Knowledge(), Counting())
    assert len(list(tmp_path.glob("knowledge-*.bin"))) == 6


def test_until_its_meaning_is_read_a_base_answers_by_words(tmp_path: Path) -> None:
    encoder = Counting()
    encoder.go.clear()
    library = Knowing(tmp_path, patience=0.01).library(FILES, Knowledge(), encoder)
    assert library is not None
    assert library.base.vectors is None
    assert library.answer("how much is a tune-up", "en", MORNING).text == "A tune-up is $75."
    encoder.go.set()
    for thread in threading.enumerate():
        if thread.name == "knowledge":
            thread.join(10)
    assert library.base.vectors is not None
    assert library.answer("how much is a tune-up", "en", MORNING).text == "A tune-up is $75."


def test_answers_change_at_midnight_when_a_file_goes_out_of_date(tmp_path: Path) -> None:
    files = {"knowledge/a.md": "---\nstale_after: 2026-03-02\n---\n" + PRICES}
    library = patient(tmp_path).library(files, Knowledge(), None)
    assert library is not None
    assert library.answer("how much is a tune-up", "en", MORNING).text == "A tune-up is $75."
    assert library.answer("how much is a tune-up", "en", MORNING + 86_400_000).text == ""


def test_problems_have_their_place_and_know_the_bots_hours() -> None:
    files = {
        "bot.yml": BOT + "hours: {mon-fri: 9-18}\n",
        "flows/main.yml": flow("- say: Hi."),
        "knowledge/a.md": "# Opening hours\n\nFrom 9 am to 7 pm.\n",
        "knowledge/b.csv": "question,answer\nwhy,\nhow,so\n",
    }
    found = [(one.file, one.line, one.message) for one in knowledge_problems(files, load_bot(files), MORNING)]
    assert found == [
        ("knowledge/b.csv", 2, "This row has no answer."),
        ("knowledge/a.md", 3, "This names 19:00, when by the hours in bot.yml you neither open nor close."),
    ]
