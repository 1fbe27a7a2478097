"""textback policy explain: each step of the gate with its rule, what came of it, and when the text may go."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.docs.pages import blocks, read
from textback.cli.main import app
from textback.core.errors import SettingsError

SUNDAY = ("--to", "+12065550123", "--at", "2026-11-22T07:30-08:00", "--class", "promotional")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["policy", "explain", *arguments])


def told(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json").stdout)
    return found


def test_the_page_shows_what_it_prints() -> None:
    done = run(*SUNDAY, "--agreed")
    assert done.exit_code == 1
    assert done.stdout in blocks(read("docs/how-to/quiet-hours.md"), "text")[0] + "\n"


@pytest.mark.parametrize(
    ("more", "outcome", "rule"),
    [
        ((), "refuse", "K1"),
        (("--agreed",), "hold", "Q1"),
        (("--agreed", "--zone", "America/New_York"), "go", "C3"),
        (("--agreed", "--opted-out"), "refuse", "O6"),
        (("--agreed", "--zone", "America/New_York", "--sent", "3"), "refuse", "Q4"),
        (("--class", "informational"), "go", "C3"),
        (("--class", "conversational", "--texted", "2026-11-22T07:00-08:00"), "go", "C2"),
    ],
)
def test_what_it_says(more: tuple[str, ...], outcome: str, rule: str) -> None:
    found = told(*SUNDAY, *more)
    assert (found["outcome"], found["rule"]) == (outcome, rule)
    assert found["reason"].endswith(".")
    assert (found["next_allowed"] is not None) is (outcome == "hold")
    assert run(*SUNDAY, *more).exit_code == (0 if outcome == "go" else 1)


def test_q3_it_shows_the_frequency_that_was_promised(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    words = "consent: {keywords: {JOIN: {programme: offers, frequency: 4 msgs/month, wording: w}}}"
    (tmp_path / "bot.yml").write_text(f"bot: Shop\n{words}\n")
    (tmp_path / "flows/main.yml").write_text("flow: main\nstart: {keywords: [hi]}\nsteps:\n- say: Hello.\n")
    asked = (*SUNDAY, "--zone", "America/New_York", "--agreed", "--programme", "offers", "--bot", str(tmp_path))
    fine = run(*asked, "--of-programme", "3")
    assert fine.exit_code == 0
    assert "frequency     Q3  room\n                  promised 4 a month, programme offers\n" in fine.stdout
    full = told(*asked, "--of-programme", "4")
    assert (full["outcome"], full["rule"]) == ("refuse", "Q4")  # it would wait for a month
    assert [(step["name"], step["rule"]) for step in full["steps"]][-1] == ("frequency", "Q3")
    assert full["reason"].startswith("They have had as many texts of offers as they were promised: 4 a month.")


def test_a_time_without_offset_is_on_the_contacts_clock() -> None:
    assert told("--to", "+12125550123", "--at", "2026-11-23T07:30", "--agreed")["at"] == "2026-11-23T07:30-05:00"


def test_it_goes_by_the_bots_policy_and_lines(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "bot.yml").write_text(
        "bot: Shop\nlines:\n  main: {provider: simulator, number: '+12065550100', registration: {status: pending}}\n"
    )
    (tmp_path / "flows" / "hi.yml").write_text("flow: hi\nstart: {keywords: [hi]}\nsteps:\n  - say: Hi.\n")
    (tmp_path / "policy.yml").write_text("quiet_hours: us_strict\n")
    mine = (*SUNDAY, "--agreed", "--bot", str(tmp_path))
    assert told(*mine)["next_allowed"] == "2026-11-22T12:00-08:00"
    assert told(*mine)["policy"] == "us_strict"
    assert (told(*mine, "--line", "main")["rule"], run(*mine, "--line", "main").exit_code) == ("N2", 1)


@pytest.mark.parametrize(
    "wrong",
    [("--to", "x"), ("--at", "noon"), ("--class", "news"), ("--line", "none"), ("--zone", "Mars/Olympus")],
)
def test_a_mistake_is_one_sentence(wrong: tuple[str, str]) -> None:
    done = run(*SUNDAY, *wrong)
    assert done.exit_code != 0
    assert isinstance(done.exception, SettingsError)
