"""The ledger of consent (compliance.md section 2): entries are appended, chained and folded into what holds now.

Each contact has a chain of their own, so that it is written in the transaction of the turn and lies in the contact's
bucket. Whoever appends holds the contact's conversation locked, or has just made the contact.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, delete, select

from textback.compliance.ledger import BEGINNING, Entry, LedgerStanding, fold, happened, row_hash
from textback.core.errors import TextbackError
from textback.core.evidence import NO_EVIDENCE, Evidence
from textback.core.ids import bucket_of
from textback.store.many import Deletes, Inserts, Pair, Pairs, insert_or_skip, upserter
from textback.store.tables import agreements, consent_events, consent_heads, contact_keys, suppressions
from textback.store.vault import ContactKey, Keyring, keys_of, new_secret


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to a contact's consent. Times are ms; `recorded_at` is now.

    `number` and `raw_text`, and the address and browser of the evidence, are kept encrypted. `pending_until`: it counts
    only once they have answered (K5). `confirmation_id` is the text that confirms it to them.
    """

    id: str
    contact_id: str
    workspace: str
    type: str
    occurred_at: int
    recorded_at: int
    rule: str
    matched_by: str
    family: str = "phone"
    line: str = ""
    brand: str = ""
    number: str = ""
    raw_text: str = ""
    arrival_id: str = ""
    evidence: Evidence = NO_EVIDENCE
    pending_until: int | None = None
    confirmation_id: str = ""


_e, _h, _k = consent_events.c, consent_heads.c, contact_keys.c


def _folded(pair: Pair) -> Select[Any]:
    columns = (
        _e.contact_id, _e.id, _e.type, _e.occurred_at, _e.family, _e.programme, _e.message_class, _e.method, _e.rule,
        _e.pending_until, _e.wording, _e.source, _e.action,
    )  # fmt: skip
    return select(*columns).select_from(pair.source).join(consent_events, pair.on(consent_events))


def _headed(pair: Pair) -> Select[Any]:
    heads = select(_h.contact_id, _h.entries, _h.row_hash).select_from(pair.source)
    return heads.join(consent_heads, pair.on(consent_heads))


def _keyed(pair: Pair) -> Select[Any]:
    keys = select(_k.contact_id, _k.key_id, _k.wrapped).select_from(pair.source)
    return keys.join(contact_keys, pair.on(contact_keys))


_FOLDED, _HEADS, _KEYS = Pairs(_folded), Pairs(_headed), Pairs(_keyed)
_add_events = Inserts(consent_events)
_set_heads = upserter(consent_heads, ["bucket", "contact_id"], ["entries", "row_hash", "key_id", "seal"])
_add_keys = insert_or_skip(contact_keys)
_add_suppressions = Inserts(suppressions)
_add_agreements = Inserts(agreements)
_s, _a = suppressions.c, agreements.c
_no_suppressions = Deletes(suppressions, b=_s.bucket, k=_s.contact_id)
_no_agreements = Deletes(agreements, b=_a.bucket, k=_a.contact_id)


def entry_of(row: Any) -> Entry:
    """What the fold reads of a row."""
    proven = Evidence(wording=row.wording, source=row.source, action=row.action).complete
    return Entry(
        row.id, row.type, row.occurred_at, row.family, row.programme, row.message_class, row.method, row.rule,
        row.pending_until, proven,
    )  # fmt: skip


def standing_of(tx: Connection, contacts: Collection[tuple[int, str]]) -> dict[str, LedgerStanding]:
    """Where these contacts (bucket, id) stand by the ledger; those without an entry are left out."""
    found: dict[str, list[Entry]] = {}
    for row in _FOLDED(tx, contacts):
        found.setdefault(row.contact_id, []).append(entry_of(row))
    return {contact_id: fold(entries) for contact_id, entries in found.items()}


