"""by text, merges, provider templates, rules: five small things of one release"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
additive = True

NOT_THE_BOTS = sa.text("owner_kind <> 'bot'")


def upgrade() -> None:
    _by_text()
    _merges()
    _provider_templates()
    _rules()
    _handed_over()


def _by_text() -> None:
    """How often visitors of web chats asked to go on by text."""
    op.create_table(
        "text_requests",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "who", "day"),
        sqlite_with_rowid=False,
    )


def _merges() -> None:
    """Contacts that are one."""
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


def _provider_templates() -> None:
    """What a provider has approved, and when its list was read."""
    op.create_table(
        "provider_templates",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("header", sa.String(length=16), nullable=False),
        sa.Column("buttons", sa.Text(), nullable=False),
        sa.Column("unfit", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("status_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "provider", "account", "name", "language"),
    )
    op.create_table(
        "template_syncs",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("synced_at", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "provider", "account"),
    )


def _rules() -> None:
    """What people have changed of routes and thresholds."""
    op.create_table(
        "routing_rules",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_by", sa.String(length=320), nullable=False),
        sa.Column("again", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "number"),
    )


def _handed_over() -> None:
    """Open hand-overs in the order of their wait."""
    op.create_index(
        "conversations_handed",
        "conversations",
        ["workspace", "waiting_since", "contact_id"],
        sqlite_where=NOT_THE_BOTS,
        postgresql_where=NOT_THE_BOTS,
    )
