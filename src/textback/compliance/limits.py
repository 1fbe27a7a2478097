"""Limits as data and decisions: automatic replies to a contact, what goes first, and what carriers take from a line.

Pure: what was counted and the time go in, what may happen comes out.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zlib import crc32

import msgspec

from textback.core.tally import Tally
from textback.core.when import MINUTE, to_datetime, to_ms

# ---- Replies to one contact ----

SLOT = 10 * MINUTE
_SLOTS = 7
"""Slots that an hour can touch. All of them count, so the limit holds in any hour, wherever it begins."""
PAUSE = 2 * MINUTE
"""A contact who is silent for longer than this is not a program that answers programs: repetition counts from anew."""
_REMEMBERED = 16


class Guard(msgspec.Struct, frozen=True):
    """When the bot stops answering a contact: after `replies` texts in an hour, or when the same text has got the same
    answer `repeats` times with no pause over two minutes. 0 is no limit."""

    replies: int = 0
    repeats: int = 0


OFF = Guard()


def note_reply(tally: Tally | None, now: int, text: str, answers: Sequence[str], guard: Guard) -> tuple[Tally, str]:
    """Count the answers to a contact's text that are about to be sent. Returns the new tally and why they must not be:
    "" when they may, "replies" when there would be too many in an hour, "repeated" when two programs seem to talk.
    """
    tally = tally or Tally()
    slot = now // SLOT
    passed = max(slot - tally.slot, 0)
    counts = ((0,) * min(passed, _SLOTS) + tally.counts)[:_SLOTS] or (0,)
    counts = (counts[0] + len(answers), *counts[1:])
    exchange = crc32("\0".join((text.strip().casefold(), *answers)).encode("utf-8", "replace")) & 0xFFFF
    before = tally.said if now - tally.at <= PAUSE else ()
    said = (*before, exchange)[-_REMEMBERED:]
    new = Tally(max(slot, tally.slot), counts, now, said)
    if guard.repeats and said.count(exchange) >= min(guard.repeats, _REMEMBERED):
        return new, "repeated"
    if guard.replies and sum(counts) > guard.replies:
        return new, "replies"
    return new, ""


# ---- What goes first ----

REPLY = 0
_PRIORITY = {"compliance": REPLY, "conversational": REPLY, "informational": 1}
PROMOTIONAL = 2


def priority_of(message_class: str) -> int:
    """What goes first: 0 answers, 1 what was asked for, 2 everything else. A class nobody knows is promotional (C1)."""
    return _PRIORITY.get(message_class, PROMOTIONAL)


# ---- What carriers take from a line ----

AS_OF = "2026-04"
SOURCE = "Telnyx, 10DLC throughput limits by vetting score"

T_MOBILE_PER_DAY: Mapping[str, int] = {
    "top": 200_000,  # vetting score 75 to 100
    "high_mid": 40_000,  # 50 to 74
    "low_mid": 10_000,  # 25 to 49
    "low": 2_000,  # 1 to 24, or not vetted
    "sole_proprietor": 1_000,
}
"""T-Mobile: segments a day for a whole brand, by its tier. The day is Pacific."""

AT_AND_T_PER_MINUTE: Mapping[str, int] = {
    "top": 4_500,
    "high_mid": 2_400,
    "low_mid": 240,
    "low": 240,
    "sole_proprietor": 15,
}
"""AT&T: texts a minute for a campaign, by its brand's tier."""

AT_AND_T_LOW_VOLUME = 75
"""AT&T: texts a minute for a campaign of the class "low volume mixed", whatever the tier."""

CAP_ZONE = "America/Los_Angeles"
CAMPAIGN_CLASSES = ("standard", "low_volume")


def cap_of(tier: str) -> int:
    """Segments a day that a brand of this tier may send. Raises KeyError for a tier that there is not."""
    return T_MOBILE_PER_DAY[tier]


def rate_of(tier: str, campaign_class: str) -> float:
    """Segments a second that a campaign may send. Raises KeyError for a tier that there is not."""
    most = AT_AND_T_PER_MINUTE[tier]
    return (min(most, AT_AND_T_LOW_VOLUME) if campaign_class == "low_volume" else most) / 60


def day_of(now: int) -> str:
    """The carriers' day that a moment (ms) belongs to, as 2026-11-21."""
    return to_datetime(now, CAP_ZONE).date().isoformat()


def next_day(now: int) -> int:
    """When the carriers' next day begins, in ms."""
    today = to_datetime(now, CAP_ZONE).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return to_ms(today + timedelta(days=1))  # wall time: a day may have 23 or 25 hours


def fitting(segments: Sequence[int], room: int) -> int:
    """How many texts, taken in order, a day's cap has room for: their segments must all fit."""
    for count, size in enumerate(segments):
        room -= size
        if room < 0:
            return count
    return len(segments)


def starting(segments: Sequence[int], room: int) -> int:
    """How many texts, taken in order, may start now at a line's pace. A long one may overdraw; the line then waits for
    as long as it took."""
    for count, size in enumerate(segments):
        if room <= 0:
            return count
        room -= size
    return len(segments)
