"""What the composer shows of a conversation: whether this person may write, and why not, what waits to go, what a text
costs, and when it is morning for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from textback.compliance.gate import SHUT, Decision
from textback.compliance.limits import day_of, next_day
from textback.core.ids import bucket_of, new_id
from textback.core.phone import zone_of
from textback.core.when import DAY, MINUTE, SECOND, to_datetime, to_ms
from textback.engine.effects import Send
from textback.engine.state import State
from textback.pipeline.gating import Wish
from textback.pipeline.lines import Line
from textback.store import gate as gate_store
from textback.store import limits, pictures, scheduled
from textback.store.db import Row, Tx
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.phrases import tell
from textback.web.present import MOST_UNDO, clock, day_words
from textback.web.retelling import retell

MORNING = 8
AHEAD = 366 * DAY
"""How far ahead (ms) a text may be scheduled."""
LOCAL = "%Y-%m-%dT%H:%M"
"""A time as a browser's field for it has it, without its zone."""
SETUP = frozenset({"N2"})
"""Rules by which a line must be set up before anything goes."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Why nobody writes now: `kind` is off, bot, mate, setup, gate, window, hours or cap; a sentence, what the button
    that lifts it says ("" for none), `at`, the local time for which a text can be scheduled instead, and which
    `templates` may go."""

    kind: str
    words: str
    do: str = ""
    at: str = ""
    templates: tuple[str, ...] = ()

    @property
    def hides(self) -> bool:
        """Whether it stands in the field's place. What only waits can be written now and go later."""
        return self.kind not in ("hours", "cap")


@dataclass(frozen=True, slots=True)
class Later:
    """A text of a person that has not gone: `due` in words, `at` as a browser's field has it, `undo` whether it is one
    that was sent just now, and `left` the seconds until it goes."""

    id: str
    text: str
    by: str
    due: str
    at: str
    undo: bool
    left: int
    pictures: int
    editable: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The recipient's time: `zone` is IANA, `known` whether it is theirs, rather than that of the business."""

    zone: str
    name: str
    known: bool


@dataclass(frozen=True, slots=True)
class Composer:
    """What the composer shows. `seen` is the id of the newest text of theirs, `heard` when it came (ms), `newest` what
    it says; `price` is what a segment costs in US dollars."""

    lock: Lock | None
    outgoing: list[Later]
    place: Place
    morning: tuple[str, str]
    earliest: str
    price: float
    seen: str
    heard: int
    newest: str
    limit: bool
    pictured: bool
    picture: Any = None
    kind: str = "reply"
    mates: list[str] = field(default_factory=list)
    notes: bool = True
    call: str = ""


def place_of(address: str, known: str, home: str) -> Place:
    """Where they are: as is known of them, or by their number where it says one zone; else where the business is."""
    zones = zone_of(address)
    zone = known or (zones[0] if len(zones) == 1 else "")
    return Place(zone or home, (zone or home).rpartition("/")[2].replace("_", " "), bool(zone))


def next_morning(now: int, zone: str) -> tuple[str, str]:
    """The next 8:00 there: as a browser's field has it, and in words."""
    local = to_datetime(now, zone)
    found = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    tomorrow = found <= local
    if tomorrow:
        found = (found.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))
    return found.strftime(LOCAL), tell("8:00 am tomorrow" if tomorrow else "8:00 am today")


def local_field(at: int, zone: str) -> str:
    """A time (ms) as a browser's field has it, there."""
    return to_datetime(at, zone).strftime(LOCAL)


def read_local(text: str, zone: str, now: int) -> int:
    """A time to come (ms), such as when a text is to go, from a local time there; ValueError says in words what is
    wrong."""
    try:
        at = to_ms(datetime.strptime(text, LOCAL).replace(tzinfo=ZoneInfo(zone)))
    except (ValueError, OverflowError):
        raise ValueError(tell("That is no time. Choose a day and a time.")) from None
    if at <= now:
        raise ValueError(tell("{when} has passed there. Choose a later time.", when=text.replace("T", " ")))
    if at > now + AHEAD:
        raise ValueError(tell("That is more than a year ahead. Choose an earlier time."))
    return at


def preview(tx: Tx, ctx: WebContext, row: Row[Any], state: State, user: User, now: int) -> Decision:
    """What the gate would say of a text that this person sends now."""
    send = Send("", author="person", author_id=user.id, author_name=user.name, source="desk")
    waits = row.waiting_since is not None or row.last_author == "contact"
    contact = (bucket_of(row.contact_id), row.contact_id)
    wish = Wish(
        *contact, new_id(), row.line, row.address, send, None, bool(row.opted_out), state.last_inbound_at, waits,
        ctx.road.gate.templates.way(tx, row.line, send, contact)[1],
    )  # fmt: skip
    return ctx.road.gate.queue(tx, wish, now)[0]


