"""GET /v1/events: the log that webhooks are told from, for programs that were away or that would rather ask."""

import asyncio
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core import plain
from textback.core.events import chosen, is_pattern
from textback.pipeline.payloads import payloads
from textback.store import events
from textback.store.db import Tx
from textback.store.events import LOG_EVERY
from textback.web.context import WebContext
from textback.web.describing import JSON, QUERY, Described, Operation
from textback.web.problems import wrong
from textback.web.reading import MOST_LISTED, contact_of, read_query
from textback.web.routing import Route


async def begin_log(ctx: WebContext) -> None:
    """Have events written down from now on, on every server, if they are not yet: they are when somebody wants them."""
    log = ctx.db.log
    if log is None or log.on:
        return
    await ctx.db.write(events.begin, ctx.workspace)
    log.on = True
    if ctx.db.dialect != "sqlite":  # there may be others
        await asyncio.sleep(2 * LOG_EVERY)


class EventQuery(msgspec.Struct, forbid_unknown_fields=True):
    """What of the log is wanted: what came `after` this number or cursor, of these `types` (kinds or patterns, with
    commas), of one `conversation` (a contact's id or phone number)."""

    after: Annotated[str, Meta(max_length=20, examples=["0"])] = "0"
    limit: Annotated[int, Meta(ge=1, le=MOST_LISTED)] = 50
    types: Annotated[str, Meta(max_length=1000, examples=["message.*,handoff.requested"])] = ""
    conversation: Annotated[str, Meta(max_length=64)] = ""


class LoggedEvent(msgspec.Struct):
    """An event as webhooks get it. `number` is its place in the log, and grows; `data` depends on its kind."""

    event: str
    id: str
    number: int
    data: dict[str, Any]


class EventPage(msgspec.Struct):
    """A part of the log, oldest first. `next_cursor` is what to ask for `after` next; `more`: there is some already."""

    data: list[LoggedEvent]
    next_cursor: str
    more: bool


async def list_events(request: Request) -> Response:
    """GET /v1/events: what has happened after a number."""
    ctx: WebContext = request.app.state.ctx
    query = read_query(request, EventQuery)
    await begin_log(ctx)
    if not (query.after.isascii() and query.after.isdecimal() and len(query.after) <= 18):
        raise wrong("after must be the number of an event, or the next_cursor of a page.", "after")
    patterns = [one.strip() for one in query.types.split(",") if one.strip()]
    if unknown := next((one for one in patterns if not is_pattern(one)), None):
        raise wrong(f"{unknown[:60]!r} is no kind of event, nor a pattern such as message.*.", "types")
    contact = await contact_of(request, query.conversation, "conversation") if query.conversation else ""
    kinds = chosen(patterns) if patterns and "*" not in patterns else frozenset()

    def read(tx: Tx) -> tuple[list[dict[str, Any]], int]:
        last = events.last_number(tx, ctx.workspace)
        rows = events.after(
            tx, ctx.workspace, int(query.after), query.limit, kinds=kinds, contact_id=contact, upto=last
        )
        return payloads(tx, ctx.workspace, ctx.road.lines, rows), last

    found, last = await ctx.db.read(read)
    more = len(found) == query.limit
    # With a filter, what lies behind the last one found need not be looked through again.
    place = found[-1]["number"] if more else max(last, int(query.after))
    body = plain.encode({"data": found, "next_cursor": str(place), "more": more})
    return Response(body, 200, media_type="application/json")


ROUTES = (Route("GET", "/v1/events", "api", list_events, "events:read"),)
DESCRIBED: Described = {
    ("GET", "/v1/events"): Operation(
        "What has happened, in order: what webhooks are told, to be read by whoever was away.",
        {200: ("Events, oldest first.", {JSON: EventPage}), **QUERY, 404: "There is no such contact."},
        query=EventQuery,
    ),
}
