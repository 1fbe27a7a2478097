"""What reconciliation reads and writes: how far each line's list was read, what is missing here, unknown sends."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Column, Connection, Row, and_, bindparam, func, select, update

from textback.core.messages import RANK
from textback.store.erase import erased
from textback.store.inbox import Home, find_homes
from textback.store.many import Given, Rows, Updates, insert_or_skip, with_keys
from textback.store.tables import arrivals, messages, outbox, reconciliations

_r = reconciliations.c
_o = outbox.c
_m = messages.c
_a = arrivals.c
_T = TypeVar("_T")
_CHUNK = 200


class Reading(msgspec.Struct, frozen=True):
    """One line's list that is ours to read: since when we know the line, and up to when its list has been read."""

    line: str
    began_at: int
    read_until: int


class Report(msgspec.Struct, frozen=True):
    """How the provider says that a text to this phone number stands."""

    provider_id: str
    recipient: str
    status: str
    message_id: str | None


_add = insert_or_skip(reconciliations)


def begin(tx: Connection, workspace: str, lines: Sequence[str], now: int) -> None:
    """A node has started: these lines' lists are to be read at once. A line that is new is read from now on."""
    base = {"workspace": workspace, "began_at": now, "read_until": now, "next_at": now, "holder": "", "lease_until": 0}
    _add(tx, [{**base, "line": line} for line in lines])
    tx.execute(
        update(reconciliations)
        .where(_r.workspace == workspace, _r.line.in_(lines), _r.next_at > now)
        .values(next_at=now)
    )