def _until(at: int, zone: str, now: int) -> str:
    local = to_datetime(at, zone)
    if local.date() == to_datetime(now, zone).date():
        return clock(at, zone)
    return f"{day_words(local)}, {clock(at, zone)}"


def lock_of(
    held: str, owner: str, decision: Decision | None, line: Line | None, full: bool, place: Place, now: int,
    templates: Sequence[str] = (),
) -> Lock | None:  # fmt: skip
    """What keeps a person from writing; None for nothing. `held` is who has the conversation, `full` says that the line
    has sent all that it may today, `templates` are those that may go where only such may (W1)."""
    if held == "off":
        return Lock("off", tell("They opted out. Texts may go again once they text START."))
    if line is None:
        return Lock("setup", tell("The line of this conversation is not set up any more."), tell("Set up"))
    if held == "mate":
        return Lock("mate", tell("{name} is answering.", name=owner), tell("Take it"))
    if held == "bot":
        return Lock("bot", tell("The bot is answering. Take over to write yourself."), tell("Take over"))
    if decision is not None and decision.rule == "W1":
        return Lock("window", retell(SHUT if templates else decision.reason), templates=tuple(templates))
    if decision is not None and decision.outcome == "refuse":
        reason = retell(decision.reason)
        return Lock("setup", reason, tell("Set up")) if decision.rule in SETUP else Lock("gate", reason)
    if decision is not None and decision.outcome == "hold":
        when = _until(decision.until, place.zone, now)
        at = local_field(decision.until + MINUTE - 1, place.zone)
        words = f"{retell(decision.reason)} {tell('It would go at {when}.', when=when)}"
        return Lock("hours", words, tell("Schedule {when}", when=when), at)
    if full:
        opens = next_day(now)
        words = tell("Today’s segments of this line are used up. Texts wait until midnight Pacific time.")
        when = tell("Schedule {when}", when=_until(opens, place.zone, now))
        return Lock("cap", words, when, local_field(opens, place.zone))
    return None


def waiting_rows(rows: list[Row[Any]], user: User, place: Place, now: int) -> list[Later]:
    """What people have written that has not gone: one's own that can still be undone, and what is scheduled."""
    found = []
    for row in rows:
        if row.author != "person":
            continue
        short = row.due_at - row.at <= MOST_UNDO
        if short and row.author_id != user.id:
            continue
        found.append(
            Later(
                row.id, row.text, tell("You") if row.author_id == user.id else row.author_name,
                _until(row.due_at, place.zone, now), local_field(row.due_at, place.zone), short,
                max(0, -(-(row.due_at - now) // SECOND)), len(msgspec.json.decode(row.media)), row.source == "desk",
            )
        )  # fmt: skip
    return found


async def composer_of(
    ctx: WebContext, user: User, row: Row[Any], state: State, held: Any, messages: list[Row[Any]],
    more: Mapping[str, str],
) -> Composer:  # fmt: skip
    """Everything that the composer shows. `more` has what a form came with that could not be done: a `picture`'s id,
    and the `kind` of what is written."""
    now, home = ctx.road.now(), ctx.bot().timezone
    line = ctx.road.lines.get(row.line)

    def read(tx: Tx) -> tuple[Any, ...]:
        known = gate_store.zone_of(tx, row.contact_id)
        rows = scheduled.waiting(tx, row.contact_id)
        decision = None
        if held.kind in ("you", "wait") and not row.opted_out:
            decision = preview(tx, ctx, row, state, user, now)
        full, sendable = False, list[str]()
        if decision is not None and decision.rule == "W1":
            sendable = ctx.road.gate.templates.sendable(tx, row.line)
        if line is not None and line.cap is not None:
            used = limits.used(tx, ctx.workspace, day_of(now), {line.counter}).get(line.counter, 0)
            full = used >= line.cap
        id_ = more.get("picture", "")
        return known, rows, decision, full, pictures.find(tx, row.contact_id, id_) if id_ else None, sendable

    known, rows, decision, full, picture, sendable = await ctx.db.read(read)
    place = place_of(row.address, known, home)
    theirs = next((one for one in reversed(messages) if one.direction == "in"), None)
    return Composer(
        lock_of(held.kind, state.owner.name, decision, line, full, place, now, sendable),
        waiting_rows(rows, user, place, now),
        place,
        next_morning(now, place.zone),
        local_field(now + MINUTE, place.zone),
        line.price if line is not None else 0.0,
        theirs.id if theirs is not None else "",
        state.last_inbound_at,
        (theirs.text or tell("(picture)")) if theirs is not None else "",
        ctx.undo > 0,
        ctx.secure or (line is not None and line.provider.name == "simulator"),
        picture,
        more.get("kind", "") if more.get("kind") in ("note", "reply") else "reply",
        call=more.get("call", ""),
    )
