"""What a webhook costs before it is stored: checking its signature, and reading it. A text and a report of each
provider, as the examination signs them."""

import statistics
import time
from typing import Any

from tests.channels.examination.examinee import NOW, Examinee, examinees
from textback.channels.base import Webhook

MOST = 300
"""µs that a webhook may take."""
TIMES, ROUNDS = 50, 31


def _webhooks(examinee: Examinee) -> dict[str, Webhook]:
    said = next(said for said, status in examinee.statuses.items() if status == "delivered")
    plain = {
        "text": examinee.text("Hi, what time do you close today? We'd like to come by with two bikes.", "m-1"),
        "report": examinee.report(said, "m-1"),
    }
    return {kind: examinee.signed(webhook) for kind, webhook in plain.items()}


def webhooks(_name: str) -> dict[str, Any]:
    """By provider: the medians in µs, of a text and of a report."""
    found: dict[str, dict[str, float]] = {}
    for examinee in examinees():
        line = examinee.line()
        found[examinee.spec.title] = {"target_us": MOST}
        for kind, webhook in _webhooks(examinee).items():
            took = []
            for _ in range(ROUNDS):
                start = time.perf_counter_ns()
                for _ in range(TIMES):
                    line.verify(webhook, NOW)
                    line.parse(webhook)
                took.append((time.perf_counter_ns() - start) / 1000 / TIMES)
            found[examinee.spec.title][kind] = statistics.median(took)
    return found


def table(results: dict[str, Any]) -> str:
    """The table of the docs."""
    lines = ["| provider | text, median µs | report, median µs | at most |", "|---|---|---|---|"]
    for provider, one in results["webhooks"].items():
        lines.append(f"| {provider} | {one['text']:,.0f} | {one['report']:,.0f} | {one['target_us']:,} |")
    return "\n".join(lines)


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    return [
        f"a {kind} of {provider} takes {one[kind]:.0f} µs, over {one['target_us']}"
        for provider, one in results["webhooks"].items()
        for kind in ("text", "report")
        if one[kind] > one["target_us"]
    ]
