"""The desk's lists, a page at a time: which conversations, in which order, and how many, whatever their number.

Every list is read from an index that has its order, from a place on. Filters are asked of so many conversations at
most (LOOK): a filter that almost nothing passes gives a short page, and a place to look further from. Counts stop at
MOST_COUNTED.
"""

from collections.abc import Collection, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from textback.core.ids import bucket_of
from textback.store.contacts import has_tag
from textback.store.many import Pair
from textback.store.sight import ALL, Sight, seen
from textback.store.tables import contacts, conversations

View = Literal["needs-you", "mine", "bot", "all", "snoozed", "completed"]

LOOK = 2_000
"""Conversations that one page with filters looks at."""
TOGETHER = 200
MOST_COUNTED = 100
"""Counts say at most so many; then there are that many or more. Every page of the desk has them."""

_c, _p = conversations.c, contacts.c
ROW = select(
    _c.bucket, _c.contact_id, _c.state, _c.status, _c.owner_kind, _c.owner_id, _c.line, _c.address, _c.last_text,
    _c.last_author, _c.last_at, _c.waiting_since, _c.unread, _c.message_count, _c.opted_out, _c.created_at,
    _c.priority, _c.snoozed_until, _p.name,
).join(contacts, and_(_p.bucket == _c.bucket, _p.id == _c.contact_id))  # fmt: skip

_AWAKE = _c.snoozed_until.is_(None)
_BOTS = ("new", "engaged", "waiting_on_customer")


class Wanted(msgspec.Struct, frozen=True):
    """What of a view: empty is all. `owner` is bot, nobody, or the id of who has it; `queue` where a handoff went;
    `unread` only what nobody has seen; where they are not None, `team` only what is a team's, `ids` only these."""

    line: str = ""
    tag: str = ""
    queue: str = ""
    language: str = ""
    owner: str = ""
    priority: str = ""
    unread: bool = False
    team: Sight | None = None
    ids: frozenset[str] | None = None


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the part of the list, what it is sorted by there, and the contact. Without `keys` it is the
    top of that part."""

    part: int
    keys: tuple[int, ...]
    contact_id: str


class Page(msgspec.Struct, frozen=True):
    """Rows of a list, each with the part that it is in, and from where to read on; None at the end."""

    rows: list[tuple[int, Row[Any]]]
    after: Place | None


class _Part(msgspec.Struct, frozen=True):
    """A stretch of a list that has one index and one order: sorted by these columns, each down or up."""

    where: tuple[ColumnElement[bool], ...]
    by: tuple[tuple[Any, bool], ...]  # (column, downwards)


def _waiting(user_id: str) -> tuple[ColumnElement[bool], ...]:
    mine = and_(_c.owner_kind == "person", _c.owner_id == user_id)
    # `> 0` and not only "is not null", so that the index of those who wait is walked.
    return (_c.waiting_since > 0, _c.status == "waiting_on_agent", or_(_c.owner_kind == "nobody", mine))


def _held(user_id: str) -> tuple[ColumnElement[bool], ...]:
    return (_c.owner_kind == "person", _c.owner_id == user_id)


def _parts(view: View, user_id: str) -> list[_Part]:
    latest = ((_c.last_at, True),)
    if view == "needs-you":
        unheld = (_c.waiting_since > 0, _c.status == "waiting_on_agent", _c.owner_kind == "nobody", _AWAKE)
        return [
            *(_Part((*unheld, _c.priority == rank), ((_c.waiting_since, False),)) for rank in (2, 1, 0)),
            _Part((*_held(user_id), _AWAKE), latest),
        ]
    if view == "mine":
        return [_Part((*_held(user_id), _AWAKE), latest)]
    if view == "snoozed":
        return [_Part((_c.snoozed_until > 0,), ((_c.snoozed_until, False),))]
    return [_Part((), latest)]


def _kinds(view: View) -> list[tuple[ColumnElement[bool], ...]]:
    """The stretches of an index that are read side by side, each in the list's order."""
    if view == "bot":
        return [(_c.status == status, _c.owner_kind == "bot", _AWAKE) for status in _BOTS]
    if view == "completed":
        return [(_c.status == status, _c.owner_kind == "bot") for status in ("completed", "archived")]
    return [()]


