"""agreements: what a contact has agreed to, by scope"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
additive = True


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("family", sa.String(length=16), nullable=False),
        sa.Column("programme", sa.String(length=64), nullable=False),
        sa.Column("message_class", sa.String(length=16), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "family", "programme", "message_class"),
        sqlite_with_rowid=False,
    )
