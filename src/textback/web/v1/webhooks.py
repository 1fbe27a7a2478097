"""The HTTP API for webhooks: where events are sent to, and what came of it."""

import base64
import secrets
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.events import is_pattern
from textback.core.signing import PREFIX
from textback.core.when import HOUR, to_iso
from textback.pipeline.hooks import Hooks
from textback.store import accounts, hooks
from textback.store.db import Row, Tx
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, QUERY, Described, Operation
from textback.web.problems import Refused, missing, wrong
from textback.web.reading import Data, Listed, Paged, answer, cursor_of, place_of, read_body, read_query
from textback.web.routing import Route
from textback.web.v1.log import begin_log

MOST = 5_000
"""Webhooks of a workspace."""
OVERLAP = 24
"""Hours for which an old secret signs as well, unless the request says otherwise."""

_Url = Annotated[str, Meta(max_length=2000, examples=["https://www.example.com/hooks/texts"])]
_Events = Annotated[list[str], Meta(min_length=1, max_length=50, examples=[["message.*", "handoff.requested"]])]
_Secret = Annotated[str, Meta(min_length=8, max_length=200)]


class WebhookBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new webhook: its address, the kinds of `events` it wants (such as message.received, message.* or *), and the
    `secret` that signs what it gets; without one there will be a good one."""

    url: _Url
    events: _Events
    secret: _Secret | None = None


class WebhookChange(msgspec.Struct, forbid_unknown_fields=True):
    """What of a webhook is to be different. One that is not `enabled` gets nothing, and what waits for it is
    withdrawn."""

    url: _Url | msgspec.UnsetType = msgspec.UNSET
    events: _Events | msgspec.UnsetType = msgspec.UNSET
    enabled: bool | msgspec.UnsetType = msgspec.UNSET


class RotateBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new `secret`, or none to have one made. The old one signs as well for `overlap_hours`."""

    secret: _Secret | None = None
    overlap_hours: Annotated[int, Meta(ge=0, le=720)] = OVERLAP


class Webhook(msgspec.Struct, omit_defaults=True):
    """A webhook. `state`: ok, failing (`failures` in a row, `failed_why`), disabled by somebody, or gone (it said so
    itself, by 410). Times are in ISO 8601. The `secret` is shown only when it is new."""

    id: str
    url: str
    events: list[str]
    enabled: bool
    state: Literal["ok", "failing", "disabled", "gone"]
    created_at: str
    failures: int = 0
    next_try_at: str = ""
    last_success_at: str = ""
    last_failure_at: str = ""
    failed_why: str = ""
    secret: str = ""


class Delivery(msgspec.Struct):
    """One event on its way to a webhook. `state`: queued, sending, behind (an earlier one of its conversation waits),
    done, dead (given up; see dead letters) or withdrawn. `status` is the last answer's, 0 for none."""

    id: str
    event_id: str
    event: str
    number: int
    conversation_id: str
    state: Literal["queued", "sending", "behind", "done", "dead", "withdrawn"]
    attempts: int
    status: int
    detail: str
    ms: int
    created_at: str
    next_try_at: str | None
    finished_at: str | None


class Tested(msgspec.Struct):
    """What a webhook answered to a test."""

    ok: bool
    status: int
    detail: str
    ms: int


class Removed(msgspec.Struct):
    """What was removed."""

    id: str


class DeliveryQuery(Paged, forbid_unknown_fields=True):
    """Deliveries in this `state` only."""

    state: Literal["", "queued", "sending", "behind", "done", "dead", "withdrawn"] = ""


def _at(ms: int | None) -> str:
    return to_iso(ms) if ms else ""


def hook_info(row: Row[Any], now: int, secret: str = "") -> Webhook:
    """A webhook from its row, with its secret where that is new."""
    state: Any = "ok" if row.enabled else "gone" if row.why == "gone" else "disabled"
    if row.enabled and row.failures:
        state = "failing"
    later = _at(row.open_until) if (row.open_until or 0) > now else ""
    return Webhook(
        row.id, row.url, msgspec.json.decode(row.events, type=list[str]), row.enabled, state, to_iso(row.created_at),
        row.failures, later, _at(row.succeeded_at), _at(row.failed_at), row.failed_why if row.failures else "", secret,
    )  # fmt: skip


