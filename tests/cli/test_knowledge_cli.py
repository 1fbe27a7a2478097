"""textback ask, and textback knowledge list and eval."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.engine.talk import BOT, flow
from textback.cli.main import app
from textback.core.errors import SettingsError

QUESTIONS = "question,source\nhow much is a tune up,a.md#how-much-is-a-tune-up\npark,a.md\nwho won,\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MODEL_DIR", str(tmp_path / "models"))
    bot = tmp_path / "bot"
    (bot / "knowledge").mkdir(parents=True)
    (bot / "flows").mkdir()
    (bot / "bot.yml").write_text(BOT)
    (bot / "flows/main.yml").write_text(flow("- say: Hi."))
    text = "---\ndate: 2026-02-02\n---\nQ: How much is a tune-up\nA: It is $75.\n"
    text += "\n# Parking\n\nThere is room in the yard.\n"
    (bot / "knowledge/a.md").write_text(text)
    (tmp_path / "questions.csv").write_text(QUESTIONS)
    return bot


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(done.exception, SettingsError):
        raise done.exception
    return done.exit_code, done.stdout


def test_an_answer_comes_with_its_confidence_its_source_and_its_date(folder: Path) -> None:
    code, said = run("ask", folder, "how much is a tune-up?", "--lite")
    assert code == 0
    assert said.startswith("It is $75.\n\nconfidence ")
    assert "(it is sent), from knowledge/a.md, 2026-02-02" in said
    assert "a.md#how-much-is-a-tune-up" in said


def test_nothing_is_said_to_what_is_not_known_and_the_exit_code_says_so(folder: Path) -> None:
    code, said = run("ask", folder, "who won the game", "--lite")
    assert code == 1
    assert "(it is not said)" in said


def test_the_same_as_json(folder: Path) -> None:
    code, said = run("ask", folder, "how much is a tune-up?", "--json", "--top", "1")
    found = json.loads(said)
    assert code == 0
    assert (found["answer"], found["does"], found["method"], found["date"]) == (
        "It is $75.",
        "answer",
        "hybrid",
        "2026-02-02",
    )
    assert [one["id"] for one in found["passages"]] == ["a.md#how-much-is-a-tune-up"]


def test_the_thresholds_of_the_bot_count(folder: Path) -> None:
    (folder / "bot.yml").write_text(BOT + "knowledge: {answer: 1, clarify: 0.1}\n")
    assert run("ask", folder, "how much is a tune-up?", "--lite")[0] == 1


def test_every_passage_is_listed_and_what_is_out_of_date_is_marked(folder: Path) -> None:
    (folder / "knowledge/old.md").write_text("---\nstale_after: 2020-01-01\n---\n# Old\n\nNews.\n")
    code, said = run("knowledge", "list", folder)
    assert code == 0
    assert "a.md#parking  (knowledge/a.md:9, en, 2026-02-02)" in said
    assert "old.md#old  (knowledge/old.md:6, out of date since 2020-01-01)" in said
    assert said.splitlines()[-1] == "3 passages, 1 out of date"
    assert [one["stale"] for one in json.loads(run("knowledge", "list", folder, "--json")[1])] == [False, False, True]


def test_a_base_is_rated_in_every_way_it_has(folder: Path) -> None:
    said = run("knowledge", "eval", folder, "--questions", "questions.csv")[1]
    assert said.splitlines()[0] == "3 questions, 1 of them without an answer; 2 passages"
    assert said.splitlines()[2].split() == ["lexical", "embedded", "hybrid"]
    found = json.loads(run("knowledge", "eval", folder, "--questions", "questions.csv", "--lite", "--json")[1])
    assert [one["method"] for one in found["methods"]] == ["lexical"]
    assert found["methods"][0]["recall"]["1"] == 1.0


@pytest.mark.parametrize(
    ("text", "says"),
    [(None, "can't be read"), (b"\xff", "is not UTF-8"), (b"a,b\n", "no column 'question'"), (b"", "no column")],
)
def test_a_file_of_questions_that_is_wrong_is_refused(folder: Path, text: bytes | None, says: str) -> None:
    path = folder.parent / "wrong.csv"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(SettingsError, match=says):
        run("knowledge", "eval", folder, "--questions", path)


def test_a_source_that_no_passage_has_is_named(folder: Path) -> None:
    (folder.parent / "questions.csv").write_text("question,source\nx,b.md\n")
    found = json.loads(run("knowledge", "eval", folder, "--questions", "questions.csv", "--lite", "--json")[1])
    assert found["unknown_sources"] == ["b.md"]


def test_a_bot_that_knows_nothing_says_where_to_begin(folder: Path) -> None:
    (folder / "knowledge/a.md").unlink()
    with pytest.raises(SettingsError, match="knows nothing") as caught:
        run("ask", folder, "hello", "--lite")
    assert "docs/how-to/knowledge.md" in caught.value.fix


def test_check_looks_at_knowledge_and_websites_too(folder: Path) -> None:
    (folder / "knowledge/b.md").write_text("Q: how much is the tune-up\nA: It is $89.\n")
    (folder / "knowledge/urls.yml").write_text("urls: [example.com]\n")
    code, said = run("check", folder)
    assert code == 1
    assert "knowledge/b.md:1:1: warning: 'how much is the tune-up' is answered otherwise in knowledge/a.md:4." in said
    assert "knowledge/urls.yml:1:8: error: 'example.com' is no web address." in said
