"""The inbox: arrivals stored once, under the contact they belong to, in the order they came."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select, update

from textback.core.evidence import Evidence
from textback.core.ids import bucket_of, new_contact_id, new_id
from textback.store.ledger import Fact, record, standing_of
from textback.store.listed import Listed, find_listed
from textback.store.many import Given, Inserts, Pairs, Updates, insert_or_skip, with_keys
from textback.store.requests import Once
from textback.store.spread import within
from textback.store.tables import addresses, arrivals, contacts, conversations


class Incoming(msgspec.Struct, frozen=True):
    """One arrival to store. `provider_id` and `kind` make it unique on its line; `data` is its JSON.

    `create` is False for arrivals that must not bring a new contact into being, such as a delivery status.
    `received_at` (ms) is when it came, where that is not the moment of storing; `once` the key of the request that
    brought it.
    """

    id: str
    line: str
    kind: str
    provider_id: str
    data: str
    family: str
    identifier: str
    contact_id: str = ""
    create: bool = True
    received_at: int = 0
    once: Once | None = None


class Home(msgspec.Struct, frozen=True):
    """Where an address lives: its contact and that contact's bucket."""

    contact_id: str
    bucket: int


_add_arrivals = insert_or_skip(arrivals)
_add_addresses = insert_or_skip(addresses)
_LATER = ("name", "zone", "region", "zone_source")  # what is not known of a stranger
_add_contacts = Inserts(contacts, omit=_LATER)
_add_conversations = Inserts(conversations)
_open_contacts = Inserts(contacts, omit=_LATER, suffix="ON CONFLICT DO NOTHING")
_open_conversations = insert_or_skip(conversations)


def find_homes(tx: Connection, workspace: str, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Home]:
    """The homes of those of the wanted (family, identifier) pairs that are known."""
    a = addresses.c
    keys = [(workspace, *pair) for pair in wanted]
    columns = [a.family, a.identifier, a.contact_id, a.bucket]
    rows = with_keys(tx, columns, [a.workspace, a.family, a.identifier], keys)
    return {(row.family, row.identifier): Home(row.contact_id, row.bucket) for row in rows}


def make_homes(
    tx: Connection,
    workspace: str,
    wanted: dict[tuple[str, str], str],
    now: int,
    last_at: Mapping[tuple[str, str], int] | None = None,
) -> dict[tuple[str, str], Home]:
    """Find or make the contact of each wanted address; the value is the line that the conversation starts on. `last_at`
    (ms) is when the newest thing happened in it, where that is not now.

    Two nodes may meet the same stranger at once: the unique address decides who wins, and the loser adopts.
    """
    mine = {key: new_contact_id() for key in wanted}
    _add_addresses(
        tx,
        [
            {"workspace": workspace, "family": f, "identifier": i, "bucket": bucket_of(cid), "contact_id": cid}
            for (f, i), cid in mine.items()
        ],
    )
    homes = find_homes(tx, workspace, wanted)
    won = [(key, home) for key, home in homes.items() if home.contact_id == mine[key]]
    if won:
        out = _suppressed(tx, workspace, [key for key, _ in won])
        _add_contacts(
            tx, [{"bucket": h.bucket, "id": h.contact_id, "workspace": workspace, "created_at": now} for _, h in won]
        )
        rows = [_fresh_conversation(h, workspace, wanted[key], key[1], now, key in out) for key, h in won]
        if last_at is not None:
            rows = [{**row, "last_at": last_at[key]} for row, (key, _) in zip(rows, won, strict=True)]
        _add_conversations(tx, rows)
        record(tx, [_still_out(h, workspace, key, out[key], now) for key, h in won if key in out], new=True)
    return homes


def _suppressed(tx: Connection, workspace: str, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Listed]:
    """Those of these new addresses whose number was suppressed before there was a contact (P3)."""
    found = find_listed(tx, workspace, [identifier for family, identifier in wanted if family == "phone"])
    return {("phone", identifier): listed for identifier, listed in found.items()}