def delivery_info(row: Row[Any]) -> Delivery:
    """A delivery from its row."""
    return Delivery(
        row.id, row.event_id, row.kind, row.number, row.contact_id, row.state, row.attempts, row.status, row.detail,
        row.ms, to_iso(row.at), to_iso(row.due_at) if row.state == "queued" else None,
        to_iso(row.finished_at) if row.finished_at else None,
    )  # fmt: skip


def event_log(ctx: WebContext) -> Hooks:
    """Who tells webhooks. Raises Refused where there is no log of events."""
    if ctx.road.hooks is None:
        raise Refused(409, "no_event_log", "This server keeps no log of events: EVENT_DAYS is 0.")
    return ctx.road.hooks


def checked_url(ctx: WebContext, url: str) -> str:
    """An address that events may be sent to. Raises Refused."""
    if why := event_log(ctx).refusal(url):
        raise wrong(f"url: {why}", "url")
    return url


def checked_events(patterns: list[str]) -> list[str]:
    """Kinds of events and patterns of them, each once. Raises Refused."""
    if unknown := next((one for one in patterns if not is_pattern(one)), None):
        raise wrong(f"{unknown[:60]!r} is no kind of event, nor a pattern such as message.*.", "events")
    return list(dict.fromkeys(patterns))


def new_secret(given: str | None) -> str:
    """The secret that was given, or a good one. Raises Refused."""
    if given is None:
        return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    if not given.isprintable():
        raise wrong("secret has characters that can't be seen.", "secret")
    if given.startswith(PREFIX):
        try:
            base64.b64decode(given.removeprefix(PREFIX), validate=True)
        except ValueError:
            raise wrong("secret begins with whsec_, and what follows is not base64.", "secret") from None
    return given


async def _found(request: Request) -> Row[Any]:
    ctx: WebContext = request.app.state.ctx
    row = await ctx.db.read(hooks.find, ctx.workspace, request.path_params["id"])
    if row is None:
        raise missing("There is no such webhook.")
    return row


def _note(tx: Tx, request: Request, action: str, id_: str) -> None:
    ctx: WebContext = request.app.state.ctx
    accounts.write_audit(tx, ctx.workspace, f"api key {request.state.key_name}", action, id_, ctx.road.now())


async def add_webhook(request: Request) -> Response:
    """POST /v1/webhooks: have events sent to an address from now on."""
    ctx: WebContext = request.app.state.ctx
    body = await read_body(request, WebhookBody)
    url, patterns, secret = checked_url(ctx, body.url), checked_events(body.events), new_secret(body.secret)
    by = f"api key {request.state.key_name}"

    def write(tx: Tx) -> Row[Any] | None:
        if hooks.count(tx, ctx.workspace) >= MOST:
            return None
        id_ = hooks.add(tx, ctx.workspace, url, patterns, secret, by, ctx.road.now())
        _note(tx, request, "webhook.add", id_)
        return hooks.find(tx, ctx.workspace, id_)

    await begin_log(ctx)
    row = await ctx.db.write(write)
    if row is None:
        raise Refused(409, "too_many_webhooks", f"There are {MOST:,} webhooks, and no more go.")
    return answer(201, Data(hook_info(row, ctx.road.now(), secret)))


async def list_webhooks(request: Request) -> Response:
    """GET /v1/webhooks: all of them, the oldest first."""
    ctx: WebContext = request.app.state.ctx
    query = read_query(request, Paged)
    place = place_of(query.cursor, [str])
    rows = await ctx.db.read(
        lambda tx: hooks.listed(tx, ctx.workspace, after=place[0] if place else "", most=query.limit + 1)
    )
    shown = [hook_info(row, ctx.road.now()) for row in rows[: query.limit]]
    return answer(200, Listed(shown, cursor_of(shown[-1].id) if len(rows) > query.limit else None))


