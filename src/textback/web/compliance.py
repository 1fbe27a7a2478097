"""The compliance page: who opts out after what, what waits, what the gate decided, and whether the ledger is whole."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.compliance.rates import ABOUT, LEAST, NOTHING, Filtered, OptOut, Rate, Text, blamed, filtered, rates
from textback.core.ids import BUCKETS
from textback.core.phone import mask
from textback.core.when import DAY
from textback.engine.bot import Bot
from textback.engine.nodes.say import Say
from textback.pipeline.checking import ACTION, Result
from textback.store import overview
from textback.store.overview import HeldText, Sample
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import moment

SHOWN = 50
"""Held texts on the page."""
ROWS = 12
"""Lines, templates or flows in one table."""
WEEK, MONTH = 7 * DAY, 30 * DAY

#: What each rule of the gate means, in a sentence.
RULES = {
    "C1": "Consent messages, such as the answer to STOP, always go.",
    "C2": "An answer needs a text of theirs that it answers.",
    "C3": "Nothing spoke against it.",
    "K1": "They had not agreed in writing to promotional texts.",
    "K5": "They were asked for their consent and had not answered yet.",
    "K6": "No consent of theirs to texts of this kind was on record.",
    "K7": "They had taken back their consent to texts of this kind.",
    "K9": "Their consent was imported without proof, which is enough for answers only.",
    "N1": "A provider had said that their number can’t get texts.",
    "N2": "The line may not send this: it is not registered, or not for such texts.",
    "O3": "They may have opted out in other words. A person must settle it.",
    "O6": "They had opted out.",
    "O7": "The confirmation of an opt-out goes within five minutes or not at all.",
    "Q1": "It was outside the hours in which such texts may come.",
    "Q3": "They had had as many promotional texts in 24 hours as they may get.",
    "Q4": "It was too old to be useful when its turn came.",
}
OUTCOMES = {"go": "Let go", "hold": "Held", "refuse": "Refused"}
ELSEWHERE = {"desk": "A person at the desk", "api": "A program", "": "Not known"}
TITLES = {"line": "By line", "template": "By template", "flow": "By flow"}
TABS = (
    ("/compliance", "Overview"),
    ("/compliance/numbers", "Find a number"),
    ("/compliance/lists", "Lists"),
    ("/compliance/ledger", "Ledger"),
)


def tabs() -> list[tuple[str, str]]:
    """The parts of the page: address and words."""
    return [(href, tell(words)) for href, words in TABS]


@dataclass(frozen=True, slots=True)
class RateRow:
    """One line, template or flow, in the last 7 and 30 days; `alert` where too many opt out."""

    name: str
    week: Rate
    month: Rate
    alert: bool


@dataclass(frozen=True, slots=True)
class FilteredRow:
    """One line, template or flow, in the last 7 and 30 days; `alert` where too many of its texts are filtered."""

    about: str
    name: str
    week: Filtered
    month: Filtered
    alert: bool


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A held text as the page shows it."""

    contact: str
    number: str
    line: str
    message_class: str
    rule: str
    until: str


def templates_of(bot: Bot) -> dict[str, str]:
    """The template that each step of a flow says, by flow.step, where it says one."""
    return {
        f"{flow.name}.{step.id}": step.template
        for flow in bot.flows.values()
        for step in flow.steps.values()
        if isinstance(step, Say) and step.template
    }


def rate_rows(
    found: Sample, now: int, alert: float, said: Mapping[str, str] = NOTHING
) -> tuple[RateRow, list[tuple[str, list[RateRow]]]]:
    """All texts together, and the tables; whatever is over the alert stands first, then what went to most people."""
    outs = blamed(found.texts, found.opt_outs)
    week, month = (rates(found.texts, outs, since, said) for since in (max(now - WEEK, found.since), found.since))

    def row(key: tuple[str, str]) -> RateRow:
        of_week, of_month = week.get(key, Rate()), month.get(key, Rate())
        name = tell(ELSEWHERE[key[1]]) if key[0] == "flow" and key[1] in ELSEWHERE else key[1]
        return RateRow(name, of_week, of_month, of_week.over(alert) or of_month.over(alert))

    tables = []
    for about in ABOUT:
        rows = [row(key) for key in month if key[0] == about]
        rows.sort(key=lambda one: (not one.alert, -one.month.texted, one.name))
        tables.append((TITLES[about], rows))
    return row(("", "")), tables


