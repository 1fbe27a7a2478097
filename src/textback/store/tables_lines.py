"""The table of how lines were last heard of. It is small, and of no conversation."""

from sqlalchemy import BigInteger, Column, String, Table

from textback.store.schema import metadata

# When a line first and last had something happen to it; `what` is one of pipeline.seen.WHAT.
line_seen = Table(
    "line_seen",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("line", String(64), primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("first_at", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
)
