"""The tables of who works here and of what the bot is: people, their sessions and keys, versions and drafts. Nothing in
them is of one conversation, so every server of a spread database has all of them."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from textback.store.schema import metadata

bot_versions = Table(
    "bot_versions",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("files", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("source", String(16), nullable=False, server_default="serve"),  # serve | folder | desk
    Column("published_by", String(320), nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
)

# What is being written in the desk and is not published yet: the whole folder, at most one draft a workspace.
bot_drafts = Table(
    "bot_drafts",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("base", Integer, nullable=False),  # the version that it was begun from
    Column("files", Text, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_by", String(320), nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("email", String(320), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("role", String(16), nullable=False),  # web/permissions.py has them
    Column("created_at", BigInteger, nullable=False),
    Column("deactivated_at", BigInteger),
    Column("language", String(8), nullable=False, server_default=""),  # of the pages; empty: what the browser wants
    Column("sight", String(8), nullable=False, server_default="all"),  # all | some: only their lines and teams
    Column("lines", Text, nullable=False, server_default=""),  # that they see, with spaces between
    Column("totp_secret", String(64), nullable=False, server_default=""),  # empty: no second step
    Column("totp_last", BigInteger, nullable=False, server_default="0"),  # the step of the last code, never taken again
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", String(32), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False, server_default="0"),  # 0: never since it began
    Column("place", String(64), nullable=False, server_default=""),  # the network, masked
    Column("device", String(64), nullable=False, server_default=""),  # such as "Firefox on Linux"
    Index("web_sessions_by_user", "user_id"),
)

# Who gave the right password and still owes a code.
login_steps = Table(
    "login_steps",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", String(32), nullable=False),
    Column("how", String(16), nullable=False),  # password | link
    Column("expires_at", BigInteger, nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", String(32), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
)

teams = Table(
    "teams",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("lines", Text, nullable=False),  # whose conversations are the team's, with spaces between
    Column("created_at", BigInteger, nullable=False),
)

team_members = Table(
    "team_members",
    metadata,
    Column("team_id", String(32), primary_key=True),
    Column("user_id", String(32), primary_key=True),
)

# What owners set for all at the desk, such as how long a session lasts.
desk_settings = Table(
    "desk_settings",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

login_links = Table(
    "login_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", String(32), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("key", String(400), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("scopes", Text, nullable=False, server_default="*"),  # what it is good for, with spaces between
    Column("lines", Text, nullable=False, server_default=""),  # that it is for, with spaces between; empty: all
    Column("expires_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("start", String(16), nullable=False, server_default=""),  # of the key, so that people can tell it
    Column("created_by", String(320), nullable=False, server_default=""),
    Column("previous_hash", String(64)),  # the key that this one takes the place of, which works until then
    Column("previous_until", BigInteger),
    Index("api_keys_previous", "previous_hash"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(320), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(320), nullable=False),
    Column("data", Text, nullable=False),
    Index("audit_by_workspace", "workspace", "id"),
)

# What became of each wording of a named message: a digest of what was written is what somebody approves.
template_approvals = Table(
    "template_approvals",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("state", String(16), nullable=False),  # draft | waiting | approved | refused
    Column("body", Text, nullable=False),  # the wording itself (JSON), so that it can be shown wherever it came from
    Column("written_by", String(320), nullable=False),
    Column("written_at", BigInteger, nullable=False),
    Column("asked_by", String(320), nullable=False),
    Column("asked_at", BigInteger),
    Column("decided_by", String(320), nullable=False),
    Column("decided_at", BigInteger),
    Column("note", Text, nullable=False),
)

# What programs have asked the bot to learn, and what became of it.
trainings = Table(
    "trainings",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("key_name", String(160), nullable=False),
    Column("asked", Text, nullable=False),  # JSON: addresses and documents
    Column("state", String(8), nullable=False),  # queued | running | done | failed
    Column("progress", Text, nullable=False),  # JSON
    Column("tries", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_until", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)
