"""Counters that operators watch, in Prometheus's format at /metrics."""

from prometheus_client import Counter, Gauge

WEBHOOKS = Counter("textback_webhooks_total", "Webhooks by line and what became of them.", ["line", "outcome"])
BACKLOG = Gauge("textback_inbox_waiting", "Arrivals that wait for their turn, counted to 10,000.")
