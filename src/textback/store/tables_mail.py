"""The table of how far mailboxes were read. It is small, and of no conversation."""

from sqlalchemy import BigInteger, Column, String, Table

from textback.store.schema import metadata

# How far each line's mailbox was read, and which node reads it now. `box` says which mailbox it is, "" before the first
# look; `uid` is the last mail that was read, in the numbering that the server calls `validity`.
mailboxes = Table(
    "mailboxes",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("line", String(64), primary_key=True),
    Column("box", String(320), nullable=False),
    Column("validity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("read_at", BigInteger, nullable=False),
    Column("holder", String(32), nullable=False),
    Column("lease_until", BigInteger, nullable=False),
)
