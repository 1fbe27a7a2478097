"""What has been kept for long enough goes, in small steps, conversation by conversation (rule K10).

A step looks at a few contacts of one bucket, and of their rows only at those that have become old since the last whole
sweep: ids sort by time, so these lie together. Nothing here touches the ledger of consent or the suppressions.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Table, and_, delete, func, insert, or_, select, update

from textback.store import search
from textback.store.locks import SWEEPING
from textback.store.many import Deletes
from textback.store.tables import (
    arrivals,
    conversations,
    erased_texts,
    message_details,
    messages,
    privacy_requests,
    short_links,
    sweeps,
    turns,
)
from textback.store.tables_composer import pictures
from textback.store.tables_desk import audit, login_failures, login_links, web_sessions
from textback.store.tables_hooks import events, webhook_deliveries
from textback.store.tables_media import media_contents, media_files
from textback.store.tables_web import message_offers

CONTACTS = 100
"""Contacts that one step looks at."""
ROWS = 500
"""Rows of each kind that one step takes at most."""
WAITING = ("queued", "sending", "unknown")
"""Statuses of texts that may have to be sent yet."""
LEASE = 10 * 60_000
"""How long (ms) a node may be silent before another begins the sweep again."""

_m, _t, _a, _c, _w = messages.c, turns.c, arrivals.c, conversations.c, sweeps.c
_d = message_details.c


def id_at(at: int) -> str:
    """An id that sorts before all those made at this time (ms) and after."""
    return f"{max(at, 0):011x}"


class Span(msgspec.Struct, frozen=True):
    """What has become old: what was made from `since` on and before `until` (ms)."""

    since: int
    until: int


Old = Mapping[str, Span]
"""For each kind of data what has become old: messages, media, turns, arrivals, letters, audit, requests, events."""


class Step(msgspec.Struct, frozen=True):
    """What a step did: rows by kind, and the contact that it got to; None at the end of the bucket."""

    rows: dict[str, int]
    after: str | None


def _between(column: Any, span: Span) -> ColumnElement[bool]:
    return and_(column >= id_at(span.since), column < id_at(span.until))


def _texts(old: Old) -> ColumnElement[bool]:
    return and_(_between(_m.id, old["messages"]), _m.text != "", _m.status.not_in(WAITING))


def _media(old: Old) -> ColumnElement[bool]:
    return and_(_between(_m.id, old["media"]), _m.media != "[]", _m.status.not_in(WAITING))


def _pictures(old: Old) -> ColumnElement[bool]:
    """Pictures that people attached; their address leads nowhere from then on."""
    return pictures.c.id < id_at(old["media"].until)


def _files(old: Old) -> ColumnElement[bool]:
    """Files that came with texts."""
    return media_files.c.id < id_at(old["media"].until)


def _contents(old: Old) -> ColumnElement[bool]:
    """What no newer file holds."""
    return media_contents.c.newest < id_at(old["media"].until)


def _details(old: Old) -> ColumnElement[bool]:
    """What programs said of texts; of one that is to go later not before that."""
    ripe = or_(_d.send_at.is_(None), _d.send_at < old["messages"].until)
    return and_(_d.id < id_at(old["messages"].until), ripe)


def _offers(old: Old) -> ColumnElement[bool]:
    """What texts let their contacts choose from goes with the texts."""
    return message_offers.c.id < id_at(old["messages"].until)


def _arrivals(old: Old) -> ColumnElement[bool]:
    """Handled ones; those that a dead letter may want again stay for as long as it does."""
    until = old["arrivals"].until
    plain = and_(_a.data == "", _a.id < id_at(until))
    return and_(_a.handled_at.is_not(None), or_(plain, _a.id < id_at(min(until, old["letters"].until))))


def _turns(old: Old) -> ColumnElement[bool]:
    return _between(_t.id, old["turns"])


def _links(old: Old) -> ColumnElement[bool]:
    """Short links that lead nowhere any more; their clicks are in the record of turns."""
    return short_links.c.expires_at < old["turns"].until


def _previews(old: Old) -> ColumnElement[bool]:
    return and_(_c.last_at < old["messages"].until, _c.last_text != "")


def _events(old: Old) -> ColumnElement[bool]:
    return events.c.at < old["events"].until


def _deliveries(old: Old) -> ColumnElement[bool]:
    """Those that are finished. One that is not finds its event gone when its turn comes, and lets the next go."""
    return webhook_deliveries.c.finished_at < old["events"].until


_BY_CONTACT: dict[str, tuple[Table, Callable[[Old], ColumnElement[bool]], dict[str, str] | None]] = {
    "messages": (messages, _texts, {"text": ""}),
    "details": (message_details, _details, None),
    "offers": (message_offers, _offers, None),
    "media": (messages, _media, {"media": "[]"}),
    "pictures": (pictures, _pictures, None),
    "files": (media_files, _files, None),
    "contents": (media_contents, _contents, None),
    "turns": (turns, _turns, None),
    "arrivals": (arrivals, _arrivals, None),
    "links": (short_links, _links, None),
    "events": (events, _events, None),
    "deliveries": (webhook_deliveries, _deliveries, None),
    "previews": (conversations, _previews, {"last_text": ""}),
}
"""Each kind: its table, which rows, and what they lose; None for all of the row."""


def step(tx: Connection, workspace: str, bucket: int, after: str, old: Old) -> Step:
    """Take one step through a bucket's conversations, from the contact `after` on."""
    query = select(_c.contact_id).where(_c.bucket == bucket, _c.contact_id > after, _c.workspace == workspace)
    ids = list(tx.execute(query.order_by(_c.contact_id).limit(CONTACTS)).scalars())
    if not ids:
        return Step({}, None)
    rows: dict[str, int] = {}
    full = False
    for kind, (table, which, loses) in _BY_CONTACT.items():
        mine = (table.c.bucket == bucket, table.c.contact_id.in_(ids), which(old))
        count = _take(tx, table, mine, loses)
        full = full or count == ROWS
        if count:
            rows[kind] = count
    return Step(rows, after if full else ids[-1] if len(ids) == CONTACTS else None)


