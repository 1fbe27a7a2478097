"""Ids that sort by the time they were made, and the bucket a contact belongs to."""

import secrets
import time
from threading import Lock

BUCKETS = 256


def bucket_of(contact_id: str) -> int:
    """The bucket (0 to 255) that all rows of this contact are stored under: the first byte of its random id."""
    return int(contact_id[:2], 16)


def new_contact_id() -> str:
    """24 random hex digits. Random, not derived from the phone number, so that an id gives no number away."""
    return secrets.token_hex(12)


class IdMaker:
    """Makes 24-digit hex ids: 11 digits of milliseconds, 5 of a counter, 8 that name this process.

    Ids made by one process always grow, even when the clock steps back, so sorting by id is sorting by arrival.
    """

    def __init__(self) -> None:
        self._node = secrets.token_hex(4)
        self._ms = 0
        self._count = 0
        self._lock = Lock()

    def __call__(self) -> str:
        with self._lock:
            ms = time.time_ns() // 1_000_000
            if ms > self._ms:
                self._ms, self._count = ms, 0
            else:
                self._count += 1
                if self._count > 0xFFFFF:
                    self._ms, self._count = self._ms + 1, 0
            return f"{self._ms:011x}{self._count:05x}{self._node}"


def made_at(id_: str) -> int:
    """When this id was made, in ms since 1970, by the clock of the process that made it."""
    return int(id_[:11], 16)


new_id = IdMaker()
"""This process's id maker. Rooms that must stay pure take ids as arguments instead."""
