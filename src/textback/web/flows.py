"""The flows pages: the bot folder's files with their graphs and checks, the draft, and publishing it."""

from dataclasses import replace

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import clean
from textback.engine.load import Problem
from textback.pipeline import approvals
from textback.store import bots, running
from textback.store.bots import DraftRefused, Files
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.flowfolder import (
    BOT,
    FOLDERS,
    MOST_FILES,
    MOST_FOLDER,
    Checked,
    Folder,
    begun,
    checked,
    differences,
    flow_of,
    folder,
    last_good,
    mark,
    new_path,
    tidy,
)
from textback.web.flowview import running_at, started_by, view
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import short_time
from textback.web.retelling import retell
from textback.web.security import Denied

MOST_FORM = 3_000_000
"""Bytes of the form that saves a file: a flow may have many thousand lines."""


class Entry(msgspec.Struct, frozen=True):
    """A file as the list shows it. `flow` is its flow's name, `state` how it differs from what is live."""

    path: str
    flow: str
    keywords: str
    running: int
    errors: int
    warnings: int
    state: str


def _context(request: Request) -> tuple[WebContext, User]:
    return request.app.state.ctx, request.state.user


def _entries(shown: Folder, found: Checked, live: Checked, stands: list[running.Stand]) -> list[Entry]:
    state = shown.changed() if shown.version == 0 else {}
    entries = []
    for path in sorted({*shown.files, *state}, key=lambda path: (path != BOT, path)):
        flow = flow_of(found.bot or live.bot, path)
        name = flow.name if flow else path.removeprefix("flows/").partition(".")[0] if path.startswith("flows/") else ""
        levels = [problem.level for problem in found.problems if problem.file == path]
        entries.append(
            Entry(
                path,
                name,
                started_by(flow) or tell("starts from elsewhere") if flow else "",
                sum(running_at(name, stands).values()) if name else 0,
                levels.count("error"),
                levels.count("warning"),
                state.get(path, ""),
            )
        )
    return entries


def about(request: Request, shown: Folder) -> dict[str, object]:
    """What every flows page says of the folder: which version it is, who wrote the draft, and whether it is behind."""
    ctx, user = _context(request)
    zone, now = ctx.bot().timezone, ctx.road.now()
    draft = shown.draft
    return {
        "shown": shown,
        "draft": draft,
        "saved": f"{short_time(draft.updated_at, zone, now)} {tell('by {name}', name=by(draft.updated_by, user))}"
        if draft
        else "",
        "behind": draft is not None and draft.base != shown.newest,
        "may": user.may("flows.edit"),
        "query": f"?v={shown.version}" if not shown.editable else "",
    }


def by(who: str, user: User) -> str:
    """Who did it, in words."""
    return tell("you") if who == user.email else who


async def flows_page(request: Request) -> Response:
    """GET /flows?v=: the flows and the other files of the bot."""
    return await _overview(request)


async def _overview(request: Request, status: int = 200, error: str = "") -> Response:
    ctx, _ = _context(request)
    shown = await folder(request, request.query_params.get("v", "") if request.method == "GET" else "")
    found = await checked(shown.files, ctx.wording.most_parts)
    stands = await ctx.db.read(running.stands, ctx.workspace)
    entries = _entries(shown, found, await checked(shown.live), stands)
    done = {
        "published": tell("Published."),
        "discarded": tell("The draft is discarded."),
        "same": tell("Nothing has changed."),
    }
    data = {
        **about(request, shown),
        "flows": [entry for entry in entries if entry.path.startswith("flows/")],
        "others": [entry for entry in entries if not entry.path.startswith("flows/")],
        "problems": _shown_problems(found.problems),
        "errors": len(found.errors),
        "changed": len(shown.changed()),
        "seen": bots.digest(shown.files),
        "folders": list(FOLDERS),
        "said": done.get(request.query_params.get("did", ""), ""),
        "error": error,
        "most_note": bots.MOST_NOTE,
    }
    return page(request, "flows.html", data, status)


def _shown_problems(problems: list[Problem], path: str = "") -> list[Problem]:
    """Errors first; of one file, or of all."""
    mine = [problem for problem in problems if not path or problem.file == path]
    return sorted(mine, key=lambda problem: (problem.level != "error", problem))[:200]


async def file_page(request: Request) -> Response:
    """GET /flows/edit/{path}?v=: one file, its graph where it is a flow, and what the check says."""
    shown = await folder(request, request.query_params.get("v", ""))
    path = clean(request.path_params["path"])
    done = {"saved": tell("Saved."), "same": tell("Nothing has changed.")}
    said = done.get(request.query_params.get("did", ""), "")
    return await _file(request, shown, path, said=said)


