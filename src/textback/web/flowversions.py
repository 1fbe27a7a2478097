"""The versions of the bot: the list, what differs between two, and publishing an older one again."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.engine.bot import Bot
from textback.engine.load import load_bot
from textback.pipeline import approvals
from textback.store import bots, running
from textback.store.bots import SERVE, Files
from textback.store.db import Tx
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.flowfolder import checked, differences
from textback.web.flows import by
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import moment
from textback.web.retelling import retell
from textback.web.security import Denied

MOST = 100
"""Versions in the list."""
DRAFT = "draft"


def _publish_again(
    tx: Tx, workspace: str, number: int, latest: int, who: str, note: str, now: int, approval: bool
) -> bool:
    files = bots.load_files(tx, workspace, number)
    if approval:
        approvals.require(tx, workspace, files)
    return bots.publish_over(tx, workspace, files, latest, now, by=who, note=note, source="desk") > 0


def number_of(text: str) -> int:
    """The version that a form or an address names; 0 where it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


async def _files(ctx: WebContext, which: str) -> Files:
    """The files of a version by its number, or of the draft."""
    if which == DRAFT:
        draft = await ctx.db.read(bots.draft, ctx.workspace)
        if draft is None:
            raise Denied(404, "There is no draft.")
        return draft.files
    try:
        return await ctx.db.read(bots.load_files, ctx.workspace, number_of(which))
    except KeyError:
        raise Denied(404, "There is no such version.") from None


async def loaded(ctx: WebContext, number: int) -> Bot:
    """A version, as its sessions run it."""
    return await asyncio.to_thread(load_bot, await _files(ctx, str(number)), number)


def _said(request: Request) -> str:
    moved = request.query_params.get("moved", "")
    if moved == "1":
        return tell("1 session moved to the live version.")
    if moved:
        return tell("{n} sessions moved to the live version.", n=f"{number_of(moved):,}")
    return tell("Published. New conversations begin with it now.") if request.query_params.get("did") else ""


def _about(old: str, new: str) -> str:
    """Which two are compared."""
    if DRAFT in (old, new):
        if old == new:
            return tell("From the draft to the draft")
        if old == DRAFT:
            return tell("From the draft to version {n}", n=new)
        return tell("From version {n} to the draft", n=old)
    return tell("From version {old} to version {new}", old=old, new=new)


async def versions_page(request: Request) -> Response:
    """GET /flows/versions?from=&to=: every version, and how two of them differ."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    zone, now = ctx.bot().timezone, ctx.road.now()

    def read(tx: Tx) -> tuple[list[Any], list[running.Stand], bool]:
        listed = bots.versions(tx, ctx.workspace, MOST)
        return listed, running.stands(tx, ctx.workspace), bots.draft(tx, ctx.workspace) is not None

    found, stands, draft = await ctx.db.read(read)
    rows = [
        {
            "number": row.number,
            "when": moment(row.created_at, zone, now),
            "who": by(row.published_by or SERVE, user),
            "note": row.note,
            "flows": bots.flows_in(row.files),
            "running": sum(stand.count for stand in stands if stand.version == row.number),
            "before": found[place + 1].number if place + 1 < len(found) else 0,
        }
        for place, row in enumerate(found)
    ]
    names = [DRAFT] * draft + [str(row["number"]) for row in rows]
    old, new = request.query_params.get("from", ""), request.query_params.get("to", "")
    compared = differences(await _files(ctx, old), await _files(ctx, new)) if old and new else None
    data = {
        "rows": rows,
        "names": names,
        "old": old or (names[1] if len(names) > 1 else ""),
        "new": new or (names[0] if names else ""),
        "compared": compared,
        "about": _about(old, new),
        "may": user.may("flows.edit"),
        "said": _said(request),
        "draft": draft,
        "live": rows[0]["number"] if rows else 0,
    }
    return page(request, "flows_versions.html", data)


async def publish_again(request: Request) -> Response:
    """POST /flows/again: publish an older version as the newest."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    form: dict[str, str] = request.state.form
    number, latest = number_of(form.get("number", "")), number_of(form.get("latest", ""))
    found = await checked(await _files(ctx, str(number)))
    if found.errors:
        first = found.errors[0]
        said = tell(
            "Version {n} can’t be used by this release: {file}, line {line}: {problem}",
            n=number, file=first.file, line=first.line, problem=first.message,
        )  # fmt: skip
        raise Denied(409, said)
    note = f"Version {number} again"  # kept, and read by everybody: in English
    approval, now = ctx.wording.approval, ctx.road.now()
    try:
        done = await ctx.db.write(_publish_again, ctx.workspace, number, latest, user.email, note, now, approval)
    except bots.DraftRefused as refused:
        raise Denied(409, retell(str(refused))) from None
    if not done:
        raise Denied(409, "Somebody has published a version meanwhile. Load the page again, then decide.")
    await ctx.road.versions.look()
    return RedirectResponse("/flows/versions?did=published", 303)
