"""What time it is. In a module of its own: commands need it that need nothing of the road."""

import time


def clock() -> int:
    """The time in ms since 1970."""
    return time.time_ns() // 1_000_000