def _after(part: _Part, place: Place) -> ColumnElement[bool]:
    """What comes behind a place."""
    columns = [*part.by, (_c.contact_id, False)]
    found: list[ColumnElement[bool]] = []
    for n, (column, down) in enumerate(columns):
        value = (*place.keys, place.contact_id)[n]
        same = [columns[m][0] == place.keys[m] for m in range(n)]
        found.append(and_(*same, column < value if down else column > value))
    first, down = part.by[0]
    # Said apart, so that the index is entered at the place.
    return and_(first <= place.keys[0] if down else first >= place.keys[0], or_(*found))


def _passes(tx: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.line:
        found.append(_c.line == wanted.line)
    if wanted.tag:
        found.append(has_tag(tx, wanted.tag))
    if wanted.queue:
        found.append(_has(tx, "queue", wanted.queue))
    if wanted.language:
        found.append(_has(tx, "locale", wanted.language))
    if wanted.owner in ("bot", "nobody"):
        found.append(_c.owner_kind == wanted.owner)
    elif wanted.owner:
        found += [_c.owner_kind == "person", _c.owner_id == wanted.owner]
    if wanted.priority:
        found.append(_c.priority == {"normal": 0, "high": 1}.get(wanted.priority, 2))
    if wanted.unread:
        found.append(_c.unread > 0)
    if wanted.team is not None:
        found.append(seen(wanted.team))
    return found


def _has(tx: Connection, key: str, value: str) -> ColumnElement[bool]:
    """The state has this text under this key. Keys with these names are few, and only ever hold texts."""
    wanted = f'"{key}":{msgspec.json.encode(value).decode()}'
    if tx.dialect.name == "sqlite":
        return func.instr(_c.state, wanted) > 0
    return func.strpos(_c.state, wanted) > 0


def page(
    tx: Connection,
    workspace: str,
    view: View,
    user_id: str,
    most: int,
    wanted: Wanted = Wanted(),  # noqa: B008 (it never changes)
    after: Place | None = None,
    sight: Sight = ALL,
) -> Page:
    """The next conversations of a view. In needs-you those that nobody has come first, the most urgent and of these the
    longest wait on top; then one's own. Elsewhere the latest text is on top; of snoozed ones what comes back first."""
    parts = _parts(view, user_id)
    rows: list[tuple[int, Row[Any]]] = []
    filters = [*_passes(tx, wanted), *([] if sight.everything else [seen(sight)])]
    look = LOOK
    for number, part in enumerate(parts):
        if after is not None and number < after.part:
            continue
        place = after if after is not None and number == after.part and after.keys else None
        left = most - len(rows)
        found, end, looked = _stretch(tx, workspace, view, part, wanted, filters, left, min(look, LOOK), place)
        rows += [(number, row) for row in found]
        look -= looked
        if end is not None:
            return Page(rows, Place(number, end[0], end[1]))
        if len(rows) >= most or look <= 0:
            rest = number + 1 < len(parts)
            return Page(rows, Place(number + 1, (), "") if rest else None)
    return Page(rows, None)


_Key = tuple[tuple[int, ...], str]


def _key(part: _Part, row: Row[Any]) -> _Key:
    """Where a row stands in its part."""
    return tuple(int(row._mapping[column.name]) for column, _ in part.by), row.contact_id


def _sorted(part: _Part, rows: list[Row[Any]], most: int) -> list[Row[Any]]:
    """Rows of stretches that were read side by side, in the list's order."""
    column, down = part.by[0]
    sign = -1 if down else 1
    return sorted(rows, key=lambda row: (sign * row._mapping[column.name], row.contact_id))[:most]


def _stretch(
    tx: Connection,
    workspace: str,
    view: View,
    part: _Part,
    wanted: Wanted,
    filters: Sequence[ColumnElement[bool]],
    most: int,
    look: int,
    after: Place | None,
) -> tuple[list[Row[Any]], _Key | None, int]:
    """Rows of one part, where it goes on (None: nothing is left of it), and how many were looked at."""
    order = [*(column.desc() if down else column.asc() for column, down in part.by), _c.contact_id.asc()]
    place = [] if after is None else [_after(part, after)]
    if wanted.ids is not None:
        return _of_these(tx, workspace, view, part, wanted.ids, [*place, *filters], most)
    ranges = [(_c.workspace == workspace, _c.address != "", *part.where, *kind, *place) for kind in _kinds(view)]
    if not filters:
        rows: list[Row[Any]] = []
        for where in ranges:
            rows += tx.execute(ROW.where(*where).order_by(*order).limit(most + 1))
        rows = _sorted(part, rows, most + 1)
        return (rows, None, len(rows)) if len(rows) <= most else (rows[:most], _key(part, rows[most - 1]), most)
    seen: list[Row[Any]] = []
    columns = (_c.bucket, _c.contact_id, *(column for column, _ in part.by))
    for where in ranges:
        seen += tx.execute(select(*columns).where(*where).order_by(*order).limit(look + 1))
    seen = _sorted(part, seen, look + 1)
    more, seen = len(seen) > look, seen[:look]
    rows = []
    for where in ranges:
        inner = select(_c.bucket, _c.contact_id).where(*where).order_by(*order).limit(look).subquery()
        same = and_(inner.c.bucket == _c.bucket, inner.c.contact_id == _c.contact_id)
        rows += tx.execute(ROW.join(inner, same).where(*filters).order_by(*order).limit(most + 1))
    end = _key(part, seen[-1]) if more else None
    if end is not None:  # one stretch may have been read further than the others
        column, down = part.by[0]
        edge = end[0][0]
        rows = [row for row in rows if row._mapping[column.name] == edge or (row._mapping[column.name] > edge) == down]
    rows = _sorted(part, rows, most + 1)
    if len(rows) > most:
        return rows[:most], _key(part, rows[most - 1]), len(seen)
    return rows, end, len(seen)


def _of_these(
    tx: Connection,
    workspace: str,
    view: View,
    part: _Part,
    ids: Collection[str],
    conditions: Sequence[ColumnElement[bool]],
    most: int,
) -> tuple[list[Row[Any]], _Key | None, int]:
    """As `_stretch`, of these contacts only."""
    kinds = [and_(*kind) for kind in _kinds(view) if kind]
    where = [_of(workspace), _c.address != "", *part.where, *conditions, *([or_(*kinds)] if kinds else [])]
    rows = _sorted(part, _given(tx, ids, where), most + 1)
    return (rows, None, len(rows)) if len(rows) <= most else (rows[:most], _key(part, rows[most - 1]), most)


def _given(tx: Connection, ids: Collection[str], where: Sequence[ColumnElement[bool]]) -> list[Row[Any]]:
    """Rows of these contacts. `where` must not compare a column that leads an index with a value: SQLite would take
    that index before the key of each contact, and so read all conversations (see `_of`)."""
    listed = sorted(ids)
    if tx.dialect.name == "sqlite":
        each = Pair("sqlite")
        query = ROW.join(each.source, each.on(conversations)).where(*where)
        pairs = msgspec.json.encode([(bucket_of(id_), id_) for id_ in listed]).decode()
        return list(tx.execute(query, {"pairs": pairs}))
    found: list[Row[Any]] = []
    for start in range(0, len(listed), TOGETHER):
        some = listed[start : start + TOGETHER]
        mine = [_c.bucket.in_({bucket_of(id_) for id_ in some}), _c.contact_id.in_(some)]
        found += tx.execute(ROW.where(*mine, *where))
    return found


def _of(workspace: str) -> ColumnElement[bool]:
    """What is of the workspace, said so that no index is entered by it."""
    return _c.workspace.concat("") == workspace


def counts(tx: Connection, workspace: str, user_id: str, sight: Sight = ALL) -> dict[str, int]:
    """How many conversations need this person, are theirs, are the bot's, and are snoozed; at most MOST_COUNTED."""

    def count(*ranges: Sequence[ColumnElement[bool]]) -> int:
        total = 0
        for where in ranges:
            left = MOST_COUNTED - total
            if left <= 0:
                break
            mine = [*where, *([] if sight.everything else [seen(sight)])]
            some = select(_c.contact_id).where(_c.workspace == workspace, *mine).limit(left).subquery()
            total += tx.execute(select(func.count()).select_from(some)).scalar() or 0
        return total

    return {
        "needs-you": count((*_waiting(user_id), _AWAKE)),
        "mine": count((*_held(user_id), _AWAKE)),
        "bot": count(*((_c.status == status, _c.owner_kind == "bot", _AWAKE) for status in _BOTS)),
        "snoozed": count((_c.snoozed_until > 0,)),
    }


def states(tx: Connection, workspace: str, ids: Collection[str], sight: Sight = ALL) -> dict[str, Row[Any]]:
    """Those of these conversations that somebody who sees this much sees, as they are now, by contact."""
    found = _given(tx, ids, [_of(workspace), _c.address != "", seen(sight)])
    return {row.contact_id: row for row in found}
