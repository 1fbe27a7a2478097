"""The tables of what people write with: saved replies, pictures that they attach, and how simulated phones behave."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, String, Table, Text

from textback.store.schema import metadata

# Texts that people keep for themselves, or that all may use.
saved_replies = Table(
    "saved_replies",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), nullable=False),  # whose it is; "" is everybody's
    Column("shortcut", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("updated_by", String(320), nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

# Pictures that people attach. Whoever has the token can see it: the provider fetches it from us.
pictures = Table(
    "pictures",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("token", String(32), nullable=False),
    Column("content_type", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("size", Integer, nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("pictures_by_token", "bucket", "token"),
)

# How a simulated phone is made to behave, so that every server's simulator does it.
simulated_phones = Table(
    "simulated_phones",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("phone", String(16), primary_key=True),
    Column("faults", String(160), nullable=False),  # with spaces between
    Column("waiting", Text, nullable=False),  # a text of theirs (JSON) that comes after the next one
)

# How far ahead of the real time the clock of a demo is.
simulated_clock = Table(
    "simulated_clock",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("ahead", BigInteger, nullable=False),
)
