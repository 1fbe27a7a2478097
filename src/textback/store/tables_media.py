"""The tables of files that come with texts: what becomes of each, and what they hold."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, String, Table, Text, text

from textback.store.schema import conversation_key, metadata

WAITING = text("state = 'waiting'")

# Files that came with texts, as the provider named them, and what became of each.
media_files = Table(
    "media_files",
    metadata,
    *conversation_key(),
    Column("message_id", String(32), nullable=False),
    Column("place", SmallInteger, nullable=False),  # among the files of its text, from 0
    Column("line", String(64), nullable=False),
    Column("url", Text, nullable=False),  # the provider's address of it
    Column("said", String(120), nullable=False),  # the type that the provider said
    Column("state", String(8), nullable=False),  # waiting | kept | large | full | refused | expired | failed
    Column("content_type", String(64), nullable=False),  # by its first bytes, of one that is kept
    Column("size", BigInteger),  # in bytes, as far as it is known
    Column("digest", String(64), nullable=False),  # SHA-256 of what is kept, "" before
    Column("detail", Text, nullable=False),  # why it is not kept
    Column("attempts", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False),  # of one that is being fetched, the end of its lease
    Column("fence", Integer, nullable=False),  # grows with every claim; a write under an older one is refused
    Column("at", BigInteger, nullable=False),
    Index("media_files_by_message", "bucket", "contact_id", "message_id"),
    Index("media_files_due", "due_at", sqlite_where=WAITING, postgresql_where=WAITING),
    sqlite_with_rowid=False,
)

# What files hold, once in each conversation.
media_contents = Table(
    "media_contents",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("newest", String(32), nullable=False),  # the id of the last file that holds this
    Column("size", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
