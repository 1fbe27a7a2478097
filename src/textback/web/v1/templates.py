"""The HTTP API for templates: which there are."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.provider_templates import ProviderTemplate, State
from textback.core.text import segments
from textback.core.when import to_iso
from textback.engine.bot import Approved, Bot
from textback.engine.lint_texts import SHORT_LINK
from textback.engine.named import SAID, BadValue, preview
from textback.pipeline.templating import reads_as
from textback.store import provider_templates as store
from textback.store.db import Tx
from textback.store.provider_templates import Account
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


class ProviderState(msgspec.Struct):
    """How a template stands in one language with the provider of a line that must approve it. `status` is their word
    and `reason` why it refused it; `goes` says whether a text by the bot's template goes as it, and `why_not` what
    keeps it from that, in a sentence. `read_at` is when the provider's list was last read."""

    line: Annotated[str, Meta(examples=["whatsapp"])]
    provider: Annotated[str, Meta(examples=["whatsapp"])]
    language: Annotated[str, Meta(examples=["en_US"])]
    state: State
    status: Annotated[str, Meta(examples=["APPROVED"])]
    reason: str
    goes: Annotated[bool, Meta(examples=[True])]
    why_not: str
    read_at: Annotated[str, Meta(examples=["2026-11-21T10:00:00Z"])]


class TemplateInfo(msgspec.Struct, rename={"message_class": "class"}):
    """A template that is live. `providers` has how it stands on each line whose provider must approve it."""

    name: str
    message_class: str
    use_case: str
    sender: str
    locales: list[str]
    variables: list[VariableInfo]
    providers: list[ProviderState]


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


def _known(ctx: WebContext, tx: Tx, name: str) -> list[tuple[str, str, ProviderTemplate]]:
    """What is known of the templates of each line, or of those of this name: line, when it was read, and template."""
    found = []
    for line in ctx.road.lines.values():
        if line.templates:
            account = Account(line.provider.name, line.templates)
            at = store.sync_of(tx, ctx.workspace, account).synced_at
            read_at = to_iso(at) if at else ""
            found += [(line.name, read_at, one) for one in store.templates(tx, ctx.workspace, account, name)]
    return found


async def _standing(ctx: WebContext, bot: Bot, name: str = "") -> dict[str, list[ProviderState]]:
    """How the bot's templates stand with providers, by name."""
    if not ctx.road.templating.accounts:
        return {}
    known = await ctx.db.read(lambda tx: _known(ctx, tx, name))
    by_name: dict[str, list[ProviderState]] = {}
    for line, read_at, one in known:
        mine = bot.templates.get(one.name)
        if mine is None:
            continue
        why_not = one.unfit
        if one.state != "approved":
            why_not = f"It is {one.state if one.state != 'other' else one.status} there."
        elif not why_not and not reads_as(one, mine, bot):
            why_not = "The words differ from those here."
        provider = ctx.road.lines[line].provider.name
        by_name.setdefault(one.name, []).append(
            ProviderState(
                line, provider, one.language, one.state, one.status, one.reason, not why_not, why_not, read_at
            )
        )
    return by_name


def _facts(one: Approved, standing: Mapping[str, list[ProviderState]]) -> dict[str, Any]:
    variables = [VariableInfo(v.name, v.type, SAID[v.type], v.required) for v in one.variables.values()]
    return {
        "name": one.name,
        "message_class": one.message_class,
        "use_case": one.use_case,
        "sender": one.sender,
        "locales": list(one.text.sources),
        "variables": variables,
        "providers": standing.get(one.name, []),
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
    bot = ctx.bot()
    standing = await _standing(ctx, bot)
    return answer(200, Data([TemplateInfo(**_facts(one, standing)) for _, one in sorted(bot.templates.items())]))


async def show_template(request: Request) -> Response:
    """GET /v1/templates/{name}: one of them, with its texts."""
    ctx: WebContext = request.app.state.ctx
    bot = ctx.bot()
    one = bot.templates.get(request.path_params["name"])
    if one is None:
        raise missing("There is no such template in the version that is live.")
    texts = [_text(bot, one, locale, source) for locale, source in one.text.sources.items()]
    media = [media.url for media in one.media]
    facts = _facts(one, await _standing(ctx, bot, one.name))
    found = TemplateDetail(**facts, texts=texts, media=media, quick=list(one.quick), version=bot.version)
    return answer(200, Data(found))


ROUTES = (
    Route("GET", "/v1/templates", "api", list_templates, "templates:read"),
    Route("GET", "/v1/templates/{name}", "api", show_template, "templates:read"),
)
DESCRIBED: Described = {
    ("GET", "/v1/templates"): Operation(
        "The templates of the version that is live, and how each stands with the providers that must approve it.",
        {200: ("They are these.", {JSON: Data[list[TemplateInfo]]})},
    ),
    ("GET", "/v1/templates/{name}"): Operation(
        "One template, with its texts, how they look with sample values, how long they are, and how it stands with "
        "the providers that must approve it.",
        {200: ("It is this.", {JSON: Data[TemplateDetail]}), 404: "There is no such template."},
    ),
}
