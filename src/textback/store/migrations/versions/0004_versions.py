"""versions: who published one and why, and the draft that is written in the desk"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
additive = True


def upgrade() -> None:
    op.add_column("bot_versions", sa.Column("source", sa.String(length=16), server_default="serve", nullable=False))
    op.add_column("bot_versions", sa.Column("published_by", sa.String(length=320), server_default="", nullable=False))
    op.add_column("bot_versions", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "bot_drafts",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("workspace"),
    )
