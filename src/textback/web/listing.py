"""Numbers and lists of numbers on the compliance page: is this one suppressed, and reading in files."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from textback.core.phone import mask, normalise
from textback.core.when import DAY, MINUTE, to_iso, to_ms
from textback.pipeline.uploads import MOST_BAD, Job, kind_of
from textback.store import accounts, imports, inbox, listed, overview
from textback.store import desk as desk_store
from textback.store.db import Tx
from textback.store.imports import Reading, Source
from textback.web.compliance import tabs
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.present import moment
from textback.web.security import Denied
from textback.web.upload import Uploaded

FILES = 20
"""Files on the page."""
STALE = 31
"""Days that a registry's data are good for (D1)."""
ALIVE = MINUTE
"""How long (ms) a file that another program reads may stand still before it counts as stopped."""

KINDS = {
    "suppressions": "Suppressed numbers",
    "registry": "Do-not-call registry",
    "consent": "Consent",
    "deactivated": "Deactivated numbers",
    "reassigned": "Reassigned numbers",
}
BY = {
    "keyword": "a word such as STOP",
    "provider": "the provider",
    "rule": "what they wrote",
    "model": "what they wrote",
    "human": "a person",
}
SAID = {
    "begun": "The file is being read in. You may leave this page.",
    "again": "The file is read on from where it stood.",
    "known": "This file was read in before. Nothing is left to do.",
    "busy": "This file is being read in already.",
}


# ---- One number


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is known of a number; `stops` says that nothing may go to it because of that."""

    title: str
    stops: bool
    facts: list[tuple[str, str]]
    contact: str = ""


def _findings(tx: Tx, workspace: str, number: str, zone: str, now: int) -> list[Finding]:
    found: list[Finding] = []
    home = inbox.find_homes(tx, workspace, [("phone", number)]).get(("phone", number))
    if home is not None:
        row = desk_store.conversation(tx, workspace, home.contact_id, home.bucket)
        out = overview.last_opt_out(tx, home.bucket, home.contact_id) if row is not None and row.opted_out else None
        if out is not None:
            facts = [(tell("Since"), moment(out.at, zone, now)), (tell("Rule"), out.rule)]
            facts.append((tell("Known by"), tell(BY.get(out.matched_by, out.matched_by))))
            facts += [(tell("From"), out.source)] if out.source else []
            found.append(Finding(tell("Opted out here"), True, facts, home.contact_id))
        elif row is not None:
            title = tell("Opted out here" if row.opted_out else "A contact here, who has not opted out")
            found.append(Finding(title, bool(row.opted_out), [], home.contact_id))
    for scope, title in (
        ("phone", tell("On the list of suppressed numbers")),
        (listed.ERASED, tell("Erased on request")),
    ):
        one = listed.find_listed(tx, workspace, [number], scope).get(number)
        if one is not None:
            facts = [
                (tell("Since"), moment(one.since, zone, now)),
                (tell("Rule"), one.rule),
                (tell("From"), one.source),
            ]
            found.append(Finding(title, True, facts))
    as_of = listed.registry_of(tx, workspace, number).as_of
    one = listed.find_listed(tx, workspace, [number], listed.REGISTRY, since=as_of).get(number)
    if one is not None:
        facts = [(tell("As of"), to_iso(one.since)[:10]), (tell("Rule"), one.rule), (tell("From"), one.source)]
        if now - one.since > STALE * DAY:
            facts.append((tell("Age"), tell("older than {n} days; read in a newer one", n=STALE)))
        found.append(Finding(tell("On the do-not-call registry"), False, facts))
    return found


def _search(
    tx: Tx, workspace: str, number: str, zone: str, now: int, actor: str
) -> tuple[list[Finding], int]:  # fmt: skip
    findings = _findings(tx, workspace, number, zone, now)
    subject = next((one.contact for one in findings if one.contact), mask(number))
    data = {"found": [one.title for one in findings]}
    accounts.write_audit(tx, workspace, actor, "suppression.search", subject, now, data)
    return findings, listed.registry_of(tx, workspace, number).as_of


async def number_page(request: Request) -> Response:
    """GET /compliance/numbers: the form."""
    return page(request, "compliance_numbers.html", {"tabs": tabs(), "number": "", "error": "", "findings": []})


async def find_number(request: Request) -> Response:
    """POST /compliance/numbers: what is known of a number. It stands in no address and no log, only its last digits."""
    ctx: WebContext = request.app.state.ctx
    data: dict[str, Any] = {"tabs": tabs(), "number": "", "error": "", "findings": []}
    try:
        number = normalise(request.state.form.get("number", "")[:64], ctx.bot().country)
    except ValueError:
        data["error"] = tell("That is not a phone number. Write it like 206-555-0123 or +12065550123.")
        return page(request, "compliance_numbers.html", data, 400)
    actor, zone = request.state.user.email, ctx.bot().timezone
    findings, as_of = await ctx.db.write(_search, ctx.workspace, number, zone, ctx.road.now(), actor)
    data |= {"number": mask(number), "findings": findings, "as_of": to_iso(as_of)[:10] if as_of else ""}
    return page(request, "compliance_numbers.html", data)


# ---- Lists


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as the page shows it. `state` is running, waiting, stopped, failed or done; `position` and `size` are in
    bytes, the latter 0 where it is not known; `bad` is where its bad lines are."""

    id: str
    title: str
    name: str
    state: str
    position: int
    size: int
    lines: int
    counts: list[tuple[str, int]]
    about: str
    bad: str


