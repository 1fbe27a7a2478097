"""A row of the desk's list: what it says beside who and what, and the group that it stands in. Pure."""

from dataclasses import replace
from typing import Any

from textback.core.when import DAY, to_datetime
from textback.engine.state import State
from textback.store.desk_lists import View
from textback.web.phrases import tell
from textback.web.present import ListRow, clock, day_words, list_row

MOST_CHIPS = 2
FOREVER = 2**53
"""Snoozed until they text."""


def until_words(until: int, zone: str, now: int) -> str:
    """When a snooze is over: "9:00 am", "tomorrow, 9:00 am", "Mon 23 Nov, 9:00 am", "they text"."""
    if not until or until >= FOREVER:
        return tell("they text")
    moment, today = to_datetime(until, zone), to_datetime(now, zone)
    if moment.date() == today.date():
        return clock(until, zone)
    if moment.date() == to_datetime(now + DAY, zone).date():
        return tell("tomorrow, {time}", time=clock(until, zone))
    return f"{day_words(moment)}, {clock(until, zone)}"


def row_of(row: Any, state: State, me: str, zone: str, now: int) -> ListRow:
    """A conversation as the list shows it, with at most two chips: the ones that say what to do come first."""
    shown = list_row(row, state, me, zone, now)
    chips: list[tuple[str, str, str]] = []
    if row.priority:
        chips.append(("fail", "flag", tell("Urgent")) if row.priority == 2 else ("wait", "flag", tell("High")))
    if row.snoozed_until is not None:
        chips.append(("", "moon", tell("Until {when}", when=until_words(row.snoozed_until, zone, now))))
    elif state.back_at:
        chips.append(("", "moon", tell("Back from snooze")))
    if state.draft is not None:
        chips.append(("bot", "edit", tell("Draft, {n}% sure", n=f"{state.draft.confidence * 100:.0f}")))
    return replace(shown, chips=[*chips, *shown.chips][:MOST_CHIPS]) if chips else shown


def group_of(view: View, part: int, state: State) -> tuple[str, str]:
    """The heading that a row stands under, and its hint."""
    if view != "needs-you":
        return "", ""
    if part == 3:
        return tell("Yours"), ""
    if state.draft is not None:
        return tell("Bot wants your OK"), ""
    return tell("Waiting on a person"), tell("longest first")