async def _file(
    request: Request,
    shown: Folder,
    path: str,
    *,
    text: str | None = None,
    seen: str | None = None,
    said: str = "",
    error: str = "",
    status: int = 200,
) -> Response:
    """The page of a file. `text` is what somebody has written and not saved, `seen` what they began from."""
    ctx, _ = _context(request)
    saved = shown.files.get(path)
    if saved is None and text is None:
        raise Denied(404, "There is no such file.")
    content = saved if text is None else text
    files = {**shown.files, path: content or ""}
    found = await checked(files, ctx.wording.most_parts)
    flow, current = await last_good(replace(shown, files=files), path, found)
    stands = await ctx.db.read(running.stands, ctx.workspace)
    problems = _shown_problems(found.problems, path)
    elsewhere = [problem for problem in found.errors if problem.file != path]
    lines = (content or "").count("\n") + 1
    diff = differences({path: saved}, {path: text}) if error and saved is not None and text is not None else []
    data: dict[str, object] = {
        **about(request, shown),
        "path": path,
        "name": flow.name if flow else path,
        "content": content,
        "lines": lines,
        "unsaved": text is not None and text != saved,
        "seen": mark(saved) if seen is None else seen,
        "now_seen": mark(saved),
        "view": view(flow, running_at(flow.name, stands), [p.line for p in problems] if current else [])
        if flow
        else None,
        "current": current,
        "problems": problems,
        "errors": sum(problem.level == "error" for problem in problems),
        "elsewhere": elsewhere,
        "levels": {p.line: p.level for p in sorted(problems, key=lambda p: p.level, reverse=True)},
        "said": said,
        "error": error,
        "diff": diff[0][2] if diff else [],
        "fixed": path == BOT,
    }
    return page(request, "flow.html", data, status)


async def save(request: Request) -> Response:
    """POST /flows/save: keep a file in the draft, or only check it (`do` is check). What somebody else has changed
    meanwhile is not written over."""
    ctx, user = _context(request)
    form: dict[str, str] = request.state.form
    path, text, seen = form.get("path", "")[:200], tidy(form.get("content", "")), form.get("seen", "")
    shown = await folder(request)
    if path not in shown.files and seen == "":
        raise Denied(404, "There is no such file.")
    if form.get("do") == "check":
        return await _file(request, shown, path, text=text, seen=seen, said=tell("Checked, not saved."))

    def change(files: Files) -> str:
        if path not in files:
            raise DraftRefused(f"Somebody has deleted or renamed {path} meanwhile. Copy your text, then add the file.")
        if mark(files[path]) != seen:
            raise DraftRefused("Somebody has changed this file since you opened it. See below how yours differs.")
        if sum(map(len, files.values())) - len(files[path]) + len(text) > MOST_FOLDER:
            raise DraftRefused(f"All files together may have {MOST_FOLDER:,} characters. Make this one shorter.")
        if files[path] == text:
            return ""
        files[path] = text
        return path

    try:
        changed = await ctx.db.write(approvals.change_draft, ctx.workspace, change, user.email, ctx.road.now())
    except DraftRefused as refused:
        return await _file(request, await folder(request), path, text=text, seen=seen, error=str(refused), status=409)
    did = "saved" if changed and changed[1] else "same"
    return RedirectResponse(f"/flows/edit/{path}?did={did}", 303)


async def change_files(request: Request) -> Response:
    """POST /flows/files: add, rename or delete a file of the draft."""
    ctx, user = _context(request)
    form: dict[str, str] = request.state.form
    do, path, name = form.get("do", ""), form.get("path", "")[:200], form.get("name", "").strip().lower()
    if do not in ("add", "rename", "delete") or (path == BOT and do != "add"):
        raise Denied(400, "A file can be added, renamed or deleted; bot.yml stays.")
    target = ""
    if do != "delete":
        target = new_path(form.get("folder", "") if do == "add" else path.partition("/")[0], name)
    content = begun(target) if do == "add" else ""  # here: the transaction does not know the language of the page

    def change(files: Files) -> str:
        if do != "add" and path not in files:
            raise DraftRefused(f"There is no {path} any more.")
        if target in files and target != path:
            raise DraftRefused(f"There is a {target} already.")
        if do == "add":
            if len(files) >= MOST_FILES:
                raise DraftRefused(f"A folder may have {MOST_FILES:,} files.")
            files[target] = content
            return f"add {target}"
        text = files.pop(path)
        if do == "rename":
            files[target] = text
            return "" if target == path else f"rename {path} to {target}"
        return f"delete {path}"

    try:
        await ctx.db.write(approvals.change_draft, ctx.workspace, change, user.email, ctx.road.now())
    except DraftRefused as refused:
        raise Denied(409, retell(str(refused))) from None
    return RedirectResponse(f"/flows/edit/{target}" if target else "/flows", 303)


async def discard(request: Request) -> Response:
    """POST /flows/discard: throw the draft away."""
    ctx, user = _context(request)
    await ctx.db.write(bots.discard_draft, ctx.workspace, user.email, ctx.road.now())
    return RedirectResponse("/flows?did=discarded", 303)


async def publish(request: Request) -> Response:
    """POST /flows/publish: make the draft the newest version, unless the check finds an error."""
    ctx, user = _context(request)
    form: dict[str, str] = request.state.form
    shown = await folder(request)
    if shown.draft is None:
        raise Denied(409, "There is no draft. Somebody has published or discarded it.")
    found = await checked(shown.files, ctx.wording.most_parts)
    if found.errors:
        count = len(found.errors)
        said = tell("Nothing is published: {n} errors keep the bot from working. See below.", n=count)
        if count == 1:
            said = tell("Nothing is published: 1 error keeps the bot from working. See below.")
        return await _overview(request, 409, said)
    latest = form.get("latest", "")
    try:
        await ctx.db.write(
            approvals.publish_draft, ctx.workspace, form.get("seen", ""), int(latest) if latest.isdecimal() else 0,
            user.email, form.get("note", "").strip(), ctx.road.now(), ctx.wording.approval,
        )  # fmt: skip
    except DraftRefused as refused:
        return await _overview(request, 409, str(refused))
    await ctx.road.versions.look()
    return RedirectResponse("/flows/versions?did=published", 303)
