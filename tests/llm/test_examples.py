"""The examples that come with Textback, as a server runs them: their flows understood by the classifier."""

from pathlib import Path

import pytest

import textback.examples
from textback.app import read_folder
from textback.engine.load import load_bot
from textback.pipeline.conversations import read_conversations
from textback.pipeline.judging import Coverage, judge
from textback.pipeline.understanding import Mode, Understanding

EXAMPLES = sorted(path.parent for path in Path(next(iter(textback.examples.__path__))).glob("*/bot.yml"))


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
@pytest.mark.parametrize("mode", ["auto", "lite"])
def test_every_conversation_holds_and_every_step_and_branch_is_gone(folder: Path, mode: Mode) -> None:
    read = read_folder(folder)
    bot = Understanding(Path("~/.cache/textback").expanduser(), mode, None).taught(load_bot(read))
    conversations, problems = read_conversations(read, bot)
    coverage = Coverage(bot)
    verdicts = [judge(bot, one, coverage) for one in conversations]
    assert problems == []
    assert [one.conversation.name for one in verdicts if not one.passed] == []
    assert coverage.missing == []
