"""Every setting is documented, with its default and in the words of the code."""

import re

from tests.docs.pages import missing, read, table_row
from textback.channels.registry import PROVIDERS
from textback.llm.access import VARIABLES
from textback.settings import Settings

PAGE = "docs/reference/settings.md"


def test_the_reference_has_every_setting() -> None:
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        rows.append(table_row(f"`{name.upper()}`", default, str(field.description)))
    assert missing(PAGE, rows) == ""


def test_the_reference_has_every_variable_of_every_provider() -> None:
    names = {option.env for provider in PROVIDERS.values() for option in provider.options if option.env}
    assert {name for name in names if f"`{name}`" not in read(PAGE)} == set()


def test_the_reference_has_every_variable_of_every_maker_of_models() -> None:
    assert {name for name in VARIABLES if f"`{name}`" not in read(PAGE)} == set()


def test_the_reference_and_the_example_name_nothing_that_does_not_exist() -> None:
    known = {name.upper() for name in Settings.model_fields}
    known |= {option.env for provider in PROVIDERS.values() for option in provider.options if option.env}
    known |= set(VARIABLES)
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", read(PAGE), re.MULTILINE))
    example = set(re.findall(r"^#?([A-Z_]+)=", read(".env.example"), re.MULTILINE))
    assert documented - known == set()
    assert example - known == set()
