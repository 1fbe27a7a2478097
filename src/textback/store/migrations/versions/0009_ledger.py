"""ledger: consent that can be proved, numbers on lists, and files that are read in"""

import sqlalchemy as sa
from alembic import op

from textback.store import distribute

revision = "0009"
down_revision = "0008"
additive = True

KEPT = "The consent ledger is only added to."


def upgrade() -> None:
    columns: dict[str, sa.types.TypeEngine[str]] = {
        "brand": sa.Text(),
        "programme": sa.String(64),
        "message_class": sa.String(16),
        "method": sa.String(16),
        "wording": sa.Text(),
        "wording_version": sa.String(64),
        "language": sa.String(16),
        "action": sa.Text(),
        "source": sa.Text(),
        "actor": sa.String(320),
        "hidden": sa.Text(),
        "confirmation_id": sa.String(32),
        "prev_hash": sa.String(64),
        "row_hash": sa.String(64),
    }
    for name, type_ in columns.items():
        op.add_column("consent_events", sa.Column(name, type_, nullable=False, server_default=""))
    op.add_column("consent_events", sa.Column("family", sa.String(16), nullable=False, server_default="phone"))
    op.add_column("consent_events", sa.Column("seq", sa.Integer(), nullable=False, server_default="0"))
    for name in ("honoured_at", "claimed_at", "pending_until"):
        op.add_column("consent_events", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_index(
        "consent_events_in_order",
        "consent_events",
        ["bucket", "contact_id", "seq"],
        unique=True,
        sqlite_where=sa.text("seq > 0"),
        postgresql_where=sa.text("seq > 0"),
    )
    op.create_index("consent_events_by_time", "consent_events", ["bucket", "recorded_at"], unique=False)
    op.create_table(
        "consent_heads",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(32), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("row_hash", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consent_days",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "workspace", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contact_keys",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(32), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "listed_numbers",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("number_hash", sa.String(64), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("source", sa.String(160), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "number_hash", "scope"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "list_imports",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(320), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "kind", "digest"),
    )
    op.create_table(
        "ledger_keys",
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("check_value", sa.String(32), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id"),
    )
    keep()


def keep() -> None:
    """Have the database itself refuse to change or delete what is chained."""
    tx = op.get_bind()
    if tx.dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            tx.exec_driver_sql(
                f"CREATE TRIGGER consent_events_no_{what.lower()} BEFORE {what} ON consent_events "
                f"WHEN OLD.row_hash <> '' BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
            )
        return
    if distribute.look(tx).state != "plain":
        return  # Citus takes no triggers on tables that are spread
    tx.exec_driver_sql(
        "CREATE FUNCTION textback_keep_consent() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{KEPT}'; END $$"
    )
    tx.exec_driver_sql(
        f"CREATE TRIGGER {distribute.KEEPER} BEFORE UPDATE OR DELETE ON consent_events "
        "FOR EACH ROW WHEN (OLD.row_hash <> '') EXECUTE FUNCTION textback_keep_consent()"
    )
