"""The rows of jobs: what a turn asks of other systems, and of models."""

from collections.abc import Mapping
from typing import Any

import msgspec

from textback.engine.effects import NoteReply, Perform
from textback.store.db import Row


def of_perform(key: Mapping[str, Any], effect: Perform, line: str, arrival: Row[Any], now: int) -> dict[str, Any]:
    """The job that a turn at `now` wants done, under the key of its conversation and job. What is waited for before it
    counts from when the arrival came, not from when it had its turn."""
    return {
        **key,
        "session": effect.session,
        "version": effect.version,
        "line": line,
        "step": effect.step,
        "action": effect.action,
        "arguments": msgspec.json.encode(effect.arguments).decode(),
        "key": effect.key,
        "timeout": effect.timeout,
        "retries": effect.retries,
        "state": "queued",
        "attempts": 0,
        "due_at": min(now, arrival.received_at) + effect.after if effect.after else now,
        "fence": 0,
        "arrival_id": arrival.id,
        "made_at": now,
    }


def of_reply(bucket: int, contact_id: str, effect: NoteReply) -> dict[str, Any]:
    """What a turn writes down about a model's reply, beside its question."""
    return {
        "b": bucket,
        "k": contact_id,
        "i": effect.job,
        "outcome": effect.outcome,
        "confidence": round(effect.confidence * 1_000),
        "evidence": round(effect.evidence * 1_000),
        "flaws": " ".join(effect.flaws),
        "decided_by": effect.by,
        "decided_text": effect.text,
        "why": effect.why,
    }
