"""the desk's lists: priority, snooze, saved views, what can be taken back, and full-text search"""

import sqlite3

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
additive = True

WAITING = sa.text("waiting_since IS NOT NULL")
HELD = sa.text("owner_kind = 'person'")
SNOOZED = sa.text("snoozed_until IS NOT NULL")


def upgrade() -> None:
    op.add_column("conversations", sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("conversations", sa.Column("snoozed_until", sa.BigInteger(), nullable=True))
    op.drop_index("conversations_waiting", "conversations")
    op.create_index(
        "conversations_waiting", "conversations", ["workspace", "priority", "waiting_since"],
        sqlite_where=WAITING, postgresql_where=WAITING,
    )  # fmt: skip
    op.create_index("conversations_by_status", "conversations", ["workspace", "status", "owner_kind", "last_at"])
    op.create_index(
        "conversations_of_people", "conversations", ["workspace", "owner_id", "last_at"],
        sqlite_where=HELD, postgresql_where=HELD,
    )  # fmt: skip
    op.create_index(
        "conversations_snoozed", "conversations", ["workspace", "snoozed_until"],
        sqlite_where=SNOOZED, postgresql_where=SNOOZED,
    )  # fmt: skip
    _views()
    _search()


def _search() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    words = sa.Text() if sqlite else postgresql.TSVECTOR()
    op.create_table(
        "search_texts",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("words", words, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_people",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("words", words, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_progress",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("position", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace"),
    )
    if sqlite:
        more = "tokenize = \"unicode61 remove_diacritics 0\", prefix = '2 3 4 6 8', detail = none"
        op.execute(f"CREATE VIRTUAL TABLE search_words USING fts5(words, contact_id UNINDEXED, id UNINDEXED, {more})")
        op.execute(f"CREATE VIRTUAL TABLE search_names USING fts5(words, contact_id UNINDEXED, {more})")
        if sqlite3.sqlite_version_info >= (3, 42):  # words of what is deleted leave the file at once
            for table in ("search_words", "search_names"):
                op.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('secure-delete', 1)")
    else:
        for table in ("search_texts", "search_people"):
            op.create_index(f"{table}_words", table, ["words"], postgresql_using="gin")


def _views() -> None:
    op.create_table(
        "saved_views",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    op.create_table(
        "undos",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    op.create_table(
        "preferences",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user_id", "name"),
    )