async def show_webhook(request: Request) -> Response:
    """GET /v1/webhooks/{id}: one of them."""
    ctx: WebContext = request.app.state.ctx
    return answer(200, Data(hook_info(await _found(request), ctx.road.now())))


async def change_webhook(request: Request) -> Response:
    """PATCH /v1/webhooks/{id}: another address, other events, or none for a while."""
    ctx: WebContext = request.app.state.ctx
    body = await read_body(request, WebhookChange)
    row = await _found(request)
    values: dict[str, Any] = {}
    if body.url is not msgspec.UNSET:
        values["url"] = checked_url(ctx, body.url)
    if body.events is not msgspec.UNSET:
        values["events"] = msgspec.json.encode(checked_events(body.events)).decode()
    if body.enabled is not msgspec.UNSET:
        values |= {"enabled": body.enabled, "why": "", "failures": 0, "open_until": None}

    def write(tx: Tx) -> Row[Any] | None:
        if values and hooks.change(tx, ctx.workspace, row.id, values):
            _note(tx, request, "webhook.change", row.id)
        return hooks.find(tx, ctx.workspace, row.id)

    changed = await ctx.db.write(write)
    if changed is None:
        raise missing("There is no such webhook.")
    return answer(200, Data(hook_info(changed, ctx.road.now())))


async def remove_webhook(request: Request) -> Response:
    """DELETE /v1/webhooks/{id}: send nothing there any more, and withdraw what waits."""
    ctx: WebContext = request.app.state.ctx
    row = await _found(request)

    def write(tx: Tx) -> None:
        if hooks.remove(tx, ctx.workspace, row.id):
            _note(tx, request, "webhook.remove", row.id)

    await ctx.db.write(write)
    return answer(200, Data(Removed(row.id)))


async def rotate_secret(request: Request) -> Response:
    """POST /v1/webhooks/{id}/rotate: sign with another secret, for a while also with the old one."""
    ctx: WebContext = request.app.state.ctx
    body = await read_body(request, RotateBody)
    secret = new_secret(body.secret)
    row = await _found(request)

    def write(tx: Tx) -> None:
        now = ctx.road.now()
        if hooks.rotate(tx, ctx.workspace, row.id, secret, now + body.overlap_hours * HOUR, now):
            _note(tx, request, "webhook.rotate", row.id)

    await ctx.db.write(write)
    return answer(200, Data(hook_info(row, ctx.road.now(), secret)))


async def test_webhook(request: Request) -> Response:
    """POST /v1/webhooks/{id}/test: send it a webhook.test, and say what it answers."""
    ctx: WebContext = request.app.state.ctx
    target = await ctx.db.read(hooks.target, ctx.workspace, request.path_params["id"], ctx.road.now())
    if target is None:
        raise missing("There is no such webhook.")
    came = await event_log(ctx).test(target)
    return answer(200, Data(Tested(came.ok, came.status, came.detail, came.ms)))


async def list_deliveries(request: Request) -> Response:
    """GET /v1/webhooks/{id}/deliveries: what became of telling it, the newest first."""
    ctx: WebContext = request.app.state.ctx
    query = read_query(request, DeliveryQuery)
    place = place_of(query.cursor, [str])
    row = await _found(request)
    rows = await ctx.db.read(
        lambda tx: hooks.log(tx, row.id, before=place[0] if place else "", state=query.state, most=query.limit + 1)
    )
    shown = [delivery_info(one) for one in rows[: query.limit]]
    return answer(200, Listed(shown, cursor_of(shown[-1].id) if len(rows) > query.limit else None))


