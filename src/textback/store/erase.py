"""Erasing what is kept of one contact, table by table, and the log of people's requests (rules P1, P6, K10).

What each table loses is in ERASED: a table that knows contacts and is not in it fails a test.
"""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Table, case, delete, func, insert, select, update

from textback.core.ids import bucket_of, new_id
from textback.core.phone import mask
from textback.store import contact_imports, merges, search
from textback.store.many import insert_or_skip
from textback.store.tables import (
    addresses,
    arrivals,
    consent_events,
    conversations,
    erased_texts,
    metadata,
    privacy_requests,
    rejected_webhooks,
    suppressions,
)

Rule = Literal["delete", "keep"] | Mapping[str, Any]
ERASED: dict[str, Rule] = {
    "contacts": "delete",
    "addresses": "delete",
    # What is left says that there was somebody, so that what is still on its way to them is not taken for theirs.
    "conversations": {
        "state": "", "status": "archived", "owner_kind": "bot", "owner_id": "", "address": "", "last_text": "",
        "last_author": "", "waiting_since": None, "unread": 0, "priority": 0, "snoozed_until": None,
    },
    "arrivals": "delete",
    # Reports count them: when, which way, of which class, what became of it by which rule.
    "messages": {"text": "", "media": "[]", "detail": "", "provider_id": None},
    "message_details": "delete",
    "message_offers": "delete",
    "pictures": "delete",
    "media_files": "delete",
    "media_contents": "delete",
    "contact_values": "delete",
    "outbox": "delete",
    "early_statuses": "delete",
    "dead_letters": "delete",
    "timers": "delete",
    "jobs": "delete",
    "model_calls": "delete",
    "handoffs": "delete",
    "gate_decisions": "keep",  # by which rule a text went, was held or refused, and when
    "short_links": "delete",
    "events": "delete",  # but that they were erased, which is written down after it
    "webhook_deliveries": "delete",
    "sessions": "keep",  # which flow, when, and how it ended
    "turns": "delete",
    "suppressions": "keep",
    "agreements": "delete",
    "consent_heads": "keep",
    "contact_keys": "delete",
    "consent_events": "keep",  # what they said in it goes with their key; see pipeline.erase
    "privacy_requests": "keep",
    "search_texts": "delete",
    "search_people": "delete",
    "merged_contacts": "delete",
}  # fmt: skip
"""What becomes of a contact's rows: they go, stay, or lose the named values."""

_c, _p = conversations.c, privacy_requests.c
_add_erased = insert_or_skip(erased_texts)


class Person(msgspec.Struct, frozen=True):
    """A contact, by the address that they have."""

    contact_id: str
    address: str

    @property
    def bucket(self) -> int:
        """Where their rows are."""
        return bucket_of(self.contact_id)


def person(tx: Connection, workspace: str, *, number: str = "", contact_id: str = "") -> Person | None:
    """Who has this number, or is this contact; None for nobody, and for one who was erased."""
    if number:
        a = addresses.c
        query = select(a.contact_id, a.identifier).where(a.workspace == workspace, a.identifier == number)
        for row in tx.execute(query):
            return Person(row.contact_id, row.identifier)
        return None
    if not contact_id or any(char not in "0123456789abcdef" for char in contact_id):
        return None
    known = select(_c.address).where(
        _c.workspace == workspace, _c.bucket == bucket_of(contact_id), _c.contact_id == contact_id, _c.address != ""
    )
    address = tx.execute(known).scalar()
    return Person(contact_id, address) if address else None


def whole(tx: Connection, workspace: str, who: Person) -> list[Person]:
    """A contact, and then all that are merged with it."""
    others = [one for one in merges.whole(tx, workspace, who.contact_id) if one != who.contact_id]
    found = [person(tx, workspace, contact_id=one) for one in others]
    return [who, *(one for one in found if one is not None)]


def lock(tx: Connection, who: Person) -> Row[Any] | None:
    """Their conversation, once no turn is under way in it, locked for the rest of the transaction; None when another
    has erased it meanwhile."""
    query = select(_c.address, _c.opted_out, _c.message_count).where(
        _c.bucket == who.bucket, _c.contact_id == who.contact_id, _c.address != ""
    )
    rows: list[Row[Any]] = list(tx.execute(query.with_for_update()))
    return rows[0] if rows else None


def waiting(tx: Connection, who: Person) -> list[str]:
    """What has come from them and has not had its turn, oldest first, as the inbox keeps it."""
    a = arrivals.c
    query = select(a.data).where(*_mine(arrivals, who), a.handled_at.is_(None)).order_by(a.id)
    return [row.data for row in tx.execute(query)]


def _mine(table: Table, who: Person) -> list[ColumnElement[bool]]:
    key = table.c.id if table.name == "contacts" else table.c.contact_id
    mine = [key == who.contact_id]
    if "bucket" in table.c and table.name != "addresses":
        mine.append(table.c.bucket == who.bucket)
    return mine


def counts(tx: Connection, workspace: str, who: Person) -> dict[str, int]:
    """How many rows of each table an erasure would take away or empty."""
    found = {}
    for name, rule in ERASED.items():
        if rule != "keep":
            rows = select(func.count()).select_from(metadata.tables[name]).where(*_mine(metadata.tables[name], who))
            found[name] = tx.execute(rows).scalar() or 0
    found["rejected_webhooks"] = len(_webhooks(tx, workspace, who.address))
    found["contact_import_refused"] = contact_imports.count_person(tx, workspace, who.address)
    return {name: count for name, count in found.items() if count}


