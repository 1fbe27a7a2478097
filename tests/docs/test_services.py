"""The table of services is what the code knows; UPDATE_GOLDEN=1 writes it anew."""

import os
import re

from tests.docs.pages import ROOT, read
from textback.engine.actions import AT_ONCE, MOST_AT_ONCE
from textback.engine.services import KINDS, Kind

NAME = "docs/reference/flow-language.md"
PLACE = re.compile(r"(<!-- services -->\n).*?(<!-- /services -->)", re.DOTALL)


def _options(kind: Kind) -> str:
    return ", ".join(
        f"`{name}`{'' if option.required else f' ({option.default})' if option.default else ' (optional)'}"
        for name, option in kind.options.items()
    )


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def rows() -> list[str]:
    """The table's lines."""
    found = ["| service | its keys | called as | with | perhaps with | gives |", "|---|---|---|---|---|---|"]
    for name, kind in KINDS.items():
        for number, (does, operation) in enumerate(kind.operations.items()):
            first = [f"`{name}`", _options(kind)] if number == 0 else ["", ""]
            perhaps = [key for key, option in kind.options.items() if option.argument]
            takes = _names((*perhaps, *operation.takes)) + (", properties by their names" if operation.free else "")
            called = f"`NAME.{does}`" if does else "`NAME`"
            found.append(f"| {' | '.join([*first, called, _names(operation.needs), takes, _names(operation.gives)])} |")
    return found


def test_the_table_is_what_the_code_knows() -> None:
    page = read(NAME)
    wanted = PLACE.sub(lambda found: f"{found[1]}{chr(10).join(rows())}\n{found[2]}", page)
    if os.environ.get("UPDATE_GOLDEN"):
        (ROOT / NAME).write_text(wanted, encoding="utf-8")
    else:
        assert page == wanted


def test_how_many_at_once_is_what_the_code_says() -> None:
    assert f"| `at_once` | `{AT_ONCE}` | How many of it one server asks at the same time, 1 to {MOST_AT_ONCE};" in read(
        NAME
    )
