"""The templates pages: named messages of the draft, one message with its languages side by side, and their approval."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.text import segments
from textback.engine.bot import Bot
from textback.engine.load import Problem
from textback.engine.named import TYPES
from textback.engine.named_files import Definition, Unwritable, definitions, placed, written
from textback.engine.named_read import USE_CASES
from textback.engine.reading import CLASSES, NAME
from textback.pipeline import approvals as glue
from textback.store import approvals, bots
from textback.store.bots import DraftRefused, Files
from textback.store.db import Tx
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.flowfolder import Checked, Folder, checked, differences, folder
from textback.web.flows import about, by
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import moment, short_time
from textback.web.provider_templates import provided
from textback.web.security import Denied
from textback.web.wordingform import Form, of_body, of_fields, safe, sample_values, shown, to_body

MOST_VERSIONS = 30
#: What became of a wording, in words, and the tone of its chip.
STATES = {
    "live": ("Live", ""),
    "draft": ("Draft", "human"),
    "waiting": ("Waiting for approval", "wait"),
    "approved": ("Approved", "human"),
    "refused": ("Refused", "fail"),
}


def _context(request: Request) -> tuple[WebContext, User]:
    return request.app.state.ctx, request.state.user


def _may_write(ctx: WebContext, user: User) -> bool:
    if not user.may("templates.write"):
        return False
    return user.may("templates.decide") or ctx.wording.editors == "agent"


def _state(one: Definition, live: Mapping[str, Definition], row: Any, approval: bool) -> str:
    """What is to be said of a wording. Without approvals it is live, or it is a draft."""
    if one.name in live and live[one.name].digest == one.digest:
        return "live"
    return row.state if approval and row is not None else "draft"


async def _check(ctx: WebContext, files: Files) -> Checked:
    return await checked(files, ctx.wording.most_parts)


def _of_message(problems: list[Problem], one: Definition | None, files: Mapping[str, str]) -> list[Problem]:
    """The problems of one message: those in its lines of its file."""
    if one is None:
        return []
    later = [other.line for other in definitions(files).values() if other.file == one.file and other.line > one.line]
    end = min(later, default=1_000_000)
    mine = [p for p in problems if p.file == one.file and one.line <= p.line < end]
    return sorted(mine, key=lambda p: (p.level != "error", p))


async def list_page(request: Request) -> Response:
    """GET /templates: every named message of the draft, or of what is live where there is no draft."""
    ctx, user = _context(request)
    zone, now = ctx.bot().timezone, ctx.road.now()
    folder_ = await folder(request)
    found, live = definitions(folder_.files), definitions(folder_.live)
    check = await _check(ctx, folder_.files)
    wordings = {one.name: one.digest for one in found.values()}

    def read(tx: Tx) -> tuple[dict[str, Any], int]:
        return approvals.of(tx, ctx.workspace, wordings), len(approvals.waiting(tx, ctx.workspace))

    rows, waits = await ctx.db.read(read)
    bot = check.bot or ctx.bot()
    entries = []
    for one in sorted(found.values(), key=lambda one: one.name):
        form = of_body(one.name, one.body, bot.locales)
        row = rows.get(one.name)
        template = check.bot.templates.get(one.name) if check.bot else None
        levels = [p.level for p in _of_message(check.problems, one, folder_.files)]
        words, tone = STATES[_state(one, live, row, ctx.wording.approval)]
        sizes = [(text.locale, text.size) for text in shown(form, bot, template) if text.text]
        changed = ""
        if row:
            changed = f"{short_time(row.written_at, zone, now)} {tell('by {name}', name=by(row.written_by, user))}"
        entries.append(
            {
                "name": one.name,
                "class": form.message_class,
                "state": words,
                "tone": tone,
                "sizes": sizes,
                "changed": changed,
                "errors": levels.count("error"),
                "warnings": levels.count("warning"),
            }
        )
    did = {"deleted": tell("It is taken out of the draft."), "read": tell("The lists were read.")}
    wrong = {"unread": tell("A list could not be read. What was known stays.")}
    data = {
        **about(request, folder_),
        "entries": entries,
        "gone": sorted(set(live) - set(found)),
        "waits": waits,
        "approval": ctx.wording.approval,
        "may_write": _may_write(ctx, user),
        "said": did.get(request.query_params.get("did", ""), ""),
        "error": wrong.get(request.query_params.get("did", ""), ""),
        "provided": await provided(ctx, ctx.bot()),
    }
    return page(request, "wordings.html", data)


async def new_page(request: Request) -> Response:
    """GET /templates/new: the form of a message that is not there yet."""
    ctx, _ = _context(request)
    folder_ = await folder(request)
    bot = (await _check(ctx, folder_.files)).bot or ctx.bot()
    form = Form(texts=dict.fromkeys(bot.locales, ""))
    return await _page(request, folder_, form, None, seen="")


async def edit_page(request: Request) -> Response:
    """GET /templates/edit/{name}: one message, what the check says of it, its approval and its versions."""
    ctx, _ = _context(request)
    folder_ = await folder(request)
    one = definitions(folder_.files).get(request.path_params["name"])
    if one is None:
        raise Denied(404, "There is no such template.")
    bot = (await _check(ctx, folder_.files)).bot or ctx.bot()
    said = {
        "saved": tell("Saved in the draft."),
        "same": tell("Nothing has changed."),
        "asked": tell("An owner is asked to approve it."),
    }.get(request.query_params.get("did", ""), "")
    return await _page(request, folder_, of_body(one.name, one.body, bot.locales), one, seen=one.digest, said=said)


async def _page(
    request: Request,
    folder_: Folder,
    form: Form,
    one: Definition | None,
    *,
    seen: str,
    said: str = "",
    error: str = "",
    status: int = 200,
    unsaved: bool = False,
) -> Response:
    """The page of a message. `one` is as it is saved; the form may have more."""
    ctx, user = _context(request)
    zone, now = ctx.bot().timezone, ctx.road.now()
    files = folder_.files
    if unsaved and form.name:
        files = _with(files, form, (await _check(ctx, files)).bot or ctx.bot())
    check = await _check(ctx, files)
    bot = check.bot or await _alone(ctx, files) or ctx.bot()
    here = definitions(files).get(form.name)
    template = bot.templates.get(form.name)
    live = definitions(folder_.live)
    row = await ctx.db.read(approvals.one, ctx.workspace, one.name, one.digest) if one else None
    state = _state(one, live, row, ctx.wording.approval) if one else "draft"
    words, tone = STATES[state]
    data = {
        **about(request, folder_),
        "form": form,
        "new": one is None,
        "seen": seen,
        "texts": shown(form, bot, template),
        "samples": msgspec.json.encode(sample_values(form, bot, template)).decode(),
        "classes": CLASSES,
        "use_cases": USE_CASES,
        "types": list(TYPES),
        "sender": bot.name,
        "problems": _of_message(check.problems, here, files),
        "state": state,
        "state_words": words,
        "tone": tone,
        "row": row,
        "row_words": _became(row, user, zone, now) if row else "",
        "versions": await _versions(ctx, one.name) if one else [],
        "approval": ctx.wording.approval,
        "may_write": _may_write(ctx, user),
        "unsaved": unsaved,
        "most_parts": ctx.wording.most_parts,
        "said": said,
        "error": error,
    }
    return page(request, "wording.html", data, status)


async def _alone(ctx: WebContext, files: Files) -> Bot | None:
    """The bot without the errors of other files, where its own file and its templates have none."""
    mine = {path: text for path, text in files.items() if path == "bot.yml" or path.startswith("templates/")}
    flow = {"flows/none.yml": "flow: none\nstart: {keywords: []}\nsteps: [end]\n"}
    return (await _check(ctx, {**mine, **flow})).bot


def _with(files: Files, form: Form, bot: Bot) -> Files:
    try:
        path, text = placed(files, form.name, to_body(form, bot.locales))
    except Unwritable:
        return files
    return {**files, path: text}


def _became(row: Any, user: User, zone: str, now: int) -> str:
    """Who did what to this wording, in a sentence."""
    if row.state == "waiting":
        when = moment(row.asked_at, zone, now)
        return tell("{name} asked for approval, {when}.", name=by(row.asked_by, user), when=when)
    if row.state in ("approved", "refused"):
        return tell(
            "Approved by {name}, {when}." if row.state == "approved" else "Refused by {name}, {when}.",
            name=by(row.decided_by, user),
            when=moment(row.decided_at, zone, now),
        )
    return tell("Written by {name}, {when}.", name=by(row.written_by, user), when=moment(row.written_at, zone, now))


async def _versions(ctx: WebContext, name: str) -> list[dict[str, Any]]:
    """The versions of the bot in which this message changed, the newest first, each with how it differs from before."""
    rows = await ctx.db.read(bots.versions, ctx.workspace, MOST_VERSIONS)
    return await asyncio.to_thread(_changes, rows, name)


def _changes(rows: list[Any], name: str) -> list[dict[str, Any]]:
    found = []
    before: str | None = None
    for row in reversed(rows):
        files = msgspec.json.decode(row.files, type=Files)
        one = definitions({path: text for path, text in files.items() if path.startswith("templates/")}).get(name)
        now = written(name, one.body) if one else None
        if now != before:
            diff = differences({name: before} if before else {}, {name: now} if now else {})
            found.append({"number": row.number, "by": row.published_by, "lines": diff[0][2] if diff else []})
        before = now
    return found[::-1]


async def save(request: Request) -> Response:
    """POST /templates/save: keep a message in the draft (`do` is save), check it, make it plain, ask for its approval,
    or take it out. What somebody else has changed meanwhile is not written over."""
    ctx, user = _context(request)
    if not _may_write(ctx, user):
        raise Denied(403, "Only an owner may write templates.")
    fields: dict[str, str] = request.state.form
    do, seen = fields.get("do", "save"), fields.get("seen", "")
    name = fields.get("name", "").strip()
    folder_ = await folder(request)
    one = definitions(folder_.files).get(name) if seen else None
    bot = (await _check(ctx, folder_.files)).bot or ctx.bot()
    form = of_fields(name, fields, bot.locales)
    if not NAME.fullmatch(name):
        error = tell("Name it with small letters, digits and _, beginning with a letter.")
        return await _page(request, folder_, form, one, seen=seen, error=error, status=400, unsaved=True)
    if do == "ask":
        return await _ask(request, folder_, name, seen)
    if do == "plain":
        return await _page(
            request, folder_, safe(form), one, seen=seen, said=tell("Replaced, not saved."), unsaved=True
        )
    if do == "check":
        return await _page(request, folder_, form, one, seen=seen, said=tell("Checked, not saved."), unsaved=True)
    body = None if do == "delete" else to_body(form, bot.locales)

    def change(files: Files) -> str:
        there = definitions(files).get(name)
        if (there.digest if there else "") != seen:
            raise DraftRefused(
                tell("Somebody has changed this template since you opened it. Copy your text and open it again.")
                if seen
                else tell("There is a template {name} already.", name=name)
            )
        try:
            path, text = placed(files, name, body)
        except Unwritable as refused:
            raise DraftRefused(str(refused)) from None
        if files.get(path) == text:
            return ""
        if body is None and not definitions({path: text}):
            del files[path]  # a file without a message is none
        else:
            files[path] = text
        return path

    try:
        changed = await ctx.db.write(glue.change_draft, ctx.workspace, change, user.email, ctx.road.now())
    except DraftRefused as refused:
        now = await folder(request)
        return await _page(request, now, form, one, seen=seen, error=str(refused), status=409, unsaved=True)
    if do == "delete":
        return RedirectResponse("/templates?did=deleted", 303)
    did = "saved" if changed and changed[1] else "same"
    return RedirectResponse(f"/templates/edit/{name}?did={did}", 303)


async def _ask(request: Request, folder_: Folder, name: str, seen: str) -> Response:
    """Ask for the approval of what is saved."""
    ctx, user = _context(request)
    one = definitions(folder_.files).get(name)
    if one is None or one.digest != seen:
        raise Denied(409, "Somebody has changed this template since you opened it. Load the page again.")
    check = await _check(ctx, folder_.files)
    if any(problem.level == "error" for problem in _of_message(check.problems, one, folder_.files)):
        bot = check.bot or ctx.bot()
        form = of_body(name, one.body, bot.locales)
        error = tell("Mend what is to be fixed first. Nobody was asked.")
        return await _page(request, folder_, form, one, seen=seen, error=error, status=409)
    await ctx.db.write(glue.ask_for, ctx.workspace, [one], user.email, ctx.road.now())
    return RedirectResponse(f"/templates/edit/{name}?did=asked", 303)


async def approvals_page(request: Request) -> Response:
    """GET /templates/approvals: what waits for approval, each with how it differs from what is live."""
    return await _approvals(request)


async def _approvals(request: Request, status: int = 200, error: str = "") -> Response:
    ctx, user = _context(request)
    zone, now = ctx.bot().timezone, ctx.road.now()
    folder_ = await folder(request)
    live = definitions(folder_.live)
    bot = ctx.bot()
    items = []
    for row in await ctx.db.read(approvals.waiting, ctx.workspace):
        body = msgspec.json.decode(row.body)
        form = of_body(row.name, body, bot.locales)
        before = {row.name: written(row.name, live[row.name].body)} if row.name in live else {}
        diff = differences(before, {row.name: written(row.name, body)})
        texts = [(locale, text, segments(text)) for locale, text in form.texts.items() if text]
        mine = user.email in (row.written_by, row.asked_by)
        items.append(
            {
                "name": row.name,
                "digest": row.digest,
                "form": form,
                "texts": texts,
                "lines": diff[0][2] if diff and before else [],
                "asked": f"{by(row.asked_by, user)}, {moment(row.asked_at, zone, now)}",
                "mine": mine,
                "may": user.may("templates.decide") and not mine,
                "there": definitions(folder_.files).get(row.name) is not None,
            }
        )
    said = {"approved": tell("Approved."), "refused": tell("Refused.")}.get(request.query_params.get("did", ""), "")
    data = {
        "items": items,
        "owner": user.may("templates.decide"),
        "approval": ctx.wording.approval,
        "said": said,
        "error": error,
    }
    return page(request, "wordings_approvals.html", {**data, "most_note": approvals.MOST_NOTE}, status)


async def decide(request: Request) -> Response:
    """POST /templates/decide: approve or refuse a wording (`do`). Nobody approves what they wrote or asked for."""
    ctx, user = _context(request)
    fields: dict[str, str] = request.state.form
    do, note = fields.get("do", ""), fields.get("note", "").strip()
    if do not in ("approve", "refuse"):
        raise Denied(400, "Approve or refuse it.")
    if do == "refuse" and not note:
        return await _approvals(request, 400, tell("Say why: whoever wrote it wants to mend it."))
    name, digest = fields.get("name", "")[:64], fields.get("digest", "")[:64]
    try:
        await ctx.db.write(
            approvals.decide, ctx.workspace, name, digest, do == "approve", user.email, note, True, ctx.road.now()
        )
    except DraftRefused as refused:
        return await _approvals(request, 409, str(refused))
    return RedirectResponse(f"/templates/approvals?did={'approved' if do == 'approve' else 'refused'}", 303)
