"""The HTTP API for conversations: which there are, and how one stands. What programs do to one is in `moves`."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import bucket_of
from textback.core.when import to_iso
from textback.engine.state import EpisodeStatus, Owner, OwnerKind, Session, State, load_state
from textback.store import conversations as store
from textback.store import desk
from textback.store.db import Row
from textback.web.context import WebContext
from textback.web.describing import JSON, QUERY, Described, Operation
from textback.web.reading import (
    Data,
    Listed,
    Paged,
    after,
    answer,
    contact_of,
    conversation_of,
    moment_of,
    page_of,
    read_query,
)
from textback.web.routing import Route
from textback.web.v1.kinds import (
    CONTACT_PATH,
    OWNER,
    PLACE,
    QUEUE,
    TAG,
    Id,
    LineName,
    Number,
    Time,
    iso,
    lines_for,
    owner_of,
)

LATEST = 20
"""Texts that come with a conversation."""


Status = Annotated[EpisodeStatus, Meta(examples=["waiting_on_agent"])]


class ConversationQuery(Paged):
    """What GET /v1/conversations can be asked for. `owner` is bot, nobody, me (the key itself) or a person's id;
    `waiting`: for a person; `queue`: handed over to it; `contact` is an id or a phone number;
    `updated_since`: the last text was then or later. With `order` oldest, whatever gets a text meanwhile comes again at
    the end, and none is missed."""

    status: EpisodeStatus | Literal[""] = ""
    owner: Annotated[str, Meta(pattern=OWNER)] = ""
    line: LineName = ""
    waiting: bool | None = None
    contact: Annotated[str, Meta(max_length=64)] = ""
    tag: Annotated[str, Meta(pattern=TAG)] = ""
    queue: Annotated[str, Meta(pattern=QUEUE)] = ""
    updated_since: Annotated[str, Meta(max_length=40)] = ""
    order: Literal["latest", "oldest"] = "latest"


class OwnerInfo(msgspec.Struct):
    """Who may speak: the bot, a person (or a program, by its key's id), or nobody yet."""

    kind: Annotated[OwnerKind, Meta(examples=["person"])]
    id: str
    name: Annotated[str, Meta(examples=["Ana"])]
    since: Time | None


class LastText(msgspec.Struct):
    """The last text of a conversation."""

    text: Annotated[str, Meta(examples=["When are you open?"])]
    author: Annotated[str, Meta(examples=["contact"])]
    at: Time


class ConversationInfo(msgspec.Struct):
    """A conversation. Its `id` is its contact's."""

    id: Id
    number: Number
    name: Annotated[str, Meta(examples=["Ana"])]
    line: Annotated[str, Meta(examples=["telnyx"])]
    status: Status
    owner: OwnerInfo
    waiting_since: Time | None
    unread: int
    message_count: int
    opted_out: bool
    tags: Annotated[list[str], Meta(examples=[["vip"]])]
    last: LastText | None
    created_at: Time


class FlowPlace(msgspec.Struct):
    """A flow that runs, its version, and the step where it stands."""

    flow: Annotated[str, Meta(examples=["book_visit"])]
    version: int
    step: Annotated[str, Meta(examples=["day"])]
    started_at: Time


class EpisodeInfo(msgspec.Struct):
    """One stretch of a conversation, counted from 1."""

    number: int
    status: Status
    started_at: Time | None


class HandoffInfo(msgspec.Struct):
    """Why a person was asked for. `captured` are the contact's answers so far; sensitive ones are not shown. While the
    contact waits for an answer, `limit` is the limit that runs (first_answer or next_answer) and `due_at` when it is
    over; `settle_by` is when all is to be settled. `late` are the limits that have passed."""

    reason: Annotated[str, Meta(examples=["asked"])]
    queue: str
    ask: Annotated[str, Meta(examples=["My wheel is bent, can I talk to somebody?"])]
    captured: Annotated[dict[str, Any], Meta(examples=[{"service": "repair"}])]
    stopped_at: Annotated[str, Meta(examples=["book_visit.day"])]
    asked_at: Time | None
    priority: Annotated[str, Meta(examples=["high"])] = ""
    limit: str = ""
    due_at: Time | None = None
    settle_by: Time | None = None
    late: list[str] = []


class ShortText(msgspec.Struct):
    """One text of a conversation."""

    id: Id
    direction: Literal["in", "out"]
    author: Annotated[str, Meta(examples=["contact"])]
    text: Annotated[str, Meta(examples=["When are you open?"])]
    status: Annotated[str, Meta(examples=["received"])]
    at: Time


class ConversationDetail(ConversationInfo):
    """A conversation, where its flow stands, why a person was asked for, and its last texts, oldest first. `parked` are
    flows that wait for this one to end."""

    episode: EpisodeInfo
    flow: FlowPlace | None
    parked: list[FlowPlace]
    handoff: HandoffInfo | None
    texts: list[ShortText]


def owner_info(owner: Owner) -> OwnerInfo:
    """Who has a conversation."""
    return OwnerInfo(owner.kind, owner.user_id, owner.name, iso(owner.since))


def _facts(row: Row[Any], state: State) -> dict[str, Any]:
    last = LastText(row.last_text, row.last_author, to_iso(row.last_at)) if row.last_author else None
    return {
        "id": row.contact_id, "number": row.address, "name": str(state.fields.get("name") or row.name),
        "line": row.line, "status": row.status, "owner": owner_info(state.owner),
        "waiting_since": iso(row.waiting_since), "unread": row.unread, "message_count": row.message_count,
        "opted_out": bool(row.opted_out), "tags": state.tags, "last": last, "created_at": to_iso(row.created_at),
    }  # fmt: skip


def info(row: Row[Any]) -> ConversationInfo:
    """A conversation as lists have it."""
    return ConversationInfo(**_facts(row, load_state(row.state)))


def handoff_info(state: State) -> HandoffInfo | None:
    """Why a person was asked for; None where none was."""
    one = state.handoff
    if one is None:
        return None
    return HandoffInfo(
        one.reason, one.queue, one.ask, one.collected, one.stopped_at, iso(one.asked_at), state.priority,
        one.limit if one.due_at else "", iso(one.due_at or None), iso(one.settle_by or None), one.late,
    )  # fmt: skip


def _place(session: Session) -> FlowPlace:
    return FlowPlace(session.flow, session.version, session.step, to_iso(session.started_at))


async def detail(ctx: WebContext, row: Row[Any]) -> ConversationDetail:
    """A conversation as it stands."""
    state = load_state(row.state)
    rows = await ctx.db.read(desk.thread, row.contact_id, bucket_of(row.contact_id), LATEST)
    texts = [ShortText(one.id, one.direction, one.author, one.text, one.status, to_iso(one.at)) for one in rows]
    now = state.episode
    return ConversationDetail(
        **_facts(row, state),
        episode=EpisodeInfo(now.number, now.status, iso(now.started_at)),
        flow=_place(state.session) if state.session is not None else None,
        parked=[_place(one) for one in state.parked],
        handoff=handoff_info(state),
        texts=texts,
    )


async def list_conversations(request: Request) -> Response:
    """GET /v1/conversations: a page of them, by their last text."""
    ctx: WebContext = request.app.state.ctx
    asked = read_query(request, ConversationQuery)
    wanted = store.Wanted(
        asked.status, owner_of(request, asked.owner), lines_for(request, asked.line), asked.waiting,
        await contact_of(request, asked.contact) if asked.contact else "", asked.tag,
        moment_of(asked.updated_since, "updated_since"), asked.queue,
    )  # fmt: skip
    name, oldest = f"conversations {asked.order}", asked.order == "oldest"
    place = after(asked.cursor, name, PLACE)
    rows = await ctx.db.read(
        lambda tx: store.page(tx, ctx.workspace, wanted, asked.limit + 1, place, oldest_first=oldest)
    )
    return answer(200, page_of(name, rows, asked.limit, info, lambda row: (row.last_at, row.contact_id)))


async def show_conversation(request: Request) -> Response:
    """GET /v1/conversations/{id}: how one stands."""
    row = await conversation_of(request, request.path_params["id"], "id")
    return answer(200, Data(await detail(request.app.state.ctx, row)))


ROUTES = (
    Route("GET", "/v1/conversations", "api", list_conversations, "conversations:read"),
    Route("GET", "/v1/conversations/{id}", "api", show_conversation, "conversations:read"),
)
DESCRIBED: Described = {
    ("GET", "/v1/conversations"): Operation(
        "Conversations, by their last text.",
        {200: ("They are these.", {JSON: Listed[ConversationInfo]}), **QUERY, 404: "There is no such contact."},
        query=ConversationQuery,
    ),
    ("GET", "/v1/conversations/{id}"): Operation(
        "How a conversation stands: who has it, its flow and step, why a person was asked for, and its last texts.",
        {200: ("It stands like this.", {JSON: Data[ConversationDetail]}), 404: "There is no such contact."},
        path={"id": CONTACT_PATH},
    ),
}
