"""Settings, routing: the rules of where hand-overs go and the thresholds of confidence, as they are in force; trying
changes of them on what was decided last week; and every version of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.ids import bucket_of
from textback.engine import routing
from textback.engine.adjusting import Changes, adjust, key_of, languages_of, parts, reasons_of
from textback.engine.bot import Bot
from textback.engine.reasons import ENGINE, FLOW
from textback.engine.state import State
from textback.pipeline import comparing
from textback.pipeline.comparing import Compared
from textback.store import decided
from textback.store import rules as store
from textback.store.db import Tx
from textback.store.sight import Sight
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.handoff_words import queue_label
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import moment, name_of
from textback.web.reasons import reason_words
from textback.web.routing import Route
from textback.web.rules_words import OUTCOMES, about, condition, queue_info, why
from textback.web.rulesform import Draft, intents_of, read, together
from textback.web.security import MOST_FORM, Denied

HERE = "/settings/routing"
VERSIONS = 20
CHANGED = 100
"""Conversations that a preview lists."""
USUAL_REASONS = (
    "asked", "upset", "vip", "not_understood", "not_verified", "fallback", "unsure", "not_answered", "draft", "model",
    "flow", "action_failed",
)  # fmt: skip


async def rules_page(request: Request) -> Response:
    """GET /settings/routing: the rules in force, what people have changed of them, and every version."""
    ctx: WebContext = request.app.state.ctx
    number, changes = await ctx.db.read(store.newest, ctx.workspace)
    done = request.query_params.get("saved", "")
    said = tell("Version {n} is in force.", n=number) if done and done == str(number) else ""
    return await _shown(request, Draft(number, changes, {}), changes, said=said)


async def change(request: Request) -> Response:
    """POST /settings/routing: `do` is preview (nothing is kept), save, or again (`number`, an earlier version); with
    `back`, the key of a value, that one is the file's again in the form. `base` is the version that the form is of."""
    ctx: WebContext = request.app.state.ctx
    form: dict[str, str] = request.state.form
    base = _number(form.get("base", ""))
    before = await ctx.db.read(store.version, ctx.workspace, base)
    if before is None:
        raise Denied(400, tell("The form is of no version that there is. Open the page again."))
    if form.get("do") == "again":
        return await _again(request, base, _number(form.get("number", "")))
    draft = read(_written(ctx), form, base, before)
    if form.get("back"):
        return await _shown(request, draft, before, said=tell("It is the file’s value again once you save."))
    if draft.wrong:
        error = tell("Nothing is saved. See what is marked.")
        return await _shown(request, draft, before, error=error, status=400)
    if form.get("do") == "preview":
        return await _shown(request, draft, before, preview=True)
    if form.get("do") != "save":
        raise Denied(400, tell("Preview the changes, or save them."))
    return await _save(request, draft, before)


async def _save(request: Request, draft: Draft, before: Changes) -> Response:
    ctx: WebContext = request.app.state.ctx
    by, now = request.state.user.email, ctx.road.now()
    try:
        number = await ctx.db.write(store.save, ctx.workspace, draft.base, draft.changes, by, now)
    except store.Overtaken as other:
        theirs = await ctx.db.read(store.version, ctx.workspace, other.number) or {}
        mixed, both = together(before, draft.changes, theirs)
        clashes = {
            key: tell("{who} has made it {value}.", who=other.by, value=theirs.get(key, tell("the file’s")))
            for key in both
        }
        said = tell(
            "{who} has saved version {n} since you opened this page. Their changes are below with yours, and nothing of yours is saved yet. Look at them, then save again.",  # noqa: E501
            who=other.by, n=other.number,
        )  # fmt: skip
        return await _shown(request, Draft(other.number, mixed, clashes), theirs, error=said, status=409)
    await ctx.road.versions.look()
    return RedirectResponse(f"{HERE}?saved={number}", 303)


async def _again(request: Request, base: int, number: int) -> Response:
    """Put an earlier version in force again, as a new one."""
    ctx: WebContext = request.app.state.ctx
    changes = await ctx.db.read(store.version, ctx.workspace, number)
    if changes is None:
        raise Denied(404, tell("There is no such version."))
    by, now = request.state.user.email, ctx.road.now()
    try:
        made = await ctx.db.write(store.save, ctx.workspace, base, changes, by, now, number)
    except store.Overtaken as other:
        said = tell(
            "{who} has saved version {n} since you opened this page. Look at it first.", who=other.by, n=other.number
        )
        newest, theirs = await ctx.db.read(store.newest, ctx.workspace)
        return await _shown(request, Draft(newest, theirs, {}), theirs, error=said, status=409)
    await ctx.road.versions.look()
    return RedirectResponse(f"{HERE}?saved={made}", 303)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Denied(400, tell("The form is of no version that there is. Open the page again."))
    return int(text)


def _written(ctx: WebContext) -> Bot:
    return ctx.road.shelf.written


