"""The row of a job: what a turn asks of another system."""

from collections.abc import Mapping
from typing import Any

import msgspec

from textback.engine.effects import Perform


def of_perform(key: Mapping[str, Any], effect: Perform, line: str, arrival_id: str, now: int) -> dict[str, Any]:
    """The job that a turn at `now` wants done, under the key of its conversation and job."""
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
        "due_at": now,
        "fence": 0,
        "arrival_id": arrival_id,
        "made_at": now,
    }
