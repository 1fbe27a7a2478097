"""What proves a contact's consent: everything that is kept of it, and whether it is as it was written (K8, P6)."""

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from textback.compliance.ledger import HASHED, written
from textback.core.ids import bucket_of
from textback.store import ledger, ledger_check
from textback.store.tables import contacts, conversations, messages

_SHOWN = (
    "seq", "id", "type", "occurred_at", "recorded_at", "claimed_at", "pending_until", "family", "brand", "programme",
    "message_class", "method", "matched_by", "rule", "wording", "wording_version", "language", "action", "source",
    "actor", "line", "arrival_id", "honoured_at", "confirmation_id", "prev_hash", "row_hash",
)  # fmt: skip


class Chain(msgspec.Struct, frozen=True):
    """What the check of a contact's chain found. `how` tells anybody how to check it again."""

    whole: bool
    entries: int
    unchained: int
    seals_unread: int
    broken: tuple[str, ...]
    hashed: tuple[str, ...] = HASHED
    how: str = (
        "row_hash is the SHA-256 of `written`, a JSON array of the columns in `hashed`. Its second value is the "
        "row_hash of the entry before it, or 64 zeros."
    )


class Proof(msgspec.Struct, frozen=True):
    """Everything about one contact's consent, as JSON. Times are ms since 1970 in UTC."""

    made_at: int
    workspace: str
    contact_id: str
    name: str
    numbers: tuple[str, ...]
    suppressions: tuple[dict[str, Any], ...]
    agreements: tuple[dict[str, Any], ...]
    entries: tuple[dict[str, Any], ...]
    messages: tuple[dict[str, Any], ...]
    chain: Chain


def entry_fields(recorded: ledger.Recorded) -> dict[str, Any]:
    """An entry for people and programs: its columns, and the personal fields, null where they were erased."""
    row = recorded.row
    personal = recorded.personal
    mine: dict[str, Any] = {name: row[name] for name in _SHOWN}
    for name in ("number", "raw_text", "ip", "user_agent", "session"):
        mine[name] = None if personal is None else personal.get(name, "")
    if row["raw_text"]:
        mine["raw_text"] = row["raw_text"]
    return mine


def proof_of(tx: Connection, workspace: str, contact_id: str, now: int) -> Proof | None:
    """All that is kept of a contact's consent, with every message; None where nothing is known of them."""
    bucket = bucket_of(contact_id)
    recorded = ledger.entries_of(tx, contact_id)
    c, a, m = contacts.c, conversations.c, messages.c
    name = tx.execute(select(c.name).where(c.bucket == bucket, c.id == contact_id, c.workspace == workspace)).scalar()
    if name is None and not recorded:
        return None
    numbers = set(tx.execute(select(a.address).where(a.bucket == bucket, a.contact_id == contact_id)).scalars())
    numbers |= {one.personal["number"] for one in recorded if one.personal and one.personal.get("number")}
    stands = ledger.standing_of(tx, [(bucket, contact_id)]).get(contact_id)
    found = ledger_check.check_contact(tx, contact_id)
    thread = select(
        m.id, m.at, m.direction, m.channel, m.line, m.author, m.author_name, m.message_class, m.text, m.media, m.status,
        m.rule, m.code, m.provider_id,
    ).where(m.bucket == bucket, m.contact_id == contact_id)  # fmt: skip
    broken = tuple(f"entry {one.seq} {one.event_id}: {one.why}" if one.seq else one.why for one in found.broken)
    return Proof(
        now,
        workspace,
        contact_id,
        name or "",
        tuple(sorted(numbers)),
        tuple(msgspec.to_builtins(one) for one in (stands.suppressions if stands else ())),
        tuple(msgspec.to_builtins(one) for one in (stands.agreements if stands else ())),
        tuple({**entry_fields(one), "written": written(one.row).decode()} for one in recorded),
        tuple(dict(row._mapping) for row in tx.execute(thread.order_by(m.id))),
        Chain(not broken, found.entries, found.unchained, found.unread, broken),
    )
