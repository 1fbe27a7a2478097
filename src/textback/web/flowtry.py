"""Trying a draft, or any version: a phone on the page that talks to it in memory. Nothing is stored or sent.

What was said so far goes with the page and comes back with the next text; it is said again from the beginning each
time. So a conversation needs no place on the server, and runs on a draft that was changed meanwhile.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from textback.core.text import Segments, clean, segments
from textback.core.when import MINUTE, SECOND, to_datetime
from textback.engine.arrivals import AnyArrival, Message, TimerFired
from textback.engine.bot import Bot
from textback.engine.effects import CancelTimers, RecordConsent, Send, SetTimer
from textback.engine.state import State, dump_state, load_state
from textback.engine.step import Turn
from textback.pipeline.decide import Standing, decide, failed_turn
from textback.pipeline.gating import rehearsed
from textback.pipeline.rehearse import play_action
from textback.web.context import WebContext
from textback.web.flowfolder import Folder, checked, folder
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import clock, day_words, moment
from textback.web.retelling import retell
from textback.web.security import Denied
from textback.web.simulator import LINE, QUICK, changes, effect_words

PHONE = "+12065550199"
MOST_SAID = 200
MOST_TEXT = 1600
MOST_PLAYED = 1000
"""Effects of one turn, and of what follows from it, that are looked at for actions to play."""
MOST_FORM = 1_000_000
"""Bytes of the form that brings the conversation back."""
KEPT_AHEAD = 366 * 24 * 60 * MINUTE
"""How far (ms) a conversation may run ahead of the clock by letting time pass."""


class Said(msgspec.Struct, array_like=True):
    """One thing that happened: a text of the customer's, or a timer that went off, at a time in ms."""

    kind: Literal["text", "timer"]
    what: str
    at: int


_said = msgspec.json.Decoder(list[Said])


@dataclass(slots=True)
class Bubble:
    """A text on the phone. `note` says why one was not sent."""

    side: str
    text: str
    turn: int
    size: Segments
    note: str = ""


@dataclass(slots=True)
class Talk:
    """A conversation as it came out."""

    state: State = field(default_factory=State)
    opted_out: bool = False
    timers: dict[str, int] = field(default_factory=dict)
    bubbles: list[Bubble] = field(default_factory=list)
    turns: int = 0
    last: Turn | None = None
    heard: str = ""
    changed: list[tuple[str, str, str]] = field(default_factory=list)


def play(bot: Bot, said: list[Said]) -> Talk:
    """Have the conversation, from the beginning."""
    talk = Talk()
    for number, one in enumerate(said, 1):
        talk.turns = number
        talk.heard = one.what if one.kind == "text" else ""
        arrival: AnyArrival
        if one.kind == "text":
            talk.bubbles.append(Bubble("me", one.what, number, segments(one.what)))
            arrival = Message(PHONE, PHONE, one.what, f"try-{number}")
        else:
            arrival = TimerFired(one.what, talk.timers.pop(one.what, one.at))
        before = msgspec.to_builtins(talk.state)
        talk.last = turn = _turn(bot, talk, arrival, one.at, f"try-{number}")
        queue = list(turn.effects)
        for _ in range(MOST_PLAYED):  # actions are only played, and at once
            result = play_action(bot, queue.pop(0)) if queue else None
            if result is not None:
                more = _turn(bot, talk, result, one.at, f"try-{number}").effects
                turn.effects.extend(more)
                queue.extend(more)
        talk.changed = changes(before, msgspec.to_builtins(talk.state))
    return talk


def _turn(bot: Bot, talk: Talk, arrival: AnyArrival, at: int, session_id: str) -> Turn:
    standing = Standing(talk.opted_out, {}, at)
    try:
        turn = decide(bot, talk.state, arrival, at, standing, session_id=session_id)
    except Exception as error:  # a broken draft is shown, as the server would record it
        turn = failed_turn(talk.state, at, error)
    _take(talk, turn, at)
    return turn


