"""The table of what people have changed at the desk of routes and thresholds: it is of no conversation."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from textback.store.schema import metadata

# Every version of the changes over the bot's files; the newest is in force.
routing_rules = Table(
    "routing_rules",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("changes", Text, nullable=False),  # JSON: {key: value}, see engine.adjusting
    Column("saved_at", BigInteger, nullable=False),
    Column("saved_by", String(320), nullable=False),
    Column("again", Integer, nullable=False),  # the earlier version that this one is again; 0: none
)