def erase(tx: Connection, workspace: str, who: Person, now: int) -> dict[str, int]:
    """Take away what is kept of them, in the conversation that `lock` has locked. Returns the rows of each table."""
    _remember_texts(tx, workspace, who, now)
    merges.forget(tx, workspace, who.contact_id)
    done: dict[str, int] = {}
    for name, rule in ERASED.items():
        table = metadata.tables[name]
        if rule == "keep":
            continue
        if rule == "delete":
            done[name] = tx.execute(delete(table).where(*_mine(table, who))).rowcount
        else:
            values: dict[str, Any] = dict(rule)
            if name == "messages":
                queued = table.c.status == "queued"
                values |= {"status": case((queued, "canceled"), else_=table.c.status)}
                values |= {"rule": case((queued, "P1"), else_=table.c.rule)}
            done[name] = tx.execute(update(table).where(*_mine(table, who)).values(values)).rowcount
    search.forget(tx, who.contact_id)  # after their texts, so that nothing that is being added comes later
    ids = _webhooks(tx, workspace, who.address)
    r = rejected_webhooks.c
    if ids:
        tx.execute(delete(rejected_webhooks).where(r.workspace == workspace, r.id.in_(ids)))
        done["rejected_webhooks"] = len(ids)
    done["contact_import_refused"] = contact_imports.forget_person(tx, workspace, who.address)
    return {name: count for name, count in done.items() if count}


class _Raw(msgspec.Struct):
    """What is kept of a rejected webhook: see pipeline.quarantine."""

    url: str
    query: str
    body: bytes


_raw = msgspec.json.Decoder(_Raw)


def _webhooks(tx: Connection, workspace: str, address: str) -> list[str]:
    """Rejected webhooks that name this number, with its country's code or without."""
    r = rejected_webhooks.c
    digits = "".join(char for char in address if char.isdecimal()).removeprefix("1")
    if len(digits) < 7:
        return []
    found = []
    for row in tx.execute(select(r.id, r.raw).where(r.workspace == workspace, r.raw != "")):
        try:
            kept = _raw.decode(row.raw)
        except msgspec.DecodeError:  # of another release: nobody can take it in, or say whose it is
            found.append(row.id)
            continue
        if digits.encode() in kept.body or digits in kept.query or digits in kept.url:
            found.append(row.id)
    return found


def keep_opt_out(tx: Connection, workspace: str, who: Person, now: int) -> None:
    """That they have opted out stays with the contact that they were."""
    s = suppressions.c
    mine = (s.bucket == who.bucket, s.contact_id == who.contact_id, s.family == "phone")
    if tx.execute(select(s.since).where(*mine)).first() is None:
        key = {"bucket": who.bucket, "contact_id": who.contact_id, "family": "phone", "workspace": workspace}
        tx.execute(insert(suppressions), {**key, "rule": "O6", "since": now})
    tx.execute(update(conversations).where(*_mine(conversations, who)).values(opted_out=True))


def clear_words(tx: Connection, who: Person) -> None:
    """Take what they wrote out of the record of their consent."""
    written = consent_events.c.raw_text != ""  # by a release without the ledger's keys
    tx.execute(update(consent_events).where(*_mine(consent_events, who), written).values(raw_text=""))


# ---- What must not come back ----


def digest(provider_id: str) -> str:
    """How an erased text is remembered. A provider's id is long and random: nobody finds it by trying."""
    return hashlib.sha256(provider_id.encode()).hexdigest()


def _remember_texts(tx: Connection, workspace: str, who: Person, now: int) -> None:
    a = arrivals.c
    rows = tx.execute(select(a.provider_id).where(*_mine(arrivals, who), a.kind == "message"))
    found = [{"workspace": workspace, "digest": digest(row.provider_id), "at": now} for row in rows]
    if found:
        _add_erased(tx, found)


def erased(tx: Connection, workspace: str, provider_ids: Collection[str]) -> set[str]:
    """Those of these provider ids that are of texts that were erased."""
    by_digest = {digest(id_): id_ for id_ in provider_ids}
    e = erased_texts.c
    found: set[str] = set()
    digests = list(by_digest)
    for at in range(0, len(digests), 500):
        query = select(e.digest).where(e.workspace == workspace, e.digest.in_(digests[at : at + 500]))
        found.update(by_digest[row.digest] for row in tx.execute(query))
    return found


def leave_address(tx: Connection, workspace: str, identifier: str, contact_id: str) -> None:
    """This number does not belong to this contact, who was erased."""
    a = addresses.c
    mine = (a.workspace == workspace, a.identifier == identifier, a.contact_id == contact_id)
    tx.execute(delete(addresses).where(*mine))


# ---- Requests ----


def log_request(
    tx: Connection,
    workspace: str,
    kind: Literal["access", "erasure"],
    actor: str,
    now: int,
    *,
    contact_id: str = "",
    number: str = "",
    reference: str = "",
    outcome: Literal["done", "nobody"] = "done",
    data: Mapping[str, int] | None = None,
) -> str:
    """Note that somebody asked, and what came of it (P6, K10). Returns the request's id."""
    id_ = new_id()
    row = {
        "workspace": workspace,
        "id": id_,
        "kind": kind,
        "contact_id": contact_id,
        "reference": reference,
        "shown": mask(number) if number else "",
        "actor": actor,
        "received_at": now,
        "answered_at": now,
        "outcome": outcome,
        "data": msgspec.json.encode(data or {}).decode(),
    }
    tx.execute(insert(privacy_requests), row)
    return id_


def requests(tx: Connection, workspace: str, most: int = 100) -> list[Row[Any]]:
    """The latest requests, newest first."""
    query = select(privacy_requests).where(_p.workspace == workspace).order_by(_p.id.desc()).limit(most)
    return list(tx.execute(query))
