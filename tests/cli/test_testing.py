"""textback test and textback check: what they print, write and exit with."""

import json
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from tests.engine.talk import BOT, NAME, SERVICE, flow
from textback.cli.main import main
from textback.engine.source import Node
from textback.pipeline.judging import Edit
from textback.pipeline.mending import mended

GOOD = """\
- conversation: a name
  turns:
    - in: go
    - out: Who is this?
    - in: Ana
    - out: Hello Ana.
"""
BAD = """\
# What is said here was different once.
- conversation: a name
  turns:
    - in: go
    - out: Who are you?   # the old words
    - in: Ana
    - out: {contains: Hello, flow: main}

- conversation: another
  turns:
    - in: go
    - out: Who is this?
"""


class Folder:
    """A bot folder, and textback run on it."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def write(self, tests: str, steps: str = NAME) -> None:
        for name, text in {"bot.yml": BOT, "flows/main.yml": flow(steps), "tests/a.yml": tests}.items():
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_text(text, newline="")

    @property
    def tests(self) -> str:
        return (self.path / "tests/a.yml").read_bytes().decode()

    def run(self, command: str, *arguments: str) -> tuple[int, str]:
        """The exit code, and what was printed."""
        self._monkeypatch.chdir(self.path.parent)
        self._monkeypatch.setattr(sys, "argv", ["textback", command, "mybot", *arguments])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        out, err = self._capsys.readouterr()
        return code, out + err


@pytest.fixture
def bot(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Folder:
    return Folder(tmp_path / "mybot", capsys, monkeypatch)


def test_conversations_that_go_as_they_should(bot: Folder) -> None:
    bot.write(GOOD)
    said = "Coverage: 2 of 2 (100 %) steps, 0 of 0 branches.\n1 conversation, 1 passed, 0 failed.\n"
    assert bot.run("test") == (0, said)


def test_a_conversation_that_goes_otherwise_is_printed_as_a_difference(bot: Folder) -> None:
    bot.write(BAD)
    code, out = bot.run("test")
    assert code == 1
    assert out.splitlines() == [
        "FAIL  a name",
        "      mybot/tests/a.yml:5",
        "      in       go",
        "    - out      Who are you?   (mybot/tests/a.yml:5)",
        "    + out      Who is this?",
        "      in       Ana",
        "      out      Hello Ana.",
        "    - flow     main   (mybot/tests/a.yml:7)",
        "    + flow     ended",
        "",
        "Coverage: 2 of 2 (100 %) steps, 0 of 0 branches.",
        "2 conversations, 1 passed, 1 failed.",
    ]


def test_only_some_conversations(bot: Folder) -> None:
    bot.write(BAD)
    code, out = bot.run("test", "--only", "ANOTHER")
    assert (code, out.splitlines()[-1]) == (0, "1 conversation, 1 passed, 0 failed.")
    code, out = bot.run("test", "--only", "nobody")
    assert code == 2
    assert out == "textback: No conversation has 'nobody' in its name. There are 'a name', 'another'.\n"


def test_what_was_not_reached_is_listed(bot: Folder) -> None:
    bot.write("conversation: a\nturns: [{in: go}]\n", SERVICE)
    code, out = bot.run("test", "--coverage")
    assert code == 0
    assert out.splitlines()[:2] == [
        "mybot/flows/main.yml:9: not reached: step 2",
        "Coverage: 1 of 2 (50 %) steps, 0 of 0 branches.",
    ]


def test_update_writes_what_is_said_and_leaves_the_rest(bot: Folder) -> None:
    bot.write(BAD)
    code, out = bot.run("test", "--update")
    assert code == 0
    assert out.startswith("mybot/tests/a.yml: 2 expectations rewritten.\n")
    assert bot.tests == BAD.replace("Who are you?", '"Who is this?"').replace("flow: main", "flow: ended")
    assert bot.run("test")[0] == 0


def test_update_keeps_line_ends_and_leaves_good_files_alone(bot: Folder) -> None:
    bot.write(BAD.replace("\n", "\r\n"))
    bot.run("test", "--update")
    assert bot.tests.count("\r\n") == bot.tests.count("\n") == BAD.count("\n")
    before = bot.tests
    assert bot.run("test", "--update")[0] == 0
    assert bot.tests == before


def test_update_does_not_touch_what_it_can_not_know(bot: Folder) -> None:
    wrong = GOOD.replace("out: Hello Ana.", "out: {contains: Goodbye}")
    bot.write(wrong)
    code, out = bot.run("test", "--update")
    assert code == 1
    assert "- contains Goodbye" in out
    assert bot.tests == wrong


def test_empty_expectations_fail_and_are_filled_in(bot: Folder) -> None:
    bot.write("conversation: a\nturns:\n  - in: go\n  - out:\n  - {in: Ana, out: }\n")
    assert bot.run("test")[0] == 1
    bot.run("test", "--update")
    assert bot.tests == (
        'conversation: a\nturns:\n  - in: go\n  - out: "Who is this?"\n  - {in: Ana, out: "Hello Ana."}\n'
    )


def test_junit(bot: Folder) -> None:
    bot.write(BAD)
    assert bot.run("test", "--junit", "out.xml")[0] == 1
    suite = Xml.parse(bot.path.parent / "out.xml").getroot()[0]
    assert {key: suite.get(key) for key in ("name", "tests", "failures", "errors")} == {
        "name": "Harbor Cycle Works", "tests": "2", "failures": "1", "errors": "0"
    }  # fmt: skip
    one, other = suite
    assert (one.get("name"), one.get("classname"), one.get("line")) == ("a name", "tests.a", "2")
    assert one[0].get("message") == "tests/a.yml:5"
    assert "- out      Who are you?" in str(one[0].text)
    assert list(other) == []


def test_junit_holds_whatever_was_said(bot: Folder) -> None:
    bot.write('conversation: "a\\x01b\\uFFFE"\nturns:\n  - in: go\n  - out: "<\\x00&]]>"\n')
    bot.run("test", "--junit", "out.xml")
    assert "<�&]]>" in str(Xml.parse(bot.path.parent / "out.xml").getroot()[0][0][0].text)


def test_junit_that_can_not_be_written(bot: Folder) -> None:
    bot.write(GOOD)
    code, out = bot.run("test", "--junit", "nowhere/out.xml")
    assert code == 2
    assert "textback: nowhere/out.xml can't be written: No such file or directory." in out


def test_a_broken_test_file_is_named_with_its_place(bot: Folder) -> None:
    bot.write(GOOD.replace("- in: Ana", "- inn: Ana"))
    code, out = bot.run("test")
    assert code == 2
    assert out.splitlines() == [
        "mybot/tests/a.yml:5:7: error: A turn has no key 'inn'.",
        "    Did you mean 'in'?",
        "mybot/tests/a.yml:6:7: error: Two `out` follow each other.",
        "    Write several texts as a list in one `out`.",
        "2 errors, 0 warnings",
    ]


def test_a_broken_bot_is_named_with_its_place(bot: Folder) -> None:
    bot.write(GOOD, "- sai: Hi.")
    code, out = bot.run("test")
    assert (code, out.splitlines()[0]) == (2, "mybot/flows/main.yml:4:5: error: There is no step 'sai'.")


def test_a_bot_without_conversations_is_a_mistake(bot: Folder) -> None:
    bot.write(GOOD)
    (bot.path / "tests/a.yml").unlink()
    assert bot.run("test") == (2, "textback: There is no conversation in mybot/tests. Write one in tests/NAME.yml.\n")


# textback check


def test_check_warns_and_strict_makes_of_it_an_error(bot: Folder) -> None:
    bot.write(GOOD, f"{NAME}\n- say: See https://bit.ly/x now.")
    code, out = bot.run("check")
    assert (code, out.splitlines()[-1]) == (0, "0 errors, 1 warning")
    assert bot.run("check", "--strict")[0] == 1


def test_check_prints_json(bot: Folder) -> None:
    bot.write(GOOD, "- say: 'Hello {name}.'")
    code, out = bot.run("check", "--json")
    assert code == 0
    assert json.loads(out) == {
        "ok": True,
        "problems": [
            {
                "file": "flows/main.yml", "line": 4, "column": 10, "level": "warning",
                "message": "'{name}' is sent as it stands.", "fix": "Write {{ name }}.",
            }
        ],
    }  # fmt: skip
    assert json.loads(bot.run("check", "--json", "--strict")[1])["ok"] is False


def test_check_takes_the_number_of_segments(bot: Folder) -> None:
    bot.write(GOOD, f"{NAME}- say: {'word ' * 40}")
    assert bot.run("check") == (0, "No problems found.\n")
    assert "may take 2 segments" in bot.run("check", "--segments", "1")[1]


def test_check_reads_the_test_files_too(bot: Folder) -> None:
    bot.write("conversation: a\nturns: [{inn: a}]\n")
    code, out = bot.run("check")
    assert (code, out.splitlines()[0]) == (1, "mybot/tests/a.yml:2:10: error: A turn has no key 'inn'.")


# Writing into a file

MENDED = [
    ("- out: old  # c", (1, 8), ("new",), '- out: "new"  # c'),
    ("- out: 'old'", (1, 8), ("a", "b"), '- out:\n    - "a"\n    - "b"'),
    ("{out: old}", (1, 7), ("a", "b"), '{out: ["a", "b"]}'),
    ("- out: |\n    old\n    text\n# c\n- x", (1, 8), ("new",), '- out: "new"\n# c\n- x'),
    ("out:\n  - a # 1\n  - b # 2\n# c\n", (2, 3), ("a", "x"), 'out:\n  - a # 1\n  - "x" # 2\n# c\n'),
    ("out:\n  - a # 1\n  - b # 2\n# c\n", (2, 3), ("x",), 'out:\n  - "x" # 2\n# c\n'),
    ("out:\n  - a\n# c\n", (2, 3), ("x", "y"), 'out:\n  - "x"\n  - "y"\n# c\n'),
    ("out: [a, b] # c", (1, 6), ("x",), 'out: ["x"] # c'),
    ("out: old", (1, 6), (), "out: []"),
    ('out: "é😀" # ü', (1, 6), ('say "hi"\n😀',), 'out: "say \\"hi\\"\\n😀" # ü'),
    ("out: x", (1, 6), ("a\u2028\x85\x01",), 'out: "a\\u2028\\u0085\\u0001"'),
    ("{flow: main}", (1, 8), "other", "{flow: other}"),
    ("{step: x}", (1, 8), "2", '{step: "2"}'),
    ("{a: x}", (1, 5), "no", '{a: "no"}'),
    ("{a: 1}", (1, 5), True, "{a: true}"),
    ("{a: 1}", (9, 9), True, "{a: 1}"),
]


@pytest.mark.parametrize(("text", "place", "value", "after"), MENDED)
def test_only_the_value_changes(text: str, place: tuple[int, int], value: object, after: str) -> None:
    assert mended(text, [Edit(Node(*place), value)]) == after


def test_an_alias_that_would_have_to_be_two_things_stays() -> None:
    text = "a: &x old\nb: *x"
    assert mended(text, [Edit(Node(1, 4), "one"), Edit(Node(1, 4), "two")]) == text
