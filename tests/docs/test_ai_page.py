"""The pages about models: what they show is one bot, whose conversations pass, and their numbers are the code's."""

import contextlib
from pathlib import Path

import pytest

from tests.docs.pages import blocks, read
from textback.cli.main import main
from textback.engine.load import check_bot
from textback.engine.persona import Gate
from textback.llm.prompt import MOST_LINES
from textback.pipeline.thinker import HISTORY, PASSAGES

PAGE = read("docs/ai.md")
HOW_TO = read("docs/how-to/own-model.md")
FLOW = "flow: hours\nstart: {keywords: [hours]}\nsteps:\n  - say: Open 9 to 5.\n"


def bot_of(page: str) -> dict[str, str]:
    """The files of the examples on the page that say their name; bot.yml and a flow are completed."""
    named = {block.partition("\n")[0].removeprefix("# "): block for block in blocks(page, "yaml")}
    assert list(named) == ["bot.yml", "personas/helper.yml", "tests/e-bikes.yml"]
    knowledge = blocks(page, "markdown")[0]
    bot = f"bot: Harbor Cycle Works\n{named['bot.yml']}"
    return {**named, "bot.yml": bot, "knowledge/shop.md": knowledge, "flows/hours.yml": FLOW}


def test_the_examples_are_one_bot() -> None:
    assert check_bot({name: text for name, text in bot_of(PAGE).items() if not name.startswith("tests/")}) == []


def test_the_conversations_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in bot_of(PAGE).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr("sys.argv", ["textback", "test", str(tmp_path)])
    monkeypatch.chdir(tmp_path)
    with contextlib.suppress(SystemExit):
        main()
    shown = capsys.readouterr().out
    assert "3 conversations, 3 passed, 0 failed." in shown, shown


def test_the_example_of_the_how_to_needs_only_its_persona() -> None:
    first, other = blocks(HOW_TO, "yaml")
    persona = "persona: sophie\nprompt: You answer for a bike shop.\n"
    for bot in (first, f"bot: Harbor Bikes\n{other}"):
        assert check_bot({"bot.yml": bot, "flows/hours.yml": FLOW, "personas/sophie.yml": persona}) == []


def test_the_numbers_are_those_of_the_code() -> None:
    gate = Gate()
    assert f"`{{send: {gate.send}, least: {gate.least}, between: {gate.between}}}`" in PAGE
    assert HISTORY == MOST_LINES == 20
    assert "the last 20 texts" in PAGE
    assert "the last 20 texts" in HOW_TO
    assert PASSAGES == 5
    assert "at most five" in HOW_TO
