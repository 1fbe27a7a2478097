"""The HTTP API for contacts that are one: merging two, and undoing it."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.when import to_iso
from textback.pipeline import stops
from textback.store import merges
from textback.store.merges import CannotMerge, Merge
from textback.web.api import TURN_WAIT
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, Described, Operation
from textback.web.problems import Refused, missing
from textback.web.reading import Data, answer, contact_of, read_body
from textback.web.routing import Route
from textback.web.v1.kinds import CONTACT_PATH, Id, Time, iso
from textback.web.v1.wholes import whole_rows


class MergeBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/contacts/{contact}/merge takes: the contact, by id or phone number, that is one with it."""

    other: Annotated[str, Meta(max_length=40, examples=["+12065550124"])]


class MergeInfo(msgspec.Struct):
    """A merge: `other` is part of `kept` since then, by whom, until it is undone."""

    id: Id
    kept: Id
    other: Id
    merged_by: Annotated[str, Meta(examples=["API key crm"])]
    merged_at: Time
    undone_by: Annotated[str, Meta(examples=[""])]
    undone_at: Time | None


def _info(one: Merge) -> MergeInfo:
    return MergeInfo(one.id, one.kept, one.other, one.actor, to_iso(one.at), one.undone_by, iso(one.undone_at))


def _actor(request: Request) -> str:
    return f"API key {request.state.key_name}"


async def merge_contacts(request: Request) -> Response:
    """POST /v1/contacts/{contact}/merge: this contact is kept, and another one is part of it from now on."""
    ctx: WebContext = request.app.state.ctx
    body = await read_body(request, MergeBody)
    kept = await contact_of(request, request.path_params["contact"])
    other = await contact_of(request, body.other, "other")
    rows = [*await whole_rows(request, kept), *await whole_rows(request, other)]
    try:
        done = await ctx.db.write(merges.merge, ctx.workspace, kept, other, _actor(request), ctx.road.now())
    except CannotMerge as refused:
        raise Refused(409, "cannot_merge", str(refused), "other") from None
    ctx.road.hub.publish([row.contact_id for row in rows])
    await stops.carry(ctx.db, ctx.workspace, ctx.road.post, wait=TURN_WAIT)
    return answer(200, Data(_info(done)))


async def undo_merge(request: Request) -> Response:
    """POST /v1/contacts/{contact}/merges/{merge}/undo: they are two contacts again. What is undone stays so."""
    ctx: WebContext = request.app.state.ctx
    contact = await contact_of(request, request.path_params["contact"])
    known = await ctx.db.read(merges.one, ctx.workspace, request.path_params["merge"])
    rows = await whole_rows(request, contact)
    if known is None or not {known.kept, known.other} & {contact, *(row.contact_id for row in rows)}:
        raise missing("There is no such merge of this contact.", "merge")
    done = await ctx.db.write(merges.undo, ctx.workspace, known.id, _actor(request), ctx.road.now())
    if done is None:  # its contacts were erased at this moment
        raise missing("There is no such merge of this contact.", "merge")
    ctx.road.hub.publish([row.contact_id for row in rows])
    return answer(200, Data(_info(done)))


ROUTES = (
    Route("POST", "/v1/contacts/{contact}/merge", "api", merge_contacts, "contacts:write"),
    Route("POST", "/v1/contacts/{contact}/merges/{merge}/undo", "api", undo_merge, "contacts:write"),
)
DESCRIBED: Described = {
    ("POST", "/v1/contacts/{contact}/merge"): Operation(
        "Merge two contacts into one person. Each address keeps its conversation and its consent.",
        {
            200: ("They are one; also where they were before.", {JSON: Data[MergeInfo]}),
            **BODY,
            404: "There is no such contact.",
            409: "It is the same contact, or they would be too many.",
        },
        {JSON: MergeBody},
        path={"contact": CONTACT_PATH},
    ),
    ("POST", "/v1/contacts/{contact}/merges/{merge}/undo"): Operation(
        "Undo a merge.",
        {
            200: ("They are two contacts again; also where they were before.", {JSON: Data[MergeInfo]}),
            404: "There is no such contact, or no such merge of it.",
        },
        path={"contact": CONTACT_PATH, "merge": "The merge's id."},
    ),
}
