"""Contacts as the leads table lists them, a page at a time, and the fields that the workspace has defined."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, or_, select

from textback.store import merged
from textback.store.conversations import ROW
from textback.store.many import Pair, Pairs, upserter
from textback.store.sight import NOTHING, Sight, seen, sees
from textback.store.tables import contacts, conversations
from textback.store.tables_leads import contact_fields, contact_values, tag_colours
from textback.store.values import MANY, Term, having, matches

_c, _p, _f = conversations.c, contacts.c, contact_fields.c
Place = tuple[int, str]
"""Where a page ends: the time (ms) of the last text, and the contact."""


class Sought(msgspec.Struct, frozen=True):
    """Which contacts: those that have all the values. `owner` is bot, nobody, or the id of who has them; `ids` are the
    only ones to look at, None for all; `sight` is whose conversations whoever looks may see. `whole`: contacts that are
    merged are one, the one that is kept, and found by what any of them has."""

    terms: tuple[Term, ...] = ()
    owner: str = ""
    ids: tuple[tuple[int, str], ...] | None = None
    oldest_first: bool = False
    sight: Sight = NOTHING
    whole: bool = False


_COLUMNS = (*ROW.selected_columns, _c.owner_kind, _c.owner_id, _c.workspace)
_BOTH = conversations.join(contacts, and_(_p.bucket == _c.bucket, _p.id == _c.contact_id))


def _some(pair: Pair) -> Select[Any]:
    on = and_(_p.bucket == _c.bucket, _p.id == _c.contact_id)
    from_ = pair.source.join(conversations, pair.on(conversations)).join(contacts, on)
    return select(*_COLUMNS).select_from(from_)


_SOME = Pairs(_some)


def page(tx: Connection, workspace: str, sought: Sought, most: int, after: Place | None = None) -> list[Row[Any]]:
    """Contacts by their last text, after this place. Where few have the values they are looked up and sorted; where
    many have, the list by time is walked until the page is full."""
    few = sought.ids
    if few is None and sought.terms:
        found = having(tx, workspace, sought.terms, MANY + 1)
        few = tuple(found) if len(found) <= MANY else None
    widely = sought.terms if sought.whole and sought.ids is None else ()
    also = [merged.kept_with(tx, workspace, term) for term in widely]
    if few is not None:
        more = merged.with_all(tx, workspace, sought.terms, also) if any(also) else set()
        few = tuple(merged.with_kept(tx, workspace, {*few, *more})) if sought.whole else few
        return _sorted(tx, _SOME(tx, few) if few else [], workspace, sought, most, after)
    query = select(*_COLUMNS).select_from(_BOTH).where(_c.workspace == workspace, _c.address != "", *_owned(sought))
    query = query.where(seen(sought.sight))
    if sought.whole:
        query = query.where(_c.contact_id.not_in(_behind(workspace, sought)))
    for place, term in enumerate(sought.terms):
        v = contact_values.alias()
        mine = and_(v.c.bucket == _c.bucket, v.c.contact_id == _c.contact_id)
        has = select(v.c.name).where(mine, matches(tx, term, v.c)).exists()
        query = query.where(or_(has, _c.contact_id.in_(sorted(also[place]))) if also and also[place] else has)
    if after is not None:
        at, id_ = after
        if sought.oldest_first:
            query = query.where(_c.last_at >= at, or_(_c.last_at > at, _c.contact_id > id_))
        else:
            query = query.where(_c.last_at <= at, or_(_c.last_at < at, _c.contact_id < id_))
    by = (_c.last_at, _c.contact_id) if sought.oldest_first else (_c.last_at.desc(), _c.contact_id.desc())
    return list(tx.execute(query.order_by(*by).limit(most)))


def _owned(sought: Sought) -> list[ColumnElement[bool]]:
    if not sought.owner:
        return []
    if sought.owner in ("bot", "nobody"):
        return [_c.owner_kind == sought.owner]
    return [_c.owner_kind == "person", _c.owner_id == sought.owner]


def _behind(workspace: str, sought: Sought) -> Select[Any]:
    """The contacts that have no row, as that of the kept one is there."""
    if sought.sight.everything and not sought.owner:
        return merged.behind(workspace)
    return merged.behind_seen(workspace, seen(sought.sight), *_owned(sought))


def _sorted(
    tx: Connection, rows: Sequence[Row[Any]], workspace: str, sought: Sought, most: int, after: Place | None
) -> list[Row[Any]]:
    """As the query does, for contacts that have been looked up."""

    def wanted(row: Row[Any]) -> bool:
        if row.workspace != workspace or not row.address or not sees(sought.sight, row):
            return False
        held = row.owner_kind if row.owner_kind != "person" else row.owner_id
        return not sought.owner or held == sought.owner

    mine = [row for row in rows if wanted(row)]
    if sought.whole and mine:
        there = {row.contact_id for row in mine}
        kept = merged.kept_of(tx, workspace, there)
        mine = [row for row in mine if kept.get(row.contact_id, row.contact_id) not in there - {row.contact_id}]
    if after is not None:
        mine = [
            row
            for row in mine
            if ((row.last_at, row.contact_id) > after) == sought.oldest_first and (row.last_at, row.contact_id) != after
        ]
    mine.sort(key=lambda row: (row.last_at, row.contact_id), reverse=not sought.oldest_first)
    return mine[:most]


class Field(msgspec.Struct, frozen=True):
    """A field of contacts as the workspace has defined it. `kind` is text, number, date, yes_no or choice; `seen_by`
    is all, team, lead or owner."""

    name: str
    title: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    sensitive: bool = False
    seen_by: str = "all"
    position: int = 0


STAGE = Field("stage", "Stage", "choice", ("New", "Asking", "Ready", "Won", "Lost"))
"""Every workspace has it; its choices may be defined anew."""

_define = upserter(
    contact_fields, ["workspace", "name"], ["title", "kind", "choices", "sensitive", "seen_by", "position"]
)


def fields(tx: Connection, workspace: str) -> list[Field]:
    """The fields that are defined, in their order, with the stage among them."""
    query = select(contact_fields).where(_f.workspace == workspace).order_by(_f.position, _f.name)
    found = [
        Field(
            row.name, row.title, row.kind, tuple(msgspec.json.decode(row.choices)), bool(row.sensitive), row.seen_by,
            row.position,
        )
        for row in tx.execute(query)
    ]  # fmt: skip
    return found if any(one.name == STAGE.name for one in found) else [*found, STAGE]


def define(tx: Connection, workspace: str, one: Field) -> None:
    """Define a field, or change what is said of it."""
    row = msgspec.structs.asdict(one) | {"choices": msgspec.json.encode(one.choices).decode(), "workspace": workspace}
    _define(tx, [row])


def undefine(tx: Connection, workspace: str, name: str) -> bool:
    """Forget a definition; what contacts have stays with them. Says whether there was one."""
    return tx.execute(delete(contact_fields).where(_f.workspace == workspace, _f.name == name)).rowcount > 0


def names_in_use(tx: Connection, workspace: str, most: int = 100) -> list[str]:
    """The names that values have, each found by one step through the index, however many values there are."""
    v = contact_values.c
    found: list[str] = []
    last = ""
    while len(found) < most:
        query = select(func.min(v.name)).where(v.workspace == workspace, v.name > last)
        name = tx.execute(query).scalar()
        if name is None:
            break
        last = name
        if not name.startswith("#"):
            found.append(name)
    return found


_t = tag_colours.c
_colour = upserter(tag_colours, ["workspace", "tag"], ["colour"])


def colours(tx: Connection, workspace: str) -> dict[str, str]:
    """The colours that tags were given."""
    return {row.tag: row.colour for row in tx.execute(select(_t.tag, _t.colour).where(_t.workspace == workspace))}


def set_colour(tx: Connection, workspace: str, tag: str, colour: str) -> None:
    """Give a tag a colour; "" takes it away."""
    if colour:
        _colour(tx, [{"workspace": workspace, "tag": tag, "colour": colour}])
    else:
        tx.execute(delete(tag_colours).where(_t.workspace == workspace, _t.tag == tag))
