"""Bursts: texts that a contact sends one after another, heard as one.

With `burst: 1.5s` in bot.yml a text waits that long for the next one, and all of them WINDOWS times as long at most.
They wait in the inbox, unhandled. Whether they still do follows from when they came and from the time, so that every
node comes to the same and a crash loses nothing. What must not wait ends the waiting of those before it, so that order
is kept: consent words (O1), what people at the desk do, timers. With no window, the default, none of this is asked.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from textback.engine.arrivals import AnyArrival, Message
from textback.engine.bot import Bot
from textback.engine.state import State
from textback.pipeline.decide import Standing, verdict_on
from textback.pipeline.lines import Line
from textback.pipeline.opting import heard
from textback.store.db import Row

_arrival = msgspec.json.Decoder(AnyArrival)

WINDOWS = 4
"""How many windows the texts of one burst may wait in all."""
BURST_ROW = "Burst"
MESSAGE = "message"
"""The kind, in the inbox, of a contact's text."""
STATUS = "status/"
"""How the kinds of delivery statuses begin in the inbox. They come between texts and mean nothing to a burst."""

Text = tuple[Row[Any], Message]
"""A text and its row in the inbox."""


class Plan(msgspec.Struct, frozen=True):
    """What becomes of a batch's arrivals, by their ids. `earlier` has the texts that are heard with a later one;
    `waiting` are those that wait, and `until` says by contact until when (ms). Whatever is not named is handled by
    itself."""

    earlier: dict[str, list[Text]] = {}
    joined: Collection[str] = frozenset()
    waiting: Collection[str] = frozenset()
    until: dict[str, int] = {}


NONE = Plan()


class Locked(Protocol):
    """A conversation, as far as a burst must know it."""

    state: State
    opted_out: bool


def sent(row: Row[Any], text: Message, late_after: int) -> tuple[int, bool]:
    """When a text was sent (ms), and whether it came more than `late_after` ms after that."""
    sent_at = min(text.sent_at or row.received_at, row.received_at)
    return sent_at, 0 < late_after < row.received_at - sent_at


def gather(
    rows: Sequence[Row[Any]],
    open_: Mapping[str, Locked],
    lines: Mapping[str, Line],
    bot: Bot,
    now: int,
    late_after: int,
) -> Plan:
    """The plan for a batch, of which the conversations in `open_` are at hand. Consent words are never heard with
    others and wait for none; nor are texts that the bot is not to answer, or of which nobody knows who sent them."""
    texts: dict[str, Message] = {}
    mine = [row for row in rows if row.contact_id in open_]
    for row in mine:
        text = _read(row)
        locked = open_[row.contact_id]
        if text is None or text.doubt or text.part is not None or locked.state.owner.kind != "bot":
            continue
        sent_at, late = sent(row, text, late_after)
        line = lines.get(row.line)
        standing = Standing(locked.opted_out, line.keywords if line else {}, sent_at)
        verdict = verdict_on(bot, text, now, standing)
        if late or verdict.action != "none":
            continue
        if heard(bot, locked.state, text, now, verdict, opted_out=locked.opted_out) is None:
            texts[row.id] = text
    return plan(mine, texts, bot.burst, now)


def _read(row: Row[Any]) -> Message | None:
    """The text of an arrival that is one. One that was redriven is not: it is in the thread already."""
    if row.kind != MESSAGE:
        return None
    try:
        found = _arrival.decode(row.data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return found if isinstance(found, Message) else None


def plan(rows: Sequence[Row[Any]], texts: Mapping[str, Message], window: int, now: int) -> Plan:
    """Say which of these arrivals, each contact's in order, are heard together, and which wait. `texts` are those that
    may be heard with others, by id. Times in ms."""
    earlier: dict[str, list[Text]] = {}
    waiting: set[str] = set()
    until: dict[str, int] = {}
    by_contact: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_contact.setdefault(row.contact_id, []).append(row)
    for contact_id, mine in by_contact.items():
        burst: list[Text] = []
        since = 0  # the place of the first text of the burst
        for place, row in enumerate(mine):
            text = texts.get(row.id)
            if text is None:
                if not row.kind.startswith(STATUS):
                    _close(burst, earlier)
                    burst = []
                continue
            if burst and not _together(burst, (row, text), window):
                _close(burst, earlier)
                burst = []
            if not burst:
                since = place
            burst.append((row, text))
        if burst:
            due = min(burst[-1][0].received_at + window, burst[0][0].received_at + WINDOWS * window)
            # A clock that was set back must not make anybody wait for it to come round again.
            if now < due <= now + WINDOWS * window:
                until[contact_id] = due
                waiting.update(row.id for row in mine[since:])
            else:
                _close(burst, earlier)
    joined = frozenset(row.id for texts_ in earlier.values() for row, _ in texts_)
    return Plan(earlier, joined, waiting, until)


def _close(burst: list[Text], earlier: dict[str, list[Text]]) -> None:
    if len(burst) > 1:
        earlier[burst[-1][0].id] = burst[:-1]


def _together(burst: Sequence[Text], text: Text, window: int) -> bool:
    """Whether a text belongs to a burst: it came in time, from the same phone, to the same number."""
    (first, _), (last, said), (row, message) = burst[0], burst[-1], text
    in_time = row.received_at <= min(last.received_at + window, first.received_at + WINDOWS * window)
    return in_time and (row.line, message.sender) == (last.line, said.sender)


def whole(earlier: Sequence[Text], last: Message) -> Message:
    """What is heard: the words of all, each on its line, and all the media."""
    texts = [*(message for _, message in earlier), last]
    return msgspec.structs.replace(
        last,
        text="\n".join(one.text for one in texts if one.text),
        media=tuple(media for one in texts for media in one.media),
        attached=tuple(line for one in texts for line in one.attached),
        channel="mms" if any(one.channel == "mms" for one in texts) else last.channel,
    )
