"""All tables. Times are ms since 1970 (see core.when); JSON is text; ids are core.ids.

Every per-conversation table leads its keys with `bucket`, so that it can be spread over many servers by it one day.
The contact comes next: a conversation's rows lie together, and the key that finds one row also lists a thread in order.
On SQLite short rows are stored in the key itself (no rowid); the long ones, which every text adds to, lie in the order
in which they came, and only their keys are sorted (decision 9).
There are no foreign keys on the road: rows that belong together share bucket and contact and are written in one
transaction, and a check per insert would cost more than it could catch.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    false,
    text,
)

from textback.store import (  # noqa: F401 (their tables are among them)
    schema,
    tables_composer,
    tables_desk,
    tables_handoff,
    tables_hooks,
    tables_imports,
    tables_leads,
    tables_lines,
    tables_list,
    tables_mail,
    tables_media,
    tables_merges,
    tables_rules,
    tables_search,
    tables_templates,
    tables_web,
)
from textback.store.schema import conversation_key

metadata = schema.metadata

PENDING = text("handled_at IS NULL")
DEAD = text("redriven_at IS NULL")
SETTLED = text("redriven_at IS NOT NULL")
WAITING = text("waiting_since IS NOT NULL")
HELD = text("owner_kind = 'person'")
NOT_THE_BOTS = text("owner_kind <> 'bot'")
SNOOZED = text("snoozed_until IS NOT NULL")
QUEUED = text("state = 'queued'")
OPEN = text("state <> 'dead'")
OPEN_SEND = text("done_at IS NULL")


contacts = Table(
    "contacts",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("zone", String(64), nullable=False, server_default=""),  # the IANA zone that they are in, where it is known
    Column("region", String(16), nullable=False, server_default=""),  # the state that they are in, such as TX
    Column("zone_source", String(16), nullable=False, server_default=""),  # who says so: contact, address, api
    sqlite_with_rowid=False,
)

addresses = Table(
    "addresses",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("family", String(16), primary_key=True),
    Column("identifier", String(320), primary_key=True),
    Column("bucket", SmallInteger, nullable=False),
    Column("contact_id", String(32), nullable=False),
    sqlite_with_rowid=False,
    info={"spread_by": "identifier"},  # it is looked up to learn the bucket; see store.spread
)

conversations = Table(
    "conversations",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("state", Text, nullable=False),
    # What lists need, kept beside the state so that no list has to read it.
    Column("status", String(24), nullable=False),
    Column("owner_kind", String(8), nullable=False),
    Column("owner_id", String(32), nullable=False),
    Column("line", String(64), nullable=False),
    Column("address", String(320), nullable=False),
    Column("last_text", Text, nullable=False),
    Column("last_author", String(16), nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("waiting_since", BigInteger),
    Column("unread", Integer, nullable=False),
    Column("message_count", Integer, nullable=False),
    Column("opted_out", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("priority", SmallInteger, nullable=False, server_default="0"),  # 0 normal, 1 high, 2 urgent
    Column("snoozed_until", BigInteger),  # while it is out of sight; 2**53: until they text
    Index("conversations_by_time", "workspace", "last_at"),
    # The lists of the desk: see store.desk_lists.
    Index(
        "conversations_waiting",
        "workspace",
        "priority",
        "waiting_since",
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    ),
    Index("conversations_by_status", "workspace", "status", "owner_kind", "last_at"),
    Index("conversations_of_people", "workspace", "owner_id", "last_at", sqlite_where=HELD, postgresql_where=HELD),
    Index("conversations_snoozed", "workspace", "snoozed_until", sqlite_where=SNOOZED, postgresql_where=SNOOZED),
    # Open hand-overs, the longest wait first: see store.conversations.
    Index(
        "conversations_handed",
        "workspace",
        "waiting_since",
        "contact_id",
        sqlite_where=NOT_THE_BOTS,
        postgresql_where=NOT_THE_BOTS,
    ),
    sqlite_with_rowid=False,
)

# The key is what makes an arrival unique, so that storing one touches one tree; `id` orders them.
arrivals = Table(
    "arrivals",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("line", String(64), primary_key=True),
    Column("provider_id", String(255), primary_key=True),
    Column("kind", String(48), primary_key=True),
    Column("id", String(32), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("data", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("handled_at", BigInteger),
    Index("arrivals_pending", "id", "bucket", sqlite_where=PENDING, postgresql_where=PENDING),
)

messages = Table(
    "messages",
    metadata,
    *conversation_key(),
    Column("line", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("direction", String(3), nullable=False),
    Column("author", String(8), nullable=False),
    Column("author_id", String(32), nullable=False),
    Column("author_name", Text, nullable=False),
    Column("message_class", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("media", Text, nullable=False),
    Column("segments", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("code", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("provider_id", String(255)),
    Column("source", String(160), nullable=False),
    Column("arrival_id", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(
        "messages_by_provider_id",
        "bucket",
        "provider_id",
        sqlite_where=text("provider_id IS NOT NULL"),
        postgresql_where=text("provider_id IS NOT NULL"),
    ),
    # Ids sort by the time they were made, so this one only ever grows at its end; it finds a message by its id alone.
    Index("messages_by_time", "id"),
)

# What a program said of a text beside its words; most texts have no row.
message_details = Table(
    "message_details",
    metadata,
    *conversation_key(),  # id is the message's id
    Column("metadata", Text, nullable=False),  # {name: value}, as the program gave it
    Column("send_at", BigInteger),  # when it was to go, where that was not at once
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    *conversation_key(),  # id is the message's id
    Column("line", String(64), nullable=False),
    Column("recipient", String(320), nullable=False),
    Column("message_class", String(16), nullable=False),
    Column("state", String(8), nullable=False),  # later | queued | sending | unknown
    Column("attempts", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("lease_until", BigInteger),
    Column("fence", Integer, nullable=False),  # grows with every claim; a write under an older one is refused
    Column("priority", SmallInteger, nullable=False, server_default="0"),  # 0 answers, 1 informational, 2 promotional
    Column("programme", String(64), nullable=False, server_default=""),  # the consent that it goes by (K6)
    Column("asks", SmallInteger, nullable=False, server_default="0"),  # whether a newer answer stands for it
    Column("offer", Text, nullable=False, server_default=""),  # what it lets them choose from, where the line shows it
    Index("outbox_due", "state", "due_at"),
    Index("outbox_queued", "priority", "due_at", "id", sqlite_where=QUEUED, postgresql_where=QUEUED),
    sqlite_with_rowid=False,
)

# Segments that a line, or all lines of a brand, have sent on one of the carriers' days.
line_use = Table(
    "line_use",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("counter", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("segments", Integer, nullable=False),
)

# When a line with a rate of its own may send its next segment, in microseconds. All nodes wait for it.
line_pace = Table(
    "line_pace",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("line", String(64), primary_key=True),
    Column("next_at", BigInteger, nullable=False),
    info={"spread_by": "line"},  # its rows are locked and skipped, which can't be done in copies; see store.spread
)

# Up to when each line's list at its provider has been read, and which node reads it now.
reconciliations = Table(
    "reconciliations",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("line", String(64), primary_key=True),
    Column("began_at", BigInteger, nullable=False),
    Column("read_until", BigInteger, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("holder", String(32), nullable=False),
    Column("lease_until", BigInteger, nullable=False),
)

early_statuses = Table(
    "early_statuses",
    metadata,
    *conversation_key(),
    Column("provider_id", String(255), nullable=False),
    Column("message_id", String(32)),
    Column("status", String(16), nullable=False),
    Column("code", String(32)),
    Column("detail", Text),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What was given up: a text of ours or a job after its last try, or an arrival whose turn failed. `id` is the message's,
# the job's or the arrival's.
dead_letters = Table(
    "dead_letters",
    metadata,
    *conversation_key(),
    Column("kind", String(8), nullable=False),  # send | arrival | job
    Column("line", String(64), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("code", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("payload", Text, nullable=False),  # what it was, for people; numbers are masked
    Column("attempts", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("redriven_at", BigInteger),  # when somebody dealt with it
    Column("discarded", Boolean, nullable=False, server_default=false()),  # they threw it away instead
    Index("dead_letters_waiting", "workspace", "at", sqlite_where=DEAD, postgresql_where=DEAD),
    Index("dead_letters_settled", "workspace", "redriven_at", sqlite_where=SETTLED, postgresql_where=SETTLED),
    sqlite_with_rowid=False,
)

# Webhooks that were not taken in. No contact is known; `id` comes from what was posted, so that the same one counts.
rejected_webhooks = Table(
    "rejected_webhooks",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("line", String(64), nullable=False),  # as the address named it
    Column("provider", String(32), nullable=False),  # empty where there was no such line
    Column("reason", String(16), nullable=False),  # unsigned | malformed | no_line
    Column("detail", Text, nullable=False),
    Column("source", String(64), nullable=False),  # the network it came from, not the address
    Column("payload", Text, nullable=False),  # what it was, for people: numbers are masked, words cut
    Column("raw", Text, nullable=False),  # what is verified again; never shown, and gone once it is dealt with
    Column("times", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("redriven_at", BigInteger),  # when somebody dealt with it
    Column("discarded", Boolean, nullable=False, server_default=false()),
    Index("rejected_webhooks_by_line", "workspace", "line", "at"),
    Index("rejected_webhooks_waiting", "workspace", "at", sqlite_where=DEAD, postgresql_where=DEAD),
)

# When a number was first seen taking webhooks without enforcing signatures.
signature_trials = Table(
    "signature_trials",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("provider", String(32), primary_key=True),
    Column("number", String(320), primary_key=True),
    Column("since", BigInteger, nullable=False),
)

timers = Table(
    "timers",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("line", String(64), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Index("timers_due", "due_at"),
    sqlite_with_rowid=False,
)

# What turns ask of other systems. A row is gone once its result is stored as an arrival; one that was given up stays,
# for as long as its dead letter waits to be dealt with.
jobs = Table(
    "jobs",
    metadata,
    *conversation_key(),
    Column("session", String(32), nullable=False),  # it is withdrawn when this ends before; empty: never
    Column("version", Integer, nullable=False),  # of the bot whose declaration counts; 0: the newest
    Column("line", String(64), nullable=False),
    Column("step", String(160), nullable=False),
    Column("action", String(64), nullable=False),
    Column("arguments", Text, nullable=False),
    Column("key", String(160), nullable=False),  # the same with every try
    Column("timeout", Integer, nullable=False),
    Column("retries", Integer, nullable=False),
    Column("state", String(8), nullable=False),  # queued | running | dead
    Column("attempts", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False),  # of a running one, the end of its lease; of a dead one, its end
    Column("fence", Integer, nullable=False),  # grows with every claim; a write under an older one is refused
    Column("arrival_id", String(32), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Index("jobs_due", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    sqlite_with_rowid=False,
)

# Questions to language models, under the id of their job; those of programs belong to no contact ("").
model_calls = Table(
    "model_calls",
    metadata,
    *conversation_key(),
    Column("arrival_id", String(32), nullable=False),
    Column("persona", String(64), nullable=False),
    Column("model", String(128), nullable=False),  # that answered; empty: none did
    Column("why", String(16), nullable=False),  # none did
    Column("prompt", Text, nullable=False),  # what was sent, masked
    Column("output", Text, nullable=False),  # what it proposed, and every call that was made for it
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("cost", Integer, nullable=False),  # millionths of a US dollar
    Column("ms", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("confidence", Integer, nullable=False, server_default="0"),  # thousandths, as the gate saw it
    Column("evidence", Integer, nullable=False, server_default="0"),  # the same before people's verdicts were heeded
    Column("outcome", String(16), nullable=False, server_default=""),  # what became of it; empty: nothing yet
    Column("flaws", Text, nullable=False, server_default=""),
    Column("decided_by", String(32), nullable=False, server_default=""),
    Column("decided_text", Text, nullable=False, server_default=""),  # what a person sent in its place
    Column("feedback", String(8), nullable=False, server_default=""),  # good | wrong
    Column("feedback_why", Text, nullable=False, server_default=""),
    Index("model_calls_by_time", "workspace", "at"),
    sqlite_with_rowid=False,
)

sessions = Table(
    "sessions",
    metadata,
    *conversation_key(),
    Column("flow", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("outcome", String(32), nullable=False),
    sqlite_with_rowid=False,
)

# One row a turn; `id` is that of its arrival. A row for each event would be the most expensive part of a text.
turns = Table(
    "turns",
    metadata,
    *conversation_key(),
    Column("at", BigInteger, nullable=False),
    Column("events", Text, nullable=False),  # [{kind, data}], in the order in which they happened
    Column("trace", Text, nullable=False),  # what was asked of the arrival and what came of it; empty for most kinds
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("family", String(16), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("since", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What a contact has agreed to now, by scope (K6); it follows from consent_events.
agreements = Table(
    "agreements",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("family", String(16), primary_key=True),
    Column("programme", String(64), primary_key=True),  # empty: all of the brand's
    Column("message_class", String(16), primary_key=True),  # informational | promotional
    Column("workspace", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # pending | unproven | agreed | revoked
    Column("since", BigInteger, nullable=False),
    Column("event_id", String(32), nullable=False),
    Column("expires_at", BigInteger),
    sqlite_with_rowid=False,
)

# What the gate decided about a text, but for ordinary answers that went: of these the message itself has the rule.
gate_decisions = Table(
    "gate_decisions",
    metadata,
    *conversation_key(),
    Column("message_id", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),  # when suppression and all the rest were looked at
    Column("stage", String(8), nullable=False),  # queue | dispatch
    Column("outcome", String(8), nullable=False),  # go | hold | refuse
    Column("rule", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("message_class", String(16), nullable=False),
    Column("judged", String(16), nullable=False),  # the class that it was judged as
    Column("line", String(64), nullable=False),
    Column("until", BigInteger),  # when a held text is looked at again
    Column("basis", String(16), nullable=False),  # agreement | their text | a program
    Column("event_id", String(32), nullable=False),  # the ledger's entry that authorised it
    Column("zone", String(64), nullable=False),
    Column("zone_source", String(16), nullable=False),
    Column("local_time", String(32), nullable=False),  # the contact's own, there
    Column("inputs", Text, nullable=False),
    Column("programme", String(64), nullable=False, server_default=""),  # of which it counts as a text (Q3)
    Index("gate_decisions_by_time", "workspace", "at"),
    sqlite_with_rowid=False,
)

# The ledger of consent: rows are only ever added. Those of one contact are chained by `seq` and hashes; see
# store.ledger. Rows of releases that knew no chain have seq 0 and no hash.
consent_events = Table(
    "consent_events",
    metadata,
    *conversation_key(),
    Column("type", String(16), nullable=False),  # opt_in | confirm | opt_out | re_opt_in | import | expire | erase
    Column("line", String(64), nullable=False),
    Column("matched_by", String(16), nullable=False),  # provider | keyword | rule | model | human
    Column("rule", String(64), nullable=False),
    Column("raw_text", Text, nullable=False),  # empty where `hidden` has it
    Column("arrival_id", String(32), nullable=False),  # also the id of the inbound message
    Column("occurred_at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("family", String(16), nullable=False, server_default="phone"),
    Column("brand", Text, nullable=False, server_default=""),
    Column("programme", String(64), nullable=False, server_default=""),
    Column("message_class", String(16), nullable=False, server_default=""),
    Column("method", String(16), nullable=False, server_default=""),  # web | keyword | voice | paper | api | import ...
    Column("wording", Text, nullable=False, server_default=""),  # what they agreed to, to the letter
    Column("wording_version", String(64), nullable=False, server_default=""),
    Column("language", String(16), nullable=False, server_default=""),
    Column("action", Text, nullable=False, server_default=""),  # what they did to agree
    Column("source", Text, nullable=False, server_default=""),  # the page, form, keyword, file or number of ours
    Column("actor", String(320), nullable=False, server_default=""),  # the person or program that recorded it
    Column("hidden", Text, nullable=False, server_default=""),  # number, words, address and browser, encrypted (P1)
    Column("honoured_at", BigInteger),  # when nothing more could go (O6)
    Column("confirmation_id", String(32), nullable=False, server_default=""),  # the message that confirmed it
    Column("claimed_at", BigInteger),  # when it was said to have happened, where that lay in the future
    Column("pending_until", BigInteger),  # an opt-in that counts once they have answered YES, until then (K5)
    Column("seq", Integer, nullable=False, server_default="0"),
    Column("prev_hash", String(64), nullable=False, server_default=""),
    Column("row_hash", String(64), nullable=False, server_default=""),
    Index(
        "consent_events_in_order",
        "bucket",
        "contact_id",
        "seq",
        unique=True,
        sqlite_where=text("seq > 0"),
        postgresql_where=text("seq > 0"),
    ),
    Index("consent_events_by_time", "bucket", "recorded_at"),
    sqlite_with_rowid=False,
)

# Short links on our own domain. The token names the bucket, so that it alone finds the row; see store.short_links.
short_links = Table(
    "short_links",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("token", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("contact_id", String(32), nullable=False),
    Column("message_id", String(32), nullable=False),
    Column("target", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("clicks", Integer, nullable=False, server_default="0"),
    Column("clicked_at", BigInteger),  # the last time
    Index("short_links_by_contact", "bucket", "contact_id"),
    sqlite_with_rowid=False,
)

# Who asked to see what is kept of them, or to have it erased, and what came of it. No number in clear.
privacy_requests = Table(
    "privacy_requests",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),  # access | erasure
    Column("contact_id", String(32), nullable=False),  # empty where nobody had that number
    Column("reference", String(64), nullable=False),  # the number's HMAC, where there are keys to make it with
    Column("shown", String(32), nullable=False),  # the number as people may see it: its last two digits
    Column("actor", String(320), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Column("outcome", String(16), nullable=False),  # done | nobody
    Column("data", Text, nullable=False),  # how many rows of each table
)

# Texts of people who were erased, by a hash of the provider's id: none is taken in again from a provider's list.
erased_texts = Table(
    "erased_texts",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
)

# The nightly sweep: when it is next due, up to when each kind of data has been swept, and how much went last time.
sweeps = Table(
    "sweeps",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("next_at", BigInteger, nullable=False),
    Column("began_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("floors", Text, nullable=False),  # {kind: ms}
    Column("counts", Text, nullable=False),  # {kind: rows}
)

# Where each contact's chain ends, under a seal that takes the keys to make: without it the newest rows could go unseen.
consent_heads = Table(
    "consent_heads",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("entries", Integer, nullable=False),
    Column("row_hash", String(64), nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("seal", String(64), nullable=False),
    sqlite_with_rowid=False,
)

# What a whole bucket's chains had grown by on each past day (UTC): without it a whole chain could go unseen.
consent_days = Table(
    "consent_days",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("workspace", String(64), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),  # days since 1970
    Column("entries", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("seal", String(64), nullable=False),
    sqlite_with_rowid=False,
)

# The key of each contact's personal fields in the ledger. Without its row they can't be read any more (P1).
contact_keys = Table(
    "contact_keys",
    metadata,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("wrapped", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Numbers that are on a list, by their HMAC (P2): suppressed without being a contact, or on a do-not-call registry.
listed_numbers = Table(
    "listed_numbers",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("number_hash", String(64), primary_key=True),
    Column("scope", String(16), primary_key=True),  # a family of channels that is suppressed, or "registry" (D1)
    Column("rule", String(64), nullable=False),
    Column("source", String(160), nullable=False),
    Column("since", BigInteger, nullable=False),  # of a registry: the date of its data
    sqlite_with_rowid=False,
    info={"spread_by": "number_hash"},  # there may be no contact, and so no bucket; see store.spread
)

# How far a file has been read in: by what is in it, not by what it is called.
list_imports = Table(
    "list_imports",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),  # consent | suppressions | registry
    Column("digest", String(64), primary_key=True),
    Column("name", String(160), nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),  # bytes
    Column("lines", BigInteger, nullable=False),
    Column("counts", Text, nullable=False),  # {what became of a line: how many}
    Column("actor", String(320), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
)

# The keys that the ledger has worked with, by name, and what tells each from another of that name. Not the keys.
ledger_keys = Table(
    "ledger_keys",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("check_value", String(32), nullable=False),
    Column("since", BigInteger, nullable=False),
)

# The keys that programs gave to requests, so that one that comes twice is done once; see store.requests.
api_requests = Table(
    "api_requests",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("key_id", String(32), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("digest", String(64), nullable=False),  # of what was asked for
    Column("message_id", String(32), nullable=False),  # what came of it: a message, or a bulk send
    Column("at", BigInteger, nullable=False),
    Index("api_requests_by_time", "workspace", "at"),
    sqlite_with_rowid=False,
    info={"spread_by": "key"},  # a program may use one key for any contact; see store.spread
)

# Many texts that a program sends at once, until each is in the inbox; see store.bulk.
bulk_sends = Table(
    "bulk_sends",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("key_id", String(32), nullable=False),
    Column("key_name", String(64), nullable=False),
    Column("texts", Text, nullable=False),  # JSON: those that are not in the inbox yet
    Column("ids", Text, nullable=False),  # JSON: the message of each text, in the order in which they were given
    Column("errors", Text, nullable=False),  # JSON: those that could not be taken, and why
    Column("position", Integer, nullable=False),  # how many of the texts are in the inbox
    Column("fence", Integer, nullable=False),
    Column("lease_until", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Index("bulk_sends_open", "workspace", "created_at", sqlite_where=OPEN_SEND, postgresql_where=OPEN_SEND),
)

# One row: the oldest schema whose releases can work on this one. See store.migrate.
schema_compatibility = Table(
    "schema_compatibility",
    metadata,
    Column("oldest", String(32), primary_key=True),
)
