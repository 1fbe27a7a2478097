"""The HTTP API for messages: sending one, reading them, and calling one back that has not gone."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.store import media, sent
from textback.web.access import check_line, key_of
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, QUERY, Described, Operation
from textback.web.media import keys_of
from textback.web.problems import Refused, missing, wrong
from textback.web.reading import (
    JSON_TYPE,
    Data,
    Listed,
    Paged,
    answer,
    contact_of,
    cursor_of,
    place_of,
    read_bytes,
    read_query,
    read_time,
)
from textback.web.routing import Route
from textback.web.v1.asked import MessageBody
from textback.web.v1.message_info import (
    STATUSES,
    MessageDetail,
    MessageInfo,
    SentMessage,
    decided,
    facts_of,
    history,
)
from textback.web.v1.sending import sent_once


async def send_message(request: Request) -> Response:
    """POST /v1/messages: store one text, and say what the gate said. 422 when it is refused; the attempt is recorded.

    It is answered once it is on the disk. A key in Idempotency-Key makes it go once, however often it is asked for.
    Most of these requests are answered by `quick`, in front of the routes, with the same words.
    """
    ctx: WebContext = request.app.state.ctx
    given = request.headers.get("idempotency-key")
    data, headers = await sent_once(ctx, key_of(request), request.scope["path"], given, await read_bytes(request))
    return Response(data, 202, headers, media_type=JSON_TYPE)


# ---- Reading ----


class MessagesQuery(Paged):
    """What GET /v1/messages can be asked for: of one contact (their id or number) or conversation, of one line, in or
    out, of one status or class, made from `since` on and before `until` (ISO 8601). The newest come first; with `after`
    (an id, or 0 for all) those that came after it, the oldest first."""

    contact: Annotated[str, Meta(max_length=64)] = ""
    conversation: Annotated[str, Meta(max_length=64)] = ""
    line: Annotated[str, Meta(max_length=64)] = ""
    direction: Literal["", "in", "out"] = ""
    status: STATUSES | Literal[""] = ""
    message_class: Annotated[
        Literal["", "compliance", "conversational", "informational", "promotional"], Meta(description="Its class.")
    ] = msgspec.field(default="", name="class")
    since: Annotated[str, Meta(max_length=40)] = ""
    until: Annotated[str, Meta(max_length=40)] = ""
    after: Annotated[str, Meta(extra_json_schema={"pattern": "^(0|[0-9a-f]{24})?$"})] = ""


def _is_id(text: str) -> bool:
    return len(text) == 24 and not set(text) - set("0123456789abcdef")


async def list_messages(request: Request) -> Response:
    """GET /v1/messages: the messages of the key's lines, the newest first; with `after` on from that one."""
    ctx: WebContext = request.app.state.ctx
    query = read_query(request, MessagesQuery)
    place = place_of(query.cursor, (bool, str))
    ahead, after = place or (bool(query.after), "" if query.after == "0" else query.after)
    if after and not _is_id(after):
        raise wrong("This is not the id of a message.", "after" if place is None else "cursor")
    if query.line:
        if query.line not in ctx.lines:
            raise wrong(f"There is no line {query.line!r}.", "line")
        check_line(request, query.line)
    contact = query.contact or query.conversation
    if query.contact and query.conversation:
        raise wrong("Give either contact or conversation.", "conversation")
    wanted = sent.Wanted(
        await contact_of(request, contact, "contact" if query.contact else "conversation") if contact else "",
        (query.line,) if query.line else tuple(sorted(key_of(request).lines)),
        query.direction,
        query.status,
        query.message_class,
        read_time(query.since, "since"),
        read_time(query.until, "until"),
    )
    now = ctx.road.now()
    page = await ctx.db.read(
        lambda tx: sent.page(tx, ctx.workspace, wanted, query.limit, after=after, ahead=ahead, now=now)
    )
    came = keys_of(page.rows)
    files = await ctx.db.read(media.of_messages, came) if came else {}
    found = [MessageInfo(**facts_of(ctx, row, files.get(row.id, ()))) for row in page.rows]
    return answer(200, Listed(found, cursor_of(ahead, page.after) if page.after else None))


