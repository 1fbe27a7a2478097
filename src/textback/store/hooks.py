"""Webhooks out: who is told of which events, and the deliveries to them.

Of the deliveries of one webhook in one conversation only the first that is not finished is `queued`, and so can be
claimed; the others are `behind` it. Whoever finishes one lets the next go. A claim is a lease with a fence, and the
`due_at` of one that is being sent is its end.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Integer, Row, String, and_, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql

from textback.core.ids import new_id
from textback.store import events
from textback.store.locks import HOOKS
from textback.store.many import Given, Inserts, Rows, Updates, with_keys
from textback.store.spread import by_bucket, confined, within
from textback.store.tables_hooks import webhook_deliveries, webhooks
from textback.store.vault import keys_of

_w, _d = webhooks.c, webhook_deliveries.c

SHOWN = [column for column in webhooks.c if column.name not in ("key_id", "secret", "old_secret")]
"""What may be seen of a webhook: all but its secrets."""

# ---- Webhooks ----


def add(
    tx: Connection, workspace: str, url: str, patterns: Sequence[str], secret: str, by: str, now: int
) -> str:  # fmt: skip
    """Keep a webhook; returns its id."""
    id_ = new_id()
    keys = keys_of(tx)
    row = {
        "workspace": workspace,
        "id": id_,
        "url": url,
        "events": msgspec.json.encode(patterns).decode(),
        "key_id": keys.newest,
        "secret": keys.wrap(_about(id_), secret.encode()),
        "old_secret": "",
        "old_until": None,
        "enabled": True,
        "why": "",
        "created_at": now,
        "created_by": by,
        "failures": 0,
        "open_until": None,
        "succeeded_at": None,
        "failed_at": None,
        "failed_why": "",
    }
    tx.execute(insert(webhooks), row)
    events.changed(tx, workspace)
    return id_


def _about(id_: str) -> str:
    return f"webhook {id_}"


def listed(tx: Connection, workspace: str, *, after: str = "", most: int = 10_000) -> list[Row[Any]]:
    """The webhooks, without their secrets, the oldest first."""
    query = select(*SHOWN).where(_w.workspace == workspace, _w.id > after)
    return list(tx.execute(query.order_by(_w.id).limit(most)))


def find(tx: Connection, workspace: str, id_: str) -> Row[Any] | None:
    """One webhook, without its secrets."""
    return tx.execute(select(*SHOWN).where(_w.workspace == workspace, _w.id == id_)).first()


def count(tx: Connection, workspace: str) -> int:
    """How many there are."""
    return tx.execute(select(func.count()).where(_w.workspace == workspace)).scalar() or 0


class Target(msgspec.Struct, frozen=True):
    """Where deliveries go, and the secrets that sign them, the newest first. None of them can be read where the key
    that encrypted them is gone."""

    id: str
    url: str
    patterns: tuple[str, ...]
    secrets: tuple[str, ...]
    enabled: bool = True


def targets(tx: Connection, workspace: str, now: int) -> dict[str, Target]:
    """All enabled webhooks, by id."""
    query = select(webhooks).where(_w.workspace == workspace, _w.enabled)
    return {row.id: _target(tx, row, now) for row in tx.execute(query)}


def target(tx: Connection, workspace: str, id_: str, now: int) -> Target | None:
    """One webhook, enabled or not."""
    row = tx.execute(select(webhooks).where(_w.workspace == workspace, _w.id == id_)).first()
    return None if row is None else _target(tx, row, now)


def _target(tx: Connection, row: Row[Any], now: int) -> Target:
    keys = keys_of(tx)
    kept = [row.secret]
    if row.old_secret and (row.old_until or 0) > now:
        kept.append(row.old_secret)
    found = (keys.unwrap(_about(row.id), row.key_id, one) for one in kept)
    secrets = tuple(secret.decode() for secret in found if secret is not None)
    return Target(row.id, row.url, tuple(msgspec.json.decode(row.events, type=list[str])), secrets, row.enabled)


def change(tx: Connection, workspace: str, id_: str, values: Mapping[str, Any]) -> bool:
    """Change these columns; False when there is no such webhook."""
    mine = update(webhooks).where(_w.workspace == workspace, _w.id == id_)
    done = tx.execute(mine.values(dict(values))).rowcount == 1
    if done:
        events.changed(tx, workspace)
    return done


def rotate(tx: Connection, workspace: str, id_: str, secret: str, old_until: int, now: int) -> bool:
    """Sign with this secret from now on, and until `old_until` with the one before as well."""
    old = target(tx, workspace, id_, now)
    if old is None:
        return False
    keys = keys_of(tx)
    kept = keys.wrap(_about(id_), old.secrets[0].encode()) if old.secrets and old_until > now else ""
    values = {
        "key_id": keys.newest, "secret": keys.wrap(_about(id_), secret.encode()), "old_secret": kept,
        "old_until": old_until if kept else None,
    }  # fmt: skip
    return change(tx, workspace, id_, values)


def remove(tx: Connection, workspace: str, id_: str) -> bool:
    """Forget a webhook; what was to go to it is withdrawn by `withdraw`."""
    done = tx.execute(delete(webhooks).where(_w.workspace == workspace, _w.id == id_)).rowcount == 1
    if done:
        events.changed(tx, workspace)
    return done


class Health(msgspec.Struct, frozen=True):
    """How a webhook does: failures in a row, until when (ms) nothing is tried, and its last success and failure."""

    failures: int = 0
    open_until: int | None = None
    succeeded_at: int | None = None
    failed_at: int | None = None
    failed_why: str = ""


def note_health(tx: Connection, workspace: str, found: Mapping[str, Health]) -> None:
    """Write down how webhooks do. In the order of their ids, so that no two nodes wait for each other."""
    for id_ in sorted(found):
        health = found[id_]
        values: dict[str, Any] = {"failures": health.failures, "open_until": health.open_until}
        if health.succeeded_at is not None:
            values["succeeded_at"] = health.succeeded_at
        if health.failed_at is not None:
            values |= {"failed_at": health.failed_at, "failed_why": health.failed_why}
        tx.execute(update(webhooks).where(_w.workspace == workspace, _w.id == id_).values(values))


# ---- Deliveries ----

_add = Inserts(webhook_deliveries)


def alone(tx: Connection, bucket: int | None = None) -> None:
    """Nobody else queues or finishes deliveries in this bucket, or in that of the transaction, until it ends: what is
    finished here lets the next go, and must see it. SQLite has one writer anyway."""
    if tx.dialect.name != "sqlite":
        only = confined(tx) if bucket is None else bucket
        place = -1 if only is None or not by_bucket(tx) else only
        tx.execute(text("SELECT pg_advisory_xact_lock(:k, :place)"), {"k": HOOKS, "place": place})


class Told(msgspec.Struct, frozen=True):
    """An event that somebody is to be told of."""

    bucket: int
    contact_id: str
    id: str
    kind: str
    number: int


def queue(tx: Connection, workspace: str, wanted: Sequence[tuple[Told, str]], now: int) -> set[str]:
    """Queue deliveries: pairs of an event and a webhook, in the order of the events' numbers. Returns the
    webhooks that have something to be sent at once. After `alone`."""
    contacts = {(event.bucket, event.contact_id) for event, _ in wanted}
    open_ = with_keys(
        tx, [_d.contact_id, _d.webhook_id], [_d.bucket, _d.contact_id], contacts, _d.finished_at.is_(None)
    )
    taken = {(row.contact_id, row.webhook_id) for row in open_}
    ready: set[str] = set()
    rows = []
    for event, webhook in wanted:
        pair = event.contact_id, webhook
        first = pair not in taken
        taken.add(pair)
        if first:
            ready.add(webhook)
        rows.append(
            {
                "bucket": event.bucket,
                "contact_id": event.contact_id,
                "id": new_id(),
                "workspace": workspace,
                "webhook_id": webhook,
                "event_id": event.id,
                "number": event.number,
                "kind": event.kind,
                "state": "queued" if first else "behind",
                "attempts": 0,
                "due_at": now if first else None,
                "finished_at": None,
                "fence": 0,
                "status": 0,
                "detail": "",
                "ms": 0,
                "at": now,
            }
        )
    if rows:
        _add(tx, rows)
    return ready


def waiting(tx: Connection, webhook_ids: Collection[str], now: int) -> set[str]:
    """Those of these webhooks that have something due."""
    if tx.dialect.name == "sqlite":
        sql = (
            "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM webhook_deliveries "
            "WHERE webhook_id = value AND due_at <= ?)"
        )
        found = tx.exec_driver_sql(sql, (msgspec.json.encode(list(webhook_ids)).decode(), now))
        return set(found.scalars())
    ids = func.unnest(bindparam("ids", list(webhook_ids), postgresql.ARRAY(String))).column_valued("hook")
    due = select(_d.id).where(_d.webhook_id == ids, _d.due_at <= now).exists()
    return set(tx.execute(select(ids).where(due)).scalars())


_WANTED = [
    _d.bucket, _d.contact_id, _d.id, _d.webhook_id, _d.event_id, _d.number, _d.kind, _d.attempts, _d.fence, _d.state,
]  # fmt: skip
_DUE_SQL = (
    f"SELECT {', '.join(column.name for column in _WANTED)} FROM webhook_deliveries "
    "WHERE webhook_id = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?"
)


def due(tx: Connection, rooms: Mapping[str, int], now: int) -> list[Row[Any]]:
    """What may go to each of these webhooks, up to so many each, the longest due first; locked on PostgreSQL. Each is
    looked up by itself: what waits for one costs the others nothing."""
    if tx.dialect.name == "sqlite":
        rows: list[Row[Any]] = []
        for webhook, room in rooms.items():
            rows += tx.exec_driver_sql(_DUE_SQL, (webhook, now, room))
        return rows
    ids = bindparam("ids", list(rooms), postgresql.ARRAY(String))
    most = bindparam("most", list(rooms.values()), postgresql.ARRAY(Integer))
    each = func.unnest(ids, most).table_valued("hook", "room", name="wanted").render_derived()
    mine = select(*_WANTED).where(_d.webhook_id == each.c.hook, _d.due_at <= now)
    mine = within(tx, mine, _d.bucket).order_by(_d.due_at, _d.id).limit(max(rooms.values()))
    found = mine.with_for_update(skip_locked=True).lateral("found")
    query = select(each.c.room, found).select_from(each.join(found, text("true")))
    taken: dict[str, int] = {}
    rows = []
    for row in tx.execute(query):
        taken[row.webhook_id] = taken.get(row.webhook_id, 0) + 1
        if taken[row.webhook_id] <= row.room:
            rows.append(row)
    return rows


_until = Given(b=_d.bucket, k=_d.contact_id, i=_d.id, until=_d.due_at)
_claim = Updates(
    _until,
    update(webhook_deliveries)
    .where(_d.bucket == _until.c.b, _d.contact_id == _until.c.k, _d.id == _until.c.i)
    .values(state="sending", due_at=_until.c.until, fence=_d.fence + 1, attempts=_d.attempts + 1),
)


def claim(tx: Connection, rows: Rows) -> None:
    """Lease deliveries: rows of b, k, i (the key) and until (ms). Committed before anything is posted."""
    _claim(tx, rows)


def held(tx: Connection, rows: Rows) -> set[str]:
    """The ids of those deliveries (b, k, i, f) that nobody has claimed since we did under the fence f. Locked for the
    rest of the transaction."""
    keys = [(row["b"], row["k"], row["i"]) for row in rows]
    found = with_keys(tx, [_d.id, _d.fence, _d.state], [_d.bucket, _d.contact_id, _d.id], keys, lock=True)
    fences = {row["i"]: row["f"] for row in rows}
    return {row.id for row in found if row.fence == fences[row.id] and row.state == "sending"}


_result = Given(
    b=_d.bucket, k=_d.contact_id, i=_d.id, s=_d.state, due=_d.due_at, over=_d.finished_at, c=_d.status, d=_d.detail,
    ms=_d.ms,
)  # fmt: skip
_record = Updates(
    _result,
    update(webhook_deliveries)
    .where(_d.bucket == _result.c.b, _d.contact_id == _result.c.k, _d.id == _result.c.i)
    .values(
        state=_result.c.s, due_at=_result.c.due, finished_at=_result.c.over, status=_result.c.c, detail=_result.c.d,
        ms=_result.c.ms,
    ),
)  # fmt: skip


def record(tx: Connection, rows: Rows) -> None:
    """Write down what came of deliveries: rows of b, k, i, s (state), due, over (when it was finished), c (status), d
    (detail), ms."""
    _record(tx, rows)


_next = Given(b=_d.bucket, k=_d.contact_id, w=_d.webhook_id, n=_d.number, now=_d.due_at)
_go = Updates(
    _next,
    update(webhook_deliveries)
    .where(
        _d.bucket == _next.c.b, _d.contact_id == _next.c.k, _d.webhook_id == _next.c.w, _d.number == _next.c.n,
        _d.finished_at.is_(None), _d.state == "behind",
    )
    .values(state="queued", due_at=_next.c.now),
)  # fmt: skip


def let_next_go(tx: Connection, pairs: Collection[tuple[int, str, str]], now: int) -> set[str]:
    """What is first of these (bucket, contact, webhook) now may go. Returns the webhooks that have such. After
    `alone`."""
    key = [_d.bucket, _d.contact_id, _d.webhook_id]
    first: dict[tuple[int, str, str], Any] = {}
    for row in with_keys(tx, [*key, _d.number, _d.state], key, pairs, _d.finished_at.is_(None)):
        pair = row.bucket, row.contact_id, row.webhook_id
        if pair not in first or row.number < first[pair].number:
            first[pair] = row
    # Where one is under way already, which was sent once more by hand, it is the one to let the next go.
    gone = [
        {"b": bucket, "k": contact, "w": webhook, "n": row.number, "now": now}
        for (bucket, contact, webhook), row in first.items()
        if row.state == "behind"
    ]
    if gone:
        _go(tx, gone)
    return {row["w"] for row in gone}


def log(
    tx: Connection, webhook_id: str, *, before: str = "", state: str = "", most: int = 100
) -> list[Row[Any]]:  # fmt: skip
    """The deliveries to a webhook, the newest first; `before` is the id of the last one of the page before."""
    query = select(webhook_deliveries).where(_d.webhook_id == webhook_id)
    if before:
        query = query.where(_d.id < before)
    if state:
        query = query.where(_d.state == state)
    return list(tx.execute(query.order_by(_d.id.desc()).limit(most)))


def delivery(tx: Connection, webhook_id: str, id_: str) -> Row[Any] | None:
    """One delivery to this webhook."""
    return tx.execute(select(webhook_deliveries).where(_d.webhook_id == webhook_id, _d.id == id_)).first()


def of_letter(tx: Connection, letter: Any) -> Row[Any] | None:
    """The delivery that a dead letter is about."""
    mine = and_(_d.bucket == letter.bucket, _d.contact_id == letter.contact_id, _d.id == letter.id)
    return tx.execute(select(webhook_deliveries).where(mine)).first()


def again(tx: Connection, row: Row[Any], now: int) -> set[str]:
    """Deliver an event once more, under its own id, as soon as nothing else of its conversation is under way."""
    alone(tx, row.bucket)
    event = Told(row.bucket, row.contact_id, row.event_id, row.kind, row.number)
    return queue(tx, row.workspace, [(event, row.webhook_id)], now)


def withdraw(tx: Connection, workspace: str, enabled: Collection[str], now: int, most: int = 500) -> int:
    """Give up deliveries that nobody waits for any more, because their webhook is gone or not enabled. Returns how
    many; there may be more."""
    query = select(_d.bucket, _d.contact_id, _d.id).where(
        _d.workspace == workspace, _d.finished_at.is_(None), _d.webhook_id.not_in(list(enabled))
    )
    query = within(tx, query, _d.bucket).limit(most)
    keys = [(row.bucket, row.contact_id, row.id) for row in tx.execute(query)]
    if keys:
        _record(
            tx,
            [
                {"b": b, "k": k, "i": i, "s": "withdrawn", "due": None, "over": now, "c": 0, "d": "", "ms": 0}
                for b, k, i in keys
            ],
        )
    return len(keys)


def open_counts(tx: Connection, workspace: str) -> dict[str, int]:
    """How many deliveries are not finished, by webhook."""
    query = select(_d.webhook_id, func.count().label("n")).where(_d.workspace == workspace, _d.finished_at.is_(None))
    return {row.webhook_id: row.n for row in tx.execute(query.group_by(_d.webhook_id))}
