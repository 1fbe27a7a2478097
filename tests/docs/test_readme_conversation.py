"""The conversation in the README goes as it is written."""

import re
from pathlib import Path

from tests.docs.pages import read
from textback.app import read_folder
from textback.cli.serving import example_bot
from textback.engine.load import load_bot
from textback.pipeline.rehearse import Rehearsal
from textback.pipeline.understanding import Understanding

MONDAY = 1_772_474_400_000  # 2026-03-02, 10:00 in Los Angeles


def test_the_conversation_in_the_readme_goes_as_it_is_written(tmp_path: Path) -> None:
    found = re.search(r"```\n(customer .*?)```", read("README.md"), re.DOTALL)
    assert found is not None
    talk = Rehearsal(Understanding(tmp_path, "lite").taught(load_bot(read_folder(example_bot()))), MONDAY)
    heard: list[str] = []
    for line in found[1].splitlines():
        who, _, text = line.partition(" ")
        if who == "bot":
            assert heard.pop(0) == text.strip()
            continue
        assert heard == []
        heard = talk.text(text.strip()).said
    assert heard == []
