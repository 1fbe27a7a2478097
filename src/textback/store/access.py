"""Reading all that is kept of one contact, for an answer to a request of theirs (rule P6)."""

from typing import Any

from sqlalchemy import Connection, select

from textback.store.erase import Person
from textback.store.tables import (
    addresses,
    agreements,
    consent_events,
    contacts,
    conversations,
    dead_letters,
    jobs,
    message_details,
    messages,
    metadata,
    model_calls,
    outbox,
    sessions,
    short_links,
    suppressions,
    timers,
    turns,
)
from textback.store.tables_composer import pictures
from textback.store.tables_desk import audit
from textback.store.tables_handoff import handoffs
from textback.store.tables_imports import contact_import_refused
from textback.store.tables_leads import contact_values
from textback.store.tables_media import media_contents, media_files
from textback.store.tables_merges import merged_contacts
from textback.store.tables_web import message_offers

SHOWN = (
    conversations,
    messages,
    message_details,
    message_offers,
    pictures,
    media_files,
    media_contents,
    sessions,
    turns,
    timers,
    outbox,
    jobs,
    model_calls,
    handoffs,
    short_links,
    dead_letters,
    consent_events,
    suppressions,
    agreements,
    contact_values,
)
"""Tables whose rows they are given, by contact."""
INTERNAL = frozenset("bucket workspace fence lease_until priority attempts seq prev_hash hidden home kept_home".split())
"""Columns that say nothing about them."""


def rows_of(tx: Connection, workspace: str, who: Person) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table that are about this contact, in the order in which they came."""
    found: dict[str, list[dict[str, Any]]] = {}
    named = select(contacts).where(contacts.c.bucket == who.bucket, contacts.c.id == who.contact_id)
    found["contacts"] = [_plain(row) for row in tx.execute(named)]
    a = addresses.c
    mine = select(addresses).where(a.workspace == workspace, a.contact_id == who.contact_id)
    found["addresses"] = [_plain(row) for row in tx.execute(mine)]
    for table in SHOWN:
        query = select(table).where(table.c.bucket == who.bucket, table.c.contact_id == who.contact_id)
        found[table.name] = [_plain(row) for row in tx.execute(query.order_by(*table.primary_key.columns))]
    done = select(audit).where(audit.c.workspace == workspace, audit.c.subject == who.contact_id).order_by(audit.c.id)
    found["audit"] = [_plain(row) for row in tx.execute(done)]
    m = merged_contacts.c
    one = select(merged_contacts).where(m.workspace == workspace, m.contact_id == who.contact_id)
    found["merged_contacts"] = [_plain(row) for row in tx.execute(one)]
    r = contact_import_refused.c
    refused = select(contact_import_refused).where(r.workspace == workspace, r.number == who.address)
    found["contact_import_refused"] = [_plain(row) for row in tx.execute(refused.order_by(r.import_id, r.line))]
    p = metadata.tables["privacy_requests"].c
    asked = select(metadata.tables["privacy_requests"]).where(p.workspace == workspace, p.contact_id == who.contact_id)
    found["privacy_requests"] = [_plain(row) for row in tx.execute(asked.order_by(p.id))]
    return {name: rows for name, rows in found.items() if rows}


def _plain(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in INTERNAL and value is not None}
