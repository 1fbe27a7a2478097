"""Counters that operators watch, in Prometheus's format at /metrics."""

from prometheus_client import Counter, Gauge

WEBHOOKS = Counter("textback_webhooks_total", "Webhooks by line and what became of them.", ["line", "outcome"])
LINK_CLICKS = Counter(
    "textback_link_clicks_total",
    "Requests for short links by outcome: opened, preview, expired, unknown, limited, lost (not noted, but led on).",
    ["outcome"],
)
BACKLOG = Gauge("textback_inbox_waiting", "Arrivals that wait for their turn, counted to 10,000. NaN: not known.")
BACKLOG_AGE = Gauge("textback_inbox_oldest_seconds", "How long the oldest arrival has waited for its turn.")
OUTBOX = Gauge(
    "textback_outbox", "Texts in the outbox by state, counted to 10,000: queued, sending, unknown.", ["state"]
)
OUTBOX_AGE = Gauge("textback_outbox_overdue_seconds", "How long ago the first of the queued texts was due.")
JOBS_AGE = Gauge("textback_jobs_overdue_seconds", "How long ago the first of the actions that wait was due.")
BREAKER_OPEN = Gauge(
    "textback_breaker_open", "1 while this node holds a line's texts back; 0.5 while it probes.", ["line"]
)
LINE_TROUBLE = Gauge(
    "textback_line_trouble", "1 while a line's provider is away, or refuses its account.", ["line", "why"]
)
DEAD_LETTERS = Gauge(
    "textback_dead_letters", "Texts, arrivals and actions that were given up and not redriven.", ["line"]
)
REJECTED = Gauge("textback_rejected_webhooks", "Webhooks in quarantine that nobody has dealt with.", ["line"])
LOG_ONLY = Gauge("textback_line_log_only", "1 while a line takes webhooks whose signature is bad.", ["line"])
SPOOL_RECORDS = Gauge("textback_spool_records", "Arrivals that wait in the spool for the database to come back.")
SPOOL_BYTES = Gauge("textback_spool_bytes", "Bytes of the disk that the spool takes.")
SPOOL_AGE = Gauge("textback_spool_oldest_seconds", "How long the oldest arrival in the spool has waited.")
SPOOL_TAKEN = Gauge("textback_spool_taken", "Arrivals that the spool has taken since the start.")
SPOOL_ASIDE = Gauge("textback_spool_aside", "Damaged or refused spool records kept aside since the start.")
HANDOFFS = Gauge(
    "textback_handoffs_waiting", "Conversations in which a contact waits for a person, by queue.", ["queue"]
)
HANDOFFS_LATE = Gauge(
    "textback_handoffs_late", "Of those that wait for a person, those whose limit has passed, by queue.", ["queue"]
)
HANDOFFS_AGE = Gauge(
    "textback_handoffs_oldest_seconds",
    "How long the one that waits for a person longest has waited, by queue.",
    ["queue"],
)
