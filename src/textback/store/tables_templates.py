"""The tables of templates that a provider has approved, or not. They are small, and of no conversation."""

from sqlalchemy import BigInteger, Column, String, Table, Text

from textback.store.schema import metadata

# A template in one language, as its provider has it. `account` is whose it is there; `status` is the provider's word
# and `state` what that means here; `header` is the kind of file that it begins with; `buttons` are its quick replies
# (JSON). `status_at` is when it was known to stand so.
provider_templates = Table(
    "provider_templates",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("provider", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("status", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("category", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("header", String(16), nullable=False),
    Column("buttons", Text, nullable=False),
    Column("unfit", String(200), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("status_at", BigInteger, nullable=False),
)

# When the list of an account was last read, when it is to be read again, and what went wrong the last time.
template_syncs = Table(
    "template_syncs",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("provider", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("next_at", BigInteger, nullable=False),
    Column("synced_at", BigInteger, nullable=False),
    Column("problem", String(200), nullable=False),
)
