"""The handoff card: why a person is asked for, what they want, what is known and how surely, what was tried and where
the flow stopped; and the transcript behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import bucket_of
from textback.core.phone import mask, pretty
from textback.core.when import DAY, to_iso
from textback.engine.bot import Bot
from textback.engine.context import HIDDEN
from textback.engine.show import show
from textback.engine.state import Handoff, State, load_state
from textback.engine.sureness import WORTH_A_LOOK
from textback.store import accounts
from textback.store import desk as store
from textback.store.db import Row
from textback.store.desk import Happening
from textback.web.context import WebContext
from textback.web.handoff_words import PRIORITIES, queue_label, waiting_chip
from textback.web.phrases import tell
from textback.web.reasons import next_action, reason_words
from textback.web.security import Denied

ONE_LINE = 140
"""Characters of their words that the card shows as its heading."""
TRIED = (
    "step_reached", "answer_refused", "answered", "not_answered", "model_answered", "action_done", "action_failed",
    "fallback", "reminded", "corrected",
)  # fmt: skip
MOST_TRIED = 6
PAGE = 500
"""Messages of a transcript that are read in one go."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what it is called, its value as people read it, how sure it is (percent; None: nobody knows), whether
    it should be checked, and whether it is `hidden` and can be `revealed`."""

    name: str
    label: str
    value: str
    sure: int | None = None
    check: bool = False
    hidden: bool = False
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """The card as the page shows it. `chips` are tone, icon and words; `stop` is the flow, the step, where in the flow
    that is, and the file that it is written in."""

    ask: str
    reason: str
    queue: str
    chips: list[tuple[str, str, str]]
    doubt: str
    answers: list[Answer]
    tried: list[str]
    stop: tuple[str, str, str, str] | None
    next_action: str
    summary: str


def one_line(text: str) -> str:
    """Their words in one line."""
    words = " ".join(text.split())
    return words if len(words) <= ONE_LINE else f"{words[: ONE_LINE - 1].rstrip()}…"


def _value(value: Any, locale: str) -> str:
    if value is True or value is False:
        return tell("Yes") if value else tell("No")
    return tell("not asked") if value in ("", None) else show(value, locale)


def answers_of(handoff: Handoff, state: State, locale: str, revealed: str = "") -> list[Answer]:
    """The answers so far. A sensitive one is dotted, unless it is the one that is `revealed`."""
    kept = state.session.vars if state.session is not None else {}
    found = []
    for name, value in handoff.collected.items():
        label = name.replace("_", " ").capitalize()
        if value == HIDDEN:
            there = name in kept and kept[name] != HIDDEN
            open_ = there and name == revealed
            found.append(Answer(name, label, _value(kept[name], locale) if open_ else HIDDEN, None, False, True, there))
            continue
        sure = handoff.sure.get(name) if value not in ("", None) else None
        percent = None if sure is None else round(sure * 100)
        found.append(Answer(name, label, _value(value, locale), percent, sure is not None and sure < WORTH_A_LOOK))
    return found


def _percent(data: Mapping[str, Any]) -> str:
    return f"{float(data.get('confidence', 0)) * 100:.0f}"


def tried(events: Iterable[Happening]) -> list[str]:
    """What the bot has tried, in a few lines, in order. What it tried again is counted."""
    said: dict[str, int] = {}
    for event in events:
        data = event.data
        step = str(data.get("step", "")).replace("_", " ")
        match event.kind:
            case "step_reached":
                if step.isdigit():  # a confirm has no name
                    line = tell("Asked whether it is right")
                else:
                    line = tell("Asked for {step}", step=step)
            case "answer_refused":
                line = tell("Did not understand the answer about {step}", step=step)
            case "answered":
                what = data.get("passage") or data.get("persona") or tell("what it knows")
                line = tell("Answered from {what}", what=what)
            case "not_answered":
                line = tell("Found no answer, {n}% sure", n=_percent(data))
            case "model_answered":
                line = tell("Had a reply that it was {n}% sure of", n=_percent(data))
            case "action_done":
                line = tell("Asked {what}", what=data.get("action", ""))
            case "action_failed":
                line = tell("Asked {what}, which gave no result", what=data.get("action", ""))
            case "fallback":
                line = tell("Did not understand")
            case "reminded":
                line = tell("Reminded them of {step}", step=step)
            case _:
                line = tell("Changed an answer that they put right")
        said[line] = said.get(line, 0) + 1
    lines = [line if times == 1 else tell("{what}, {n} times", what=line, n=times) for line, times in said.items()]
    return lines[-MOST_TRIED:]


def stopped(bot: Bot, place: str) -> tuple[str, str, str, str] | None:
    """Where the flow stopped."""
    if not place:
        return None
    name, _, step = place.partition(".")
    flow = bot.flows.get(name)
    if flow is None or step not in flow.steps:
        return name, step, "", ""
    at = list(flow.steps).index(step) + 1
    return name, step, tell("step {n} of {all}", n=at, all=len(flow.steps)), flow.steps[step].file


async def card_of(ctx: WebContext, row: Row[Any], state: State, held: str, revealed: str = "") -> Card | None:
    """The card of a conversation; None where no person is asked for."""
    handoff = state.handoff
    if handoff is None:
        return None
    bot, now = ctx.bot(), ctx.road.now()
    since = max(state.episode.started_at, handoff.asked_at - 7 * DAY)
    events = await ctx.db.read(
        store.happenings, row.contact_id, bucket_of(row.contact_id), f"{since:011x}", TRIED
    )  # fmt: skip
    chips = []
    waiting = waiting_chip(state, bot, now)
    if waiting is not None:
        chips.append(waiting)
    if state.priority in PRIORITIES:
        chips.append(("fail" if state.priority == "urgent" else "wait", "", tell(PRIORITIES[state.priority])))
    doubt = ""
    if handoff.needs:
        sure, needs = f"{handoff.confidence * 100:.0f}", f"{handoff.needs * 100:.0f}"
        doubt = tell("{n}% sure, needs {needs}%", n=sure, needs=needs)
    return Card(
        one_line(handoff.ask),
        reason_words(handoff.reason),
        queue_label(bot, handoff.queue) if handoff.queue else "",
        chips,
        doubt,
        answers_of(handoff, state, bot.locale, revealed),
        tried(event for event in events if event.at <= handoff.asked_at),
        stopped(bot, handoff.stopped_at),
        next_action(state, held),
        state.memory,
    )


async def reveal(request: Request, row: Row[Any]) -> str:
    """The name of the sensitive answer that is to be shown once, which is written down. Raises Denied."""
    ctx: WebContext = request.app.state.ctx
    name: str = request.state.form.get("name", "")[:64]
    state = load_state(row.state)
    known = answers_of(state.handoff, state, "en") if state.handoff is not None else []
    if not any(one.name == name and one.kept for one in known):
        raise Denied(404, "That answer is not kept any more.")
    await ctx.db.write(
        accounts.write_audit, ctx.workspace, request.state.user.email, "sensitive.reveal", row.contact_id,
        ctx.road.now(), {"name": name},
    )  # fmt: skip
    return name


AUTHORS = {"contact": "Contact", "bot": "Bot", "person": "Person", "api": "Program"}


def transcript_line(row: Any) -> str:
    """One text of a transcript."""
    author = row.author_name or AUTHORS.get(row.author, row.author)
    words = row.text or "(no words)"
    ended = "" if row.direction == "in" or row.status in ("sent", "delivered", "read") else f" [{row.status}]"
    return f"{to_iso(row.at)}  {author}{ended}: {words}"


async def transcript_of(ctx: WebContext, row: Row[Any], *, whole: bool) -> str:
    """All texts of a conversation, oldest first. `whole`: with the number as it is."""
    parts: list[list[str]] = []
    before = ""
    while True:
        rows = await ctx.db.read(store.thread, row.contact_id, bucket_of(row.contact_id), PAGE, before)
        parts.append([transcript_line(one) for one in rows])
        if len(rows) < PAGE:
            break
        before = rows[0].id
    number = pretty(row.address) if whole else mask(row.address)
    head = f"{row.name or 'Contact'}, {number}, line {row.line}. Times are in UTC."
    return "\n".join([head, "", *(line for part in reversed(parts) for line in part), ""])


async def transcript_file(request: Request, row: Row[Any]) -> Response:
    """The transcript as a file, which is written down."""
    ctx: WebContext = request.app.state.ctx
    user = request.state.user
    text = await transcript_of(ctx, row, whole=user.may("numbers.see"))
    await ctx.db.write(
        accounts.write_audit, ctx.workspace, user.email, "transcript.export", row.contact_id, ctx.road.now()
    )
    name = f"conversation-{row.contact_id}.txt"
    return Response(
        text, media_type="text/plain; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
