"""The HTTP API for hand-overs: the conversations in which a person was asked for."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.engine.state import State, load_state
from textback.store import conversations as store
from textback.store.db import Row
from textback.web.context import WebContext
from textback.web.describing import JSON, QUERY, Described, Operation
from textback.web.reading import Listed, Paged, after, answer, page_of, read_query
from textback.web.routing import Route
from textback.web.v1.conversations import HandoffInfo, OwnerInfo, handoff_info, owner_info
from textback.web.v1.kinds import OWNER, PLACE, QUEUE, Id, LineName, Number, Time, iso, lines_for, owner_of

LISTED = "handoffs"
FAILED = "turn_failed"
"""The reason where the bot could not go on."""


class HandoffQuery(Paged):
    """What GET /v1/handoffs can be asked for. `owner` is nobody, me (the key itself) or a person's id."""

    owner: Annotated[str, Meta(pattern=OWNER)] = ""
    line: LineName = ""
    queue: Annotated[str, Meta(pattern=QUEUE)] = ""


class OpenHandoff(HandoffInfo, kw_only=True):
    """An open hand-over: its `conversation`, who has it, and since when the contact waits; null once a person has
    answered."""

    conversation: Id
    number: Number
    line: Annotated[str, Meta(examples=["telnyx"])]
    owner: OwnerInfo
    waiting_since: Time | None


def _why(state: State) -> HandoffInfo:
    return handoff_info(state) or HandoffInfo(FAILED, "", "", {}, "", iso(state.owner.since))


def _info(row: Row[Any]) -> OpenHandoff:
    state = load_state(row.state)
    return OpenHandoff(
        **msgspec.structs.asdict(_why(state)), conversation=row.contact_id, number=row.address, line=row.line,
        owner=owner_info(state.owner), waiting_since=iso(row.waiting_since),
    )  # fmt: skip


async def list_handoffs(request: Request) -> Response:
    """GET /v1/handoffs: the open ones, the longest wait first."""
    ctx: WebContext = request.app.state.ctx
    asked = read_query(request, HandoffQuery)
    owner, lines = owner_of(request, asked.owner), lines_for(request, asked.line)
    place = after(asked.cursor, LISTED, PLACE)
    rows = await ctx.db.read(
        lambda tx: store.handed_over(
            tx, ctx.workspace, asked.limit + 1, place, owner=owner, lines=lines, queue=asked.queue
        )
    )
    return answer(200, page_of(LISTED, rows, asked.limit, _info, lambda row: (row.since, row.contact_id)))


ROUTES = (Route("GET", "/v1/handoffs", "api", list_handoffs, "conversations:read"),)
DESCRIBED: Described = {
    ("GET", "/v1/handoffs"): Operation(
        "The open hand-overs, the longest wait first.",
        {200: ("They are these.", {JSON: Listed[OpenHandoff]}), **QUERY},
        query=HandoffQuery,
    ),
}
