"""The reference of the flow language says what the engine does: every example loads, and nothing is left out."""

import re

import msgspec
import pytest
import yaml

from tests.docs.pages import blocks, read
from tests.engine.talk import BOT, flow
from textback.engine.bot import Limits
from textback.engine.contact import TURN
from textback.engine.load import BOT_KEYS, FLOW_KEYS, LATER_BOT_KEYS, LATER_FOLDERS, check_bot
from textback.engine.match import LONGEST_ANSWER
from textback.engine.nodes.ask import TYPES
from textback.engine.nodes.registry import KINDS
from textback.engine.reading import CLASSES, COMMON_KEYS, LONGEST_ID, LONGEST_OUTCOME, RESERVED
from textback.engine.source import DEEPEST, MOST_CHARACTERS, MOST_NODES
from textback.engine.template import FILTERS, TESTS
from textback.pipeline.decide import CONSENT_ROW

PAGE = read("docs/reference/flow-language.md")
EXAMPLES = blocks(PAGE, "yaml")


def section(title: str) -> str:
    """The page from one heading to the next of its level or above."""
    found = re.search(rf"^(##+) {re.escape(title)}\n(.*?)(?=^##? |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, f"the page has no section {title!r}"
    return found[2] if found[1] == "##" else re.split(r"^### ", found[2], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row."""
    lines = re.findall(r"^\|.*\|$", text, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def first_cells(text: str) -> list[str]:
    return [name for cells in rows(text) for name in re.findall(r"`(\w+)`", cells[0])]


def folder_of(example: str) -> dict[str, str]:
    """The example as a whole bot folder: a bot.yml, a flow, or steps of one."""
    bot = BOT + "locales: [en, es]\nhandoff: {text: Somebody will come.}\n"
    bot += "actions: {calendar.book: {http: 'https://booking.example.com/visits'}}\n"
    top = yaml.safe_load(example.replace("${", "$").replace("{{", "<<").replace("{%", "<%"))
    if isinstance(top, list):
        hello = flow("- say: Hello.", start="hello", name="hello")
        return {"bot.yml": bot, "flows/main.yml": flow(example), "flows/hello.yml": hello}
    if "flow" in top:
        return {"bot.yml": bot, "flows/main.yml": example}
    return {"bot.yml": example, "flows/main.yml": flow("- say: Hi.")}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.partition("\n")[0])
def test_every_example_is_right(example: str) -> None:
    # Fragments are not whole bots: what is only unwise in one, such as an end without a word, is left out of it.
    assert [one for one in check_bot(folder_of(example)) if one.level == "error"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_step_has_a_section_with_an_example_of_it(kind: str) -> None:
    found = blocks(section(kind), "yaml")
    assert any(f"- {kind}:" in example or f"{kind}: " in example for example in found)


def test_the_tables_have_every_key_of_the_bot_and_of_a_flow() -> None:
    assert set(first_cells(section("bot.yml"))) == set(BOT_KEYS)
    assert first_cells(section("A flow")) == list(FLOW_KEYS)


def test_the_tables_have_every_kind_of_step_with_its_keys_and_no_other() -> None:
    common, _, kinds = section("Steps").partition("\n### ")[0].partition("| kind |")
    assert first_cells(common) == list(COMMON_KEYS)
    table = {cells[0].strip("`"): re.findall(r"`(\w+)`", cells[1]) for cells in rows(kinds) if "`" in cells[0]}
    assert table == {name: list(kind.keys) for name, kind in KINDS.items()}
    assert first_cells(section("ask")) == list(KINDS["ask"].keys)


def test_the_order_of_a_turn_is_the_engines() -> None:
    numbered = [cells[1] for cells in rows(section("The order of a turn")) if cells[0].isdigit()]
    assert numbered == [CONSENT_ROW, *(name for name, _ in TURN)]


def test_everything_else_that_has_a_name_is_on_the_page() -> None:
    later_keys = {key for kind in KINDS.values() for key in kind.later}
    names = {*TYPES, *CLASSES, *RESERVED, *FILTERS, *TESTS}
    assert {name for name in names if f"`{name}`" not in PAGE} == set()
    later = section("Not in this version")
    refused = {*LATER_BOT_KEYS, *LATER_FOLDERS, *later_keys}
    assert {name for name in refused if f"`{name}`" not in later} == set()


@pytest.mark.parametrize(
    "limit",
    [
        *msgspec.structs.astuple(Limits()),
        MOST_CHARACTERS,
        MOST_NODES,
        DEEPEST,
        LONGEST_OUTCOME,
        LONGEST_ID,
    ],
)
def test_every_limit_is_in_the_table_of_limits(limit: int) -> None:
    assert re.search(rf"\b{limit:,}\b", section("Limits"))


def test_the_longest_answer_is_told() -> None:
    assert f"more than {LONGEST_ANSWER} characters" in section("How answers are understood")
