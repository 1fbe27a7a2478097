"""The index of words: what texts say, and who people are. It follows the messages from behind, see pipeline.indexing.

On PostgreSQL a row has a text's words as a tsvector: each word, the beginnings of words that are looked up (after "<"),
and the stretches of time that it lies in (after "@"). With these a search for a word that a million texts have is one
for the few of the last hour, and so on back. On SQLite these two tables stay empty: there the virtual FTS5 tables
`search_words` and `search_names` have the words, which metadata can't describe; see the migration.
"""

from sqlalchemy import BigInteger, Column, Index, SmallInteger, String, Table, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from textback.store.schema import conversation_key, metadata

_WORDS = Text().with_variant(TSVECTOR(), "postgresql")

search_texts = Table(
    "search_texts",
    metadata,
    *conversation_key(),  # id is the message's id
    Column("words", _WORDS, nullable=False),
    Index("search_texts_words", "words", postgresql_using="gin").ddl_if(dialect="postgresql"),
    sqlite_with_rowid=False,
)

search_people = Table(
    "search_people",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("words", _WORDS, nullable=False),
    Index("search_people_words", "words", postgresql_using="gin").ddl_if(dialect="postgresql"),
    sqlite_with_rowid=False,
)

# How far the index has come, and which node goes on with it now.
search_progress = Table(
    "search_progress",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("position", String(32), nullable=False),  # messages with a smaller id have been looked at
    Column("holder", String(32), nullable=False),
    Column("lease_until", BigInteger, nullable=False),
)
