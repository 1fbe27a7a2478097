"""people: deactivated, restricted and with a second step; teams, sessions that can be told apart"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
additive = True


def upgrade() -> None:
    op.add_column("users", sa.Column("deactivated_at", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("language", sa.String(length=8), server_default="", nullable=False))
    op.add_column("users", sa.Column("sight", sa.String(length=8), server_default="all", nullable=False))
    op.add_column("users", sa.Column("lines", sa.Text(), server_default="", nullable=False))
    op.add_column("users", sa.Column("totp_secret", sa.String(length=64), server_default="", nullable=False))
    op.add_column("users", sa.Column("totp_last", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("web_sessions", sa.Column("seen_at", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("web_sessions", sa.Column("place", sa.String(length=64), server_default="", nullable=False))
    op.add_column("web_sessions", sa.Column("device", sa.String(length=64), server_default="", nullable=False))
    op.create_index("web_sessions_by_user", "web_sessions", ["user_id"])
    op.create_index("audit_by_workspace", "audit", ["workspace", "id"])
    _tables()


def _tables() -> None:
    op.create_table(
        "login_steps",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "code_hash"),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id"),
    )
    op.create_table(
        "desk_settings",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "name"),
    )
