"""the desk: offers, people, handoffs, the list and its search, the composer, the leads table, lines"""

import json
import sqlite3

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
additive = True

WAITING = sa.text("waiting_since IS NOT NULL")
HELD = sa.text("owner_kind = 'person'")
SNOOZED = sa.text("snoozed_until IS NOT NULL")
SOME = 1_000


def upgrade() -> None:
    _offer()
    _people()
    _handoffs()
    _desk_lists()
    _composer()
    _leads()
    _lines()
    _imports()


def _lines() -> None:
    """When each line was last heard of."""
    op.create_table(
        "line_seen",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "line", "what"),
    )


def _offer() -> None:
    """What a text in the outbox lets its contact choose from."""
    op.add_column("outbox", sa.Column("offer", sa.Text(), server_default="", nullable=False))


def _people() -> None:
    """People: deactivated, restricted and with a second step; teams, sessions that can be told apart."""
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
    _people_tables()


def _people_tables() -> None:
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


def _handoffs() -> None:
    """Open hand-overs, who is there to answer, and who gives them out."""
    op.create_table(
        "handoffs",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("late_at", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("owner_since", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id"),
        sqlite_with_rowid=False,
    )
    waiting = sa.text("waiting_since IS NOT NULL")
    op.create_index("handoffs_by_queue", "handoffs", ["workspace", "queue"])
    op.create_index(
        "handoffs_waiting", "handoffs", ["workspace", "waiting_since"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "availability",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user_id"),
    )
    op.create_table(
        "turns_at_giving",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace"),
    )


def _desk_lists() -> None:
    """The desk's lists: priority, snooze, saved views, what can be taken back, and full-text search."""
    op.add_column("conversations", sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("conversations", sa.Column("snoozed_until", sa.BigInteger(), nullable=True))
    op.drop_index("conversations_waiting", "conversations")
    op.create_index(
        "conversations_waiting", "conversations", ["workspace", "priority", "waiting_since"],
        sqlite_where=WAITING, postgresql_where=WAITING,
    )  # fmt: skip
    op.create_index("conversations_by_status", "conversations", ["workspace", "status", "owner_kind", "last_at"])
    op.create_index(
        "conversations_of_people", "conversations", ["workspace", "owner_id", "last_at"],
        sqlite_where=HELD, postgresql_where=HELD,
    )  # fmt: skip
    op.create_index(
        "conversations_snoozed", "conversations", ["workspace", "snoozed_until"],
        sqlite_where=SNOOZED, postgresql_where=SNOOZED,
    )  # fmt: skip
    _views()
    _search()


def _search() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    words = sa.Text() if sqlite else postgresql.TSVECTOR()
    op.create_table(
        "search_texts",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("words", words, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_people",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("words", words, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_progress",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("position", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace"),
    )
    if sqlite:
        more = "tokenize = \"unicode61 remove_diacritics 0\", prefix = '2 3 4 6 8', detail = none"
        op.execute(f"CREATE VIRTUAL TABLE search_words USING fts5(words, contact_id UNINDEXED, id UNINDEXED, {more})")
        op.execute(f"CREATE VIRTUAL TABLE search_names USING fts5(words, contact_id UNINDEXED, {more})")
        if sqlite3.sqlite_version_info >= (3, 42):  # words of what is deleted leave the file at once
            for table in ("search_words", "search_names"):
                op.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('secure-delete', 1)")
    else:
        for table in ("search_texts", "search_people"):
            op.create_index(f"{table}_words", table, ["words"], postgresql_using="gin")


def _views() -> None:
    op.create_table(
        "saved_views",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    op.create_table(
        "undos",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    op.create_table(
        "preferences",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user_id", "name"),
    )


def _composer() -> None:
    """What people write with: saved replies, pictures, and how simulated phones behave."""
    op.create_table(
        "saved_replies",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("shortcut", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_by", sa.String(length=320), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    op.create_table(
        "pictures",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("content_type", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "id"),
    )
    op.create_index("pictures_by_token", "pictures", ["bucket", "token"])
    op.create_table(
        "simulated_phones",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("faults", sa.String(length=160), nullable=False),
        sa.Column("waiting", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "phone"),
    )
    op.create_table(
        "simulated_clock",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("ahead", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace"),
    )


def _leads() -> None:
    """The leads table: values of contacts one a row, defined fields, and the colours of tags."""
    op.create_table(
        "contact_values",
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "contact_id", "name", "value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contact_fields",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("seen_by", sa.String(length=16), server_default="all", nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "name"),
    )
    op.create_table(
        "tag_colours",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("colour", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "tag"),
    )
    _copy(op.get_bind())
    # Made last: an index of rows that are there is quicker to build than to keep.
    op.create_index(
        "contact_values_by_value", "contact_values", ["workspace", "name", "value", "bucket", "contact_id"],
        postgresql_ops={"value": "varchar_pattern_ops"},
    )  # fmt: skip


def _copy(tx: sa.Connection) -> None:
    """The values that contacts have already, a thousand conversations at a time."""
    some = sa.text(
        "SELECT bucket, contact_id, workspace, state FROM conversations"
        " WHERE (bucket > :b OR (bucket = :b AND contact_id > :c))"
        " ORDER BY bucket, contact_id LIMIT :n"
    )
    add = sa.text("INSERT INTO contact_values (bucket, contact_id, name, value, workspace) VALUES (:b, :c, :n, :v, :w)")
    bucket, contact = -1, ""
    while rows := tx.execute(some, {"b": bucket, "c": contact, "n": SOME}).all():
        bucket, contact = rows[-1].bucket, rows[-1].contact_id
        found = [
            {"b": row.bucket, "c": row.contact_id, "n": name, "v": value, "w": row.workspace}
            for row in rows
            for name, value in sorted(_values(row.state))
        ]
        if found:
            tx.execute(add, found)


def _values(state: str) -> set[tuple[str, str]]:
    if '"fields":{' not in state and '"tags":[' not in state:
        return set()
    known = json.loads(state)
    fields = known.get("fields") or {}
    found = {("#tag", tag) for tag in known.get("tags") or ()}
    for name, value in fields.items():
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, str | int | float) and (text := _folded(one)):
                found.add((name[:64], text))
    return found | {("#word", word) for word in _folded(fields.get("name") or "").split()}


def _folded(value: object) -> str:
    text = ("no", "yes")[value] if isinstance(value, bool) else str(value)
    return " ".join(text.replace("\0", "").casefold().split())[:80].strip()


def _imports() -> None:
    """Contacts that are imported from a file: the file, its rows until they are taken in, and those refused."""
    op.create_table(
        "contact_imports",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("sight", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("stopping", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id"),
    )
    going = sa.text("state = 'going'")
    op.create_index(
        "contact_imports_open", "contact_imports", ["workspace", "created_at"],
        sqlite_where=going, postgresql_where=going,
    )  # fmt: skip
    op.create_table(
        "contact_import_parts",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("taken", sa.Text(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "import_id", "part"),
    )
    op.create_table(
        "contact_import_refused",
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "import_id", "line"),
    )
    op.create_index("contact_import_refused_by_number", "contact_import_refused", ["workspace", "number"])
