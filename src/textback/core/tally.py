"""What is remembered of the automatic replies to one contact, between two turns."""

import msgspec


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """How many replies went lately, and to what. Small, because it is part of every conversation's state.

    `counts` are replies by ten minutes, the newest first; `slot` says which ten minutes the first is. `said` are
    fingerprints of the latest exchanges (a text and our answer), the newest last; `at` (ms) is when that was.
    """

    slot: int = 0
    counts: tuple[int, ...] = ()
    at: int = 0
    said: tuple[int, ...] = ()
