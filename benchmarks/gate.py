"""What the gate costs a message: one decision of each kind, with its permit. Nothing is stored or sent."""

import statistics
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from textback.compliance.agreement import Agreement
from textback.compliance.gate import Ask, decide_send, permit
from textback.compliance.policy import policy_of
from textback.core.overrides import Overrides
from textback.core.promise import Promise
from textback.core.when import DAY, HOUR, to_ms
from textback.engine.bot import Bot
from textback.engine.effects import Send
from textback.pipeline.gating import Gatekeeper, Wish

MOST = 50
"""µs that a message may cost."""
TIMES, ROUNDS = 200, 15
NOON = to_ms(datetime(2026, 6, 10, 12, tzinfo=ZoneInfo("America/Los_Angeles")))
SEATTLE, ANYWHERE = "+12065550123", "+18005550123"
AGREED = (Agreement("phone", "", "promotional", "agreed", 1, "e1"),)
PROMISED: dict[str, Any] = {
    "promise": Promise(30, "month"),
    "programme": "offers",
    "of_programme": [NOON - day * DAY for day in range(29, 60)],
}
BY_STATE = policy_of(Overrides(preset="by_state"))


def _median(work: Callable[[], object]) -> float:
    """In µs: the median of several rounds, so that a pause of the machine does not count."""
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        for _ in range(TIMES):
            work()
        took.append((time.perf_counter_ns() - start) / 1000 / TIMES)
    return statistics.median(took)


def _answer() -> Callable[[], object]:
    """All that a turn does for its answer: the question, the decision, the permit."""
    bot = Bot(name="Harbor Cycle Works")
    keeper = Gatekeeper("default", {}, lambda: bot)
    send = Send("Go on.")

    def work() -> object:
        wish = Wish(7, "c1", "m1", "one", SEATTLE, send, NOON + HOUR, False, NOON, False)
        decision, _ = keeper.queue(None, wish, NOON)  # type: ignore[arg-type]
        return permit(decision, "m1")

    return work


def _asked(kind: str, to: str, hours: int, **more: Any) -> Callable[[], object]:
    def work() -> object:
        return decide_send(
            Ask(message_class=kind, now=NOON + hours * HOUR, to=to, agreements=AGREED, author="api", **more)
        )

    return work


def kinds() -> dict[str, Callable[[], object]]:
    """What is measured."""
    return {
        "answer, from the turn to the permit": _answer(),
        "informational": _asked("informational", SEATTLE, 0),
        "promotional, goes": _asked("promotional", SEATTLE, 0),
        "promotional by state, goes": _asked("promotional", SEATTLE, 0, policy=BY_STATE),
        "promotional of a programme with a promise, goes": _asked("promotional", SEATTLE, 0, **PROMISED),
        "promotional, is held for the morning": _asked("promotional", SEATTLE, 9),
        "promotional to a toll-free number, seven zones": _asked("promotional", ANYWHERE, 1),
    }


def gate(_name: str) -> dict[str, Any]:
    """The median of each kind, in µs."""
    found = {}
    for kind, work in kinds().items():
        work()
        found[kind] = {"us": _median(work), "target_us": MOST}
    return found


def table(results: dict[str, Any]) -> str:
    """The table of the docs."""
    lines = ["| decision | median µs | at most |", "|---|---|---|"]
    lines += [f"| {kind} | {one['us']:,.1f} | {one['target_us']:,} |" for kind, one in results["gate"].items()]
    return "\n".join(lines)


def missed(results: dict[str, Any]) -> list[str]:
    """Which targets were missed, as sentences."""
    return [
        f"the gate takes {one['us']:.0f} µs for {kind}, over {one['target_us']}"
        for kind, one in results["gate"].items()
        if one["us"] > one["target_us"]
    ]
