"""provider templates: what a provider has approved, and when its list was read"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
additive = True


def upgrade() -> None:
    op.create_table(
        "provider_templates",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("header", sa.String(length=16), nullable=False),
        sa.Column("buttons", sa.Text(), nullable=False),
        sa.Column("unfit", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("status_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "provider", "account", "name", "language"),
    )
    op.create_table(
        "template_syncs",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("synced_at", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "provider", "account"),
    )
