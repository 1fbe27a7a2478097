"""The simulator: a phone on the page that texts the bot by the same road as a real one, and what each turn did."""

import re
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.ids import bucket_of, new_id
from textback.core.messages import FAILED
from textback.core.text import clean, segments
from textback.core.when import to_datetime
from textback.engine.arrivals import Message
from textback.pipeline.quiet import UNASKED, allowed_from
from textback.store import desk as desk_store
from textback.store import simulator as store
from textback.store.db import Row
from textback.web import simclock
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import bubble, clock, day, day_words
from textback.web.security import Denied

NEVER_CAME = FAILED | {"canceled"}
"""Texts of ours that no phone has seen."""
LINE = "simulator"
TURN_WAIT = 5.0
MOST_TEXT = 1600
MOST_PHONES = 5
QUICK = ("BOOK", "QUOTE", "HOURS", "1", "yes", "PERSON", "STOP", "START", "HELP")

#: Numbers that belong to nobody: 555-0101 to 555-0199 in a few area codes.
AREAS = ("206", "253", "360", "425", "509")
PHONE = re.compile(rf"1(?:{'|'.join(AREAS)})55501(?!00)[0-9]{{2}}")

#: What timers are for, by the beginning of their key.
TIMERS = {"remind": "Reminder", "expire": "Gives up", "owner_idle": "Goes back to waiting"}

NUMBER = re.compile(r"[0-9]{1,6}")


def _numbers() -> list[str]:
    return [f"1{area}555{last:04}" for last in range(101, 200) for area in AREAS]


@dataclass(frozen=True, slots=True)
class Sent:
    """A text of a turn, with its size and what became of it."""

    text: str
    bubble: Any
    size: Any


@dataclass(frozen=True, slots=True)
class Trace:
    """One turn as the page shows it."""

    number: int
    text: str
    checks: list[dict[str, Any]]
    changes: list[tuple[str, str, str]]
    sent: list[Sent]
    effects: list[tuple[str, str]]
    id: str


def flat(value: Any, name: str = "") -> dict[str, str]:
    """A state as dotted names and texts: {"session.step": "bike"}. Empty parts are left out."""
    if isinstance(value, dict):
        found: dict[str, str] = {}
        for key, inner in value.items():
            found |= flat(inner, f"{name}.{key}" if name else key)
        return found
    if value is None or value == "":
        return {}
    return {name: value if isinstance(value, str) else msgspec.json.encode(value).decode()}


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What differs between two states: name, before, after. Times are left out: they always differ."""
    usual = {"owner.kind": "bot"}  # what is as usual is not stored
    old, new = usual | flat(before), usual | flat(after)
    names = [name for name in dict.fromkeys([*old, *new]) if not name.endswith(("_at", ".since"))]
    return [(name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name)]


def _due(key: str, due: int, phone: str, zone: str, now: int) -> str:
    """When a timer will fire, and what holds it."""
    later = allowed_from(due, phone, zone) if key.startswith(UNASKED) else due
    words = tell("due {when}", when=f"{clock(due, zone)}, {day(due, zone, now)}")
    return words if later == due else tell("{due}, held by quiet hours to {when}", due=words, when=clock(later, zone))


def effect_words(effect: dict[str, Any], phone: str, zone: str, now: int) -> tuple[str, str] | None:
    """An effect other than a text, in words."""
    match effect["type"]:
        case "set_timer":
            key = effect["key"]
            return tell(TIMERS.get(key.partition(":")[0], key)), _due(key, effect["due_at"], phone, zone, now)
        case "cancel_timers":
            return tell("Timers off"), ", ".join(effect.get("keys", [])) or tell("all")
        case "record_consent":
            change = tell(effect["change"].replace("_", "-"))
            return tell("Consent"), tell("{change} recorded, rule {rule}", change=change, rule=effect["rule"])
        case "perform":
            return tell("Action"), tell("{name} is asked", name=effect["action"])
        case "cancel_queued":
            return tell("Withdrawn"), tell("texts that had not gone yet")
        case _:
            return None


async def _turns(ctx: WebContext, contact_id: str) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """The phone's messages and the turns that were recorded."""
    bucket = bucket_of(contact_id)
    messages = await ctx.db.read(desk_store.thread, contact_id, bucket, 200)
    since = messages[0].id if len(messages) == 200 else ""
    return messages, await ctx.db.read(desk_store.traces, contact_id, bucket, since)


