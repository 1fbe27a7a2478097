"""Consent as people at the desk see and record it: see docs/how-to/consent.md."""

from typing import Literal

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.evidence import Evidence, Method
from textback.core.ids import bucket_of
from textback.core.messages import CONSENT_WORDS, Channel
from textback.core.text import clean
from textback.engine.arrivals import ConsentChange
from textback.store import accounts
from textback.store import desk as desk_store
from textback.web.api import PROGRAMME, TURN_WAIT
from textback.web.context import WebContext
from textback.web.pages import page
from textback.web.phrases import tell
from textback.web.problems import Refused
from textback.web.proof import proof_page
from textback.web.reading import contact_of
from textback.web.security import Denied
from textback.web.standing import proven, stands

LONGEST = 4_000


async def consent_page(request: Request) -> Response:
    """GET /c/{contact}/consent: what they agreed to, how that came about, and the forms to record more."""
    return await _page(request, await _known(request))


async def _known(request: Request) -> str:
    try:
        return await contact_of(request, request.path_params["contact"])
    except Refused:
        raise Denied(404, "There is no such conversation.") from None


async def _page(request: Request, contact_id: str, error: str = "", status: int = 200) -> Response:
    ctx: WebContext = request.app.state.ctx
    row = await ctx.db.read(desk_store.conversation, ctx.workspace, contact_id, bucket_of(contact_id))
    if row is None:
        raise Denied(404, "There is no such conversation.")
    state = await ctx.db.read(stands, contact_id)
    shown = {
        "id": contact_id,
        "name": row.name,
        "address": row.address,
        "state": state,
        "programmes": sorted({word.programme for word in ctx.bot().opt_ins.values()} - {""}),
        "zone": ctx.bot().timezone,
        "now": ctx.road.now(),
        "error": error,
        "channels": _channels(ctx),
        "said": CONSENT_WORDS,
    }
    return page(request, "consent.html", shown, status)


def _channels(ctx: WebContext) -> list[str]:
    """The channels that there are lines for and that a person can record consent to: more than one where WhatsApp is
    among them."""
    return ["sms", "whatsapp"] if any("whatsapp" in line.channels for line in ctx.road.lines.values()) else ["sms"]


async def proof_file(request: Request) -> Response:
    """GET /c/{contact}/proof: the page that a lawyer can read, to keep (K8). Owners alone."""
    ctx: WebContext = request.app.state.ctx
    contact_id = await _known(request)
    proof = await proven(request, contact_id, request.state.user.email)
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
        return await _page(request, contact_id, tell("Write how they asked for it."), 409)
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
        return await _page(request, contact_id, tell("Write what they agreed to, what they did, and where."), 409)
    if programme and not PROGRAMME.fullmatch(programme):
        return await _page(request, contact_id, tell("There is no such programme."), 409)
    ctx: WebContext = request.app.state.ctx
    if (await ctx.db.read(stands, contact_id)).opted_out:
        why = tell("They opted out. Only they can opt in again, by texting START.")
        return await _page(request, contact_id, why, 409)
    channel: Channel | Literal[""] = "whatsapp" if _said(request, "channel") == "whatsapp" else ""
    evidence = Evidence(
        programme, kind, method, wording, action=action, source=source, actor=request.state.user.email, channel=channel
    )
    return await _record(request, contact_id, ConsentChange("opt_in", evidence, words=_said(request, "reason")))