def record(tx: Connection, facts: Sequence[Fact], *, new: bool = False) -> dict[str, LedgerStanding]:
    """Append entries and bring suppressions and agreements up to date. Returns where each contact stands now.

    `new`: these contacts were made in this transaction, and so have no entries yet.
    """
    if not facts:
        return {}
    keys = keys_of(tx)
    contacts = sorted({(bucket_of(fact.contact_id), fact.contact_id) for fact in facts})
    heads: dict[str, tuple[int, str]] = {}
    if not new:
        heads = {row.contact_id: (row.entries, row.row_hash) for row in _HEADS(tx, contacts)}
    secrets = _contact_keys(tx, keys, contacts, facts[0].workspace, new=new)
    rows = []
    for fact in facts:
        seq, before = heads.get(fact.contact_id, (0, BEGINNING))
        row = _row(fact, secrets[fact.contact_id], seq + 1, before)
        heads[fact.contact_id] = (seq + 1, row["row_hash"])
        rows.append(row)
    _add_events(tx, rows)
    _set_heads(tx, [_head(keys, fact, *heads[fact.contact_id]) for fact in _last(facts)])
    standing = _fold_rows(rows) if new else standing_of(tx, contacts)
    _settle(tx, facts[0].workspace, standing, new=new)
    return standing


def _last(facts: Iterable[Fact]) -> Collection[Fact]:
    return {fact.contact_id: fact for fact in facts}.values()


def _row(fact: Fact, key: ContactKey, seq: int, before: str) -> dict[str, Any]:
    given = fact.evidence
    occurred_at, claimed_at = happened(fact.occurred_at, fact.recorded_at)
    personal = {
        "number": fact.number,
        "raw_text": fact.raw_text,
        "ip": given.ip,
        "user_agent": given.user_agent,
        "session": given.session,
    }
    row = {
        "bucket": bucket_of(fact.contact_id),
        "contact_id": fact.contact_id,
        "id": fact.id,
        "workspace": fact.workspace,
        "type": fact.type,
        "line": fact.line,
        "matched_by": fact.matched_by,
        "rule": fact.rule,
        "raw_text": "",
        "arrival_id": fact.arrival_id,
        "occurred_at": occurred_at,
        "recorded_at": fact.recorded_at,
        "family": fact.family,
        "brand": fact.brand,
        "programme": given.programme,
        "message_class": given.message_class,
        "method": given.method,
        "wording": given.wording,
        "wording_version": given.wording_version,
        "language": given.language,
        "action": given.action,
        "source": given.source,
        "actor": given.actor,
        "hidden": key.hide(fact.id, {name: value for name, value in personal.items() if value}),
        # It holds with the transaction that records it: what is posted afterwards asks the gate first.
        "honoured_at": fact.recorded_at if fact.type in ("opt_out", "erase") else None,
        "confirmation_id": fact.confirmation_id,
        "claimed_at": claimed_at,
        "pending_until": fact.pending_until,
        "seq": seq,
        "prev_hash": before,
    }
    row["row_hash"] = row_hash(row)
    return row


def _head(keys: Keyring, fact: Fact, entries: int, hash_: str) -> dict[str, Any]:
    return {
        "bucket": bucket_of(fact.contact_id),
        "contact_id": fact.contact_id,
        "workspace": fact.workspace,
        "entries": entries,
        "row_hash": hash_,
        "key_id": keys.newest,
        "seal": keys.seal("head", fact.contact_id, entries, hash_),
    }


def _contact_keys(
    tx: Connection, keys: Keyring, contacts: Sequence[tuple[int, str]], workspace: str, *, new: bool
) -> dict[str, ContactKey]:
    """The contacts' own keys; one who has none gets one."""
    found: dict[str, ContactKey] = {}
    for row in [] if new else _KEYS(tx, contacts):
        secret = keys.unwrap(row.contact_id, row.key_id, row.wrapped)
        if secret is None:
            raise TextbackError(
                f"The key of contact {row.contact_id} can't be read with the keys of the consent ledger.",
                "Put back the keys that it was written with: see docs/how-to/consent.md.",
            )
        found[row.contact_id] = ContactKey(secret)
    fresh = []
    for bucket, contact_id in contacts:
        if contact_id not in found:
            secret = new_secret()
            found[contact_id] = ContactKey(secret)
            fresh.append(
                {
                    "bucket": bucket,
                    "contact_id": contact_id,
                    "workspace": workspace,
                    "key_id": keys.newest,
                    "wrapped": keys.wrap(contact_id, secret),
                }
            )
    if fresh:
        _add_keys(tx, fresh)
    return found