def _trace(ctx: WebContext, phone: str, number: int, turn: Row[Any], messages: list[Row[Any]], me: str) -> Trace:
    data = msgspec.json.decode(turn.trace)
    zone = ctx.bot().timezone
    now = ctx.road.now()
    mine = [row for row in messages if row.arrival_id == turn.id]
    text = next((row.text for row in mine if row.direction == "in"), "")
    sent = [Sent(row.text, bubble(row, me, zone), segments(row.text)) for row in mine if row.direction == "out"]
    others = [effect_words(effect, phone, zone, now) for effect in data.get("effects", [])]
    effects = [said for said in others if said is not None]
    changed = changes(data.get("before", {}), data.get("after", {}))
    return Trace(number, text, data["checks"], changed, sent, effects, turn.id)


async def try_home(request: Request) -> Response:
    """GET /try: the phone that texted last, or the first one."""
    ctx: WebContext = request.app.state.ctx
    latest = await ctx.db.read(store.phones, ctx.workspace, LINE, 1)
    phone = latest[0].address.lstrip("+") if latest else _numbers()[0]
    return RedirectResponse(f"/try/{phone}", 303)


async def new_phone(request: Request) -> Response:
    """POST /try/new: a phone that has never texted."""
    ctx: WebContext = request.app.state.ctx
    used = {row.address.lstrip("+") for row in await ctx.db.read(store.phones, ctx.workspace, LINE, 1000)}
    free = next((number for number in _numbers() if number not in used), None)
    if free is None:
        raise Denied(409, "Every simulated phone has been used. Delete the demo's database to begin anew.")
    return RedirectResponse(f"/try/{free}", 303)


def phone_of(request: Request) -> str:
    phone: str = request.path_params["phone"]
    if not PHONE.fullmatch(phone):
        raise Denied(404, "That is not a simulated phone.")
    return f"+{phone}"


async def try_page(request: Request) -> Response:
    """GET /try/{phone}?t=N: the phone, and what turn N (the latest) did."""
    ctx: WebContext = request.app.state.ctx
    me = request.state.user.id
    phone = phone_of(request)
    zone = ctx.bot().timezone
    contact_id = await ctx.db.read(store.contact_of, ctx.workspace, phone)
    messages, turns = await _turns(ctx, contact_id) if contact_id else ([], [])
    numbers = {turn.id: n for n, turn in enumerate(turns, 1)}
    wanted = request.query_params.get("t", "")
    shown = int(wanted) if NUMBER.fullmatch(wanted) and 0 < int(wanted) <= len(turns) else len(turns)
    others = [row.address for row in await ctx.db.read(store.phones, ctx.workspace, LINE, MOST_PHONES)]
    moment = to_datetime(ctx.road.now(), zone)
    return page(
        request,
        "try.html",
        {
            "phone": phone,
            "phones": list(dict.fromkeys([*others, phone])),
            "contact": contact_id,
            "number": ctx.lines[LINE].number,
            "texts": [
                (bubble(row, me, zone), numbers.get(row.arrival_id), segments(row.text).count)
                for row in sorted(messages, key=lambda row: (row.at, row.id))
                if row.status not in NEVER_CAME and row.waits != "later"
            ],
            "turns": len(turns),
            "trace": _trace(ctx, phone, shown, turns[shown - 1], messages, me) if turns else None,
            "shown": shown,
            "quick": QUICK,
            "now": f"{day_words(moment)}, {clock(ctx.road.now(), zone)}",
            **await simclock.rig(ctx, phone, contact_id),
        },
    )


async def send_text(request: Request) -> Response:
    """POST /try/{phone}/text: the phone texts the bot."""
    ctx: WebContext = request.app.state.ctx
    phone = phone_of(request)
    text = clean(request.state.form.get("text", ""))[:MOST_TEXT]
    if text.strip():
        arrival = Message(phone, ctx.lines[LINE].number, text, f"sim-{new_id()}")
        now = [arrival] if ctx.phones is None else await ctx.phones.text(arrival)
        for one in now:
            await ctx.road.receive(LINE, [one], wait=TURN_WAIT)
    return RedirectResponse(f"/try/{phone.lstrip('+')}", 303)