def _still_out(home: Home, workspace: str, key: tuple[str, str], listed: Listed, now: int) -> Fact:
    """The entry by which a new contact begins opted out."""
    evidence = Evidence(method="import", source=listed.source)
    return Fact(
        id=new_id(), contact_id=home.contact_id, workspace=workspace, type="opt_out", occurred_at=listed.since,
        recorded_at=now, rule="P3", matched_by="rule", family=key[0], number=key[1], evidence=evidence,
    )  # fmt: skip


def settle_address(tx: Connection, workspace: str, key: tuple[str, str], *, create: bool) -> Home | None:
    """Find the home of one address (family, identifier), or `create` it, where tables are spread by bucket.

    Its conversation belongs to another server, which would have to commit together with this one. So it comes after
    this is committed: see `open_conversations`.
    """
    family, identifier = key
    homes = find_homes(tx, workspace, [key])
    if not homes and create:
        id_ = new_contact_id()
        row = {"family": family, "identifier": identifier, "bucket": bucket_of(id_), "contact_id": id_}
        _add_addresses(tx, [{"workspace": workspace, **row}])
        homes = find_homes(tx, workspace, [key])
    return homes.get(key)


def open_conversations(
    tx: Connection, workspace: str, wanted: dict[tuple[str, str], tuple[Home, str]], now: int
) -> None:
    """Make what belongs to these addresses' homes, where a node has not done so or died before it could. The value is
    the home and the line that the conversation starts on."""
    homes = [(key[1], home, line) for key, (home, line) in wanted.items()]
    _open_contacts(
        tx, [{"bucket": h.bucket, "id": h.contact_id, "workspace": workspace, "created_at": now} for _, h, _ in homes]
    )
    _open_conversations(tx, [_fresh_conversation(h, workspace, line, address, now) for address, h, line in homes])
    out = _suppressed(tx, workspace, wanted)
    known = standing_of(tx, [(wanted[key][0].bucket, wanted[key][0].contact_id) for key in out]) if out else {}
    fresh = [(key, wanted[key][0]) for key in out if wanted[key][0].contact_id not in known]
    if fresh:
        ids = [home.contact_id for _, home in fresh]
        tx.execute(
            update(conversations)
            .where(conversations.c.bucket == fresh[0][1].bucket, conversations.c.contact_id.in_(ids))
            .values(opted_out=True)
        )
        record(tx, [_still_out(home, workspace, key, out[key], now) for key, home in fresh])


def _fresh_conversation(
    home: Home, workspace: str, line: str, identifier: str, now: int, opted_out: bool = False
) -> dict[str, Any]:
    return {
        "bucket": home.bucket,
        "contact_id": home.contact_id,
        "workspace": workspace,
        "state": "",
        "status": "new",
        "owner_kind": "bot",
        "owner_id": "",
        "line": line,
        "address": identifier,
        "last_text": "",
        "last_author": "",
        "last_at": now,
        "waiting_since": None,
        "unread": 0,
        "message_count": 0,
        "opted_out": opted_out,
        "created_at": now,
        "priority": 0,
        "snoozed_until": None,
    }


def store_arrivals(
    tx: Connection, workspace: str, items: Sequence[Incoming], known: dict[tuple[str, str], Home], now: int
) -> dict[tuple[str, str], Home]:
    """Store arrivals, each at most once. `known` are addresses already looked up; returns the newly found ones.

    An arrival for an address that nobody has, and that must not create one, is dropped.
    """
    missing = {
        (i.family, i.identifier): i.line for i in items if not i.contact_id and (i.family, i.identifier) not in known
    }
    found = find_homes(tx, workspace, missing) if missing else {}
    strangers = {(i.family, i.identifier): i.line for i in items if i.create and not i.contact_id}
    strangers = {key: line for key, line in strangers.items() if key in missing and key not in found}
    if strangers:
        found |= make_homes(tx, workspace, strangers, now)
    rows = []
    for item in items:
        key = (item.family, item.identifier)
        contact_id = item.contact_id
        if not contact_id:
            home = known.get(key) or found.get(key)
            if home is None:
                continue
            contact_id = home.contact_id
        rows.append(
            {
                "bucket": bucket_of(contact_id),
                "id": item.id,
                "workspace": workspace,
                "contact_id": contact_id,
                "line": item.line,
                "kind": item.kind,
                "provider_id": item.provider_id,
                "data": item.data,
                "received_at": item.received_at or now,
                "handled_at": None,
            }
        )
    if rows:
        _add_arrivals(tx, rows)
    return found


