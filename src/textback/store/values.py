"""The values of contacts, one a row: kept in the turn that changes them, and searched by the leads table."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, select

from textback.store.many import Deletes, insert_or_skip
from textback.store.tables_leads import contact_values

LONGEST = 80
TAG = "#tag"
WORD = "#word"
BAD_NUMBER = "#bad_number"
"""Why a number can't get texts."""
NAME = "name"
MANY = 2_000
"""How many contacts are looked up one by one; where more have a value, the list by time soon meets enough of them."""

_v = contact_values.c
_forget = Deletes(contact_values, b=_v.bucket, k=_v.contact_id)
_add = insert_or_skip(contact_values)


class Term(msgspec.Struct, frozen=True):
    """A value that contacts must have, or begin with."""

    name: str
    value: str
    prefix: bool = False


def folded(value: object) -> str:
    """A value as it is compared: small letters, single spaces, the first 80 characters."""
    text = ("no", "yes")[value] if isinstance(value, bool) else str(value)
    return " ".join(text.replace("\0", "").casefold().split())[:LONGEST].strip()


def values_of(fields: Mapping[str, Any], tags: Collection[str]) -> set[tuple[str, str]]:
    """The (name, value) pairs of a contact. A list has one for each of its values; what is deeper has none."""
    found = {(TAG, tag) for tag in tags}
    for name, value in fields.items():
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, str | int | float) and (text := folded(one)):
                found.add((name[:64], text))
    found |= {(WORD, word) for word in folded(fields.get(NAME) or "").split()}
    return found


def keep(tx: Connection, workspace: str, known: Sequence[tuple[int, str, Mapping[str, Any], Collection[str]]]) -> None:
    """Write down what is known of these contacts now: (bucket, id, fields, tags)."""
    _forget(tx, [{"b": bucket, "k": id_} for bucket, id_, _, _ in known])
    rows = [
        {"bucket": bucket, "contact_id": id_, "name": name, "value": value, "workspace": workspace}
        for bucket, id_, fields, tags in known
        for name, value in sorted(values_of(fields, tags))
    ]
    if rows:
        _add(tx, rows)


def matches(tx: Connection, term: Term, of: Any = _v) -> ColumnElement[bool]:
    """The condition that a row of values has this value, such that the index by value serves."""
    if not term.prefix:
        return and_(of.name == term.name, of.value == term.value)
    if tx.dialect.name == "sqlite":
        return and_(of.name == term.name, of.value >= term.value, of.value < term.value + "\U0010ffff")
    return and_(of.name == term.name, of.value.startswith(term.value, autoescape=True))


def having(tx: Connection, workspace: str, terms: Sequence[Term], most: int) -> list[tuple[int, str]]:
    """Up to so many contacts (bucket, id) that have all of these values."""
    query = select(_v.bucket, _v.contact_id).distinct().where(_v.workspace == workspace, matches(tx, terms[0]))
    for term in terms[1:]:
        other = contact_values.alias()
        mine = and_(other.c.bucket == _v.bucket, other.c.contact_id == _v.contact_id)
        query = query.where(select(other.c.name).where(mine, matches(tx, term, other.c)).exists())
    return [(row.bucket, row.contact_id) for row in tx.execute(query.limit(most))]


def used(tx: Connection, workspace: str, name: str, most: int) -> dict[str, int]:
    """The values that a field has, with how many contacts have each, by value."""
    query = select(_v.value, func.count().label("n")).where(_v.workspace == workspace, _v.name == name)
    rows = tx.execute(query.group_by(_v.value).order_by(_v.value).limit(most))
    return {row.value: row.n for row in rows}
