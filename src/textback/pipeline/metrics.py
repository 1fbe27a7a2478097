"""What the road counts, for /metrics. Counted in memory, on this node, since its start."""

from prometheus_client import Counter, Gauge, Histogram

from textback.llm.base import Asked

ARRIVALS = Counter(
    "textback_arrivals_total", "Arrivals made durable, repetitions included, by line and kind.", ["line", "kind"]
)
TURNS = Counter(
    "textback_turns_total",
    "Turns by line and outcome: spoke (a text of ours followed), silent, failed, unreadable.",
    ["line", "outcome"],
)
POSTS = Counter(
    "textback_posts_total",
    "Requests to providers by line and outcome: accepted, or the kind of failure.",
    ["line", "outcome"],
)
REFUSED = Counter("textback_refused_total", "Texts that the consent gate refused, by line and rule.", ["line", "rule"])
LIMITS = Counter(
    "textback_limits_passed_total",
    "Limits of queues that have passed, by queue and limit: first_answer, next_answer, resolution.",
    ["queue", "limit"],
)
JOBS = Counter(
    "textback_jobs_total",
    "Tries of actions by action and outcome: done, the kind of failure, or withdrawn before it was tried.",
    ["action", "outcome"],
)
JOB_SECONDS = Histogram(
    "textback_job_seconds",
    "Seconds that one try of an action took, by action.",
    ["action"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
MODEL_CALLS = Counter(
    "textback_model_calls_total",
    "Calls of language models by model and outcome: answered, or why not.",
    ["model", "outcome"],
)
MODEL_SECONDS = Histogram(
    "textback_model_seconds",
    "Seconds that a call of a language model took, by model.",
    ["model"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 12, 20, 30, 60),
)
MODEL_TOKENS = Counter(
    "textback_model_tokens_total", "Tokens that language models read (in) and wrote (out).", ["model", "kind"]
)
MODEL_COST = Counter(
    "textback_model_cost_dollars_total", "US dollars that language models cost, where the price is known.", ["model"]
)
HOOKS = Counter(
    "textback_webhook_deliveries_total",
    "Tries of deliveries to webhooks by outcome: taken, failed, or gone (the webhook wants no more).",
    ["outcome"],
)
HOOK_SECONDS = Histogram(
    "textback_webhook_seconds",
    "Seconds until a webhook answered, or was given up.",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
EVENT_DELAY = Gauge("textback_event_delay_seconds", "How long the oldest event has waited for its place in the log.")
SWEPT = Counter(
    "textback_swept_total", "Rows that were emptied or deleted because they were kept long enough, by kind.", ["kind"]
)
MAILS_LEFT = Counter(
    "textback_mails_left_total",
    "Mails that were left alone, by line and why: ours, automatic, list, report, unproven, unreadable, empty.",
    ["line", "why"],
)
REPLY_SECONDS = Histogram(
    "textback_reply_seconds",
    "Seconds from an arrival until the provider has taken a text that follows from it. Bulk texts are left out.",
    ["line"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)
BATCH = Histogram(
    "textback_batch_size",
    "How much shared one transaction: arrivals stored, turns, claims, receipts of posts.",
    ["stage"],
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)
BATCH_STORED, BATCH_TURNS, BATCH_CLAIMS, BATCH_RECEIPTS = (
    BATCH.labels(stage) for stage in ("stored", "turns", "claims", "receipts")
)


def count_asked(asked: Asked) -> None:
    """Count every call that was made for a question."""
    for one in asked.tries:
        MODEL_CALLS.labels(one.model, one.outcome).inc()
        MODEL_SECONDS.labels(one.model).observe(one.ms / 1000)
        MODEL_TOKENS.labels(one.model, "in").inc(one.tokens_in)
        MODEL_TOKENS.labels(one.model, "out").inc(one.tokens_out)
        MODEL_COST.labels(one.model).inc(one.cost / 1_000_000)
