"""the gate: where contacts are, and what was decided about texts"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
additive = True


def upgrade() -> None:
    op.add_column("contacts", sa.Column("zone", sa.String(length=64), server_default="", nullable=False))
    op.add_column("contacts", sa.Column("region", sa.String(length=16), server_default="", nullable=False))
    op.add_column("contacts", sa.Column("zone_source", sa.String(length=16), server_default="", nullable=False))
    op.create_table(
        "gate_decisions",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message_class", sa.String(length=16), nullable=False),
        sa.Column("judged", sa.String(length=16), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("zone_source", sa.String(length=16), nullable=False),
        sa.Column("local_time", sa.String(length=32), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("gate_decisions_by_time", "gate_decisions", ["workspace", "at"])