async def _shown(
    request: Request, draft: Draft, saved: Changes, *, preview: bool = False, said: str = "", error: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    """The page with a draft in its form. `saved` are the changes in force, or those when the form was opened."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    written = _written(ctx)
    good = {key: value for key, value in draft.changes.items() if key not in draft.wrong}
    adjusted = adjust(written, good)
    rows = await ctx.db.read(store.versions, ctx.workspace, VERSIONS + 1)
    data: dict[str, Any] = {
        "base": draft.base, "changes": draft.changes, "wrong": draft.wrong, "void": adjusted.void, "about": about,
        "saved": saved, "bot": written, "said": said, "error": error, "may_edit": user.may("routing.edit"),
        "unsaved": dict(draft.changes) != dict(saved), "reasons": _reasons(written), "languages": languages_of(written),
        "intents": {name: intents_of(written, draft.changes, name) for name in written.personas},
        "queues": {name: queue_label(written, name) for name in written.handoff.queues},
        "queue_infos": [queue_info(written, name) for name in written.handoff.queues],
        "routes": [(condition(one), one.queue, one.priority) for one in written.handoff.routes],
        "lost": [(key, about(key), adjusted.void[key]) for key in sorted(adjusted.void) if key in saved],
        "versions": _versions(rows, written.timezone, ctx.road.now()), "reason_words": reason_words,
        "usual": _usual(written), "in_force": _usual(adjusted.bot),
        "changed": {parts(key)[1] for key in {*draft.changes, *draft.wrong}},
        "preview": await _preview(ctx, user.sight, adjusted.bot, saved) if preview else None,
    }  # fmt: skip
    return page(request, "settings_routing.html", data, status)


def _reasons(bot: Bot) -> list[tuple[str, tuple[str, ...]]]:
    """The reasons in groups: the usual ones, the bot's own, and those of trouble."""
    known = reasons_of(bot)
    usual = tuple(one for one in USUAL_REASONS if one in known)
    own = tuple(one for one in known if one not in ENGINE)
    rest = tuple(one for one in known if one not in usual and one not in own)
    return [
        (tell("When a person is asked for"), usual),
        (tell("Topics and the flows’ own reasons"), own),
        (tell("Trouble"), rest),
    ]


def _usual(bot: Bot) -> dict[str, str]:
    """For each reason and language where a hand-over of which nothing else is known goes, and its priority, in words by
    the key of the change."""
    queues = {name: msgspec.structs.replace(one, overflow="") for name, one in bot.queues.items()}
    plain = msgspec.structs.replace(bot, queues=queues, staff=None)
    cases = [("reason", one, State(), routing.Wanted(one)) for one in reasons_of(bot)]
    cases += [("language", one, State(fields={"locale": one}), routing.Wanted("asked")) for one in languages_of(bot)]
    found = {}
    for kind, name, state, wanted in cases:
        placed = routing.place(plain, state, wanted, 0)
        by_flow = wanted.reason == FLOW and kind == "reason"
        found[key_of(kind, name, "queue")] = (
            tell("As the flow says") if by_flow else queue_label(bot, placed.queue) or tell("No queue")
        )
        found[key_of(kind, name, "priority")] = tell((placed.priority or "normal").capitalize())
    usual = queue_label(bot, bot.handoff.queue) if bot.handoff.queue else tell("No queue")
    return {**found, key_of("usual", "", "queue"): usual}


def _versions(rows: Sequence[Any], zone: str, now: int) -> list[dict[str, Any]]:
    """Every version with what it changed of the one before."""
    found = []
    for place, row in enumerate(rows[:VERSIONS]):
        changes = store.changes_in(row)
        earlier = store.changes_in(rows[place + 1]) if place + 1 < len(rows) else {}
        keys = sorted(one for one in {*changes, *earlier} if changes.get(one) != earlier.get(one))
        usual = tell("the file’s")
        lines = [(about(key), str(earlier.get(key, usual)), str(changes.get(key, usual))) for key in keys]
        when = moment(row.saved_at, zone, now)
        found.append({"number": row.number, "by": row.saved_by, "when": when, "lines": lines, "again": row.again})
    return found


async def _preview(ctx: WebContext, sight: Sight, after: Bot, saved: Changes) -> dict[str, Any]:
    """What the changes would have made of the last seven days, in words and numbers."""
    now, before = ctx.road.now(), adjust(_written(ctx), saved).bot
    found = await ctx.db.read(_compared, ctx.workspace, sight, before, after, now)
    compared, names = found
    mine: dict[str, list[comparing.Weighed]] = {}
    for one in compared.decisions:
        if one.differs:
            mine.setdefault(one.contact_id, []).append(one)
    listed = [
        {
            "contact": contact, "name": names.get(contact, contact), "when": moment(some[0].at, after.timezone, now),
            "why": why(after, some[0]), "more": len(some) - 1,
        }
        for contact, some in list(mine.items())[:CHANGED]
    ]  # fmt: skip
    return {
        "outcomes": [(tell(OUTCOMES[name]), *both) for name, both in comparing.counted(compared.decisions).items()],
        "queues": [
            (queue_label(after, name) or tell("no queue"), *both)
            for name, both in comparing.queued(compared.decisions).items()
        ],
        "ranks": [(name, *both) for name, both in comparing.ranked(compared.decisions).items()],
        "changed": listed, "total": len(mine), "looked": len(compared.decisions), "full": compared.full,
        "most": comparing.MOST, "talks": comparing.TALKS,
    }  # fmt: skip


def _compared(
    tx: Tx, workspace: str, sight: Sight, before: Bot, after: Bot, now: int
) -> tuple[Compared, Mapping[str, str]]:
    """What differs, and what to call the conversations in which something does."""
    found = comparing.compare(tx, workspace, sight, before, after, now)
    differ = dict.fromkeys(one.contact_id for one in found.decisions if one.differs)
    keys = [(bucket_of(one), one) for one in list(differ)[:CHANGED]]
    if not keys:
        return found, {}
    called = decided.names(tx, keys)
    rows = decided.conversations_of(tx, keys)
    return found, {one: name_of(called.get(one, ""), row.address) for one, row in rows.items()}


ROUTES = (
    Route("GET", HERE, "routing.read", rules_page),
    Route("POST", HERE, "routing.edit", change, form=4 * MOST_FORM),
)
