"""The HTTP API for bulk sends: up to 1,000 texts in one request, and how far they are."""

import asyncio
from collections import Counter
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import new_id
from textback.core.when import to_iso
from textback.store import bulk, requests, sent
from textback.store.bulk import BulkError, BulkSend, BulkText
from textback.store.db import Tx
from textback.store.requests import Once, Taken
from textback.web.access import key_of
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, Described, Operation
from textback.web.problems import Refused, missing, wrong
from textback.web.reading import Data, answer, read_body
from textback.web.routing import Route
from textback.web.v1.asked import Content, MessageBody, number, once_of, read_text
from textback.web.v1.message_info import SCHEDULED, Time, iso

MOST = 1_000
MOST_BODY = 4 * 2**20
MOST_SHOWN = 50
"""Errors that are shown, the first ones."""
BREATH = 20
"""Texts that are read before others have their turn."""
_NOT_TAKEN = ("blocked", "expired", "canceled", "failed", "undelivered", "filtered")


class Recipient(msgspec.Struct, forbid_unknown_fields=True):
    """Whom a bulk send is to: a number, with the values of the template's variables and metadata of its own."""

    to: Annotated[str, Meta(examples=["+12065550123"])]
    variables: dict[str, str] = msgspec.field(default_factory=dict)
    metadata: dict[str, str] = msgspec.field(default_factory=dict)


class BulkBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/messages/bulk takes: either `messages`, each as POST /v1/messages takes it, or one `message` with
    its `recipients`; up to 1,000. What a recipient has goes before what the message has of the same name."""

    messages: Annotated[list[MessageBody], Meta(extra_json_schema={"maxItems": MOST})] = msgspec.field(
        default_factory=list
    )
    message: Content | None = None
    recipients: Annotated[list[Recipient], Meta(extra_json_schema={"maxItems": MOST})] = msgspec.field(
        default_factory=list
    )


class BulkProblem(msgspec.Struct, omit_defaults=True):
    """A text that was not taken, or did not go: its place among those that were given, beginning with 0, and why."""

    index: int
    code: str
    detail: str
    field: str = ""
    rule: str = ""
    message_id: str = ""


class BulkState(msgspec.Struct):
    """How far a bulk send is. `counts` are texts by what became of them: `waiting` have not had their turn, `invalid`
    could not be taken; the others are statuses of messages. It is done when none is waiting. `errors` are the first
    50."""

    id: str
    status: Literal["running", "done"]
    total: int
    counts: dict[str, int]
    errors: list[BulkProblem]
    created_at: Time
    done_at: Time | None


def _bodies(body: BulkBody) -> list[MessageBody]:
    """The texts that are asked for. Raises Refused."""
    if bool(body.messages) == (body.message is not None):
        raise wrong("Give either messages, or message with its recipients.", "messages")
    if body.message is None:
        if body.recipients:
            raise wrong("recipients are for message.", "recipients")
        found = body.messages
    else:
        if not body.recipients:
            raise wrong("Give the recipients of message.", "recipients")
        shared = {name: getattr(body.message, name) for name in body.message.__struct_fields__}
        variables, metadata = shared.pop("variables"), shared.pop("metadata")
        found = [
            MessageBody(
                to=one.to, variables={**variables, **one.variables}, metadata={**metadata, **one.metadata}, **shared
            )
            for one in body.recipients
        ]
    if len(found) > MOST:
        raise wrong(f"{len(found):,} texts are too many; give at most {MOST:,}.", "messages")
    return found


async def _read(request: Request, bodies: list[MessageBody]) -> tuple[list[BulkText], list[BulkError]]:
    """The texts that can be taken, and what is wrong with the others."""
    ctx: WebContext = request.app.state.ctx
    texts, errors = [], []
    for index, body in enumerate(bodies):
        if index % BREATH == 0:
            await asyncio.sleep(0)
        try:
            asked = await read_text(ctx, key_of(request), body, number(ctx, body.to), "")
            if asked.arrival.message_class == "conversational":
                raise wrong("A bulk send is informational or promotional.", "class")
        except Refused as refused:
            if refused.problem.status == 403:
                raise
            problem = refused.problem
            errors.append(BulkError(index, problem.code, problem.detail, problem.field))
        else:
            texts.append(BulkText(index, asked.line, asked.to, asked.arrival))
    return texts, errors


async def send_bulk(request: Request) -> Response:
    """POST /v1/messages/bulk: keep many texts, to be sent one after the other behind whatever is more urgent: 202."""
    ctx: WebContext = request.app.state.ctx
    body = await read_body(request, BulkBody, MOST_BODY)
    texts, errors = await _read(request, _bodies(body))
    id_, key = new_id(), key_of(request)
    once = once_of(key_of(request), request.scope["path"], request.headers.get("idempotency-key"), body, id_)
    now = ctx.road.now()

    def work(tx: Tx) -> Taken | None:
        if once is not None and (taken := requests.take(tx, ctx.workspace, [once], now)):
            return taken[id_]
        bulk.add(tx, ctx.workspace, id_, (key.id, key.name), texts, errors, now)
        return None

    taken = await ctx.db.write(work)
    if taken is not None:
        id_ = _same(once, taken)
    ctx.road.bulk.wake()
    found = await ctx.db.read(bulk.find, ctx.workspace, id_)
    if found is None:
        raise missing("The bulk send of this Idempotency-Key is forgotten.")
    return answer(202, Data(await _state(ctx, found)))


def _same(once: Once | None, taken: Taken) -> str:
    """What came of the request that had this key first. Raises Refused where it was another."""
    if once is None or taken.digest != once.digest:
        detail = "This Idempotency-Key was used for another request."
        raise Refused(409, "idempotency_conflict", detail, "Idempotency-Key")
    return taken.message_id


async def show_bulk(request: Request) -> Response:
    """GET /v1/messages/bulk/{id}: how far a bulk send is, and what became of its texts."""
    ctx: WebContext = request.app.state.ctx
    key = key_of(request)
    found = await ctx.db.read(bulk.find, ctx.workspace, request.path_params["id"])
    if found is None:
        raise missing("There is no such bulk send.")
    if key.lines and found.key_id != key.id:
        raise Refused(403, "wrong_line", f"The key {key.name} is for some lines only, and not of this bulk send.")
    return answer(200, Data(await _state(ctx, found)))


async def _state(ctx: WebContext, one: BulkSend) -> BulkState:
    rows = await ctx.db.read(sent.statuses, ctx.workspace, one.ids)
    invalid = {error.index for error in one.errors}
    places = [index for index in range(one.total) if index not in invalid]
    counts = Counter({"invalid": len(invalid)} if invalid else {})
    problems = [BulkProblem(error.index, error.code, error.detail, error.field) for error in one.errors]
    for place, id_ in zip(places, one.ids, strict=False):
        row = rows.get(id_)
        if row is None:
            continue
        counts[SCHEDULED if row.waits == "later" else row.status] += 1
        if row.status in _NOT_TAKEN:
            code = "consent_refused" if row.status == "blocked" else row.status
            problems.append(BulkProblem(place, code, row.detail or row.code, rule=row.rule, message_id=id_))
    if waiting := one.total - sum(counts.values()):
        counts["waiting"] = waiting
    problems.sort(key=lambda problem: problem.index)
    done = one.done_at is not None and not waiting
    return BulkState(
        one.id, "done" if done else "running", one.total, dict(counts), problems[:MOST_SHOWN], to_iso(one.created_at),
        iso(one.done_at) if done else None,
    )  # fmt: skip


ROUTES = (
    Route("POST", "/v1/messages/bulk", "api", send_bulk, "messages:write"),
    Route("GET", "/v1/messages/bulk/{id}", "api", show_bulk, "messages:read"),
)
DESCRIBED: Described = {
    ("POST", "/v1/messages/bulk"): Operation(
        "Send many texts, behind whatever is more urgent.",
        {
            202: ("They are stored, and go one after the other.", {JSON: Data[BulkState]}),
            **BODY,
            404: "The bulk send of this Idempotency-Key is forgotten.",
            409: "The Idempotency-Key was used for another request.",
            413: "The body is over 4 MB.",
        },
        {JSON: BulkBody},
        example={"message": {"body": "We close early today."}, "recipients": [{"to": "+12065550123"}]},
        headers={"Idempotency-Key": "The same key makes a request go once, however often it comes, for two days."},
    ),
    ("GET", "/v1/messages/bulk/{id}"): Operation(
        "How far a bulk send is, and what became of its texts.",
        {200: ("It stands like this.", {JSON: Data[BulkState]}), 404: "There is no such bulk send."},
        path={"id": "The bulk send's id."},
    ),
}
