"""Fault points: places where the crash harness may end this process as a power cut would.

The road calls `point` at every moment that a crash could tell apart. Nothing happens there unless a fault is armed:
with TEXTBACK_FAULT="deliver.posted:3" in the environment, SIGKILL comes at the third passing. See docs/reliability.md.
"""

import os
import re
import signal
import threading

from textback.core.errors import SettingsError, shown

POINTS = {
    "accept.received": "a webhook is verified, and nothing of it is written",
    "accept.storing": "the transaction that stores arrivals has begun",
    "accept.stored": "arrivals are written, and not yet committed",
    "accept.committed": "arrivals are committed, and nobody has been told",
    "turn.locked": "conversations are locked for their turns",
    "turn.written": "all that follows from the turns is written, and not yet committed",
    "turn.committed": "turns are committed, and none of their texts has been posted",
    "deliver.claiming": "queued texts are claimed, and not yet committed",
    "deliver.claimed": "the claim of queued texts is committed, and none has been posted",
    "deliver.posting": "one text is about to be posted",
    "deliver.posted": "the provider has answered, and nothing of that is written",
    "deliver.recording": "the provider's answers are written, and not yet committed",
    "deliver.recorded": "the provider's answers are committed",
    "perform.claiming": "jobs are claimed, and not yet committed",
    "perform.claimed": "the claim of jobs is committed, and no other system has been asked",
    "perform.performed": "another system has answered, and nothing of that is written",
    "perform.recording": "the result of a job is stored as an arrival, and not yet committed",
    "perform.recorded": "the result of a job is committed as an arrival",
    "hooks.numbering": "events have their numbers and deliveries are queued, and not yet committed",
    "hooks.claiming": "deliveries to webhooks are claimed, and not yet committed",
    "hooks.claimed": "the claim of deliveries is committed, and none has been posted",
    "hooks.posting": "one delivery is about to be posted",
    "hooks.posted": "a webhook has answered, and nothing of that is written",
    "hooks.recording": "what webhooks answered is written, and not yet committed",
    "hooks.recorded": "what webhooks answered is committed",
    "tick.firing": "due timers have become arrivals, and are not yet committed",
    "tick.fired": "the arrivals of due timers are committed",
    "tick.sweeping": "abandoned texts and early statuses are settled, and not yet committed",
    "tick.swept": "abandoned texts and early statuses are committed",
}
"""Every fault point, and what is true there."""


class _Armed:
    """The one point that kills, and how many passings are left."""

    def __init__(self, name: str, passings: int) -> None:
        self.name = name
        self._left = passings
        self._lock = threading.Lock()  # points are passed in the loop and in the database's threads

    def reached(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left:
                return
            os.write(2, f"fault: {self.name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


_armed: _Armed | None = None


def point(name: str) -> None:
    """The road has come to this point."""
    if _armed is not None and _armed.name == name:
        _armed.reached()


def arm(text: str) -> None:
    """Arm a fault, written as "point:passing"; an empty text disarms. Raises SettingsError for what is not one."""
    global _armed  # noqa: PLW0603 (a process dies once)
    if not text:
        _armed = None
        return
    name, _, passings = text.partition(":")
    if name not in POINTS or not re.fullmatch(r"[0-9]{0,9}", passings) or passings == "0":
        raise SettingsError(
            f"TEXTBACK_FAULT {shown(text)} is not a fault.",
            "Remove it; it is for tests. docs/reliability.md lists them.",
        )
    _armed = _Armed(name, int(passings or 1))
