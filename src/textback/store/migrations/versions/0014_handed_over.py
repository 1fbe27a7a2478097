"""handed over: open hand-overs in the order of their wait"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
additive = True

NOT_THE_BOTS = sa.text("owner_kind <> 'bot'")


def upgrade() -> None:
    op.create_index(
        "conversations_handed",
        "conversations",
        ["workspace", "waiting_since", "contact_id"],
        sqlite_where=NOT_THE_BOTS,
        postgresql_where=NOT_THE_BOTS,
    )
