"""Contacts, as programs list and change them. What flows know of a contact is in the state of their conversation."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.functions import FunctionElement

from textback.core.ids import bucket_of
from textback.core.messages import FAMILY
from textback.store import search
from textback.store.inbox import find_homes
from textback.store.tables import contacts, conversations

_c, _p = conversations.c, contacts.c
_TAGGED = _c.state.like('%"tags":[%')

_CARD = select(
    _c.contact_id, _c.bucket, _c.state, _c.line, _c.address, _c.opted_out, _c.last_at, _p.created_at, _p.name, _p.zone,
    _p.region,
).join(contacts, and_(_p.bucket == _c.bucket, _p.id == _c.contact_id))  # fmt: skip


def _array(tx: Connection) -> FunctionElement[Any]:
    """The tags of a state, as rows. What has none is not read: the databases may look at rows in any order."""
    if tx.dialect.name == "sqlite":
        return func.json_each(case((_TAGGED, _c.state), else_="{}"), "$.tags")
    return func.jsonb_array_elements_text(cast(case((_TAGGED, _c.state), else_='{"tags":[]}'), JSONB)["tags"])


def has_tag(tx: Connection, tag: str) -> ColumnElement[bool]:
    """Conversations whose contact has this tag."""
    if tx.dialect.name == "sqlite":
        each = _array(tx).table_valued("value")
        return select(literal(1)).select_from(each).where(each.c.value == tag).exists()
    tags = cast(case((_TAGGED, _c.state), else_='{"tags":[]}'), JSONB)["tags"]
    return func.jsonb_exists(tags, tag)


def tags_in_use(tx: Connection, workspace: str, lines: Collection[str] = ()) -> Mapping[str, int]:
    """How many contacts have each tag; of these lines, or of all."""
    each = _array(tx).table_valued("value")
    tag = cast(each.c.value, Text).label("tag")
    query = select(tag, func.count().label("n")).select_from(conversations.join(each, true()))
    query = query.where(_c.workspace == workspace, _TAGGED, *of_lines(lines)).group_by(tag).order_by(tag)
    return {row.tag: row.n for row in tx.execute(query)}


def of_lines(lines: Collection[str]) -> list[ColumnElement[bool]]:
    """Conversations on these lines; none: on all."""
    return [_c.line.in_(sorted(lines))] if lines else []


def card(tx: Connection, workspace: str, contact_id: str) -> Row[Any] | None:
    """What is kept of one contact; None for nobody, and for one who was erased."""
    mine = (_c.bucket == bucket_of(contact_id), _c.contact_id == contact_id, _c.address != "")
    rows: list[Row[Any]] = list(tx.execute(_CARD.where(_c.workspace == workspace, *mine)))
    return rows[0] if rows else None


def cards(
    tx: Connection,
    workspace: str,
    most: int,
    after: tuple[int, str] | None = None,
    *,
    tag: str = "",
    lines: Collection[str] = (),
) -> list[Row[Any]]:
    """Contacts in the order of their keys, which never changes, after this one (bucket, id)."""
    mine = _c.workspace.concat("") == workspace  # so that the key is walked, which has the order, and no index by time
    query = _CARD.where(mine, _c.address != "", *of_lines(lines))
    if tag:
        query = query.where(has_tag(tx, tag))
    if after is not None:
        bucket, id_ = after
        query = query.where(_c.bucket >= bucket, or_(_c.bucket > bucket, _c.contact_id > id_))
    return list(tx.execute(query.order_by(_c.bucket, _c.contact_id).limit(most)))


def families_of(tx: Connection, workspace: str, contact_id: str, identifier: str) -> list[str]:
    """The kinds of address that this identifier is of this contact."""
    wanted = [(family, identifier) for family in dict.fromkeys(FAMILY.values())]
    homes = find_homes(tx, workspace, wanted)
    return [family for (family, _), home in homes.items() if home.contact_id == contact_id]


def change(tx: Connection, contact_id: str, name: str | None, zone: str | None, region: str | None) -> None:
    """Keep what a program says of a contact; None leaves it as it is."""
    values: dict[str, Any] = {"name": name, "zone": zone, "region": region}
    values = {column: value for column, value in values.items() if value is not None}
    if zone is not None or region is not None:
        values["zone_source"] = "api"
    if values:
        mine = (_p.bucket == bucket_of(contact_id), _p.id == contact_id)
        tx.execute(update(contacts).where(*mine).values(**values))
    if name is not None:
        search.set_people(tx, [(bucket_of(contact_id), contact_id)])
