"""What all tables share: their metadata, and the columns that every row of a conversation begins with."""

from sqlalchemy import Column, MetaData, SmallInteger, String

metadata = MetaData()


def conversation_key() -> list[Column[object]]:
    """The columns of a key that leads with the bucket: see store.tables."""
    return [
        Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
        Column("contact_id", String(32), primary_key=True),
        Column("id", String(32), primary_key=True),
        Column("workspace", String(64), nullable=False),
    ]
