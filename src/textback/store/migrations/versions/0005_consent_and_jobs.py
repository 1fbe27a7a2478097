"""consent that can be proved, the gate's record, jobs, short links, approvals and privacy"""

import sqlalchemy as sa
from alembic import op

from textback.store import distribute

revision = "0005"
down_revision = "0004"
additive = True

KEPT = "The consent ledger is only added to."


def upgrade() -> None:
    _agreements()
    _jobs()
    _model_calls()
    op.add_column("outbox", sa.Column("programme", sa.String(length=64), server_default="", nullable=False))
    op.add_column("outbox", sa.Column("asks", sa.SmallInteger(), server_default="0", nullable=False))
    _gate()
    _consent_events()
    _ledger()
    _lists()
    _keep()
    _templates()
    _privacy()
    _trainings()


def _agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("family", sa.String(length=16), nullable=False),
        sa.Column("programme", sa.String(length=64), nullable=False),
        sa.Column("message_class", sa.String(length=16), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "family", "programme", "message_class"),
        sqlite_with_rowid=False,
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("session", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=160), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("timeout", sa.Integer(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("arrival_id", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "id"),
        sqlite_with_rowid=False,
    )
    waiting = sa.text("state <> 'dead'")
    op.create_index("jobs_due", "jobs", ["due_at", "id"], sqlite_where=waiting, postgresql_where=waiting)


def _model_calls() -> None:
    short, text = sa.String(length=16), sa.Text()
    op.create_table(
        "model_calls",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("arrival_id", sa.String(length=32), nullable=False),
        sa.Column("persona", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=128), nullable=False),
        sa.Column("why", short, nullable=False),
        sa.Column("prompt", text, nullable=False),
        sa.Column("output", text, nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("confidence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("evidence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("outcome", short, server_default="", nullable=False),
        sa.Column("flaws", text, server_default="", nullable=False),
        sa.Column("decided_by", sa.String(length=32), server_default="", nullable=False),
        sa.Column("decided_text", text, server_default="", nullable=False),
        sa.Column("feedback", sa.String(length=8), server_default="", nullable=False),
        sa.Column("feedback_why", text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("model_calls_by_time", "model_calls", ["workspace", "at"])


def _gate() -> None:
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
        sa.Column("programme", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("gate_decisions_by_time", "gate_decisions", ["workspace", "at"])


def _consent_events() -> None:
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


def _ledger() -> None:
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


def _lists() -> None:
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


def _keep() -> None:
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


def _templates() -> None:
    op.create_table(
        "short_links",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clicked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("bucket", "token"),
        sqlite_with_rowid=False,
    )
    op.create_index("short_links_by_contact", "short_links", ["bucket", "contact_id"])
    op.create_table(
        "template_approvals",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(length=320), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(length=320), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=320), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "name", "digest"),
    )


def _privacy() -> None:
    op.create_table(
        "privacy_requests",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    op.create_table(
        "erased_texts",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "digest"),
    )
    op.create_table(
        "sweeps",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("floors", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace"),
    )


def _trainings() -> None:
    op.create_table(
        "trainings",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key_name", sa.String(length=160), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
