"""What an author reads about a folder that is wrong: the place, what is wrong, and what to do."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import textback.examples
from tests.engine.talk import BOT, flow, folder
from tests.support.accidents import mutated
from textback.compliance.keywords import LISTS
from textback.engine.load import BotError, Problem, check_bot, load_bot

EXAMPLE = Path(next(iter(textback.examples.__path__))) / "bike_shop"
EXAMPLE_FILES = {path.relative_to(EXAMPLE).as_posix(): path.read_text() for path in sorted(EXAMPLE.rglob("*.yml"))}


Finding = tuple[str, str, str]


def found(files: dict[str, str]) -> list[Finding]:
    """Each problem as `file:line:column`, with its message and its fix."""
    return [(f"{one.file}:{one.line}:{one.column}", one.message, one.fix) for one in check_bot(files)]


TABLE = yaml.safe_load((Path(__file__).parent / "problems.yml").read_text())


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["says"])
def test_what_is_wrong_is_said_with_its_place_and_what_to_do(row: dict[str, Any]) -> None:
    files = row.get("files") or folder(row.get("steps", "- say: Hi."), row.get("bot", BOT))
    assert (row["place"], row["says"], row["fix"]) in found(files)


def test_problems_come_in_the_order_of_files_and_lines() -> None:
    files = {"bot.yml": "bot: A\nx: 1\ny: 2\n", "flows/a.yml": flow("- sai: Hi.\n- sey: Ho."), "a.txt": ""}
    problems = check_bot(files)
    assert [(one.file, one.line) for one in problems] == [
        ("a.txt", 1), ("bot.yml", 2), ("bot.yml", 3), ("flows/a.yml", 4), ("flows/a.yml", 5)
    ]  # fmt: skip
    assert [one.level for one in problems] == ["warning", "error", "error", "error", "error"]


# Good folders


def test_the_example_has_no_problem_at_all() -> None:
    assert check_bot(EXAMPLE_FILES) == []
    assert set(load_bot(EXAMPLE_FILES).flows) == {"book_visit", "quote", "hours", "welcome", "thanks", "language"}


def test_a_bot_has_the_version_it_is_loaded_with() -> None:
    assert load_bot(EXAMPLE_FILES, version=7).version == 7
    assert load_bot(EXAMPLE_FILES).version == 0


def test_a_bad_folder_can_not_be_loaded_and_the_error_says_where_and_what_to_do() -> None:
    with pytest.raises(BotError) as caught:
        load_bot({"bot.yml": BOT, "flows/main.yml": flow("- sai: Hi.\n- say: '{{ x }}'")})
    assert str(caught.value).startswith("flows/main.yml:4:5: There is no step 'sai'. (1 more)")
    assert "Did you mean 'say'?" in str(caught.value)
    assert len(caught.value.problems) == 2


def test_a_warning_does_not_stop_a_bot() -> None:
    files = folder("- escalate: shop")
    assert [one.level for one in check_bot(files)] == ["warning"]
    assert load_bot(files).name == "Harbor Cycle Works"


def test_both_yml_and_yaml_files_are_flows_and_tests_are_left_alone() -> None:
    files = folder("- say: Hi.") | {
        "flows/b.yaml": flow("- say: Ho.", start="ho", name="b"),
        "tests/x.yml": "- anything",
    }
    assert set(load_bot(files).flows) == {"main", "b"}
    assert check_bot(files) == []


def test_a_line_keeps_references_as_they_are_written() -> None:
    lines = "lines: {main: {provider: telnyx, number: '${NUMBER}', api_key: '${KEY}', region: eu}}\n"
    [line] = load_bot(folder("- say: Hi.", BOT + lines)).lines
    assert (line.name, line.provider, line.number) == ("main", "telnyx", "${NUMBER}")
    assert line.options == {"api_key": "${KEY}", "region": "eu"}


def test_words_that_yaml_would_turn_into_something_else_stay_words() -> None:
    files = folder(
        "- ask: on\n  text: no\n  choices: {yes: 'on', no: off}\n- say: '{{ on }}'",
        BOT,
        n=flow("- say: 1.10", "no", "n"),
    )
    bot = load_bot(files)
    assert bot.starts["no"] == "n"
    assert list(bot.flows["main"].labels["on"]) == ["yes", "no"]


def test_a_word_that_consent_takes_can_not_start_a_flow_or_be_a_choice() -> None:
    unheard = []
    for word in sorted({word for one in LISTS if one.kind in {"stop", "help"} for word in one.words}):
        keyword = folder("- say: Hi.", other=flow("- say: Ho.", start=word, name="other"))
        choice = folder(f"- ask: x\n  text: What?\n  choices: {{a: Apple, b: {word}}}")
        if not all(any("consent word" in message for _, message, _ in found(files)) for files in (keyword, choice)):
            unheard.append(word)
    assert unheard == []


# Whatever is in the files, an author gets a list


@pytest.mark.parametrize(
    "value",
    [
        "(" * 2000 + "1" + ")" * 2000,
        "1 + " * 2000 + "1",
        "1 and " * 2000 + "1",
        "not " * 700 + "1",
        "contact" + ".a" * 300,
        "contact.a" + "|lower" * 300,
        "1" * 5000,
        "[" * 150 + "]" * 150,
    ],
    ids=lambda value: repr(value[:12]),
)
def test_a_template_of_any_depth_is_a_problem_or_none(value: str) -> None:
    for step in ("- say: '{{ @ }}'", "- say: Hi.\n  if: '@'", "- set: {x: '{{ @ }}'}"):
        assert all(isinstance(one, Problem) for one in check_bot(folder(step.replace("@", value))))


def test_a_template_with_very_many_ifs_inside_each_other_is_a_problem_or_none() -> None:
    text = "{% if contact.a %}" * 150 + "x" + "{% endif %}" * 150
    assert all(isinstance(one, Problem) for one in check_bot(folder(f"- say: '{text}'")))


def test_aliases_can_not_make_a_small_file_large() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(8)
    )
    messages = [message for _, message, _ in found(folder("- say: Hi.", bomb))]
    assert "The file comes to more than 200,000 values." in messages


def test_a_file_that_is_too_large_is_not_read() -> None:
    messages = [message for _, message, _ in found(folder("- say: Hi.", BOT + "#" * 1_000_000))]
    assert "The file has more than 1,000,000 characters." in messages


def judge(files: dict[str, str]) -> None:
    """Any folder is either a bot or a list of problems that name one of its files or what is missing."""
    problems = check_bot(files)
    assert all(one.file in {*files, "bot.yml"} and one.line >= 1 and one.column >= 1 for one in problems)
    assert all(one.message for one in problems)
    if any(one.level == "error" for one in problems):
        with pytest.raises(BotError):
            load_bot(files)
    else:
        load_bot(files)


@given(st.text(max_size=200), st.text(max_size=300))
def test_any_text_is_a_bot_or_a_list_of_problems(bot: str, main: str) -> None:
    judge({"bot.yml": bot, "flows/main.yml": main})
    judge({"bot.yml": BOT, "flows/main.yml": flow("- say: Hi."), main: bot})


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "latin-1", "utf-16"]))
def test_any_bytes_are_a_bot_or_a_list_of_problems(content: bytes, encoding: str) -> None:
    text = content.decode(encoding, errors="surrogateescape" if encoding == "utf-8" else "replace")
    judge({"bot.yml": text, "flows/main.yml": text})
    judge({"bot.yml": BOT, "flows/main.yml": text})


@given(mutated(EXAMPLE_FILES))
@settings(deadline=None, max_examples=100)
def test_an_accident_in_the_example_is_a_bot_or_a_list_of_problems(files: dict[str, str]) -> None:
    judge(files)
