"""The HTTP API for named messages: which there are, and sending one, or a text of one's own."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.ids import new_id
from textback.core.text import clean, segments
from textback.engine.arrivals import ApiSend
from textback.engine.bot import Approved, Bot
from textback.engine.lint_texts import SHORT_LINK
from textback.engine.named import SAID, BadValue, preview, write_out
from textback.engine.named_files import definitions
from textback.pipeline import approvals
from textback.store import bots
from textback.store.db import Tx
from textback.web.api import MOST_TEXT, Addressed, answer, queue, read_addressed, refuse
from textback.web.context import WebContext


class MessageBody(Addressed, forbid_unknown_fields=True):
    """What POST /v1/messages takes: `to`, and either `message`, up to 1,600 characters, or `template` with its
    `variables`. Without `locale` a template is sent in the contact's language."""

    message: Annotated[str, Meta(extra_json_schema={"maxLength": MOST_TEXT})] = ""
    template: Annotated[str, Meta(examples=["visit_reminder"])] = ""
    variables: dict[str, str] = msgspec.field(default_factory=dict)
    locale: str = ""


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
    return answer(200, [TemplateInfo(**_facts(one)) for _, one in sorted(ctx.bot().templates.items())])


async def show_template(request: Request) -> Response:
    """GET /v1/templates/{name}: one of them, with its texts."""
    ctx: WebContext = request.app.state.ctx
    bot = ctx.bot()
    one = bot.templates.get(request.path_params["name"])
    if one is None:
        return refuse(404, "There is no such template in the version that is live.")
    texts = [_text(bot, one, locale, source) for locale, source in one.text.sources.items()]
    media = [media.url for media in one.media]
    return answer(
        200, TemplateDetail(**_facts(one), texts=texts, media=media, quick=list(one.quick), version=bot.version)
    )


def _not_approved(tx: Tx, workspace: str, version: int, name: str) -> bool:
    files = bots.load_files(tx, workspace, version)
    mine = definitions(files).get(name)
    return mine is None or any(one.name == name for one in approvals.unapproved(tx, workspace, files))


async def send_message(request: Request) -> Response:
    """POST /v1/messages: queue one text, in its sender's words or by a template, and say what became of it.

    The message class of a template is the template's own (C1); any other text is promotional. 403 when the gate refuses
    it.
    """
    ctx: WebContext = request.app.state.ctx
    read = await read_addressed(request, MessageBody)
    if isinstance(read, Response):
        return read
    wanted, to = read
    if bool(wanted.message.strip()) == bool(wanted.template):
        return refuse(400, "Give either message or template.", field="template" if wanted.template else "message")
    unlabelled = ctx.bot().policy.unlabelled
    arrival = ApiSend(request.state.key_name, clean(wanted.message), new_id(), message_class=unlabelled)
    if wanted.template:
        text = await _check(ctx, wanted)
        if isinstance(text, Response):
            return text
        values = {name: clean(value) for name, value in wanted.variables.items()}
        class_ = ctx.bot().templates[wanted.template].message_class
        # The turn writes it out itself; its text is for a node of an earlier release, which does not know templates.
        arrival = msgspec.structs.replace(
            arrival, text=text, message_class=class_, template=wanted.template, variables=values, locale=wanted.locale
        )
    elif len(arrival.text) > MOST_TEXT:
        return refuse(400, f"message has {len(arrival.text)} characters; at most {MOST_TEXT} go.", field="message")
    return await queue(ctx, to, arrival)


async def _check(ctx: WebContext, wanted: MessageBody) -> Response | str:
    """What the template says in the language that was asked for, or the bot's; the answer where it can't be sent so."""
    bot = ctx.bot()
    template = bot.templates.get(wanted.template)
    if template is None:
        return refuse(404, f"There is no template {wanted.template!r} in the version that is live.", field="template")
    if wanted.locale and wanted.locale not in bot.locales:
        return refuse(400, f"locale can't be {wanted.locale!r}; known are {', '.join(bot.locales)}.", field="locale")
    if ctx.wording.approval and await ctx.db.read(_not_approved, ctx.workspace, bot.version, template.name):
        return refuse(409, f"The template {template.name} is not approved.", field="template")
    try:
        written = write_out(bot, template, wanted.variables, wanted.locale or bot.locale)
    except BadValue as error:
        return refuse(400, str(error), field=f"variables.{error.name}" if error.name else "template")
    parts = segments(written.text).count
    if parts > ctx.wording.most_parts and not written.links:
        most = ctx.wording.most_parts
        return refuse(400, f"It would take {parts} parts; a text may have {most} (E3).", field="variables")
    return written.text
