"""merges: contacts that are one"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
additive = True


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kept", sa.String(length=32), nullable=False),
        sa.Column("other", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_by", sa.String(length=320), server_default="", nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    op.create_index("merges_by_kept", "merges", ["workspace", "kept"])
    op.create_index("merges_by_other", "merges", ["workspace", "other"])
    in_force = sa.text("undone_at IS NULL")
    op.create_index(
        "merges_in_force",
        "merges",
        ["workspace", "other"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )
    op.create_table(
        "merged_contacts",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("home", sa.SmallInteger(), nullable=False),
        sa.Column("kept", sa.String(length=32), nullable=False),
        sa.Column("kept_home", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "contact_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("merged_contacts_by_kept", "merged_contacts", ["workspace", "kept"])
