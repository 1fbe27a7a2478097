"""The tables by which contacts are found and worked with: their values, one a row, and the fields and colours that the
workspace has defined."""

from sqlalchemy import BigInteger, Boolean, Column, Index, SmallInteger, String, Table, Text, false

from textback.store.schema import metadata

# What is known of each contact, value by value, so that a million can be searched. The truth is the conversation's
# state; these are written in the turn that changes it.
contact_values = Table(
    "contact_values",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("name", String(64), primary_key=True),  # a field, #tag, #bad_number; or #word for the words of their name
    Column("value", String(80), primary_key=True),  # folded: see store.values
    Column("workspace", String(64), nullable=False),
    Index(
        "contact_values_by_value", "workspace", "name", "value", "bucket", "contact_id",
        postgresql_ops={"value": "varchar_pattern_ops"},
    ),
    sqlite_with_rowid=False,
)  # fmt: skip

contact_fields = Table(
    "contact_fields",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("name", String(40), primary_key=True),  # what flows call it: contact.NAME
    Column("title", Text, nullable=False),
    Column("kind", String(16), nullable=False),  # text | number | date | yes_no | choice
    Column("choices", Text, nullable=False),  # JSON, for a choice
    Column("sensitive", Boolean, nullable=False, server_default=false()),
    Column("seen_by", String(16), nullable=False, server_default="all"),  # all | team | lead | owner
    Column("position", BigInteger, nullable=False),
)

tag_colours = Table(
    "tag_colours",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("tag", String(64), primary_key=True),
    Column("colour", String(16), nullable=False),
)
