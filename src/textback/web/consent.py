"""Consent from forms, programs and people at the desk, and what proves it: see docs/how-to/consent.md."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.evidence import Evidence, Method
from textback.core.ids import bucket_of
from textback.core.phone import normalise
from textback.core.text import clean
from textback.core.when import to_ms
from textback.engine.arrivals import ConsentChange
from textback.store import accounts, inbox, ledger
from textback.store import desk as desk_store
from textback.store.db import Tx
from textback.store.proof import Proof, entry_fields, proof_of
from textback.web.api import PROGRAMME, Addressed, answer, default_line, read_addressed, refuse
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.proof import proof_page
from textback.web.security import Denied

TURN_WAIT = 5.0
LONGEST = 4_000
CONTACT = re.compile(r"[0-9a-f]{24}")
_Text = Annotated[str, Meta(max_length=LONGEST)]
_Short = Annotated[str, Meta(max_length=256)]
Given = Literal["web", "voice", "paper", "api"]


class ConsentBody(Addressed, forbid_unknown_fields=True):
    """What POST /v1/consent takes. For an opt-in `wording` (what they agreed to, to the letter), `action` (what they
    did to agree) and `source` (the page, form or call) must be there; a web form is confirmed by text before it counts.
    `occurred_at` is when it was, in ISO 8601, where that is not now."""

    change: Literal["opt_in", "opt_out"] = "opt_in"
    method: Given = "web"
    programme: Annotated[str, Meta(max_length=64)] = ""
    message_class: Literal["informational", "promotional"] = "promotional"
    wording: _Text = ""
    wording_version: Annotated[str, Meta(max_length=64)] = ""
    language: Annotated[str, Meta(max_length=16)] = ""
    action: _Short = ""
    source: _Text = ""
    ip: Annotated[str, Meta(max_length=64)] = ""
    user_agent: _Text = ""
    session: _Short = ""
    occurred_at: Annotated[str, Meta(max_length=40)] = ""
    double: bool = False
    reason: _Text = ""


class Agreed(msgspec.Struct):
    """One scope, and how it stands: pending, unproven, agreed or revoked. Times are ms."""

    family: str
    programme: str
    message_class: str
    state: str
    since: int
    event_id: str
    expires_at: int | None = None


class ConsentState(msgspec.Struct):
    """Where a contact stands: `opted_out`, their agreements, and the entries of the ledger, oldest first."""

    contact_id: str
    opted_out: bool
    agreements: list[Agreed]
    events: list[dict[str, Any]]


def _missing(body: ConsentBody) -> str:
    """The first field that a proof needs and that is not there (K1, CTIA 5.1.2)."""
    if body.change == "opt_out":
        return ""
    return next((name for name in ("wording", "action", "source") if not getattr(body, name).strip()), "")


def _when(text: str) -> int | None:
    """A time in ISO 8601, in ms. Raises ValueError."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or moment.year < 1990:
        raise ValueError(text)
    return to_ms(moment)


async def change_consent(request: Request) -> Response:
    """POST /v1/consent: an opt-in with its evidence, or an opt-out, that a form or another program brings (O10, K5).

    409 for an opt-in of somebody who opted out: only they can opt in again (O6).
    """
    ctx: WebContext = request.app.state.ctx
    read = await read_addressed(request, ConsentBody)
    if isinstance(read, Response):
        return read
    body, to = read
    if missing := _missing(body):
        return refuse(400, f"{missing} is missing: without it nothing proves that they agreed.", missing)
    if body.programme and not PROGRAMME.fullmatch(body.programme):
        return refuse(400, "A programme is called by small letters, digits, - and _.", "programme")
    try:
        occurred_at = _when(body.occurred_at)
    except ValueError:
        return refuse(400, "occurred_at is not a time such as 2026-11-21T10:00:00Z.", "occurred_at")
    evidence = Evidence(
        programme=body.programme,
        message_class=body.message_class if body.change == "opt_in" else "",
        method=body.method,
        wording=clean(body.wording),
        wording_version=clean(body.wording_version),
        language=clean(body.language),
        action=clean(body.action),
        source=clean(body.source),
        ip=clean(body.ip),
        user_agent=clean(body.user_agent),
        session=clean(body.session),
        actor=f"API key {request.state.key_name}",
    )
    double = body.change == "opt_in" and (body.method == "web" or body.double)
    arrival = ConsentChange(body.change, evidence, double, occurred_at, clean(body.reason))
    key = clean(request.headers.get("idempotency-key", ""))[:128]
    key = f"consent:{request.state.key_name}:{key}" if key else ""
    contact_id = await ctx.road.send_to(default_line(ctx).name, to, arrival, key=key, wait=TURN_WAIT)
    state = await ctx.db.read(_state, contact_id)
    if body.change == "opt_in" and state.opted_out:
        return refuse(409, "They opted out. Only they can opt in again, by texting START.", "to")
    return answer(200, state)


def _state(tx: Tx, contact_id: str) -> ConsentState:
    stands = ledger.standing_of(tx, [(bucket_of(contact_id), contact_id)]).get(contact_id)
    recorded = ledger.entries_of(tx, contact_id)
    agreements = [msgspec.convert(one, Agreed, from_attributes=True) for one in (stands.agreements if stands else ())]
    events = [entry_fields(one) for one in recorded]
    return ConsentState(contact_id, stands is not None and stands.suppressed("phone"), agreements, events)


