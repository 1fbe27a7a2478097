"""Parts: a long text that its provider hands on piece by piece (Message.part), put together again.

The parts wait in the inbox, unhandled, until all of them are there, or WAIT after the last that came. Whether they
still do follows from what is stored and from the time, so that every node comes to the same and a crash loses nothing.
The text has its turn in the place of the part that came last; what a contact sends meanwhile waits for nothing. When a
part never comes, the others are one text without it; a part that comes later than that is a text of its own.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from textback.channels.base import Parted
from textback.core.when import SECOND
from textback.engine.arrivals import Message
from textback.pipeline.bursts import MESSAGE, Plan, Text
from textback.pipeline.lines import Line
from textback.store.db import Row

WAIT = 20 * SECOND
"""How long (ms) the parts of a text wait for the next one."""
_message = msgspec.json.Decoder(Message)
_SAYS = '"part":'
"""What the inbox has in the row of a part: a quote of the contact's own would stand there as two characters."""
_Key = tuple[str, str, str, str, int, str]


def parted_lines(lines: Mapping[str, Line]) -> frozenset[str]:
    """The lines whose provider hands on parts."""
    return frozenset(name for name, line in lines.items() if isinstance(line.provider, Parted))


def gather(rows: Sequence[Row[Any]], lines: Collection[str], known: Collection[str], now: int, rest: Plan) -> Plan:
    """The plan for a batch, of which `rest` is the plan for whatever is no part. `lines` are those that may have parts,
    `known` the contacts that have a conversation here. Each contact's rows are in the order in which they came."""
    parts = [
        (row, message)
        for row in rows
        if row.line in lines and row.kind == MESSAGE and row.contact_id in known and _SAYS in row.data
        if (message := _read(row)) is not None
    ]
    if not parts:
        return rest
    earlier, waiting, until = dict(rest.earlier), set(rest.waiting), dict(rest.until)
    over, open_ = _groups(parts)
    for group in open_:
        due = group[-1][0].received_at + WAIT
        # A clock that was set back must not make anybody wait for it to come round again.
        if now < due <= now + WAIT:
            contact = group[0][0].contact_id
            until[contact] = min(until.get(contact, due), due)
            waiting.update(row.id for row, _ in group)
        else:
            over.append(group)
    for group in over:
        if len(group) > 1:
            earlier[group[-1][0].id] = group[:-1]
    joined = frozenset(row.id for texts in earlier.values() for row, _ in texts)
    return Plan(earlier, joined, waiting, until)


def _groups(parts: Iterable[Text]) -> tuple[list[list[Text]], list[list[Text]]]:
    """The parts of each text: of those that wait for no more, and of those that may. Providers use a reference again,
    so one that has this part already is of an earlier text."""
    over: list[list[Text]] = []
    open_: dict[_Key, list[Text]] = {}
    for row, message in parts:
        part = message.part
        if part is None:
            continue
        key = (row.contact_id, row.line, message.sender, part.ref, part.of, message.doubt)
        group = open_.setdefault(key, [])
        late = group and row.received_at > group[-1][0].received_at + WAIT
        if late or any(one.part is not None and one.part.number == part.number for _, one in group):
            over.append(group)
            group = open_[key] = []
        group.append((row, message))
        if len(group) == part.of:
            over.append(open_.pop(key))
    return over, list(open_.values())


def _read(row: Row[Any]) -> Message | None:
    try:
        found = _message.decode(row.data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return found if found.part is not None else None


def whole(earlier: Sequence[Text], last: Message) -> Message:
    """The text of which these are the parts, whatever order they came in."""
    parts = [*(message for _, message in earlier), last]
    parts.sort(key=lambda one: one.part.number if one.part is not None else 0)
    return msgspec.structs.replace(last, text="".join(one.text for one in parts), part=None)
