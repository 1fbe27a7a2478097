"""open hand-overs, who is there to answer, and who gives them out"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
additive = True


def upgrade() -> None:
    op.create_table(
        "handoffs",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("late_at", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("owner_since", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id"),
        sqlite_with_rowid=False,
    )
    waiting = sa.text("waiting_since IS NOT NULL")
    op.create_index("handoffs_by_queue", "handoffs", ["workspace", "queue"])
    op.create_index(
        "handoffs_waiting", "handoffs", ["workspace", "waiting_since"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "availability",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user_id"),
    )
    op.create_table(
        "turns_at_giving",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace"),
    )
