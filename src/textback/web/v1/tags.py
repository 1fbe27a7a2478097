"""The HTTP API for tags: which there are. Who has one is asked of contacts, and giving one is in `cards`."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.store import contacts as store
from textback.web.context import WebContext
from textback.web.describing import JSON, QUERY, Described, Operation
from textback.web.reading import Data, answer, read_query
from textback.web.routing import Route
from textback.web.v1.kinds import LineName, lines_for


class TagInfo(msgspec.Struct):
    """A tag, and how many contacts have it."""

    tag: Annotated[str, Meta(examples=["vip"])]
    contacts: int


class TagQuery(msgspec.Struct, forbid_unknown_fields=True):
    """What GET /v1/tags can be asked for."""

    line: LineName = ""


async def list_tags(request: Request) -> Response:
    """GET /v1/tags: the tags that contacts have, by name."""
    ctx: WebContext = request.app.state.ctx
    asked = read_query(request, TagQuery)
    found = await ctx.db.read(store.tags_in_use, ctx.workspace, lines_for(request, asked.line))
    return answer(200, Data([TagInfo(tag, count) for tag, count in sorted(found.items())]))


ROUTES = (Route("GET", "/v1/tags", "api", list_tags, "contacts:read"),)
DESCRIBED: Described = {
    ("GET", "/v1/tags"): Operation(
        "The tags that contacts have.",
        {200: ("They are these.", {JSON: Data[list[TagInfo]]}), **QUERY},
        query=TagQuery,
    ),
}
