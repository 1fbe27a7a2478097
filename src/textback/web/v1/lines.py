"""The HTTP API for lines: which there are, how they are, and what they may still send today."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.compliance.limits import day_of
from textback.core.phone import mask
from textback.store import limits
from textback.web.access import key_of
from textback.web.context import WebContext
from textback.web.describing import JSON, Described, Operation
from textback.web.reading import Data, answer
from textback.web.routing import Route

SHOWS = ("messages:read", "messages:write")
"""Who reads or sends texts knows the number that they come to and go out from."""


class LineInfo(msgspec.Struct):
    """A line. `number` is whole for keys that may read or send texts, else its last two digits. `state` is that of its
    breaker: open while its provider takes no texts (`why`: away or misconfigured), and a `code` of theirs where there
    is one. `rate` is segments a second, `cap` segments a day, `used` those of today (Pacific time); null is without
    end."""

    name: Annotated[str, Meta(examples=["telnyx"])]
    provider: Annotated[str, Meta(examples=["telnyx"])]
    channels: Annotated[list[str], Meta(examples=[["sms"]])]
    number: Annotated[str, Meta(examples=["+12065550100"])]
    state: Annotated[Literal["open", "probing", "closed"], Meta(examples=["closed"])]
    why: Annotated[Literal["", "away", "misconfigured"], Meta(examples=[""])]
    code: str
    rate: Annotated[float | None, Meta(examples=[3.0])]
    cap: Annotated[int | None, Meta(examples=[2000])]
    used: int | None


async def list_lines(request: Request) -> Response:
    """GET /v1/lines: the lines that the key is for."""
    ctx: WebContext = request.app.state.ctx
    key = key_of(request)
    whole = any(key.may(scope) for scope in SHOWS)
    mine = [line for name, line in ctx.road.lines.items() if key.for_line(name)]
    states = ctx.road.conditions()
    counters = {line.counter for line in mine if line.cap is not None}
    used = await ctx.db.read(limits.used, ctx.workspace, day_of(ctx.road.now()), counters) if counters else {}
    found = []
    for line in mine:
        state = states[line.name]
        number = line.number if whole else mask(line.number)
        spent = used.get(line.counter, 0) if line.cap is not None else None
        found.append(
            LineInfo(
                line.name, line.provider.name, list(line.channels), number, state.state, state.why, state.code,
                line.rate,
                line.cap, spent,
            )
        )  # fmt: skip
    return answer(200, Data(found))


ROUTES = (Route("GET", "/v1/lines", "api", list_lines, "lines:read"),)
DESCRIBED: Described = {
    ("GET", "/v1/lines"): Operation(
        "The lines that the key is for, how they are, and what they have sent today.",
        {200: ("They are these.", {JSON: Data[list[LineInfo]]})},
    ),
}
