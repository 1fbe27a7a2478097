"""reliability: what the dependable road keeps"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
additive = True


def upgrade() -> None:
    # Rates and fairness: what goes first, and what a line has sent today.
    op.add_column("outbox", sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False))
    op.create_index(
        "outbox_queued",
        "outbox",
        ["priority", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "line_use",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("counter", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "counter", "day"),
    )
    # Rolling upgrades: the oldest schema whose releases can work on this one.
    op.create_table(
        "schema_compatibility",
        sa.Column("oldest", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("oldest"),
    )
    # Dead letters: what was given up.
    op.create_table(
        "dead_letters",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("redriven_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "dead_letters_waiting",
        "dead_letters",
        ["workspace", "at"],
        unique=False,
        sqlite_where=sa.text("redriven_at IS NULL"),
        postgresql_where=sa.text("redriven_at IS NULL"),
    )
    # Reconciliation: up to when each line's list at its provider has been read, and who reads it now.
    op.create_table(
        "reconciliations",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("read_until", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "line"),
    )
    # When a line with a rate of its own may send its next segment.
    op.create_table(
        "line_pace",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "line"),
    )
    # Quarantine: webhooks that were not taken in, and what became of dead letters.
    op.add_column("dead_letters", sa.Column("discarded", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "dead_letters_settled",
        "dead_letters",
        ["workspace", "redriven_at"],
        unique=False,
        sqlite_where=sa.text("redriven_at IS NOT NULL"),
        postgresql_where=sa.text("redriven_at IS NOT NULL"),
    )
    op.create_table(
        "rejected_webhooks",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("redriven_at", sa.BigInteger(), nullable=True),
        sa.Column("discarded", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    op.create_index("rejected_webhooks_by_line", "rejected_webhooks", ["workspace", "line", "at"], unique=False)
    op.create_index(
        "rejected_webhooks_waiting",
        "rejected_webhooks",
        ["workspace", "at"],
        unique=False,
        sqlite_where=sa.text("redriven_at IS NULL"),
        postgresql_where=sa.text("redriven_at IS NULL"),
    )
    # Log-only signatures: when a number was first seen without them being enforced.
    op.create_table(
        "signature_trials",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=320), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "provider", "number"),
    )
