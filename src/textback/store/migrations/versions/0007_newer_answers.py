"""newer answers: which texts in the outbox a newer answer stands for"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0011"
additive = True


def upgrade() -> None:
    op.add_column("outbox", sa.Column("asks", sa.SmallInteger(), server_default="0", nullable=False))
