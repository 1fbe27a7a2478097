"""What the rows of an imported file say of contacts, and what becomes of each."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from textback.core.phone import normalise
from textback.engine.arrivals import ContactChange
from textback.engine.nodes.tag import MOST as MOST_TAGS
from textback.engine.nodes.tag import TAG
from textback.engine.programs import MOST_FIELDS
from textback.engine.state import State, load_state
from textback.store.contact_imports import Choice, FileRow, Planned
from textback.store.leads import Field
from textback.store.sight import Sight, sees

MOST_VALUE = 1_000
MOST_NAME = 200
OWN = frozenset({"name", "locale", "tags"})
"""What contacts have that is no field of its own."""
NUMBER, NAME, TAGS, FIELD = "number", "name", "tags", "field."
"""What a column can be; a field's name follows FIELD."""

_US = re.compile(r"(?:\+?1)?([2-9][0-9]{9})")
_WRITTEN = re.compile(r"[0-9+(). /\-\u00a0]{3,40}")
_SHORTENED = re.compile(r"[0-9]+([.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_APART = re.compile(r"[\s,;|]+")
_WORDS = {
    NUMBER: "number phone mobile cell telephone tel phonenumber mobilephone cellphone whatsapp telefono movil celular "
    "numero phone1",
    NAME: "name fullname contact contactname firstname lastname surname nombre apellido",
    TAGS: "tags tag labels label etiquetas",
}


class Bad(Exception):
    """A row that can't be taken in, and why, in a sentence."""


def value_in(field: Field | None, text: str) -> Any:
    """What somebody wrote for a field, as it is kept; None for nothing. Raises ValueError, in a sentence."""
    if not text:
        return None
    if len(text) > MOST_VALUE:
        raise ValueError(f"That is {len(text)} characters; at most {MOST_VALUE} go.")
    if field is None or field.kind == "text":
        return text
    if field.kind == "choice":
        found = next((one for one in field.choices if one.casefold() == text.casefold()), None)
        if found is None:
            raise ValueError(f"{field.title} is one of {', '.join(field.choices)}.")
        return found
    if field.kind == "yes_no":
        if text.lower() not in ("yes", "no"):
            raise ValueError(f"{field.title} is yes or no.")
        return text.lower() == "yes"
    if field.kind == "date":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValueError(f"{field.title} is a day such as 2026-03-02.") from None
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or abs(number) > 2**53:
        raise ValueError(f"{field.title} is a number.")
    return int(number) if number.is_integer() else number


class Said(msgspec.Struct, frozen=True):
    """What a row says: whose number, their name ("" where it says none), tags and fields."""

    number: str
    name: str
    tags: list[str]
    fields: dict[str, Any]


def guess(columns: Sequence[str], fields: Sequence[Field], rows: Sequence[FileRow], region: str) -> list[str]:
    """What each column probably is, by its name; without a column called so the number is where numbers stand."""
    found: list[str] = []
    for title in columns:
        plain = re.sub(r"[^a-z0-9]", "", title.casefold().translate(_ACCENTS))
        known = next((kind for kind, words in _WORDS.items() if plain in words.split()), "")
        if not known:
            named = (title.casefold(), title.casefold().replace(" ", "_"))
            known = next((FIELD + one.name for one in fields if one.name in named or one.title.casefold() in named), "")
        found.append("" if known in found and known not in (NAME, TAGS) else known)
    if NUMBER not in found:
        for place in range(len(columns)):
            cells = [cells[place] for _, cells in rows[:20] if place < len(cells) and cells[place]]
            if not found[place] and cells and 2 * sum(_has_number(cell, region) for cell in cells) > len(cells):
                found[place] = NUMBER
                break
    return found


_ACCENTS = str.maketrans("áéíóúüñ", "aeiouun")


def _has_number(text: str, region: str) -> bool:
    try:
        number_in(text, region)
    except Bad:
        return False
    return True


def wrong_choice(columns: Sequence[str]) -> str:
    """What is wrong with what the columns are said to be, in a sentence; "" for nothing."""
    if columns.count(NUMBER) != 1:
        return "Say which one column has the phone number."
    twice = [one for one in columns if one.startswith(FIELD) and columns.count(one) > 1]
    return f"Two columns are {twice[0].removeprefix(FIELD)}. Leave one out." if twice else ""


def number_in(text: str, region: str) -> str:
    """The phone number of a cell in E.164; without a country code it is one of `region`. Raises Bad."""
    if region == "US" and (us := _US.fullmatch(text)):  # most of such files, and a hundred times as quick
        return f"+1{us[1]}"
    if not text:
        raise Bad("There is no phone number.")
    if _SHORTENED.fullmatch(text):
        raise Bad("A spreadsheet has shortened the phone number. Format its column as text there.")
    if not _WRITTEN.fullmatch(text):
        raise Bad("That is not a phone number.")
    try:
        return normalise(text, region)
    except ValueError as error:
        raise Bad(str(error)) from None


def tags_in(text: str) -> list[str]:
    """The tags of a cell, with spaces, commas or semicolons between. Raises Bad."""
    found = list(dict.fromkeys(tag for tag in _APART.split(text.lower()) if tag))
    for tag in found:
        if not TAG.fullmatch(tag):
            raise Bad(f"“{tag[:40]}” is no tag: small letters, digits, - and _, up to 40 of them.")
    return found


def said_in(cells: Sequence[str], columns: Sequence[str], fields: Mapping[str, Field], region: str) -> Said:
    """What a row says, by what its columns are. An empty cell says nothing. Raises Bad."""
    if any(cells[len(columns) :]):
        raise Bad(f"The row has {len(cells)} values for {len(columns)} columns. Is there a quote missing?")
    number, names, tags = "", [], []
    known: dict[str, Any] = {}
    for kind, cell in zip(columns, cells, strict=False):
        if kind == NUMBER:
            number = number_in(cell, region)
        elif kind == NAME:
            names += [cell] if cell else []
        elif kind == TAGS:
            tags += tags_in(cell)
        elif kind and cell:
            name = kind.removeprefix(FIELD)
            try:
                known[name] = value_in(fields.get(name), cell)
            except ValueError as error:
                raise Bad(str(error)) from None
    called = " ".join(names)
    if len(called) > MOST_NAME:
        raise Bad(f"The name has {len(called)} characters; at most {MOST_NAME} go.")
    if not number:
        raise Bad("There is no phone number.")
    return Said(number, called, tags, known)


class Planner:
    """Decides what becomes of the rows of one file. `taken` are the numbers that it had before, with their lines;
    `called` is who imports it, and `source` what is noted as the source of new contacts."""

    def __init__(
        self, choice: Choice, fields: Sequence[Field], region: str, sight: Sight, called: str, source: str
    ) -> None:
        self.taken: dict[str, int] = {}
        self._choice = choice
        self._fields = {one.name: one for one in fields}
        self._region = region
        self._sight = sight
        self._called = called
        self._source = source

    def read(self, rows: Sequence[FileRow]) -> list[tuple[int, Said | Bad]]:
        """What these rows say."""
        found: list[tuple[int, Said | Bad]] = []
        for line, cells in rows:
            try:
                found.append((line, said_in(cells, self._choice.columns, self._fields, self._region)))
            except Bad as why:
                found.append((line, why))
        return found

    def plan(self, read: Sequence[tuple[int, Said | Bad]], known: Mapping[str, Any]) -> list[Planned]:
        """What becomes of each; `known` are the conversations of those who are contacts, by number."""
        found = []
        for line, said in read:
            if isinstance(said, Bad):
                found.append(Planned(line, "refused", why=str(said)))
                continue
            planned = self._one(line, said, known.get(said.number))
            found.append(planned)
            if planned.what != "refused":
                self.taken[said.number] = line
        return found

    def _one(self, line: int, said: Said, row: Any) -> Planned:
        if said.number in self.taken:
            why = f"The same number is in line {self.taken[said.number]}."
            return Planned(line, "refused", said.number, why=why)
        if row is not None and not sees(self._sight, row):
            return Planned(line, "refused", said.number, why="This contact is not among those that you see.")
        state = State() if row is None else load_state(row.state)
        keep, before = self._choice.keep, state.fields
        fields = {
            name: value
            for name, value in said.fields.items()
            if before.get(name) != value and not (keep and before.get(name) not in (None, ""))
        }
        if row is None:
            fields = {"source": self._source, **fields}
        called = before.get("name") or ("" if row is None else row.name)
        name = said.name if said.name and said.name != called and not (keep and called) else None
        tags = [tag for tag in dict.fromkeys([*said.tags, *self._choice.tags]) if tag not in state.tags]
        if len(state.tags) + len(tags) > MOST_TAGS:
            return Planned(line, "refused", said.number, why=f"They would have more than {MOST_TAGS} tags.")
        if len({*before, *fields, *(("name",) if name else ())}) > MOST_FIELDS:
            return Planned(line, "refused", said.number, why=f"They would have more than {MOST_FIELDS} fields.")
        if row is not None and not (fields or tags or name):
            return Planned(line, "same", said.number)
        change = ContactChange(self._called, fields, tag=tuple(tags), name=name)
        return Planned(line, "changed" if row is not None else "new", said.number, change)