def filtered_rows(
    found: Sample, now: int, alert: float, said: Mapping[str, str] = NOTHING
) -> tuple[FilteredRow, list[FilteredRow]]:
    """All texts together, and each line, template and flow of which any was filtered in 30 days: what is over the alert
    first, then what lost most."""
    week, month = (filtered(found.texts, since, said) for since in (max(now - WEEK, found.since), found.since))

    def row(key: tuple[str, str]) -> FilteredRow:
        of_week, of_month = week.get(key, Filtered()), month.get(key, Filtered())
        name = tell(ELSEWHERE[key[1]]) if key[0] == "flow" and key[1] in ELSEWHERE else key[1]
        over = of_week.over(alert) or of_month.over(alert)
        return FilteredRow(key[0], name, of_week, of_month, over)

    rows = [row(key) for key, count in month.items() if key[0] and count.filtered]
    rows.sort(key=lambda one: (not one.alert, -one.month.filtered, one.about, one.name))
    return row(("", "")), rows


def unexplained(found: Sample) -> int:
    """How many opt-outs came without a text in the 72 hours before."""
    outs: list[tuple[OptOut, Text | None]] = blamed(found.texts, found.opt_outs)
    return sum(cause is None for _, cause in outs)


def _held_rows(texts: Sequence[HeldText], zone: str, now: int) -> list[HeldRow]:
    return [
        HeldRow(
            one.contact_id, mask(one.recipient), one.line, one.message_class, one.rule, moment(one.until, zone, now)
        )
        for one in texts
    ]


async def overview_page(request: Request) -> Response:
    """GET /compliance: opt-outs by line, template and flow, held texts, decisions by rule."""
    ctx: WebContext = request.app.state.ctx
    zone, now = ctx.bot().timezone, ctx.road.now()
    found = await ctx.db.read(overview.sample, ctx.workspace, now - MONTH)
    held, more = await ctx.db.read(overview.held, ctx.workspace, now)
    decided, most = await ctx.db.read(overview.decisions, ctx.workspace, now - WEEK)
    said = templates_of(ctx.bot())
    every, tables = rate_rows(found, now, ctx.watch.opt_out_alert, said)
    lost, lost_by = filtered_rows(found, now, ctx.watch.filtered_alert, said)
    by_rule = Counter(one.rule for one in held)
    decided.sort(key=lambda one: ("refuse", "hold", "go").index(one[0]) * 10**9 - one[3])
    data = {
        "tabs": tabs(),
        "every": every,
        "tables": [(title, rows[:ROWS], len(rows) - ROWS) for title, rows in tables],
        "alerts": sorted({one.name for _, rows in tables for one in rows if one.alert}),
        "limit": ctx.watch.opt_out_alert,
        "least": LEAST,
        "lost": lost,
        "lost_by": lost_by[:ROWS],
        "lost_more": len(lost_by) - ROWS,
        "lost_alerts": sorted({one.name for one in lost_by if one.alert}),
        "lost_limit": ctx.watch.filtered_alert,
        "since": moment(found.since, zone, now) if found.since > now - MONTH else "",
        "unexplained": unexplained(found),
        "held": _held_rows(held[:SHOWN], zone, now),
        "held_by": [(rule, RULES.get(rule, ""), n) for rule, n in sorted(by_rule.items())],
        "held_more": more,
        "held_total": len(held),
        "decided": [
            (OUTCOMES.get(outcome, outcome), rule, RULES.get(rule, ""), kind, n) for outcome, rule, kind, n in decided
        ],
        "decided_more": most,
    }
    return page(request, "compliance.html", data)


async def ledger_page(request: Request) -> Response:
    """GET /compliance/ledger: how large it is, and what the last check found."""
    ctx: WebContext = request.app.state.ctx
    check = ctx.ledger_check
    chains, entries = await ctx.db.read(overview.ledger_size, ctx.workspace)
    last = await ctx.db.read(overview.last_noted, ctx.workspace, ACTION)
    data: dict[str, Any] = {
        "tabs": tabs(),
        "chains": chains,
        "entries": entries,
        "more": chains >= overview.MOST_CHAINS,
        "running": check.running,
        "failed": check.failed and not check.running,
        "done": check.buckets,
        "buckets": BUCKETS,
        "last": None if last is None else msgspec.json.decode(last.data, type=Result),
        "at": "" if last is None else moment(last.at, ctx.bot().timezone, ctx.road.now()),
        "actor": "" if last is None else last.actor,
    }
    return page(request, "compliance_ledger.html", data)


async def check_ledger(request: Request) -> Response:
    """POST /compliance/ledger: check all of it, beside everything else."""
    ctx: WebContext = request.app.state.ctx
    ctx.ledger_check.start(request.state.user.email)
    return RedirectResponse("/compliance/ledger", 303)