async def _row(request: Request) -> Any:
    """The message that an address names. Raises Refused where there is none, or the key is not for its line."""
    ctx: WebContext = request.app.state.ctx
    id_ = request.path_params["id"]
    row = await ctx.db.read(sent.find, ctx.workspace, id_) if _is_id(id_) else None
    if row is None:
        raise missing("There is no such message.")
    check_line(request, row.line)
    return row


async def show_message(request: Request) -> Response:
    """GET /v1/messages/{id}: one message, its history, and what the gate decided about it."""
    ctx: WebContext = request.app.state.ctx
    row = await _row(request)
    reports, decisions = [], []
    came = keys_of([row])
    files = (await ctx.db.read(media.of_messages, came)).get(row.id, ()) if came else ()
    if row.direction == "out":
        reports = await ctx.db.read(sent.reports, row) if row.provider_id else []
        decisions = await ctx.db.read(sent.decisions, row)
    found = MessageDetail(
        **facts_of(ctx, row, files),
        history=history(row, reports, decisions),
        decisions=[decided(one) for one in decisions],
    )
    return answer(200, Data(found))


async def cancel_message(request: Request) -> Response:
    """POST /v1/messages/{id}/cancel: call a text back that has not gone; 409 when it has."""
    ctx: WebContext = request.app.state.ctx
    row = await _row(request)
    key = (row.bucket, row.contact_id, row.id)
    if row.direction == "in" or not await ctx.db.write_within(
        row.bucket if ctx.db.by_bucket else None, "api", sent.cancel, key
    ):
        row = await _row(request)
        if not (row.status == "canceled" and row.rule == sent.CANCELED):  # called back before: nothing to do
            raise Refused(409, "not_cancelable", f"It can't be called back: it is {row.status}.", message_id=row.id)
    else:
        ctx.road.hub.publish([row.contact_id])
        row = await _row(request)
    return answer(200, Data(MessageInfo(**facts_of(ctx, row))))


ROUTES = (
    Route("POST", "/v1/messages", "api", send_message, "messages:write"),
    Route("GET", "/v1/messages", "api", list_messages, "messages:read"),
    Route("GET", "/v1/messages/{id}", "api", show_message, "messages:read"),
    Route("POST", "/v1/messages/{id}/cancel", "api", cancel_message, "messages:write"),
)
_ID = {"id": "The message's id."}
IDEMPOTENCY = {"Idempotency-Key": "The same key makes a request go once, however often it comes, for two days."}
DESCRIBED: Described = {
    ("POST", "/v1/messages"): Operation(
        "Queue one text, in your own words or by a template.",
        {
            202: ("It is stored, and goes now, at `send_at` or at `held_until`.", {JSON: Data[SentMessage]}),
            **BODY,
            404: "There is no such template in the version that is live.",
            409: "The template is not approved, or the Idempotency-Key was used for another request.",
            422: "The gate refused it, by which `rule`, the number can't get texts, or the line takes no such media.",
            503: "It could not be stored. Send it again.",
        },
        {JSON: MessageBody},
        example={"to": "+12065550123", "body": "Your bike is ready."},
        headers=IDEMPOTENCY,
    ),
    ("GET", "/v1/messages"): Operation(
        "Messages, the newest first; with `after` those that came after one, the oldest first.",
        {200: ("They are these.", {JSON: Listed[MessageInfo]}), **QUERY, 404: "There is no such contact."},
        query=MessagesQuery,
    ),
    ("GET", "/v1/messages/{id}"): Operation(
        "One message, how it came to its status, and what the consent gate decided about it.",
        {200: ("It is this.", {JSON: Data[MessageDetail]}), 404: "There is no such message."},
        path=_ID,
    ),
    ("POST", "/v1/messages/{id}/cancel"): Operation(
        "Call back a text that has not gone.",
        {
            200: ("It will not go.", {JSON: Data[MessageInfo]}),
            404: "There is no such message.",
            409: "It has gone, or is going.",
        },
        path=_ID,
    ),
}