class _AsRow:
    """A row that is about to be written, read as one that was."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.__dict__.update(row)


def _fold_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, LedgerStanding]:
    found: dict[str, list[Entry]] = {}
    for row in rows:
        found.setdefault(row["contact_id"], []).append(entry_of(_AsRow(row)))
    return {contact_id: fold(entries) for contact_id, entries in found.items()}


def _settle(tx: Connection, workspace: str, standing: Mapping[str, LedgerStanding], *, new: bool) -> None:
    """Write what follows from the ledger, for who reads no ledger: the gate and the lists."""
    whose = [{"b": bucket_of(contact_id), "k": contact_id} for contact_id in standing]
    if not new:
        _no_suppressions(tx, whose)
        _no_agreements(tx, whose)
    out, agreed = [], []
    for contact_id, stands in standing.items():
        key = {"bucket": bucket_of(contact_id), "contact_id": contact_id, "workspace": workspace}
        out += [{**key, "family": one.family, "rule": one.rule, "since": one.since} for one in stands.suppressions]
        agreed += [
            {
                **key,
                "family": one.family,
                "programme": one.programme,
                "message_class": one.message_class,
                "state": one.state,
                "since": one.since,
                "event_id": one.event_id,
                "expires_at": one.expires_at,
            }
            for one in stands.agreements
        ]
    if out:
        _add_suppressions(tx, out)
    if agreed:
        _add_agreements(tx, agreed)


# ---- Reading ----


def suppressed_since(tx: Connection, contact_id: str, family: str = "phone") -> int:
    """Since when (ms) nothing may be sent to a contact; 0 where it may."""
    mine = select(_s.since).where(_s.bucket == bucket_of(contact_id), _s.contact_id == contact_id, _s.family == family)
    return tx.execute(mine).scalar() or 0


class Recorded(msgspec.Struct, frozen=True):
    """One entry as it lies in the ledger: its columns, and the personal fields, None where they can't be read."""

    row: Mapping[str, Any]
    personal: Mapping[str, str] | None

    @property
    def words(self) -> str:
        """What they wrote."""
        return self.row["raw_text"] or (self.personal or {}).get("raw_text", "")


def key_of_contact(tx: Connection, contact_id: str) -> ContactKey | None:
    """A contact's own key; None where they have none (any more), or it can't be read."""
    for row in _KEYS(tx, [(bucket_of(contact_id), contact_id)]):
        secret = keys_of(tx).unwrap(row.contact_id, row.key_id, row.wrapped)
        return ContactKey(secret) if secret is not None else None
    return None


def entries_of(tx: Connection, contact_id: str, most: int = 100_000) -> list[Recorded]:
    """A contact's entries, at most so many of the newest, oldest first: those without a chain, then the chain."""
    query = (
        select(consent_events)
        .where(_e.bucket == bucket_of(contact_id), _e.contact_id == contact_id)
        .order_by(_e.seq.desc(), _e.id.desc())
        .limit(most)
    )
    rows = [dict(row._mapping) for row in tx.execute(query)][::-1]
    key = key_of_contact(tx, contact_id) if rows else None
    return [Recorded(row, _shown(key, row)) for row in rows]


def _shown(key: ContactKey | None, row: Mapping[str, Any]) -> dict[str, str] | None:
    if not row["hidden"]:
        return {}
    return key.show(row["id"], row["hidden"]) if key is not None else None


def forget_key(tx: Connection, contact_id: str) -> None:
    """Destroy the key of a contact's personal fields, here and for good: the chain stays whole (P1)."""
    tx.execute(delete(contact_keys).where(_k.bucket == bucket_of(contact_id), _k.contact_id == contact_id))


def head_of(tx: Connection, contact_id: str) -> Row[Any] | None:
    """Where a contact's chain ends."""
    query = select(consent_heads).where(_h.bucket == bucket_of(contact_id), _h.contact_id == contact_id)
    rows: list[Row[Any]] = list(tx.execute(query))
    return rows[0] if rows else None
