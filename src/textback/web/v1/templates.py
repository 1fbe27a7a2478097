"""The HTTP API for templates: which there are."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from textback.core.text import segments
from textback.engine.bot import Approved, Bot
from textback.engine.lint_texts import SHORT_LINK
from textback.engine.named import SAID, BadValue, preview
from textback.web.context import WebContext
from textback.web.describing import JSON, Described, Operation
from textback.web.problems import missing
from textback.web.reading import Data, answer
from textback.web.routing import Route


class VariableInfo(msgspec.Struct):
    """A variable of a template: its type, what that takes, and whether it may be left out."""

    name: str
    type: str
    takes: str
    required: bool


class TemplateInfo(msgspec.Struct, rename={"message_class": "class"}):
    """A template that is live."""

    name: str
    message_class: str
    use_case: str
    sender: str
    locales: list[str]
    variables: list[VariableInfo]


class TemplateText(msgspec.Struct):
    """A template's text in one locale: as it is written, with sample values, and how long it is with them."""

    locale: str
    text: str
    preview: str
    encoding: str
    segments: int


class TemplateDetail(TemplateInfo, rename={"message_class": "class"}):
    """A template that is live, with its texts."""

    texts: list[TemplateText]
    media: list[str]
    quick: list[str]
    version: int


def _facts(one: Approved) -> dict[str, Any]:
    variables = [VariableInfo(v.name, v.type, SAID[v.type], v.required) for v in one.variables.values()]
    return {
        "name": one.name,
        "message_class": one.message_class,
        "use_case": one.use_case,
        "sender": one.sender,
        "locales": list(one.text.sources),
        "variables": variables,
    }


def _text(bot: Bot, one: Approved, locale: str, source: str) -> TemplateText:
    try:
        written = preview(bot, one, locale)
    except BadValue:
        said = source
    else:
        said = written.text
        for link in sorted(written.links, key=len, reverse=True):
            said = said.replace(link, SHORT_LINK)
    size = segments(said)
    return TemplateText(locale, source, said, size.encoding, size.count)


async def list_templates(request: Request) -> Response:
    """GET /v1/templates: the templates of the version that is live, by name."""
    ctx: WebContext = request.app.state.ctx
    return answer(200, Data([TemplateInfo(**_facts(one)) for _, one in sorted(ctx.bot().templates.items())]))


async def show_template(request: Request) -> Response:
    """GET /v1/templates/{name}: one of them, with its texts."""
    ctx: WebContext = request.app.state.ctx
    bot = ctx.bot()
    one = bot.templates.get(request.path_params["name"])
    if one is None:
        raise missing("There is no such template in the version that is live.")
    texts = [_text(bot, one, locale, source) for locale, source in one.text.sources.items()]
    media = [media.url for media in one.media]
    found = TemplateDetail(**_facts(one), texts=texts, media=media, quick=list(one.quick), version=bot.version)
    return answer(200, Data(found))


ROUTES = (
    Route("GET", "/v1/templates", "api", list_templates, "templates:read"),
    Route("GET", "/v1/templates/{name}", "api", show_template, "templates:read"),
)
DESCRIBED: Described = {
    ("GET", "/v1/templates"): Operation(
        "The templates of the version that is live.", {200: ("They are these.", {JSON: Data[list[TemplateInfo]]})}
    ),
    ("GET", "/v1/templates/{name}"): Operation(
        "One template, with its texts, how they look with sample values, and how long they are.",
        {200: ("It is this.", {JSON: Data[TemplateDetail]}), 404: "There is no such template."},
    ),
}
