"""The tables of hand-overs: the open ones, who is there to answer, and who gives them out."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, String, Table, false, text

from textback.store.schema import metadata

WAITING = text("waiting_since IS NOT NULL")

# One row while a person has a conversation or is awaited, beside what the conversation's state says of it, so that
# queues can be listed and counted. The rest of the hand-over is in the state.
handoffs = Table(
    "handoffs",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("queue", String(40), nullable=False),
    Column("priority", String(8), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("waiting_since", BigInteger),  # since when the contact waits for a person's answer
    Column("due_at", BigInteger),  # when that answer is late
    Column("late", Boolean, nullable=False, server_default=false()),
    Column("late_at", BigInteger),  # when a limit passed, the last time
    Column("owner_id", String(32), nullable=False),  # the person who has it; empty: nobody
    Column("owner_since", BigInteger, nullable=False),
    Column("wanted", String(320), nullable=False),  # the address of the person whom it is to go to
    Index("handoffs_by_queue", "workspace", "queue"),
    Index("handoffs_waiting", "workspace", "waiting_since", sqlite_where=WAITING, postgresql_where=WAITING),
    sqlite_with_rowid=False,
)

# Whether each person can answer: what they say, when their desk was last open, and how much they can have at once.
availability = Table(
    "availability",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("user_id", String(32), primary_key=True),
    Column("available", Boolean, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("capacity", Integer),  # conversations at once; none: what the queue says
    Column("given_at", BigInteger, nullable=False),  # when they were last given one
)

# Which node gives out conversations now.
turns_at_giving = Table(
    "turns_at_giving",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("lease_until", BigInteger, nullable=False),
)
