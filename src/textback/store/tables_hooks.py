"""The tables of what other programs are told: the log of events, who is told of them, and what came of telling.

A row of the log only refers to what happened. The words of a text are in its message alone, and are read from there
when somebody is told: so an erasure, and the nightly sweep, hold for everything that is told later.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, String, Table, Text, text, true

from textback.store.schema import conversation_key, metadata

UNNUMBERED = text("number IS NULL")
NUMBERED = text("number IS NOT NULL")
DUE = text("due_at IS NOT NULL")
UNFINISHED = text("finished_at IS NULL")

events = Table(
    "events",
    metadata,
    *conversation_key(),  # of what becomes of a message once, the id is the message's and a letter
    Column("kind", String(48), nullable=False),
    Column("ref", String(32), nullable=False),  # the message that it is about; empty: none
    Column("at", BigInteger, nullable=False),
    Column("made", BigInteger, nullable=False),  # µs; grows with every event that a node writes
    Column("data", Text, nullable=False),  # JSON: what only the event knows; empty: nothing
    Column("number", BigInteger),  # its place in the log, once it has one: see store.events
    Index("events_unnumbered", "made", sqlite_where=UNNUMBERED, postgresql_where=UNNUMBERED),
    Index("events_by_number", "workspace", "number", sqlite_where=NUMBERED, postgresql_where=NUMBERED),
)

# One row a workspace: the last number that was given, up to where webhooks are told, and how often those were changed.
event_numbers = Table(
    "event_numbers",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("last", BigInteger, nullable=False),
    Column("queued", BigInteger, nullable=False),
    Column("changes", BigInteger, nullable=False),
    info={"spread_by": "workspace"},  # it is locked, which copies can't be
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),  # JSON: patterns such as message.*
    Column("key_id", String(16), nullable=False),  # with which the secrets are encrypted
    Column("secret", Text, nullable=False),
    Column("old_secret", Text, nullable=False),  # the one before, while both sign; empty: none
    Column("old_until", BigInteger),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    Column("why", String(16), nullable=False),  # it is not enabled: gone (it said so itself); empty: somebody's wish
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(320), nullable=False),
    # How it did when somebody last wrote it down: not with every delivery.
    Column("failures", Integer, nullable=False),  # in a row
    Column("open_until", BigInteger),  # nothing is tried before
    Column("succeeded_at", BigInteger),
    Column("failed_at", BigInteger),
    Column("failed_why", Text, nullable=False),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    *conversation_key(),
    Column("webhook_id", String(32), nullable=False),
    Column("event_id", String(32), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("kind", String(48), nullable=False),
    # queued | sending; behind an earlier one of its conversation; done | dead | withdrawn
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", BigInteger),  # of one that is queued; of one that is being sent, the end of its lease
    Column("finished_at", BigInteger),
    Column("fence", Integer, nullable=False),
    Column("status", SmallInteger, nullable=False),  # of the last answer; 0: none
    Column("detail", Text, nullable=False),
    Column("ms", Integer, nullable=False),  # that the last try took
    Column("at", BigInteger, nullable=False),
    Index("webhook_deliveries_due", "webhook_id", "due_at", "id", sqlite_where=DUE, postgresql_where=DUE),
    Index(
        "webhook_deliveries_in_order", "bucket", "contact_id", "webhook_id", "number",
        sqlite_where=UNFINISHED, postgresql_where=UNFINISHED,
    ),
    Index("webhook_deliveries_log", "webhook_id", "id"),
    sqlite_with_rowid=False,
)  # fmt: skip
