"""A thread in episodes: each as one line says when it was, what about, how it ended and who answered. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from textback.core.when import to_datetime
from textback.store.history import BEGINS, MOST_TOLD, Window
from textback.web.phrases import tell
from textback.web.present import Bubble, Day, Line, Written, day, outcome_words, woven
from textback.web.remedies import Remedy, remedy_of

FIRST = "first"
"""The key of what was before any episode is known to have begun."""
MOST_WORDS = 48
MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one episode, or of as much of it as a window has. `key` is the id of the turn that began it."""

    key: str
    messages: Sequence[Any]
    events: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Summary:
    """An episode in one line: the day, what it was about, how it ended, who answered, and how many texts."""

    when: str
    about: str
    outcome: str
    by: str
    texts: str


@dataclass(frozen=True, slots=True)
class Episode:
    """What the thread shows of one. `now` is whether it is the latest, `open` whether it is unfolded at first;
    `remedies` are what helps with texts that failed, by message."""

    key: str
    summary: Summary
    items: Sequence[Bubble | Line | Written | Day]
    remedies: Mapping[str, Remedy] = field(default_factory=dict)
    now: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Looks:
    """How somebody reads a thread: `me` is their id, `zone` IANA, `now` in ms, `flows` what flows are called."""

    me: str
    zone: str
    now: int
    flows: Mapping[str, str] = field(default_factory=dict)


def parts_of(window: Window) -> tuple[list[Part], str]:
    """The episodes of a window, oldest first, and the id before which the next window ends, "" for none. Where the
    window begins in the middle of one and has others, that one is left to the next window, which has it whole."""
    starts = sorted({event.arrival_id for event in window.events if event.kind == BEGINS})
    texts: list[list[Any]] = [[] for _ in ("", *starts)]
    events: list[list[Any]] = [[] for _ in ("", *starts)]
    for row in window.messages:
        texts[bisect_right(starts, row.id)].append(row)
    for event in window.events:
        events[bisect_right(starts, event.arrival_id)].append(event)
    first, *rest = (Part(*of) for of in zip(("", *starts), texts, events, strict=True))
    if rest and not first.messages and not window.since:
        # What they agreed to on a form before they wrote is no episode of its own.
        rest[0] = replace(rest[0], events=[*first.events, *rest[0].events])
        return rest, ""
    begun = bool(first.messages or first.events)
    if not (window.since and begun and rest):
        return ([first] if begun else []) + rest, window.since
    return rest, starts[0]


def _about(part: Part, flows: Mapping[str, str]) -> str:
    """The flows that ran, else how the first of their texts begins."""
    ran = [str(one.data.get("flow", "")) for one in part.events if one.kind == "session_started"]
    names = list(dict.fromkeys(flows.get(name) or name.replace("_", " ").capitalize() for name in ran if name))
    if names:
        return names[0] if len(names) == 1 else tell("{what} and {n} more", what=names[0], n=len(names) - 1)
    said = next((row.text for row in part.messages if row.direction == "in" and row.text), "")
    said = said or next((row.text for row in part.messages if row.text), "")
    words = " ".join(said.split())
    if not words:
        return tell("No texts")
    return f"“{words[:MOST_WORDS].rstrip()}…”" if len(words) > MOST_WORDS else f"“{words}”"


def _outcome(part: Part, me: str) -> str:
    """How it ended, as far as is known."""
    kinds = {event.kind for event in part.events}
    if "opted_out" in kinds and "opted_in" not in kinds:
        return tell("opted out")
    closed = next((event for event in reversed(part.events) if event.kind == "completed"), None)
    if closed is not None:
        by = tell("you") if closed.data.get("user") == me else closed.data.get("name") or tell("a person")
        return tell("completed by {name}", name=by)
    ended = next((event for event in reversed(part.events) if event.kind == "session_ended"), None)
    return outcome_words(str(ended.data.get("outcome", ""))) if ended is not None else ""


def _by(part: Part, me: str) -> str:
    """Who answered: "Bot and Tom Alvarez"."""
    names: dict[str, None] = {}
    for row in part.messages:
        if row.direction == "out":
            program = tell("Program {name}", name=row.author_name) if row.author == "api" else row.author_name
            names[tell("Bot") if row.author == "bot" else tell("you") if row.author_id == me else program] = None
    found = [name for name in names if name]
    if len(found) > MOST_NAMES:
        found = [*found[: MOST_NAMES - 1], tell("{n} more", n=len(found) - MOST_NAMES + 1)]
    words = "".join(found)
    if len(found) > 1:
        words = tell("{some} and {last}", some=", ".join(found[:-1]), last=found[-1])
    return words[:1].upper() + words[1:] if words else tell("Nobody answered")


def summary_of(part: Part, looks: Looks) -> Summary:
    """The line that stands for an episode."""
    ats = [row.at for row in part.messages] + [event.at for event in part.events]
    count = len(part.messages)
    number = f"{MOST_TOLD}+" if count >= MOST_TOLD else str(count)
    return Summary(
        day(min(ats), looks.zone, looks.now) if ats else "",
        _about(part, looks.flows),
        _outcome(part, looks.me),
        _by(part, looks.me),
        tell("1 text") if count == 1 else tell("{n} texts", n=number),
    )


def episode_of(part: Part, whole: Part | None, opened: Mapping[str, int], looks: Looks) -> Episode:
    """An episode as the thread shows it. `whole` has all of it where the part is cut; `opened` is how often links were,
    by message."""
    key = part.key or FIRST
    items = woven(part.messages, part.events, looks.me, looks.zone, looks.now, opened)
    shown: list[Bubble | Line | Written | Day] = []
    for place, item in enumerate(items):
        if isinstance(item, Day):
            # The same day keeps its name whatever was loaded before it.
            after = to_datetime(items[place + 1].at, looks.zone)  # type: ignore[union-attr]
            shown.append(replace(item, id=f"day-{key}-{after:%Y%m%d}"))
        else:
            shown.append(item)
    remedies = {row.id: found for row in part.messages if (found := remedy_of(row)) is not None}
    return Episode(key, summary_of(whole or part, looks), shown, remedies)
