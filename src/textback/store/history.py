"""What the desk reads of a thread's past: a window of it, the episode that a place lies in, and its milestones.

Everything goes by the key (bucket, contact_id, id) and a bound: ids sort by time, so a window ends where the next
begins, and a thread of many years costs as much as one of a week.
"""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, or_, select

from textback.store import desk
from textback.store.desk import SHOWN, Happening
from textback.store.tables import messages, turns

_m, _t = messages.c, turns.c
BEGINS = "episode_started"
MOST_TURNS = 1_000
"""Turns that one window looks at."""
FAR = 5_000
"""Turns that are looked through for where an episode begins."""
MOST_TOLD = 1_000
"""Texts of an episode that are counted."""


class Window(msgspec.Struct, frozen=True):
    """Part of a thread, oldest first. `since` is the id from which it has everything, "" where the thread begins in it;
    what is before `since` is another window."""

    messages: list[Row[Any]]
    events: list[Happening]
    since: str


def window(tx: Connection, contact_id: str, bucket: int, most: int, before: str = "") -> Window:
    """The latest texts, and what happened between them; with `before`, those older than that id."""
    texts = desk.thread(tx, contact_id, bucket, most, before)
    since = texts[0].id if len(texts) == most else ""
    query = select(_t.id, _t.events, _t.at).where(_t.bucket == bucket, _t.contact_id == contact_id, _t.id >= since)
    if before:
        query = query.where(_t.id < before)
    rows = list(tx.execute(query.order_by(_t.id.desc()).limit(MOST_TURNS)))
    if len(rows) == MOST_TURNS and rows[-1].id > since:
        since = rows[-1].id
        texts = [row for row in texts if row.id >= since]
    return Window(texts, _happenings(rows[::-1], SHOWN), since)


def _happenings(rows: Iterable[Any], kinds: Collection[str]) -> list[Happening]:
    return [
        Happening(f"{row.id}-{place}", row.id, event["kind"], event.get("data", {}), row.at)
        for row in rows
        for place, event in enumerate(msgspec.json.decode(row.events))
        if event["kind"] in kinds
    ]


def _has(column: Any, kinds: Collection[str]) -> Any:
    """Whether a turn's events name one of these kinds. What people wrote stands there with its quotes escaped."""
    return or_(*(column.like(f'%"kind":"{kind}"%') for kind in kinds))


def episode_at(tx: Connection, contact_id: str, bucket: int, at: str) -> tuple[str, str]:
    """The turns that began the episode in which the id `at` lies, and the one after it; "" for none that is near."""
    mine = and_(_t.bucket == bucket, _t.contact_id == contact_id)
    back = select(_t.id, _t.events).where(mine, _t.id <= at).order_by(_t.id.desc()).limit(FAR).subquery()
    ahead = select(_t.id, _t.events).where(mine, _t.id > at).order_by(_t.id).limit(FAR).subquery()
    begun = select(back.c.id).where(_has(back.c.events, (BEGINS,))).order_by(back.c.id.desc()).limit(1)
    then = select(ahead.c.id).where(_has(ahead.c.events, (BEGINS,))).order_by(ahead.c.id).limit(1)
    return tx.execute(begun).scalar() or "", tx.execute(then).scalar() or ""


def told(tx: Connection, contact_id: str, bucket: int, start: str, end: str) -> tuple[list[Any], list[Happening]]:
    """The texts of a whole episode, at most MOST_TOLD, and what happened in it; `end` is where the next begins."""
    texts = select(_m.id, _m.at, _m.direction, _m.author, _m.author_id, _m.author_name, _m.text).where(
        _m.bucket == bucket, _m.contact_id == contact_id, _m.id >= start
    )
    events = select(_t.id, _t.events, _t.at).where(_t.bucket == bucket, _t.contact_id == contact_id, _t.id >= start)
    if end:
        texts, events = texts.where(_m.id < end), events.where(_t.id < end)
    rows = list(tx.execute(texts.order_by(_m.id).limit(MOST_TOLD)))
    return rows, _happenings(list(tx.execute(events.order_by(_t.id).limit(MOST_TURNS))), SHOWN)


def milestones(
    tx: Connection, contact_id: str, bucket: int, kinds: Collection[str], most: int, turns_seen: int = 300
) -> list[Happening]:
    """The latest events of these kinds, newest first, in the latest turns of a thread."""
    near = select(_t.id, _t.events, _t.at).where(_t.bucket == bucket, _t.contact_id == contact_id)
    seen = near.order_by(_t.id.desc()).limit(turns_seen).subquery()
    rows = list(tx.execute(select(seen).where(_has(seen.c.events, kinds)).order_by(seen.c.id.desc()).limit(most)))
    return _happenings(rows[::-1], kinds)[::-1][:most]


def message(tx: Connection, contact_id: str, bucket: int, id_: str) -> Row[Any] | None:
    """One text of a thread."""
    query = select(messages).where(_m.bucket == bucket, _m.contact_id == contact_id, _m.id == id_)
    return tx.execute(query).one_or_none()
