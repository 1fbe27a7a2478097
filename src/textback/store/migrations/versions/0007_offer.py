"""what a text in the outbox lets its contact choose from"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
additive = True


def upgrade() -> None:
    op.add_column("outbox", sa.Column("offer", sa.Text(), server_default="", nullable=False))
