"""The HTTP API for flows and versions: what the bot can do, and what it was."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.messages import MessageClass
from textback.core.when import to_iso
from textback.engine.bot import END, Bot, Flow, Step
from textback.engine.nodes.ask import Ask
from textback.engine.nodes.registry import KINDS
from textback.engine.nodes.tag import Tag
from textback.engine.template import Text
from textback.store import bots, running
from textback.web.context import WebContext
from textback.web.describing import JSON, QUERY, Described, Operation
from textback.web.problems import missing
from textback.web.reading import Data, Listed, Paged, after, answer, page_of, read_query
from textback.web.routing import Route
from textback.web.v1.kinds import Time

LISTED = "versions"
_KIND = {kind.step: kind.name for kind in KINDS.values()}


class FlowInfo(msgspec.Struct, rename={"class_": "class"}):
    """A flow of the live version: the keywords, example phrases and the event that start it, and of which class its
    texts are where the event does."""

    name: Annotated[str, Meta(examples=["book_visit"])]
    label: Annotated[str, Meta(examples=["book a visit"])]
    keywords: Annotated[list[str], Meta(examples=[["book"]])]
    examples: Annotated[list[str], Meta(examples=[["I want to bring my bike in"]])]
    event: Annotated[str, Meta(examples=["bike_ready"])]
    class_: MessageClass
    step_count: int
    version: int


class StepInfo(msgspec.Struct):
    """A step: its kind, the variable that its answer becomes, what it says by locale as the author wrote it, and the
    steps that may follow."""

    id: Annotated[str, Meta(examples=["service"])]
    kind: Annotated[str, Meta(examples=["ask"])]
    variable: Annotated[str, Meta(examples=["service"])]
    texts: Annotated[dict[str, str], Meta(examples=[{"en": "What do you need?"}])]
    choices: Annotated[list[str], Meta(examples=[["repair", "fitting"]])]
    following: Annotated[list[str], Meta(examples=[["day"]])]


class StepCount(msgspec.Struct):
    """How many sessions of a version stand at a step."""

    version: int
    step: Annotated[str, Meta(examples=["service"])]
    sessions: int


class FlowDetail(FlowInfo, rename={"class_": "class"}):
    """A flow of the live version with its steps in order, its variables, which of those are sensitive, and where
    sessions stand in it, in older versions too."""

    steps: list[StepInfo]
    variables: Annotated[list[str], Meta(examples=[["service"]])]
    sensitive: list[str]
    running: list[StepCount]


class VersionInfo(msgspec.Struct):
    """A published version of the bot. `source` says where it came from: serve, folder, desk or api."""

    version: int
    live: bool
    source: Annotated[str, Meta(examples=["desk"])]
    published_by: Annotated[str, Meta(examples=["owner@example.com"])]
    note: str
    created_at: Time


def _facts(bot: Bot, flow: Flow) -> dict[str, Any]:
    label = flow.label.render(bot.locale, dict) if flow.label is not None else flow.name.replace("_", " ")
    return {
        "name": flow.name, "label": label, "keywords": list(flow.keywords), "examples": list(flow.examples),
        "event": flow.event, "class_": flow.opening, "step_count": len(flow.steps), "version": bot.version,
    }  # fmt: skip


def _step(step: Step) -> StepInfo:
    kind = _KIND[type(step)]
    if isinstance(step, Tag):
        kind = "untag" if step.remove else "tag"
    text = getattr(step, "text", None)
    variable = ""
    choices: list[str] = []
    if isinstance(step, Ask):
        variable, choices = step.name, list(step.choices.labels) if step.choices is not None else []
    return StepInfo(
        step.id,
        kind,
        variable,
        dict(text.sources) if isinstance(text, Text) else {},
        choices,
        [one for one in dict.fromkeys(step.targets()) if one != END],
    )


async def list_flows(request: Request) -> Response:
    """GET /v1/flows: the flows of the version that is live, by name."""
    ctx: WebContext = request.app.state.ctx
    bot = ctx.bot()
    return answer(200, Data([FlowInfo(**_facts(bot, flow)) for _, flow in sorted(bot.flows.items())]))


async def show_flow(request: Request) -> Response:
    """GET /v1/flows/{name}: one of them, with its steps and where sessions stand."""
    ctx: WebContext = request.app.state.ctx
    bot = ctx.bot()
    flow = bot.flows.get(request.path_params["name"])
    if flow is None:
        raise missing("There is no such flow in the version that is live.")
    stands = await ctx.db.read(running.stands, ctx.workspace)
    found = FlowDetail(
        **_facts(bot, flow),
        steps=[_step(step) for step in flow.steps.values()],
        variables=sorted(flow.names),
        sensitive=sorted(flow.sensitive),
        running=[StepCount(one.version, one.step, one.count) for one in stands if one.flow == flow.name],
    )
    return answer(200, Data(found))


async def list_versions(request: Request) -> Response:
    """GET /v1/versions: a page of published versions, the newest first."""
    ctx: WebContext = request.app.state.ctx
    asked = read_query(request, Paged)
    place = after(asked.cursor, LISTED, (int,))
    rows = await ctx.db.read(bots.listed, ctx.workspace, asked.limit + 1, place[0] if place else None)
    live = ctx.bot().version

    def show(row: Any) -> VersionInfo:
        made = to_iso(row.created_at)
        return VersionInfo(row.number, row.number == live, row.source, row.published_by, row.note, made)

    return answer(200, page_of(LISTED, rows, asked.limit, show, lambda row: (row.number,)))


ROUTES = (
    Route("GET", "/v1/flows", "api", list_flows, "flows:read"),
    Route("GET", "/v1/flows/{name}", "api", show_flow, "flows:read"),
    Route("GET", "/v1/versions", "api", list_versions, "flows:read"),
)
DESCRIBED: Described = {
    ("GET", "/v1/flows"): Operation(
        "The flows of the version that is live.", {200: ("They are these.", {JSON: Data[list[FlowInfo]]})}
    ),
    ("GET", "/v1/flows/{name}"): Operation(
        "One flow, with its steps, its variables, and where sessions stand in it.",
        {200: ("It is this.", {JSON: Data[FlowDetail]}), 404: "There is no such flow."},
    ),
    ("GET", "/v1/versions"): Operation(
        "The published versions of the bot, the newest first.",
        {200: ("They are these.", {JSON: Listed[VersionInfo]}), **QUERY},
        query=Paged,
    ),
}
