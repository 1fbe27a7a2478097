"""${message}"""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
additive = True  # take it away when releases of the schema before cannot work on this one


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