def _take(
    tx: Connection,
    table: Table,
    which: Sequence[ColumnElement[bool]],
    loses: Mapping[str, str] | None,
    most: int = ROWS,
) -> int:
    key = list(table.primary_key.columns)
    rows = [dict(row._mapping) for row in tx.execute(select(*key).where(*which).limit(most))]
    if not rows:
        return 0
    if loses is None and len(key) > 1:
        Deletes(table, **{column.name: column for column in key})(tx, rows)
        return len(rows)
    last = key[-1]
    mine = [last.in_([row[last.name] for row in rows])]
    if loses is None:
        tx.execute(delete(table).where(*mine))
        return len(rows)
    # What comes before the last column of the key is the same for a few contacts of one bucket.
    mine += [table.c.bucket == rows[0]["bucket"], table.c.contact_id.in_({row["contact_id"] for row in rows})]
    tx.execute(update(table).where(*mine).values(dict(loses)))
    if table is messages and "text" in loses:
        search.remove_texts(tx, [(row["bucket"], row["contact_id"], row["id"]) for row in rows])
    return len(rows)


def others(tx: Connection, workspace: str, old: Old, now: int) -> tuple[dict[str, int], bool]:
    """Take a batch of what belongs to no contact; says whether more is left."""
    rows: dict[str, int] = {}
    for kind, table, which in _others(workspace, old, now):
        count = _take(tx, table, which, None)
        if count:
            rows[kind] = rows.get(kind, 0) + count
    return rows, ROWS in rows.values()


def _others(workspace: str, old: Old, now: int) -> list[tuple[str, Table, list[ColumnElement[bool]]]]:
    p, e = privacy_requests.c, erased_texts.c
    return [
        ("audit", audit, [audit.c.workspace == workspace, audit.c.id < id_at(old["audit"].until)]),
        ("requests", privacy_requests, [p.workspace == workspace, p.id < id_at(old["requests"].until)]),
        ("erased_texts", erased_texts, [e.workspace == workspace, e.at < old["requests"].until]),
        ("web_sessions", web_sessions, [web_sessions.c.expires_at < now]),
        ("login_links", login_links, [login_links.c.expires_at < now]),
        ("login_failures", login_failures, [login_failures.c.until < now]),
    ]


def counts(tx: Connection, workspace: str, old: Old, now: int) -> dict[str, int]:
    """How many rows of each kind are old. It looks at all of them: for people who ask, not for the sweep."""
    found = {}
    for kind, (table, which, _) in _BY_CONTACT.items():
        query = select(func.count()).select_from(table).where(table.c.workspace == workspace, which(old))
        found[kind] = tx.execute(query).scalar() or 0
    for kind, table, conditions in _others(workspace, old, now):
        found[kind] = tx.execute(select(func.count()).select_from(table).where(*conditions)).scalar() or 0
    return found


# ---- Whose turn it is ----


class Swept(msgspec.Struct, frozen=True):
    """How sweeps have gone: the next is due at `next_at`, the last one began and finished then, up to where each kind
    has been swept, and how many rows went."""

    next_at: int
    began_at: int | None
    finished_at: int | None
    floors: dict[str, int]
    counts: dict[str, int]


def last(tx: Connection, workspace: str) -> Swept | None:
    """The state of the sweep; None before its first night."""
    row: Row[Any] | None = tx.execute(select(sweeps).where(_w.workspace == workspace)).first()
    if row is None:
        return None
    floors, done = (msgspec.json.decode(text, type=dict[str, int]) for text in (row.floors, row.counts))
    return Swept(row.next_at, row.began_at, row.finished_at, floors, done)


def begin(tx: Connection, workspace: str, now: int, first: int) -> Swept | None:
    """Take the sweep that is due, so that no other node does; None where none is. The first one is due at `first`."""
    if tx.dialect.name == "postgresql":
        taken = tx.execute(select(func.pg_try_advisory_xact_lock(SWEEPING))).scalar()
        if not taken:
            return None
    known = last(tx, workspace)
    if known is None:
        row = {"workspace": workspace, "next_at": first, "began_at": None, "finished_at": None}
        tx.execute(insert(sweeps), {**row, "floors": "{}", "counts": "{}"})
        return None
    mine = update(sweeps).where(_w.workspace == workspace, _w.next_at <= now)
    began = tx.execute(mine.values(next_at=now + LEASE, began_at=now)).rowcount == 1
    return known if began else None


def go_on(tx: Connection, workspace: str, began_at: int, now: int) -> bool:
    """Keep the sweep for another while; False when another node has begun it again."""
    mine = update(sweeps).where(_w.workspace == workspace, _w.began_at == began_at)
    return tx.execute(mine.values(next_at=now + LEASE)).rowcount == 1


def finish(
    tx: Connection, workspace: str, began_at: int, now: int, next_at: int, floors: Mapping[str, int],
    done: Mapping[str, int],
) -> bool:  # fmt: skip
    """All has been gone through. False when another node has begun it again."""
    written = {"floors": msgspec.json.encode(floors).decode(), "counts": msgspec.json.encode(done).decode()}
    mine = update(sweeps).where(_w.workspace == workspace, _w.began_at == began_at)
    return tx.execute(mine.values(finished_at=now, next_at=next_at, **written)).rowcount == 1
