"""textback match: what it prints, for people and for programs, and its exit codes."""

import json
import sys

import pytest

from textback.cli.main import main

WHEN = ("--at", "2026-03-02T10:00", "--timezone", "America/Chicago", "--country", "us")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of one command."""
    monkeypatch.setattr(sys, "argv", ["textback", "match", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code if isinstance(end.value.code, int) else 0


def test_a_value_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "datetime", "repair tmrw at 4", *WHEN, "--hours", "mon-fri 9-18, sat 10:00-14:00") == 0
    said = 'says: Tue Mar 3 at 4:00 PM  ("tmrw", hour, by the opening hours; rest: repair)'
    assert capsys.readouterr().out == f'"2026-03-03T16:00"  {said}\n'


def test_a_question_lists_its_readings(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "time", "4", *WHEN) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["Ambiguous:", '"04:00"', '"16:00"']


def test_no_match_exits_with_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "date", "what?") == 1
    assert capsys.readouterr().out == "No match.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("integer", "twenty"), 0, {"result": "value", "value": 20, "how": "words", "said": "20", "rest": ""}),
        (("integer", "lots"), 1, {"result": "none"}),
        (("name", "repair pls, im ana", "--find"), 0, {"value": "Ana", "rest": "repair pls"}),
        (("name", "ana", "--find"), 1, {"result": "none"}),
        (("date", "mañana", "--locale", "es", *WHEN), 0, {"value": "2026-03-03"}),
        (("pattern", "order AB12", "--pattern", "[A-Z]+[0-9]+"), 0, {"value": "AB12", "rest": "order"}),
        (("date", "3/4", "--at", "2026-03-02T10:00"), 0, {"result": "ambiguous", "how": "the order of day and month"}),
    ],
)
def test_json_is_for_programs(
    arguments: tuple[str, ...],
    code: int,
    expected: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, *arguments, "--json") == code
    printed = json.loads(capsys.readouterr().out)
    assert {key: printed[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("colour", "red"), "There is no matcher 'colour'. Known are: text, number"),
        (("date", "x", "--at", "noon"), "--at 'noon' is no date and time. Write it like 2026-03-02T10:00."),
        (("date", "x", "--timezone", "Mars/Base"), "There is no time zone 'Mars/Base'. Write an IANA name"),
        (("date", "x", "--timezone", "../etc"), "There is no time zone"),
        (("date", "x", "--hours", "always"), "Hours 'always' can't be read. Write them like: mon-fri 9-18"),
        (("date", "x", "--hours", "mon 9-30"), "go past 24:00"),
        (("pattern", "x"), "The type pattern needs --pattern"),
        (("pattern", "x", "--pattern", "(x"), "A ( is not closed. At character 3 of the pattern."),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(
    arguments: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("textback: ")
    assert says in printed.err
    assert printed.err.count("\n") == 1
