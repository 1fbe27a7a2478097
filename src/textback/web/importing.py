"""Importing contacts from a CSV file: choosing it, saying what its columns are, watching it, and what was refused."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from textback.core.ids import new_id
from textback.core.text import clean
from textback.engine.reading import NAME as FIELD_NAME
from textback.pipeline.contactrows import FIELD, NAME, NUMBER, OWN, TAGS, Bad, guess, tags_in, wrong_choice
from textback.pipeline.importing import SIZE, planned, planner
from textback.pipeline.sheets import MOST_COLUMNS, MOST_ROWS, Unreadable, parts_of, read_sheet
from textback.store import accounts, leads
from textback.store import contact_imports as store
from textback.store.contact_imports import COUNTS, Choice, ContactImport
from textback.store.leads import Field
from textback.web.api import default_line
from textback.web.auth import User
from textback.web.csvcells import guarded
from textback.web.leads import RESERVED, context, fields_for
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import moment
from textback.web.retelling import retell
from textback.web.routing import Route
from textback.web.security import Denied

HERE = "/leads/import"
FILES = 20
"""Files on the page."""
MOST_BYTES = 20 * 2**20
TOGETHER = 20
"""Parts that are kept in one transaction."""
LOOKED = 1_000
"""Rows that are tried before an import begins."""
SHOWN = 8
"""Rows of the file on the page."""
MOST_WRONG = 20
"""Rows on the page that would be refused."""
GIVEN = 500
"""Refused rows that are read together."""
_ID = re.compile(r"[0-9a-f]{24}")
WORDS = {"new": "{n} new", "changed": "{n} changed", "same": "{n} as they were", "refused": "{n} refused"}
STATES = {"draft": "Waits for you", "going": "Being imported", "done": "Done", "stopped": "Stopped"}


def _own_lines(request: Request) -> dict[str, Any]:
    ctx, user = context(request)
    return {line: info for line, info in ctx.lines.items() if user.sight.everything or line in user.sight.lines}


def _shown(request: Request, one: ContactImport) -> dict[str, Any]:
    """An import as its page and the list of imports name it."""
    ctx, _ = context(request)
    return {
        "id": one.id,
        "file": one.file,
        "state": one.state,
        "words": "Stopping" if one.state == "going" and one.stopping else STATES[one.state],
        "stopping": one.stopping,
        "total": one.total,
        "position": one.position,
        "counts": [(what, WORDS[what], one.counts.get(what, 0)) for what in COUNTS],
        "refused": one.counts.get("refused", 0),
        "about": f"{one.actor}, {moment(one.created_at, ctx.bot().timezone, ctx.road.now())}",
        "address": f"{HERE}/{one.id}",
    }


def _sees_all(user: User) -> bool:
    return user.may("settings") and user.sight.everything


async def _mine(request: Request) -> ContactImport:
    """The import that an address names: this person's, or to an owner anybody's, for it may have values that are not
    for all who import. Raises Denied."""
    ctx, user = context(request)
    id_: str = request.path_params["id"]
    found = await ctx.db.read(store.find, ctx.workspace, id_) if _ID.fullmatch(id_) else None
    if found is None or not (_sees_all(user) or found.user_id == user.id):
        raise Denied(404, "There is no such import. What became of a file is kept for 30 days.")
    return found


async def _audit(request: Request, action: str, one: ContactImport, **data: Any) -> None:
    ctx, user = context(request)
    now = ctx.road.now()
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, f"contacts.import.{action}", one.id, now, data)


# ---- Choosing a file


async def import_page(request: Request) -> Response:
    """GET /leads/import: a form for a file, and the files that were imported."""
    return await _page(request)


async def _page(request: Request, error: str = "", status: int = 200) -> Response:
    ctx, user = context(request)
    everybody = _sees_all(user)
    rows = await ctx.db.read(lambda tx: store.listed(tx, ctx.workspace, user.id, FILES, everybody=everybody))
    files = [_shown(request, one) for one in rows]
    data = {
        "files": files,
        "busy": any(one["state"] == "going" for one in files),
        "error": error,
        "most": MOST_BYTES // 2**20,
        "most_rows": MOST_ROWS,
    }
    return page(request, "leads_import.html", data, status)


async def take_file(request: Request) -> Response:
    """POST /leads/import: keep a file until somebody says what its columns are."""
    ctx, user = context(request)
    file = request.state.file
    if file is None:
        return await _page(request, tell("Choose a file that has something in it."), 400)
    mine = _own_lines(request)
    if not mine:
        return await _page(request, tell("You have no line to text them on. Ask an owner for one."), 409)
    name = file.name or "contacts.csv"
    one = ContactImport(
        new_id(), user.id, user.email, user.name, name, [], Choice(), user.sight, "reading", False, 0, 0, {}, 0,
        ctx.road.now(), None,
    )  # fmt: skip
    try:
        one = await _keep(request, one, file.path, default_line(ctx, mine).name)
    except Unreadable as why:
        return await _page(request, retell(str(why)), 400)
    await _audit(request, "upload", one, file=name, rows=one.total, digest=file.digest)
    return RedirectResponse(f"{HERE}/{one.id}", 303)


async def _keep(request: Request, one: ContactImport, path: Path, line: str) -> ContactImport:
    """Write a file's rows to the database, as many at a time as do not hold others up. Raises Unreadable."""
    ctx, _ = context(request)
    region = ctx.bot().country
    sheet = await asyncio.to_thread(lambda: read_sheet(path.read_bytes(), region))
    parts = parts_of(sheet.rows, SIZE)
    one = msgspec.structs.replace(one, columns=sheet.columns)
    count, first = 0, []
    try:
        while some := await asyncio.to_thread(_some, parts):
            if not count:
                first = [row for part in some for row in part]
                await ctx.db.write(store.add, ctx.workspace, one)
            await ctx.db.write(store.add_parts, ctx.workspace, one.id, count // SIZE, some)
            count += sum(len(part) for part in some)
    except Unreadable:
        await ctx.db.write(store.discard, ctx.workspace, one.id)
        raise
    if not count:
        raise Unreadable(tell("The file has the names of its columns, and no rows. Choose another one."))
    fields = await fields_for(request)
    choice = Choice(guess(sheet.columns, fields, first, region), line)
    await ctx.db.write(store.whole, ctx.workspace, one.id, count, choice)
    return msgspec.structs.replace(one, total=count, choice=choice)


def _some(parts: Any) -> list[Sequence[tuple[int, list[str]]]]:
    return [part for _, part in zip(range(TOGETHER), parts, strict=False)]


# ---- One import


def _choices(title: str, fields: Sequence[Field], defined: Sequence[Field]) -> list[tuple[str, str]]:
    """What a column can be: each by its key, and in words."""
    found = [("", tell("Leave out")), (NUMBER, tell("Phone number")), (NAME, tell("Name")), (TAGS, tell("Tags"))]
    found += [(FIELD + one.name, one.title) for one in fields]
    own = re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")
    known = {one.name for one in defined} | OWN | RESERVED
    if FIELD_NAME.fullmatch(own) and own not in known:
        found.append((FIELD + own, tell("A field “{name}”", name=own)))
    return found


async def one_page(request: Request) -> Response:
    """GET /leads/import/{id}: what the columns of a file are and what becomes of it; or how far it is."""
    return await _one(request, await _mine(request))


async def _one(request: Request, one: ContactImport, error: str = "", status: int = 200) -> Response:
    data: dict[str, Any] = {"one": _shown(request, one), "error": error, "most_wrong": MOST_WRONG}
    if one.state == "draft":
        data |= await _preview(request, one)
    return page(request, "leads_import_one.html", data, status)


async def _preview(request: Request, one: ContactImport) -> dict[str, Any]:
    """What a file that waits looks like, and what would become of its first rows."""
    ctx, _ = context(request)
    fields = await fields_for(request)
    defined = await ctx.db.read(leads.fields, ctx.workspace)
    rows = await ctx.db.read(store.first_rows, ctx.workspace, one.id, LOOKED)
    unfit = wrong_choice(one.choice.columns)
    plan = []
    if not unfit:
        plan = await ctx.db.read(planned, ctx.workspace, planner(one, defined, ctx.bot().country), rows)
    why = {row.line: row.why for row in plan}
    wrong = [row for row in plan if row.what == "refused"]
    return {
        "columns": [
            (place, title, kind, _choices(title, fields, defined))
            for place, (title, kind) in enumerate(zip(one.columns, one.choice.columns, strict=True))
        ],
        "rows": [(line, cells[:MOST_COLUMNS], why.get(line, "")) for line, cells in rows[:SHOWN]],
        "unfit": unfit,
        "looked": len(rows),
        "outlook": [(WORDS[what], sum(row.what == what for row in plan)) for what in COUNTS],
        "wrong": [(row.line, row.why) for row in wrong[:MOST_WRONG]],
        "more_wrong": max(len(wrong) - MOST_WRONG, 0),
        "choice": one.choice,
        "lines": sorted(_own_lines(request)),
    }


async def change(request: Request) -> Response:
    """POST /leads/import/{id}: `do` is check, to keep what the columns are; start; discard; or stop."""
    ctx, _ = context(request)
    one = await _mine(request)
    do = request.state.form.get("do", "")
    if do not in ("check", "start", "discard", "stop"):
        raise Denied(400, "Say what to do with the file: check, start, discard or stop.")
    if do == "discard":
        if not await ctx.db.write(store.discard, ctx.workspace, one.id):
            raise Denied(409, "It is being imported already.")
        await _audit(request, "discard", one, file=one.file)
        return RedirectResponse(HERE, 303)
    if do == "stop":
        if await ctx.db.write(store.stop, ctx.workspace, one.id):
            await _audit(request, "stop", one, file=one.file)
            ctx.road.importer.wake()
        return RedirectResponse(f"{HERE}/{one.id}", 303)
    if one.state != "draft":
        raise Denied(409, "It has been begun already.")
    try:
        choice = await _choice(request, one)
    except Bad as why:
        return await _one(request, one, str(why), 400)
    one = msgspec.structs.replace(one, choice=choice)
    await ctx.db.write(store.choose, ctx.workspace, one.id, choice)
    if do == "start":
        if wrong := wrong_choice(choice.columns):
            return await _one(request, one, wrong, 400)
        if await ctx.db.write(store.start, ctx.workspace, one.id):
            await _audit(request, "start", one, file=one.file, rows=one.total)
            ctx.road.importer.wake()
    return RedirectResponse(f"{HERE}/{one.id}", 303)


async def _choice(request: Request, one: ContactImport) -> Choice:
    """What the form says of the columns. Raises Bad."""
    ctx, _ = context(request)
    form: dict[str, str] = request.state.form
    fields, defined = await fields_for(request), await ctx.db.read(leads.fields, ctx.workspace)
    columns = []
    for place, title in enumerate(one.columns):
        kind = form.get(f"col.{place}", "")
        if kind not in dict(_choices(title, fields, defined)):
            raise Bad(tell("Choose what “{name}” is.", name=title))
        columns.append(kind)
    line = form.get("line", one.choice.line)
    if line not in _own_lines(request):
        raise Bad(tell("Choose a line of yours for new contacts."))
    return Choice(columns, line, tags_in(clean(form.get("tags", ""))[:400]), form.get("keep") == "1")


async def refused(request: Request) -> Response:
    """GET /leads/import/{id}/refused: the rows that were refused as CSV, with why; to be mended and imported again."""
    ctx, _ = context(request)
    one = await _mine(request)
    await _audit(request, "refused", one, file=one.file)

    async def lines() -> AsyncIterator[str]:
        yield _csv([["line", "why", *one.columns]])
        after = 0
        while rows := await ctx.db.read(store.refused, ctx.workspace, one.id, after, GIVEN):
            yield _csv([[str(line), why, *cells] for line, why, cells in rows])
            after = rows[-1][0]

    headers = {"Content-Disposition": f'attachment; filename="refused-{one.id}.csv"'}
    return StreamingResponse(lines(), 200, headers, media_type="text/csv; charset=utf-8")


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([[guarded(cell) for cell in row] for row in rows])
    return out.getvalue()


ROUTES = (
    Route("GET", HERE, "contacts.import", import_page),
    Route("POST", HERE, "contacts.import", take_file, takes_file=True, most_file=MOST_BYTES),
    Route("GET", HERE + "/{id}", "contacts.import", one_page),
    Route("POST", HERE + "/{id}", "contacts.import", change),
    Route("GET", HERE + "/{id}/refused", "contacts.import", refused),
)
