"""The desk's Lines page: every line with the address to give its provider, how it is, whether its webhooks come, and a
button that tests its keys."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from textback.channels.registry import PROVIDERS
from textback.channels.web import WebChat
from textback.compliance.limits import day_of
from textback.compliance.registering import registered
from textback.core.errors import SettingsError
from textback.pipeline import letters
from textback.pipeline.coming import coming
from textback.pipeline.signatures import unchecked
from textback.store import accounts, dead, limits, line_seen
from textback.web.auth import User
from textback.web.context import LineInfo, WebContext
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import line_limits, line_state, moment
from textback.web.routing import Route
from textback.web.security import Denied
from textback.web.webhooks import PREFIX

FETCHED = frozenset(name for name, spec in PROVIDERS.items() if spec.fetched)
"""Providers whose texts are fetched from a mailbox: they are given no address."""


def _real(ctx: WebContext) -> list[LineInfo]:
    return [line for line in ctx.lines.values() if line.provider not in ("simulator", "web")]


async def _show(request: Request, tested: dict[str, Any] | None = None) -> Response:
    ctx: WebContext = request.app.state.ctx
    zone, now = ctx.bot().timezone, ctx.road.now()
    lines = _real(ctx)
    until = {one.line: moment(one.until, zone, now) for one in unchecked(ctx.road.lines, now)}
    states = {line: line_state(condition) for line, condition in ctx.road.conditions().items()}
    given_up = await ctx.db.read(dead.waiting, ctx.workspace)
    stuck = await ctx.db.read(letters.counts, ctx.workspace)
    rejected = {line: n for (kind, line), n in stuck.items() if kind == "webhook"}
    elsewhere = sum(n for line, n in rejected.items() if line not in ctx.lines)
    limited = {name: line for name, line in ctx.road.lines.items() if line.limited}
    used = await ctx.db.read(limits.used, ctx.workspace, day_of(now), {line.counter for line in limited.values()})
    allowed = {name: line_limits(line.rate, line.cap, used.get(line.counter, 0)) for name, line in limited.items()}
    standing = await ctx.db.read(line_seen.standing, ctx.workspace)
    arriving, registrations, sent = {}, {}, {}
    for line in lines:
        found = coming(line.name, line.provider, standing, address_of(ctx, line.name))
        arriving[line.name] = (found, moment(found.at, zone, now) if found.at else "")
        last = standing.seen.get(line.name, {}).get("sent")
        sent[line.name] = moment(last.at, zone, now) if last else ""
        known = ctx.road.lines.get(line.name)
        if known is not None and line.provider not in FETCHED:
            registrations[line.name] = registered(known.registration, line.number)
    shown: dict[str, Any] = {"lines": lines, "states": states, "allowed": allowed, "given_up": given_up}
    shown["fetched"] = {line.name for line in lines if line.provider in FETCHED}
    shown |= {"rejected": rejected, "rejected_elsewhere": elsewhere, "until": until, "base": ctx.public_url}
    shown["chats"] = [
        (name, sorted(line.provider.origins))
        for name, line in ctx.road.lines.items()
        if isinstance(line.provider, WebChat)
    ]
    shown |= {"arriving": arriving, "registrations": registrations, "sent": sent, "tested": tested}
    return page(request, "lines.html", shown)


def address_of(ctx: WebContext, line: str) -> str:
    """The address that a line's provider is to call."""
    return f"{ctx.public_url}{PREFIX}{line}"


async def lines_page(request: Request) -> Response:
    """GET /lines: every line, how it is, and what it gave up or rejected."""
    return await _show(request)


async def test_line(request: Request) -> Response:
    """POST /lines/{line}/test: ask the provider whether it knows the line's keys, and who answers at its address. It is
    written down who asked, and what came of it."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    line = next((one for one in _real(ctx) if one.name == request.path_params["line"]), None)
    if line is None:
        raise Denied(404, "There is no such line.")
    said: list[tuple[str, str, str, str]] = []
    if ctx.checks is not None:
        try:
            keys = await ctx.checks.keys(line.name)
        except SettingsError as error:
            said.append((tell("Keys"), "error", error.message, error.fix))
        else:
            said.append((tell("Keys"), keys.level, keys.seen, keys.fix))
        if line.provider not in FETCHED:
            there = await ctx.checks.address(address_of(ctx, line.name))
            said.append((tell("Address"), there.level, there.seen, there.fix))
    data = {what.lower(): level for what, level, _, _ in said}
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "line.test", line.name, ctx.road.now(), data)
    return await _show(request, {"line": line.name, "said": said})


ROUTES = (Route("GET", "/lines", "lines", lines_page), Route("POST", "/lines/{line}/test", "lines", test_line))
