"""The page of the matchers has every type, and what its tables say is what is read."""

import re

import msgspec
import pytest

from tests.docs.pages import missing, read, table_row
from tests.matchers.cases import CA, ES, GB, MX, NO_HOURS, NOWHERE, US
from textback.engine.matchers import MATCHERS, Ambiguous, Here

PAGE = "docs/reference/matchers.md"
OPTIONS = {"pattern": r"[A-Z]{2}-?\d{4}"}
WHERE = {id(US): "", id(ES): "Spain", id(GB): "Britain", id(CA): "Canada", id(MX): "Mexico", id(NO_HOURS): "no hours",
         id(NOWHERE): "no country"}  # fmt: skip

EXAMPLES: dict[str, list[tuple[str, Here]]] = {
    "text": [("the blue one", US), ("?!", US)],
    "number": [("twenty five", US), ("2 and a half", US), ("1,200", US), ("1.200,50", ES), ("treinta y dos", ES),
               ("4 or 5", US), ("lots", US)],
    "integer": [("a dozen", US), ("just me", US), ("somos cuatro", ES), ("2.5", US)],
    "money": [("$20", US), ("20 bucks", US), ("twelve fifty", US), ("20", US), ("20 €", US), ("$20", CA),
              ("1.200,50 €", ES), ("mil pesos", MX), ("free", US)],
    "yes_no": [("yep!", US), ("no thanks", US), ("claro que sí", ES), ("yes but not now", US)],
    "date": [("tmrw", US), ("friday", US), ("monday", US), ("next fri", US), ("in 2 weeks", US), ("the 5th", US),
             ("3/4", US), ("3/4", GB), ("3/4", NOWHERE), ("tuesday march 4", US), ("not tuesday, wednesday", US),
             ("pasado mañana", ES), ("el próximo viernes", ES), ("fin de mes", ES), ("feb 30", US), ("next week", US)],
    "time": [("4", US), ("4", NO_HOURS), ("half past 4", US), ("quarter to five", US), ("around 3ish", US),
             ("noon", US), ("las 4 y media", ES), ("a las 5 de la tarde", ES), ("after 5", US), ("in the morning", US)],
    "datetime": [("tmrw at 4", US), ("repair tmrw 5pm im ana", US), ("5pm", US), ("in 2 hours", US),
                 ("next fri at 3", US), ("march 8 at 2:30 am", US), ("el martes a las 5", ES), ("tomorrow", US)],
    "email": [("Ana@Example.com.", US), ("ana at example dot com", US), ("ana arroba example punto com", ES),
              ("ana@example", US)],
    "phone": [("(206) 555-0123", US), ("+1 206 555 0123", ES), ("555-0123", US)],
    "postcode": [("98101-1234", US), ("k1a0b1", CA), ("sw1a1aa", GB), ("28013", ES), ("99999", ES)],
    "name": [("im ana", US), ("ANA LOPEZ", US), ("mi nombre es ana garcía", ES), ("yes", US), ("who is this", US)],
    "location": [("12 Oak Street, Seattle", US), ("47.6062, -122.3321", US),
                 ("https://maps.google.com/?q=47.6,-122.3", US), ("idk", US)],
    "pattern": [("AB-1234", US), ("my order is AB1234", US), ("1234", US)],
}  # fmt: skip


def row(type_: str, text: str, here: Here) -> str:
    """One example as the page shows it."""
    found = MATCHERS[type_](text, here, OPTIONS)
    if found is None:
        result, note = "no match", ""
    elif isinstance(found, Ambiguous):
        result, note = "asks", f"{' or '.join(reading.said for reading in found.readings)}?"
    else:
        result, note = f"`{msgspec.json.encode(found.value).decode()}`", found.said
        if found.rest:
            note = f"{note}; rest: {found.rest}"
    return table_row(text, WHERE[id(here)], result, note)


@pytest.mark.parametrize("type_", MATCHERS)
def test_the_examples_are_what_is_read(type_: str) -> None:
    rows = [row(type_, text, here) for text, here in EXAMPLES[type_]]
    section = read(PAGE).split(f"\n## {type_}\n")[1].split("\n## ")[0]
    shown = [line for line in section.splitlines() if line.startswith("| ") and not line.startswith("| text |")]
    assert missing(PAGE, rows) == ""
    assert shown == rows


def test_the_page_has_the_types_that_there_are() -> None:
    headings = re.findall(r"^## (\w+)$", read(PAGE), re.MULTILINE)
    assert [heading for heading in headings if heading in MATCHERS] == list(MATCHERS)
