"""Models at the desk: drafts to decide on, replies to ask for, the record of each question, and how replies fare."""

import asyncio
import math
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.ids import new_id
from textback.core.text import clean
from textback.core.when import DAY
from textback.engine.arrivals import SettleDraft
from textback.engine.persona import Persona
from textback.engine.state import load_state
from textback.pipeline.suggesting import Suggested
from textback.pipeline.thinker import HISTORY, before, day_of
from textback.pipeline.trust import verdict
from textback.store import accounts
from textback.store import models as store
from textback.store.db import Row
from textback.web import desk
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import moment
from textback.web.security import Denied

MOST_TEXT, MOST_WHY = 1_600, 500
SHOWN = 50
TRIED = 8
"""Questions that personas are tried on at once, at most."""
MONTH = 30 * DAY
MILLION = 1_000_000

#: What each reason for no reply means, in a sentence.
WHY = {
    "timeout": "No model answered in time.",
    "throttled": "The models took no more calls.",
    "refused": "The model would not answer.",
    "malformed": "What the model wrote was no answer.",
    "unavailable": "No model could be reached.",
    "misconfigured": "A key, a name or an address is wrong; textback doctor says which.",
    "budget": "The day's budget is spent.",
    "guard": "The guard refused the reply.",
    "unsure": "The reply is too unsure.",
    "model": "The model asks for a person.",
    "too_long": "The reply is too long.",
}
#: What each flaw means, in a few words.
FLAWS = {
    "empty": "no reply", "link": "a link that is not yours", "number": "a number that no passage has",
    "price": "a price that no passage has", "promise": "a promise",
    "done": "it says that it did something", "refund": "a refund", "topic": "a topic to avoid",
    "other_person": "somebody else's data", "human": "it claims to be a person", "prompt": "its instructions",
    "secret": "a secret", "instructed": "instructions to a program", "consent": "consent, which is not its to settle",
    "promotional": "promotional words", "language": "another language", "too_long": "too long",
    "unsupported": "nothing that a passage says", "characters": "characters that hide something",
}  # fmt: skip
OUTCOMES = {
    "sent": "Sent", "drafted": "Waits for a person", "clarified": "Asked what they meant",
    "escalated": "Person asked for", "refused": "Not said", "approved": "Sent by a person as it was",
    "edited": "Changed and sent by a person", "rejected": "Thrown away by a person",
    "": "Asked for at the desk, or by a program",
}  # fmt: skip


def _context(request: Request) -> tuple[WebContext, User]:
    return request.app.state.ctx, request.state.user


def flaw_words(flaws: str) -> list[str]:
    """What is wrong with a reply, in words."""
    return [tell(FLAWS.get(one, one)) for one in flaws.split()]


async def settle_draft(request: Request) -> Response:
    """POST /c/{contact}/draft: send a model's draft, as it is or changed (`send`), or throw it away (`reject`)."""
    _, user = _context(request)
    row = await desk.conversation_of(request)
    form = request.state.form
    text = clean(form.get("text", "").replace("\r\n", "\n")).strip()
    why = clean(form.get("why", "")).strip()[:MOST_WHY]
    done = form.get("do", "")
    if done not in ("send", "reject"):
        raise Denied(400, "Send it, or throw it away.")
    if done == "send" and not text:
        raise Denied(400, "There is nothing to send.")
    if len(text) > MOST_TEXT:
        words = "That is {n} characters; at most {most} go in one text."
        raise Denied(400, tell(words, n=len(text), most=MOST_TEXT))
    job = form.get("job", "")[:64]
    arrival = SettleDraft(user.id, user.name, job, new_id(), text if done == "send" else "", why)
    key = f"draft:{user.id}:{job}:{done}"[:200]
    return await desk.act(request, row, arrival, "draft", key, job=job, decided=done)


async def suggest(request: Request) -> Response:
    """POST /c/{contact}/suggest: a reply for the composer, from knowledge or a model. Nothing is sent."""
    ctx, user = _context(request)
    row = await desk.conversation_of(request)
    state = load_state(row.state)
    now = ctx.road.now()
    rows = await ctx.db.read(store.recent, row.contact_id, now - MONTH, HISTORY + 1)
    asked = next((one.text for one in reversed(rows) if one.direction == "in"), "")
    locale = state.fields.get("locale")
    found = Suggested(why="nothing to answer")
    if asked:
        found = await ctx.suggester.reply_to(
            before(rows, [asked]), asked, locale=locale if isinstance(locale, str) else "", now=now,
            fields=state.fields, contact_id=row.contact_id,
        )  # fmt: skip
    data = {"by": found.by, "call": found.call}
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "suggest", row.contact_id, now, data)
    return await desk.shown(request, row, draft=found.reply, suggestion=suggestion_words(found), call=found.call)


