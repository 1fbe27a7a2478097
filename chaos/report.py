"""What trials have shown, as a table for people."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chaos.run import Outcome

COLUMNS = {
    "faults": "kills",
    "frozen": "freezes",
    "points": "fault points hit",
    "webhooks": "webhooks",
    "texts": "texts in",
    "acknowledged": "acknowledged",
    "turns": "turns",
    "replies": "replies taken",
    "lost": "lost",
    "doubled": "doubled",
    "disordered": "out of order",
    "other": "otherwise wrong",
    "unknown": "unknown",
    "found": "of these found",
    "not_sent": "not sent",
    "left": "left unknown",
}


def as_json(outcomes: "Sequence[Outcome]") -> list[dict[str, Any]]:
    """The results, ready to be kept."""
    kept = []
    for outcome in outcomes:
        verdict = outcome.verdict
        kept.append(
            {
                "name": outcome.name,
                "seconds": round(outcome.seconds),
                "faults": sum(outcome.kills.values()) - outcome.kills["frozen"],
                "frozen": outcome.kills["frozen"],
                "points": len(set(outcome.kills) - {"anywhere", "frozen"}),
                "webhooks": outcome.webhooks,
                "texts": verdict.texts,
                "acknowledged": verdict.acknowledged,
                "turns": verdict.turns,
                "replies": verdict.replies,
                "lost": len(verdict.lost),
                "doubled": len(verdict.doubled),
                "disordered": len(verdict.disordered),
                "other": len(verdict.other) + len(outcome.complaints),
                "unknown": verdict.unknown,
                "found": verdict.found,
                "not_sent": verdict.not_sent,
                "left": verdict.unknown - verdict.found - verdict.not_sent,
                "kills": dict(sorted(outcome.kills.items())),
            }
        )
    return kept


def table(trials: Sequence[Mapping[str, Any]]) -> str:
    """The results as a Markdown table."""
    rows = [["", *COLUMNS.values()], ["---"] * (len(COLUMNS) + 1)]
    rows += [[trial["name"], *[f"{trial[key]:,}" for key in COLUMNS]] for trial in trials]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
