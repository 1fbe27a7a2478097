"""what programs may do: their keys, the log of events, webhooks, and texts that they send and call back"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
additive = True


UNNUMBERED = sa.text("number IS NULL")
NUMBERED = sa.text("number IS NOT NULL")
DUE = sa.text("due_at IS NOT NULL")
UNFINISHED = sa.text("finished_at IS NULL")


def upgrade() -> None:
    _events()
    _webhooks()
    _deliveries()
    _sends()
    op.add_column("api_keys", sa.Column("scopes", sa.Text(), server_default="*", nullable=False))
    op.add_column("api_keys", sa.Column("lines", sa.Text(), server_default="", nullable=False))
    op.add_column("api_keys", sa.Column("expires_at", sa.BigInteger(), nullable=True))
    op.add_column("api_keys", sa.Column("last_used_at", sa.BigInteger(), nullable=True))
    op.add_column("api_keys", sa.Column("start", sa.String(length=16), server_default="", nullable=False))
    op.add_column("api_keys", sa.Column("created_by", sa.String(length=320), server_default="", nullable=False))
    op.add_column("api_keys", sa.Column("previous_hash", sa.String(length=64), nullable=True))
    op.add_column("api_keys", sa.Column("previous_until", sa.BigInteger(), nullable=True))
    op.create_index("api_keys_previous", "api_keys", ["previous_hash"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "id"),
    )
    op.create_index(
        "events_unnumbered", "events", ["made"], sqlite_where=UNNUMBERED, postgresql_where=UNNUMBERED
    )  # fmt: skip
    op.create_index(
        "events_by_number", "events", ["workspace", "number"], sqlite_where=NUMBERED, postgresql_where=NUMBERED
    )
    op.create_table(
        "event_numbers",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("queued", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace"),
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text(), nullable=False),
        sa.Column("old_until", sa.BigInteger(), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=320), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.BigInteger(), nullable=True),
        sa.Column("succeeded_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("webhook_id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "id"),
        sqlite_with_rowid=False,
    )
    due, order = ["webhook_id", "due_at", "id"], ["bucket", "contact_id", "webhook_id", "number"]
    deliveries = "webhook_deliveries"
    op.create_index(f"{deliveries}_due", deliveries, due, sqlite_where=DUE, postgresql_where=DUE)
    op.create_index(f"{deliveries}_in_order", deliveries, order, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
    op.create_index(f"{deliveries}_log", deliveries, ["webhook_id", "id"])


def _sends() -> None:
    op.create_index("messages_by_time", "messages", ["id"])
    op.create_table(
        "message_details",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("send_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "api_requests",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "key_id", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("api_requests_by_time", "api_requests", ["workspace", "at"])
    _bulk_sends()


def _bulk_sends() -> None:
    op.create_table(
        "bulk_sends",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("key_name", sa.String(length=64), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("errors", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    where = sa.text("done_at IS NULL")
    op.create_index(
        "bulk_sends_open", "bulk_sends", ["workspace", "created_at"], sqlite_where=where, postgresql_where=where
    )