def _address(kind: str, digest: str, as_of: int) -> str:
    return f"/compliance/lists/{kind}/{digest}/bad?as_of={as_of}"


def _about(actor: str, as_of: int, at: int, zone: str, now: int) -> str:
    by = tell("by {name}", name=actor)
    data = tell(", data of {date}", date=to_iso(as_of)[:10]) if as_of else ""
    return f"{moment(at, zone, now)}, {by}{data}"


def _shown(ctx: WebContext, one: Reading, zone: str, now: int) -> Shown:
    progress, key = one.progress, (one.kind, one.digest, one.as_of)
    state = "done" if progress.finished else ctx.uploads.state_of(key)
    if not state:
        state = "running" if now - one.updated_at < ALIVE else "stopped"
    has_bad = progress.counts.get("bad") and ctx.uploads.has_bad_lines(key)
    return Shown(
        f"{one.kind}-{one.digest[:12]}", KINDS.get(one.kind, one.kind), one.name, state, progress.position,
        progress.size, progress.lines, sorted(progress.counts.items()),
        _about(one.actor, one.as_of, one.started_at, zone, now), _address(*key) if has_bad else "",
    )  # fmt: skip


def _waiting(job: Job, zone: str, now: int) -> Shown:
    source = job.source
    about = _about(source.actor, source.as_of, now, zone, now)
    id_ = f"{source.kind}-{source.digest[:12]}"
    return Shown(id_, KINDS[source.kind], source.name, "waiting", 0, 0, 0, [], about, "")


async def _page(request: Request, error: str = "", status: int = 200, said: str = "") -> Response:
    ctx: WebContext = request.app.state.ctx
    zone, now = ctx.bot().timezone, ctx.road.now()
    rows = await ctx.db.read(imports.readings, ctx.workspace, FILES)
    files = [_shown(ctx, one, zone, now) for one in rows]
    known = {one.id for one in files}
    new = [_waiting(job, zone, now) for job in ctx.uploads.waiting]
    files = [one for one in new if one.id not in known] + files
    data = {
        "tabs": tabs(),
        "files": files,
        "busy": any(one.state in ("running", "waiting") for one in files),
        "error": error,
        "said": tell(said),
        "most": ctx.watch.most_upload // 2**20,
        "most_bad": MOST_BAD,
        "stale": STALE,
        "today": to_iso(now)[:10],
    }
    return page(request, "compliance_lists.html", data, status)


async def lists_page(request: Request) -> Response:
    """GET /compliance/lists: the files that were read in, and a form for another."""
    return await _page(request, said=SAID.get(request.query_params.get("did", ""), ""))


def _date(text: str) -> int | None:
    try:
        return to_ms(datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC))
    except ValueError:
        return None


def _wrong(file: Uploaded | None, kind: str, as_of: int | None, now: int) -> str:
    """What is wrong with what was handed over, in a sentence."""
    if file is None:
        return tell("Choose a file that has something in it.")
    if b"\0" in file.head or file.head.startswith(b"PK"):
        return tell("That is not a text file. Save it as CSV in UTF-8 and choose it again.")
    if kind == "registry":
        if as_of is None:
            return tell("Give the date of the registry’s data.")
        if as_of > now:
            return tell("The date of the registry’s data is in the future.")
    return ""


async def take_list(request: Request) -> Response:
    """POST /compliance/lists: read a file in, beside everything else."""
    ctx: WebContext = request.app.state.ctx
    form, file = request.state.form, request.state.file
    kind = kind_of(form.get("kind", ""))
    if kind is None:
        return await _page(request, tell("Choose what kind of list it is."), 400)
    as_of = _date(form.get("as_of", "")) if kind == "registry" else 0
    wrong = _wrong(file, kind, as_of, ctx.road.now())
    if wrong:
        return await _page(request, wrong, 400)
    bot = ctx.bot()
    name, actor = file.name or "list.csv", request.state.user.email
    source = Source(ctx.workspace, kind, file.digest, name, actor, as_of or 0, bot.name)
    did = await ctx.uploads.add(file.path, source, bot.country)
    if did in ("begun", "again"):
        data = {"kind": kind, "digest": file.digest, "bytes": file.size}
        await ctx.db.write(
            accounts.write_audit, ctx.workspace, actor, f"{kind}.upload", name, ctx.road.now(), data
        )  # fmt: skip
    return RedirectResponse(f"/compliance/lists?did={did}", 303)


async def bad_lines(request: Request) -> Response:
    """GET /compliance/lists/{kind}/{digest}/bad: the first bad lines of a file, as CSV, with their numbers and why."""
    ctx: WebContext = request.app.state.ctx
    kind, digest = kind_of(request.path_params["kind"]), request.path_params["digest"]
    as_of = request.query_params.get("as_of", "0")
    if kind is None or not (len(digest) == 64 and digest.isascii() and digest.isalnum()):
        raise Denied(404, "There is no such file.")
    key = (kind, digest, int(as_of) if as_of.isascii() and as_of.isdigit() and len(as_of) < 16 else 0)
    if not ctx.uploads.has_bad_lines(key):
        raise Denied(404, "The bad lines of this file are not on this server any more.")
    actor = request.state.user.email
    await ctx.db.write(accounts.write_audit, ctx.workspace, actor, f"{kind}.bad_lines", digest, ctx.road.now())
    headers = {"Content-Disposition": f'attachment; filename="bad-lines-{digest[:12]}.csv"'}
    return StreamingResponse(ctx.uploads.bad_lines(key), 200, headers, media_type="text/csv; charset=utf-8")
