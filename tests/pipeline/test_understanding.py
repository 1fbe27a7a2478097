"""A bot is taught its intents once, and what it learnt is kept for the next start."""

from pathlib import Path

import pytest

from textback.engine.load import load_bot
from textback.pipeline import understanding
from textback.pipeline.rehearse import Rehearsal
from textback.pipeline.understanding import Understanding

HOURS = """
flow: hours
start:
  intent: {examples: [when are you open, are you open today, what time do you close, open on sunday]}
steps:
  - say: 9 to 6.
"""
PRICES = """
flow: prices
start:
  intent: {examples: [how much is it, what does it cost, price of a repair, is it expensive, what do you charge]}
steps:
  - say: From $20.
"""
FILES = {"bot.yml": "bot: Harbor Cycle Works", "flows/hours.yml": HOURS, "flows/prices.yml": PRICES}
NOW = 1_772_474_400_000


def test_a_bot_that_was_taught_starts_the_flow_that_a_text_means(tmp_path: Path) -> None:
    bot = Understanding(tmp_path, "lite").taught(load_bot(FILES))
    assert Rehearsal(bot, NOW).text("so when are you guys open today?").said == ["9 to 6."]
    assert Rehearsal(bot, NOW).text("what would you charge for it").said == ["From $20."]
    assert Rehearsal(bot, NOW).text("xylophone").said[0].startswith("Sorry, I didn't understand")


def test_what_was_learnt_is_kept_and_a_broken_file_is_learnt_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Understanding(tmp_path, "lite").taught(load_bot(FILES))
    (kept,) = tmp_path.glob("intents-*.bin")

    def never(*_: object) -> None:
        raise AssertionError("it was trained again")

    with monkeypatch.context() as patched:
        patched.setattr(understanding, "train", never)
        bot = Understanding(tmp_path, "lite").taught(load_bot(FILES))
    assert Rehearsal(bot, NOW).text("are you open today").said == ["9 to 6."]
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    bot = Understanding(tmp_path, "lite").taught(load_bot(FILES))
    assert Rehearsal(bot, NOW).text("are you open today").said == ["9 to 6."]
    assert kept.read_bytes() == whole


def test_other_examples_are_learnt_anew(tmp_path: Path) -> None:
    teacher = Understanding(tmp_path, "lite")
    teacher.taught(load_bot(FILES))
    teacher.taught(load_bot({**FILES, "flows/prices.yml": PRICES.replace("how much is it", "how much for tyres")}))
    assert len(list(tmp_path.glob("intents-*.bin"))) == 2


def test_off_and_bots_without_examples_learn_nothing(tmp_path: Path) -> None:
    assert Understanding(tmp_path, "off").taught(load_bot(FILES)).recogniser is None
    plain = {"bot.yml": "bot: Harbor Cycle Works", "flows/a.yml": "flow: a\nstart: {keywords: [a]}\nsteps: [{say: A.}]"}
    assert Understanding(tmp_path).taught(load_bot(plain)).recogniser is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    bot = Understanding(tmp_path / "file" / "x", "lite").taught(load_bot(FILES))
    assert bot.recogniser is not None
