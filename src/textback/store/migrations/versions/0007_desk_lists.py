"""the desk's lists: priority, snooze, saved views, what can be taken back, and full-text search"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
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
