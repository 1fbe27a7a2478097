"""The table of web chats: what texts let their visitors choose from, for as long as the page may show them."""

from sqlalchemy import Column, Table, Text

from textback.store.schema import conversation_key, metadata

message_offers = Table(
    "message_offers",
    metadata,
    *conversation_key(),  # id is the message's id
    Column("offer", Text, nullable=False),  # JSON, see core.offer
    sqlite_with_rowid=False,
)
