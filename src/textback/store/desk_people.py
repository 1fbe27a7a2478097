"""What the desk keeps for its people: saved views, what they can take back, what they prefer, and who they are."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, or_, select

from textback.core.ids import new_id
from textback.core.when import MINUTE
from textback.store.many import upserter
from textback.store.tables_desk import users
from textback.store.tables_list import preferences, saved_views, undos

MOST_VIEWS = 50
"""Views that one person may save."""
UNDO_FOR = 10 * MINUTE
"""How long (ms) something can be taken back: longer than its toast is shown, for whoever reads slowly."""

_v, _u, _f = saved_views.c, undos.c, preferences.c
_set = upserter(preferences, ["workspace", "user_id", "name"], ["value"])


def people(tx: Connection, workspace: str, roles: Iterable[str], most: int = 200) -> list[Row[Any]]:
    """Who has one of these roles: id, name, by name."""
    query = select(users.c.id, users.c.name).where(users.c.workspace == workspace, users.c.role.in_(sorted(roles)))
    return list(tx.execute(query.order_by(users.c.name, users.c.id).limit(most)))


def views(tx: Connection, workspace: str, user_id: str) -> list[Row[Any]]:
    """The saved views that this person sees: their own and shared ones, by name."""
    query = select(saved_views).where(_v.workspace == workspace, or_(_v.user_id == user_id, _v.shared.is_(True)))
    return list(tx.execute(query.order_by(_v.name, _v.id).limit(2 * MOST_VIEWS)))


def save_view(
    tx: Connection, workspace: str, user_id: str, name: str, query: str, now: int, *, shared: bool
) -> str | None:
    """Keep a view under a name; of the same person's of that name it takes the place. Its id; None where they have too
    many."""
    mine = (_v.workspace == workspace, _v.user_id == user_id)
    tx.execute(delete(saved_views).where(*mine, _v.name == name))
    if len(list(tx.execute(select(_v.id).where(*mine).limit(MOST_VIEWS)))) >= MOST_VIEWS:
        return None
    row = {"workspace": workspace, "id": new_id(), "user_id": user_id, "name": name, "query": query}
    tx.execute(insert(saved_views), {**row, "shared": shared, "created_at": now})
    return row["id"]


def remove_view(tx: Connection, workspace: str, user_id: str, id_: str, *, any_: bool = False) -> str | None:
    """Forget a view of this person's, or with `any_` anybody's; its name, None where there was none."""
    mine = [_v.workspace == workspace, _v.id == id_, *([] if any_ else [_v.user_id == user_id])]
    name = tx.execute(select(_v.name).where(*mine)).scalar()
    tx.execute(delete(saved_views).where(*mine))
    return name


class Undo(msgspec.Struct, frozen=True):
    """What was done, in words, and the arrival (JSON) that takes it back, by contact."""

    id: str
    words: str
    steps: dict[str, Any]


def keep_undo(tx: Connection, workspace: str, user_id: str, words: str, steps: Mapping[str, Any], now: int) -> str:
    """Remember how to take something back; what is too old is forgotten. Its id."""
    tx.execute(delete(undos).where(_u.workspace == workspace, _u.at < now - UNDO_FOR))
    row = {"workspace": workspace, "id": new_id(), "user_id": user_id, "words": words, "at": now}
    tx.execute(insert(undos), {**row, "steps": msgspec.json.encode(steps).decode()})
    return str(row["id"])


def undo(tx: Connection, workspace: str, user_id: str, id_: str, now: int) -> Undo | None:
    """What this person can take back; None where that is over."""
    mine = (_u.workspace == workspace, _u.id == id_, _u.user_id == user_id, _u.at >= now - UNDO_FOR)
    row = tx.execute(select(undos).where(*mine)).first()
    return None if row is None else Undo(row.id, row.words, msgspec.json.decode(row.steps))


def use_undo(tx: Connection, workspace: str, user_id: str, id_: str, now: int) -> Undo | None:
    """As `undo`, once: it is gone afterwards."""
    found = undo(tx, workspace, user_id, id_, now)
    if found is not None:
        gone = tx.execute(delete(undos).where(_u.workspace == workspace, _u.id == id_)).rowcount
        return found if gone else None
    return None


def preferred(tx: Connection, workspace: str, user_id: str, name: str) -> str:
    """What this person has chosen; "" where they have not."""
    query = select(_f.value).where(_f.workspace == workspace, _f.user_id == user_id, _f.name == name)
    return tx.execute(query).scalar() or ""


def prefer(tx: Connection, workspace: str, user_id: str, name: str, value: str) -> None:
    """Keep what this person has chosen."""
    _set(tx, [{"workspace": workspace, "user_id": user_id, "name": name, "value": value}])
