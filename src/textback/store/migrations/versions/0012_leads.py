"""the leads table: values of contacts one a row, defined fields, and the colours of tags"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
additive = True

SOME = 1_000


def upgrade() -> None:
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