async def _contact(request: Request) -> str | None:
    """The contact that the address names, by id or by number; None where there is none."""
    ctx: WebContext = request.app.state.ctx
    named = request.path_params["contact"]
    if not CONTACT.fullmatch(named):
        try:
            key = ("phone", normalise(named))
        except ValueError:
            return None
        homes = await ctx.db.read(inbox.find_homes, ctx.workspace, [key])
        return homes[key].contact_id if key in homes else None
    row = await ctx.db.read(desk_store.conversation, ctx.workspace, named, bucket_of(named))
    return named if row is not None else None


async def show_consent(request: Request) -> Response:
    """GET /v1/contacts/{contact}/consent: where a contact stands, and the ledger's entries. By id or phone number."""
    ctx: WebContext = request.app.state.ctx
    contact_id = await _contact(request)
    if contact_id is None:
        return refuse(404, "There is no such contact.", "contact")
    return answer(200, await ctx.db.read(_state, contact_id))


async def _proof(request: Request, contact_id: str | None, actor: str) -> Proof | None:
    """The proof, noted in the audit log: it shows everything there is of a person."""
    ctx: WebContext = request.app.state.ctx
    if contact_id is None:
        return None
    found = await ctx.db.read(proof_of, ctx.workspace, contact_id, ctx.road.now())
    await ctx.db.write(accounts.write_audit, ctx.workspace, actor, "consent.export", contact_id, ctx.road.now())
    return found


async def show_proof(request: Request) -> Response:
    """GET /v1/contacts/{contact}/proof: all that proves a contact's consent, as JSON (K8, P6)."""
    proof = await _proof(request, await _contact(request), f"API key {request.state.key_name}")
    return refuse(404, "There is no such contact.", "contact") if proof is None else answer(200, proof)


# ---- The desk ----


async def consent_page(request: Request) -> Response:
    """GET /c/{contact}/consent: what they agreed to, how that came about, and the forms to record more."""
    return await _page(request, await _known(request))


async def _known(request: Request) -> str:
    contact_id = await _contact(request)
    if contact_id is None:
        raise Denied(404, "There is no such conversation.")
    return contact_id


async def _page(request: Request, contact_id: str, error: str = "", status: int = 200) -> Response:
    ctx: WebContext = request.app.state.ctx
    row = await ctx.db.read(desk_store.conversation, ctx.workspace, contact_id, bucket_of(contact_id))
    if row is None:
        raise Denied(404, "There is no such conversation.")
    state = await ctx.db.read(_state, contact_id)
    shown = {
        "id": contact_id,
        "name": row.name,
        "address": row.address,
        "state": state,
        "programmes": sorted({word.programme for word in ctx.bot().opt_ins.values()} - {""}),
        "zone": ctx.bot().timezone,
        "now": ctx.road.now(),
        "error": error,
    }
    return page(request, "consent.html", shown, status)


async def proof_file(request: Request) -> Response:
    """GET /c/{contact}/proof: the page that a lawyer can read, to keep (K8). Owners alone."""
    ctx: WebContext = request.app.state.ctx
    contact_id = await _known(request)
    proof = await _proof(request, contact_id, request.state.user.email)
    if proof is None:
        raise Denied(404, "There is no such conversation.")
    name = f"consent-{contact_id}.html"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(proof_page(proof, ctx.bot().name), 200, headers, media_type="text/html")


def _said(request: Request, name: str, most: int = LONGEST) -> str:
    return clean(request.state.form.get(name, "").replace("\r\n", "\n")).strip()[:most]


async def _record(request: Request, contact_id: str, arrival: ConsentChange) -> Response:
    ctx: WebContext = request.app.state.ctx
    user = request.state.user
    await ctx.road.post(contact_id, arrival, wait=TURN_WAIT)
    data = {"method": arrival.evidence.method, "programme": arrival.evidence.programme}
    action = f"consent.{arrival.change}"
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, action, contact_id, ctx.road.now(), data)
    return RedirectResponse(f"/c/{contact_id}/consent", 303)


async def record_opt_out(request: Request) -> Response:
    """POST /c/{contact}/opt-out: they asked a person for an end of texts (O10). Same effect as a STOP."""
    contact_id = await _known(request)
    reason = _said(request, "reason")
    if not reason:
        return await _page(request, contact_id, "Write how they asked for it.", 409)
    evidence = Evidence(method="person", source="desk", actor=request.state.user.email)
    return await _record(request, contact_id, ConsentChange("opt_out", evidence, words=reason))


async def record_opt_in(request: Request) -> Response:
    """POST /c/{contact}/consent: they agreed on the phone or on paper. A person can't opt in who opted out (O6)."""
    contact_id = await _known(request)
    method: Method = "paper" if _said(request, "method") == "paper" else "voice"
    kind = "informational" if _said(request, "class") == "informational" else "promotional"
    programme = _said(request, "programme", 64)
    wording, action, source = (_said(request, name) for name in ("wording", "action", "source"))
    if not (wording and action and source):
        return await _page(request, contact_id, "Write what they agreed to, what they did, and where.", 409)
    if programme and not PROGRAMME.fullmatch(programme):
        return await _page(request, contact_id, "There is no such programme.", 409)
    ctx: WebContext = request.app.state.ctx
    if (await ctx.db.read(_state, contact_id)).opted_out:
        return await _page(request, contact_id, "They opted out. Only they can opt in again, by texting START.", 409)
    evidence = Evidence(programme, kind, method, wording, action=action, source=source, actor=request.state.user.email)
    return await _record(request, contact_id, ConsentChange("opt_in", evidence, words=_said(request, "reason")))