async def redeliver(request: Request) -> Response:
    """POST /v1/webhooks/{id}/deliveries/{delivery}/redeliver: send it once more, under the same id of the event."""
    ctx: WebContext = request.app.state.ctx
    runner = event_log(ctx)
    hook = await _found(request)
    if not hook.enabled:
        raise Refused(409, "webhook_disabled", "The webhook is not enabled.")

    def write(tx: Tx) -> Row[Any] | None:
        row = hooks.delivery(tx, hook.id, request.path_params["delivery"])
        if row is None or row.finished_at is None:
            return row
        hooks.again(tx, row, ctx.road.now())
        _note(tx, request, "webhook.redeliver", row.id)
        return row

    row = await ctx.db.write(write)
    if row is None:
        raise missing("There is no such delivery.")
    if row.finished_at is None:
        raise Refused(409, "not_finished", "It is still on its way.")
    runner.wake([hook.id])
    return answer(202, Data(delivery_info(row)))


_ONE = {404: "There is no such webhook."}
_NONE = {409: "This server keeps no log of events, or there are too many webhooks."}

ROUTES = (
    Route("POST", "/v1/webhooks", "api", add_webhook, "webhooks:write"),
    Route("GET", "/v1/webhooks", "api", list_webhooks, "webhooks:read"),
    Route("GET", "/v1/webhooks/{id}", "api", show_webhook, "webhooks:read"),
    Route("PATCH", "/v1/webhooks/{id}", "api", change_webhook, "webhooks:write"),
    Route("DELETE", "/v1/webhooks/{id}", "api", remove_webhook, "webhooks:write"),
    Route("POST", "/v1/webhooks/{id}/rotate", "api", rotate_secret, "webhooks:write"),
    Route("POST", "/v1/webhooks/{id}/test", "api", test_webhook, "webhooks:write"),
    Route("GET", "/v1/webhooks/{id}/deliveries", "api", list_deliveries, "webhooks:read"),
    Route("POST", "/v1/webhooks/{id}/deliveries/{delivery}/redeliver", "api", redeliver, "webhooks:write"),
)
DESCRIBED: Described = {
    ("POST", "/v1/webhooks"): Operation(
        "Have events sent to an address. The secret is shown only now.",
        {201: ("It is told from now on.", {JSON: Data[Webhook]}), **BODY, **_NONE},
        {JSON: WebhookBody},
    ),
    ("GET", "/v1/webhooks"): Operation(
        "Webhooks, the oldest first.", {200: ("Webhooks.", {JSON: Listed[Webhook]}), **QUERY}, query=Paged
    ),
    ("GET", "/v1/webhooks/{id}"): Operation(
        "One webhook, and how it does.", {200: ("The webhook.", {JSON: Data[Webhook]}), **_ONE}
    ),
    ("PATCH", "/v1/webhooks/{id}"): Operation(
        "Change a webhook.",
        {200: ("As it is now.", {JSON: Data[Webhook]}), **BODY, **_ONE, **_NONE},
        {JSON: WebhookChange},
    ),
    ("DELETE", "/v1/webhooks/{id}"): Operation(
        "Remove a webhook.", {200: ("It is told nothing any more.", {JSON: Data[Removed]}), **_ONE}
    ),
    ("POST", "/v1/webhooks/{id}/rotate"): Operation(
        "Sign with another secret, for a while also with the old one.",
        {200: ("The new secret, shown only now.", {JSON: Data[Webhook]}), **BODY, **_ONE},
        {JSON: RotateBody},
    ),
    ("POST", "/v1/webhooks/{id}/test"): Operation(
        "Send a webhook.test, and see what is answered.",
        {200: ("What it answered.", {JSON: Data[Tested]}), **_ONE, **_NONE},
    ),
    ("GET", "/v1/webhooks/{id}/deliveries"): Operation(
        "What became of telling it, the newest first.",
        {200: ("Deliveries.", {JSON: Listed[Delivery]}), **QUERY, **_ONE},
        query=DeliveryQuery,
    ),
    ("POST", "/v1/webhooks/{id}/deliveries/{delivery}/redeliver"): Operation(
        "Send it once more, under the same id.",
        {
            202: ("It is on its way again.", {JSON: Data[Delivery]}),
            404: "There is no such delivery.",
            409: "It is still on its way, or the webhook is not enabled.",
        },
    ),
}
