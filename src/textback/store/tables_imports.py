"""The tables of contacts that are imported from a file: the file's rows until each is taken in, and those refused."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, false, text

from textback.store.schema import metadata

GOING = text("state = 'going'")

# One file, from its upload until a month after it was taken in; see store.contact_imports.
contact_imports = Table(
    "contact_imports",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), nullable=False),  # who imports it
    Column("actor", String(320), nullable=False),  # their address, as the audit log has it
    Column("called", Text, nullable=False),  # their name, as the conversations' events have it
    Column("file", Text, nullable=False),
    Column("columns", Text, nullable=False),  # JSON: the file's columns by name
    Column("choice", Text, nullable=False),  # JSON: what each column is, and how it is taken in
    Column("sight", Text, nullable=False),  # JSON: whose conversations they see
    Column("state", String(16), nullable=False),  # reading | draft | going | done | stopped
    Column("stopping", Boolean, nullable=False, server_default=false()),
    Column("total", Integer, nullable=False),
    Column("position", Integer, nullable=False),  # how many of the rows are done with
    Column("counts", Text, nullable=False),  # JSON: how many became new, changed, same, refused
    Column("fence", Integer, nullable=False),
    Column("lease_until", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Index("contact_imports_open", "workspace", "created_at", sqlite_where=GOING, postgresql_where=GOING),
)

contact_import_parts = Table(
    "contact_import_parts",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("import_id", String(32), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("rows", Text, nullable=False),  # JSON: those that are not taken in yet
    Column("plan", Text, nullable=False),  # JSON: what becomes of each of them, once that is decided
    Column("taken", Text, nullable=False),  # JSON: {number: line} of those that were taken in
    Column("done", Boolean, nullable=False),
)

contact_import_refused = Table(
    "contact_import_refused",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("import_id", String(32), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("number", String(16), nullable=False),  # where it could be read
    Column("why", Text, nullable=False),
    Column("cells", Text, nullable=False),  # JSON
    Index("contact_import_refused_by_number", "workspace", "number"),
)