def _take(talk: Talk, turn: Turn, at: int) -> None:
    """What the server would do of a turn, in memory."""
    for effect in turn.effects:
        match effect:
            case Send():
                gate = rehearsed(effect, opted_out=talk.opted_out, now=at)
                note = "" if gate.allowed else tell("Not sent: {why}", why=retell(gate.reason))
                talk.bubbles.append(Bubble("biz", effect.text, talk.turns, segments(effect.text), note))
            case RecordConsent("opt_out" | "re_opt_in" as change):
                talk.opted_out = change == "opt_out"
            case SetTimer(key, due_at):
                talk.timers[key] = due_at
            case CancelTimers(keys):
                talk.timers = {key: due for key, due in talk.timers.items() if keys and key not in keys}
    talk.state = load_state(dump_state(turn.state))


def _given(form: dict[str, str]) -> list[Said]:
    """What was said so far, as the page has kept it."""
    try:
        said = _said.decode(form.get("said", "") or "[]")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise Denied(400, "The conversation could not be read. Begin a new one.") from None
    if len(said) > MOST_SAID:
        raise Denied(409, tell("A conversation here has at most {n} turns. Begin a new one.", n=MOST_SAID))
    return [Said(one.kind, clean(one.what)[:MOST_TEXT], min(max(one.at, 0), 1 << 48)) for one in said]


async def try_draft(request: Request) -> Response:
    """GET /flows/try?v=: an empty phone for the draft, or for a version."""
    return await _page(request, await folder(request, request.query_params.get("v", "")), [])


async def try_text(request: Request) -> Response:
    """POST /flows/try: text it, let time pass until the next timer (`wait`), or take the last turn back (`undo`)."""
    ctx: WebContext = request.app.state.ctx
    form: dict[str, str] = request.state.form
    shown = await folder(request, form.get("v", ""))
    said = _given(form)
    text = clean(form.get("text", ""))[:MOST_TEXT]
    now = max([ctx.road.now(), *(one.at + SECOND for one in said)])
    if form.get("undo") == "1":
        said = said[:-1]
    elif form.get("wait") == "1":
        bot = (await checked(shown.files)).bot
        timers = (await asyncio.to_thread(_play, ctx, bot, said)).timers if bot else {}
        if timers:
            key = min(timers, key=lambda key: timers[key])
            said.append(Said("timer", key, min(max(timers[key], now), ctx.road.now() + KEPT_AHEAD)))
    elif text.strip() and len(said) < MOST_SAID:
        said.append(Said("text", text, now))
    return await _page(request, shown, said)


def _play(ctx: WebContext, bot: Bot, said: list[Said]) -> Talk:
    return play(ctx.road.shelf.teach(bot), said)


async def _page(request: Request, shown: Folder, said: list[Said]) -> Response:
    ctx: WebContext = request.app.state.ctx
    found = await checked(shown.files)
    bot = found.bot
    talk = await asyncio.to_thread(_play, ctx, bot, said) if bot else Talk()
    zone = bot.timezone if bot else ctx.bot().timezone
    now = max([ctx.road.now(), *(one.at for one in said)])
    effects = [msgspec.to_builtins(effect) for effect in talk.last.effects] if talk.last else []
    words = [effect_words(effect, PHONE, zone, now) for effect in effects]
    data: dict[str, Any] = {
        "shown": shown,
        "brand_name": bot.name if bot else "",
        "errors": found.errors,
        "number": ctx.lines[LINE].number,
        "talk": talk,
        "checks": talk.last.checks if talk.last else [],
        "said": msgspec.json.encode(said).decode(),
        "effects": [one for one in words if one is not None],
        "due": min(talk.timers.values(), default=0),
        "due_words": _due(min(talk.timers.values(), default=0), zone, now),
        "stands": _stands(talk),
        "quick": QUICK,
        "clock": f"{day_words(to_datetime(now, zone))}, {clock(now, zone)}",
        "full": len(said) >= MOST_SAID,
    }
    return page(request, "flows_try.html", data)


def _due(due: int, zone: str, now: int) -> str:
    """When the next timer goes off, in words: only the time on the same day."""
    if not due:
        return ""
    today = to_datetime(due, zone).date() == to_datetime(now, zone).date()
    return clock(due, zone) if today else moment(due, zone, now)


def _stands(talk: Talk) -> str:
    """Where the conversation stands now."""
    session = talk.state.session
    if session is None:
        return tell("No flow runs, opted out.") if talk.opted_out else tell("No flow runs.")
    return tell(
        "Stands at {flow}, step {step}, opted out." if talk.opted_out else "Stands at {flow}, step {step}.",
        flow=session.flow, step=session.step,
    )  # fmt: skip
