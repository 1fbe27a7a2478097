"""The HTTP API for consent: what forms and other programs bring, and what proves it. See docs/how-to/consent.md."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.evidence import Evidence
from textback.core.text import clean
from textback.core.when import to_ms
from textback.engine.arrivals import ConsentChange
from textback.store import inbox
from textback.store.proof import Proof
from textback.web.api import PROGRAMME, TURN_WAIT
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, Described, Operation
from textback.web.problems import Refused, wrong
from textback.web.reading import Addressed, Data, answer, contact_of, read_addressed
from textback.web.routing import Route
from textback.web.standing import ConsentState, proven, stands
from textback.web.v1.kinds import line_for_new

LONGEST = 4_000
_Text = Annotated[str, Meta(max_length=LONGEST)]
_Short = Annotated[str, Meta(max_length=256)]
Given = Literal["web", "voice", "paper", "api"]


class ConsentBody(Addressed, forbid_unknown_fields=True):
    """What POST /v1/consent takes. For an opt-in `wording` (what they agreed to, to the letter), `action` (what they
    did to agree) and `source` (the page, form or call) must be there; a web form is confirmed by text before it counts.
    `occurred_at` is when it was, in ISO 8601, where that is not now. `channel` is what they agreed to: one is no
    consent to the other."""

    change: Literal["opt_in", "opt_out"] = "opt_in"
    method: Given = "web"
    channel: Literal["sms", "whatsapp"] = "sms"
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
    body, to = await read_addressed(request, ConsentBody)
    if missing := _missing(body):
        raise wrong(f"{missing} is missing: without it nothing proves that they agreed.", missing)
    if body.programme and not PROGRAMME.fullmatch(body.programme):
        raise wrong("A programme is called by small letters, digits, - and _.", "programme")
    try:
        occurred_at = _when(body.occurred_at)
    except ValueError:
        raise wrong("occurred_at is not a time such as 2026-11-21T10:00:00Z.", "occurred_at") from None
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
        channel=body.channel if body.channel != "sms" else "",
    )
    double = body.change == "opt_in" and (body.method == "web" or body.double)
    arrival = ConsentChange(body.change, evidence, double, occurred_at, clean(body.reason))
    key = clean(request.headers.get("idempotency-key", ""))[:128]
    key = f"consent:{request.state.key_name}:{key}" if key else ""
    if await ctx.db.read(inbox.find_homes, ctx.workspace, [("phone", to)]):
        await contact_of(request, to, "to")
    contact_id = await ctx.road.send_to(line_for_new(request, ""), to, arrival, key=key, wait=TURN_WAIT)
    state = await ctx.db.read(stands, contact_id)
    if body.change == "opt_in" and state.opted_out:
        raise Refused(
            409, "opted_out", "They opted out. Only they can opt in again, by texting START.", "to", rule="O6"
        )
    return answer(200, Data(state))


async def show_consent(request: Request) -> Response:
    """GET /v1/contacts/{contact}/consent: where a contact stands, and the ledger's entries. By id or phone number."""
    ctx: WebContext = request.app.state.ctx
    contact_id = await contact_of(request, request.path_params["contact"])
    return answer(200, Data(await ctx.db.read(stands, contact_id)))


async def show_proof(request: Request) -> Response:
    """GET /v1/contacts/{contact}/proof: all that proves a contact's consent, as JSON (K8, P6)."""
    contact_id = await contact_of(request, request.path_params["contact"])
    return answer(200, Data(await proven(request, contact_id, f"API key {request.state.key_name}")))


ROUTES = (
    Route("POST", "/v1/consent", "api", change_consent, "consent:write"),
    Route("GET", "/v1/contacts/{contact}/consent", "api", show_consent, "consent:read"),
    Route("GET", "/v1/contacts/{contact}/proof", "api", show_proof, "consent:read"),
)
DESCRIBED: Described = {
    ("POST", "/v1/consent"): Operation(
        "Record an opt-in with its evidence, or an opt-out. A web form's opt-in counts once they have answered YES.",
        {
            200: ("It is in the ledger; they stand like this.", {JSON: Data[ConsentState]}),
            **BODY,
            409: "They opted out: only they can opt in again.",
        },
        {JSON: ConsentBody},
        example={
            "to": "+12065550123",
            "programme": "offers",
            "wording": "Yes, text me weekly offers.",
            "action": "ticked a box",
            "source": "https://www.example.com/join",
        },
        headers={"Idempotency-Key": "A name for this change. One that was recorded under it is not recorded again."},
    ),
    ("GET", "/v1/contacts/{contact}/consent"): Operation(
        "Where a contact stands, by id or phone number, and the ledger's entries.",
        {200: ("They stand like this.", {JSON: Data[ConsentState]}), 404: "There is no such contact."},
    ),
    ("GET", "/v1/contacts/{contact}/proof"): Operation(
        "All that proves a contact's consent, every message included, with the check of the chain.",
        {200: ("It is this.", {JSON: Data[Proof]}), 404: "There is no such contact."},
    ),
}
