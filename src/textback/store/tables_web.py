"""The tables of web chats: what texts let their visitors choose from, for as long as the page may show them, and how
often going on by text was asked for."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from textback.store.schema import conversation_key, metadata

message_offers = Table(
    "message_offers",
    metadata,
    *conversation_key(),  # id is the message's id
    Column("offer", Text, nullable=False),  # JSON, see core.offer
    sqlite_with_rowid=False,
)

# How many requests to go on by text were counted on a day (since 1970, UTC) for one visitor, network address, number or
# web chat. `who` says which kind and, by an HMAC under the keys of the ledger, which one.
text_requests = Table(
    "text_requests",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("who", String(80), primary_key=True),
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("times", Integer, nullable=False),
    sqlite_with_rowid=False,
    info={"spread_by": "who"},  # each row is locked while it is counted, which copies can't be; see store.spread
)