_PENDING = (
    select(
        arrivals.c.bucket,
        arrivals.c.contact_id,
        arrivals.c.line,
        arrivals.c.provider_id,
        arrivals.c.kind,
        arrivals.c.id,
        arrivals.c.data,
        arrivals.c.received_at,
    )
    .where(arrivals.c.handled_at.is_(None))
    .order_by(arrivals.c.id)
)
_PENDING_SOME = _PENDING.limit(bindparam("most"))
_PENDING_BUT = _PENDING_SOME.where(arrivals.c.id.not_in(bindparam("without", expanding=True)))


def pending(tx: Connection, most: int, without: Collection[str] = ()) -> list[Row[Any]]:
    """Unhandled arrivals, oldest first, but not those `without`."""
    given: dict[str, Any] = {"most": most, "without": without} if without else {"most": most}
    query = _PENDING_BUT if without else _PENDING_SOME
    rows: Any = tx.execute(within(tx, query, arrivals.c.bucket), given).all()
    return list(rows)


def pending_of(tx: Connection, contact_ids: Collection[str]) -> list[Row[Any]]:
    """All unhandled arrivals of these contacts, oldest first."""
    return _PENDING_OF(tx, [(bucket_of(id_), id_) for id_ in contact_ids])


_PENDING_OF = Pairs(lambda pair: _PENDING.select_from(pair.source).join(arrivals, pair.on(arrivals)))


_a = arrivals.c
_g = Given(b=_a.bucket, k=_a.contact_id, l=_a.line, p=_a.provider_id, t=_a.kind, at=_a.handled_at, d=_a.data)
_handled = Updates(
    _g,
    update(arrivals)
    .where(
        _a.bucket == _g.c.b,
        _a.contact_id == _g.c.k,
        _a.line == _g.c.l,
        _a.provider_id == _g.c.p,
        _a.kind == _g.c.t,
    )
    .values(handled_at=_g.c.at, data=_g.c.d),
)


def mark_handled(tx: Connection, rows: Sequence[Row[Any]], now: int, kept: Collection[str] = ()) -> None:
    """These arrivals, as `pending` gave them, have had their turn. Their row goes on keeping them unique, but not what
    they said; only of those that are `kept`, by id, which somebody may want to take in again."""
    _handled(
        tx,
        [
            {"b": r.bucket, "k": r.contact_id, "l": r.line, "p": r.provider_id, "t": r.kind, "at": now,
             "d": r.data if r.id in kept else ""}
            for r in rows
        ],
    )  # fmt: skip


def stored_as(tx: Connection, contact_id: str, line: str, provider_id: str, kind: str) -> Row[Any] | None:
    """The arrival that has this key: id, handled_at."""
    a = arrivals.c
    query = select(a.id, a.handled_at).where(
        a.bucket == bucket_of(contact_id), a.contact_id == contact_id, a.line == line,
        a.provider_id == provider_id, a.kind == kind,
    )  # fmt: skip
    rows: list[Row[Any]] = list(tx.execute(query))
    return rows[0] if rows else None


def backlog(tx: Connection) -> int:
    """How many arrivals wait for their turn, counted to 10,000."""
    query = select(arrivals.c.id).where(arrivals.c.handled_at.is_(None)).limit(10_000)
    return len(tx.execute(query).all())