def take(
    tx: Connection, workspace: str, lines: Collection[str], holder: str, now: int, lease_until: int
) -> Reading | None:
    """Lease a line whose list is due and that no other node reads; None when there is none."""
    query = select(_r.line, _r.began_at, _r.read_until).where(
        _r.workspace == workspace, _r.line.in_(lines), _r.next_at <= now, _r.lease_until <= now
    )
    row = tx.execute(query.order_by(_r.next_at, _r.line).limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    tx.execute(_mine(workspace, row.line).values(holder=holder, lease_until=lease_until))
    return Reading(row.line, row.began_at, row.read_until)


def keep(tx: Connection, workspace: str, line: str, holder: str, read_until: int, lease_until: int) -> bool:
    """Its list has been read up to here. False when the lease was lost meanwhile."""
    mine = _mine(workspace, line).where(_r.holder == holder)
    return tx.execute(mine.values(read_until=read_until, lease_until=lease_until)).rowcount == 1


def release(tx: Connection, workspace: str, line: str, holder: str, next_at: int) -> None:
    """Give the line back, to be read again at `next_at`."""
    tx.execute(_mine(workspace, line).where(_r.holder == holder).values(holder="", lease_until=0, next_at=next_at))


def _mine(workspace: str, line: str) -> Any:
    return update(reconciliations).where(_r.workspace == workspace, _r.line == line)


def missing(tx: Connection, workspace: str, listed: Sequence[tuple[str, str]]) -> set[str]:
    """Which of these texts (sender, provider id) never came here, on any line."""
    homes = _homes(tx, workspace, {sender for sender, _ in listed})
    known: set[str] = set()
    keys = [(home.bucket, home.contact_id, id_) for sender, id_ in listed if (home := homes.get(sender))]
    for some in _chunks(keys):
        key = [_a.bucket, _a.contact_id, _a.provider_id]
        known.update(row.provider_id for row in with_keys(tx, [_a.provider_id], key, some, _a.kind == "message"))
    new = {id_ for _, id_ in listed} - known
    return new - erased(tx, workspace, new) if new else new  # nobody takes in again what was erased


def climbing(tx: Connection, workspace: str, reports: Sequence[Report]) -> set[tuple[str, str]]:
    """Which of these (provider id, status) are news about a text of ours."""
    homes = _homes(tx, workspace, {report.recipient for report in reports})
    told: dict[str, str] = {}
    here = [(home, report) for report in reports if (home := homes.get(report.recipient))]
    for some in _chunks(here):
        by_provider = [(home.bucket, report.provider_id) for home, report in some]
        rows = _by_provider(tx, by_provider, _m.provider_id, _m.status)
        told.update((row.provider_id, row.status) for row in rows)
        by_id = [(home.bucket, home.contact_id, report.message_id) for home, report in some if report.message_id]
        if by_id:
            rows = with_keys(tx, [_m.id, _m.status], [_m.bucket, _m.contact_id, _m.id], by_id)
            told.update((row.id, row.status) for row in rows)
    return {
        (report.provider_id, report.status)
        for _, report in here
        if (old := told.get(report.provider_id) or told.get(report.message_id or ""))
        and RANK[report.status] > RANK[old]
    }


_UNKNOWN = (
    select(
        _o.bucket, _o.contact_id, _o.id, _o.line, _o.recipient, _o.fence, _o.attempts, _o.lease_until, _m.text,
        _m.media, _m.at,
    )
    .join(messages, and_(_m.bucket == _o.bucket, _m.contact_id == _o.contact_id, _m.id == _o.id))
    .where(_o.state == "unknown")
)  # fmt: skip


def unknown_sends(tx: Connection, workspace: str, line: str, now: int, most: int) -> list[Row[Any]]:
    """Sends on this line whose fate is unknown and is worth a question now, with their texts."""
    query = _UNKNOWN.where(_o.due_at <= now, _o.workspace == workspace, _o.line == line)
    return list(tx.execute(query.order_by(_o.due_at, _o.id).limit(most)))


def still_unknown(tx: Connection, rows: Sequence[Row[Any]]) -> set[str]:
    """The ids of those of these rows that nobody has settled since. Locked for the rest of the transaction."""
    keys = [(row.bucket, row.contact_id, row.id) for row in rows]
    fences = {row.id: row.fence for row in rows}
    key = [_o.bucket, _o.contact_id, _o.id]
    found = with_keys(tx, [_o.id, _o.fence], key, keys, _o.state == "unknown", lock=True)
    return {row.id for row in found if fences[row.id] == row.fence}


def already_ours(tx: Connection, ids: Collection[tuple[int, str]]) -> set[str]:
    """Which of these provider ids (with the contact's bucket) are of messages that we know to be accepted."""
    found: set[str] = set()
    for some in _chunks(list(ids)):
        rows = _by_provider(tx, some, _m.provider_id)
        found.update(row.provider_id for row in rows)
    return found


def has_twin(tx: Connection, row: Row[Any]) -> bool:
    """Whether another text to the same contact with the same words is unknown too, or being posted: then nobody can say
    which of them the provider has."""
    query = (
        select(func.count())
        .select_from(outbox)
        .join(messages, and_(_m.bucket == _o.bucket, _m.contact_id == _o.contact_id, _m.id == _o.id))
        .where(_o.bucket == row.bucket, _o.contact_id == row.contact_id, _o.id != row.id)
        .where(_o.state != "queued", _m.text == row.text)
    )
    return bool(tx.execute(query).scalar())


_LOOK_AGAIN = (
    update(outbox)
    .where(
        _o.bucket == bindparam("b"), _o.contact_id == bindparam("k"), _o.id == bindparam("i"), _o.state == "unknown"
    )
    .values(due_at=bindparam("due"))
)  # fmt: skip


def look_again(tx: Connection, rows: Rows) -> None:
    """Ask about these (b, k, i) again at `due`."""
    tx.execute(_LOOK_AGAIN, list(rows))


_again = Given(b=_o.bucket, k=_o.contact_id, i=_o.id, now=_o.due_at)
_queue_again = Updates(
    _again,
    update(outbox)
    .where(_o.bucket == _again.c.b, _o.contact_id == _again.c.k, _o.id == _again.c.i, _o.state == "unknown")
    .values(state="queued", due_at=_again.c.now, lease_until=None),
)
_message_again = Updates(
    _again,
    update(messages)
    .where(_m.bucket == _again.c.b, _m.contact_id == _again.c.k, _m.id == _again.c.i, _m.status == "unknown")
    .values(status="queued", detail=""),
)


def queue_again(tx: Connection, rows: Rows, now: int) -> None:
    """Queue these (b, k, i), which the provider surely never took. They pass the gate again before they are posted."""
    again = [{**row, "now": now} for row in rows]
    _queue_again(tx, again)
    _message_again(tx, again)


def _by_provider(tx: Connection, keys: Collection[tuple[int, str]], *wanted: Column[Any]) -> list[Row[Any]]:
    there = _m.provider_id.is_not(None)  # what the index is made of
    return with_keys(tx, wanted, [_m.bucket, _m.provider_id], keys, there, index="messages_by_provider_id")


def _homes(tx: Connection, workspace: str, numbers: Collection[str]) -> dict[str, Home]:
    found: dict[str, Home] = {}
    for some in _chunks(sorted(numbers)):
        homes = find_homes(tx, workspace, [("phone", number) for number in some])
        found |= {identifier: home for (_, identifier), home in homes.items()}
    return found


def _chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
