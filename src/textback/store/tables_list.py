"""The tables of the desk's list: saved views, what can be taken back, and what each person prefers. They are of people
who work here and not of one conversation, so every server of a spread database has all of them."""

from sqlalchemy import BigInteger, Boolean, Column, String, Table, Text, false

from textback.store.schema import metadata

saved_views = Table(
    "saved_views",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), nullable=False),  # who saved it
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),  # the list and its filters, as the address has them
    Column("shared", Boolean, nullable=False, server_default=false()),  # with everybody who works here
    Column("created_at", BigInteger, nullable=False),
)

# What somebody did to several conversations at once, and what takes it back. Kept for minutes.
undos = Table(
    "undos",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), nullable=False),
    Column("words", Text, nullable=False),  # what was done, for its toast
    Column("steps", Text, nullable=False),  # JSON: {contact: the arrival that takes it back}
    Column("at", BigInteger, nullable=False),
)

preferences = Table(
    "preferences",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("user_id", String(32), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
