"""The page about actions: what it shows can be used as it stands, and it has every kind of error."""

import re

from tests.docs.pages import blocks, read
from textback.actions.asking import DEEPEST
from textback.actions.fetch import MOST_ANSWER
from textback.actions.http import MOST_KEPT
from textback.engine.actions import ERRORS, LONGEST_TIMEOUT, MOST_RETRIES, RETRIES, TIMEOUT
from textback.engine.load import check_bot

PAGE = read("docs/how-to/actions.md")


def test_the_examples_are_one_bot() -> None:
    bot, *flows = blocks(PAGE, "yaml")
    files = {"bot.yml": bot, **{f"flows/f{n}.yml": one for n, one in enumerate(flows)}}
    assert len(flows) == 2
    assert [one for one in check_bot(files) if one.level == "error"] == []


def test_the_services_are_declared_and_called_as_they_stand() -> None:
    declared, steps = blocks(PAGE, "text")
    flow = f"flow: book\nstart: {{keywords: [book]}}\nvars: {{when: datetime, name: name}}\n{steps}"
    bot = f"bot: Maple Row Dental\ntimezone: America/Chicago\nhours: {{mon-fri: '9-17'}}\n{declared}"
    files = {"bot.yml": bot, "flows/book.yml": flow}
    assert [one for one in check_bot(files) if one.level == "error"] == []


def test_every_kind_of_error_is_there() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(dict.fromkeys(sorted(ERRORS, key=_place)))


def _place(kind: str) -> int:
    return PAGE.index(f"| `{kind}` |")


def test_the_limits_are_those_of_the_code() -> None:
    assert f"more than {MOST_ANSWER // 1024} KB, or nested more than {DEEPEST} deep" in PAGE
    assert f"a result of more than {MOST_KEPT // 1024} KB" in PAGE
    language = read("docs/reference/flow-language.md")
    assert (
        f"| `timeout` | `{TIMEOUT // 1000}s` | How long one try may take, up to `{LONGEST_TIMEOUT // 1000}s`. |"
        in language
    )
    assert f"| `retries` | `{RETRIES}` | How many tries may follow the first, 0 to {MOST_RETRIES}. |" in language
