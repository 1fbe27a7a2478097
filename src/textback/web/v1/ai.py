"""POST /v1/ai/reply: another program asks what the bot would answer. Nothing is sent or kept as a conversation."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from textback.core.text import clean
from textback.engine.reading import PERSONA_NAME
from textback.llm.base import Line
from textback.web.context import WebContext
from textback.web.describing import BODY, JSON, Described, Operation
from textback.web.problems import wrong
from textback.web.reading import Data, answer, read_body
from textback.web.routing import Route

MOST_LINES = 50
MOST_TEXT = 1_600
LEAST, MOST_LENGTH = 20, 1_600
_HISTORY = 20


class Spoken(msgspec.Struct, forbid_unknown_fields=True):
    """One text of the conversation: `user` is the contact, `assistant` you."""

    role: Annotated[Literal["user", "assistant", "system"], Meta(examples=["user"])]
    content: Annotated[str, Meta(extra_json_schema={"maxLength": MOST_TEXT})]


class ReplyBody(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /v1/ai/reply takes: the `conversation`, oldest first, whose last text is the contact's; the `persona`
    that answers, where that is not the bot's own; and how many characters the reply may have (`max_length`)."""

    conversation: Annotated[list[Spoken], Meta(extra_json_schema={"minItems": 1, "maxItems": MOST_LINES})]
    persona: Annotated[str, Meta(extra_json_schema={"maxLength": 40})] = ""
    max_length: Annotated[int, Meta(extra_json_schema={"minimum": LEAST, "maximum": MOST_LENGTH})] = 320


class ReplyData(msgspec.Struct):
    """A reply. It is empty where there is none to be had; `escalate_reason` then says why a person should answer.

    `confidence` (0 to 1) is how likely it is right, `sources` are the passages that it is from, `by` is knowledge or
    model. What the guard found wrong with a model's reply is in `flaws`; such a reply is not given.
    """

    reply: str
    confidence: float
    sources: list[str]
    intent: str
    escalate_reason: str
    by: str
    flaws: list[str]


async def reply(request: Request) -> Response:
    """POST /v1/ai/reply."""
    ctx: WebContext = request.app.state.ctx
    wanted = await read_body(request, ReplyBody)
    if not 1 <= len(wanted.conversation) <= MOST_LINES:
        raise wrong(f"conversation must have 1 to {MOST_LINES} texts.", "conversation")
    if not LEAST <= wanted.max_length <= MOST_LENGTH:
        raise wrong(f"max_length must be {LEAST} to {MOST_LENGTH}.", "max_length")
    if wanted.persona and (not PERSONA_NAME.fullmatch(wanted.persona) or wanted.persona not in ctx.bot().personas):
        known = ", ".join(sorted(ctx.bot().personas)) or "none"
        raise wrong(f"There is no such persona in the version that is live. Known: {known}.", "persona")
    # A program's own instructions would be anybody's: only what was said counts.
    spoken = [Line(one.role, clean(one.content)[:MOST_TEXT]) for one in wanted.conversation if one.role != "system"]
    if not spoken or spoken[-1].role != "user" or not spoken[-1].text.strip():
        raise wrong("The last text of conversation must be the user's.", "conversation")
    if any(len(one.content) > MOST_TEXT for one in wanted.conversation):
        raise wrong(f"A text has more than {MOST_TEXT:,} characters.", "conversation")
    found = await ctx.suggester.reply_to(
        spoken[:-1][-_HISTORY:], spoken[-1].text, persona=wanted.persona, now=ctx.road.now(), most=wanted.max_length
    )
    asks = found.why if found.act in ("escalate", "without") or not found.reply else ""
    return answer(
        200,
        Data(
            ReplyData(
                found.reply, found.confidence, list(found.sources), found.intent,
                asks or ("" if found.reply else "nothing known"), found.by, list(found.flaws),
            )
        ),
    )  # fmt: skip


ROUTES = (Route("POST", "/v1/ai/reply", "api", reply, "ai:reply"),)
DESCRIBED: Described = {
    ("POST", "/v1/ai/reply"): Operation(
        "Ask what the bot would answer, from what it knows or by a model. Nothing is sent.",
        {200: ("This, or nothing; then `escalate_reason` says why.", {JSON: Data[ReplyData]}), **BODY},
        {JSON: ReplyBody},
    ),
}
