"""by text: how often visitors of web chats asked to go on by text"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
additive = True


def upgrade() -> None:
    op.create_table(
        "text_requests",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "who", "day"),
        sqlite_with_rowid=False,
    )