def suggestion_words(found: Suggested) -> str:
    """What stands above the composer of a reply that was asked for."""
    if not found.reply:
        why = tell(WHY.get(found.why, "Nothing that the bot knows answers it."))
        return tell("There is no suggestion. {why}", why=why)
    by = tell("the knowledge base" if found.by == "knowledge" else "a model")
    whence = ", ".join(found.sources[:3]) or found.persona
    said = tell("Suggested by {name}, {n} % sure", name=by, n=f"{found.confidence * 100:.0f}")
    return said + (tell(", from {sources}.", sources=whence) if whence else ".")


@dataclass(frozen=True, slots=True)
class Step:
    """One call of one model, as the record shows it."""

    model: str
    outcome: str
    ms: int
    tokens: str
    detail: str


async def call_page(request: Request) -> Response:
    """GET /c/{contact}/calls/{job}: all that is kept of one question to a model."""
    ctx, _ = _context(request)
    row = await desk.conversation_of(request)
    return await _call(request, ctx, row)


async def _call(request: Request, ctx: WebContext, row: Row[Any]) -> Response:
    job = request.path_params["job"]
    found = await ctx.db.read(store.of_contact, row.contact_id, [job])
    if job not in found:
        raise Denied(404, "Nothing is kept of this question. It may be too long ago.")
    call = found[job]
    prompt = _decoded(call.prompt)
    output = _decoded(call.output) or {}
    tries = [
        Step(
            one.get("model", ""), one.get("outcome", ""), one.get("ms", 0),
            tell("{n} in, {m} out", n=f"{one.get('tokens_in', 0):,}", m=f"{one.get('tokens_out', 0):,}"),
            one.get("detail", ""),
        )
        for one in output.get("tries") or ()
    ]  # fmt: skip
    shown = {
        "contact": row.contact_id, "call": call, "prompt": prompt, "raw": call.prompt if prompt is None else "",
        "proposal": output.get("proposal"), "tries": tries, "flaws": flaw_words(call.flaws),
        "outcome": tell(OUTCOMES.get(call.outcome, call.outcome)), "why": tell(WHY.get(call.why, call.why)),
        "when": moment(call.at, ctx.bot().timezone, ctx.road.now()), "cost": dollars(call.cost),
    }  # fmt: skip
    return page(request, "call.html", shown)


def _decoded(text: str) -> Any:
    """JSON that may have been cut off; None then."""
    try:
        return msgspec.json.decode(text) if text else None
    except msgspec.DecodeError:
        return None


def dollars(cost: int) -> str:
    """Millionths of a US dollar as people read them."""
    return f"${cost / MILLION:.2f}" if cost >= MILLION // 10 or not cost else f"${cost / MILLION:.4f}"


async def rate_call(request: Request) -> Response:
    """POST /c/{contact}/calls/{job}: say whether a reply was good or wrong, and why."""
    ctx, user = _context(request)
    row = await desk.conversation_of(request)
    said = request.state.form.get("feedback", "")
    if said not in ("good", "wrong"):
        raise Denied(400, "Say good or wrong.")
    why = clean(request.state.form.get("why", "")).strip()[:MOST_WHY]
    job = request.path_params["job"]
    if not await ctx.db.write(store.rate, row.contact_id, job, said, why):
        raise Denied(404, "Nothing is kept of this question. It may be too long ago.")
    data = {"job": job, "feedback": said}
    await ctx.db.write(
        accounts.write_audit, ctx.workspace, user.email, "rate_reply", row.contact_id, ctx.road.now(), data
    )
    return RedirectResponse(f"/c/{row.contact_id}/calls/{job}", 303)


