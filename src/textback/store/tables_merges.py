"""The tables of contacts that are one: who said so, and which contact of them is kept. They are small, and of several
buckets at once, so every server of a spread database has a copy of them."""

from sqlalchemy import BigInteger, Column, Index, SmallInteger, String, Table, text

from textback.store.schema import metadata

IN_FORCE = text("undone_at IS NULL")

# What somebody merged, and took back again. `other` went into `kept`; both were kept contacts until then.
merges = Table(
    "merges",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("kept", String(32), nullable=False),
    Column("other", String(32), nullable=False),
    Column("actor", String(320), nullable=False),  # who merged them
    Column("at", BigInteger, nullable=False),
    Column("undone_by", String(320), nullable=False, server_default=""),
    Column("undone_at", BigInteger),
    Index("merges_by_kept", "workspace", "kept"),
    Index("merges_by_other", "workspace", "other"),
    # A contact goes into one other at most.
    Index("merges_in_force", "workspace", "other", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
)

# The contacts that are merged now, each with the one that is kept of them, that one too. It follows from `merges`.
merged_contacts = Table(
    "merged_contacts",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("contact_id", String(32), primary_key=True),
    Column("home", SmallInteger, nullable=False),  # the contact's bucket; not called so, or it were spread by it
    Column("kept", String(32), nullable=False),
    Column("kept_home", SmallInteger, nullable=False),  # the bucket of that one
    Index("merged_contacts_by_kept", "workspace", "kept"),
    sqlite_with_rowid=False,
)
