"""What a row of the leads table shows of a contact, by the fields that the workspace has defined. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textback.compliance.agreement import Agreement
from textback.core.phone import mask
from textback.engine.state import State
from textback.store.leads import STAGE, Field
from textback.web.auth import User
from textback.web.phrases import tell
from textback.web.present import Holder, bad_number_words, holder, name_of, short_time

NOT_ASKED = "not asked"
HIDDEN = "•••"
TONES = {"ready": "human", "asking": "bot", "won": "human", "lost": ""}
SEEN_BY = {
    "all": frozenset({"owner", "supervisor", "agent", "viewer", "auditor"}),
    "team": frozenset({"owner", "supervisor", "agent"}),
    "lead": frozenset({"owner", "supervisor"}),
    "owner": frozenset({"owner"}),
}
"""Which roles a field is for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a field as it is shown; `there` says whether there is one, `hidden` that it must be revealed."""

    field: Field
    shown: str
    there: bool
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """A row: who has them, what they answered, and where they stand. `offers` is yes, asked, no or out; `others` are
    the other addresses of merged contacts, `bad_number` why the number can't get texts."""

    id: str
    name: str
    number: str
    holder: Holder
    stage: str
    tone: str
    cells: list[Cell]
    has: int
    of: int
    offers: str
    source: str
    time: str
    tags: list[str]
    said: str
    others: list[str]
    bad_number: str = ""


def for_role(fields: Sequence[Field], role: str) -> list[Field]:
    """The fields that people of this role may see."""
    return [one for one in fields if role in SEEN_BY.get(one.seen_by, ())]


def spoken(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(spoken(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {spoken(one)}" for name, one in value.items())
    return str(value)


def shown(value: Any) -> str:
    """As `spoken`, with yes and no in the language of the page: for what is only read."""
    return tell(spoken(value)) if isinstance(value, bool) else spoken(value)


def cells_of(fields: Sequence[Field], known: Mapping[str, Any]) -> list[Cell]:
    """The values of these fields. A sensitive one is hidden."""
    found = []
    for one in fields:
        value = known.get(one.name)
        there = value is not None and value != ""
        hidden = there and one.sensitive
        found.append(Cell(one, HIDDEN if hidden else shown(value) if there else tell(NOT_ASKED), there, hidden))
    return found


def offers_of(state: State, agreements: Collection[Agreement], opted_out: bool) -> str:
    """Whether they may be sent offers: yes, asked, no, or out."""
    if opted_out:
        return "out"
    promotional = [one for one in agreements if one.message_class == "promotional"]
    if any(one.state == "agreed" for one in promotional):
        return "yes"
    return "asked" if state.asked or any(one.state == "pending" for one in promotional) else "no"


def source_of(state: State) -> str:
    """Where they came from: what flows or programs have said, else how the first of them is known."""
    given = state.fields.get("source")
    if given:
        return spoken(given)
    return tell("Texted in" if state.last_inbound_at else "Added")


def lead(
    row: Any,
    state: State,
    user: User,
    columns: Sequence[Field],
    agreements: Collection[Agreement],
    zone: str,
    now: int,
    others: Sequence[str] = (),
) -> Lead:
    """A contact as a row. `columns` are the fields that this person may see, without the stage; `others` the addresses
    of those that are merged with it."""
    known = state.fields
    address = row.address if user.may("numbers.see") else mask(row.address)
    cells = cells_of(columns, known)
    stage = spoken(known[STAGE.name]) if known.get(STAGE.name) else ""
    out = bool(row.opted_out)
    return Lead(
        row.contact_id,
        name_of(str(known.get("name") or row.name), "") if known.get("name") or row.name else _number(address),
        _number(address),
        holder(state.owner, row.status, user.id, opted_out=out),
        stage,
        TONES.get(stage.lower(), ""),
        cells,
        sum(cell.there for cell in cells),
        len(cells),
        offers_of(state, agreements, out),
        source_of(state),
        short_time(row.last_at, zone, now),
        state.tags,
        row.last_text if row.last_author == "contact" else "",
        [_number(address if user.may("numbers.see") else mask(address)) for address in others],
        bad_number_words(state.bad_number.why) if state.bad_number else "",
    )


def _number(address: str) -> str:
    return name_of("", address) if "•" not in address else address