async def models_page(request: Request) -> Response:
    """GET /models: what models were asked in 30 days, what it cost, what became of it, and how sure was how right."""
    ctx, _ = _context(request)
    now, zone, bot = ctx.road.now(), ctx.bot().timezone, ctx.bot()
    since = now - MONTH
    wanted = clean(request.query_params.get("outcome", ""))[:16]
    rows = await ctx.db.read(store.newest, ctx.workspace, since, SHOWN, wanted if wanted in OUTCOMES else "")
    totals = await ctx.db.read(store.totals, ctx.workspace, since)
    shown = {
        "model": bot.model,
        "personas": list(bot.personas.values()),
        "spent": dollars(await ctx.db.read(store.spent, ctx.workspace, day_of(now))),
        "asked": sum(one.calls for one in totals),
        "cost": dollars(sum(int(one.cost or 0) for one in totals)),
        "outcomes": [
            (one.persona, OUTCOMES.get(one.outcome, one.outcome), one.calls, dollars(int(one.cost or 0)))
            for one in totals
        ],
        "wanted": wanted,
        "filters": [(name, words) for name, words in OUTCOMES.items() if name],
        "buckets": reliability_rows(await ctx.db.read(store.judged, ctx.workspace, since)),
        "calls": [
            (row, moment(row.at, zone, now), OUTCOMES.get(row.outcome, row.outcome), flaw_words(row.flaws), _asked(row))
            for row in rows
        ],
    }
    return page(request, "models.html", shown)


def _asked(row: Row[Any]) -> str:
    """The contact's words of a question."""
    prompt = _decoded(row.prompt)
    return str(prompt.get("question", ""))[:200] if isinstance(prompt, dict) else ""


def reliability_rows(rows: list[Row[Any]]) -> list[tuple[str, int, float, float]]:
    """How sure replies were and how often they were right, by fifths: words, how many, and the two shares."""
    fifths: dict[int, list[tuple[float, bool]]] = {}
    for row in rows:
        right = verdict(row.outcome, row.feedback)
        if right is not None:
            sure = row.confidence / 1_000
            fifths.setdefault(min(4, math.floor(sure * 5)), []).append((sure, right))
    return [
        (
            f"{n * 20}–{n * 20 + 20} %",
            len(some),
            sum(s for s, _ in some) / len(some),
            sum(r for _, r in some) / len(some),
        )
        for n, some in sorted(fifths.items())
    ]


@dataclass(frozen=True, slots=True)
class Tried:
    """What one persona says to one question."""

    persona: str
    found: Suggested
    why: str
    flaws: list[str]


async def try_page(request: Request) -> Response:
    """GET /models/try: past questions, and personas to try on them."""
    return await _try(request, [], ())


async def try_personas(request: Request) -> Response:
    """POST /models/try: ask personas the same questions, side by side. It costs what it costs; nothing is sent."""
    ctx, user = _context(request)
    form = request.state.form
    typed = clean(form.get("questions", "").replace("\r\n", "\n"))
    questions = [line.strip()[:MOST_TEXT] for line in typed.split("\n") if line.strip()][:TRIED]
    names = [name for name in ctx.bot().personas if form.get(f"persona.{name}") == "1"][:3]
    if not questions or not names:
        raise Denied(400, "Write a question, and choose a persona.")
    found = []
    now = ctx.road.now()
    for question in questions:
        # Side by side also in time: a question takes no longer than its slowest persona.
        said = await asyncio.gather(
            *(ctx.suggester.reply_to([], question, persona=name, now=now, model_first=True) for name in names)
        )
        row = [
            Tried(name, one, tell(WHY.get(one.why, one.why)), [tell(FLAWS.get(flaw, flaw)) for flaw in one.flaws])
            for name, one in zip(names, said, strict=True)
        ]
        found.append((question, row))
    data = {"questions": str(len(questions)), "personas": " ".join(names)}
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "try_personas", "", now, data)
    return await _try(request, found, names)


async def _try(request: Request, found: list[tuple[str, list[Tried]]], names: list[str] | tuple[str, ...]) -> Response:
    ctx, _ = _context(request)
    past = await ctx.db.read(store.newest, ctx.workspace, ctx.road.now() - MONTH, SHOWN)
    questions = [question for question, _ in found] or list(dict.fromkeys(filter(None, map(_asked, past))))[:TRIED]
    personas: list[Persona] = list(ctx.bot().personas.values())
    chosen = names or [one.name for one in personas[:2]]
    shown = {"personas": personas, "chosen": chosen, "questions": "\n".join(" ".join(q.split()) for q in questions)}
    return page(request, "models_try.html", {**shown, "found": found, "most": TRIED, "model": ctx.bot().model})
